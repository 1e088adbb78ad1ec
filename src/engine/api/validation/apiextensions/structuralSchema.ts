import { fieldForbidden, invalid, required, type Errors, type Path } from '../field';
import { semanticEqual } from '../equal';
import { compileGoRegexp } from './goRegexp';
import { additionalOf, isObject, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';

/**
 * The rules that make a schema structural: the type of every field is told outside of allOf, anyOf, oneOf and not, which
 * only restrict values. Source of the rules: k8s.io/apiextensions-apiserver/pkg/apiserver/schema.
 */
type Level = 'root' | 'item' | 'field';
const TYPE_NEEDED: { readonly [L in Level]: string } = {
  root: 'must not be empty at the root', item: 'must not be empty for specified array items', field: 'must not be empty for specified object fields',
};
const INT_OR_STRING: readonly Schema[] = [{ type: 'integer' }, { type: 'string' }];

/** Fields that a schema must not have to be converted; the text of the error, or ''. */
export function conversionProblem(schema: Schema): string {
  const has = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(isObject(value) && !Object.keys(value).length);
  for (const [field, name] of [['id', 'id'], ['$schema', 'schema'], ['$ref', '$ref'], ['patternProperties', 'patternProperties'], ['dependencies', 'dependencies'], ['additionalItems', 'additionalItems'], ['definitions', 'definitions']] as const) {
    if (has(schema[field])) return `OpenAPIV3Schema '${name}' is not supported`;
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  if (Array.isArray(schema.items) && schema.items.length) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const inner: readonly (Schema | undefined)[] = [
    schema.not, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), itemsOf(schema), ...Object.values(schema.properties ?? {}),
    typeof additionalOf(schema) === 'object' ? (additionalOf(schema) as Schema) : undefined,
  ];
  for (const other of inner) {
    const problem = isObject(other) ? conversionProblem(other) : '';
    if (problem) return problem;
  }
  return '';
}

const isIntOrString = (list: readonly Schema[] | undefined): boolean => list?.length === 2 && semanticEqual(list, INT_OR_STRING);

function validateMetadata(metadata: Schema, check: boolean, level: Level, path: Path, errs: Errors): void {
  if (check && metadata.type !== 'object') errs.push(invalid(path.child('type'), metadata.type ?? '', 'must be object'));
  if (level !== 'root') return;
  const names = sortedKeys(metadata.properties);
  const onlyNames = names.length > 0 && names.every((name) => name === 'name' || name === 'generateName');
  const { type: _type, default: _default, properties, ...rest } = metadata;
  const more = Object.values(rest).some((value) => value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && !value.length));
  if (more || (properties !== undefined && names.length > 0 && !onlyNames)) {
    errs.push(fieldForbidden(path, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
  }
}

function validateEmbeddedSchema(schema: Schema, path: Path, errs: Errors): void {
  if (schema['x-kubernetes-embedded-resource'] !== true) return;
  if (additionalOf(schema) !== undefined) errs.push(fieldForbidden(path.child('additionalProperties'), 'must not be used if x-kubernetes-embedded-resource is set'));
  if (!schema['x-kubernetes-preserve-unknown-fields'] && !sortedKeys(schema.properties).length) {
    errs.push(required(path.child('properties'), 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
  }
}

function validateType(schema: Schema, level: Level, path: Path, errs: Errors): void {
  const type = schema.type ?? '';
  const at = path.child('type');
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    errs.push(type ? invalid(at, type, detail) : required(at, detail));
  } else if (!type && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) {
    errs.push(required(at, TYPE_NEEDED[level]));
  }
  if (level === 'root' && type && type !== 'object') errs.push(invalid(at, type, 'must be object at the root'));
}

function validateMetaFields(schema: Schema, level: Level, path: Path, errs: Errors): void {
  const check = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  const properties = path.child('properties');
  for (const name of ['kind', 'apiVersion']) {
    const property = propertyOf(schema, name);
    if (check && property && property.type !== 'string') errs.push(invalid(properties.key(name).child('type'), property.type ?? '', 'must be string'));
  }
  const metadata = propertyOf(schema, 'metadata');
  if (metadata) validateMetadata(metadata, check, level, properties.key('metadata'), errs);
}

function validateInvariants(schema: Schema, level: Level, path: Path, errs: Errors): void {
  const items = itemsOf(schema);
  if (schema.type === 'array' && !items) errs.push(required(path.child('items'), 'must be specified'));
  if (items) validateInvariants(items, 'item', path.child('items'), errs);
  for (const name of sortedKeys(schema.properties)) {
    const property = propertyOf(schema, name);
    if (property) validateInvariants(property, 'field', path.child('properties').key(name), errs);
  }
  const additional = additionalOf(schema);
  if (additional !== undefined && level === 'root') errs.push(fieldForbidden(path.child('additionalProperties'), 'must not be used at the root'));
  if (typeof additional === 'object') validateInvariants(additional, 'field', path.child('additionalProperties'), errs);
  if (schema['x-kubernetes-int-or-string']) {
    for (const field of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
      if (schema[field]) errs.push(invalid(path.child(field), true, 'must be false if x-kubernetes-int-or-string is true'));
    }
  }
  validateValueRules(schema, isIntOrString(schema.anyOf), isIntOrString(schema.allOf?.[0]?.anyOf), path, errs);
  validateType(schema, level, path, errs);
  validateMetaFields(schema, level, path, errs);
  validateEmbeddedSchema(schema, path, errs);
}

/** Restrictions of values; `skipAnyOf` and `skipFirst` leave out the two ways of saying int-or-string. */
function validateValueRules(schema: Schema, skipAnyOf: boolean, skipFirst: boolean, path: Path, errs: Errors): void {
  if (!skipAnyOf) schema.anyOf?.forEach((inner, i) => { validateNested(inner, false, path.child('anyOf').index(i), errs); });
  schema.allOf?.forEach((inner, i) => { validateNested(inner, skipFirst && i === 0, path.child('allOf').index(i), errs); });
  schema.oneOf?.forEach((inner, i) => { validateNested(inner, false, path.child('oneOf').index(i), errs); });
  if (schema.not) validateNested(schema.not, false, path.child('not'), errs);
  const compiled = schema.pattern ? compileGoRegexp(schema.pattern) : undefined;
  if (typeof compiled === 'string') errs.push(invalid(path.child('pattern'), schema.pattern, `must be a valid regular expression, but isn't: ${compiled}`));
}

const NESTED_FORBIDDEN: readonly (readonly [field: keyof Schema & string, detail: string])[] = [
  ['default', 'must be undefined to be structural'], ['title', 'must be empty to be structural'], ['description', 'must be empty to be structural'], ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'], ['x-kubernetes-embedded-resource', 'must be false to be structural'], ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'], ['x-kubernetes-list-type', 'must be undefined to be structural'], ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];
const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && value !== false && !(Array.isArray(value) && !value.length);

function validateNested(schema: Schema, skipAnyOf: boolean, path: Path, errs: Errors): void {
  validateValueRules(schema, skipAnyOf, false, path, errs);
  const items = itemsOf(schema);
  if (items) validateNested(items, false, path.child('items'), errs);
  for (const name of sortedKeys(schema.properties)) {
    const property = propertyOf(schema, name);
    if (property) validateNested(property, false, path.child('properties').key(name), errs);
  }
  if (schema.type) errs.push(fieldForbidden(path.child('type'), 'must be empty to be structural'));
  const additional = additionalOf(schema);
  if (additional !== undefined && additional !== false) errs.push(fieldForbidden(path.child('additionalProperties'), 'must be undefined to be structural'));
  for (const [field, detail] of NESTED_FORBIDDEN) if (isSet(schema[field])) errs.push(fieldForbidden(path.child(field), detail));
  if (propertyOf(schema, 'metadata')) errs.push(fieldForbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'));
}

/** Every field that value rules speak of is also declared outside of them. */
function validateCompleteness(rules: Schema, schema: Schema, schemaPath: Path, rulesPath: Path, errs: Errors): void {
  const nested: readonly (readonly [Schema, Path])[] = [
    ...(rules.not ? [[rules.not, rulesPath.child('not')] as const] : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((field) => (rules[field] ?? []).map((inner, i) => [inner, rulesPath.child(field).index(i)] as const)),
  ];
  for (const [inner, at] of nested) validateNestedCompleteness(inner, schema, schemaPath, at, errs);
}

function validateNestedCompleteness(rules: Schema, schema: Schema, schemaPath: Path, rulesPath: Path, errs: Errors): void {
  validateCompleteness(rules, schema, schemaPath, rulesPath, errs);
  const missing = (at: Path, because: Path): void => { errs.push(required(at, `because it is defined in ${because.toString()}`)); };
  const [wanted, items] = [itemsOf(rules), itemsOf(schema)];
  if (wanted && items) validateNestedCompleteness(wanted, items, schemaPath.child('items'), rulesPath.child('items'), errs);
  else if (wanted) missing(schemaPath.child('items'), rulesPath.child('items'));
  for (const name of sortedKeys(rules.properties)) {
    const [rule, property] = [propertyOf(rules, name), propertyOf(schema, name)];
    const [at, because] = [schemaPath.child('properties').key(name), rulesPath.child('properties').key(name)];
    if (rule && property) validateNestedCompleteness(rule, property, at, because, errs);
    else if (rule) missing(at, because);
  }
}

/** The errors in alphabetical order of their text, as the original sorts them. */
export function validateStructural(schema: Schema, path: Path): Errors {
  const errs: Errors = [];
  validateInvariants(schema, 'root', path, errs);
  validateCompleteness(schema, schema, path, path, errs);
  const text = (e: Errors[number]): string => `${e.field}: ${e.body}`;
  return errs.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
