import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeObject, isDecoded, type FieldValidation } from '../../../src/engine/api/decode/decode';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { isStatus } from '../../../src/engine/api/status';

interface Case {
  readonly id: string;
  readonly path: string;
  readonly object?: unknown;
  readonly raw?: string;
  readonly contentType?: string;
  readonly expect: { readonly code: number; readonly message?: string };
}
const registry = new ResourceRegistry();
const cases = readFileSync('test/golden/api.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);

function expectedOf(path: string) {
  const parts = path.replace(/\?.*/, '').split('/').slice(1);
  const [group, version, rest] = parts[0] === 'api' ? ['', parts[1] ?? '', parts.slice(2)] : [parts[1] ?? '', parts[2] ?? '', parts.slice(3)];
  const resource = (rest[0] === 'namespaces' && rest.length > 2 ? rest[2] : rest[0]) ?? '';
  const found = registry.forResource(group, version, resource);
  assert.ok(found, path);
  return found;
}
const pod = registry.forKind('', 'v1', 'Pod');
const deployment = registry.forKind('apps', 'v1', 'Deployment');
assert.ok(pod && deployment);

for (const c of cases) {
  test(`recorded ${c.id}`, () => {
    const yaml = c.contentType === 'application/yaml';
    const result = decodeObject({ body: c.raw ?? JSON.stringify(c.object), yaml, expected: expectedOf(c.path), fieldValidation: 'Strict' });
    // The one refusal with 400 that is not decoding's: it needs the namespace of the request.
    if (c.expect.code === 400 && !c.id.startsWith('bad-ns')) {
      assert.ok(isStatus(result), 'it was decoded');
      assert.equal(result.message, c.expect.message);
    } else assert.ok(isDecoded(result), isStatus(result) ? result.message : '');
  });
}

const inPod = (spec: unknown, meta: unknown = { name: 'p' }): string => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: meta, spec });
const container = (fields: object): string => inPod({ containers: [{ name: 'a', ...fields }] });
const POD = 'Pod in version "v1" cannot be handled as a Pod: ';
const refusals: readonly (readonly [string, string, string])[] = [
  ['a named string type', inPod({ restartPolicy: 5 }), `${POD}json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy`],
  ['a list element', inPod({ containers: ['x'] }), `${POD}json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container`],
  ['a list where a map belongs', inPod({ nodeSelector: [] }), `${POD}json: cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map[string]string`],
  ['resource list', container({ resources: { limits: 'x' } }), `${POD}json: cannot unmarshal string into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList`],
  ['int32 overflow', inPod({ priority: 2147483648 }), `${POD}json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32`],
  ['int64 overflow', '{"kind":"Pod","spec":{"activeDeadlineSeconds":9223372036854775808}}', `${POD}json: cannot unmarshal number 9223372036854775808 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64`],
  ['exponent for an integer', '{"spec":{"priority":1e3}}', `${POD}json: cannot unmarshal number 1e3 into Go struct field PodSpec.spec.priority of type int32`],
  ['quantity', container({ resources: { limits: { cpu: 'abc' } } }), `${POD}quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`],
  ['a later fatal error wins', inPod({ hostNetwork: 'x', containers: [{ resources: { limits: { cpu: 'abc' } } }] }), `${POD}quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`],
  ['the first type error wins', inPod({ hostNetwork: 'x', hostPID: 'y' }), `${POD}json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool`],
  ['month', inPod({}, { creationTimestamp: '2024-13-01T00:00:00Z' }), `${POD}parsing time "2024-13-01T00:00:00Z": month out of range`],
  ['kind is no text', '{"kind":5}', `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5})`],
  ['a list', '[]', `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`],
  ['not JSON', 'hello', `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)`],
  ['cut off', '{"kind": "Pod", "metadata": {"name": "p"', `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: unexpected end of JSON input ({"kind": "Pod", "metadata": {" ...)`],
  ['trailing comma', '{"kind":"Pod",}', `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: invalid character '}' looking for beginning of object key string ({"kind":"Pod",})`],
  ['another kind', '{"apiVersion":"v1","kind":"Service"}', 'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion'],
  ['group version', '{"apiVersion":"a/b/c"}', 'the object provided is unrecognized (must be of type Pod): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})'],
  ['case matters', '{"Spec":{}}', `${POD}strict decoding error: unknown field "Spec"`],
  ['repeated fields', '{"spec":{"hostPID":true,"hostPID":false,"x":1},"metadata":{"labels":{"a":"b","a":"c"}}}',
    `${POD}strict decoding error: duplicate field "spec.hostPID", unknown field "spec.x", duplicate field "metadata.labels.a"`],
];
for (const [name, body, message] of refusals) {
  test(`refuses ${name}`, () => {
    const result = decodeObject({ body, expected: pod, fieldValidation: 'Strict' });
    assert.ok(isStatus(result), 'it was decoded');
    assert.equal(result.message, message);
  });
}

function decoded(body: string | object, options: { readonly fieldValidation?: FieldValidation; readonly yaml?: boolean; readonly expected?: typeof pod } = {}) {
  const result = decodeObject({ body, expected: options.expected ?? pod!, ...options });
  assert.ok(isDecoded(result), isStatus(result) ? result.message : '');
  return result;
}

test('warns of unknown and repeated fields, or drops them in silence', () => {
  const body = '{"spec":{"foo":1,"hostPID":true,"hostPID":true}}';
  const warned = decoded(body);
  assert.deepEqual(warned.warnings, ['unknown field "spec.foo"', 'duplicate field "spec.hostPID"']);
  assert.deepEqual(warned.object.spec, { hostPID: true, containers: [] });
  assert.deepEqual(decoded(body, { fieldValidation: 'Ignore' }).warnings, []);
});

test('keeps what Go writes and drops what it omits', () => {
  const { object } = decoded({
    kind: 'Pod', metadata: { name: 'p', labels: {}, finalizers: [] },
    spec: {
      nodeName: '', hostNetwork: false, terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: '', args: ['', null], ports: [{ containerPort: 0 }], resources: { limits: { cpu: 1, memory: '1024Mi' } } }],
      volumes: [{ name: 'v', emptyDir: {} }], affinity: null,
    },
  });
  assert.deepEqual(object, {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' },
    spec: {
      terminationGracePeriodSeconds: 0, containers: [{ name: 'a', args: ['', ''], ports: [{ containerPort: 0 }], resources: { limits: { cpu: '1', memory: '1Gi' } } }],
      volumes: [{ name: 'v', emptyDir: {} }],
    },
    status: {},
  });
  assert.deepEqual(decoded({ kind: 'Deployment' }, { expected: deployment }).object, {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { template: { metadata: {}, spec: { containers: [] } }, strategy: {} }, status: {},
  });
});

test('an object in stored form is returned as it is', () => {
  const { object } = decoded(container({ image: 'x', resources: { requests: { cpu: '100m' } } }));
  assert.equal(decoded(object).object, object);
});

test('times are written in UTC', () => {
  const { object } = decoded(inPod({}, { creationTimestamp: '2024-05-01T01:00:00.5+02:00' }));
  assert.equal(object.metadata.creationTimestamp, '2024-04-30T23:00:00Z');
});

test('keys with a meaning to JavaScript stay ordinary keys', () => {
  const { object } = decoded('{"metadata":{"labels":{"__proto__":"x","constructor":"y"},"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}', { fieldValidation: 'Ignore' });
  assert.deepEqual(Object.entries(object.metadata.labels ?? {}), [['__proto__', 'x'], ['constructor', 'y']]);
  assert.equal((object as { polluted?: unknown }).polluted, undefined);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('deep nesting is refused', () => {
  const result = decodeObject({ body: `${'['.repeat(100_000)}`, expected: pod! });
  assert.ok(isStatus(result) && /exceeded max depth/.test(result.message ?? ''));
});

test('YAML as Kubernetes reads it', () => {
  const { object } = decoded('metadata: {name: p, labels: {a: "yes"}}\nspec:\n  hostNetwork: yes\n  priority: 0o17\n  containers:\n  - &c {name: a, image: x}\n  - {<<: *c, name: b}\n', { yaml: true });
  assert.deepEqual(object.spec, { hostNetwork: true, priority: 15, containers: [{ name: 'a', image: 'x', resources: {} }, { image: 'x', name: 'b', resources: {} }] });
  const strict = decodeObject({ body: 'metadata:\n  name: a\n  name: b\n', yaml: true, expected: pod!, fieldValidation: 'Strict' });
  assert.ok(isStatus(strict));
  assert.equal(strict.message, `${POD}strict decoding error: yaml: unmarshal errors:\n  line 3: key "name" already set in map`);
});
