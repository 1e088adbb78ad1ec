import { isObject, own, setOwn, type JsonObject, type MutableObject } from '../json';

/**
 * A set of field paths in the very form of managedFields' fieldsV1: {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}}.
 * A node {} is a member; a node with children is a member only if it has the key ".". Sets are immutable values, and
 * operations return one of their arguments where nothing changes: comparing by identity tells whether anything did.
 */
export type FieldSet = { readonly [element: string]: FieldSet };
type MutableSet = { [element: string]: FieldSet };

export const EMPTY_SET: FieldSet = Object.freeze({});
export const MEMBER: FieldSet = EMPTY_SET;
const DOT = '.';

export function isEmptySet(set: FieldSet): boolean {
  for (const element in set) return element === '';
  return true;
}

/** Whether the node is a member, as seen from its parent. */
const isMember = (node: FieldSet): boolean => node[DOT] !== undefined || isEmptySet(node);

/** A node that is a member and has the children of the given set. */
const memberWith = (children: FieldSet): FieldSet => (isEmptySet(children) ? MEMBER : children[DOT] ? children : { [DOT]: MEMBER, ...children });

/** The children of a node as a set of their own. */
export function childrenOf(node: FieldSet): FieldSet {
  if (node[DOT] === undefined) return node;
  const children: MutableSet = { ...node };
  delete children[DOT];
  return children;
}

/** The node for a path element whose own membership and children are known; undefined where both are empty. */
export function node(member: boolean, children: FieldSet): FieldSet | undefined {
  if (member) return memberWith(children);
  return isEmptySet(children) ? undefined : children;
}

const memberOf = (n: FieldSet | undefined): boolean => n !== undefined && isMember(n);
const kidsOf = (n: FieldSet | undefined): FieldSet => (n === undefined ? EMPTY_SET : childrenOf(n));

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  let result: MutableSet | undefined;
  for (const key in b) {
    const left = a[key];
    const right = b[key] as FieldSet;
    const merged = left === undefined ? right : left === right ? left : unionNodes(left, right);
    if (merged !== left) (result ??= { ...a })[key] = merged;
  }
  return result ?? a;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  const children = childrenOf(a);
  const merged = union(children, childrenOf(b));
  const member = isMember(a) || isMember(b);
  if (merged === children && member === isMember(a)) return a;
  return member ? memberWith(merged) : merged;
}

/** The members of a that are not members of b (b's members do not cover their descendants). */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return EMPTY_SET;
  let result: MutableSet | undefined;
  for (const key in b) {
    const left = a[key];
    if (left === undefined) continue;
    const right = b[key] as FieldSet;
    const children = kidsOf(left);
    const kept = difference(children, kidsOf(right));
    const member = isMember(left) && !isMember(right);
    if (kept === children && member === isMember(left)) continue;
    result ??= { ...a };
    const next = node(member, kept);
    if (next === undefined) delete result[key];
    else result[key] = next;
  }
  return result ?? a;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const result: MutableSet = {};
  for (const key in a) {
    const right = b[key];
    if (right === undefined) continue;
    const left = a[key] as FieldSet;
    const next = node(isMember(left) && isMember(right), intersection(kidsOf(left), kidsOf(right)));
    if (next !== undefined) result[key] = next;
  }
  return result;
}

/** The members of a that are neither members of b nor below one: what resetFields do. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  let result: MutableSet | undefined;
  for (const key in b) {
    const left = a[key];
    if (left === undefined) continue;
    const right = b[key] as FieldSet;
    const children = kidsOf(left);
    const covered = isMember(right);
    const kept = covered ? EMPTY_SET : recursiveDifference(children, kidsOf(right));
    if (!covered && kept === children) continue;
    result ??= { ...a };
    const next = covered ? undefined : node(isMember(left), kept);
    if (next === undefined) delete result[key];
    else result[key] = next;
  }
  return result ?? a;
}

export const hasMember = (set: FieldSet, element: string): boolean => memberOf(set[element]);
export const below = (set: FieldSet, element: string): FieldSet => kidsOf(set[element]);

/** Equality by content. */
export function setsEqual(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const key in a) {
    count++;
    const right = b[key];
    if (right === undefined || !setsEqual(a[key] as FieldSet, right)) return false;
  }
  count -= Object.keys(b).length;
  return count === 0;
}

/** f: fields, k: keys, v: values, i: indices; within a sort by text, as the original orders path elements. */
const RANK: { readonly [prefix: string]: number } = { '.': 0, f: 1, k: 2, v: 3, i: 4 };
export function compareElements(a: string, b: string): number {
  const ranks = (RANK[a[0] ?? ''] ?? 5) - (RANK[b[0] ?? ''] ?? 5);
  return ranks || (a < b ? -1 : a > b ? 1 : 0);
}

/** Every member as a list of path elements, in the order of the original. */
export function members(set: FieldSet): readonly (readonly string[])[] {
  const found: string[][] = [];
  const walk = (current: FieldSet, prefix: readonly string[]): void => {
    const keys = Object.keys(current).filter((key) => key !== DOT).sort(compareElements);
    for (const key of keys) if (memberOf(current[key])) found.push([...prefix, key]);
    for (const key of keys) walk(kidsOf(current[key]), [...prefix, key]);
  };
  walk(set, []);
  return found;
}

/** ".spec.template.spec.containers[name=\"main\"].image": how conflicts name a path. */
export function pathString(path: readonly string[]): string {
  return path.map((element) => {
    const rest = element.slice(2);
    switch (element[0]) {
      case 'f': return `.${rest}`;
      case 'k': {
        const keys = JSON.parse(rest) as { [key: string]: unknown };
        return `[${Object.keys(keys).sort().map((key) => `${key}=${JSON.stringify(keys[key])}`).join(',')}]`;
      }
      case 'v': return `[=${rest}]`;
      default: return `[${rest}]`;
    }
  }).join('');
}

/** The form in which sets are written: keys in the original's order. Sets made by walking objects need not be sorted before. */
export function sortedSet(set: FieldSet): FieldSet {
  if (isEmptySet(set)) return MEMBER;
  if (sorted.has(set)) return set;
  const result: MutableSet = {};
  for (const key of Object.keys(set).sort(compareElements)) result[key] = sortedSet(set[key] as FieldSet);
  sorted.add(result);
  return result;
}
/** Results of sortedSet: sets are shared from write to write, and need sorting only where they grew. */
const sorted = new WeakSet<FieldSet>();

/** Reads fieldsV1 of a client: undefined where it is not a well-formed set. */
export function parseFieldSet(value: unknown): FieldSet | undefined {
  if (!isObject(value)) return undefined;
  const result: MutableObject = {};
  for (const key of Object.keys(value)) {
    if (key !== DOT && !/^[fkvi]:/.test(key)) return undefined;
    if (key.startsWith('k:') && !isJsonObject(key.slice(2))) return undefined;
    const child = parseFieldSet(own(value, key));
    if (child === undefined) return undefined;
    setOwn(result, key, child);
  }
  return result as FieldSet;
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text) as JsonObject);
  } catch {
    return false;
  }
}
