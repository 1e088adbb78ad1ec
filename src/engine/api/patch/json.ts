/** Handling of JSON values that came from outside: keys such as "__proto__" are data, and nothing given is changed. */
export type JsonObject = { readonly [key: string]: unknown };
export type MutableObject = { [key: string]: unknown };

/** Deeper documents are refused: every walk here recurses. Kubernetes' own objects stay below 30 levels. */
export const MAX_DEPTH = 500;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The object's own property, never one inherited from Object.prototype. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own property, also where the key is "__proto__". */
export function setOwn(object: MutableObject, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** The object without one key; the object itself where the key is absent. */
export function without(object: JsonObject, key: string): JsonObject {
  if (!Object.hasOwn(object, key)) return object;
  const copy: MutableObject = { ...object };
  delete copy[key];
  return copy;
}

/** The object with one key set, unchanged where it has that very value. */
export function withKey(object: JsonObject, key: string, value: unknown): JsonObject {
  if (Object.hasOwn(object, key) && object[key] === value) return object;
  const copy: MutableObject = { ...object };
  setOwn(copy, key, value);
  return copy;
}

/** Deep equality of JSON values; undefined properties count as absent. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  let known = 0;
  for (const key in a) {
    if (a[key] === undefined) continue;
    known++;
    if (!Object.hasOwn(b, key) || !jsonEqual(a[key], b[key])) return false;
  }
  for (const key in b) if (b[key] !== undefined) known--;
  return known === 0;
}

/** Whether the value nests deeper than MAX_DEPTH. Walks no deeper than that itself. */
export function isTooDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  for (const part of Object.values(value)) if (isTooDeep(part, left - 1)) return true;
  return false;
}

/** Go's %v of a decoded JSON value: map[a:1 b:[x y]], keys sorted, nil as <nil>. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isObject(value)) return `map[${Object.keys(value).sort().map((key) => `${key}:${goValue(own(value, key))}`).join(' ')}]`;
  return String(value);
}

/** The Go type of a decoded JSON value, as error messages print it. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (isArray(value)) return '[]interface {}';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'map[string]interface {}';
}

/** What encoding/json calls a value's JSON type. */
export function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
