import { badRequest, type Status } from '../status';
import { badType, otherError as other, PatchError, patchTooDeep } from './errors';
import { builtInType, type FieldType, type MapType } from './fieldTypes';
import { goValue, isArray, isObject, isTooDeep, jsonType, own, setOwn, without, type JsonObject, type MutableObject } from './json';
import { mergeLists, orderByDirective, removeDirectives, type ListPatch } from './strategicLists';

/**
 * Strategic merge patch, as the server applies it: lists merge by the patchMergeKey of their type, and the directives
 * $patch, $retainKeys, $setElementOrder/… and $deleteFromPrimitiveList/… are obeyed. Source of the rules:
 * k8s.io/apimachinery/pkg/util/strategicpatch. Nothing given is changed; untouched parts are shared.
 */
const PATCH = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const SET_ORDER = '$setElementOrder';

type Result<T> = T | PatchError;
const failed = (value: unknown): value is PatchError => value instanceof PatchError;

const BAD_RETAIN_KEYS = 'invalid patch format of retainKeys';
const BAD_PRIMITIVE_LIST = 'invalid patch format of primitive list';
const BAD_SET_ORDER = 'invalid patch format of setElementOrder list';


/** Applies a strategic merge patch to an object of the built-in type named in SCHEMA. */
export function strategicMergePatch(schema: string, document: JsonObject, patch: unknown): { readonly value: JsonObject } | Status {
  if (!isObject(patch)) return badRequest(`json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`);
  if (isTooDeep(patch)) return patchTooDeep();
  const merged = mergeMap(document, patch, builtInType(schema));
  // Merging nests no deeper than the deeper of the two: what is stored was checked when it came.
  return failed(merged) ? merged.status : { value: merged };
}

/** The type and merge facts of a list or struct member; an error where the type has no such field. */
function lookup(type: MapType, key: string): Result<FieldType> {
  if (!type.name) return other('merging an object in json but data type is not struct, instead is: map');
  return type.at(key) ?? other(`unable to find api field in struct ${type.name} for the json field ${JSON.stringify(key)}`);
}

/** The strategy other than retainKeys. */
function strategyOf(type: MapType, key: string): string {
  return type.semantics(key)?.patchStrategies?.find((s) => s !== 'retainKeys') ?? '';
}

function mergeMap(original: JsonObject, patch: JsonObject, type: MapType | undefined): Result<JsonObject> {
  const directive = own(patch, PATCH);
  if (Object.hasOwn(patch, PATCH)) return applyDirective(directive, patch);
  const retained = retainKeys(original, patch);
  if (failed(retained)) return retained;
  const result: MutableObject = { ...retained };
  const ordered = applyOrders(result, patch, type);
  if (failed(ordered)) return ordered;
  for (const key of Object.keys(patch)) {
    if (key === RETAIN_KEYS || key.startsWith(SET_ORDER) || ordered.has(key)) continue;
    const error = mergeMember(result, key, own(patch, key), type);
    if (error) return error;
  }
  return result;
}

function applyDirective(directive: unknown, patch: JsonObject): Result<JsonObject> {
  if (directive === 'delete') return {};
  if (directive !== 'replace') return other(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`);
  return without(patch, PATCH);
}

function retainKeys(original: JsonObject, patch: JsonObject): Result<JsonObject> {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return original;
  const list = own(patch, RETAIN_KEYS);
  if (!isArray(list)) return new PatchError(BAD_RETAIN_KEYS);
  const retained = new Set(list);
  for (const key of Object.keys(patch)) {
    if (key === RETAIN_KEYS || own(patch, key) === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER)) continue;
    if (!retained.has(key)) return new PatchError(BAD_RETAIN_KEYS);
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.has(key)));
}

/** $setElementOrder/x: merges list x and puts it in order. Returns the keys of the patch that are done with. */
function applyOrders(result: MutableObject, patch: JsonObject, type: MapType | undefined): Result<ReadonlySet<string>> {
  const done = new Set<string>();
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(SET_ORDER)) continue;
    const order = own(patch, directive);
    if (!isArray(order)) return badType([], order);
    const key = keyOf(directive, SET_ORDER, BAD_SET_ORDER);
    if (failed(key)) return key;
    const now = own(result, key);
    const wanted = own(patch, key);
    if (now !== undefined && !isArray(now)) return badType([], now);
    if (wanted !== undefined && !isArray(wanted)) return badType([], wanted);
    const list = listPatchOf(type, key);
    if (failed(list)) return list;
    const merged = orderByDirective(list, now as readonly unknown[] | undefined, wanted as readonly unknown[] | undefined, order);
    if (failed(merged)) return merged;
    if (merged === undefined) continue;
    setOwn(result, key, merged);
    done.add(key);
  }
  return done;
}

function keyOf(directive: string, prefix: string, message: string): Result<string> {
  const slash = directive.indexOf('/');
  return slash < 0 || directive.slice(0, slash) !== prefix ? new PatchError(message) : directive.slice(slash + 1);
}

function listPatchOf(type: MapType | undefined, key: string): Result<ListPatch> {
  if (!type) return { merge: (a, b) => mergeMap(a, b, undefined), mergeKey: '', merges: false };
  const field = lookup(type, key);
  if (failed(field)) return field;
  if (field.kind !== 'list') return other(`expected slice or array type, but got: ${type.name ? 'struct' : 'map'}`);
  const element = field.element.kind === 'map' ? field.element : undefined;
  return { merge: (a, b) => mergeMap(a, b, element), mergeKey: type.semantics(key)?.patchMergeKey ?? '', merges: strategyOf(type, key) === 'merge' };
}

const kindOf = (value: unknown): string => (isArray(value) ? 'list' : isObject(value) ? 'map' : value === null ? 'null' : typeof value);

function mergeMember(result: MutableObject, patchKey: string, value: unknown, type: MapType | undefined): PatchError | undefined {
  const deleting = patchKey.startsWith(DELETE_FROM_LIST);
  const key = deleting ? keyOf(patchKey, DELETE_FROM_LIST, BAD_PRIMITIVE_LIST) : patchKey;
  if (failed(key)) return key;
  if (value === null || value === undefined) {
    delete result[key];
    return undefined;
  }
  const now = own(result, key);
  if (!Object.hasOwn(result, key) || kindOf(now) !== kindOf(value)) {
    if (!deleting) assign(result, key, value);
    return undefined;
  }
  const merged = mergeSameKind(now, value, key, type, deleting);
  if (failed(merged)) return merged;
  setOwn(result, key, merged);
  return undefined;
}

function assign(result: MutableObject, key: string, value: unknown): void {
  const clean = removeDirectives(value);
  if (clean === undefined) delete result[key];
  else setOwn(result, key, clean);
}

function mergeSameKind(now: unknown, value: unknown, key: string, type: MapType | undefined, deleting: boolean): Result<unknown> {
  if (isObject(now) && isObject(value)) {
    if (!type) return mergeMap(now, value, undefined);
    const field = lookup(type, key);
    if (failed(field)) return field;
    if (strategyOf(type, key) === 'replace') return value;
    return mergeMap(now, value, field.kind === 'map' ? field : undefined);
  }
  if (isArray(now) && isArray(value)) {
    const list = listPatchOf(type, key);
    return failed(list) ? list : mergeLists(list, now, value, deleting);
  }
  return value;
}
