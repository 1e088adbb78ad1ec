import type { Scale } from '../generated/types';
import type { ErrorList, Errors } from './field';
import { forKind } from './kind';
import { nameIsDNSSubdomain, SPEC, validateNonnegative, validateObjectMeta } from './meta';

/** The body of a scale subresource (pkg/apis/autoscaling/validation). */
export function validateScale(scale: Scale): ErrorList {
  const errs: Errors = [];
  validateObjectMeta(scale.metadata, true, nameIsDNSSubdomain, errs);
  validateNonnegative(scale.spec?.replicas, SPEC.child('replicas'), errs);
  return errs;
}

export const scaleValidation = forKind<Scale>({ create: validateScale, update: validateScale });
