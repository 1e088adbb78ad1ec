/** The object with missing fields filled in; itself where none is missing. */
export function fill<T extends object>(object: T, defaults: Partial<T>): T {
  for (const key in defaults) if (object[key] === undefined && defaults[key] !== undefined) return { ...defaults, ...definedOf(object) };
  return object;
}

/** As fill, but an empty text or a zero counts as missing: for fields that Go writes even when they are not set. */
export function fillZero<T extends object>(object: T, defaults: Partial<T>): T {
  let out = object;
  for (const key in defaults) if (!object[key]) out = { ...out, [key]: defaults[key] };
  return out;
}

function definedOf<T extends object>(object: T): T {
  for (const key in object) if (object[key] === undefined) return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
  return object;
}

/** Maps a list and returns the list itself where no element changed. */
export function mapSame<T>(list: readonly T[] | undefined, change: (value: T) => T): readonly T[] | undefined {
  if (!list) return list;
  let out: T[] | undefined;
  list.forEach((value, i) => {
    const changed = change(value);
    if (changed !== value) (out ??= [...list])[i] = changed;
  });
  return out ?? list;
}

/** Replaces one field, or returns the object itself where it already has that value. */
export function set<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  return object[key] === value ? object : { ...object, [key]: value };
}
