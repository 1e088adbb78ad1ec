/**
 * Defaults of one type of SCHEMA: a pure function that returns its argument where nothing is missing. As in Kubernetes,
 * a type's own function runs before those of its parts.
 */
export type TypeDefault = (value: never) => unknown;
export type TypeDefaults = { readonly [type: string]: TypeDefault };

/** Checks the shape of a table and keeps its functions' types. */
export function typeDefaults<T extends TypeDefaults>(table: T): T {
  return table;
}
