import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubernetesObject } from '../../../../src/engine/api/object';
import { customResourceValidation } from '../../../../src/engine/api/validation/apiextensions/customResource';
import { validateRuleExpressions } from '../../../../src/engine/api/validation/apiextensions/rules/definition';
import type { Schema } from '../../../../src/engine/api/validation/apiextensions/schemaTypes';
import { Path, type Errors } from '../../../../src/engine/api/validation/field';

/** x-kubernetes-validations: of objects, and of the definitions that carry them. */
const STRING: Schema = { type: 'string' };
const rule = (text: string, more: object = {}): Schema['x-kubernetes-validations'] => [{ rule: text, ...more }];

const SPEC: Schema = {
  type: 'object',
  properties: {
    min: { type: 'integer' }, max: { type: 'integer' }, 'dash-ed': STRING, for: STRING, ratio: { type: 'number' }, port: { 'x-kubernetes-int-or-string': true }, since: { type: 'string', format: 'date-time' },
    timeout: { type: 'string', format: 'duration' }, names: { type: 'array', items: STRING }, labels: { type: 'object', additionalProperties: STRING },
    parts: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', required: ['name'], properties: { name: STRING, size: { type: 'integer' } } } },
  },
};
const schemaWith = (spec: Partial<Schema>, more: Partial<Schema> = {}): Schema => ({ type: 'object', properties: { spec: { ...SPEC, ...spec } }, ...more });

function validation(schema: Schema): ReturnType<typeof customResourceValidation> { return customResourceValidation({ group: 'example.com', version: 'v1', kind: 'Widget', namespaced: true, schema }); }
const widget = (spec: object): KubernetesObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default', uid: 'u', resourceVersion: '1' }, spec }) as unknown as KubernetesObject;
const told = (errors: readonly { readonly field: string; readonly body: string }[] = []): readonly string[] => errors.map((e) => `${e.field}: ${e.body}`);
const created = (schema: Schema, spec: object): readonly string[] => told(validation(schema).create(widget(spec)));
const updated = (schema: Schema, spec: object, old: object): readonly string[] => told(validation(schema).update?.(widget(spec), widget(old)));

describe('rules of custom resources', () => {
  const HOLD: readonly (readonly [string, object])[] = [
    ['self.min <= self.max', { min: 1, max: 2 }], ['!has(self.min) || self.min > 0', {}], ['self.dash__dash__ed == "x"', { 'dash-ed': 'x' }], ['self.__for__ == "x"', { for: 'x' }], ['self.ratio > 1.0', { ratio: 2 }],
    ['type(self.port) == int ? self.port > 0 : self.port.endsWith("%")', { port: '5%' }], ['type(self.port) == int ? self.port > 0 : self.port.endsWith("%")', { port: 5 }],
    ['self.since < timestamp("2027-01-01T00:00:00Z")', { since: '2026-01-01T00:00:00Z' }], ['self.timeout > duration("1m")', { timeout: '90s' }], ['self.names.all(n, n.size() < 4)', { names: ['a', 'bcd'] }],
    ['self.labels.all(k, self.labels[k] != "")', { labels: { a: 'x' } }], ['"a" in self.labels && self.labels["a"] == "x"', { labels: { a: 'x' } }], ['self.parts.exists(p, p.name == "b" && p.size == 2)', { parts: [{ name: 'a' }, { name: 'b', size: 2 }] }],
    ['self.parts[0].name == "a"', { parts: [{ name: 'a' }] }], ['self.parts.map(p, p.name) == ["a"]', { parts: [{ name: 'a' }] }], ['self.?max.orValue(7) == 7', {}], ['self.parts.filter(p, has(p.size)).size() == 0', { parts: [{ name: 'a' }] }],
  ];
  for (const [text, spec] of HOLD) test(`holds: ${text}`, () => { assert.deepEqual(created(schemaWith({ 'x-kubernetes-validations': rule(text) }), spec), []); });

  test('messages', () => {
    const range = (more: object): Schema => schemaWith({ 'x-kubernetes-validations': rule('self.min <= self.max', more) });
    const bad = { min: 2, max: 1 };
    assert.deepEqual(created(range({}), bad), ['spec: Invalid value: "object": failed rule: self.min <= self.max']);
    assert.deepEqual(created(range({ message: 'min above max' }), bad), ['spec: Invalid value: "object": min above max']);
    assert.deepEqual(created(range({ messageExpression: '"%d is above %d".format([self.min, self.max])' }), bad), ['spec: Invalid value: "object": 2 is above 1']);
    assert.deepEqual(created(range({ reason: 'FieldValueForbidden', fieldPath: '.min' }), bad), ['spec.min: Forbidden: failed rule: self.min <= self.max']);
    assert.deepEqual(created(range({}), { min: 2 }), ['spec: Invalid value: "object": no such key: max evaluating rule: self.min <= self.max']);
  });

  test('at the root, on fields, on elements and in allOf', () => {
    assert.deepEqual(created(schemaWith({}, { 'x-kubernetes-validations': rule('self.metadata.name.startsWith("x")') }), {}), ['<nil>: Invalid value: "object": failed rule: self.metadata.name.startsWith("x")']);
    const parts = { ...SPEC.properties?.['parts'], items: { type: 'object', required: ['name'], properties: { name: STRING, size: { type: 'integer', 'x-kubernetes-validations': rule('self < 10') } } } } as Schema;
    assert.deepEqual(created(schemaWith({ properties: { ...SPEC.properties, parts } }), { parts: [{ name: 'a', size: 1 }, { name: 'b', size: 10 }] }), ['spec.parts[1].size: Invalid value: "integer": failed rule: self < 10']);
    assert.deepEqual(created(schemaWith({ allOf: [{ 'x-kubernetes-validations': rule('has(self.min)') } as Schema] }), {}), ['spec: Invalid value: "object": failed rule: has(self.min)']);
  });

  test('rules about a change', () => {
    const fixed = schemaWith({ 'x-kubernetes-validations': rule('self.min == oldSelf.min', { message: 'min is immutable' }) });
    assert.deepEqual(created(fixed, { min: 1 }), []);
    assert.deepEqual(updated(fixed, { min: 1 }, { min: 1 }), []);
    assert.deepEqual(updated(fixed, { min: 2 }, { min: 1 }), ['spec: Invalid value: "object": min is immutable']);
    const optional = schemaWith({ 'x-kubernetes-validations': rule('oldSelf.hasValue() || self.min == 0', { optionalOldSelf: true }) });
    assert.deepEqual(created(optional, { min: 1 }), ['spec: Invalid value: "object": failed rule: oldSelf.hasValue() || self.min == 0']);
    assert.deepEqual(updated(optional, { min: 2 }, { min: 1 }), []);
    const size: Schema = { type: 'integer', 'x-kubernetes-validations': rule('self >= oldSelf') };
    const grows = schemaWith({ properties: { parts: { ...SPEC.properties?.['parts'], items: { type: 'object', required: ['name'], properties: { name: STRING, size } } } as Schema } });
    assert.deepEqual(updated(grows, { parts: [{ name: 'b', size: 1 }, { name: 'a', size: 1 }] }, { parts: [{ name: 'a', size: 2 }] }), ['spec.parts[1].size: Invalid value: "integer": failed rule: self >= oldSelf']);
  });

  test('what was wrong before and did not change may stay', () => {
    const schema: Schema = { type: 'object', properties: { spec: { ...SPEC, 'x-kubernetes-validations': rule('self.min <= self.max') }, status: { type: 'object', properties: { n: { type: 'integer' } } } } };
    const judge = validation(schema);
    const bad = widget({ min: 2, max: 1 });
    assert.deepEqual(told(judge.update?.({ ...bad, status: { n: 1 } } as KubernetesObject, bad)), []);
    assert.deepEqual(updated(schema, { min: 3, max: 1 }, { min: 2, max: 1 }), ['spec: Invalid value: "object": failed rule: self.min <= self.max']);
  });
});

describe('rules of definitions', () => {
  const at = Path.of('schema');
  const judged = (schema: Schema): readonly string[] => { const errs: Errors = []; validateRuleExpressions(schema, at, errs); return told(errs); };
  const RULE = (text: string): string => `{"Rule":${JSON.stringify(text)},"Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
  const REFUSED: readonly (readonly [string, string])[] = [
    ['self.nope == 1', "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope == 1\n | ....^"],
    ['self.min', 'cel expression must evaluate to a bool'],
    ['self.min == "a"', "compilation failed: ERROR: <input>:1:10: found no matching overload for '_==_' applied to '(int, string)'\n | self.min == \"a\"\n | .........^"],
    ['other', "compilation failed: ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other\n | ^"],
  ];
  for (const [text, words] of REFUSED) {
    test(text, () => { assert.deepEqual(judged(schemaWith({ 'x-kubernetes-validations': rule(text) })), [`schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: ${RULE(text)}: ${words}`]); });
  }

  test('the old value of what has none', () => {
    const names: Schema = { type: 'array', items: { type: 'string', 'x-kubernetes-validations': rule('self == oldSelf') } };
    assert.deepEqual(judged(schemaWith({ properties: { names } })), ['schema.properties[spec].properties[names].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[spec].properties[names]']);
  });

  test('good rules are let in', () => { assert.deepEqual(judged(schemaWith({ 'x-kubernetes-validations': rule('self.min <= self.max && self.names.all(n, n != "")') })), []); });
});
