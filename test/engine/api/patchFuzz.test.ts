import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { applyPatch } from '../../../src/engine/api/patch/apply/applyPatch';
import { trackUpdate } from '../../../src/engine/api/patch/apply/trackUpdate';
import { jsonPatch } from '../../../src/engine/api/patch/jsonPatch';
import { mergePatch } from '../../../src/engine/api/patch/mergePatch';
import { patchOptionsStatus } from '../../../src/engine/api/patch/options';
import { strategicMergePatch } from '../../../src/engine/api/patch/strategicMergePatch';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { isStatus } from '../../../src/engine/api/status';

/** Random JSON out of words that patches give a meaning to. Mulberry32: the same run every time. */
class Chance {
  constructor(private state: number) {}
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }
  of<T>(list: readonly T[]): T { return list[this.below(list.length)] as T; }
}
const KEYS = ['metadata', 'spec', 'status', 'containers', 'name', 'labels', 'finalizers', 'ports', 'containerPort', 'protocol', 'volumes', 'conditions', 'type', '$patch', '$retainKeys', '$setElementOrder/containers', '$deleteFromPrimitiveList/finalizers',
  '__proto__', 'constructor', 'prototype', 'toString', 'managedFields', 'apiVersion', 'kind', 'tolerations', 'securityContext', 'replicas', '', 'a/b', 'op', 'path', 'from', 'value'];
const SCALARS: readonly unknown[] = [null, true, false, 0, -1, 1.5, '', 'delete', 'replace', 'merge', 'a', 'v1', 'Pod', '/spec/containers/0', '/metadata/labels', '/__proto__/x', '/spec/containers/-', 'add', 'remove', 'copy', 'move', 'test'];

function random(chance: Chance, depth: number): unknown {
  const shape = chance.below(depth <= 0 ? 1 : 5);
  if (shape < 2) return chance.of(SCALARS);
  if (shape === 2) return Array.from({ length: chance.below(4) }, () => random(chance, depth - 1));
  // JSON.parse makes own properties of every key, "__proto__" too.
  const members = Array.from({ length: chance.below(5) }, () => `${JSON.stringify(chance.of(KEYS))}:${JSON.stringify(random(chance, depth - 1)) ?? 'null'}`);
  return JSON.parse(`{${members.join(',')}}`) as unknown;
}

const POD = new ResourceRegistry().forObject('v1', 'Pod');
const base = deepFreeze({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'd', uid: 'u', labels: { a: 'b' }, finalizers: ['x/y'] },
  spec: { containers: [{ name: 'a', image: 'i', ports: [{ containerPort: 80, protocol: 'TCP' }] }], volumes: [{ name: 'v', emptyDir: {} }] }, status: { conditions: [{ type: 'Ready', status: 'True' }] },
}) as unknown as KubernetesObject;

test('random patches are answered, change nothing they were given, and pollute nothing', () => {
  assert.ok(POD);
  const chance = new Chance(1);
  const options = { manager: 'm', now: '2026-01-01T00:00:00Z', definition: POD };
  let applied = 0;
  for (let i = 0; i < 20_000; i++) {
    const patch = deepFreeze(random(chance, 6));
    const document = base as unknown as { readonly [key: string]: unknown };
    const results = [
      jsonPatch(document, Array.isArray(patch) ? patch : [patch]), mergePatch(document, patch), strategicMergePatch('Pod', document, patch),
      applyPatch(base, typeof patch === 'object' && patch !== null ? { ...(patch as object), apiVersion: 'v1', kind: 'Pod' } : patch, { ...options, force: i % 2 === 0 }),
    ];
    for (const result of results) {
      if (isStatus(result)) {
        assert.ok(result.code >= 400 && result.code <= 500, JSON.stringify(result));
        continue;
      }
      applied++;
      const value = 'value' in result ? result.value : result.object;
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      if (typeof value.metadata === 'object' && value.metadata !== null && !Array.isArray(value.metadata)) trackUpdate(base, value as KubernetesObject, options);
    }
  }
  assert.ok(applied > 1000);
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test('patch options', () => {
  assert.equal(patchOptionsStatus({}, 'apply')?.message, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch');
  assert.equal(patchOptionsStatus({ force: false }, 'merge')?.message, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch');
  assert.equal(patchOptionsStatus({ fieldManager: 'x'.repeat(129) }, 'json')?.message, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes');
  assert.equal(patchOptionsStatus({ fieldManager: 'a\u0007' }, 'json')?.message, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\a": invalid character U+0007 (at position 1)'.replace('\\a', '\\x07'));
  assert.equal(patchOptionsStatus({ fieldValidation: 'Maybe' }, 'json')?.message, 'PatchOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"');
  assert.equal(patchOptionsStatus({ fieldManager: 'kubectl', fieldValidation: 'Strict', dryRun: ['All'] }, 'strategic'), undefined);
});
