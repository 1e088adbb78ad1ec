import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SCHEMA } from '../../../src/engine/api/generated/schema';
import { defineResources } from '../../../src/engine/api/resources/definition';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';

const registry = new ResourceRegistry();

test('every definition is complete', () => {
  for (const d of registry.all()) {
    assert.ok(SCHEMA[d.schema], `${d.kind}: no schema ${d.schema}`);
    assert.equal(d.resource, d.resource.toLowerCase());
    assert.deepEqual([...d.verbs], [...d.verbs].sort());
    const status = 'status' in (SCHEMA[d.schema] ?? {});
    const reviewOrNone = !d.storageVersionHash || d.subresources.some((s) => s.name === 'status') === status;
    assert.ok(reviewOrNone, `${d.kind}: status`);
    const stored = registry.storageOf(d);
    const hash = createHash('sha256').update(`${stored.group}/${stored.version}/${stored.kind}`).digest().subarray(0, 8).toString('base64');
    if (d.storageVersionHash) assert.equal(d.storageVersionHash, hash, d.kind);
  }
});

test('lookups', () => {
  assert.equal(registry.forResource('apps', 'v1', 'deployments')?.kind, 'Deployment');
  assert.equal(registry.forKind('', 'v1', 'Pod')?.resource, 'pods');
  assert.equal(registry.forObject('batch/v1', 'Job')?.resource, 'jobs');
  assert.equal(registry.forResource('', 'v1', '__proto__'), undefined);
  assert.deepEqual(registry.groups().slice(0, 3).map((g) => g.group), ['', 'apiregistration.k8s.io', 'apps']);
  assert.deepEqual(registry.groups().find((g) => g.group === 'autoscaling')?.versions, ['v2', 'v1']);
});

test('custom resources come and go', () => {
  const own = new ResourceRegistry();
  own.register(defineResources('example.com', 'v1', [{ kind: 'Gadget', resource: 'gadgets', schema: '' }]));
  assert.equal(own.forObject('example.com/v1', 'Gadget')?.listKind, 'GadgetList');
  own.register(defineResources('example.com', 'v1', [{ kind: 'Widget', resource: 'gadgets', schema: '' }]));
  assert.equal(own.forObject('example.com/v1', 'Gadget'), undefined);
  own.unregister('example.com', 'gadgets');
  assert.equal(own.forResource('example.com', 'v1', 'gadgets'), undefined);
  assert.equal(own.all().length, registry.all().length);
});
