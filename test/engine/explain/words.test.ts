import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../src/engine/api/generated/types';
import { deepFreeze, type ObjectWithMeta } from '../../../src/engine/api/object';
import { amountText, amountTexts, listText } from '../../../src/engine/explain/amounts';
import { blamedField } from '../../../src/engine/explain/blamedField';
import { coreOf } from '../../../src/engine/explain/cluster';
import { applyEdits } from '../../../src/engine/explain/help/edits';
import { roundDown } from '../../../src/engine/explain/help/requestCandidates';
import { eventWords, queueSentence } from '../../../src/engine/explain/queueSentence';
import { whyHere } from '../../../src/engine/explain/whyHere';
import { whyNot } from '../../../src/engine/explain/whyNot';
import { makeNode, makePod } from '../scheduler/fixtures';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const a = makeNode('node-1', { labels: { [ZONE]: 'zone-a', disktype: 'hdd' } });
const b = makeNode('node-2', { labels: { [ZONE]: 'zone-b' } });
const on = (node: string, name: string, options: Parameters<typeof makePod>[1] = {}): Pod => makePod(name, { ...options, spec: { ...options.spec, nodeName: node } });
const claim = (name: string, spec: object, annotations: object = {}): ObjectWithMeta => deepFreeze({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default', annotations }, spec, status: {} }) as unknown as ObjectWithMeta;
const bound = (name: string, volumeName: string, spec: object = {}): ObjectWithMeta => claim(name, { volumeName, accessModes: ['ReadWriteOnce'], ...spec }, { 'pv.kubernetes.io/bind-completed': 'yes' });
const volume = (name: string, spec: object, labels: object = {}): ObjectWithMeta => deepFreeze({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec }, status: { phase: 'Bound' } }) as unknown as ObjectWithMeta;
const storageClass = (name: string, provisioner: string): ObjectWithMeta => deepFreeze({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner, volumeBindingMode: 'WaitForFirstConsumer' }) as unknown as ObjectWithMeta;
const mounting = (claimName: string): Pod => makePod('web', { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } });
const term = (app: string, topologyKey: string): object => ({ labelSelector: { matchLabels: { app } }, topologyKey });
const apart = (app: string, topologyKey: string): Partial<Pod['spec']> => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app, topologyKey)] } } }) as Partial<Pod['spec']>;
const spread = { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }] };
const required = (...nodeSelectorTerms: readonly object[]): Partial<Pod['spec']> => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } }) as Partial<Pod['spec']>;

interface Case { readonly name: string; readonly objects: readonly ObjectWithMeta[]; readonly pod: Pod; readonly groups: readonly string[]; readonly blamed: string; readonly preemption?: string }

const cases: readonly Case[] = [
  { name: 'CPU', objects: [b, on('node-2', 'x', { cpu: '2800m' })], pod: makePod('web', { cpu: '2' }), groups: ['node-2 has 1.2 of 4 CPU free; the pod asks for 2'], blamed: 'spec.containers[0].resources.requests.cpu', preemption: 'Evicting less important pods does not help: on 1 node no pod has a lower priority than its 0' },
  { name: 'more than a node has, alike on both', objects: [a, b], pod: makePod('web', { cpu: '5' }), groups: ['node-1 and node-2 have only 4 CPU in all; the pod asks for 5'], blamed: 'spec.containers[0].resources.requests.cpu', preemption: 'Evicting less important pods does not help: on 2 nodes it would not remove what is in the way' },
  { name: 'many nodes with different amounts', objects: [1, 2, 3, 4].flatMap((i) => [makeNode(`node-${i}`), on(`node-${i}`, `x${i}`, { cpu: `${i * 700 + 1000}m` })]), pod: makePod('web', { cpu: '3' }), groups: ['4 nodes have too little CPU; the pod asks for 3 CPU'], blamed: 'spec.containers[0].resources.requests.cpu' },
  { name: 'no room for pods', objects: [makeNode('node-1', { pods: '1' }), on('node-1', 'x')], pod: makePod('web'), groups: ['node-1 already runs 1 of at most 1 pods'], blamed: 'metadata.name' },
  { name: 'cordoned', objects: [makeNode('node-1', { spec: { unschedulable: true } })], pod: makePod('web'), groups: ['node-1 is cordoned (spec.unschedulable is true)'], blamed: 'metadata.name' },
  { name: 'taint', objects: [makeNode('node-1', { spec: { taints: [{ key: 'dedicated', value: 'infra', effect: 'NoSchedule' }] } })], pod: makePod('web'), groups: ['node-1 has the taint dedicated=infra:NoSchedule, which the pod does not tolerate'], blamed: 'spec.tolerations' },
  {
    name: 'taint with a toleration that almost fits', objects: [makeNode('node-1', { spec: { taints: [{ key: 'dedicated', value: 'infra', effect: 'NoSchedule' }] } })], pod: makePod('web', { spec: { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }] } }),
    groups: ['node-1 has the taint dedicated=infra:NoSchedule, which the pod does not tolerate (it tolerates dedicated=batch:NoSchedule)'], blamed: 'spec.tolerations',
  },
  { name: 'nodeSelector', objects: [a, b], pod: makePod('web', { spec: { nodeSelector: { disktype: 'ssd' } } }), groups: ["node-1 has the label disktype=hdd where the pod's nodeSelector asks for disktype=ssd", "node-2 has no label disktype where the pod's nodeSelector asks for disktype=ssd"], blamed: 'spec.nodeSelector.disktype' },
  {
    name: 'node affinity, one term', objects: [a], pod: makePod('web', { spec: required({ matchExpressions: [{ key: 'disktype', operator: 'In', values: ['ssd', 'nvme'] }] }) }), groups: ["node-1 has disktype=hdd; the pod's required node affinity asks for disktype in (ssd, nvme)"],
    blamed: 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
  },
  {
    name: 'node affinity, two terms', objects: [a], pod: makePod('web', { spec: required({ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }, { matchExpressions: [{ key: 'disktype', operator: 'In', values: ['ssd'] }, { key: 'old', operator: 'DoesNotExist' }] }) }),
    groups: ["node-1 does not match the pod's required node affinity (label gpu or (disktype=ssd and no label old))"], blamed: 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
  },
  { name: 'node affinity by name', objects: [a, b], pod: makePod('web', { cpu: '9', spec: required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }) }), groups: ['node-1 has only 4 CPU in all; the pod asks for 9', "node-2 is not one of the nodes that the pod's node affinity names"], blamed: 'spec.containers[0].resources.requests.cpu' },
  {
    name: 'host port', objects: [a, on('node-1', 'x', { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] } })], pod: makePod('web', { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] } }),
    groups: ['node-1 is out: host port 80/TCP is taken by default/x'], blamed: 'spec.containers[0].ports[0].hostPort',
  },
  { name: 'anti-affinity', objects: [a, on('node-1', 'x', { labels: { app: 'db' } })], pod: makePod('web', { spec: apart('db', HOST) }), groups: ["node-1 has default/x on it; the pod's anti-affinity excludes pods with app=db on the same node"], blamed: 'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution' },
  { name: "another's anti-affinity", objects: [a, on('node-1', 'x', { spec: apart('web', ZONE) })], pod: makePod('web', { labels: { app: 'web' } }), groups: ['node-1 has default/x in its zone zone-a, whose anti-affinity excludes this pod (pods with app=web) in the same zone'], blamed: 'metadata.labels' },
  {
    name: 'affinity', objects: [a, b], pod: makePod('web', { spec: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db', HOST)] } } } as Partial<Pod['spec']> }), groups: ['node-1 and node-2 have no pods with app=db on them, next to which the pod wants to be'],
    blamed: 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution',
  },
  {
    name: 'spreading', objects: [a, makeNode('node-2', { labels: { [ZONE]: 'zone-b' }, cpu: '1' }), makeNode('node-3'), on('node-1', 'x', { labels: { app: 'web' } })], pod: makePod('web', { labels: { app: 'web' }, cpu: '2', spec: spread }),
    groups: ['node-1 has 1 pod with app=web already in its zone zone-a; the zone with the fewest has 0 (zone zone-b); one more would exceed maxSkew 1', 'node-2 has only 1 CPU in all; the pod asks for 2', `node-3 has no label ${ZONE}, by which the pod is to be spread`],
    blamed: 'spec.topologySpreadConstraints[0]',
  },
  { name: 'a claim that does not exist', objects: [a, b], pod: mounting('data'), groups: ['The pod mounts the PersistentVolumeClaim data, which does not exist'], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName' },
  { name: 'an unbound claim', objects: [a, claim('data', { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] }), deepFreeze({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'x', volumeBindingMode: 'Immediate' }) as unknown as ObjectWithMeta], pod: mounting('data'), groups: ["The pod's PersistentVolumeClaim data (class fast) must be bound to a volume first"], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName' },
  {
    name: 'a volume of another node', objects: [a, bound('data', 'pv'), volume('pv', { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: 'In', values: ['node-9'] }] }] } } })], pod: mounting('data'),
    groups: [`node-1 is out: the volume pv (claim data) can only be used on nodes with ${HOST}=node-9`], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName',
  },
  { name: 'a volume of another zone', objects: [a, bound('data', 'pv'), volume('pv', {}, { [ZONE]: 'zone-c' })], pod: mounting('data'), groups: ['node-1 is in zone-a; the volume pv (claim data) is in zone-c'], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName' },
  {
    name: 'nothing to bind', objects: [a, claim('data', { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } }), storageClass('local', 'kubernetes.io/no-provisioner')], pod: mounting('data'),
    groups: ['node-1 has no available PersistentVolume for the claim data (5Gi, class local, ReadWriteOnce), and none can be provisioned there'], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName',
  },
  {
    name: 'a claim for one pod only', objects: [a, bound('data', 'pv', { accessModes: ['ReadWriteOncePod'] }), volume('pv', {}), on('node-1', 'x', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } })], pod: mounting('data'),
    groups: ['Only one pod at a time may use a ReadWriteOncePod claim, and data is used by default/x on node-1'], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName',
  },
  {
    name: 'volume limits', objects: [a, bound('data', 'pv'), volume('pv', { csi: { driver: 'csi.example.com', volumeHandle: 'h' } }), deepFreeze({ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name: 'node-1' }, spec: { drivers: [{ name: 'csi.example.com', nodeID: 'n', allocatable: { count: 0 } }] } }) as unknown as ObjectWithMeta],
    pod: mounting('data'), groups: ['node-1 can attach no more volumes (at most 0 of csi.example.com)'], blamed: 'spec.volumes[0].persistentVolumeClaim.claimName',
  },
  { name: 'no nodes', objects: [], pod: makePod('web'), groups: [], blamed: 'metadata.name' },
  { name: 'gates', objects: [a], pod: makePod('web', { spec: { schedulingGates: [{ name: 'example.com/quota' }] } }), groups: [], blamed: 'spec.schedulingGates' },
];

for (const { name, objects, pod, groups, blamed, preemption } of cases) {
  test(`why not: ${name}`, () => {
    const core = coreOf(objects);
    const { decision } = core.attempt(pod);
    const explained = whyNot(decision, pod, core);
    assert.deepEqual(explained.groups.map((g) => g.sentence), groups);
    assert.equal(blamedField(decision, pod)?.fieldPath, blamed);
    if (preemption !== undefined) assert.equal(explained.preemption, preemption);
  });
}

test('preemption in words', () => {
  const important = makePod('web', { cpu: '3', spec: { priority: 10 } });
  const core = coreOf([a, on('node-1', 'low', { cpu: '2' })]);
  assert.equal(whyNot(core.attempt(important).decision, important, core).preemption, 'To make room on node-1, the scheduler evicts default/low (lower priority); the pod is nominated to node-1 and placed when they are gone');
  const patient = makePod('web', { cpu: '3', spec: { priority: 10, preemptionPolicy: 'Never' } });
  assert.equal(whyNot(core.attempt(patient).decision, patient, core).preemption, 'No pods are evicted for it, as its preemptionPolicy is Never');
});

test('why here', () => {
  const core = coreOf([a, b, on('node-2', 'x', { cpu: '2' })]);
  const here = whyHere(core.attempt(makePod('web', { cpu: '1' })).decision);
  assert.match(here.sentence, /^node-1 won with \d+ points, \d+ more than node-2; \w+ decided \(\d+ ahead\); 2 of 2 nodes fit$/);
  assert.deepEqual(here.table.rows.map((r) => [r.node, r.chosen, r.feasible]), [['node-1', true, true], ['node-2', false, true]]);
  assert.equal(whyHere(coreOf([a, b]).attempt(makePod('web', { cpu: '1' })).decision).sentence.replace(/\d+ points/, 'n points'), 'node-1 was chosen at random among 2 nodes with n points each; 2 of 2 nodes fit');
  const many = whyHere(coreOf(Array.from({ length: 400 }, (_, i) => makeNode(`node-${i}`))).attempt(makePod('web')).decision);
  assert.equal(many.neverLookedAt, 212);
  assert.match(many.sentence, /; 212 nodes were never looked at, as enough had been found$/);
});

test('the queue in words', () => {
  const base = { since: 0, attempts: 2, movedBy: '', rejectedBy: ['NodeResourcesFit'], wakingEvents: [{ plugin: 'NodeResourcesFit', event: 'NodeAdd|UpdateNodeAllocatable' }, { plugin: 'x', event: 'NodeAdd|UpdateNodeAllocatable' }] };
  assert.equal(queueSentence({ ...base, pool: 'backoff', until: 5000 }, 3000), 'It waits out its back-off for another 2 s (tried 2 times), then it is tried again');
  assert.equal(queueSentence({ ...base, pool: 'unschedulable', until: 300_000 }, 0), 'It is unschedulable (tried 2 times) and waits until something wakes it (a node is added or gets more room), or for another 5 min at the most');
  assert.equal(queueSentence({ ...base, attempts: 0, pool: 'active' }, 0), 'It is in the active queue and is tried next (not tried yet)');
  assert.equal(queueSentence({ ...base, pool: 'unschedulable', gatedBy: 'SchedulingGates' }, 0), 'SchedulingGates keeps it out of the queue');
  assert.equal(eventWords('PodUpdatePodLabel'), 'a pod gets other labels');
  assert.equal(eventWords('SomethingNew'), 'SomethingNew');
});

test('amounts', () => {
  assert.deepEqual([amountText('cpu', 1200), amountText('memory', 3.5 * 2 ** 30), amountText('example.com/gpu', 2), amountText('memory', 1000)], ['1.2', '3.5Gi', '2', '1000']);
  const [less, more] = amountTexts('memory', [2 ** 30, 2 ** 30 + 2 ** 10]);
  assert.notEqual(less, more);
  assert.deepEqual([listText([]), listText(['x']), listText(['x', 'y', 'z'], 'or')], ['', 'x', 'x, y or z']);
  assert.deepEqual([roundDown('cpu', 1234), roundDown('cpu', 77), roundDown('cpu', 3), roundDown('cpu', 2040), roundDown('memory', 5 * 2 ** 30 + 1), roundDown('memory', 2 ** 20 * 200), roundDown('example.com/gpu', 3)], ['1200m', '70m', '3m', '2', '5Gi', '192Mi', '3']);
});

test('edits of objects leave the original alone', () => {
  const pod = makePod('web', { cpu: '1' });
  const changed = applyEdits(pod, [{ fieldPath: 'spec.containers[0].resources.requests.cpu', operation: 'set', value: '2' }, { fieldPath: 'spec.tolerations', operation: 'add', value: { operator: 'Exists' } }, { fieldPath: 'spec.priority', operation: 'remove' }]);
  assert.equal(changed.spec.containers?.[0]?.resources?.requests?.['cpu'], '2');
  assert.deepEqual(changed.spec.tolerations, [{ operator: 'Exists' }]);
  assert.equal('priority' in changed.spec, false);
  assert.equal(pod.spec.containers?.[0]?.resources?.requests?.['cpu'], '1');
});
