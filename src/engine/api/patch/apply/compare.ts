import { deduce, type FieldType, type ListType, type MapType } from '../fieldTypes';
import { isArray, isObject, jsonEqual, own, type JsonObject } from '../json';
import { itemElement, itemsByElement } from './elements';
import { EMPTY_SET, MEMBER, node, type FieldSet } from './fieldSet';

/** What differs between two objects of one type, by the rules of structured-merge-diff. */
export interface Comparison {
  /** Added or modified. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** A comparison of one value as nodes of its parent's sets. */
interface NodeDiff { readonly changed?: FieldSet; readonly removed?: FieldSet }
type MutableSet = { [element: string]: FieldSet };
const CHANGED: NodeDiff = { changed: MEMBER };
const REMOVED: NodeDiff = { removed: MEMBER };
const NONE: Comparison = { changed: EMPTY_SET, removed: EMPTY_SET };

/**
 * Compares two objects. Branches shared by reference are not walked, so that the cost is that of what changed.
 * `skip` names top-level and metadata fields that nobody owns.
 */
export function compare(type: MapType, before: JsonObject, after: JsonObject): Comparison {
  if (before === after) return NONE;
  const collected = new Collector();
  compareMembers(type, before, after, collected, TOP_LEVEL);
  return collected.result();
}

/** Fields that are never owned (stripMetaManager); not comparing them saves work. */
interface Skipping { readonly here: ReadonlySet<string>; readonly below?: { readonly [key: string]: Skipping } }
const METADATA: Skipping = { here: new Set(['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion']) };
const TOP_LEVEL: Skipping = { here: new Set(['apiVersion', 'kind']), below: { metadata: METADATA } };

class Collector {
  private changed: MutableSet | undefined;
  private removed: MutableSet | undefined;
  add(element: string, diff: NodeDiff | undefined): void {
    if (diff === undefined) return;
    if (diff.changed) (this.changed ??= {})[element] = diff.changed;
    if (diff.removed) (this.removed ??= {})[element] = diff.removed;
  }
  result(): Comparison {
    return this.changed || this.removed ? { changed: this.changed ?? EMPTY_SET, removed: this.removed ?? EMPTY_SET } : NONE;
  }
  /** The node of a value that is not itself a leaf: a member where it is new or gone as a whole. */
  node(added: boolean, gone: boolean): NodeDiff | undefined {
    const changed = node(added, this.changed ?? EMPTY_SET);
    const removed = node(gone, this.removed ?? EMPTY_SET);
    return changed || removed ? { changed, removed } : undefined;
  }
}

function leaf(before: unknown, after: unknown): NodeDiff | undefined {
  if (before === undefined) return CHANGED;
  if (after === undefined) return REMOVED;
  return jsonEqual(before, after) ? undefined : CHANGED;
}

/** undefined: not there. null is a value. */
function compareValues(type: FieldType, before: unknown, after: unknown, skipping?: Skipping): NodeDiff | undefined {
  if (before === after) return undefined;
  const resolved = deduce(type, after ?? before);
  if (resolved.kind === 'map') return compareMaps(resolved, before, after, skipping);
  if (resolved.kind === 'list') return compareLists(resolved, before, after);
  return leaf(before, after);
}

const isEmptyObject = (value: unknown): boolean => {
  if (!isObject(value)) return true;
  for (const _ in value) return false;
  return true;
};

function compareMaps(type: MapType, before: unknown, after: unknown, skipping?: Skipping): NodeDiff | undefined {
  if (type.atomic || (isEmptyObject(before) && isEmptyObject(after))) return leaf(before, after);
  const collected = new Collector();
  compareMembers(type, isObject(before) ? before : {}, isObject(after) ? after : {}, collected, skipping);
  return collected.node(before === undefined, after === undefined);
}

const UNTYPED: FieldType = { kind: 'untyped', atomic: false };

function compareMembers(type: MapType, before: JsonObject, after: JsonObject, into: Collector, skipping?: Skipping): void {
  for (const key in after) {
    const next = after[key];
    const previous = own(before, key);
    if (next === previous || next === undefined || skipping?.here.has(key)) continue;
    into.add(`f:${key}`, compareValues(type.at(key) ?? UNTYPED, previous, next, skipping?.below?.[key]));
  }
  for (const key in before) {
    const previous = before[key];
    if (previous === undefined || own(after, key) !== undefined || skipping?.here.has(key)) continue;
    into.add(`f:${key}`, compareValues(type.at(key) ?? UNTYPED, previous, undefined, skipping?.below?.[key]));
  }
}

function compareLists(type: ListType, before: unknown, after: unknown): NodeDiff | undefined {
  const old = isArray(before) ? before : [];
  const now = isArray(after) ? after : [];
  if (type.list === 'atomic' || (old.length === 0 && now.length === 0)) return leaf(before, after);
  const collected = new Collector();
  if (!compareAligned(type, old, now, collected)) compareByElement(type, old, now, collected);
  return collected.node(before === undefined, after === undefined);
}

/** The common case: the same elements at the same places. False (and nothing collected) where that is not so. */
function compareAligned(type: ListType, old: readonly unknown[], now: readonly unknown[], into: Collector): boolean {
  if (old.length !== now.length) return false;
  const found: [string, NodeDiff | undefined][] = [];
  for (let i = 0; i < now.length; i++) {
    if (old[i] === now[i]) continue;
    const element = itemElement(type, now[i]);
    if (element === undefined || itemElement(type, old[i]) !== element) return false;
    found.push([element, compareValues(type.element, old[i], now[i])]);
  }
  for (const [element, diff] of found) into.add(element, diff);
  return true;
}

function compareByElement(type: ListType, old: readonly unknown[], now: readonly unknown[], into: Collector): void {
  const previous = itemsByElement(type, old);
  const next = itemsByElement(type, now);
  for (const [element, item] of next) into.add(element, compareValues(type.element, previous.get(element), item));
  for (const [element, item] of previous) if (!next.has(element)) into.add(element, compareValues(type.element, item, undefined));
}

/** The fields that an applied configuration sets: leaves, list items, keys of maps; not the structs around them. */
export function fieldSetOf(type: MapType, object: JsonObject): FieldSet {
  return membersOf(type, object);
}

function membersOf(type: MapType, object: JsonObject): FieldSet {
  const set: MutableSet = {};
  for (const key of Object.keys(object)) {
    const value = own(object, key);
    if (value === undefined) continue;
    const member = value === null || (isObject(value) && isEmptyObject(value)) || !type.declares(key);
    const found = valueNode(type.at(key) ?? UNTYPED, value, member);
    if (found) set[`f:${key}`] = found;
  }
  return set;
}

/** The node of a value; `member` where its parent already makes it one. */
function valueNode(type: FieldType, value: unknown, member: boolean): FieldSet | undefined {
  const resolved = deduce(type, value);
  if (resolved.kind === 'map') {
    if (resolved.atomic) return MEMBER;
    return node(member, isObject(value) ? membersOf(resolved, value) : EMPTY_SET);
  }
  if (resolved.kind !== 'list' || resolved.list === 'atomic') return MEMBER;
  const items: MutableSet = {};
  for (const [element, item] of itemsByElement(resolved, isArray(value) ? value : [])) items[element] = valueNode(resolved.element, item, true) ?? MEMBER;
  return node(member, items);
}
