import { deduce, type FieldType, type ListType, type MapType } from '../fieldTypes';
import { isArray, isObject, own, setOwn, type JsonObject, type MutableObject } from '../json';
import { itemElement, itemsByElement } from './elements';
import { below, hasMember, isEmptySet, type FieldSet } from './fieldSet';

const UNTYPED: FieldType = { kind: 'untyped', atomic: false };

/** Merges an applied configuration into the live object: applied scalars and atomic values win, granular maps and associative lists are joined. */
export function mergeApplied(type: MapType, live: JsonObject, applied: JsonObject): JsonObject {
  const result: MutableObject = { ...live };
  for (const key of Object.keys(applied)) {
    const wanted = own(applied, key);
    if (wanted === undefined) continue;
    const merged = mergeValues(type.at(key) ?? UNTYPED, own(live, key), wanted);
    if (merged === null || merged === undefined) delete result[key];
    else setOwn(result, key, merged);
  }
  return result;
}

function mergeValues(type: FieldType, live: unknown, applied: unknown): unknown {
  if (live === undefined || live === null) return applied;
  const resolved = deduce(type, applied ?? live);
  if (resolved.kind === 'map' && !resolved.atomic) {
    if (!isObject(applied) || !isObject(live)) return applied === null && isObject(live) ? live : applied;
    return mergeApplied(resolved, live, applied);
  }
  if (resolved.kind === 'list' && resolved.list !== 'atomic') {
    const now = isArray(live) ? live : [];
    const wanted = isArray(applied) ? applied : [];
    return now.length === 0 && wanted.length === 0 ? applied : mergeLists(resolved, now, wanted);
  }
  return applied;
}

/** Items of both lists: shared ones in the applied order, live ones where they were relative to them. */
function mergeLists(type: ListType, live: readonly unknown[], applied: readonly unknown[]): readonly unknown[] {
  const mine = itemsByElement(type, live);
  const wanted = itemsByElement(type, applied);
  const liveElements = [...mine.keys()];
  const appliedElements = [...wanted.keys()];
  const shared = appliedElements.filter((element) => mine.has(element));
  const result: unknown[] = [];
  let l = 0;
  let r = 0;
  let nextShared = 0;
  while (l < liveElements.length || r < appliedElements.length) {
    const left = liveElements[l];
    const right = appliedElements[r];
    if (left !== undefined && !wanted.has(left)) {
      result.push(mine.get(left));
      l++;
    } else if (left !== undefined && (right === undefined || (left !== right && left !== shared[nextShared]))) {
      l++;
    } else if (right !== undefined) {
      result.push(mine.has(right) ? mergeValues(type.element, mine.get(right), wanted.get(right)) : wanted.get(right));
      if (right === left) l++;
      if (right === shared[nextShared]) nextShared++;
      r++;
    }
  }
  return result;
}

/** The object without the members of the set. What becomes empty disappears. */
export function removeItems(type: MapType, object: JsonObject, set: FieldSet): JsonObject {
  return removeFromMap(type, object, set) ?? {};
}

function removeFromMap(type: MapType, object: JsonObject, set: FieldSet): JsonObject | undefined {
  if (isEmptySet(set)) return object;
  const result: MutableObject = {};
  let kept = 0;
  for (const key of Object.keys(object)) {
    const element = `f:${key}`;
    if (hasMember(set, element)) continue;
    const subset = below(set, element);
    const value = isEmptySet(subset) ? own(object, key) : removeFromValue(type.at(key) ?? UNTYPED, own(object, key), subset);
    if (value === undefined) continue;
    setOwn(result, key, value);
    kept++;
  }
  return kept ? result : undefined;
}

function removeFromValue(type: FieldType, value: unknown, set: FieldSet): unknown {
  const resolved = deduce(type, value);
  if (resolved.kind === 'map') return isObject(value) ? removeFromMap(resolved, value, set) : value;
  if (resolved.kind === 'list' && isArray(value)) return removeFromList(resolved, value, set);
  return value;
}

function removeFromList(type: ListType, items: readonly unknown[], set: FieldSet): readonly unknown[] | undefined {
  const result: unknown[] = [];
  for (const item of items) {
    const element = itemElement(type, item);
    if (element !== undefined && hasMember(set, element)) continue;
    const subset = element === undefined ? {} : below(set, element);
    const kept = isEmptySet(subset) ? item : removeFromValue(type.element, item, subset);
    if (kept !== undefined) result.push(kept);
  }
  return result.length ? result : undefined;
}
