import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeObject, isDecoded } from '../../../src/engine/api/decode/decode';
import { applyDefaults } from '../../../src/engine/api/defaults/defaults';
import { imageTag } from '../../../src/engine/api/defaults/image';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { allocateService } from '../../../src/engine/api/strategy/service';
import { prepareForCreate } from '../../../src/engine/api/strategy/strategy';
import type { Service } from '../../../src/engine/api/generated/types';

type Json = { [key: string]: unknown };
interface Case {
  readonly id: string;
  readonly path: string;
  readonly object?: { readonly kind?: string };
  readonly raw?: string;
  readonly expect: { readonly code: number; readonly object?: KubernetesObject };
}
const registry = new ResourceRegistry();
const cases = readFileSync('test/golden/api.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case).filter((c) => c.expect.code === 201);

/** decode, default, convert, prepare, allocate, default again: what the server does, without admission. */
export function stored(body: string | object, kind: KubernetesObject, yaml = false): KubernetesObject {
  const definition = registry.forObject(kind.apiVersion, kind.kind);
  assert.ok(definition);
  const decoded = decodeObject({ body, yaml, expected: definition, fieldValidation: 'Strict' });
  assert.ok(isDecoded(decoded), JSON.stringify(decoded));
  const defaulted = applyDefaults(definition.schema, deepFreeze(decoded.object));
  const named = { ...defaulted, metadata: { ...defaulted.metadata, name: defaulted.metadata.name || kind.metadata.name, uid: 'uid', namespace: 'default' } };
  let out = prepareForCreate(definition, deepFreeze(named), { now: 'time' });
  if (kind.kind === 'Service') {
    const result = allocateService(out as unknown as Service, undefined, { allocateIP: () => ({ ip: '10.96.0.7' }), allocateNodePort: () => ({ port: 30000 }) });
    assert.ok('service' in result);
    out = result.service as unknown as KubernetesObject;
  }
  return out;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([k, v]) => [k, withoutEmpty(v)] as const).filter(([, v]) => v !== null && v !== undefined && JSON.stringify(v) !== '{}');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const ADMITTED_POD_FIELDS = ['priority', 'preemptionPolicy', 'serviceAccount', 'serviceAccountName', 'tolerations'];

/** Without what admission adds, and with what differs from run to run masked as api.py masks it. */
function comparable(object: KubernetesObject): unknown {
  const text = JSON.stringify(object).replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uid').replace(/"10\.96\.\d+\.\d+"/g, '"10.96.*"').replace(/"nodePort":3\d{4}/g, '"nodePort":30000');
  const out = withoutEmpty(JSON.parse(text)) as { metadata: Json; spec?: Json; status?: Json };
  for (const field of ['uid', 'generation', 'namespace', 'finalizers']) delete out.metadata[field];
  if (object.kind === 'Pod' && out.spec) {
    for (const field of ADMITTED_POD_FIELDS) delete out.spec[field];
    const volumes = (out.spec.volumes as Json[] | undefined)?.filter((v) => !String(v.name).startsWith('kube-api-access-'));
    if (volumes?.length) out.spec.volumes = volumes; else delete out.spec.volumes;
    for (const c of [...(out.spec.containers as Json[]), ...((out.spec.initContainers ?? []) as Json[])]) {
      const mounts = (c.volumeMounts as Json[] | undefined)?.filter((m) => !String(m.name).startsWith('kube-api-access-'));
      if (mounts?.length) c.volumeMounts = mounts; else delete c.volumeMounts;
    }
  }
  if (object.kind === 'Node') delete out.spec;
  return out;
}

for (const c of cases) {
  test(`recorded ${c.id}`, () => {
    const expected = c.expect.object;
    assert.ok(expected);
    assert.deepEqual(comparable(stored(c.raw ?? JSON.stringify(c.object), expected, c.raw !== undefined)), comparable(expected));
  });
  test(`recorded ${c.id}: the stored object is left as it is`, () => {
    const expected = c.expect.object;
    assert.ok(expected);
    const definition = registry.forObject(expected.apiVersion, expected.kind);
    assert.ok(definition);
    const decoded = decodeObject({ body: deepFreeze(expected), expected: definition, fieldValidation: 'Strict' });
    assert.ok(isDecoded(decoded));
    assert.equal(applyDefaults(definition.schema, decoded.object), decoded.object);
    assert.deepEqual(withoutEmpty(decoded.object), withoutEmpty(expected));
  });
}

for (const [image, tag] of [
  ['nginx', 'latest'], ['nginx:1.27', '1.27'], ['registry.example:5000/x/y', 'latest'], ['registry.example:5000/x/y:v1', 'v1'], ['localhost/x', 'latest'],
  [`x@sha256:${'a'.repeat(64)}`, ''], [`x:v1@sha256:${'a'.repeat(64)}`, 'v1'], ['', ''], ['Nginx', ''], ['a b', ''],
] as const) test(`tag of ${image}`, () => assert.equal(imageTag(image), tag));

test('every built-in kind has a schema, and survives an empty object', () => {
  for (const definition of registry.all()) {
    const decoded = decodeObject({ body: { metadata: { name: 'x' } }, expected: definition });
    assert.ok(isDecoded(decoded), definition.kind);
    const once = prepareForCreate(definition, applyDefaults(definition.schema, deepFreeze(decoded.object)), { now: '2026-01-01T00:00:00Z' });
    assert.equal(once.kind, definition.kind);
  }
});
