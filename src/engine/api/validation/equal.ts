/**
 * apiequality.Semantic.DeepEqual on decoded objects: an absent field equals an empty list or map, which Go cannot tell
 * apart either. The same reference is equal at once: stored objects share what did not change.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isAbsent(a)) return isAbsent(b) || isEmpty(b);
  if (isAbsent(b)) return isEmpty(a);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => semanticEqual(v, b[i]));
  }
  const left = a as { readonly [key: string]: unknown };
  const right = b as { readonly [key: string]: unknown };
  for (const key in left) if (!semanticEqual(left[key], right[key])) return false;
  for (const key in right) if (!(key in left) && !semanticEqual(undefined, right[key])) return false;
  return true;
}

const isAbsent = (v: unknown): v is null | undefined => v === undefined || v === null;

function isEmpty(v: unknown): boolean {
  if (typeof v !== 'object' || v === null) return false;
  if (Array.isArray(v)) return v.length === 0;
  for (const _ in v) return false;
  return true;
}
