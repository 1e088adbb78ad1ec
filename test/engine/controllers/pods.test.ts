import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../src/engine/api/generated/types';
import { podsToDelete } from '../../../src/engine/controllers/podRanking';
import { tolerationTime, tolerates } from '../../../src/engine/controllers/taintEviction';
import { zoneState } from '../../../src/engine/controllers/nodelifecycle/health';
import { ZoneQueue } from '../../../src/engine/controllers/nodelifecycle/zoneQueue';
import { noScheduleChange } from '../../../src/engine/controllers/nodelifecycle/taints';
import type { Node } from '../../../src/engine/api/generated/types';

const NOW = Date.parse('2026-01-01T01:00:00Z');
interface Sketch { readonly name: string; readonly node?: string; readonly phase?: string; readonly ready?: string; readonly cost?: number; readonly restarts?: number; readonly created?: string }
const pod = ({ name, node = 'n', phase = 'Running', ready, cost, restarts = 0, created = '2026-01-01T00:00:00Z' }: Sketch): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name, namespace: 'default', resourceVersion: '1', creationTimestamp: created, ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': String(cost) } }) },
  spec: { containers: [], ...(node ? { nodeName: node } : {}) },
  status: { phase, ...(ready ? { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ready }] } : {}), containerStatuses: [{ restartCount: restarts }] },
} as unknown as Pod);

const T = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;

test('which pod goes first', () => {
  const cases: readonly [string, Sketch, Sketch][] = [
    ['unassigned', { name: 'a', node: '' }, { name: 'b' }],
    ['pending', { name: 'a', phase: 'Pending' }, { name: 'b' }],
    ['not ready', { name: 'a' }, { name: 'b', ready: T(1) }],
    ['cheaper', { name: 'a', ready: T(1), cost: -5 }, { name: 'b', ready: T(1) }],
    ['ready for less time', { name: 'a', ready: T(59) }, { name: 'b', ready: T(1) }],
    ['more restarts', { name: 'a', restarts: 3 }, { name: 'b', restarts: 1 }],
    ['younger', { name: 'a', created: T(59) }, { name: 'b', created: T(1) }],
    ['by UID when both are of about one age', { name: 'a', ready: T(2) }, { name: 'b', ready: T(1) }],
  ];
  for (const [name, first, second] of cases) {
    assert.equal(podsToDelete([pod(second), pod(first)], [], 1, NOW)[0]?.metadata.name, 'a', name);
    assert.equal(podsToDelete([pod(first), pod(second)], [], 1, NOW)[0]?.metadata.name, 'a', name);
  }
});

test('a crowded node gives one up first', () => {
  const pods = [pod({ name: 'a', node: 'n1', ready: T(1) }), pod({ name: 'b', node: 'n2', ready: T(1) }), pod({ name: 'c', node: 'n2', ready: T(1) })];
  assert.equal(podsToDelete(pods, pods, 1, NOW)[0]?.spec.nodeName, 'n2');
});

test('tolerations of NoExecute taints', () => {
  const taint = { key: 'k', value: 'v', effect: 'NoExecute' };
  assert.equal(tolerationTime([taint], []), 0);
  assert.equal(tolerationTime([taint], [{ key: 'k', operator: 'Exists' }]), Infinity);
  assert.equal(tolerationTime([taint], [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoExecute', tolerationSeconds: 30 }]), 30_000);
  assert.equal(tolerationTime([taint, { key: 'x', effect: 'NoExecute' }], [{ key: 'k', operator: 'Exists' }]), 0);
  assert.equal(tolerationTime([taint], [{ operator: 'Exists', tolerationSeconds: 60 }, { key: 'k', operator: 'Exists', tolerationSeconds: 10 }]), 10_000);
  assert.equal(tolerates({ key: 'k', operator: 'Equal', value: 'w' }, taint), false);
});

test('taints that follow from conditions', () => {
  const node = { spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }, { key: 'mine', effect: 'NoSchedule' }] }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }, { type: 'DiskPressure', status: 'True' }] } } as unknown as Node;
  const change = noScheduleChange(node);
  assert.deepEqual(change.add.map((t) => t.key).sort(), ['node.kubernetes.io/disk-pressure', 'node.kubernetes.io/unreachable', 'node.kubernetes.io/unschedulable']);
  assert.deepEqual(change.remove.map((t) => t.key), ['node.kubernetes.io/not-ready']);
});

test('zones', () => {
  assert.equal(zoneState(3, 0), 'Normal');
  assert.equal(zoneState(0, 2), 'FullDisruption');
  assert.equal(zoneState(2, 3), 'PartialDisruption');
  assert.equal(zoneState(1, 2), 'Normal');
  const queue = new ZoneQueue(0.1, 0);
  for (const name of ['a', 'b']) queue.add(name);
  assert.equal(queue.take(0), 'a');
  assert.equal(queue.take(5000), undefined);
  assert.equal(queue.take(10_000), 'b');
});
