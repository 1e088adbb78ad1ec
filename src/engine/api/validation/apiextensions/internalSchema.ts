import { bool, type GoShape, goStruct, type GoValue, listOf, nullable, number, pointer, struct, text } from '../core/goStruct';
import { additionalOf, isObject, sortedKeys, type Schema } from './schemaTypes';

/** Internal Go structs of a CustomResourceDefinition, which its errors print. */
const RULE: GoShape = {
  Rule: ['rule', text], Message: ['message', text], MessageExpression: ['messageExpression', text], Reason: ['reason', nullable], FieldPath: ['fieldPath', text], OptionalOldSelf: ['optionalOldSelf', nullable],
};

export const internalRule = (rule: object): unknown => goStruct(RULE, rule);

const schemaValue: GoValue = (value) => (isObject(value) ? internalSchema(value) : null);
const schemas = listOf((value) => schemaValue(value));
const schemaMap: GoValue = (value) => (isObject(value) ? Object.fromEntries(sortedKeys(value).map((key) => [key, schemaValue(value[key])])) : null);
const items: GoValue = (value) => (isObject(value) ? { Schema: schemaValue(value), JSONSchemas: null } : Array.isArray(value) ? { Schema: null, JSONSchemas: value.map(schemaValue) } : null);
const orBool: GoValue = (value) => {
  const additional = additionalOf({ additionalProperties: value });
  return additional === undefined ? null : { Allows: additional !== false, Schema: typeof additional === 'object' ? schemaValue(additional) : null };
};

const SCHEMA: GoShape = {
  ID: ['id', text], Schema: ['$schema', text], Ref: ['$ref', nullable], Description: ['description', text], Type: ['type', text], Nullable: ['nullable', bool], Format: ['format', text], Title: ['title', text],
  Default: ['default', nullable], Maximum: ['maximum', nullable], ExclusiveMaximum: ['exclusiveMaximum', bool], Minimum: ['minimum', nullable], ExclusiveMinimum: ['exclusiveMinimum', bool],
  MaxLength: ['maxLength', nullable], MinLength: ['minLength', nullable], Pattern: ['pattern', text], MaxItems: ['maxItems', nullable], MinItems: ['minItems', nullable], UniqueItems: ['uniqueItems', bool],
  MultipleOf: ['multipleOf', nullable], Enum: ['enum', nullable], MaxProperties: ['maxProperties', nullable], MinProperties: ['minProperties', nullable], Required: ['required', nullable],
  Items: ['items', items], AllOf: ['allOf', schemas], OneOf: ['oneOf', schemas], AnyOf: ['anyOf', schemas], Not: ['not', schemaValue], Properties: ['properties', schemaMap],
  AdditionalProperties: ['additionalProperties', orBool], PatternProperties: ['patternProperties', schemaMap], Dependencies: ['dependencies', nullable], AdditionalItems: ['additionalItems', orBool],
  Definitions: ['definitions', schemaMap], ExternalDocs: ['externalDocs', pointer({ Description: ['description', text], URL: ['url', text] })], Example: ['example', nullable],
  XPreserveUnknownFields: ['x-kubernetes-preserve-unknown-fields', nullable], XEmbeddedResource: ['x-kubernetes-embedded-resource', bool], XIntOrString: ['x-kubernetes-int-or-string', bool],
  XListMapKeys: ['x-kubernetes-list-map-keys', nullable], XListType: ['x-kubernetes-list-type', nullable], XMapType: ['x-kubernetes-map-type', nullable],
  XValidations: ['x-kubernetes-validations', listOf(struct(RULE))],
};

export const internalSchema = (schema: Schema | { readonly [key: string]: unknown }): unknown => goStruct(SCHEMA, schema);

/** Go names of the fields that are set, in Go's order. */
export function goFieldsOf(schema: Schema): readonly string[] {
  const fields = schema as { readonly [key: string]: unknown };
  return Object.entries(SCHEMA).filter(([, [json]]) => { const v = fields[json]; return v !== undefined && v !== null && v !== '' && v !== false; }).map(([goName]) => goName);
}

const SUBRESOURCES: GoShape = {
  Status: ['status', (value) => (value === undefined || value === null ? null : {})],
  Scale: ['scale', pointer({ SpecReplicasPath: ['specReplicasPath', text], StatusReplicasPath: ['statusReplicasPath', text], LabelSelectorPath: ['labelSelectorPath', nullable] })],
};
const COLUMN: GoShape = { Name: ['name', text], Type: ['type', text], Format: ['format', text], Description: ['description', text], Priority: ['priority', number], JSONPath: ['jsonPath', text] };

export const VERSION: GoShape = {
  Name: ['name', text], Served: ['served', bool], Storage: ['storage', bool], Deprecated: ['deprecated', bool], DeprecationWarning: ['deprecationWarning', nullable],
  Schema: ['schema', pointer({ OpenAPIV3Schema: ['openAPIV3Schema', schemaValue] })], Subresources: ['subresources', pointer(SUBRESOURCES)],
  AdditionalPrinterColumns: ['additionalPrinterColumns', listOf(struct(COLUMN))], SelectableFields: ['selectableFields', listOf(struct({ JSONPath: ['jsonPath', text] }))],
};
