import type {
  AzureDiskVolumeSource, AzureFilePersistentVolumeSource, CSIPersistentVolumeSource, FCVolumeSource, FlexPersistentVolumeSource, FlockerVolumeSource, GlusterfsPersistentVolumeSource,
  HostPathVolumeSource, ISCSIPersistentVolumeSource, LocalVolumeSource, NFSVolumeSource, PersistentVolumeSpec, QuobyteVolumeSource, SecretReference, StorageOSPersistentVolumeSource,
} from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, required, tooLong, type Errors, type Path } from '../field';
import { byteLength, inclusiveRangeError, isDNS1123Label, isDNS1123Subdomain, longerThan } from '../formats';
import { validateDNS1123Label, validateDNS1123Subdomain } from '../meta';

/** The sources of a PersistentVolume, each with its own rules; exactly one of them may be set. */
type SourceCheck<T> = (source: T, path: Path, errs: Errors, volumeName: string) => void;
const ONLY_ONE = 'may not specify more than 1 volume type';
const PARTITION = inclusiveRangeError(1, 255);

const need = (value: unknown, path: Path, errs: Errors): void => {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) errs.push(required(path, ''));
};
const needs = <K extends string>(...fields: readonly K[]): SourceCheck<{ readonly [F in K]?: unknown }> => (source, path, errs) => {
  for (const field of fields) need(source[field], path.child(field), errs);
};

function noBacksteps(target: string, path: Path, errs: Errors): void {
  if (target.split('/').includes('..')) errs.push(invalid(path, target, "must not contain '..'"));
}

const HOST_PATH_TYPES: readonly string[] = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const hostPath: SourceCheck<HostPathVolumeSource> = (source, path, errs) => {
  if (!source.path) { errs.push(required(path.child('path'), '')); return; }
  noBacksteps(source.path, path.child('path'), errs);
  if (source.type !== undefined && !HOST_PATH_TYPES.includes(source.type)) errs.push(notSupported(path.child('type'), source.type, HOST_PATH_TYPES));
};

const disk = (id: 'pdName' | 'volumeID'): SourceCheck<{ readonly pdName?: string; readonly volumeID?: string; readonly partition?: number }> => (source, path, errs) => {
  need(source[id], path.child(id), errs);
  const partition = source.partition ?? 0;
  if (partition < 0 || partition > 255) errs.push(invalid(path.child('partition'), partition, PARTITION));
};

const glusterfs: SourceCheck<GlusterfsPersistentVolumeSource> = (source, path, errs, name) => {
  needs('endpoints', 'path')(source, path, errs, name);
  const namespace = source.endpointsNamespace;
  if (namespace === undefined) return;
  const at = path.child('endpointsNamespace');
  if (namespace === '') errs.push(invalid(at, namespace, 'if the endpointnamespace is set, it must be a valid namespace name'));
  else addInvalid(errs, at, namespace, isDNS1123Label(namespace));
};

const flocker: SourceCheck<FlockerVolumeSource> = ({ datasetName = '', datasetUUID = '' }, path, errs) => {
  if (!datasetName && !datasetUUID) errs.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID) errs.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName.includes('/')) errs.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"));
};

const nfs: SourceCheck<NFSVolumeSource> = (source, path, errs, name) => {
  needs('server', 'path')(source, path, errs, name);
  const target = source.path ?? '';
  if (!target.startsWith('/')) errs.push(invalid(path.child('path'), target, 'must be an absolute path'));
};

/** net.SplitHostPort without an error: "host:port", "[v6]:port". */
const HOST_PORT = /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/;
const quobyte: SourceCheck<QuobyteVolumeSource> = ({ registry = '', tenant = '', volume }, path, errs) => {
  const detail = 'must be a host:port pair or multiple pairs separated by commas';
  if (!registry) errs.push(required(path.child('registry'), detail));
  else if (longerThan(tenant, 64)) errs.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else for (const pair of registry.split(',')) if (!HOST_PORT.test(pair)) errs.push(invalid(path.child('registry'), registry, detail));
  need(volume, path.child('volume'), errs);
};

const ISCSI_NAMES = { iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/, eui: /^eui.[A-Za-z0-9]{16}$/, naa: /^naa.[A-Za-z0-9]{32}$/ } as const;
const isISCSIName = (name: string): boolean => Object.entries(ISCSI_NAMES).some(([prefix, pattern]) => name.startsWith(prefix) && pattern.test(name));

const iscsi: SourceCheck<ISCSIPersistentVolumeSource> = (source, path, errs, volumeName) => {
  const { targetPortal = '', iqn = '', lun = 0, initiatorName, secretRef } = source;
  need(targetPortal, path.child('targetPortal'), errs);
  if (initiatorName !== undefined && byteLength(`${volumeName}:${targetPortal}`) > 64) {
    errs.push(invalid(path.child('targetportal'), targetPortal, 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'));
  }
  if (!iqn) errs.push(required(path.child('iqn'), ''));
  else if (!isISCSIName(iqn)) errs.push(invalid(path.child('iqn'), iqn, 'must be valid format'));
  if (lun < 0 || lun > 255) errs.push(invalid(path.child('lun'), lun, inclusiveRangeError(0, 255)));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef) errs.push(required(path.child('secretRef'), ''));
  if (secretRef) need(secretRef.name, path.child('secretRef', 'name'), errs);
  if (initiatorName !== undefined && !isISCSIName(initiatorName)) errs.push(invalid(path.child('initiatorname'), initiatorName, 'must be valid format'));
};

const withSecret = <T extends { readonly secretRef?: SecretReference }>(check: SourceCheck<T>): SourceCheck<T> => (source, path, errs, name) => {
  check(source, path, errs, name);
  if (!source.secretRef) return;
  need(source.secretRef.name, path.child('secretRef', 'name'), errs);
  need(source.secretRef.namespace, path.child('secretRef', 'namespace'), errs);
};

const fc: SourceCheck<FCVolumeSource> = ({ targetWWNs = [], wwids = [], lun }, path, errs) => {
  const targets = path.child('targetWWNs');
  if (!targetWWNs.length && !wwids.length) errs.push(required(targets, 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length && wwids.length) errs.push(invalid(targets, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (!targetWWNs.length) return;
  if (lun === undefined) errs.push(required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) errs.push(invalid(path.child('lun'), lun, inclusiveRangeError(0, 255)));
};

const flexVolume: SourceCheck<FlexPersistentVolumeSource> = ({ driver, options }, path, errs) => {
  need(driver, path.child('driver'), errs);
  for (const key in options) {
    const slash = key.indexOf('/');
    const namespace = `.${(slash < 0 ? key : key.slice(0, slash)).toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      errs.push(invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
    }
  }
};

const azureFile: SourceCheck<AzureFilePersistentVolumeSource> = (source, path, errs, name) => {
  needs('secretName', 'shareName')(source, path, errs, name);
  if (source.secretNamespace === '') errs.push(required(path.child('secretNamespace'), ''));
};

const CACHING_MODES: readonly string[] = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS: readonly string[] = ['Dedicated', 'Managed', 'Shared'];
const azureDisk: SourceCheck<AzureDiskVolumeSource> = (source, path, errs, name) => {
  needs('diskName', 'diskURI')(source, path, errs, name);
  const { cachingMode, kind, diskURI = '' } = source;
  if (cachingMode !== undefined && !CACHING_MODES.includes(cachingMode)) errs.push(notSupported(path.child('cachingMode'), cachingMode, CACHING_MODES));
  if (kind !== undefined && !DISK_KINDS.includes(kind)) errs.push(notSupported(path.child('kind'), kind, DISK_KINDS));
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) {
    errs.push(notSupported(path.child('diskURI'), diskURI, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']));
  }
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) {
    errs.push(notSupported(path.child('diskURI'), diskURI, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']));
  }
};

const local: SourceCheck<LocalVolumeSource> = (source, path, errs) => {
  if (!source.path) errs.push(required(path.child('path'), ''));
  else noBacksteps(source.path, path.child('path'), errs);
};

const storageos: SourceCheck<StorageOSPersistentVolumeSource> = ({ volumeName = '', volumeNamespace = '', secretRef }, path, errs) => {
  if (!volumeName) errs.push(required(path.child('volumeName'), ''));
  else validateDNS1123Label(volumeName, path.child('volumeName'), errs);
  if (volumeNamespace) validateDNS1123Label(volumeNamespace, path.child('volumeNamespace'), errs);
  if (!secretRef) return;
  need(secretRef.name, path.child('secretRef', 'name'), errs);
  need(secretRef.namespace, path.child('secretRef', 'namespace'), errs);
};

/** The name of a CSI driver: at most 63 bytes, a subdomain in any case. */
export function validateCSIDriverName(name: string, path: Path, errs: Errors): void {
  if (!name) { errs.push(required(path, '')); return; }
  if (longerThan(name, 63)) errs.push(tooLong(path, 63));
  addInvalid(errs, path, name, isDNS1123Subdomain(name.toLowerCase()));
}

const SECRET_REFERENCES = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const;
const csi: SourceCheck<CSIPersistentVolumeSource> = (source, path, errs) => {
  validateCSIDriverName(source.driver ?? '', path.child('driver'), errs);
  need(source.volumeHandle, path.child('volumeHandle'), errs);
  for (const field of SECRET_REFERENCES) {
    const reference = source[field];
    if (!reference) continue;
    const at = path.child(field);
    if (!reference.name) errs.push(required(at.child('name'), ''));
    else validateDNS1123Subdomain(reference.name, at.child('name'), errs);
    if (!reference.namespace) errs.push(required(at.child('namespace'), ''));
    else validateDNS1123Label(reference.namespace, at.child('namespace'), errs);
  }
};

interface Source {
  /** Field of the spec. */
  readonly field: keyof PersistentVolumeSpec & string;
  /** Name in the refusal of a second source, where it differs. */
  readonly forbidden?: string;
  /** Name in the path of the source's own errors, where it differs. */
  readonly path?: string;
  readonly check: SourceCheck<never>;
}

/** In the order of the original; its slips in names are kept. */
const SOURCES: readonly Source[] = [
  { field: 'hostPath', check: hostPath },
  { field: 'gcePersistentDisk', path: 'persistentDisk', check: disk('pdName') },
  { field: 'awsElasticBlockStore', check: disk('volumeID') },
  { field: 'glusterfs', check: glusterfs },
  { field: 'flocker', check: flocker },
  { field: 'nfs', check: nfs },
  { field: 'rbd', check: needs('monitors', 'image') },
  { field: 'quobyte', check: quobyte },
  { field: 'cephfs', forbidden: 'cephFS', check: needs('monitors') },
  { field: 'iscsi', check: iscsi },
  { field: 'cinder', check: withSecret(needs('volumeID') as SourceCheck<{ readonly secretRef?: SecretReference }>) },
  { field: 'fc', check: fc },
  { field: 'flexVolume', check: flexVolume },
  { field: 'azureFile', check: azureFile },
  { field: 'vsphereVolume', check: needs('volumePath') },
  { field: 'photonPersistentDisk', check: needs('pdID') },
  { field: 'portworxVolume', check: needs('volumeID') },
  { field: 'azureDisk', check: azureDisk },
  { field: 'scaleIO', check: needs('gateway', 'system', 'volumeName') },
  { field: 'local', check: local },
  { field: 'storageos', check: storageos },
  { field: 'csi', check: csi },
];

/** Exactly one source, judged by its rules. A local volume needs node affinity. */
export function validateVolumeSources(spec: PersistentVolumeSpec, volumeName: string, base: Path, errs: Errors): void {
  let count = 0;
  for (const source of SOURCES) {
    const value = spec[source.field];
    if (value === undefined) continue;
    // The original never refuses a flexVolume as the second one.
    if (count > 0 && source.field !== 'flexVolume') {
      errs.push(fieldForbidden(base.child(source.forbidden ?? source.field), ONLY_ONE));
      continue;
    }
    count++;
    source.check(value as never, base.child(source.path ?? source.field), errs, volumeName);
    if (source.field === 'local' && !spec.nodeAffinity) errs.push(required(base.child('nodeAffinity'), 'Local volume requires node affinity'));
  }
  if (count === 0) errs.push(required(base, 'must specify a volume type'));
}
