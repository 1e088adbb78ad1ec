import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../src/engine/api/generated/types';
import { deepFreeze } from '../../../src/engine/api/object';
import { DEFAULT_CONFIGURATION, parseConfiguration } from '../../../src/engine/scheduler/configuration';
import { describeDecision, portableDecision } from '../../../src/engine/scheduler/decision';
import { PLUGINS } from '../../../src/engine/scheduler/plugins/registry';
import { podInfoOf } from '../../../src/engine/scheduler/podInfo';
import { numFeasibleNodesToFind } from '../../../src/engine/scheduler/schedulePod';
import { makeCore, makeNode, makePod } from './fixtures';

const known = new Set(PLUGINS.keys());
const term = (app: string, topologyKey = 'kubernetes.io/hostname'): { readonly topologyKey: string; readonly labelSelector: object } => ({ topologyKey, labelSelector: { matchLabels: { app } } });

test('the number of nodes that are enough, by the size of the cluster', () => {
  for (const [nodes, wanted] of [[10, 10], [99, 99], [100, 100], [1000, 420], [5000, 500], [6000, 300], [10000, 500]] as const) assert.equal(numFeasibleNodesToFind(0, nodes), wanted, String(nodes));
  assert.equal(numFeasibleNodesToFind(30, 1000), 300);
  assert.equal(numFeasibleNodesToFind(1, 1000), 100);
});

test('the search goes on where the last one ended', () => {
  const nodes = Array.from({ length: 300 }, (_, i) => makeNode(`node-${i}`));
  const core = makeCore(nodes);
  const first = core.attempt(makePod('a')).decision;
  const second = core.attempt(makePod('b')).decision;
  assert.equal(first.feasibleNodes, 144);
  assert.equal(first.evaluatedNodes, 144);
  const names = (d: typeof first): readonly string[] => describeDecision(d).nodes.map((n) => n.name);
  assert.ok(names(first).includes('node-0') && names(second).includes('node-144') && !names(second).includes('node-0'));
});

test('nodes are tried zone by zone', () => {
  const core = makeCore(['a1', 'a2', 'b1', 'c1', 'c2'].map((name) => makeNode(name, { labels: { 'topology.kubernetes.io/zone': name.charAt(0) } })));
  assert.deepEqual(core.cache.nodes.map((n) => n.name), ['a1', 'b1', 'c1', 'a2', 'c2']);
  core.cache.updateNode(makeNode('a2', { labels: { 'topology.kubernetes.io/zone': 'd' } }));
  core.cache.removeNode('b1');
  assert.deepEqual(core.cache.nodes.map((n) => n.name), ['a1', 'c1', 'a2', 'c2']);
});

test('a refusal tells the numbers', () => {
  const core = makeCore([makeNode('n'), makePod('there', { cpu: '3', spec: { nodeName: 'n' } })]);
  const { nodes, message } = describeDecision(core.attempt(makePod('a', { cpu: '2' })).decision);
  assert.deepEqual(nodes[0], { name: 'n', feasible: false, plugin: 'NodeResourcesFit', reasons: ['Insufficient cpu'], shortages: [{ resource: 'cpu', requested: 2000, used: 3000, capacity: 4000 }] });
  assert.equal(message, '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.');
});

test('a pod that names a node that is not there', () => {
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gone'] }] }] } } };
  const { message } = makeCore([makeNode('n')]).attempt(makePod('a', { spec: { affinity } })).decision;
  assert.equal(message, "0/1 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.");
});

test('pods nominated to a node count there for pods of no higher priority', () => {
  const nominated = podInfoOf(makePod('promised', { cpu: '3', spec: { priority: 10 } }));
  const core = makeCore([makeNode('n')], { nominatedPodsForNode: () => [nominated] });
  assert.equal(core.attempt(makePod('equal', { cpu: '2', spec: { priority: 10 } })).decision.outcome, 'unschedulable');
  assert.equal(core.attempt(makePod('higher', { cpu: '2', spec: { priority: 11 } })).decision.outcome, 'scheduled');
});

test('requests: init containers, sidecars, overhead, pod level', () => {
  const container = (name: string, cpu: string, restartPolicy?: string): object => ({ name, resources: { requests: { cpu } }, ...(restartPolicy ? { restartPolicy } : {}) });
  const cpu = (spec: object): number => podInfoOf(makePod('a', { spec })).fitRequests.milliCPU;
  assert.equal(cpu({ containers: [container('a', '1'), container('b', '500m')], initContainers: [container('i', '2')] }), 2000);
  assert.equal(cpu({ containers: [container('a', '1')], initContainers: [container('s', '300m', 'Always'), container('i', '2')] }), 2300);
  assert.equal(cpu({ containers: [container('a', '1')], initContainers: [container('i', '100m'), container('s', '300m', 'Always')], overhead: { cpu: '50m' } }), 1350);
  assert.equal(cpu({ containers: [container('a', '1')], resources: { requests: { cpu: '3' } } }), 3000);
  const resized = makePod('r', { cpu: '1', status: { containerStatuses: [{ name: 'main', allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '1500m' } } }] } as unknown as Pod['status'] });
  assert.equal(podInfoOf(resized).requests.milliCPU, 2000);
});

test('assumed pods count until they are forgotten', () => {
  const core = makeCore([makeNode('n')]);
  const pod = makePod('a', { cpu: '3' });
  const attempt = core.attempt(pod);
  assert.ok('state' in attempt);
  assert.equal(core.assume(pod, 'n', attempt.state), undefined);
  assert.deepEqual(core.bindWrites(pod, 'n', attempt.state), { preBind: [], bind: [{ kind: 'bind', namespace: 'default', name: 'a', nodeName: 'n' }] });
  assert.equal(core.attempt(makePod('b', { cpu: '3' })).decision.outcome, 'unschedulable');
  core.forget(pod, 'n', attempt.state);
  assert.equal(core.attempt(makePod('b', { cpu: '3' })).decision.outcome, 'scheduled');
});

const META = { creationTimestamp: '2026-01-01T00:00:00Z', resourceVersion: '1' };
const storageClass = (provisioner: string): StorageClass => deepFreeze({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { ...META, name: 'late', uid: 'sc' }, provisioner, volumeBindingMode: 'WaitForFirstConsumer' });
const claim = (name: string): PersistentVolumeClaim => deepFreeze({
  apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { ...META, name, namespace: 'default', uid: name }, spec: { storageClassName: 'late', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }, status: {},
});
const volume = (name: string, host: string, storage: string): PersistentVolume => deepFreeze({
  apiVersion: 'v1', kind: 'PersistentVolume', metadata: { ...META, name, uid: name }, status: { phase: 'Available' },
  spec: {
    storageClassName: 'late', accessModes: ['ReadWriteOnce'], capacity: { storage }, persistentVolumeReclaimPolicy: 'Delete', volumeMode: 'Filesystem',
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] }] } },
  },
} as PersistentVolume);
const withClaim = (name: string, claimName: string): Pod => makePod(name, { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] } });

test('late binding takes the smallest volume that fits, and no pod the one already taken', () => {
  const core = makeCore([makeNode('n1'), makeNode('n2'), storageClass('kubernetes.io/no-provisioner'), claim('c1'), claim('c2'), volume('big', 'n2', '5Gi'), volume('small', 'n2', '2Gi')]);
  const first = core.attempt(withClaim('a', 'c1'));
  assert.equal(first.decision.node, 'n2');
  assert.ok('state' in first);
  core.assume(withClaim('a', 'c1'), 'n2', first.state);
  assert.deepEqual(core.bindWrites(withClaim('a', 'c1'), 'n2', first.state).preBind, [{ kind: 'bindVolume', volumeName: 'small', claimNamespace: 'default', claimName: 'c1', claimUid: 'c1' }]);
  const second = core.attempt(withClaim('b', 'c2'));
  assert.ok('state' in second);
  core.assume(withClaim('b', 'c2'), 'n2', second.state);
  assert.deepEqual(core.bindWrites(withClaim('b', 'c2'), 'n2', second.state).preBind.map((w) => (w.kind === 'bindVolume' ? w.volumeName : '')), ['big']);
});

test('a provisioner is told the node', () => {
  const core = makeCore([makeNode('n1'), storageClass('csi.example.com'), claim('c1')]);
  const attempt = core.attempt(withClaim('a', 'c1'));
  assert.ok('state' in attempt);
  assert.deepEqual(core.bindWrites(withClaim('a', 'c1'), 'n1', attempt.state).preBind, [{ kind: 'selectNode', claimNamespace: 'default', claimName: 'c1', nodeName: 'n1' }]);
});

test('messages about claims', () => {
  const message = (pod: Pod, ...objects: readonly (PersistentVolumeClaim | StorageClass)[]): string => makeCore([makeNode('n1'), ...objects]).attempt(pod).decision.message;
  assert.equal(message(withClaim('a', 'nope')), '0/1 nodes are available: persistentvolumeclaim "nope" not found. not found');
  const ephemeral = makePod('a', { spec: { volumes: [{ name: 'v', ephemeral: {} }] } });
  assert.equal(message(ephemeral), '0/1 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "a-v". not found');
});

test('a configuration: weights, disabled plugins, a second profile, arguments', () => {
  const { configuration, errors } = parseConfiguration({
    apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', percentageOfNodesToScore: 50,
    profiles: [
      { schedulerName: 'default-scheduler', plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 7 }] } }, pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } } }] },
      { schedulerName: 'no-taints', plugins: { multiPoint: { disabled: [{ name: 'TaintToleration' }] } } },
    ],
  }, known);
  assert.deepEqual(errors, []);
  const tainted = makeNode('n3', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
  const core = makeCore([makeNode('n1'), makeNode('n2'), tainted, makePod('there', { cpu: '1', spec: { nodeName: 'n2' } })], { configuration });
  const { node, nodes } = describeDecision(core.attempt(makePod('a', { cpu: '1' })).decision);
  assert.equal(node, 'n2');
  assert.deepEqual(nodes.map((n) => n.scores), [{ NodeResourcesFit: 175 }, { NodeResourcesFit: 350 }, undefined]);
  assert.equal(core.attempt(makePod('b', { spec: { schedulerName: 'no-taints' } })).decision.feasibleNodes, 3);
  assert.equal(core.attempt(makePod('c', { spec: { schedulerName: 'other' } })).decision.outcome, 'ignored');
});

test('a wrong configuration is refused in words', () => {
  const { errors, configuration } = parseConfiguration({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', profiles: [{ plugins: { filter: { enabled: [{ name: 'Nope' }] } } }], percentageOfNodesToScore: 101 }, known);
  assert.deepEqual(errors, ['profiles[0].plugins.filter.enabled[0].name: Not found: "Nope"', 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]']);
  assert.equal(configuration.podMaxBackoffSeconds, DEFAULT_CONFIGURATION.podMaxBackoffSeconds);
});

test('a decision survives being sent elsewhere', () => {
  const { decision } = makeCore([makeNode('n1'), makeNode('n2'), makeNode('n3', { spec: { unschedulable: true } })]).attempt(makePod('a', { cpu: '1' }));
  assert.deepEqual(describeDecision(structuredClone(portableDecision(decision))), describeDecision(decision));
});

/** Whatever happened before, the cache must decide as one that is built from the final objects. */
test('an incrementally kept cache decides like a fresh one', () => {
  let state = 7;
  const random = (n: number): number => { state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff; return state % n; };
  const node = (i: number): Node => makeNode(`n${i}`, { labels: { zone: `z${random(3)}` } });
  const apps = ['a', 'b', 'c'];
  const pod = (i: number, nodeName?: string): Pod => makePod(`p${i}`, {
    cpu: '100m', labels: { app: apps[random(3)] ?? '' },
    spec: {
      nodeName, affinity: [{}, { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(apps[random(3)] ?? '')] } }, { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: term(apps[random(3)] ?? '', 'zone') }] } }][random(3)],
      topologySpreadConstraints: random(2) ? [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: apps[random(3)] ?? '' } } }] : undefined,
    },
  });
  const nodes = new Map(Array.from({ length: 6 }, (_, i) => [`n${i}`, node(i)]));
  const pods = new Map<string, Pod>();
  const core = makeCore([...nodes.values()]);
  for (let step = 0; step < 300; step++) {
    const i = random(30);
    const known = pods.get(`p${i}`);
    if (random(8) === 0) {
      const changed = node(random(6));
      nodes.set(changed.metadata.name, changed);
      core.cache.updateNode(changed);
    } else if (known) { pods.delete(`p${i}`); core.cache.removePod(known); }
    else { const added = pod(i, `n${random(6)}`); pods.set(`p${i}`, added); core.cache.addPod(added); }
    const asked = pod(100 + step);
    const fresh = makeCore([...nodes.values(), ...pods.values()]);
    const strip = (c: typeof core): object => { const { node: _node, victims: _victims, ...rest } = describeDecision(c.attempt(asked).decision); return rest; };
    assert.deepEqual(strip(core), strip(fresh), `step ${step}`);
  }
});
