import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { customResourceValidation } from '../../../src/engine/api/validation/apiextensions/customResource';
import { applyDefaults, pruneNulls } from '../../../src/engine/api/validation/apiextensions/defaulting';
import { pruneUnknownFields } from '../../../src/engine/api/validation/apiextensions/pruning';
import type { Schema } from '../../../src/engine/api/validation/apiextensions/schemaTypes';
import { validateAgainstSchema } from '../../../src/engine/api/validation/apiextensions/structural';
import type { Errors } from '../../../src/engine/api/validation/field';
import { lines, testCreates, testUpdates, type Fields } from './validation-b-support';

const objectOf = (properties: { readonly [name: string]: Schema }, more: Schema = {}): Schema => ({ type: 'object', properties, ...more });
const specOf = (properties: { readonly [name: string]: Schema }, more: Schema = {}): Schema => objectOf({ spec: objectOf(properties, more) });
const spec = (value: unknown): Fields => ({ spec: value });
type Row = readonly [schema: Schema, value: unknown, ...errors: string[]];

const SCHEMAS: { readonly [name: string]: Row } = {
  'nothing wrong': [specOf({ replicas: { type: 'integer' } }), spec({ replicas: 3 })],
  'a string for a number': [specOf({ replicas: { type: 'integer' } }), spec({ replicas: 'x' }), 'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
  'a fraction for an integer': [specOf({ replicas: { type: 'integer' } }), spec({ replicas: 1.5 }), 'spec.replicas: Invalid value: "number": spec.replicas in body must be of type integer: "number"'],
  'an object for a list': [specOf({ items: { type: 'array', items: { type: 'string' } } }), spec({ items: {} }), 'spec.items: Invalid value: "object": spec.items in body must be of type array: "object"'],
  'null': [specOf({ a: { type: 'string' } }), spec({ a: null }), 'spec.a: Invalid value: "null": spec.a in body must be of type string: "null"'],
  'null where it may be': [specOf({ a: { type: 'string', nullable: true } }), spec({ a: null })],
  'an integer or a string': [specOf({ port: { 'x-kubernetes-int-or-string': true } }), spec({ port: true }), 'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
  'required': [specOf({ a: { type: 'string' } }, { required: ['a'] }), spec({}), 'spec.a: Required value'],
  'an enumeration': [specOf({ a: { type: 'string', enum: ['x', 'y'] } }), spec({ a: 'z' }), 'spec.a: Unsupported value: "z": supported values: "x", "y"'],
  'a pattern': [specOf({ a: { type: 'string', pattern: '^a+$' } }), spec({ a: 'b' }), `spec.a: Invalid value: "b": spec.a in body should match '^a+$'`],
  'lengths': [specOf({ a: { type: 'string', minLength: 3 }, b: { type: 'string', maxLength: 2 } }), spec({ a: 'x', b: 'xyz' }),
    'spec.a: Invalid value: "x": spec.a in body should be at least 3 chars long', 'spec.b: Too long: may not be more than 2 bytes'],
  'bounds': [specOf({ a: { type: 'integer', minimum: 1 }, b: { type: 'integer', maximum: 5 }, c: { type: 'integer', minimum: 1, exclusiveMinimum: true } }), spec({ a: 0, b: 6, c: 1 }),
    'spec.a: Invalid value: 0: spec.a in body should be greater than or equal to 1', 'spec.b: Invalid value: 6: spec.b in body should be less than or equal to 5',
    'spec.c: Invalid value: 1: spec.c in body should be greater than 1'],
  'a multiple': [specOf({ a: { type: 'integer', multipleOf: 2 } }), spec({ a: 3 }), 'spec.a: Invalid value: 3: spec.a in body should be a multiple of 2'],
  'items': [specOf({ a: { type: 'array', minItems: 2, items: { type: 'string' } }, b: { type: 'array', maxItems: 1, items: { type: 'string' } } }), spec({ a: ['x'], b: ['x', 'y'] }),
    'spec.a: Invalid value: 1: spec.a in body should have at least 2 items', 'spec.b: Too many: 2: must have at most 1 item'],
  'every item': [specOf({ a: { type: 'array', items: { type: 'string' } } }), spec({ a: ['x', 1] }), 'spec.a[1]: Invalid value: "integer": spec.a[1] in body must be of type string: "integer"'],
  'properties': [specOf({ a: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } } }), spec({ a: {} }), 'spec.a: Invalid value: 0: spec.a in body should have at least 1 properties'],
  'values of a map': [specOf({ a: { type: 'object', additionalProperties: { type: 'string' } } }), spec({ a: { k: 1 } }), 'spec.a.k: Invalid value: "integer": spec.a.k in body must be of type string: "integer"'],
  'a format': [specOf({ a: { type: 'string', format: 'date-time' } }), spec({ a: 'yesterday' }), 'spec.a: Invalid value: "yesterday": spec.a in body must be of type date-time: "yesterday"'],
  'not': [specOf({ a: { type: 'string', not: { enum: ['x'] } } }), spec({ a: 'x' }), '<nil>: Invalid value: "": "spec.a" must not validate the schema (not)'],
};

for (const [name, [schema, value, ...errors]] of Object.entries(SCHEMAS)) {
  test(`schema: ${name}`, () => {
    const errs: Errors = [];
    validateAgainstSchema(schema, deepFreeze(value), errs);
    assert.deepEqual(lines(errs), errors);
  });
}

test('a value that was wrong before does not refuse an update', () => {
  const schema = specOf({ a: { type: 'string', maxLength: 1 }, b: { type: 'string', maxLength: 1 } });
  const errs: Errors = [];
  validateAgainstSchema(schema, spec({ a: 'old', b: 'new' }), errs, undefined, { value: spec({ a: 'old' }) });
  assert.deepEqual(lines(errs), ['spec.b: Too long: may not be more than 1 byte']);
});

test('unknown fields are dropped and named', () => {
  const schema = specOf({ a: { type: 'string' }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, list: { type: 'array', items: objectOf({ k: { type: 'string' } }) } });
  const value = deepFreeze({ apiVersion: 'a/v1', kind: 'K', metadata: { name: 'x' }, spec: { a: '1', b: '2', free: { any: 1 }, list: [{ k: '1', l: 2 }] }, other: 1 });
  const pruned = pruneUnknownFields(value, schema, true);
  assert.deepEqual(pruned.value, { apiVersion: 'a/v1', kind: 'K', metadata: { name: 'x' }, spec: { a: '1', free: { any: 1 }, list: [{ k: '1' }] } });
  assert.deepEqual(pruned.unknown, ['other', 'spec.b', 'spec.list[0].l']);
  assert.equal(pruneUnknownFields(pruned.value, schema, true).value, pruned.value);
});

test('defaults fill what is missing, and take the place of a null that may not be', () => {
  const schema = specOf({ a: { type: 'string', default: 'd' }, b: objectOf({ c: { type: 'integer', default: 3 } }, { default: {} }), n: { type: 'string', nullable: true, default: 'e' } });
  const value = deepFreeze(spec({ a: null, n: null }));
  assert.deepEqual(applyDefaults(pruneNulls(value, schema), schema), spec({ a: 'd', b: { c: 3 }, n: null }));
});

const widget = (body: Fields, metadata: Fields = {}): KubernetesObject => deepFreeze({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default', uid: 'u', ...metadata }, ...body }) as KubernetesObject;

test('a custom resource: metadata, schema, lists', () => {
  const schema = objectOf({ apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' },
    spec: objectOf({ tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, replicas: { type: 'integer' } }) });
  const validation = customResourceValidation({ group: 'example.com', version: 'v1', kind: 'Widget', namespaced: true, schema });
  assert.deepEqual(lines(validation.create(widget({ spec: { replicas: 1, tags: ['a', 'b'] } }))), []);
  assert.deepEqual(lines(validation.create(widget({ spec: { tags: ['a', 'b', 'a'] } }))), ['spec.tags[2]: Duplicate value: "a"']);
  assert.deepEqual(lines(validation.create(widget({ spec: { replicas: 'x' } }, { labels: { 'a b': 'c' } }))).map((line) => line.slice(0, line.indexOf(':'))), ['metadata.labels', 'spec.replicas']);
});

const LABEL_1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const CRD = 'apiextensions.k8s.io/v1/CustomResourceDefinition';
/** Fields that all versions share move to the top of the internal spec, where their errors are then found. */
const names: Fields = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
const version = (body: Fields = {}): Fields => ({ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, ...body });
const definition = (body: Fields = {}): Fields => ({ metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version()], ...body } });
const schemaVersion = (properties: Fields): Fields => definition({ versions: [version({ schema: { openAPIV3Schema: { type: 'object', properties } } })] });

const established: Fields = { conditions: [{ type: 'Established', status: 'True' }], storedVersions: ['v1'] };

testCreates({
  'a definition': [CRD, definition()],
  'a definition of another name': [CRD, { ...definition(), metadata: { name: 'w.example.com' } }, 'metadata.name: Invalid value: "w.example.com": must be spec.names.plural+"."+spec.group'],
  'no storage version': [CRD, definition({ versions: [version({ storage: false })] }),
    'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
    'status.storedVersions: Invalid value: null: must have at least one stored version'],
  'two storage versions': [CRD, definition({ versions: [version(), version({ name: 'v2' })] }),
    'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":true,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null},{"Name":"v2","Served":true,"Storage":true,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
    'status.storedVersions: Invalid value: ["v1"]: must have the storage version v2'],
  'a scope': [CRD, definition({ scope: 'x' }),
    'spec.scope: Unsupported value: "x": supported values: "Cluster", "Namespaced"'],
  'no schema': [CRD, definition({ versions: [{ name: 'v1', served: true, storage: true }] }),
    'spec.versions[0].schema.openAPIV3Schema: Required value'],
  'a schema without type': [CRD, schemaVersion({ spec: { properties: { a: { type: 'string' } } } }),
    'spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields'],
  'a group without domain': [CRD, { ...definition({ group: 'example' }), metadata: { name: 'widgets.example' } },
    'spec.group: Invalid value: "example": should be a domain with at least one dot'],
  'names': [CRD, definition({ names: { ...names, kind: 'Wid get', shortNames: ['W'] } }),
    `spec.names.kind: Invalid value: "Wid get": may have mixed case, but should otherwise match: ${LABEL_1035}`,
    `spec.names.shortNames[0]: Invalid value: "W": ${LABEL_1035}`],
  'a printer column': [CRD, definition({ versions: [version({ additionalPrinterColumns: [{ name: 'a', type: 'x', jsonPath: 'spec' }] })] }),
    'spec.additionalPrinterColumns[0].type: Invalid value: "x": must be one of boolean,date,integer,number,string',
    'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with .'],
  'a webhook of no strategy': [CRD, definition({ conversion: { strategy: 'Webhook' } }),
    'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
    'spec.conversion.conversionReviewVersions: Required value'],
  'a group of Kubernetes': [CRD, { ...definition({ group: 'x.k8s.io' }), metadata: { name: 'widgets.x.k8s.io' } },
    'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'],
  'a forbidden uniqueItems': [CRD, schemaVersion({ spec: { type: 'array', uniqueItems: true, items: { type: 'string' } } }),
    'spec.validation.openAPIV3Schema.properties[spec].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic'],
  'a default that is wrong': [CRD, schemaVersion({ spec: { type: 'integer', default: 'x' } }),
    'spec.validation.openAPIV3Schema.properties[spec].default: Invalid value: "string":  in body must be of type integer: "string"'],
});

testUpdates({
  'the scope of a definition': [CRD, '', { ...definition(), status: established }, definition({ scope: 'Cluster' }),
    'spec.scope: Invalid value: "Cluster": field is immutable'],
  'the group of a definition': [CRD, '', definition(), definition({ group: 'other.com' }),
    'spec.group: Invalid value: "other.com": field is immutable'],
});
