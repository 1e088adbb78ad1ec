import type {
  AzureDiskVolumeSource, ConfigMapVolumeSource, CSIVolumeSource, DownwardAPIVolumeFile, DownwardAPIVolumeSource, EphemeralVolumeSource, FCVolumeSource, FlexVolumeSource, HostPathVolumeSource,
  ImageVolumeSource, ISCSIVolumeSource, KeyToPath, QuobyteVolumeSource, SecretVolumeSource, StorageOSVolumeSource,
} from '../../generated/types';
import { validatePersistentVolumeClaimTemplate } from '../core/persistentVolumeClaim';
import { validateCSIDriverName } from '../core/volumeSources';
import { addInvalid, invalid, notSupported, required, type Errors, type Path } from '../field';
import { inclusiveRangeError } from '../formats';
import { nameIsDNSSubdomain, validateDNS1123Label } from '../meta';
import { DOWNWARD_VOLUME_FIELDS, validateFieldRef, validateResourceFieldRef } from './downward';
import type { PodOptions } from './options';
import { validateLocalDescendingPath, validateLocalNonReservedPath, validatePathNoBacksteps } from './paths';

/** Sources of a volume that need more than "this field is required"; the others are rows in volumes.ts. */
const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

export function requireText(value: string | undefined, path: Path, errs: Errors): void {
  if (!value) errs.push(required(path, ''));
}

export function validateMode(mode: number | undefined, path: Path, errs: Errors): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) errs.push(invalid(path, mode, FILE_MODE));
}

export function validateKeyToPath(item: KeyToPath, path: Path, errs: Errors): void {
  requireText(item.key, path.child('key'), errs);
  requireText(item.path, path.child('path'), errs);
  validateLocalNonReservedPath(item.path ?? '', path.child('path'), errs);
  validateMode(item.mode, path.child('mode'), errs);
}

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'] as const;

export function validateHostPath(source: HostPathVolumeSource, path: Path, errs: Errors): void {
  requireText(source.path, path.child('path'), errs);
  validatePathNoBacksteps(source.path ?? '', path.child('path'), errs);
  const type = source.type;
  if (type !== undefined && !HOST_PATH_TYPES.some((t) => t === type)) errs.push(notSupported(path.child('type'), type, HOST_PATH_TYPES));
}

const IQN = /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/;
const EUI = /^eui.[A-Za-z0-9]{16}$/;
const NAA = /^naa.[A-Za-z0-9]{32}$/;

function validateISCSIName(name: string, path: Path, errs: Errors): void {
  const known = ['iqn', 'eui', 'naa'].some((p) => name.startsWith(p));
  if (!known) errs.push(invalid(path, name, 'must be valid format starting with iqn, eui, or naa'));
  else if (!(name.startsWith('iqn') ? IQN : name.startsWith('eui') ? EUI : NAA).test(name)) errs.push(invalid(path, name, 'must be valid format'));
}

export function validateISCSI(source: ISCSIVolumeSource, path: Path, errs: Errors): void {
  requireText(source.targetPortal, path.child('targetPortal'), errs);
  if (!source.iqn) errs.push(required(path.child('iqn'), ''));
  else validateISCSIName(source.iqn, path.child('iqn'), errs);
  const lun = source.lun ?? 0;
  if (lun < 0 || lun > 255) errs.push(invalid(path.child('lun'), lun, inclusiveRangeError(0, 255)));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) errs.push(required(path.child('secretRef'), ''));
  if (source.initiatorName !== undefined) validateISCSIName(source.initiatorName, path.child('initiatorname'), errs);
}

export function validateFC(source: FCVolumeSource, path: Path, errs: Errors): void {
  const wwns = source.targetWWNs ?? [];
  const wwids = source.wwids ?? [];
  if (!wwns.length && !wwids.length) errs.push(required(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  if (wwns.length && wwids.length) errs.push(invalid(path.child('targetWWNs'), wwns, 'targetWWNs and wwids can not be specified simultaneously'));
  if (!wwns.length) return;
  if (source.lun === undefined) errs.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (source.lun < 0 || source.lun > 255) errs.push(invalid(path.child('lun'), source.lun, inclusiveRangeError(0, 255)));
}

/** gcePersistentDisk and awsElasticBlockStore number partitions from 1; 0 means none. */
export function validatePartition(partition: number | undefined, path: Path, errs: Errors): void {
  if (partition !== undefined && (partition < 0 || partition > 255)) errs.push(invalid(path, partition, inclusiveRangeError(1, 255)));
}

export function validateSecretVolume(source: SecretVolumeSource, path: Path, errs: Errors): void {
  requireText(source.secretName, path.child('secretName'), errs);
  validateMode(source.defaultMode, path.child('defaultMode'), errs);
  source.items?.forEach((item, i) => { validateKeyToPath(item, path.child('items').index(i), errs); });
}

export function validateConfigMapVolume(source: ConfigMapVolumeSource, path: Path, errs: Errors): void {
  requireText(source.name, path.child('name'), errs);
  validateMode(source.defaultMode, path.child('defaultMode'), errs);
  source.items?.forEach((item, i) => { validateKeyToPath(item, path.child('items').index(i), errs); });
}

/** net.SplitHostPort: "host:port", "[v6]:port". */
const HOST_PORT = /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/;

export function validateQuobyte(source: QuobyteVolumeSource, path: Path, errs: Errors): void {
  const words = 'must be a host:port pair or multiple pairs separated by commas';
  if (!source.registry) errs.push(required(path.child('registry'), words));
  else if ((source.tenant ?? '').length >= 65) errs.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else for (const pair of source.registry.split(',')) if (!HOST_PORT.test(pair)) errs.push(invalid(path.child('registry'), source.registry, words));
  requireText(source.volume, path.child('volume'), errs);
}

export function validateDownwardFile(file: DownwardAPIVolumeFile, path: Path, errs: Errors): void {
  requireText(file.path, path.child('path'), errs);
  validateLocalNonReservedPath(file.path ?? '', path.child('path'), errs);
  if (file.fieldRef) {
    validateFieldRef(file.fieldRef, DOWNWARD_VOLUME_FIELDS, path.child('fieldRef'), errs);
    if (file.resourceFieldRef) errs.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file.resourceFieldRef) {
    validateResourceFieldRef(file.resourceFieldRef, path.child('resourceFieldRef'), errs, true);
  } else {
    errs.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  }
  validateMode(file.mode, path.child('mode'), errs);
}

export function validateDownwardVolume(source: DownwardAPIVolumeSource, path: Path, errs: Errors): void {
  validateMode(source.defaultMode, path.child('defaultMode'), errs);
  source.items?.forEach((file) => { validateDownwardFile(file, path, errs); });
}

export function validateFlexVolume(source: FlexVolumeSource, path: Path, errs: Errors): void {
  requireText(source.driver, path.child('driver'), errs);
  for (const key in source.options) {
    const normalized = `.${(key.split('/', 1)[0] ?? key).toLowerCase()}`;
    if (normalized.endsWith('.kubernetes.io') || normalized.endsWith('.k8s.io')) {
      errs.push(invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
    }
  }
}

const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared'];

export function validateAzureDisk(source: AzureDiskVolumeSource, path: Path, errs: Errors): void {
  const uri = source.diskURI ?? '';
  requireText(source.diskName, path.child('diskName'), errs);
  requireText(uri, path.child('diskURI'), errs);
  if (source.cachingMode !== undefined && !CACHING_MODES.includes(source.cachingMode)) errs.push(notSupported(path.child('cachingMode'), source.cachingMode, CACHING_MODES));
  if (source.kind === undefined) return;
  if (!DISK_KINDS.includes(source.kind)) errs.push(notSupported(path.child('kind'), source.kind, DISK_KINDS));
  const managed = source.kind === 'Managed';
  if (managed && !uri.startsWith('/subscriptions/')) {
    errs.push(notSupported(path.child('diskURI'), uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']));
  }
  if (!managed && !uri.startsWith('https://')) errs.push(notSupported(path.child('diskURI'), uri, ['https://{account-name}.blob.windows.net/{container-name}/{disk-name}.vhd']));
}

export function validateStorageOS(source: StorageOSVolumeSource, path: Path, errs: Errors): void {
  if (!source.volumeName) errs.push(required(path.child('volumeName'), ''));
  else validateDNS1123Label(source.volumeName, path.child('volumeName'), errs);
  if (source.volumeNamespace) validateDNS1123Label(source.volumeNamespace, path.child('volumeNamespace'), errs);
  if (source.secretRef) requireText(source.secretRef.name, path.child('secretRef', 'name'), errs);
}

export function validateCSIVolume(source: CSIVolumeSource, path: Path, errs: Errors): void {
  validateCSIDriverName(source.driver ?? '', path.child('driver'), errs);
  const secret = source.nodePublishSecretRef;
  if (!secret) return;
  if (!secret.name) errs.push(required(path.child('nodePublishSecretRef', 'name'), ''));
  else addInvalid(errs, path.child('name'), secret.name, nameIsDNSSubdomain(secret.name, false));
}

export function validateEphemeralVolume(source: EphemeralVolumeSource, path: Path, errs: Errors): void {
  if (!source.volumeClaimTemplate) errs.push(required(path.child('volumeClaimTemplate'), ''));
  else validatePersistentVolumeClaimTemplate(source.volumeClaimTemplate, path.child('volumeClaimTemplate'), errs);
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export function validatePullPolicy(policy: string | undefined, path: Path, errs: Errors): void {
  if (!policy) errs.push(required(path, ''));
  else if (!PULL_POLICIES.includes(policy)) errs.push(notSupported(path, policy, PULL_POLICIES));
}

/** A template may leave the reference to be filled in later; a pod may not. */
export function validateImageVolume(source: ImageVolumeSource, path: Path, errs: Errors, options: PodOptions): void {
  if (options.resourceIsPod) requireText(source.reference, path.child('reference'), errs);
  validatePullPolicy(source.pullPolicy, path.child('pullPolicy'), errs);
}

export function validateGitRepo(source: { readonly repository?: string; readonly directory?: string }, path: Path, errs: Errors): void {
  requireText(source.repository, path.child('repository'), errs);
  validateLocalDescendingPath(source.directory ?? '', path.child('directory'), errs);
}
