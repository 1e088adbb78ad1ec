import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceQuota } from '../../../src/engine/api/generated/types';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { container, create, created, current, pod, send, verdict, type Json } from './admissionSupport';
import { ADMIN, ServerWorld } from './world';

/** A quota as the controller leaves it once it has counted nothing. */
function withQuota(world: ServerWorld, hard: { readonly [name: string]: string }, spec: Json = {}): void {
  const stored = created<ResourceQuota>(world, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...spec } });
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
  assert.equal(verdict(send(world, 'update', { ...stored, status: { hard, used } } as unknown as Json, { subresource: 'status' })), 'passed');
}
const used = (world: ServerWorld): unknown => current<ResourceQuota>(world, '', 'resourcequotas', 'default/q').status.used;
const asking = (requests: Json, limits: Json = {}): Json => ({ containers: [container({ resources: { requests, limits } })] });

test('what is created is charged; what does not fit is refused with the sums', () => {
  const world = new ServerWorld();
  withQuota(world, { pods: '2', 'requests.cpu': '1', 'limits.memory': '1Gi' });
  assert.equal(create(world, pod('a', asking({ cpu: '300m' }, { memory: '256Mi' }))), 'passed');
  assert.deepEqual(used(world), { 'limits.memory': '256Mi', pods: '1', 'requests.cpu': '300m' });
  assert.equal(create(world, pod('b', asking({ cpu: '800m' }, { memory: '1Gi' }))),
    'pods "b" is forbidden: exceeded quota: q, requested: limits.memory=1Gi,requests.cpu=800m, used: limits.memory=256Mi,requests.cpu=300m, limited: limits.memory=1Gi,requests.cpu=1');
  assert.equal(create(world, pod('c', { containers: [container(), container({ name: 'side', resources: { requests: { cpu: '1m' } } })] })),
    'pods "c" is forbidden: failed quota: q: must specify limits.memory for: main,side; requests.cpu for: main');
  assert.equal(create(world, pod('d', asking({ cpu: '100m' }, { memory: '1Mi' }))), 'passed');
  assert.equal(create(world, pod('e', asking({ cpu: '100m' }, { memory: '1Mi' }))), 'pods "e" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2');
});

test('a quota that nobody has counted refuses', () => {
  const world = new ServerWorld();
  const stored = created<ResourceQuota>(world, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '2', cpu: '1' } } });
  assert.equal(create(world, pod('a')), 'passed');
  send(world, 'update', { ...stored, metadata: { ...stored.metadata, resourceVersion: undefined }, status: { hard: { pods: '2' } } } as unknown as Json, { subresource: 'status' });
  assert.equal(create(world, pod('b')), 'pods "b" is forbidden: status unknown for quota: q, resources: pods');
});

test('a dry run is held to the quota, but not charged', () => {
  const world = new ServerWorld();
  withQuota(world, { pods: '1' });
  assert.equal(create(world, pod('a'), { options: { dryRun: true } }), 'passed');
  assert.deepEqual(used(world), { pods: '0' });
});

test('the API server writes the charge itself, as a request that the trace and the audit log have', () => {
  const world = new ServerWorld();
  withQuota(world, { pods: '1' });
  created(world, pod('a'));
  const writes = world.trace.messages().filter((m) => m.kind === 'request' && m.actor === 'kube-apiserver').map((m) => (m.kind === 'request' ? `${m.user} ${m.verb} ${m.resource}/${m.subresource} ${m.name} ${m.code}` : ''));
  assert.deepEqual(writes, ['system:apiserver update resourcequotas/status q 200']);
});

test('requests that come together are charged together, each against what is left', () => {
  const world = new ServerWorld();
  withQuota(world, { pods: '5' });
  const before = world.trace.messages().length;
  const tasks = Array.from({ length: 8 }, (_, i) => world.simulation.spawn('create', world.api.request(ADMIN, { verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', body: pod(`p${i}`) as unknown as KubernetesObject })));
  world.simulation.runUntil(world.simulation.now + 5000);
  const codes = tasks.map((t) => t.result?.code);
  assert.equal(codes.filter((c) => c === 201).length, 5);
  assert.equal(codes.filter((c) => c === 403).length, 3);
  assert.deepEqual(used(world), { pods: '5' });
  const writes = world.trace.messages().slice(before).filter((m) => m.kind === 'request' && m.actor === 'kube-apiserver');
  assert.ok(writes.length >= 1 && writes.length < 5, `one write for several pods, not ${writes.length}`);
});

const SCOPES: readonly (readonly [scope: Json, inside: Json, outside: Json])[] = [
  [{ scopes: ['BestEffort'] }, {}, asking({ cpu: '1' })],
  [{ scopes: ['NotBestEffort'] }, asking({ cpu: '1' }), {}],
  [{ scopes: ['Terminating'] }, { activeDeadlineSeconds: 60 }, {}],
  [{ scopes: ['NotTerminating'] }, {}, { activeDeadlineSeconds: 60 }],
  [{ scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }] } }, { priorityClassName: 'system-node-critical' }, {}],
  [{ scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'NotIn', values: ['system-node-critical'] }] } }, {}, { priorityClassName: 'system-node-critical' }],
  [{ scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } }, { priorityClassName: 'system-node-critical' }, {}],
  [{ scopes: ['CrossNamespacePodAffinity'] }, { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a', namespaces: ['x'] }] } } }, {}],
];
for (const [scope, inside, outside] of SCOPES) {
  test(`a quota counts what is in its scope: ${JSON.stringify(scope)}`, () => {
    const world = new ServerWorld();
    withQuota(world, { pods: '0' }, scope);
    assert.equal(create(world, pod('out', outside)), 'passed');
    assert.equal(create(world, pod('in', inside)), 'pods "in" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0');
  });
}

const KINDS: readonly (readonly [hard: { readonly [name: string]: string }, object: Json, after: Json])[] = [
  [{ 'services.nodeports': '3', 'services.loadbalancers': '1', services: '2' }, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer', ports: [{ name: 'a', port: 80 }, { name: 'b', port: 81 }] } }, { services: '1', 'services.loadbalancers': '1', 'services.nodeports': '2' }],
  [{ 'services.nodeports': '3' }, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] } }, { 'services.nodeports': '0' }],
  [{ 'count/deployments.apps': '1' }, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container()] } } } }, { 'count/deployments.apps': '1' }],
  [{ configmaps: '2', 'count/configmaps': '2' }, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }, { configmaps: '1', 'count/configmaps': '1' }],
  [{ 'requests.storage': '10Gi', persistentvolumeclaims: '2', 'gold.storageclass.storage.k8s.io/requests.storage': '5Gi' }, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { storageClassName: 'gold', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } } }, { persistentvolumeclaims: '1', 'requests.storage': '2Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '2Gi' }],
  [{ 'requests.example.com/gpu': '4' }, pod('g', asking({ 'example.com/gpu': '3' }, { 'example.com/gpu': '3' })), { 'requests.example.com/gpu': '3' }],
  [{ 'requests.cpu': '4', 'limits.cpu': '8' }, pod('l', { containers: [container()], resources: { requests: { cpu: '2' }, limits: { cpu: '3' } } }), { 'requests.cpu': '2', 'limits.cpu': '3' }],
];
for (const [hard, object, after] of KINDS) {
  test(`${String(object['kind'])} is charged: ${Object.keys(hard).join(', ')}`, () => {
    const world = new ServerWorld();
    withQuota(world, hard);
    assert.equal(create(world, object), 'passed');
    assert.deepEqual(used(world), Object.fromEntries(Object.entries(after).sort(([a], [b]) => (a < b ? -1 : 1))));
  });
}

test('an update is charged with the difference', () => {
  const world = new ServerWorld();
  withQuota(world, { 'services.nodeports': '1' });
  const service = created<KubernetesObject>(world, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ name: 'a', port: 80 }] } });
  const spec = service.spec as { readonly ports: readonly Json[] };
  assert.equal(verdict(send(world, 'update', { ...service, metadata: { ...service.metadata, labels: { a: 'b' } } } as unknown as Json)), 'passed');
  const now = current<KubernetesObject>(world, '', 'services', 'default/s');
  assert.equal(verdict(send(world, 'update', { ...now, spec: { ...spec, ports: [...spec.ports, { name: 'b', port: 81, protocol: 'TCP', targetPort: 81 }] } } as unknown as Json)),
    'services "s" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1');
});
