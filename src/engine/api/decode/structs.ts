import type { DecodeContext } from './context';
import { NumberLiteral, RepeatedKeys, setOwn, type JsonValue } from './json-reader';
import { fieldsOf, goStructName, goTypeOf, isStruct, type FieldFacts } from './plan';
import { anything, boolOf, bytesOf, describe, doubleOf, integerOf, intOrString, quantity, roundedQuantity, stringOf, timeOf, type Decode } from './scalars';

/**
 * Decoders of whole types, made once from the schema. Each returns the given object itself where nothing had to change,
 * so that objects that are already in stored form cost a walk and no copy.
 */
type Entries = { readonly [key: string]: JsonValue };

interface FieldPlan {
  readonly decode: Decode;
  /** Dropped when equal to this: the zero value of an optional scalar. */
  readonly dropped: unknown;
  /** What is written when nothing is given: null for times, as Go does; an empty list or map where the schema requires one; else nothing. */
  readonly missing: unknown;
}

interface StructPlan {
  readonly goStruct: string;
  readonly goType: string;
  readonly fields: ReadonlyMap<string, FieldPlan>;
  /** Fields that are written even when missing, and what is written. */
  readonly always: readonly (readonly [string, unknown])[];
}

const plans = new Map<string, StructPlan>();
const NOTHING: unique symbol = Symbol('nothing is dropped');

/** The decoder of a type of SCHEMA. */
export function structDecoder(type: string): Decode {
  return (value, context, base) => decodeStruct(planOf(type), value, context, base);
}

/** The value of a struct with nothing set: what "always" fields make of {}. Frozen and shared. */
export function zeroStruct(type: string): unknown {
  return Object.freeze(Object.fromEntries(planOf(type).always));
}

function planOf(type: string): StructPlan {
  const known = plans.get(type);
  if (known) return known;
  const facts = fieldsOf(type);
  const fields = new Map<string, FieldPlan>();
  const plan: StructPlan = { goStruct: goStructName(type), goType: goTypeOf(type), fields, always: facts.flatMap(alwaysWritten) };
  plans.set(type, plan);
  for (const fact of facts) {
    fields.set(fact.name, {
      decode: SPECIAL[`${type}.${fact.name}`] ?? decoderOf(fact.type, fact.goType), dropped: fact.presence === 'optional' ? zeroOf(fact.type) ?? NOTHING : NOTHING,
      missing: missingOf(fact),
    });
  }
  return plan;
}

const isPlainTime = (fact: FieldFacts): boolean => (fact.type === 'time' || fact.type === 'microtime') && fact.presence !== 'pointer';

const NO_ELEMENTS: readonly never[] = Object.freeze([]);
const NO_ENTRIES = Object.freeze({});

function missingOf(fact: FieldFacts): unknown {
  if (isPlainTime(fact)) return null;
  if (fact.presence !== 'always') return undefined;
  if (fact.type.startsWith('[]')) return NO_ELEMENTS;
  if (fact.type.startsWith('{}')) return NO_ENTRIES;
  return isStruct(fact.type) ? zeroStruct(fact.type) : zeroOf(fact.type);
}

/** Required lists and maps are there even when empty, since readers rely on them; Go writes null for these. */
function alwaysWritten(fact: FieldFacts): readonly (readonly [string, unknown])[] {
  const missing = missingOf(fact);
  return missing === undefined ? [] : [[fact.name, missing]];
}

function zeroOf(type: string): unknown {
  switch (type) {
    case 'string': return '';
    case 'int32': case 'int64': case 'double': case 'intorstring': return 0;
    case 'bool': return false;
    case 'quantity': return '0';
    default: return undefined;
  }
}

function decoderOf(type: string, goType: string): Decode {
  if (type.startsWith('[]')) return listOf(type.slice(2), goType);
  if (type.startsWith('{}')) return mapOf(type.slice(2), goType);
  switch (type) {
    case 'string': return stringOf(goType);
    case 'bytes': return bytesOf(goType);
    case 'int32': return integerOf(goType, 32);
    case 'int64': return integerOf(goType, 64);
    case 'double': return doubleOf(goType);
    case 'bool': return boolOf(goType);
    case 'quantity': return quantity;
    case 'intorstring': return intOrString;
    case 'time': return timeOf('seconds');
    case 'microtime': return timeOf('microseconds');
    case 'any': case 'raw': return anything;
    default: return structDecoder(type);
  }
}

const elementOf = (goType: string, fallback: string): string => (goType.startsWith('[]') ? goType.slice(2) : /^map\[[^\]]*\](.*)$/.exec(goType)?.[1] ?? goTypeOf(fallback));

/** What a null in a list or a map becomes. */
const nullElement = (type: string): unknown => (isStruct(type) ? zeroStruct(type) : zeroOf(type) ?? (type === 'bytes' ? '' : null));

function listOf(type: string, goType: string): Decode {
  const decode = decoderOf(type, elementOf(goType, type));
  return (value, context, base) => {
    if (!Array.isArray(value)) { context.typeMismatch(describe(value), goType); return undefined; }
    const list = value as readonly JsonValue[];
    if (list.length === 0) return undefined;
    const before = Array.isArray(base) ? (base as readonly unknown[]) : NO_ELEMENTS;
    let out: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const part = list[i] as JsonValue;
      if (typeof part === 'object' && part !== null && part === before[i]) { if (out) out.push(part); continue; }
      context.path.push(i);
      const decoded = (part === null || part === undefined ? undefined : decode(part, context, before[i])) ?? nullElement(type);
      context.path.pop();
      if (decoded !== part && !out) out = list.slice(0, i);
      if (out) out.push(decoded);
    }
    return out ?? value;
  };
}

function mapOf(type: string, goType: string): Decode {
  const decode = type === 'quantity' && goType === 'v1.ResourceList' ? roundedQuantity : decoderOf(type, elementOf(goType, type));
  const element = (part: JsonValue, key: string, context: DecodeContext): unknown => {
    if (part === null || part === undefined) return nullElement(type);
    if (typeof part === 'string' && type === 'string') return part;
    context.path.push({ key });
    const decoded = decode(part, context);
    context.path.pop();
    return decoded ?? nullElement(type);
  };
  return (value, context) => {
    if (value instanceof RepeatedKeys) return repeatedMap(value, element, context);
    if (!isObject(value)) { context.typeMismatch(describe(value), goType); return undefined; }
    let out: Record<string, unknown> | undefined;
    let empty = true;
    for (const key in value) {
      empty = false;
      const decoded = element(value[key] as JsonValue, key, context);
      if (decoded !== value[key]) setOwn(out ??= { ...value }, key, decoded);
    }
    return empty ? undefined : out ?? value;
  };
}

function repeatedMap(value: RepeatedKeys, element: (part: JsonValue, key: string, context: DecodeContext) => unknown, context: DecodeContext): unknown {
  const out: Record<string, unknown> = {};
  for (const [key, part] of value.entries) {
    if (Object.hasOwn(out, key)) context.strictError('duplicate', key);
    setOwn(out, key, element(part, key, context));
  }
  return out;
}

function isObject(value: JsonValue): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral) && !(value instanceof RepeatedKeys);
}

const isEmptyContainer = (value: JsonValue): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

function decodeField(plan: StructPlan, field: FieldPlan, name: string, value: JsonValue | undefined, context: DecodeContext, base?: unknown): unknown {
  if (typeof value === 'object' && value !== null && value === base) return value;
  if (value === null || value === undefined) return field.missing === null ? null : undefined;
  context.struct = plan.goStruct;
  context.path.push(name);
  const decoded = field.decode(value, context, base);
  context.path.pop();
  if (decoded === undefined) return isEmptyContainer(value) && field.missing !== undefined ? value : undefined;
  return decoded === field.dropped ? undefined : decoded;
}

function decodeStruct(plan: StructPlan, value: JsonValue, context: DecodeContext, base?: unknown): unknown {
  if (base !== undefined && value === base) return value;
  if (value instanceof RepeatedKeys) return completed(plan, decodeRepeated(plan, value, context));
  if (!isObject(value)) { context.typeMismatch(describe(value), plan.goType); return undefined; }
  const outer = context.struct;
  let out: Record<string, unknown> | undefined;
  for (const name in value) {
    const part = value[name];
    const field = plan.fields.get(name);
    if (!field) context.strictError('unknown', name);
    const decoded = field ? decodeField(plan, field, name, part, context, base === undefined || base === null ? undefined : (base as Entries)[name]) : undefined;
    if (decoded === part && part !== undefined) { if (out) out[name] = decoded; continue; }
    out ??= copyUntil(value, name);
    if (decoded !== undefined) out[name] = decoded;
  }
  context.struct = outer;
  return completed(plan, value, out);
}

/** Adds the fields that are always written. */
function completed(plan: StructPlan, value: Entries, changed?: Record<string, unknown>): unknown {
  let out = changed;
  for (const [name, zero] of plan.always) {
    if ((out ?? value)[name] === undefined) (out ??= { ...value })[name] = zero;
  }
  return out ?? value;
}

/** The entries before the named one. */
function copyUntil(value: Entries, end: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name in value) {
    if (name === end) break;
    out[name] = value[name];
  }
  return out;
}

/** Go decodes a repeated field into what the first one left: objects merge, all else is replaced. Errors come in the order of the text. */
function decodeRepeated(plan: StructPlan, value: RepeatedKeys, context: DecodeContext): Entries {
  const raw: Record<string, JsonValue> = {};
  const out: Record<string, unknown> = {};
  for (const [name, part] of value.entries) {
    const field = plan.fields.get(name);
    if (!field) { context.strictError('unknown', name); continue; }
    const before = raw[name];
    if (before !== undefined) context.strictError('duplicate', name);
    raw[name] = isObject(before ?? null) && isObject(part) ? { ...(before as Entries), ...part } : part;
    const decoded = decodeField(plan, field, name, raw[name], context);
    if (decoded !== undefined) out[name] = decoded;
  }
  return out as Entries;
}

/** JSONSchemaProps has fields that are one of two types; they read themselves, and drop unknown fields in silence. */
const schemaProps: Decode = (value, context) => context.silently(() => structDecoder('JSONSchemaProps')(value, context));
const schemaOrBool: Decode = (value, context) => (typeof value === 'boolean' ? value : schemaProps(value, context));
const schemaOrList: Decode = (value, context) => (Array.isArray(value) ? value.map((v: JsonValue) => schemaProps(v, context)) : schemaProps(value, context));

const SPECIAL: { readonly [field: string]: Decode } = {
  'JSONSchemaProps.items': schemaOrList, 'JSONSchemaProps.additionalProperties': schemaOrBool, 'JSONSchemaProps.additionalItems': schemaOrBool,
};
