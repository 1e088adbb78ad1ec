import { SCHEMA } from '../generated/schema';
import { fieldSemantics, isAtomicType, type FieldSemantics } from '../listSemantics';
import { isArray, isObject, own, type JsonObject } from './json';

/**
 * The types that patches are typed by: one small graph for built-in kinds (from SCHEMA and listSemantics) and for
 * custom resources (from the OpenAPI schema of their CustomResourceDefinition). Nodes are made when first asked for.
 */
export type FieldType = ScalarType | MapType | ListType | UntypedType;

export interface ScalarType { readonly kind: 'scalar'; readonly scalar: string }

/** A struct (declared fields) or a map (one type for every value). */
export interface MapType {
  readonly kind: 'map';
  /** One owner for the whole value; replaced, not merged. */
  readonly atomic: boolean;
  readonly name: string;
  /** Whether the key is a declared field rather than a key of a map. */
  declares(key: string): boolean;
  /** The type of a key's value; undefined for a field that the struct does not have. */
  at(key: string): FieldType | undefined;
  /** What else is known about a declared field. */
  semantics(key: string): FieldSemantics | undefined;
}

export interface ListType {
  readonly kind: 'list';
  readonly element: FieldType;
  /** atomic: one owner; set: scalars, each once; map: elements identified by keys. */
  readonly list: 'atomic' | 'set' | 'map';
  readonly keys: readonly string[];
}

/** No schema: objects are granular maps, lists are atomic. With atomic: one value (runtime.RawExtension, FieldsV1). */
export interface UntypedType { readonly kind: 'untyped'; readonly atomic: boolean }

const UNTYPED: UntypedType = { kind: 'untyped', atomic: false };
const RAW: UntypedType = { kind: 'untyped', atomic: true };
const scalars = new Map<string, ScalarType>();

function scalarType(name: string): ScalarType {
  const known = scalars.get(name);
  if (known) return known;
  const made: ScalarType = { kind: 'scalar', scalar: name };
  scalars.set(name, made);
  return made;
}

/** Granular or atomic map whose values all have one type. */
function mapOf(element: FieldType, atomic: boolean): MapType {
  return { kind: 'map', atomic, name: '', declares: () => false, at: () => element, semantics: () => undefined };
}

class StructType implements MapType {
  readonly kind = 'map';
  private readonly made = new Map<string, FieldType>();
  private readonly fields: { readonly [field: string]: string };
  constructor(readonly name: string, readonly atomic: boolean) {
    this.fields = SCHEMA[name] ?? {};
  }
  declares(key: string): boolean { return Object.hasOwn(this.fields, key); }
  semantics(key: string): FieldSemantics | undefined { return fieldSemantics(this.name, key); }
  at(key: string): FieldType | undefined {
    const known = this.made.get(key);
    if (known) return known;
    if (!this.declares(key)) return undefined;
    const type = typeOf((this.fields[key] ?? '').replace('!', ''), this.semantics(key));
    this.made.set(key, type);
    return type;
  }
}

const structs = new Map<string, StructType>();

function structType(name: string, atomic: boolean): FieldType {
  if (name === 'JSONSchemaProps') return JSON_SCHEMA;
  const key = atomic ? `${name}!` : name;
  const known = structs.get(key);
  if (known) return known;
  const made = new StructType(name, atomic || isAtomicType(name));
  structs.set(key, made);
  return made;
}

/** JSONSchemaProps refers to itself through unions (bool or schema, list or schema): typed loosely, as objects and atomic lists. */
const JSON_SCHEMA = UNTYPED;

function typeOf(text: string, semantics: FieldSemantics | undefined): FieldType {
  if (text.startsWith('[]')) {
    const list = semantics?.listType ?? 'atomic';
    return { kind: 'list', element: typeOf(text.slice(2), undefined), list, keys: semantics?.listMapKeys ?? [] };
  }
  if (text.startsWith('{}')) return mapOf(typeOf(text.slice(2), undefined), semantics?.atomic === true);
  if (text === 'any') return UNTYPED;
  if (text === 'raw') return RAW;
  return Object.hasOwn(SCHEMA, text) ? structType(text, semantics?.atomic === true) : scalarType(text);
}

/** The type of a built-in kind, by its name in SCHEMA. */
export function builtInType(schema: string): MapType {
  const type = structType(schema, false);
  return type.kind === 'map' ? type : mapOf(UNTYPED, false);
}

/** How a value is treated where its type is unknown. */
export function deduce(type: FieldType, value: unknown): FieldType {
  if (type.kind !== 'untyped') return type;
  if (type.atomic) return SCALAR_ANY;
  if (isArray(value)) return ATOMIC_LIST;
  return isObject(value) ? GRANULAR_MAP : SCALAR_ANY;
}
const SCALAR_ANY: ScalarType = { kind: 'scalar', scalar: 'any' };
const ATOMIC_LIST: ListType = { kind: 'list', element: UNTYPED, list: 'atomic', keys: [] };
const GRANULAR_MAP: MapType = mapOf(UNTYPED, false);

/** The type of a custom resource, from one version's openAPIV3Schema (undefined: nothing is known but the metadata). */
export function customType(openAPIV3Schema: JsonObject | undefined): MapType {
  const cached = openAPIV3Schema && customTypes.get(openAPIV3Schema);
  if (cached) return cached;
  const body = openAPIV3Schema ? schemaType(openAPIV3Schema) : UNTYPED;
  const root: MapType = {
    kind: 'map', atomic: false, name: '',
    declares: (key) => TYPE_META.has(key) || (body.kind === 'map' && body.declares(key)),
    at: (key) => TYPE_META.get(key)?.() ?? (body.kind === 'map' ? body.at(key) : UNTYPED),
    semantics: () => undefined,
  };
  if (openAPIV3Schema) customTypes.set(openAPIV3Schema, root);
  return root;
}
const customTypes = new WeakMap<JsonObject, MapType>();
const TYPE_META: ReadonlyMap<string, () => FieldType> = new Map([
  ['apiVersion', () => scalarType('string')], ['kind', () => scalarType('string')], ['metadata', () => structType('ObjectMeta', false)],
]);

const strings = (value: unknown): readonly string[] => (isArray(value) ? value.filter((v) => typeof v === 'string') : []);

function schemaType(schema: JsonObject): FieldType {
  if (own(schema, 'x-kubernetes-int-or-string') === true) return scalarType('intorstring');
  switch (own(schema, 'type')) {
    case 'array': {
      const items = own(schema, 'items');
      const list = own(schema, 'x-kubernetes-list-type');
      return {
        kind: 'list', element: isObject(items) ? schemaType(items) : UNTYPED, list: list === 'set' || list === 'map' ? list : 'atomic',
        keys: strings(own(schema, 'x-kubernetes-list-map-keys')),
      };
    }
    case 'object': return objectType(schema);
    case undefined: case '': return UNTYPED;
    default: return scalarType(String(own(schema, 'type')));
  }
}

function objectType(schema: JsonObject): FieldType {
  const properties = own(schema, 'properties');
  const additional = own(schema, 'additionalProperties');
  const atomic = own(schema, 'x-kubernetes-map-type') === 'atomic';
  const element = isObject(additional) ? schemaType(additional) : own(schema, 'x-kubernetes-preserve-unknown-fields') === true || additional === true ? UNTYPED : undefined;
  if (!isObject(properties)) return element ? mapOf(element, atomic) : mapOf(UNTYPED, atomic);
  const made = new Map<string, FieldType>();
  const declares = (key: string): boolean => Object.hasOwn(properties, key);
  const at = (key: string): FieldType | undefined => {
    if (!declares(key)) return element;
    const property = own(properties, key);
    const known = made.get(key) ?? (isObject(property) ? schemaType(property) : UNTYPED);
    made.set(key, known);
    return known;
  };
  const semantics = (key: string): FieldSemantics | undefined => {
    const property = own(properties, key);
    const value = isObject(property) ? own(property, 'default') : undefined;
    return typeof value === 'string' || typeof value === 'number' ? { default: value } : undefined;
  };
  return { kind: 'map', atomic, name: '', declares, at, semantics };
}
