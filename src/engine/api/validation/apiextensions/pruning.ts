import { additionalOf, isObject, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';

/** Fields that a schema does not know are dropped from custom resources, unless it preserves them. */
export interface Pruned {
  /** The same reference where nothing was dropped. */
  readonly value: unknown;
  /** Paths of what was dropped, sorted: "spec.foo", "spec.list[0].bar". */
  readonly unknown: readonly string[];
}

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

interface Context { readonly unknown: string[] }

const under = (path: string, key: string): string => (path ? `${path}.${key}` : key);

/** With additionalProperties: true the value is kept, but for what is inside its objects. */
const NOTHING: Schema = {};

function pruneObject(value: { readonly [key: string]: unknown }, schema: Schema, preserve: boolean, embedded: boolean, path: string, context: Context): unknown {
  let copy: { [key: string]: unknown } | undefined;
  const additional = additionalOf(schema);
  for (const key of sortedKeys(value)) {
    if (embedded && META_FIELDS.has(key)) continue;
    const property = propertyOf(schema, key) ?? (typeof additional === 'object' ? additional : additional === true ? NOTHING : undefined);
    const at = under(path, key);
    if (!property) {
      if (preserve) continue;
      copy ??= { ...value };
      delete copy[key];
      if (!META_FIELDS.has(key) || path) context.unknown.push(at);
      continue;
    }
    const pruned = prune(value[key], property, false, at, context);
    if (pruned !== value[key]) (copy ??= { ...value })[key] = pruned;
  }
  return copy ?? value;
}

/** `kept`: a list around this value preserves unknown fields, which its elements inherit. */
function prune(value: unknown, schema: Schema, root: boolean, path: string, context: Context, kept = false): unknown {
  const preserve = kept || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (isObject(value)) return pruneObject(value, schema, preserve, root || schema['x-kubernetes-embedded-resource'] === true, path, context);
  if (!Array.isArray(value)) return value;
  const items = itemsOf(schema);
  if (!items && preserve) return value;
  let changed = false;
  const list = value.map((item: unknown, i) => {
    const pruned = prune(item, items ?? NOTHING, false, `${path}[${i}]`, context, preserve);
    changed ||= pruned !== item;
    return pruned;
  });
  return changed ? list : value;
}

/** Drops unknown fields. Of a whole object, apiVersion, kind and metadata stay. */
export function pruneUnknownFields(value: unknown, schema: Schema | undefined, isResourceRoot: boolean): Pruned {
  const context: Context = { unknown: [] };
  const pruned = prune(value, schema ?? NOTHING, isResourceRoot, '', context);
  return { value: pruned, unknown: context.unknown.sort() };
}
