import { isObject, own } from '../json';
import type { FieldType, ListType } from '../fieldTypes';

/** The path element of an item of an associative list: `k:{"name":"main"}` or `v:"finalizer"`. Undefined where the item has none of the keys. */
export function itemElement(list: ListType, item: unknown): string | undefined {
  if (list.list === 'set') return `v:${JSON.stringify(item)}`;
  if (!isObject(item)) return undefined;
  const name = list.keys.length === 1 ? list.keys[0] : undefined;
  if (name !== undefined) {
    const value = own(item, name) ?? keyDefault(list.element, name);
    return value === undefined || value === null ? undefined : `k:{${JSON.stringify(name)}:${JSON.stringify(value)}}`;
  }
  const parts: string[] = [];
  for (const key of [...list.keys].sort()) {
    const value = own(item, key) ?? keyDefault(list.element, key);
    if (value !== undefined && value !== null) parts.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  return parts.length ? `k:{${parts.join(',')}}` : undefined;
}

function keyDefault(element: FieldType, key: string): unknown {
  return element.kind === 'map' ? element.semantics(key)?.default : undefined;
}

/** Items by path element; those without one are left out, of equal ones the first wins. */
export function itemsByElement(list: ListType, items: readonly unknown[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const item of items) {
    const element = itemElement(list, item);
    if (element !== undefined && !found.has(element)) found.set(element, item);
  }
  return found;
}
