import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { DEPLOYMENTS, JOBS, NODES, PODS, REPLICA_SETS, STATEFUL_SETS, type Resource } from '../../../src/engine/client/resources';
import { World } from './world';

const podSpec = (image = 'nginx:1.27'): object => ({ metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image }] } });
const deployment = (replicas: number): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: podSpec() } });
type Any = KubernetesObject & { readonly spec: { readonly [field: string]: unknown }; readonly status: { readonly [field: string]: unknown } };
const of = (resource: unknown): Resource<never> => resource as Resource<never>;

test('a deployment comes up, is updated, and leaves nothing when it is deleted', () => {
  const world = new World();
  world.create(of(DEPLOYMENTS), deployment(4));
  const status = world.list<Any>(of(DEPLOYMENTS))[0]?.status;
  assert.deepEqual([status?.['replicas'], status?.['availableReplicas'], status?.['updatedReplicas']], [4, 4, 4]);
  world.ask((client) => client.patch(DEPLOYMENTS, 'default', 'web', 'application/strategic-merge-patch+json', { spec: { template: { spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } } } }));
  assert.deepEqual(world.list<Any>(of(REPLICA_SETS)).map((rs) => rs.spec['replicas']).sort(), [0, 4]);
  assert.equal(world.list<Any>(of(PODS)).length, 4);
  world.ask((client) => client.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Background' }));
  world.after(5000);
  assert.equal(world.list<Any>(of(PODS)).length, 0);
  assert.equal(world.list<Any>(of(REPLICA_SETS)).length, 0);
});

test('a stateful set is made in order', () => {
  const world = new World();
  world.create(of(STATEFUL_SETS), { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec: { replicas: 3, serviceName: 's', selector: { matchLabels: { app: 'web' } }, template: podSpec() } });
  const created = world.list<Any>(of(PODS)).map((pod) => [pod.metadata.name, Number(pod.metadata.resourceVersion)]);
  assert.deepEqual(created.map(([name]) => name).sort(), ['s-0', 's-1', 's-2']);
  assert.equal(world.list<Any>(of(STATEFUL_SETS))[0]?.status['readyReplicas'], 3);
});

test('a suspended job has no pods until it is resumed', () => {
  const world = new World();
  world.create(of(JOBS), { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { suspend: true, parallelism: 2, completions: 2, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] } } } });
  assert.equal(world.list<Any>(of(PODS)).length, 0);
  world.ask((client) => client.patch(JOBS, 'default', 'j', 'application/merge-patch+json', { spec: { suspend: false } }));
  assert.equal(world.list<Any>(of(PODS)).length, 2);
});

test('a node that falls silent is tainted, and its pods are replaced elsewhere', () => {
  const world = new World();
  world.create(of(DEPLOYMENTS), deployment(3));
  const victim = String(world.list<Any>(of(PODS))[0]?.spec['nodeName']);
  world.cluster.kubelets.get(victim)?.stop();
  world.after(70_000);
  const node = world.list<Any>(of(NODES), '').find((n) => n.metadata.name === victim);
  const ready = (node?.status['conditions'] as readonly { readonly type: string; readonly status: string; readonly reason: string }[]).find((c) => c.type === 'Ready');
  assert.deepEqual([ready?.status, ready?.reason], ['Unknown', 'NodeStatusUnknown']);
  assert.deepEqual((node?.spec['taints'] as readonly { readonly key: string; readonly effect: string }[]).map((t) => `${t.key}:${t.effect}`).sort(), ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule']);
  world.after(310_000);
  const alive = world.list<Any>(of(PODS)).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  assert.equal(alive.length, 3);
  assert.ok(alive.every((pod) => pod.spec['nodeName'] !== victim), JSON.stringify(alive.map((pod) => pod.spec['nodeName'])));
});
