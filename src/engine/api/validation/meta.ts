import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../generated/types';
import { quote } from '../status';
import { semanticEqual } from './equal';
import { addInvalid, fieldForbidden, goJSON, invalid, Path, required, tooLong, type Errors } from './field';
import { byteLength, isDNS1035Label, isDNS1123Label, isDNS1123Subdomain, isPathSegmentName, isQualifiedName, isValidLabelValue, longerThan, type Messages } from './formats';

/** Validation of metadata: k8s.io/apimachinery/pkg/api/validation and pkg/apis/core/validation. */
export const IMMUTABLE = 'field is immutable';
export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const NOT_POSITIVE = 'must be greater than zero';
export const TOTAL_ANNOTATION_SIZE_LIMIT = 256 * 1024;

export const METADATA = Path.of('metadata');
export const SPEC = Path.of('spec');
export const STATUS = Path.of('status');

/** Checks a name; with `prefix` it is a generateName, whose last dash is not the end of the name. */
export type NameFunction = (name: string, prefix: boolean) => Messages;

/** Kubernetes replaces the last two characters by "a" here; kept, since it shows in what is accepted. */
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

export const nameIsDNSSubdomain: NameFunction = (name, prefix) => isDNS1123Subdomain(prefix ? maskTrailingDash(name) : name);
export const nameIsDNSLabel: NameFunction = (name, prefix) => isDNS1123Label(prefix ? maskTrailingDash(name) : name);
export const nameIsDNS1035Label: NameFunction = (name, prefix) => isDNS1035Label(prefix ? maskTrailingDash(name) : name);
/** path.ValidatePathSegmentName: RBAC objects and other names that only have to fit into a URL. */
export const nameIsPathSegment: NameFunction = (name, prefix) =>
  prefix ? ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`) : isPathSegmentName(name);

export function validateNonnegative(value: number | undefined, path: Path, errs: Errors): void {
  if (value !== undefined && value < 0) errs.push(invalid(path, value, NOT_NEGATIVE));
}

export function validatePositive(value: number, path: Path, errs: Errors): void {
  if (value <= 0) errs.push(invalid(path, value, NOT_POSITIVE));
}

/** `shown` is the new value as Go prints it, where that differs from its JSON. */
export function validateImmutable(value: unknown, old: unknown, path: Path, errs: Errors, shown: unknown = value): void {
  if (!semanticEqual(value, old)) errs.push(invalid(path, shown, IMMUTABLE));
}

export function validateDNS1123Label(value: string, path: Path, errs: Errors): void { addInvalid(errs, path, value, isDNS1123Label(value)); }
export function validateDNS1123Subdomain(value: string, path: Path, errs: Errors): void { addInvalid(errs, path, value, isDNS1123Subdomain(value)); }
export function validateQualifiedName(value: string, path: Path, errs: Errors): void { addInvalid(errs, path, value, isQualifiedName(value)); }

export function validateLabelName(name: string, path: Path, errs: Errors): void { addInvalid(errs, path, name, isQualifiedName(name)); }

export function validateLabels(labels: { readonly [key: string]: string } | undefined, path: Path, errs: Errors): void {
  if (!labels) return;
  for (const key in labels) {
    validateLabelName(key, path, errs);
    const value = labels[key] ?? '';
    addInvalid(errs, path, value, isValidLabelValue(value));
  }
}

/** Keys are qualified names in any case; together at most 256 KiB. */
export function validateAnnotations(annotations: { readonly [key: string]: string } | undefined, path: Path, errs: Errors): void {
  if (!annotations) return;
  for (const key in annotations) addInvalid(errs, path, key, isQualifiedName(key.toLowerCase()));
  if (annotationsSize(annotations) > TOTAL_ANNOTATION_SIZE_LIMIT) errs.push(tooLong(path, TOTAL_ANNOTATION_SIZE_LIMIT));
}

/** Bytes of all keys and values. */
export function annotationsSize(annotations: { readonly [key: string]: string }): number {
  let units = 0;
  for (const key in annotations) units += key.length + (annotations[key] ?? '').length;
  if (units * 3 <= TOTAL_ANNOTATION_SIZE_LIMIT) return units;
  let total = 0;
  for (const key in annotations) total += byteLength(key) + byteLength(annotations[key] ?? '');
  return total;
}

const ownerJSON = (r: OwnerReference): unknown => ({
  apiVersion: r.apiVersion ?? '', kind: r.kind ?? '', name: r.name ?? '', uid: r.uid ?? '',
  ...(r.controller === undefined ? {} : { controller: r.controller }), ...(r.blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion: r.blockOwnerDeletion }),
});

export function validateOwnerReferences(references: readonly OwnerReference[] | undefined, path: Path, errs: Errors): void {
  if (!references) return;
  let first = '';
  for (const reference of references) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = reference;
    if (apiVersion === '' || apiVersion.endsWith('/')) errs.push(invalid(path.child('apiVersion'), apiVersion, 'version must not be empty'));
    if (kind === '') errs.push(invalid(path.child('kind'), kind, 'must not be empty'));
    if (name === '') errs.push(invalid(path.child('name'), name, 'must not be empty'));
    if (uid === '') errs.push(invalid(path.child('uid'), uid, 'must not be empty'));
    if (apiVersion === 'v1' && kind === 'Event') errs.push(invalid(path, ownerJSON(reference), '/v1, Kind=Event is disallowed from being an owner'));
    if (reference.controller !== true) continue;
    const current = `${kind}/${name}`;
    if (first) {
      const message = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${current}`;
      errs.push(invalid(path, references.map(ownerJSON), message));
    } else {
      first = current;
    }
  }
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function validateFinalizers(finalizers: readonly string[] | undefined, path: Path, errs: Errors): void {
  if (!finalizers) return;
  for (const finalizer of finalizers) addInvalid(errs, path, finalizer, isQualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errs.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
}

/** pkg/apis/core/validation: a finalizer without a domain has to be one of the standard ones. */
function validateKubeFinalizers(finalizers: readonly string[] | undefined, path: Path, errs: Errors): void {
  if (!finalizers) return;
  for (const [i, finalizer] of finalizers.entries()) {
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      errs.push(invalid(path.index(i), finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
    }
  }
}

const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** At most 128 bytes, printable. */
export function validateFieldManager(manager: string | undefined, path: Path, errs: Errors): void {
  if (!manager) return;
  if (longerThan(manager, 128)) errs.push(tooLong(path, 128));
  for (const match of manager.matchAll(UNPRINTABLE)) {
    const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    errs.push(invalid(path, manager, `invalid character U+${code} (at position ${byteLength(manager.slice(0, match.index))})`));
  }
}

export function validateManagedFields(entries: readonly ManagedFieldsEntry[] | undefined, base: Path, errs: Errors): void {
  if (!entries) return;
  for (const [i, entry] of entries.entries()) {
    const path = base.index(i);
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') errs.push(invalid(path.child('operation'), entry.operation ?? '', 'must be `Apply` or `Update`'));
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') errs.push(invalid(path.child('fieldsType'), entry.fieldsType, 'must be `FieldsV1`'));
    validateFieldManager(entry.manager, path.child('manager'), errs);
    if (entry.subresource && longerThan(entry.subresource, 256)) errs.push(tooLong(path.child('subresource'), 256));
  }
}

function validateNamespace(meta: ObjectMeta, namespaced: boolean, path: Path, errs: Errors): void {
  const namespace = meta.namespace ?? '';
  if (!namespaced) {
    if (namespace) errs.push(fieldForbidden(path.child('namespace'), 'not allowed on this type'));
  } else if (!namespace) {
    errs.push(required(path.child('namespace'), ''));
  } else {
    addInvalid(errs, path.child('namespace'), namespace, isDNS1123Label(namespace));
  }
}

/** metadata of an object being created. A name was generated before, where one was asked for. */
export function validateObjectMeta(meta: ObjectMeta, namespaced: boolean, nameFunction: NameFunction, errs: Errors, path: Path = METADATA): void {
  if (meta.generateName) addInvalid(errs, path.child('generateName'), meta.generateName, nameFunction(meta.generateName, true));
  if (!meta.name) errs.push(required(path.child('name'), 'name or generateName is required'));
  else addInvalid(errs, path.child('name'), meta.name, nameFunction(meta.name, false));
  validateMetaRest(meta, namespaced, path, errs);
}

/** ValidateObjectMetaWithOpts: as validateObjectMeta, but generateName itself is not checked and the name function reports its own errors. */
export function validateObjectMetaWithOpts(
  meta: ObjectMeta, namespaced: boolean, nameFunction: (path: Path, name: string, errs: Errors) => void, errs: Errors, path: Path = METADATA,
): void {
  if (meta.generateName && !meta.name) {
    errs.push({ type: 'Internal', field: path.child('name').toString(), body: `Internal error: generateName was specified (${quote(meta.generateName)}), but no name was generated` });
  }
  if (!meta.name) errs.push(required(path.child('name'), 'name or generateName is required'));
  else nameFunction(path.child('name'), meta.name, errs);
  validateMetaRest(meta, namespaced, path, errs);
}

function validateMetaRest(meta: ObjectMeta, namespaced: boolean, path: Path, errs: Errors): void {
  validateNamespace(meta, namespaced, path, errs);
  validateNonnegative(meta.generation, path.child('generation'), errs);
  if (meta.labels) validateLabels(meta.labels, path.child('labels'), errs);
  if (meta.annotations) validateAnnotations(meta.annotations, path.child('annotations'), errs);
  if (meta.ownerReferences) validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences'), errs);
  if (meta.finalizers) validateFinalizers(meta.finalizers, path.child('finalizers'), errs);
  if (meta.managedFields) validateManagedFields(meta.managedFields, path.child('managedFields'), errs);
  if (meta.finalizers) validateKubeFinalizers(meta.finalizers, path.child('finalizers'), errs);
}

/** metadata of an update: what may not change, and the shape of what may. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, errs: Errors, path: Path = METADATA): void {
  if (old.deletionTimestamp && meta.finalizers) validateNoNewFinalizers(meta.finalizers, old.finalizers ?? [], path.child('finalizers'), errs);
  if (!meta.resourceVersion) errs.push(invalid(path.child('resourceVersion'), '', 'must be specified for an update'));
  if ((meta.generation ?? 0) < (old.generation ?? 0)) errs.push(invalid(path.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  immutableMeta(meta, old, path, errs);
  if (meta.labels) validateLabels(meta.labels, path.child('labels'), errs);
  if (meta.annotations) validateAnnotations(meta.annotations, path.child('annotations'), errs);
  if (meta.ownerReferences) validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences'), errs);
  if (meta.managedFields) validateManagedFields(meta.managedFields, path.child('managedFields'), errs);
  if (meta.finalizers) validateKubeFinalizers(meta.finalizers, path.child('finalizers'), errs);
}

const IMMUTABLE_META = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;
/** Plain strings print as "", what is a pointer or a time as null. */
const EMPTY_META: { readonly [field: string]: '' | null } = { name: '', namespace: '', uid: '' };

function immutableMeta(meta: ObjectMeta, old: ObjectMeta, path: Path, errs: Errors): void {
  for (const field of IMMUTABLE_META) {
    if (meta[field] === old[field]) continue;
    const empty = EMPTY_META[field] ?? null;
    if ((meta[field] ?? empty) !== (old[field] ?? empty)) errs.push(invalid(path.child(field), meta[field] ?? empty, IMMUTABLE));
  }
}

function validateNoNewFinalizers(finalizers: readonly string[], old: readonly string[], path: Path, errs: Errors): void {
  const extra = [...new Set(finalizers.filter((f) => !old.includes(f)))].sort();
  if (extra.length) errs.push(fieldForbidden(path, `no new finalizers can be added if the object is being deleted, found new finalizers []string{${extra.map(goJSON).join(', ')}}`));
}

/** What the metadata of a claim template may not have, in the order of Go's struct, with its names in lower case at first. */
const NOT_IN_TEMPLATE = [
  ['name', 'name'], ['generateName', 'generateName'], ['namespace', 'namespace'], ['selfLink', 'selfLink'], ['uid', 'uID'], ['resourceVersion', 'resourceVersion'], ['generation', 'generation'],
  ['creationTimestamp', 'creationTimestamp'], ['deletionTimestamp', 'deletionTimestamp'], ['deletionGracePeriodSeconds', 'deletionGracePeriodSeconds'], ['ownerReferences', 'ownerReferences'],
  ['finalizers', 'finalizers'], ['managedFields', 'managedFields'],
] as const satisfies readonly (readonly [keyof ObjectMeta, string])[];

/** ValidateTemplateObjectMeta: annotations and labels, nothing else. */
export function validateTemplateMeta(meta: Partial<ObjectMeta> | undefined, path: Path, errs: Errors): void {
  validateAnnotations(meta?.annotations, path.child('annotations'), errs);
  validateLabels(meta?.labels, path.child('labels'), errs);
  for (const [field, shown] of NOT_IN_TEMPLATE) {
    const value = meta?.[field];
    if (value !== undefined && value !== '' && value !== 0 && value !== null) errs.push(fieldForbidden(path.child(shown), 'cannot be set'));
  }
}
