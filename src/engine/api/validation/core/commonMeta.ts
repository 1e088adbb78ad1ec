import type { ObjectMeta } from '../../generated/types';
import type { Errors, Path } from '../field';
import { METADATA, nameIsPathSegment, validateObjectMeta, validateObjectMetaUpdate, type NameFunction } from '../meta';

/**
 * The metadata rules of k8s.io/apimachinery, without what pkg/apis/core adds to them: there a finalizer without a
 * domain need not be a standard one. Custom resources and the kinds of the apiserver library are judged so.
 */
const CORE_ONLY = 'name is neither a standard finalizer name nor is it fully qualified';

function withoutCoreRules(meta: ObjectMeta, errs: Errors, validate: (errs: Errors) => void): void {
  if (!meta.finalizers) { validate(errs); return; }
  const found: Errors = [];
  validate(found);
  for (const error of found) if (!error.body.endsWith(CORE_ONLY)) errs.push(error);
}

export function validateGenericMeta(meta: ObjectMeta, namespaced: boolean, nameFunction: NameFunction, errs: Errors, path: Path = METADATA): void {
  withoutCoreRules(meta, errs, (list) => { validateObjectMeta(meta, namespaced, nameFunction, list, path); });
}

export function validateGenericMetaUpdate(meta: ObjectMeta, old: ObjectMeta, errs: Errors, path: Path = METADATA): void {
  withoutCoreRules(meta, errs, (list) => { validateObjectMetaUpdate(meta, old, list, path); });
}

/**
 * What the registry checks for every kind beside the kind's own validation: after it and only where it found nothing on
 * creation (rest.BeforeCreate), before it on update (rest.BeforeUpdate, where both lists count). The name only has to
 * fit into a URL.
 */
export function validateCommonMeta(meta: ObjectMeta, old: ObjectMeta | undefined, namespaced: boolean): Errors {
  const errs: Errors = [];
  validateGenericMeta(meta, namespaced, nameIsPathSegment, errs);
  if (old) validateGenericMetaUpdate(meta, old, errs);
  return errs;
}
