import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../../src/engine/api/generated/types';
import { newReplicaSetAnnotations } from '../../../src/engine/controllers/deployment/annotations';
import { activeOrLatest, maxSurge, maxUnavailable, mayScaleDown, newReplicaSetSize, proportionalSizes, resolveFenceposts } from '../../../src/engine/controllers/deployment/replicas';
import { calculateStatus, isComplete, withProgress } from '../../../src/engine/controllers/deployment/status';

const NOW = '2026-01-01T00:00:00Z', NOW_MS = Date.parse(NOW);

const deployment = (replicas: number, surge: number | string = '25%', unavailable: number | string = '25%', more: object = {}): Deployment => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', uid: 'd', resourceVersion: '1', creationTimestamp: NOW, generation: 1 },
  spec: { replicas, progressDeadlineSeconds: 600, selector: {}, template: {}, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } } }, status: {}, ...more,
} as unknown as Deployment);

const replicaSet = (name: string, replicas: number, available = replicas, annotations: object = {}, created = NOW): ReplicaSet => ({
  apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: created, annotations },
  spec: { replicas, selector: {} }, status: { replicas, availableReplicas: available, readyReplicas: available, terminatingReplicas: 0 },
} as unknown as ReplicaSet);

test('fenceposts', () => {
  const cases: readonly [number | string, number | string, number, number, number][] = [
    [0, 0, 10, 0, 1], ['25%', '25%', 10, 3, 2], ['25%', '25%', 1, 1, 0], [1, 0, 3, 1, 0], ['0%', '0%', 5, 0, 1], ['100%', '50%', 4, 4, 2],
  ];
  for (const [surge, unavailable, replicas, s, u] of cases) assert.deepEqual(resolveFenceposts(surge, unavailable, replicas), { surge: s, unavailable: u }, `${surge} ${unavailable} of ${replicas}`);
  assert.equal(maxUnavailable(deployment(0)), 0);
  assert.equal(maxSurge(deployment(3)), 1);
});

test('size of the new replica set', () => {
  const cases: readonly [number, number | string, number, number, number][] = [
    [3, 1, 0, 0, 3], [3, 1, 3, 0, 1], [10, 2, 10, 0, 2], [10, '50%', 13, 3, 5], [10, 0, 10, 0, 0], [10, 2, 20, 4, 4], [10, 2, 5, 5, 10],
  ];
  for (const [replicas, surge, all, current, size] of cases) assert.equal(newReplicaSetSize(deployment(replicas, surge, 0), all, current), size, `${replicas} +${surge}, ${all} there`);
  assert.equal(newReplicaSetSize({ ...deployment(4), spec: { ...deployment(4).spec, strategy: { type: 'Recreate' } } }, 9, 0), 4);
});

test('how many old pods may go', () => {
  const old = replicaSet('old', 10), fresh = replicaSet('new', 3, 1);
  assert.equal(mayScaleDown(deployment(10, 3, 2), [old, fresh], fresh), 3);
  assert.equal(mayScaleDown(deployment(10, 3, 0), [old, fresh], fresh), 1);
  assert.equal(mayScaleDown(deployment(10, 0, 0), [replicaSet('old', 9), replicaSet('new', 1, 0)], replicaSet('new', 1, 0)), 0);
});

test('proportional scaling', () => {
  const before = (max: number): object => ({ 'deployment.kubernetes.io/max-replicas': String(max) });
  const cases: readonly [string, number, number, readonly [string, number][], number, { readonly [name: string]: number }][] = [
    ['grows in proportion', 15, 3, [['new', 5], ['old', 8]], 13, { old: 11, new: 7 }],
    ['shrinks in proportion', 5, 3, [['new', 5], ['old', 8]], 13, { old: 5, new: 3 }],
    ['to nothing', 0, 3, [['new', 5], ['old', 8]], 13, { old: 0, new: 0 }],
    ['the leftover goes to the largest', 11, 3, [['new', 5], ['old', 8]], 13, { old: 9, new: 5 }],
  ];
  for (const [name, replicas, surge, sets, max, sizes] of cases) {
    const result = proportionalSizes(deployment(replicas, surge, 0), sets.map(([n, size]) => replicaSet(n, size, size, before(max))));
    assert.deepEqual(Object.fromEntries(result), sizes, name);
  }
});

test('which set is scaled when there is no rollout', () => {
  const a = replicaSet('a', 0, 0, {}, '2025-01-01T00:00:00Z'), b = replicaSet('b', 2), c = replicaSet('c', 1);
  assert.equal(activeOrLatest(undefined, [a])?.metadata.name, 'a');
  assert.equal(activeOrLatest(a, [b])?.metadata.name, 'b');
  assert.equal(activeOrLatest(b, [c]), undefined);
});

test('revisions and annotations of the new replica set', () => {
  const d = { ...deployment(1), metadata: { ...deployment(1).metadata, annotations: { team: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'deployment.kubernetes.io/revision': '3' } } };
  assert.deepEqual(newReplicaSetAnnotations(d, undefined, 1), { team: 'x', 'deployment.kubernetes.io/revision': '1' });
  assert.deepEqual(newReplicaSetAnnotations(d, { team: 'x', 'deployment.kubernetes.io/revision': '1' }, 3), { team: 'x', 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' });
  assert.deepEqual(newReplicaSetAnnotations(d, { team: 'x', 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' }, 5)['deployment.kubernetes.io/revision-history'], '1,3');
  const kept = { team: 'x', 'deployment.kubernetes.io/revision': '7' };
  assert.equal(newReplicaSetAnnotations(d, kept, 3), kept);
});

test('conditions of a rollout', () => {
  const progressing = (reason: string, at = NOW): object => ({ status: { replicas: 1, updatedReplicas: 1, conditions: [{ type: 'Progressing', status: 'True', reason, lastUpdateTime: at, lastTransitionTime: at }] } });
  const reasonOf = (d: Deployment, set: ReplicaSet, now = NOW_MS): string | undefined =>
    withProgress(d, calculateStatus(d, [set], set, NOW), set, NOW, now).conditions?.find((c) => c.type === 'Progressing')?.reason;
  assert.equal(reasonOf(deployment(1, 1, 0, progressing('ReplicaSetUpdated')), replicaSet('web-1', 1)), 'NewReplicaSetAvailable');
  assert.equal(reasonOf(deployment(2, 1, 0, progressing('ReplicaSetUpdated')), replicaSet('web-1', 2, 0)), 'ReplicaSetUpdated');
  assert.equal(reasonOf(deployment(1, 1, 0, progressing('ReplicaSetUpdated')), replicaSet('web-1', 1, 0), NOW_MS + 601_000), 'ProgressDeadlineExceeded');
  assert.equal(reasonOf(deployment(1, 1, 0, progressing('NewReplicaSetAvailable')), replicaSet('web-1', 1, 0), NOW_MS + 601_000), 'NewReplicaSetAvailable');
  const d = deployment(1), set = replicaSet('web-1', 1);
  assert.equal(isComplete(d, calculateStatus(d, [set], set, NOW)), true);
  assert.equal(calculateStatus(d, [set], set, NOW).unavailableReplicas, undefined);
});
