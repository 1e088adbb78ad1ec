import { badRequest, failure, type Status } from '../status';
import { invalidStatus } from '../validation/field';
import { goType, MAX_DEPTH } from './json';

/** The content types of patches, as the real server lists them for built-in kinds. */
export const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
export type PatchType = keyof typeof PATCH_TYPES;

const APPLY_CBOR = 'application/apply-patch+cbor';
const BUILT_IN: readonly string[] = [PATCH_TYPES.json, PATCH_TYPES.merge, PATCH_TYPES.strategic, PATCH_TYPES.apply];
const CUSTOM: readonly string[] = [PATCH_TYPES.json, PATCH_TYPES.merge, PATCH_TYPES.apply];

/** The patch type of a request's Content-Type ("…; charset=utf-8" is cut off), or the 415 that the real server answers. */
export function patchTypeOf(contentType: string, customResource: boolean): PatchType | Status {
  const semicolon = contentType.indexOf(';');
  const media = semicolon > 0 ? contentType.slice(0, semicolon) : contentType;
  const accepted = customResource ? CUSTOM : BUILT_IN;
  if (media === APPLY_CBOR || !accepted.includes(media)) return unsupportedMediaType(accepted);
  for (const type of Object.keys(PATCH_TYPES) as PatchType[]) if (PATCH_TYPES[type] === media) return type;
  return unsupportedMediaType(accepted);
}

/** 415 of a body that the server cannot read. */
export function unsupportedMediaType(accepted: readonly string[]): Status {
  return failure(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

/** 406 of an Accept header that asks for nothing the server can write. */
export function notAcceptable(accepted: readonly string[]): Status {
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** What errors.NewGenericServerResponse makes of 422: the words of the patch library do not reach the client. */
export function unprocessablePatch(): Status {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** An error without a Status of its own: the server answers 500 with the bare text. */
export function unknownError(message: string): Status {
  return failure(500, '', message);
}

/** The patched object cannot be decoded (or not strictly): 422 on field "patch" with the patched text. */
export function undecodablePatch(patched: string, error: string): Status {
  return invalidStatus({ group: '', kind: '' }, '', [{ type: 'Invalid', field: 'patch', body: `Invalid value: ${JSON.stringify(patched)}: ${error}` }]);
}

export const patchTooDeep = (): Status => badRequest(`error decoding patch: exceeded max depth of ${MAX_DEPTH}`);

/** A patch that cannot be applied; carried up to the Status that the request is answered with. */
export class PatchError {
  constructor(readonly message: string, readonly status: Status = badRequest(message)) {}
}

/** A mistake for which the real server has no Status: 500 with the bare text. */
export const otherError = (message: string): PatchError => new PatchError(message, unknownError(message));

/** mergepatch.ErrBadArgType: `expected` is any value of the expected Go type. */
export const badType = (expected: unknown, actual: unknown): PatchError => otherError(`expected a ${goType(expected)}, but received a ${goType(actual)}`);
