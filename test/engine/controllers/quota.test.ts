import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceQuota } from '../../../src/engine/api/generated/types';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { PODS, RESOURCE_QUOTAS, type Resource } from '../../../src/engine/client/resources';
import { World } from './world';

const of = (resource: unknown): Resource<never> => resource as Resource<never>;
const quota = (spec: object): object => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec });
const pod = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '100m', memory: '64Mi' } } }], ...spec },
});
const used = (world: World): ResourceQuota['status'] | undefined => world.list<KubernetesObject & ResourceQuota>(of(RESOURCE_QUOTAS))[0]?.status;

test('a new quota is counted: what is there, and zero of what is not', () => {
  const world = new World();
  world.create(of(PODS), pod('one'));
  world.create(of(PODS), pod('two', { activeDeadlineSeconds: 600 }));
  world.create(of(RESOURCE_QUOTAS), quota({ hard: { pods: '5', 'requests.memory': '1Gi', 'limits.cpu': '2', 'count/pods': '9', 'services.nodeports': '3', 'count/deployments.apps': '4' } }));
  world.after(1000);
  assert.deepEqual(used(world)?.used, { 'count/deployments.apps': '0', 'count/pods': '2', 'limits.cpu': '0', pods: '2', 'requests.memory': '128Mi', 'services.nodeports': '0' });
});

test('a name that no kind uses up has a limit, and no use', () => {
  const world = new World();
  world.create(of(RESOURCE_QUOTAS), quota({ hard: { pods: '5', 'example.com/nothing': '1' } }));
  world.after(1000);
  assert.deepEqual(used(world), { hard: { 'example.com/nothing': '1', pods: '5' }, used: { pods: '0' } });
});

test('only what is in the scopes counts', () => {
  const world = new World();
  world.create(of(PODS), pod('one'));
  world.create(of(PODS), pod('two', { activeDeadlineSeconds: 600 }));
  world.create(of(RESOURCE_QUOTAS), quota({ hard: { pods: '5' }, scopes: ['Terminating'] }));
  world.after(1000);
  assert.deepEqual(used(world)?.used, { pods: '1' });
});

test('what a deleted pod used is given back', () => {
  const world = new World();
  world.create(of(RESOURCE_QUOTAS), quota({ hard: { pods: '1', 'requests.cpu': '1' } }));
  world.after(1000);
  world.create(of(PODS), pod('one'));
  world.after(1000);
  assert.deepEqual(used(world)?.used, { pods: '1', 'requests.cpu': '100m' });
  world.ask((client) => client.delete(PODS, 'default', 'one'));
  world.after(5000);
  assert.deepEqual(used(world)?.used, { pods: '0', 'requests.cpu': '0' });
});
