import type { JSONSchemaProps } from '../../generated/types';

/** JSONSchemaProps with the fields that the generated type leaves open. */
export type Schema = JSONSchemaProps;

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** items: the schema of every element. Lists of schemas are refused in a definition. */
export const itemsOf = (schema: Schema): Schema | undefined => (isObject(schema.items) ? schema.items : undefined);

/** additionalProperties: a schema, true or false. */
export const additionalOf = (schema: Schema): Schema | boolean | undefined =>
  typeof schema.additionalProperties === 'boolean' ? schema.additionalProperties : isObject(schema.additionalProperties) ? schema.additionalProperties : undefined;

export const additionalSchema = (schema: Schema): Schema | undefined => {
  const additional = additionalOf(schema);
  return typeof additional === 'object' ? additional : undefined;
};

/** A property of the schema itself: "constructor" and the like are no properties unless they are declared. */
export const propertyOf = (schema: Schema, name: string): Schema | undefined =>
  schema.properties && Object.prototype.hasOwnProperty.call(schema.properties, name) ? schema.properties[name] : undefined;

/** In the order of names, for stable messages: Go walks maps in no order. */
export const sortedKeys = (map: { readonly [key: string]: unknown } | undefined): readonly string[] => (map ? Object.keys(map).sort() : []);

/** The schema and everything in it; stops at the first that satisfies the test. */
export function schemaHas(schema: Schema | undefined, test: (schema: Schema) => boolean): boolean {
  if (!isObject(schema)) return false;
  if (test(schema)) return true;
  const lists = [schema.allOf, schema.anyOf, schema.oneOf].flatMap((list) => list ?? []);
  const maps = [schema.properties, schema.patternProperties, schema.definitions].flatMap((map) => Object.values(map ?? {}));
  return [itemsOf(schema), schema.not, additionalSchema(schema), ...lists, ...maps].some((inner) => schemaHas(inner, test));
}
