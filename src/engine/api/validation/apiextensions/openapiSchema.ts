import { fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { additionalOf, additionalSchema, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';

/** The rules of one openAPIV3Schema in a definition, besides being structural. */
const TYPES: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const REASONS: readonly string[] = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const META_FIELDS: readonly string[] = ['metadata', 'kind', 'apiVersion'];
const hasNewline = (text: string): boolean => /[\n\r]/.test(text);

export interface SchemaOptions {
  readonly requireValidType: boolean;
  readonly requireAtomicSet: boolean;
  readonly requireMapKeys: boolean;
  /** Why defaults are forbidden here; undefined where they are allowed. */
  readonly noDefaults?: string;
  readonly insideMeta?: boolean;
}

function validateStandard(schema: Schema, options: SchemaOptions, path: Path, errs: Errors): void {
  const { type = '' } = schema;
  if (options.requireValidType && type && !TYPES.includes(type)) errs.push(notSupported(path.child('type'), type, TYPES));
  if (schema.default !== undefined && schema.default !== null && options.noDefaults !== undefined) errs.push(fieldForbidden(path.child('default'), `must not be set ${options.noDefaults}`));
  if (schema.id) errs.push(fieldForbidden(path.child('id'), 'id is not supported'));
  if (schema.additionalItems !== undefined) errs.push(fieldForbidden(path.child('additionalItems'), 'additionalItems is not supported'));
  if (sortedKeys(schema.patternProperties).length) errs.push(fieldForbidden(path.child('patternProperties'), 'patternProperties is not supported'));
  if (sortedKeys(schema.definitions).length) errs.push(fieldForbidden(path.child('definitions'), 'definitions is not supported'));
  if (schema.dependencies !== undefined) errs.push(fieldForbidden(path.child('dependencies'), 'dependencies is not supported'));
  if (schema.$ref !== undefined) errs.push(fieldForbidden(path.child('$ref'), '$ref is not supported'));
  if (type === 'null') errs.push(fieldForbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items) && schema.items.length) errs.push(fieldForbidden(path.child('items'), 'items must be a schema object and not an array'));
  if (options.insideMeta && schema['x-kubernetes-embedded-resource']) errs.push(fieldForbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'));
}

/** A type that an extension demands. */
function needType(schema: Schema, type: string, because: string, path: Path, errs: Errors): boolean {
  if (schema.type === type) return true;
  const detail = `must be ${type} if ${because} is specified`;
  errs.push(schema.type ? invalid(path.child('type'), schema.type, detail) : required(path.child('type'), detail));
  return false;
}

function validateSetItems(schema: Schema, path: Path, errs: Errors): void {
  const items = itemsOf(schema);
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items?.['x-kubernetes-list-type'];
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') errs.push(invalid(path.child('items', 'x-kubernetes-list-type'), listType, detail));
  // The original prints the list type here.
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') errs.push(invalid(path.child('items', 'x-kubernetes-map-type'), listType ?? null, detail));
}

function validateMapKeys(schema: Schema, items: Schema, path: Path, errs: Errors): void {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = path.child('x-kubernetes-list-map-keys');
  keys.forEach((key, i) => {
    const property = propertyOf(items, key);
    if (!property) errs.push(invalid(at, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      errs.push(invalid(path.child('items', 'properties').key(key).child('type'), items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    }
    if (keys.indexOf(key) < i) errs.push(invalid(at, keys, 'must not contain duplicate entries'));
  });
}

function validateListMap(schema: Schema, path: Path, errs: Errors): void {
  const items = itemsOf(schema);
  if (!schema['x-kubernetes-list-map-keys']?.length) errs.push(required(path.child('x-kubernetes-list-map-keys'), 'must not be empty if x-kubernetes-list-type is map'));
  if (schema.items === undefined) errs.push(required(path.child('items'), 'must have a schema if x-kubernetes-list-type is map'));
  else if (!items) errs.push(invalid(path.child('items'), schema.items, 'must only have a single schema if x-kubernetes-list-type is map'));
  else if (items.type !== 'object') errs.push(invalid(path.child('items', 'type'), items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"));
  else validateMapKeys(schema, items, path, errs);
}

/** Elements of sets and maps are never null; keys of maps are always there. */
function validateElements(schema: Schema, path: Path, errs: Errors): void {
  const items = itemsOf(schema);
  const listType = schema['x-kubernetes-list-type'];
  if (!items || (listType !== 'set' && listType !== 'map')) return;
  const at = path.child('items');
  if (items.nullable) errs.push(fieldForbidden(at.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType !== 'map') return;
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = propertyOf(items, key);
    if (!property) continue;
    const place = at.child('properties').key(key);
    if (!items.required?.includes(key) && (property.default === undefined || property.default === null)) {
      errs.push(required(place.child('default'), 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
    }
    if (property.nullable) errs.push(fieldForbidden(place.child('nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
}

export function hasBadElements(schema: Schema, path: Path): boolean {
  const errs: Errors = [];
  validateElements(schema, path, errs);
  return errs.length > 0;
}

function validateExtensions(schema: Schema, options: SchemaOptions, path: Path, errs: Errors): void {
  const listType = schema['x-kubernetes-list-type'];
  const mapType = schema['x-kubernetes-map-type'];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) errs.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  if (mapType !== undefined) {
    needType(schema, 'object', 'x-kubernetes-map-type', path, errs);
    if (mapType !== 'atomic' && mapType !== 'granular') errs.push(notSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  }
  if (listType !== undefined && needType(schema, 'array', 'x-kubernetes-list-type', path, errs) && options.requireAtomicSet && listType === 'set') validateSetItems(schema, path, errs);
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) errs.push(notSupported(path.child('x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']));
  if (schema['x-kubernetes-list-map-keys']?.length && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errs.push(listType === undefined ? required(path.child('x-kubernetes-list-type'), detail) : invalid(path.child('x-kubernetes-list-type'), listType, detail));
  }
  if (listType === 'map') validateListMap(schema, path, errs);
  if (options.requireMapKeys) validateElements(schema, path, errs);
}

/** Rules in CEL: their texts. */
function validateRuleTexts(schema: Schema, path: Path, errs: Errors): void {
  schema['x-kubernetes-validations']?.forEach(({ rule = '', message = '', messageExpression = '', reason, fieldPath = '' }, i) => {
    const at = path.child('x-kubernetes-validations').index(i);
    if (!rule.trim()) errs.push(required(at.child('rule'), 'rule is not specified'));
    else if (message && !message.trim()) errs.push(invalid(at.child('message'), message, 'must be non-empty if specified'));
    else if (hasNewline(message.trim())) errs.push(invalid(at.child('message'), message, 'must not contain line breaks'));
    else if (hasNewline(rule.trim()) && !message.trim()) errs.push(required(at.child('message'), 'message must be specified if rule contains line breaks'));
    if (messageExpression && !messageExpression.trim()) errs.push(required(at.child('messageExpression'), 'messageExpression must be non-empty if specified'));
    if (reason !== undefined && !REASONS.includes(reason)) errs.push(notSupported(at.child('reason'), reason, REASONS));
    if (fieldPath && !fieldPath.trim()) errs.push(invalid(at.child('fieldPath'), fieldPath, 'must be non-empty if specified'));
    if (hasNewline(fieldPath)) errs.push(invalid(at.child('fieldPath'), fieldPath, 'must not contain line breaks'));
  });
}

function validateProperties(schema: Schema, root: boolean, options: SchemaOptions, path: Path, errs: Errors): void {
  const meta = root || schema['x-kubernetes-embedded-resource'] === true;
  for (const name of sortedKeys(schema.properties)) {
    const inMeta = meta && META_FIELDS.includes(name);
    const inner: SchemaOptions = inMeta ? { ...options, insideMeta: true, ...(root ? { noDefaults: `in top-level ${name}` } : {}) } : options;
    validateOpenAPISchema(propertyOf(schema, name), false, inner, path.child('properties').key(name), errs);
  }
}

export function validateOpenAPISchema(schema: Schema | undefined, root: boolean, options: SchemaOptions, path: Path, errs: Errors): void {
  if (!schema) return;
  validateStandard(schema, options, path, errs);
  if (schema.uniqueItems) errs.push(fieldForbidden(path.child('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  const additional = additionalOf(schema);
  if (additional !== undefined) {
    if (sortedKeys(schema.properties).length && additional !== true) errs.push(fieldForbidden(path.child('additionalProperties'), 'additionalProperties and properties are mutual exclusive'));
    const inner: SchemaOptions = options.insideMeta ? { ...options, noDefaults: 'inside additionalProperties applying to object metadata' } : options;
    validateOpenAPISchema(additionalSchema(schema), false, inner, path.child('additionalProperties'), errs);
  }
  validateProperties(schema, root, options, path, errs);
  validateOpenAPISchema(schema.not, false, options, path.child('not'), errs);
  for (const field of ['allOf', 'oneOf', 'anyOf'] as const) schema[field]?.forEach((inner, i) => { validateOpenAPISchema(inner, false, options, path.child(field).index(i), errs); });
  for (const name of sortedKeys(schema.definitions)) validateOpenAPISchema(schema.definitions?.[name], false, options, path.child('definitions').key(name), errs);
  validateOpenAPISchema(itemsOf(schema), false, options, path.child('items'), errs);
  validateExtensions(schema, options, path, errs);
  validateRuleTexts(schema, path, errs);
}
