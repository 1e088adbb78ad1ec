import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { patchTypeOf } from '../../../src/engine/api/patch/errors';
import { applyOperations, jsonPatch, JsonPatchFailure } from '../../../src/engine/api/patch/jsonPatch';
import type { JsonObject } from '../../../src/engine/api/patch/json';
import { mergePatch } from '../../../src/engine/api/patch/mergePatch';
import { strategicMergePatch } from '../../../src/engine/api/patch/strategicMergePatch';
import { deepFreeze } from '../../../src/engine/api/object';
import { isStatus } from '../../../src/engine/api/status';

const value = (result: { readonly value: JsonObject } | object): unknown => (isStatus(result) ? result : (result as { value: unknown }).value);

describe('JSON Patch', () => {
  const cases: readonly [string, JsonObject, JsonObject[], unknown][] = [
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: [1] }], { a: 1, b: [1] }],
    ['inserts into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['appends', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['counts negative indices from the end', { a: [1, 2, 3] }, [{ op: 'remove', path: '/a/-1' }], { a: [1, 2] }],
    ['unescapes', { 'a/b': 1, 'c~d': 2 }, [{ op: 'remove', path: '/a~1b' }, { op: 'replace', path: '/c~0d', value: 3 }], { 'c~d': 3 }],
    ['replaces what is absent', {}, [{ op: 'replace', path: '/a', value: 1 }], { a: 1 }],
    ['moves', { a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
    ['copies', { a: { b: [1] } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: [1] }, c: { b: [1] } }],
    ['tests deep', { a: { b: [1] } }, [{ op: 'test', path: '/a', value: { b: [1] } }, { op: 'test', path: '/x', value: null }], { a: { b: [1] } }],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ];
  for (const [name, document, operations, expected] of cases) test(name, () => assert.deepEqual(applyOperations(deepFreeze(document), operations), expected));

  const failures: readonly [JsonObject, JsonObject, string][] = [
    [{}, { op: 'add', path: '/a/b', value: 1 }, 'add operation does not apply: doc is missing path: "/a/b": missing value'],
    [{}, { op: 'remove', path: '/a' }, "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value"],
    [{ a: [] }, { op: 'remove', path: '/a/0' }, "error in remove for path: '/a/0': Unable to access invalid index: 0: invalid index referenced"],
    [{ a: [] }, { op: 'add', path: '/a/x', value: 1 }, "error in add for path: '/a/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax"],
    [{}, { op: 'replace', path: '/a/b', value: 1 }, 'replace operation does not apply: doc is missing path: /a/b: missing value'],
    [{ a: [] }, { op: 'replace', path: '/a/0', value: 1 }, 'replace operation does not apply: doc is missing key: /a/0: missing value'],
    [{ a: 1 }, { op: 'test', path: '/a', value: 2 }, 'testing value /a failed: test failed'],
    [{ a: 1 }, { op: 'test', path: '/b/c', value: 2 }, 'test operation does not apply: is missing path: /b/c: missing value'],
    [{}, { op: 'add', value: 2 }, 'add operation failed to decode path: missing value'],
    [{}, { op: 'move', path: '/a' }, 'move operation failed to decode from: operation, missing from field: missing value'],
    [{}, { op: 'nonsense', path: '/a' }, 'Unexpected kind: nonsense'],
  ];
  for (const [document, operation, message] of failures) {
    test(message, () => {
      const result = applyOperations(document, [operation]);
      assert.ok(result instanceof JsonPatchFailure);
      assert.equal(result.message, message);
    });
  }

  test('a failing patch is a 422 without the words', () => {
    const status = jsonPatch({}, [{ op: 'remove', path: '/a' }]);
    assert.deepEqual(status, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'the server rejected our request due to an error in our request', reason: 'Invalid', details: {}, code: 422 });
  });
  test('a patch that is no list is a 400', () => {
    assert.equal((jsonPatch({}, { op: 'add' }) as { message?: string }).message, 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
  });
  test('copies cannot grow without bound', () => {
    const operations = [{ op: 'add', path: '/a', value: [1, 2, 3, 4] }, ...Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }))];
    const result = applyOperations({}, operations);
    assert.ok(result instanceof JsonPatchFailure);
  });
  test('__proto__ is a key like any other', () => {
    const patch = JSON.parse('[{"op":"add","path":"/__proto__","value":{"polluted":true}},{"op":"add","path":"/__proto__/more","value":1}]') as unknown;
    const result = value(jsonPatch({}, patch)) as object;
    assert.ok(Object.hasOwn(result, '__proto__'));
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.equal(Object.getPrototypeOf(result), Object.prototype);
  });
});

describe('JSON Merge Patch', () => {
  const cases: readonly [JsonObject, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }], [{ a: 'b', b: 1 }, { a: null }, { b: 1 }], [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }], [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }], [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [document, patch, expected] of cases) test(JSON.stringify(patch), () => assert.deepEqual(value(mergePatch(deepFreeze(document), patch)), expected));
  test('shares what is untouched', () => {
    const document = { a: { x: 1 }, b: { y: 1 } };
    assert.equal((value(mergePatch(document, { b: { y: 2 } })) as typeof document).a, document.a);
  });
  test('a list is a 400', () => {
    assert.equal((mergePatch({}, []) as { message?: string }).message, 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
  });
});

const pod = (spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
describe('strategic merge patch', () => {
  const cases: readonly [string, string, JsonObject, JsonObject, unknown][] = [
    ['merges containers by name', 'Pod', pod({ containers: [{ name: 'a', image: '1' }, { name: 'b', image: '1' }] }), { spec: { containers: [{ name: 'b', image: '2' }] } },
      pod({ containers: [{ name: 'a', image: '1' }, { name: 'b', image: '2' }] })],
    ['adds in the patch\'s order', 'Pod', pod({ containers: [{ name: 'a' }] }), { spec: { containers: [{ name: 'c' }, { name: 'b' }] } }, pod({ containers: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] })],
    ['deletes an element', 'Pod', pod({ containers: [{ name: 'a' }, { name: 'b' }] }), { spec: { containers: [{ name: 'a', $patch: 'delete' }] } }, pod({ containers: [{ name: 'b' }] })],
    ['replaces a list', 'Pod', pod({ containers: [{ name: 'a' }, { name: 'b' }] }), { spec: { containers: [{ $patch: 'replace' }, { name: 'c' }] } }, pod({ containers: [{ name: 'c' }] })],
    ['orders by directive', 'Pod', pod({ containers: [{ name: 'a' }, { name: 'b' }, { name: 'x' }] }),
      { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: '2' }] } }, pod({ containers: [{ name: 'b' }, { name: 'a', image: '2' }, { name: 'x' }] })],
    ['replaces tolerations', 'Pod', pod({ tolerations: [{ key: 'a' }] }), { spec: { tolerations: [{ key: 'b' }] } }, pod({ tolerations: [{ key: 'b' }] })],
    ['merges primitive lists', 'Pod', { metadata: { finalizers: ['a', 'b'] } }, { metadata: { finalizers: ['c'] } }, { metadata: { finalizers: ['c', 'a', 'b'] } }],
    ['deletes from primitive lists', 'Pod', { metadata: { finalizers: ['a', 'b'] } }, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, { metadata: { finalizers: ['b'] } }],
    ['retains keys', 'Deployment', { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, { spec: { strategy: { type: 'Recreate' } } }],
    ['deletes with null', 'ConfigMap', { data: { a: '1', b: '2' } }, { data: { a: null, c: '3' } }, { data: { b: '2', c: '3' } }],
    ['replaces a map', 'ConfigMap', { data: { a: '1' } }, { data: { $patch: 'replace', c: '3' } }, { data: { c: '3' } }],
    ['empties a map', 'ConfigMap', { data: { a: '1' } }, { data: { $patch: 'delete' } }, { data: {} }],
    ['merges service ports by port', 'Service', { spec: { ports: [{ port: 80, protocol: 'TCP' }] } }, { spec: { ports: [{ port: 80, nodePort: 30000 }] } }, { spec: { ports: [{ port: 80, protocol: 'TCP', nodePort: 30000 }] } }],
    ['merges conditions by type', 'Pod', { status: { conditions: [{ type: 'Ready', status: 'False' }, { type: 'X', status: 'True' }] } }, { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      { status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'X', status: 'True' }] } }],
    ['drops nulls of what is new', 'Pod', pod({}), { spec: { securityContext: { runAsUser: null, runAsGroup: 1 } } }, pod({ securityContext: { runAsGroup: 1 } })],
  ];
  for (const [name, schema, document, patch, expected] of cases) test(name, () => assert.deepEqual(value(strategicMergePatch(schema, deepFreeze(document), deepFreeze(patch))), expected));

  const refused: readonly [string, JsonObject, JsonObject, number, string][] = [
    ['Pod', pod({ containers: [{ name: 'a' }] }), { spec: { containers: [{ image: 'x' }] } }, 500, 'map: map[image:x] does not contain declared merge key: name'],
    ['Pod', pod({ containers: [{ name: 'a' }] }), { spec: { $patch: 'nonsense' } }, 500, 'unknown patch type: nonsense in map: map[$patch:nonsense]'],
    ['Pod', pod({ containers: [{ name: 'a' }] }), { spec: { '$setElementOrder/containers': 'x' } }, 500, 'expected a []interface {}, but received a string'],
    ['Deployment', { spec: { strategy: {} } }, { spec: { strategy: { $retainKeys: ['a'], type: 'x' } } }, 400, 'invalid patch format of retainKeys'],
    ['Pod', pod({ nonsense: {} }), { spec: { nonsense: {} } }, 500, 'unable to find api field in struct PodSpec for the json field "nonsense"'],
  ];
  for (const [schema, document, patch, code, message] of refused) {
    test(message, () => {
      const status = strategicMergePatch(schema, document, patch);
      assert.ok(isStatus(status));
      assert.deepEqual([status.code, status.message], [code, message]);
    });
  }
});

describe('content types', () => {
  test('are cut at the semicolon', () => assert.equal(patchTypeOf('application/merge-patch+json; charset=utf-8', false), 'merge'));
  test('unknown ones are a 415', () => {
    assert.equal((patchTypeOf('text/plain', false) as { message?: string }).message,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml');
  });
  test('custom resources have no strategic merge', () => {
    assert.equal((patchTypeOf('application/strategic-merge-patch+json', true) as { message?: string }).message,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml');
  });
});
