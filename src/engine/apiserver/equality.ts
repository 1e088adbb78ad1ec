import type { KubernetesObject } from '../api/object';

/** Structural equality of JSON values; shared references are equal without a look inside. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as { readonly [key: string]: unknown }, right = b as { readonly [key: string]: unknown };
  let n = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    n++;
    if (!sameValue(left[key], right[key])) return false;
  }
  for (const key in right) if (right[key] !== undefined) n--;
  return n === 0;
}

/** Whether storing one object over the other would change nothing but the revision and the record of field managers. */
export function sameObject(a: KubernetesObject, b: KubernetesObject): boolean {
  if (a === b) return true;
  const { metadata: am, ...ar } = a, { metadata: bm, ...br } = b;
  const { resourceVersion: _, managedFields: __, ...at } = am, { resourceVersion: ___, managedFields: ____, ...bt } = bm;
  return sameValue(at, bt) && sameValue(ar, br);
}
