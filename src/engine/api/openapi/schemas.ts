import { SCHEMA } from '../generated/schema';
import { fieldSemantics, isAtomicType, type FieldSemantics } from '../listSemantics';
import { openAPIName, SCALAR_NAMES } from './typeNames';

/**
 * Documentation, loaded by the caller when OpenAPI is first asked for: `descriptions` is generated/descriptions.json,
 * `supplement` is openapi/supplement.json (texts that the former lacks, and enumerations).
 */
export interface OpenAPITexts {
  readonly descriptions: { readonly [type: string]: { readonly [field: string]: string } };
  readonly supplement: {
    readonly descriptions: { readonly [type: string]: { readonly [field: string]: string } };
    /** Enum type → value → what it means. */
    readonly enums: { readonly [name: string]: { readonly [value: string]: string } };
    readonly enumOf: { readonly [type: string]: { readonly [field: string]: string } };
    readonly scalars: { readonly [scalar: string]: string };
  };
}

export type Schema = { readonly [keyword: string]: unknown };
const REF = '#/components/schemas/';
export const ref = (name: string): Schema => ({ $ref: REF + name });

const PLAIN: { readonly [scalar: string]: Schema } = {
  string: { type: 'string' }, bytes: { type: 'string', format: 'byte' }, int32: { type: 'integer', format: 'int32' }, int64: { type: 'integer', format: 'int64' }, double: { type: 'number', format: 'double' },
  bool: { type: 'boolean' }, any: { type: 'object' },
};

/** The type of a value; types met on the way are added to `used`. */
function valueSchema(text: string, used: Set<string>, values?: readonly string[]): Schema {
  if (text.startsWith('[]')) return { type: 'array', items: elementSchema(text.slice(2), used, values) };
  if (text.startsWith('{}')) return { type: 'object', additionalProperties: elementSchema(text.slice(2), used) };
  const plain = PLAIN[text];
  if (plain) return values ? { ...plain, enum: values } : plain;
  const name = text === 'raw' ? SCALAR_NAMES.RawExtension : text in SCALAR_NAMES ? SCALAR_NAMES[text as keyof typeof SCALAR_NAMES] : openAPIName(text);
  if (name === undefined) return PLAIN.any ?? {};
  used.add(text);
  return ref(name);
}

function elementSchema(text: string, used: Set<string>, values?: readonly string[]): Schema {
  const schema = valueSchema(text, used, values);
  if ('$ref' in schema) return text === 'time' ? schema : { allOf: [schema], default: {} };
  return text === 'string' ? { ...schema, default: '' } : schema;
}

function mergeExtensions(type: string, semantics: FieldSemantics | undefined): Schema {
  const isList = type.startsWith('[]');
  return {
    ...(semantics?.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(semantics?.listMapKeys ? { 'x-kubernetes-list-map-keys': semantics.listMapKeys } : {}),
    ...(isList ? { 'x-kubernetes-list-type': semantics?.listType ?? 'atomic' } : {}),
    ...(semantics?.patchMergeKey ? { 'x-kubernetes-patch-merge-key': semantics.patchMergeKey } : {}),
    ...(semantics?.patchStrategies ? { 'x-kubernetes-patch-strategy': semantics.patchStrategies.join(',') } : {}),
  };
}

function describe(type: string, field: string, texts: OpenAPITexts): string {
  return texts.supplement.descriptions[type]?.[field] ?? texts.descriptions[type]?.[field] ?? '';
}

function enumText(enumeration: { readonly [value: string]: string }): string {
  const lines = Object.entries(enumeration).map(([value, text]) => ` - \`${JSON.stringify(value)}\`${text ? ` ${text}` : ''}`).sort();
  return `\n\nPossible enum values:\n${lines.join('\n')}`;
}

function propertySchema(type: string, field: string, text: string, texts: OpenAPITexts, used: Set<string>): Schema {
  const enumName = texts.supplement.enumOf[type]?.[field];
  const enumeration = enumName === undefined ? undefined : texts.supplement.enums[enumName];
  const semantics = fieldSemantics(type, field);
  const value = valueSchema(text, used, enumeration && Object.keys(enumeration).sort());
  const description = describe(type, field, texts) + (enumeration && text === 'string' ? enumText(enumeration) : '');
  const typed = '$ref' in value && description ? { allOf: [value] } : value;
  return { ...(description ? { description } : {}), ...typed, ...(semantics?.default !== undefined ? { default: semantics.default } : {}), ...mergeExtensions(text, semantics) };
}

function structSchema(type: string, texts: OpenAPITexts, used: Set<string>): Schema {
  const fields = SCHEMA[type] ?? {};
  const description = describe(type, '', texts);
  const properties = Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, propertySchema(type, field, text.replace('!', ''), texts, used)]));
  const required = Object.keys(fields).filter((field) => fields[field]?.endsWith('!'));
  return {
    ...(description ? { description } : {}), type: 'object', ...(required.length ? { required } : {}), properties, ...(isAtomicType(type) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

const SCALAR_SCHEMAS: { readonly [scalar: string]: Schema } = {
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] }, intorstring: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  time: { type: 'string', format: 'date-time' }, microtime: { type: 'string', format: 'date-time' }, RawExtension: { type: 'object' }, FieldsV1: { type: 'object' },
};

function definitionOf(type: string, texts: OpenAPITexts, used: Set<string>): readonly [string, Schema] | undefined {
  const scalar = type === 'raw' ? 'RawExtension' : type;
  const schema = SCALAR_SCHEMAS[scalar];
  if (schema) return [SCALAR_NAMES[scalar as keyof typeof SCALAR_NAMES], { description: texts.supplement.scalars[scalar] ?? '', ...schema }];
  const name = openAPIName(type);
  return name === undefined ? undefined : [name, structSchema(type, texts, used)];
}

/** The schemas of the given types of SCHEMA and of everything they refer to, by OpenAPI name. */
export function schemasOf(types: Iterable<string>, texts: OpenAPITexts): Map<string, Schema> {
  const found = new Map<string, Schema>();
  const used = new Set(types);
  // A Set that grows while it is walked visits what is added: the loop ends, for the types are finite.
  for (const type of used) {
    const entry = definitionOf(type, texts, used);
    if (entry) found.set(entry[0], entry[1]);
  }
  return found;
}
