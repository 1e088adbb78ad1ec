import type { V2CrossVersionObjectReference } from '../../generated/types';
import { addInvalid, invalid, required, type Errors, type Path } from '../field';
import { isPathSegmentName } from '../formats';

/** A reference to the object that is scaled or measured. */
export interface ReferenceOptions {
  readonly allowEmptyGroup: boolean;
  readonly allowInvalidVersion: boolean;
}

/** The message of ValidateAPIVersion, or ''. */
export function apiVersionProblem(ref: V2CrossVersionObjectReference | undefined, options: ReferenceOptions): string {
  if (options.allowInvalidVersion) return '';
  const text = ref?.apiVersion ?? '';
  const slashes = text.split('/').length - 1;
  if (slashes > 1) return `unexpected GroupVersion string: ${text}`;
  const group = text === '/' ? '' : text.slice(0, Math.max(0, text.indexOf('/')));
  return !options.allowEmptyGroup && group === '' ? 'apiVersion must specify API group' : '';
}

function validateSegment(value: string, path: Path, errs: Errors): void {
  if (!value) errs.push(required(path, ''));
  else addInvalid(errs, path, value, isPathSegmentName(value));
}

export function validateObjectReference(ref: V2CrossVersionObjectReference | undefined, options: ReferenceOptions, path: Path, errs: Errors): void {
  validateSegment(ref?.kind ?? '', path.child('kind'), errs);
  validateSegment(ref?.name ?? '', path.child('name'), errs);
  const problem = apiVersionProblem(ref, options);
  if (problem) errs.push(invalid(path.child('apiVersion'), ref?.apiVersion ?? '', problem));
}
