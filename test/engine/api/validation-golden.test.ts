import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeObject, isDecoded } from '../../../src/engine/api/decode/decode';
import { applyDefaults } from '../../../src/engine/api/defaults/defaults';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { prepareForCreate } from '../../../src/engine/api/strategy/strategy';
import { invalidStatus } from '../../../src/engine/api/validation/field';
import { validatorFor } from '../../../src/engine/api/validation/index';

/** Every recorded create of a real kube-apiserver: what it accepted has no error, what it refused as invalid has the same. */
interface Case {
  readonly id: string;
  readonly path: string;
  readonly object?: unknown;
  readonly raw?: string;
  readonly contentType?: string;
  readonly expect: { readonly code: number; readonly reason?: string; readonly message?: string; readonly details?: { readonly causes?: readonly unknown[] } };
}
const registry = new ResourceRegistry();
const cases = readFileSync('test/golden/api.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);
/** Refused or accepted by what is not validation of the object: namespaces, admission, allocators. */
const OTHERS_TURN: ReadonlySet<string> = new Set(['svc-nodeport-range']);

function definitionOf(path: string) {
  const parts = path.replace(/\?.*/, '').split('/').slice(1);
  const [group, version, rest] = parts[0] === 'api' ? ['', parts[1] ?? '', parts.slice(2)] : [parts[1] ?? '', parts[2] ?? '', parts.slice(3)];
  const namespaced = rest[0] === 'namespaces' && rest.length > 2;
  const definition = registry.forResource(group, version, (namespaced ? rest[2] : rest[0]) ?? '');
  assert.ok(definition, path);
  return { definition, namespace: namespaced ? rest[1] : undefined };
}

for (const c of cases) {
  if (c.expect.code !== 201 && c.expect.code !== 422) continue;
  if (OTHERS_TURN.has(c.id)) continue;
  const { definition, namespace } = definitionOf(c.path);
  const validator = validatorFor(definition.group, definition.kind);
  if (!validator) continue;
  test(`recorded ${c.id}`, () => {
    const decoded = decodeObject({ body: c.raw ?? JSON.stringify(c.object), yaml: c.contentType === 'application/yaml', expected: definition, fieldValidation: 'Ignore' });
    assert.ok(isDecoded(decoded));
    const defaulted: KubernetesObject = applyDefaults(definition.schema, decoded.object);
    const { metadata } = defaulted;
    const name = metadata.name || (metadata.generateName ? `${metadata.generateName}abcde` : '');
    const given = { ...defaulted, metadata: { ...metadata, name, uid: '00000000-0000-0000-0000-000000000001', ...(namespace ? { namespace } : {}) } };
    const prepared = applyDefaults(definition.schema, prepareForCreate(definition, given, { now: '2026-01-01T00:00:00Z' }));
    const errors = validator.create(deepFreeze(prepared));
    if (c.expect.code === 201) {
      assert.deepEqual(errors, []);
      return;
    }
    const status = invalidStatus(definition, name, errors);
    assert.equal(status.message, c.expect.message);
    assert.deepEqual(status.details?.causes, c.expect.details?.causes);
  });
}
