import { celEquals, celValue } from '../../../cel/values';
import type { Environments } from '../../../cel/library';
import { bytesOf, timeOf, durationOf } from '../../../cel/scalars';
import { additionalSchema, isObject, itemsOf, sortedKeys, type Schema } from '../schemaTypes';

/** A schema as CEL sees it: the name of its type, and how a value of it is turned. */
export interface RuleType {
  readonly name: string;
  convert(value: unknown): unknown;
}

const RESERVED: ReadonlySet<string> = new Set('true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '));
const META: Schema = { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } };

/** A property's name in expressions: "a-b" is a__dash__b, "for" is __for__; undefined where it cannot be written. */
export function escapedName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  const escaped = name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__');
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}

const plain = (name: string): RuleType => ({ name, convert: celValue });
const number: RuleType = { name: 'double', convert: (value) => (typeof value === 'number' ? value : celValue(value)) };

/** Declares the types of schemas in an environment of expressions. */
export class RuleTypes {
  private declared = 0;

  constructor(private readonly environment: Environments) {}

  /** undefined for a schema that rules cannot be on: one without a type. */
  typeOf(schema: Schema, root = false): RuleType | undefined {
    if (schema['x-kubernetes-int-or-string']) return plain('dyn');
    switch (schema.type) {
      case 'integer': return plain('int');
      case 'number': return number;
      case 'boolean': return plain('bool');
      case 'string': return stringType(schema.format);
      case 'array': return this.listType(schema);
      case 'object': return additionalSchema(schema) ? this.mapType(schema) : this.objectType(root || schema['x-kubernetes-embedded-resource'] ? withMeta(schema) : schema);
      default: return undefined;
    }
  }

  private listType(schema: Schema): RuleType | undefined {
    const items = itemsOf(schema);
    const element = items && this.typeOf(items);
    return element && { name: `list<${element.name}>`, convert: (value) => (Array.isArray(value) ? value.map((v) => element.convert(v)) : value) };
  }

  private mapType(schema: Schema): RuleType | undefined {
    const element = this.typeOf(additionalSchema(schema) as Schema);
    return element && { name: `map<string, ${element.name}>`, convert: (value) => (isObject(value) ? new Map(Object.entries(value).map(([k, v]) => [k, element.convert(v)])) : value) };
  }

  private objectType(schema: Schema): RuleType {
    const fields = new Map<string, { readonly escaped: string; readonly type: RuleType }>();
    for (const property of sortedKeys(schema.properties)) {
      const escaped = escapedName(property);
      const type = escaped === undefined ? undefined : this.typeOf(schema.properties?.[property] as Schema);
      if (escaped !== undefined && type) fields.set(property, { escaped, type });
    }
    const name = `object.type${this.declared++}`;
    // The library knows a value's type by its class.
    class Value extends Map<string, unknown> {}
    this.environment.registerType(name, { ctor: Value, fields: Object.fromEntries([...fields.values()].map(({ escaped, type }) => [escaped, type.name])) });
    this.environment.registerOperator(`${name} == ${name}`, celEquals);
    return { name, convert: (value) => (isObject(value) ? new Value(entriesOf(value, fields)) : value) };
  }
}

/** A field that is null is not there. */
function entriesOf(value: { readonly [key: string]: unknown }, fields: ReadonlyMap<string, { readonly escaped: string; readonly type: RuleType }>): [string, unknown][] {
  const entries: [string, unknown][] = [];
  for (const [property, { escaped, type }] of fields) {
    const field = Object.hasOwn(value, property) ? value[property] : undefined;
    if (field !== undefined && field !== null) entries.push([escaped, type.convert(field)]);
  }
  return entries;
}

function stringType(format: string | undefined): RuleType {
  switch (format) {
    case 'byte': return { name: 'bytes', convert: bytesOf };
    case 'date': case 'date-time': case 'datetime': return { name: 'google.protobuf.Timestamp', convert: timeOf };
    case 'duration': return { name: 'google.protobuf.Duration', convert: durationOf };
    default: return plain('string');
  }
}

/** What every resource has, declared or not. Of the metadata rules see the name alone. */
const withMeta = (schema: Schema): Schema => ({ ...schema, properties: { ...schema.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: META } });
