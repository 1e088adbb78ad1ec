import type { ObjectMeta } from '../../generated/types';
import type { Errors } from '../field';
import { nameIsPathSegment, validateObjectMeta, validateObjectMetaUpdate } from '../meta';

/**
 * What the registry checks for every kind beside the kind's own validation: after it and only where it found nothing on
 * creation (rest.BeforeCreate), before it on update (rest.BeforeUpdate, where both lists count). The name only has to
 * fit into a URL.
 */
export function validateCommonMeta(meta: ObjectMeta, old: ObjectMeta | undefined, namespaced: boolean): Errors {
  const errs: Errors = [];
  validateObjectMeta(meta, namespaced, nameIsPathSegment, errs);
  if (old) validateObjectMetaUpdate(meta, old, errs);
  return errs;
}
