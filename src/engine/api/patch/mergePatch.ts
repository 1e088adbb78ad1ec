import { badRequest, type Status } from '../status';
import { patchTooDeep } from './errors';
import { isArray, isObject, isTooDeep, jsonType, own, setOwn, type JsonObject, type MutableObject } from './json';

/** Nulls inside objects mean "absent"; elements of lists keep their place. */
function pruneNulls(value: unknown): unknown {
  if (isArray(value)) return value.map(pruneNulls);
  if (!isObject(value)) return value;
  const pruned: MutableObject = {};
  for (const key of Object.keys(value)) {
    const member = own(value, key);
    if (member !== null && member !== undefined) setOwn(pruned, key, pruneNulls(member));
  }
  return pruned;
}

function merge(current: JsonObject, patch: JsonObject): JsonObject {
  const result: MutableObject = { ...current };
  for (const key of Object.keys(patch)) {
    const wanted = own(patch, key);
    const now = own(current, key);
    if (wanted === null || wanted === undefined) delete result[key];
    else if (isObject(now)) setOwn(result, key, isObject(wanted) ? merge(now, wanted) : wanted);
    else setOwn(result, key, pruneNulls(wanted));
  }
  return result;
}

/** Applies a JSON Merge Patch (RFC 7386). Untouched parts are shared with the document, which is not changed. */
export function mergePatch(document: JsonObject, patch: unknown): { readonly value: JsonObject } | Status {
  if (!isObject(patch)) return badRequest(`error decoding patch: json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`);
  if (isTooDeep(patch)) return patchTooDeep();
  return { value: merge(document, patch) };
}
