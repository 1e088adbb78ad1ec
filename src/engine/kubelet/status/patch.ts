import { semanticEqual } from '../../api/validation/equal';

/** The lists of a PodStatus that strategic merge patches merge by a key; all others are replaced whole. */
const MERGE_KEYS: ReadonlyMap<string, string> = new Map([['conditions', 'type'], ['hostIPs', 'ip'], ['podIPs', 'ip'], ['resourceClaimStatuses', 'name']]);
/** Structs and maps that are merged field by field. */
const MERGED: ReadonlySet<string> = new Set(['resources', 'requests', 'limits', 'allocatedResources']);

type JsonObject = { readonly [field: string]: unknown };
/** An empty struct behind a pointer (`resources: {}`) is something else than none. */
const isStruct = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const asObject = (value: unknown): JsonObject => value as JsonObject;

/**
 * strategicpatch.CreateTwoWayMergePatch for pod statuses: what turns one into the other; undefined where nothing does.
 * Removed fields are null, merged lists come with their order.
 */
export function statusPatch(from: object, to: object): JsonObject | undefined {
  const before = from as JsonObject, after = to as JsonObject;
  const patch: { [field: string]: unknown } = {};
  for (const field in after) {
    if (semanticEqual(before[field], after[field]) && !(before[field] === undefined && isStruct(after[field]))) continue;
    const key = MERGE_KEYS.get(field);
    if (key !== undefined && after[field] !== undefined) addList(patch, field, key, (before[field] ?? []) as readonly unknown[], after[field] as readonly unknown[]);
    else if (MERGED.has(field) && before[field] !== undefined && after[field] !== undefined) patch[field] = statusPatch(asObject(before[field]), asObject(after[field]));
    else patch[field] = after[field] ?? null;
  }
  for (const field in before) if (before[field] != null && !(field in after)) patch[field] = null;
  return Object.keys(patch).length ? patch : undefined;
}

function addList(patch: { [field: string]: unknown }, field: string, key: string, before: readonly unknown[], after: readonly unknown[]): void {
  const old = new Map(before.map((item) => [asObject(item)[key], asObject(item)]));
  const changes: JsonObject[] = [];
  for (const item of after) {
    const now = asObject(item), was = old.get(now[key]);
    old.delete(now[key]);
    if (was === undefined) { changes.push(now); continue; }
    const change = statusPatch(was, now);
    if (change) changes.push({ ...change, [key]: now[key] });
  }
  for (const gone of old.keys()) changes.push({ $patch: 'delete', [key]: gone });
  patch[`$setElementOrder/${field}`] = after.map((item) => ({ [key]: asObject(item)[key] }));
  if (changes.length) patch[field] = changes;
}
