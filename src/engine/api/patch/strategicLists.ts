import { badType, otherError as other, PatchError, unprocessablePatch } from './errors';
import { goValue, isArray, isObject, jsonEqual, own, setOwn, type JsonObject, type MutableObject } from './json';

/** How a list of a type is patched. */
export interface ListPatch {
  /** Merges an element of the patch into the one with the same key. */
  readonly merge: (now: JsonObject, patch: JsonObject) => JsonObject | PatchError;
  /** "" for lists of scalars. */
  readonly mergeKey: string;
  /** patchStrategy merge; else the patch replaces the list. */
  readonly merges: boolean;
}

type Result<T> = T | PatchError;
type List = readonly unknown[];
const failed = (value: unknown): value is PatchError => value instanceof PatchError;
const noMergeKey = (item: unknown, key: string): PatchError => other(`map: ${goValue(item)} does not contain declared merge key: ${key}`);

/** A value of a patch that replaces or adds: without nulls in objects, and without anything that carries a directive. */
export function removeDirectives(value: unknown): unknown {
  if (isArray(value)) return value.map(removeDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '$patch')) return undefined;
  const result: MutableObject = {};
  for (const key of Object.keys(value)) {
    const member = own(value, key);
    const clean = member === null ? undefined : removeDirectives(member);
    if (clean !== undefined) setOwn(result, key, clean);
  }
  return result;
}

type ElementKind = 'map' | 'scalar';

function elementKind(...lists: readonly List[]): Result<ElementKind> {
  let found: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      if (isArray(item)) return new PatchError('lists of lists are not supported', unprocessablePatch());
      const kind = isObject(item) ? 'map' : item === null ? 'null' : typeof item;
      if (found !== undefined && kind !== found) return other(`list element types are not identical: [${lists.map(goValue).join(' ')}]`);
      found = kind;
    }
  }
  if (found === undefined) return other('no elements in any of the given slices');
  return found === 'map' ? 'map' : 'scalar';
}

/** Merges a patch's list into the list of the same name, or deletes its scalars from it. */
export function mergeLists(list: ListPatch, now: List, patch: List, deleting: boolean): Result<List> {
  if (!list.merges && !deleting) return patch;
  if (now.length === 0 && patch.length === 0) return now;
  const kind = elementKind(now, patch);
  if (failed(kind)) return kind;
  if (kind === 'scalar') {
    if (deleting) return now.filter((item) => !patch.includes(item));
    return normalizeOrder(kind, '', [...new Set([...now, ...patch])], patch, now);
  }
  if (!list.mergeKey) return other('cannot merge lists without merge key for struct');
  const special = applySpecialElements(now, patch, list.mergeKey);
  if (failed(special)) return special;
  const merged = mergeElements(list, special.now, special.patch);
  return failed(merged) ? merged : normalizeOrder(kind, list.mergeKey, merged, special.patch, special.now);
}

/** Elements with $patch: delete and $patch: replace. */
function applySpecialElements(now: List, patch: List, mergeKey: string): Result<{ readonly now: List; readonly patch: List }> {
  let rest = now;
  const plain: unknown[] = [];
  let replace = false;
  for (const item of patch as readonly JsonObject[]) {
    if (!Object.hasOwn(item, '$patch')) { plain.push(item); continue; }
    const directive = own(item, '$patch');
    if (directive === 'replace') replace = true;
    else if (directive === 'merge') return other('merging lists cannot yet be specified in the patch');
    else if (directive !== 'delete') return other(`unknown patch type: ${goValue(directive)} in map: ${goValue(item)}`);
    else if (!Object.hasOwn(item, mergeKey)) return noMergeKey(item, mergeKey);
    else rest = rest.filter((old) => keyValue(old, mergeKey) !== own(item, mergeKey));
  }
  return replace ? { now: plain, patch: [] } : { now: rest, patch: plain };
}

const keyValue = (item: unknown, mergeKey: string): unknown => (isObject(item) ? own(item, mergeKey) : undefined);

function mergeElements(list: ListPatch, now: List, patch: List): Result<List> {
  const result = [...now];
  for (const item of patch as readonly JsonObject[]) {
    if (!Object.hasOwn(item, list.mergeKey)) return noMergeKey(item, list.mergeKey);
    const at = result.findIndex((old) => keyValue(old, list.mergeKey) === own(item, list.mergeKey));
    if (at < 0) { result.push(removeDirectives(item) ?? {}); continue; }
    const merged = list.merge(result[at] as JsonObject, item);
    if (failed(merged)) return merged;
    result[at] = merged;
  }
  return result;
}

const idOf = (kind: ElementKind, mergeKey: string, item: unknown): unknown => (kind === 'map' ? keyValue(item, mergeKey) : item);

/** Elements of the patch in its order, those only the server has interleaved where they were relative to them. */
function normalizeOrder(kind: ElementKind, mergeKey: string, merged: List, patchOrder: List, serverOrder: List): Result<List> {
  if (kind === 'map') {
    const lacking = [...merged, ...patchOrder, ...serverOrder].find((item) => keyValue(item, mergeKey) === undefined);
    if (lacking !== undefined) return noMergeKey(lacking, mergeKey);
  }
  const ids = (list: List): List => list.map((item) => idOf(kind, mergeKey, item));
  const inPatch = positions(ids(patchOrder));
  const inServer = positions(ids(serverOrder));
  const id = (item: unknown): unknown => idOf(kind, mergeKey, item);
  const by = (order: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown): number => (order.get(id(a)) ?? 0) - (order.get(id(b)) ?? 0);
  const fromPatch = merged.filter((item) => inPatch.has(id(item))).sort(by(inPatch));
  const serverOnly = merged.filter((item) => !inPatch.has(id(item))).sort(by(inServer));
  return interleave(serverOnly, fromPatch, (item) => inServer.get(id(item)));
}

function positions(ids: List): ReadonlyMap<unknown, number> {
  const found = new Map<unknown, number>();
  ids.forEach((id, i) => { if (!found.has(id)) found.set(id, i); });
  return found;
}

function interleave(left: List, right: List, place: (item: unknown) => number | undefined): List {
  const result: unknown[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = l < left.length ? place(left[l]) : undefined;
    const b = r < right.length ? place(right[r]) : undefined;
    const takeLeft = r >= right.length || (l < left.length && a !== undefined && b !== undefined && a < b);
    result.push(takeLeft ? left[l++] : right[r++]);
  }
  return result;
}

/** $setElementOrder: the merged list in the given order; undefined where there is no list at all. */
export function orderByDirective(list: ListPatch, now: List | undefined, patch: List | undefined, order: List): Result<List | undefined> {
  const mismatch = checkOrder(patch ?? [], order, list.mergeKey);
  if (mismatch) return mismatch;
  if (now === undefined && patch === undefined) return undefined;
  const merged = now === undefined ? removeDirectives(patch) as List : patch === undefined ? now : mergeLists(list, now, patch, false);
  if (failed(merged)) return merged;
  const kind = elementKind(now ?? [], patch ?? []);
  return failed(kind) ? kind : normalizeOrder(kind, list.mergeKey, merged, order, now ?? []);
}

/** The patch's elements must come in the order that the directive gives. */
function checkOrder(patch: List, order: List, mergeKey: string): PatchError | undefined {
  if (patch.length === 0 || order.length === 0) return undefined;
  let at = 0;
  const kept = patch.filter((item) => !(mergeKey && isObject(item) && own(item, '$patch') === 'delete'));
  for (const wanted of order) {
    while (at < kept.length && isObject(kept[at]) && Object.hasOwn(kept[at] as JsonObject, '$patch')) at++;
    if (at >= kept.length) break;
    const item = kept[at];
    if (mergeKey) {
      if (!isObject(item)) return badType({}, item);
      if (!isObject(wanted)) return badType({}, wanted);
      if (!Object.hasOwn(item, mergeKey)) return noMergeKey(item, mergeKey);
      if (!Object.hasOwn(wanted, mergeKey)) return noMergeKey(wanted, mergeKey);
    }
    if (mergeKey ? keyValue(item, mergeKey) === keyValue(wanted, mergeKey) : jsonEqual(item, wanted)) at++;
  }
  return at < kept.length ? other(`The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`) : undefined;
}
