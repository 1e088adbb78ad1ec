import { badRequest, failure, type Status } from '../status';
import { patchTooDeep, unprocessablePatch } from './errors';
import { isArray, isObject, isTooDeep, jsonEqual, jsonType, own, withKey, without, type JsonObject } from './json';

/**
 * JSON Patch (RFC 6902) with the behaviour of the library that the real server uses (evanphx/json-patch v4): a member
 * that is absent reads as null, "replace" of an absent member adds it, indices may be negative.
 */

/** The server's bound on the operations of one patch. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;
/** Bound on the values that "copy" operations may add up to, counted in JSON nodes: the guard against doubling documents. */
const MAX_COPIED_NODES = 1_000_000;

const MISSING = 'missing value';
const INVALID_INDEX = 'invalid index referenced';
const TEST_FAILED = 'test failed';

/** The library's error text. The API server hides it behind a 422; traces and tests show it. */
export class JsonPatchFailure {
  constructor(readonly message: string) {}
}

type Container = JsonObject | readonly unknown[];
type Step<T> = T | JsonPatchFailure;
/** Rebuilds the document with one container replaced. */
interface Place { readonly container: Container; readonly key: string; readonly rebuild: (container: Container) => Container }

const fail = (message: string, cause: string): JsonPatchFailure => new JsonPatchFailure(`${message}: ${cause}`);
const unescape = (part: string): string => (part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part);

function atoi(key: string): number | JsonPatchFailure {
  if (/^[+-]?\d{1,15}$/.test(key)) return Number(key);
  const reason = /^[+-]?\d+$/.test(key) ? 'value out of range' : 'invalid syntax';
  return new JsonPatchFailure(`strconv.Atoi: parsing ${JSON.stringify(key)}: ${reason}`);
}

/** A valid index below `bound`; negative ones count from the end of `length` places. */
function indexOf(key: string, length: number, bound: number): Step<number> {
  const index = atoi(key);
  if (index instanceof JsonPatchFailure) return index;
  if (index >= bound || index < -length) return fail(`Unable to access invalid index: ${index}`, INVALID_INDEX);
  return index < 0 ? index + length : index;
}

function get(container: Container, key: string): Step<unknown> {
  if (!isArray(container)) return own(container as JsonObject, key) ?? null;
  const index = indexOf(key, container.length, container.length);
  return index instanceof JsonPatchFailure ? index : container[index] ?? null;
}

function set(container: Container, key: string, value: unknown): Step<Container> {
  if (!isArray(container)) return withKey(container as JsonObject, key, value);
  const index = indexOf(key, container.length, container.length);
  return index instanceof JsonPatchFailure ? index : container.with(index, value);
}

function add(container: Container, key: string, value: unknown): Step<Container> {
  if (!isArray(container)) return withKey(container as JsonObject, key, value);
  if (key === '-') return [...container, value];
  if (atoi(key) instanceof JsonPatchFailure) return fail(`value was not a proper array index: '${key}'`, (atoi(key) as JsonPatchFailure).message);
  const index = indexOf(key, container.length + 1, container.length + 1);
  return index instanceof JsonPatchFailure ? index : container.toSpliced(index, 0, value);
}

function remove(container: Container, key: string): Step<Container> {
  if (!isArray(container)) {
    const object = container as JsonObject;
    return Object.hasOwn(object, key) ? without(object, key) : fail(`Unable to remove nonexistent key: ${key}`, MISSING);
  }
  const index = indexOf(key, container.length, container.length);
  return index instanceof JsonPatchFailure ? index : container.toSpliced(index, 1);
}

/** The container that holds the last part of the path, or undefined where the path leads nowhere. */
function find(document: Container, path: string): Place | undefined {
  const parts = path.split('/').map(unescape);
  const key = parts.pop();
  if (parts.length === 0 || key === undefined) return undefined;
  let place: Place = { container: document, key, rebuild: (container) => container };
  for (const part of parts.slice(1)) {
    const next = get(place.container, part);
    if (next instanceof JsonPatchFailure || (!isObject(next) && !isArray(next))) return undefined;
    const parent = place;
    place = { container: next, key, rebuild: (container) => parent.rebuild(set(parent.container, part, container) as Container) };
  }
  return place;
}

type Operation = JsonObject;
const text = (operation: Operation, field: 'path' | 'from'): string | undefined => {
  const value = own(operation, field);
  return typeof value === 'string' ? value : undefined;
};
const NO_PATH = `operation missing path field: ${MISSING}`;
const NO_FROM = `operation, missing from field: ${MISSING}`;
const valueOf = (operation: Operation): unknown => own(operation, 'value') ?? null;

function change(place: Place, step: Step<Container>, message: string): Step<Container> {
  return step instanceof JsonPatchFailure ? fail(message, step.message) : place.rebuild(step);
}

function applyAdd(document: Container, operation: Operation): Step<Container> {
  const path = text(operation, 'path');
  if (path === undefined) return fail('add operation failed to decode path', MISSING);
  const place = find(document, path);
  if (!place) return fail(`add operation does not apply: doc is missing path: "${path}"`, MISSING);
  return change(place, add(place.container, place.key, valueOf(operation)), `error in add for path: '${path}'`);
}

function applyRemove(document: Container, operation: Operation): Step<Container> {
  const path = text(operation, 'path');
  if (path === undefined) return fail('remove operation failed to decode path', MISSING);
  const place = find(document, path);
  if (!place) return fail(`remove operation does not apply: doc is missing path: "${path}"`, MISSING);
  return change(place, remove(place.container, place.key), `error in remove for path: '${path}'`);
}

function applyReplace(document: Container, operation: Operation): Step<Container> {
  const path = text(operation, 'path');
  if (path === undefined) return fail('replace operation failed to decode path', NO_PATH);
  const value = valueOf(operation);
  if (path === '') return isObject(value) || isArray(value) ? value : new JsonPatchFailure('replace operation value must be object or array: %!w(<nil>)');
  const place = find(document, path);
  if (!place) return fail(`replace operation does not apply: doc is missing path: ${path}`, MISSING);
  if (get(place.container, place.key) instanceof JsonPatchFailure) return fail(`replace operation does not apply: doc is missing key: ${path}`, MISSING);
  return change(place, set(place.container, place.key, value), `error in remove for path: '${path}'`);
}

function applyMove(document: Container, operation: Operation): Step<Container> {
  const from = text(operation, 'from');
  if (from === undefined) return fail('move operation failed to decode from', NO_FROM);
  const source = find(document, from);
  if (!source) return fail(`move operation does not apply: doc is missing from path: ${from}`, MISSING);
  const value = get(source.container, source.key);
  if (value instanceof JsonPatchFailure) return fail(`error in move for path: '${source.key}'`, value.message);
  const removed = change(source, remove(source.container, source.key), `error in move for path: '${source.key}'`);
  if (removed instanceof JsonPatchFailure) return removed;
  const path = text(operation, 'path');
  if (path === undefined) return fail('move operation failed to decode path', NO_PATH);
  const target = find(removed, path);
  if (!target) return fail(`move operation does not apply: doc is missing destination path: ${path}`, MISSING);
  return change(target, add(target.container, target.key, value), `error in move for path: '${path}'`);
}

function applyCopy(document: Container, operation: Operation, budget: { nodes: number }): Step<Container> {
  const from = text(operation, 'from');
  if (from === undefined) return fail('copy operation failed to decode from', NO_FROM);
  const source = find(document, from);
  if (!source) return fail(`copy operation does not apply: doc is missing from path: ${from}`, MISSING);
  const value = get(source.container, source.key);
  if (value instanceof JsonPatchFailure) return fail(`error in copy for from: '${from}'`, value.message);
  const path = text(operation, 'path');
  if (path === undefined) return fail('copy operation failed to decode path', MISSING);
  const target = find(document, path);
  if (!target) return fail(`copy operation does not apply: doc is missing destination path: ${path}`, MISSING);
  budget.nodes -= countNodes(value, budget.nodes + 1);
  if (budget.nodes < 0) return new JsonPatchFailure('Unable to complete the copy, the accumulated size increase of copy is too large');
  return change(target, add(target.container, target.key, value), 'error while adding value during copy');
}

function applyTest(document: Container, operation: Operation): Step<Container> {
  const path = text(operation, 'path');
  if (path === undefined) return fail('test operation failed to decode path', NO_PATH);
  const expected = valueOf(operation);
  if (path === '') return jsonEqual(document, expected) ? document : fail(`testing value ${path} failed`, TEST_FAILED);
  const place = find(document, path);
  if (!place) return fail(`test operation does not apply: is missing path: ${path}`, MISSING);
  const value = get(place.container, place.key);
  if (value instanceof JsonPatchFailure) return fail(`error in test for path: '${path}'`, value.message);
  return jsonEqual(value, expected) ? document : fail(`testing value ${path} failed`, TEST_FAILED);
}

function countNodes(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const part of Object.values(value)) {
    count += countNodes(part, limit - count);
    if (count > limit) return count;
  }
  return count;
}

function applyOne(document: Container, operation: Operation, budget: { nodes: number }): Step<Container> {
  switch (own(operation, 'op') ?? 'unknown') {
    case 'add': return applyAdd(document, operation);
    case 'remove': return applyRemove(document, operation);
    case 'replace': return applyReplace(document, operation);
    case 'move': return applyMove(document, operation);
    case 'copy': return applyCopy(document, operation, budget);
    case 'test': return applyTest(document, operation);
    default: return new JsonPatchFailure(`Unexpected kind: ${typeof own(operation, 'op') === 'string' ? String(operation.op) : 'unknown'}`);
  }
}

/** Applies decoded operations in order; the first that fails ends the patch with the library's words. */
export function applyOperations(document: JsonObject, operations: readonly JsonObject[]): JsonObject | readonly unknown[] | JsonPatchFailure {
  const budget = { nodes: MAX_COPIED_NODES };
  let current: Container = document;
  for (const operation of operations) {
    const next = applyOne(current, operation, budget);
    if (next instanceof JsonPatchFailure) return next;
    current = next;
  }
  return current;
}

const OPERATION_FIELDS = ['op', 'path', 'from'] as const;

/** What decoding the patch into a list of operations says of a wrong shape, or undefined. */
function shapeError(patch: unknown): string | undefined {
  if (!isArray(patch)) return `json: cannot unmarshal ${jsonType(patch)} into Go value of type []handlers.jsonPatchOp`;
  for (const operation of patch) {
    if (operation === null) continue;
    if (!isObject(operation)) return `json: cannot unmarshal ${jsonType(operation)} into Go value of type handlers.jsonPatchOp`;
    for (const field of OPERATION_FIELDS) {
      const value = own(operation, field);
      if (value !== undefined && value !== null && typeof value !== 'string') return `json: cannot unmarshal ${jsonType(value)} into Go struct field jsonPatchOp.${field} of type string`;
    }
  }
  return undefined;
}

/** Members of operations that JSON Patch does not know: strict field validation names them ("json patch unknown field …"). */
export function unknownOperationFields(patch: unknown): readonly string[] {
  if (!isArray(patch)) return [];
  return patch.flatMap((operation, i) => (isObject(operation) ? Object.keys(operation) : [])
    .filter((key) => !['op', 'path', 'from', 'value'].includes(key)).map((key) => `json patch unknown field "[${i}].${key}"`));
}

/** Applies a JSON Patch as the API server does: the patched document, or the Status it answers. */
export function jsonPatch(document: JsonObject, patch: unknown): { readonly value: JsonObject } | Status {
  if (isTooDeep(patch)) return patchTooDeep();
  const wrong = shapeError(patch === null ? [] : patch);
  if (wrong !== undefined) return badRequest(`error decoding patch: ${wrong}`);
  const operations = (patch ?? []) as readonly (JsonObject | null)[];
  if (operations.length > MAX_JSON_PATCH_OPERATIONS) {
    return failure(413, 'RequestEntityTooLarge', `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${operations.length}`);
  }
  const result = applyOperations(document, operations.map((operation) => operation ?? {}));
  if (result instanceof JsonPatchFailure || !isObject(result) || isTooDeep(result)) return unprocessablePatch();
  return { value: result };
}
