import type { PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate, TypedObjectReference } from '../../generated/types';
import { canonicalQuantity, compareQuantity } from '../../quantity';
import { semanticEqual } from '../equal';
import { addInvalid, fieldForbidden, invalid, notSupported, Path, required, type Errors } from '../field';
import { isDNS1123Label, isDNS1123Subdomain, isQualifiedName } from '../formats';
import { forKind } from '../kind';
import { METADATA, nameIsDNSSubdomain, SPEC, STATUS, validateImmutable, validateObjectMeta, validateObjectMetaUpdate, validateTemplateMeta } from '../meta';
import { selectorHasInvalidLabelValue, validateLabelSelector } from '../selectors';
import { unifiedDiff } from './diff';
import { goStruct } from './goStruct';
import { validateAccessModes, VOLUME_MODES } from './persistentVolume';
import { isNativeResource, validateResourceQuantity } from './resourceNames';
import { quantity, validateBasicResource, validateEnum, validatePositiveQuantity } from './values';
import { CLAIM_SPEC } from './volumeShapes';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
const IMMUTABLE_SPEC = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const RESIZE_STATUSES: readonly string[] = ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending'];

interface ClaimOptions {
  readonly allowInvalidLabelValue?: boolean;
  readonly allowInvalidAPIGroup?: boolean;
}

/** What an update may keep because it is stored. */
const optionsOf = (old: PersistentVolumeClaim): ClaimOptions => ({
  allowInvalidLabelValue: selectorHasInvalidLabelValue(old.spec?.selector),
  allowInvalidAPIGroup: old.spec?.dataSource?.apiGroup !== undefined || old.spec?.dataSourceRef?.apiGroup !== undefined,
});

function validateDataSource(source: TypedObjectReference, path: Path, options: ClaimOptions, errs: Errors): void {
  const { name = '', kind = '', apiGroup = '' } = source;
  if (!name) errs.push(required(path.child('name'), ''));
  if (!kind) errs.push(required(path.child('kind'), ''));
  if (!apiGroup && kind !== 'PersistentVolumeClaim') errs.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup && !options.allowInvalidAPIGroup) addInvalid(errs, path.child('apiGroup'), apiGroup, isDNS1123Subdomain(apiGroup));
}

function validateDataSources(spec: PersistentVolumeClaimSpec, base: Path, options: ClaimOptions, errs: Errors): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource) validateDataSource(dataSource, base.child('dataSource'), options, errs);
  if (dataSourceRef) {
    validateDataSource(dataSourceRef, base.child('dataSourceRef'), options, errs);
    if (dataSourceRef.namespace) addInvalid(errs, base.child('dataSourceRef', 'namespace'), dataSourceRef.namespace, isDNS1123Label(dataSourceRef.namespace));
  }
  if (!dataSource || !dataSourceRef) return;
  // The bad value is a field path in the original, which prints as an empty object.
  if (dataSourceRef.namespace) errs.push(invalid(base, {}, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (!(dataSource.apiGroup === dataSourceRef.apiGroup && dataSource.kind === dataSourceRef.kind && dataSource.name === dataSourceRef.name)) errs.push(invalid(base, {}, 'must match dataSourceRef'));
}

function validateClass(name: string | undefined, path: Path, errs: Errors): void {
  if (name) addInvalid(errs, path, name, isDNS1123Subdomain(name));
}

/** Also for the claim templates of a StatefulSet and of an ephemeral volume. */
export function validatePersistentVolumeClaimSpec(spec: PersistentVolumeClaimSpec, base: Path, errs: Errors, options: ClaimOptions = {}): void {
  const modes = base.child('accessModes');
  if (!spec.accessModes?.length) errs.push(required(modes, 'at least 1 access mode is required'));
  validateLabelSelector(spec.selector, base.child('selector'), errs, options);
  validateAccessModes(spec.accessModes ?? [], modes, errs);
  const storage = spec.resources?.requests?.storage;
  const storagePath = base.child('resources').key('storage');
  if (storage === undefined) errs.push(required(storagePath, ''));
  else validatePositiveQuantity(storage, storagePath, errs);
  validateClass(spec.storageClassName, base.child('storageClassName'), errs);
  if (spec.volumeMode !== undefined) validateEnum(spec.volumeMode, VOLUME_MODES, base.child('volumeMode'), errs);
  validateDataSources(spec, base, options, errs);
  validateClass(spec.volumeAttributesClassName, base.child('volumeAttributesClassName'), errs);
}

/** The template of an ephemeral volume's claim: labels, annotations and the spec. */
export function validatePersistentVolumeClaimTemplate(template: PersistentVolumeClaimTemplate, path: Path, errs: Errors): void {
  validateTemplateMeta(template.metadata, path.child('metadata'), errs);
  validatePersistentVolumeClaimSpec(template.spec, path.child('spec'), errs);
}

function validateClaim(claim: PersistentVolumeClaim, options: ClaimOptions, errs: Errors): void {
  validateObjectMeta(claim.metadata, true, nameIsDNSSubdomain, errs);
  validatePersistentVolumeClaimSpec(claim.spec ?? {}, SPEC, errs, options);
}

/** Quantities in their canonical form, so that "1024Mi" equals "1Gi". */
function comparable(spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const canonical = (list: { readonly [name: string]: string } | undefined): { readonly [name: string]: string } | undefined =>
    list && Object.fromEntries(Object.entries(list).map(([name, text]) => [name, canonicalQuantity(text)]));
  return { ...spec, resources: { limits: canonical(spec.resources?.limits), requests: canonical(spec.resources?.requests) } };
}

/** The storage class may move from the beta annotation, or from nothing, into the field. */
function validateClassUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errs: Errors): string | undefined {
  const oldAnnotation = old.metadata.annotations?.[BETA_CLASS];
  const annotation = claim.metadata.annotations?.[BETA_CLASS];
  const was = old.spec?.storageClassName;
  const is = claim.spec?.storageClassName;
  if (oldAnnotation !== undefined && was === undefined && is === oldAnnotation && (annotation === undefined || annotation === oldAnnotation)) return undefined;
  validateImmutable(annotation ?? '', oldAnnotation ?? '', METADATA.child('annotations', BETA_CLASS), errs);
  const fromNothing = is !== undefined && was === undefined && (oldAnnotation === undefined || is === oldAnnotation);
  return fromNothing ? was : is;
}

function validateSpecUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errs: Errors): void {
  const bound = claim.status?.phase === 'Bound';
  const wasSpec = old.spec ?? {};
  const isSpec = claim.spec ?? {};
  const requests = isSpec.resources?.requests;
  const oldStorage = wasSpec.resources?.requests?.storage;
  const was: PersistentVolumeClaimSpec = wasSpec.volumeName ? wasSpec : { ...wasSpec, volumeName: isSpec.volumeName };
  const is: PersistentVolumeClaimSpec = {
    ...isSpec,
    storageClassName: validateClassUpdate(claim, old, errs),
    ...(bound ? { volumeAttributesClassName: wasSpec.volumeAttributesClassName } : {}),
    ...(bound && requests ? { resources: { ...isSpec.resources, requests: { ...requests, storage: oldStorage ?? '0' } } } : {}),
  };
  const left = comparable(was);
  const right = comparable(is);
  if (!semanticEqual(right, left)) errs.push(fieldForbidden(SPEC, `${IMMUTABLE_SPEC}\n${unifiedDiff(goStruct(CLAIM_SPEC, left), goStruct(CLAIM_SPEC, right))}`));
}

/** A claim that was enlarged may shrink again, but not below what the volume has. */
function validateShrink(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errs: Errors): void {
  const is = quantity(claim.spec?.resources?.requests?.storage);
  if (compareQuantity(is, quantity(old.spec?.resources?.requests?.storage)) >= 0) return;
  if (compareQuantity(is, quantity(old.status?.capacity?.storage)) <= 0) errs.push(fieldForbidden(SPEC.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
}

function validateAttributesClassUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errs: Errors): void {
  const is = claim.spec?.volumeAttributesClassName;
  if (is === old.spec?.volumeAttributesClassName || old.status?.currentVolumeAttributesClassName === undefined || is) return;
  const to = is === undefined ? 'nil' : 'empty string';
  errs.push(fieldForbidden(SPEC.child('volumeAttributesClassName'), `update to ${to} is forbidden when status.currentVolumeAttributesClassName is not nil`));
}

function validateResourceKey(name: string, path: Path, errs: Errors): boolean {
  const messages = isQualifiedName(name);
  addInvalid(errs, path, name, messages);
  if (messages.length) return false;
  if (!isNativeResource(name) || name === 'storage') return true;
  errs.push(notSupported(path, name, ['storage']));
  return false;
}

function validateStatus(claim: PersistentVolumeClaim, errs: Errors): void {
  const { capacity, allocatedResourceStatuses, allocatedResources } = claim.status ?? {};
  for (const name in capacity) validateBasicResource(capacity[name] ?? '0', STATUS.child('capacity').key(name), errs);
  for (const name in allocatedResourceStatuses) {
    const path = STATUS.child('allocatedResourceStatuses');
    validateResourceKey(name, path, errs);
    if (!RESIZE_STATUSES.includes(allocatedResourceStatuses[name] ?? '')) errs.push(notSupported(path, name, RESIZE_STATUSES));
  }
  for (const name in allocatedResources) {
    const path = STATUS.child('allocatedResources');
    if (!validateResourceKey(name, path, errs)) continue;
    const before = errs.length;
    validateBasicResource(allocatedResources[name] ?? '0', path.key(name), errs);
    if (errs.length === before) validateResourceQuantity('storage', allocatedResources[name] ?? '0', path.key(name), errs);
  }
}

export const persistentVolumeClaimValidation = forKind<PersistentVolumeClaim>({
  create(claim) {
    const errs: Errors = [];
    validateClaim(claim, {}, errs);
    return errs;
  },
  // The strategy validates the claim, and ValidatePersistentVolumeClaimUpdate does so again: causes come twice.
  update(claim, old) {
    const errs: Errors = [];
    const options = optionsOf(old);
    validateClaim(claim, options, errs);
    validateObjectMetaUpdate(claim.metadata, old.metadata, errs);
    validateClaim(claim, options, errs);
    validateSpecUpdate(claim, old, errs);
    validateShrink(claim, old, errs);
    validateImmutable(claim.spec?.volumeMode, old.spec?.volumeMode, Path.of('volumeMode'), errs);
    validateAttributesClassUpdate(claim, old, errs);
    return errs;
  },
  status(claim, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(claim.metadata, old.metadata, errs);
    if (!claim.metadata.resourceVersion) errs.push(required(Path.of('resourceVersion'), ''));
    if (!claim.spec?.accessModes?.length) errs.push(required(Path.of('Spec', 'accessModes'), ''));
    validateStatus(claim, errs);
    return errs;
  },
});
