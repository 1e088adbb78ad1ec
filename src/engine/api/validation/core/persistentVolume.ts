import type { PersistentVolume, PersistentVolumeSpec } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, fieldForbidden, invalid, notSupported, Path, required, sortedMap, type Errors } from '../field';
import { isDNS1123Subdomain, isValidLabelValue } from '../formats';
import { forKind } from '../kind';
import { IMMUTABLE, METADATA, nameIsDNSSubdomain, SPEC, validateImmutable, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { validateNodeSelector } from '../selectors';
import { unifiedDiff } from './diff';
import { goStruct, VOLUME_NODE_AFFINITY } from './goStruct';
import { validateBasicResource, validateEnum, validatePositiveQuantity } from './values';
import { PERSISTENT_VOLUME_SOURCE, VOLUME_SOURCE_FIELDS } from './volumeShapes';
import { validateVolumeSources } from './volumeSources';

export const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES: readonly string[] = ['Block', 'Filesystem'];
const RECLAIM_POLICIES: readonly string[] = ['Delete', 'Recycle', 'Retain'];
const INLINE = 'in the context of inline volumes';
const NOT_INLINE = `may not be specified ${INLINE}`;
const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options';
const MOUNTABLE = [
  'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'nfs', 'rbd', 'quobyte', 'iscsi', 'cinder', 'cephfs', 'azureFile', 'vsphereVolume', 'azureDisk', 'photonPersistentDisk',
] as const satisfies readonly (keyof PersistentVolumeSpec)[];

export function validateAccessModes(modes: readonly string[], path: Path, errs: Errors): void {
  for (const mode of modes) validateEnum(mode, ACCESS_MODES, path, errs);
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))) {
    errs.push(fieldForbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
}

function validateCapacity(capacity: { readonly [name: string]: string }, path: Path, errs: Errors): void {
  const names = Object.keys(capacity);
  if (!names.length) errs.push(required(path, ''));
  if (capacity.storage === undefined || names.length > 1) errs.push(notSupported(path, sortedMap(capacity), ['storage']));
  for (const name of names) {
    validateBasicResource(capacity[name] ?? '0', path.key(name), errs);
    validatePositiveQuantity(capacity[name] ?? '0', path.key(name), errs);
  }
}

const hasInvalidLabelValue = (spec: PersistentVolumeSpec | undefined): boolean =>
  spec?.nodeAffinity?.required?.nodeSelectorTerms?.some((term) => term.matchExpressions?.some((r) => r.values?.some((v) => isValidLabelValue(v).length > 0))) ?? false;

/** path.Clean(target) === "/" */
const isRoot = (target: string): boolean => {
  if (!target.startsWith('/')) return false;
  let depth = 0;
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    depth = part === '..' ? Math.max(0, depth - 1) : depth + 1;
  }
  return depth === 0;
};

function validateReclaimPolicy(policy: string, inline: boolean, path: Path, errs: Errors): void {
  if (!inline) validateEnum(policy, RECLAIM_POLICIES, path, errs);
  else if (policy !== 'Retain') errs.push(fieldForbidden(path, `may only be Retain ${INLINE}`));
}

function validateNodeAffinity(spec: PersistentVolumeSpec, inline: boolean, old: PersistentVolumeSpec | undefined, path: Path, errs: Errors): void {
  if (!spec.nodeAffinity) return;
  if (inline) errs.push(fieldForbidden(path, NOT_INLINE));
  else if (spec.nodeAffinity.required) validateNodeSelector(spec.nodeAffinity.required, path.child('required'), errs, hasInvalidLabelValue(old));
  else errs.push(required(path.child('required'), 'must specify required node constraints'));
}

function validateClasses(spec: PersistentVolumeSpec, inline: boolean, base: Path, errs: Errors): void {
  const { storageClassName = '', volumeMode, volumeAttributesClassName } = spec;
  if (storageClassName) {
    if (inline) errs.push(fieldForbidden(base.child('storageClassName'), NOT_INLINE));
    else addInvalid(errs, base.child('storageClassName'), storageClassName, isDNS1123Subdomain(storageClassName));
  }
  if (volumeMode !== undefined) {
    if (!inline) validateEnum(volumeMode, VOLUME_MODES, base.child('volumeMode'), errs);
    else if (volumeMode !== 'Filesystem') errs.push(fieldForbidden(base.child('volumeMode'), `may not specify volumeMode other than Filesystem ${INLINE}`));
  }
  if (volumeAttributesClassName === undefined || inline) return;
  const path = base.child('volumeAttributesClassName');
  if (!volumeAttributesClassName) errs.push(required(path, 'an empty string is disallowed'));
  else addInvalid(errs, path, volumeAttributesClassName, isDNS1123Subdomain(volumeAttributesClassName));
  if (!spec.csi) errs.push(required(base.child('csi'), 'has to be specified when using volumeAttributesClassName'));
}

/** `inline`: the spec stands in a VolumeAttachment, where only a CSI source makes sense. */
export function validatePersistentVolumeSpec(spec: PersistentVolumeSpec, name: string, inline: boolean, base: Path, errs: Errors, old?: PersistentVolumeSpec): void {
  const capacity = spec.capacity ?? {};
  if (inline) {
    if (spec.claimRef) errs.push(fieldForbidden(base.child('claimRef'), NOT_INLINE));
    if (Object.keys(capacity).length) errs.push(fieldForbidden(base.child('capacity'), NOT_INLINE));
    if (!spec.csi) errs.push(required(base.child('csi'), `has to be specified ${INLINE}`));
  }
  if (!spec.accessModes?.length) errs.push(required(base.child('accessModes'), ''));
  validateAccessModes(spec.accessModes ?? [], base.child('accessModes'), errs);
  if (!inline) validateCapacity(capacity, base.child('capacity'), errs);
  if (spec.persistentVolumeReclaimPolicy) validateReclaimPolicy(spec.persistentVolumeReclaimPolicy, inline, base.child('persistentVolumeReclaimPolicy'), errs);
  validateNodeAffinity(spec, inline, old, base.child('nodeAffinity'), errs);
  validateVolumeSources(spec, name, base, errs);
  if (spec.hostPath && isRoot(spec.hostPath.path ?? '') && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    errs.push(fieldForbidden(base.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"));
  }
  validateClasses(spec, inline, base, errs);
}

function validatePersistentVolume(volume: PersistentVolume, errs: Errors, old?: PersistentVolume): void {
  validateObjectMeta(volume.metadata, false, nameIsDNSSubdomain, errs);
  validatePersistentVolumeSpec(volume.spec ?? {}, volume.metadata.name, false, SPEC, errs, old?.spec);
}

/** pkg/volume/validation: the annotation of mount options is only for volumes that are mounted with options. */
function validateMountOptions(volume: PersistentVolume, errs: Errors): void {
  if (volume.metadata.annotations?.[MOUNT_OPTIONS] === undefined || MOUNTABLE.some((field) => volume.spec?.[field])) return;
  errs.push(fieldForbidden(METADATA.child('annotations', MOUNT_OPTIONS), 'may not specify mount options for this volume type'));
}

type Source = { readonly [field: string]: unknown };
function sourceOf(spec: PersistentVolumeSpec | undefined): Source {
  return Object.fromEntries(VOLUME_SOURCE_FIELDS.filter((field) => spec?.[field as keyof PersistentVolumeSpec] !== undefined).map((field) => [field, spec?.[field as keyof PersistentVolumeSpec]]));
}

/** The source is fixed, except that controllerExpandSecretRef may be added once. */
function validateSourceUpdate(volume: PersistentVolume, old: PersistentVolume, errs: Errors): void {
  const was = sourceOf(old.spec);
  let is = sourceOf(volume.spec);
  const csi = volume.spec?.csi;
  if (old.spec?.csi && !old.spec.csi.controllerExpandSecretRef && csi?.controllerExpandSecretRef) {
    is = { ...is, csi: { ...csi, controllerExpandSecretRef: undefined } };
  }
  if (semanticEqual(is, was)) return;
  const diff = unifiedDiff(goStruct(PERSISTENT_VOLUME_SOURCE, was), goStruct(PERSISTENT_VOLUME_SOURCE, is));
  errs.push(fieldForbidden(SPEC.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${diff}`));
}

const GA_LABELS: { readonly [beta: string]: string } = {
  'beta.kubernetes.io/arch': 'kubernetes.io/arch', 'beta.kubernetes.io/os': 'kubernetes.io/os', 'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone', 'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

type Affinity = PersistentVolumeSpec['nodeAffinity'];
/** The old affinity with those keys moved to their stable names that the new one has moved. */
function withStableLabels(old: Affinity, is: Affinity): unknown {
  return {
    required: {
      nodeSelectorTerms: old?.required?.nodeSelectorTerms?.map((term, i) => ({
        ...term,
        matchExpressions: term.matchExpressions?.map((r, j) => {
          const key = is?.required?.nodeSelectorTerms?.[i]?.matchExpressions?.[j]?.key;
          return key !== undefined && GA_LABELS[r.key] === key ? { ...r, key } : r;
        }),
      })),
    },
  };
}

function validateUpdate(volume: PersistentVolume, old: PersistentVolume, errs: Errors): void {
  validatePersistentVolume(volume, errs, old);
  validateSourceUpdate(volume, old, errs);
  validateImmutable(volume.spec?.volumeMode, old.spec?.volumeMode, Path.of('volumeMode'), errs);
  const affinity = volume.spec?.nodeAffinity;
  if (old.spec?.nodeAffinity && !semanticEqual(affinity, withStableLabels(old.spec.nodeAffinity, affinity))) {
    errs.push(invalid(Path.of('nodeAffinity'), affinity ? goStruct(VOLUME_NODE_AFFINITY, affinity) : null, `${IMMUTABLE}, except for updating from beta label to GA`));
  }
  if (old.spec?.volumeAttributesClassName !== undefined && volume.spec?.volumeAttributesClassName === undefined) {
    errs.push(fieldForbidden(SPEC.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden'));
  }
}

export const persistentVolumeValidation = forKind<PersistentVolume>({
  create(volume) {
    const errs: Errors = [];
    validatePersistentVolume(volume, errs);
    validateMountOptions(volume, errs);
    return errs;
  },
  // The strategy validates the new object, and ValidatePersistentVolumeUpdate does so again: causes come twice.
  update(volume, old) {
    const errs: Errors = [];
    validatePersistentVolume(volume, errs, old);
    validateMountOptions(volume, errs);
    validateUpdate(volume, old, errs);
    return errs;
  },
  status(volume, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(volume.metadata, old.metadata, errs);
    if (!volume.metadata.resourceVersion) errs.push(required(Path.of('resourceVersion'), ''));
    return errs;
  },
});
