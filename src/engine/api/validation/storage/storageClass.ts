import type { StorageClass, TopologySelectorTerm, VolumeAttributesClass } from '../../generated/types';
import { semanticEqual } from '../equal';
import { duplicate, fieldForbidden, invalid, notSupported, Path, required, tooLong, type Errors } from '../field';
import { byteLength } from '../formats';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, validateImmutable, validateLabelName, validateObjectMeta, validateObjectMetaUpdate, validateQualifiedName } from '../meta';

const MAX_PARAMETERS = 512;
const MAX_PARAMETERS_SIZE = 256 * 1024;
const PARAMETERS = Path.of('parameters');
const RECLAIM_POLICIES: readonly string[] = ['Delete', 'Retain'];
const BINDING_MODES: readonly string[] = ['Immediate', 'WaitForFirstConsumer'];

/** A provisioner or driver: a qualified name in any case. */
function validateProvisioner(name: string, path: Path, errs: Errors): void {
  if (!name) errs.push(required(path, ''));
  else validateQualifiedName(name.toLowerCase(), path, errs);
}

function validateParameters(parameters: { readonly [key: string]: string } | undefined, mayBeEmpty: boolean, errs: Errors): void {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > MAX_PARAMETERS) { errs.push(tooLong(PARAMETERS, MAX_PARAMETERS)); return; }
  let size = 0;
  for (const [key, value] of entries) {
    if (!key) errs.push(invalid(PARAMETERS, key, 'field can not be empty.'));
    size += byteLength(key) + byteLength(value);
  }
  if (size > MAX_PARAMETERS_SIZE) errs.push(tooLong(PARAMETERS, MAX_PARAMETERS_SIZE));
  if (!mayBeEmpty && !entries.length) errs.push(required(PARAMETERS, 'must contain at least one key/value pair'));
}

/** The values of each key, as a set; to find equal terms. */
function validateTerm(term: TopologySelectorTerm, path: Path, errs: Errors): ReadonlyMap<string, string> {
  const expressions = new Map<string, string>();
  term.matchLabelExpressions?.forEach(({ key = '', values = [] }, i) => {
    const at = path.child('matchLabelExpressions').index(i);
    if (!values.length) errs.push(required(at.child('values'), ''));
    values.forEach((value, j) => { if (values.indexOf(value) < j) errs.push(duplicate(at.child('values').index(j), value)); });
    validateLabelName(key, at.child('key'), errs);
    if (expressions.has(key)) errs.push(duplicate(at.child('key'), key));
    expressions.set(key, [...new Set(values)].sort().join('\n'));
  });
  return expressions;
}

function validateTopologies(terms: readonly TopologySelectorTerm[], errs: Errors): void {
  const base = Path.of('allowedTopologies');
  // The original starts its list with an empty term for each given one, so that an empty term counts as repeated as often.
  const seen: string[] = terms.map(() => '[]');
  terms.forEach((term, i) => {
    const text = JSON.stringify([...validateTerm(term, base.index(i), errs)].sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const other of seen) if (other === text) errs.push(duplicate(base.index(i).child('matchLabelExpressions'), ''));
    seen.push(text);
  });
}

export const storageClassValidation = forKind<StorageClass>({
  create(storageClass) {
    const errs: Errors = [];
    const { reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = storageClass;
    validateObjectMeta(storageClass.metadata, false, nameIsDNSSubdomain, errs);
    validateProvisioner(storageClass.provisioner ?? '', Path.of('provisioner'), errs);
    validateParameters(storageClass.parameters, true, errs);
    if (reclaimPolicy && !RECLAIM_POLICIES.includes(reclaimPolicy)) errs.push(notSupported(Path.of('reclaimPolicy'), reclaimPolicy, RECLAIM_POLICIES));
    if (volumeBindingMode === undefined) errs.push(required(Path.of('volumeBindingMode'), ''));
    else if (!BINDING_MODES.includes(volumeBindingMode)) errs.push(notSupported(Path.of('volumeBindingMode'), volumeBindingMode, BINDING_MODES));
    validateTopologies(allowedTopologies, errs);
    return errs;
  },
  update(storageClass, old) {
    const errs: Errors = [];
    // The strategy validates the whole class, then what changed.
    errs.push(...storageClassValidation.create(storageClass));
    validateObjectMetaUpdate(storageClass.metadata, old.metadata, errs);
    validateFrozen(storageClass, old, ['parameters', 'provisioner', 'reclaimPolicy'], errs);
    validateImmutable(storageClass.volumeBindingMode, old.volumeBindingMode, Path.of('volumeBindingMode'), errs);
    return errs;
  },
});

function validateFrozen<T extends object>(object: T, old: T, fields: readonly (keyof T & string)[], errs: Errors): void {
  for (const field of fields) if (!semanticEqual(object[field], old[field])) errs.push(fieldForbidden(Path.of(field), `updates to ${field} are forbidden.`));
}

function validateAttributesClass(attributesClass: VolumeAttributesClass, errs: Errors): void {
  validateObjectMeta(attributesClass.metadata, false, nameIsDNSSubdomain, errs);
  validateProvisioner(attributesClass.driverName ?? '', Path.of('driverName'), errs);
  validateParameters(attributesClass.parameters, false, errs);
}

export const volumeAttributesClassValidation = forKind<VolumeAttributesClass>({
  create(attributesClass) {
    const errs: Errors = [];
    validateAttributesClass(attributesClass, errs);
    return errs;
  },
  update(attributesClass, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(attributesClass.metadata, old.metadata, errs);
    validateFrozen(attributesClass, old, ['driverName', 'parameters'], errs);
    validateAttributesClass(attributesClass, errs);
    return errs;
  },
});
