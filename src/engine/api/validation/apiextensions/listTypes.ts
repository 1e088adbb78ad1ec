import { duplicate, invalid, Path, type Errors } from '../field';
import { sortedMap } from '../field';
import { additionalSchema, isObject, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';

/** Lists of x-kubernetes-list-type set and map hold each element, or each key, once. */

/** The second of equal values; a third is not reported. */
function repeated(values: readonly unknown[]): readonly number[] {
  const times = new Map<string, number>();
  const found: number[] = [];
  values.forEach((value, i) => {
    const id = `${typeof value}:${JSON.stringify(isObject(value) ? sortedMap(value) : value)}`;
    const count = (times.get(id) ?? 0) + 1;
    times.set(id, count);
    if (count === 2) found.push(i);
  });
  return found;
}

function validateMap(list: readonly unknown[], keys: readonly string[], path: Path, errs: Errors): void {
  const bad = list.findIndex((item) => item !== null && !isObject(item));
  if (bad >= 0) { errs.push(invalid(path.index(bad), list[bad], 'must be an object for an array of list-type map')); return; }
  const ids = list.map((item) => Object.fromEntries(keys.filter((key) => isObject(item) && key in item).map((key) => [key, (item as { readonly [key: string]: unknown })[key]])));
  for (const i of repeated(ids)) errs.push(duplicate(path.index(i), sortedMap(ids[i])));
}

function validate(schema: Schema | undefined, value: unknown, path: Path, errs: Errors): void {
  if (!schema) return;
  if (isObject(value)) { validateFields(schema, value, path, errs); return; }
  if (!Array.isArray(value)) return;
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') for (const i of repeated(value)) errs.push(duplicate(path.index(i), value[i]));
  if (type === 'map') validateMap(value, schema['x-kubernetes-list-map-keys'] ?? [], path, errs);
  const items = itemsOf(schema);
  if (items) value.forEach((item, i) => { validate(items, item, path.index(i), errs); });
}

function validateFields(schema: Schema, value: { readonly [key: string]: unknown }, path: Path | undefined, errs: Errors): void {
  const additional = additionalSchema(schema);
  if (additional) for (const key of sortedKeys(value)) validate(additional, value[key], (path ?? Path.root).key(key), errs);
  for (const key of sortedKeys(value)) {
    const property = propertyOf(schema, key);
    if (property) validate(property, value[key], path?.child(key) ?? Path.of(key), errs);
  }
}

export function validateListTypes(schema: Schema | undefined, object: { readonly [key: string]: unknown }, errs: Errors): void {
  if (schema) validateFields(schema, object, undefined, errs);
}
