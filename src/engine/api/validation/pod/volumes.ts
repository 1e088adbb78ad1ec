import type { ObjectMeta, Volume } from '../../generated/types';
import { quote } from '../../status';
import { quantityValue } from '../../quantity';
import { duplicate, fieldForbidden, invalid, required, type Errors, type Path } from '../field';
import { isDNS1123Label, longerThan } from '../formats';
import { nameIsDNSSubdomain, validateDNS1123Label } from '../meta';
import type { PodOptions } from './options';
import { validateProjectedVolume } from './projected';
import {
  requireText, validateAzureDisk, validateConfigMapVolume, validateCSIVolume, validateDownwardVolume, validateEphemeralVolume, validateFC, validateFlexVolume, validateGitRepo, validateHostPath,
  validateImageVolume, validateISCSI, validatePartition, validateQuobyte, validateSecretVolume, validateStorageOS,
} from './volumeSources';

/** spec.volumes: exactly one source each. */
type Source = Exclude<keyof Volume, 'name'>;
type Check<K extends Source> = (source: NonNullable<Volume[K]>, path: Path, errs: Errors, options: PodOptions) => void;
interface Row { readonly source: Source; readonly check: (source: never, path: Path, errs: Errors, options: PodOptions) => void; readonly path: string; readonly pathOfSecond: string }

/** Kubernetes spells some paths differently from the field; kept. */
const row = <K extends Source>(source: K, check: Check<K>, path: string = source, pathOfSecond: string = source): Row => ({ source, check, path, pathOfSecond });

/** Fields that only have to be there. */
const requires = (...fields: readonly string[]) => (source: object, path: Path, errs: Errors): void => {
  for (const field of fields) {
    const value = (source as { readonly [key: string]: unknown })[field];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) errs.push(required(path.child(field), ''));
  }
};

/** The order in which sources are looked at: the second one found is the forbidden one. */
const SOURCES: readonly Row[] = [
  row('emptyDir', (source, path, errs) => {
    if (source.sizeLimit !== undefined && quantityValue(source.sizeLimit) < 0) errs.push(fieldForbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
  }),
  row('hostPath', validateHostPath),
  row('gitRepo', validateGitRepo),
  row('gcePersistentDisk', (source, path, errs) => { requireText(source.pdName, path.child('pdName'), errs); validatePartition(source.partition, path.child('partition'), errs); }, 'persistentDisk'),
  row('awsElasticBlockStore', (source, path, errs) => { requireText(source.volumeID, path.child('volumeID'), errs); validatePartition(source.partition, path.child('partition'), errs); }),
  row('secret', validateSecretVolume),
  row('nfs', (source, path, errs) => {
    requires('server', 'path')(source, path, errs);
    if (!(source.path ?? '').startsWith('/')) errs.push(invalid(path.child('path'), source.path ?? '', 'must be an absolute path'));
  }),
  row('iscsi', validateISCSI),
  row('glusterfs', requires('endpoints', 'path')),
  row('flocker', (source, path, errs) => {
    const { datasetName = '', datasetUUID = '' } = source;
    if (!datasetName && !datasetUUID) errs.push(required(path, 'one of datasetName and datasetUUID is required'));
    if (datasetName && datasetUUID) errs.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
    if (datasetName.includes('/')) errs.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"));
  }),
  row('persistentVolumeClaim', requires('claimName')),
  row('rbd', requires('monitors', 'image')),
  row('cinder', (source, path, errs) => { requires('volumeID')(source, path, errs); if (source.secretRef) requireText(source.secretRef.name, path.child('secretRef', 'name'), errs); }),
  row('cephfs', requires('monitors'), 'cephfs', 'cephFS'),
  row('quobyte', validateQuobyte),
  row('downwardAPI', validateDownwardVolume, 'downwardAPI', 'downwarAPI'),
  row('fc', validateFC),
  row('flexVolume', validateFlexVolume),
  row('configMap', validateConfigMapVolume),
  row('azureFile', requires('secretName', 'shareName')),
  row('vsphereVolume', requires('volumePath')),
  row('photonPersistentDisk', requires('pdID')),
  row('portworxVolume', requires('volumeID')),
  row('azureDisk', validateAzureDisk),
  row('storageos', validateStorageOS),
  row('projected', validateProjectedVolume),
  row('scaleIO', requires('gateway', 'system', 'volumeName')),
  row('csi', validateCSIVolume),
  row('ephemeral', validateEphemeralVolume),
  row('image', validateImageVolume),
];

function validateSource(volume: Volume, podName: string, path: Path, errs: Errors, options: PodOptions): void {
  let found = false;
  for (const { source, check, path: name, pathOfSecond } of SOURCES) {
    const value = volume[source];
    if (value === undefined) continue;
    if (found) errs.push(fieldForbidden(path.child(pathOfSecond), 'may not specify more than 1 volume type'));
    else check(value as never, path.child(name), errs, options);
    if (source === 'iscsi') validateInitiatorLength(volume, path, errs);
    if (source === 'ephemeral' && !found) validateClaimName(volume, podName, path, errs);
    found = true;
  }
  if (!found) errs.push(required(path, 'must specify a volume type'));
}

function validateInitiatorLength(volume: Volume, path: Path, errs: Errors): void {
  if (volume.iscsi?.initiatorName !== undefined && longerThan(`${volume.name}:${volume.iscsi.targetPortal}`, 64)) {
    errs.push(invalid(path.child('name'), volume.name, 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'));
  }
}

/** The claim made for an ephemeral volume is named after pod and volume. */
function validateClaimName(volume: Volume, podName: string, path: Path, errs: Errors): void {
  if (!podName || !volume.name) return;
  const claim = `${podName}-${volume.name}`;
  for (const message of nameIsDNSSubdomain(claim, false)) errs.push(invalid(path.child('name'), volume.name, `PVC name ${quote(claim)}: ${message}`));
}

export type Volumes = ReadonlyMap<string, Volume>;
const NO_VOLUMES: Volumes = new Map();

/** Returns the volumes without an error by name: mounts of others are "not found". */
export function validateVolumes(volumes: readonly Volume[] | undefined, podMeta: ObjectMeta | undefined, base: Path, errs: Errors, options: PodOptions): Volumes {
  if (!volumes?.length) return NO_VOLUMES;
  const podName = podMeta?.name ?? '';
  const created = podName ? new Set(volumes.filter((v) => v.ephemeral).map((v) => `${podName}-${v.name}`)) : undefined;
  const good = new Map<string, Volume>();
  volumes.forEach((volume, i) => {
    const path = base.index(i);
    const name = volume.name ?? '';
    const before = errs.length;
    validateSource(volume, podName, path, errs, options);
    if (!name) errs.push(required(path.child('name'), ''));
    else if (isDNS1123Label(name).length) validateDNS1123Label(name, path.child('name'), errs);
    if (good.has(name)) errs.push(duplicate(path.child('name'), name));
    if (errs.length === before) good.set(name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && created?.has(claim)) {
      errs.push(invalid(path.child('persistentVolumeClaim', 'claimName'), claim, 'must not reference a PVC that gets created for an ephemeral volume'));
    }
  });
  return good;
}
