import { additionalSchema, isObject, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';

/** Defaults of custom resources. Nulls that a schema does not allow are dropped first, or replaced by the default. */
const hasDefault = (schema: Schema | undefined): boolean => schema?.default !== undefined && schema.default !== null;
const isForbiddenNull = (value: unknown, schema: Schema | undefined): boolean => value === null && schema !== undefined && schema.nullable !== true;
const fieldSchema = (schema: Schema | undefined, key: string): Schema | undefined => schema && (propertyOf(schema, key) ?? additionalSchema(schema));

function mapList(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  let changed = false;
  const mapped = list.map((item) => {
    const next = change(item);
    changed ||= next !== item;
    return next;
  });
  return changed ? mapped : list;
}

/** Without nulls that are not nullable and have no default. The same reference where there are none. */
export function pruneNulls(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return mapList(value, (item) => pruneNulls(item, schema && itemsOf(schema)));
  if (!isObject(value)) return value;
  let copy: { [key: string]: unknown } | undefined;
  for (const key of Object.keys(value)) {
    const inner = fieldSchema(schema, key);
    if (isForbiddenNull(value[key], inner) && !hasDefault(inner)) {
      copy ??= { ...value };
      delete copy[key];
      continue;
    }
    const next = pruneNulls(value[key], inner);
    if (next !== value[key]) (copy ??= { ...value })[key] = next;
  }
  return copy ?? value;
}

/** With the defaults of the schema. The same reference where nothing was missing. Default values are shared, not copied. */
export function applyDefaults(value: unknown, schema: Schema | undefined): unknown {
  if (!schema) return value;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return mapList(value, (item) => applyDefaults(isForbiddenNull(item, items) ? items?.default ?? null : item, items));
  }
  if (!isObject(value)) return value;
  let copy: { [key: string]: unknown } | undefined;
  for (const key of sortedKeys(schema.properties)) {
    const property = propertyOf(schema, key);
    if (!property || !hasDefault(property)) continue;
    if (!Object.prototype.hasOwnProperty.call(value, key) || isForbiddenNull(value[key], property)) (copy ??= { ...value })[key] = property.default;
  }
  const filled = copy ?? value;
  for (const key of Object.keys(filled)) {
    const property = propertyOf(schema, key);
    const additional = property ? undefined : additionalSchema(schema);
    const start = additional && isForbiddenNull(filled[key], additional) ? additional.default ?? null : filled[key];
    const next = applyDefaults(start, property ?? additional);
    if (next !== filled[key]) (copy ??= { ...value })[key] = next;
  }
  return copy ?? value;
}
