import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, Node, Pod } from '../../../src/engine/api/generated/types';
import { AddressPool, fallbackCIDR } from '../../../src/engine/kubelet/addresses';
import { admit } from '../../../src/engine/kubelet/admission';
import { BackOff } from '../../../src/engine/kubelet/backOff';
import { goDuration, parseDuration } from '../../../src/engine/kubelet/duration';
import { nodeStatus, parsePressure } from '../../../src/engine/kubelet/nodeStatus';
import { podResourcesStatus } from '../../../src/engine/kubelet/resources';
import { shouldRestart } from '../../../src/engine/kubelet/restartPolicy';
import { imageLayers, normalized, referenceError, repository, withDefaultTag } from '../../../src/engine/kubelet/runtime/imageModel';
import { probeAt, probeScript, runScript } from '../../../src/engine/kubelet/runtime/script';
import { containersReady, initialized, podReady } from '../../../src/engine/kubelet/status/conditions';
import { statusPatch } from '../../../src/engine/kubelet/status/patch';
import { getPhase, type Phase } from '../../../src/engine/kubelet/status/phase';

interface Sketch { readonly init?: readonly string[]; readonly main: readonly string[]; readonly policy?: string; readonly terminal?: boolean; readonly started?: boolean }

/** "run", "wait", "exit0", "exit1", "back1" (waiting after an exit with 1); a sidecar begins with "side:"; "none" has no status. */
function status(name: string, sketch: string): ContainerStatus | undefined {
  const word = sketch.replace('side:', '').replace('!', '');
  const base = { name, image: 'i', imageID: '', ready: word === 'run' || word === 'exit0', restartCount: 0, started: word === 'run' && !sketch.includes('!') };
  const code = Number(word.slice(4));
  if (word === 'none') return undefined;
  if (word === 'run') return { ...base, state: { running: {} } };
  if (word.startsWith('exit')) return { ...base, state: { terminated: { exitCode: code } } };
  return { ...base, state: { waiting: {} }, ...(word.startsWith('back') ? { lastState: { terminated: { exitCode: code } } } : {}) };
}

function sketchPod({ init = [], main, policy = 'Always' }: Sketch): { readonly pod: Pod; readonly statuses: readonly ContainerStatus[] } {
  const initContainers = init.map((s, i) => ({ name: `i${i}`, ...(s.startsWith('side:') ? { restartPolicy: 'Always' } : {}) }));
  const containers = main.map((_, i) => ({ name: `c${i}` }));
  const statuses = [...init.map((s, i) => status(`i${i}`, s)), ...main.map((s, i) => status(`c${i}`, s))].filter((s) => s !== undefined);
  return { pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { restartPolicy: policy, initContainers, containers } } as unknown as Pod, statuses };
}

const PHASES: readonly (readonly [Phase, Sketch])[] = [
  ['Pending', { main: ['wait'] }], ['Pending', { main: ['none'] }], ['Running', { main: ['run'] }], ['Pending', { main: ['run', 'wait'] }], ['Running', { main: ['run', 'exit1'] }],
  ['Running', { main: ['exit0'] }], ['Running', { main: ['back1'] }], ['Succeeded', { main: ['exit0'], policy: 'Never' }], ['Failed', { main: ['exit0', 'exit1'], policy: 'Never' }], ['Running', { main: ['exit1'], policy: 'OnFailure' }],
  ['Succeeded', { main: ['exit0', 'exit0'], policy: 'OnFailure' }], ['Succeeded', { main: ['exit0'], terminal: true }], ['Failed', { main: ['exit1'], terminal: true }], ['Failed', { main: ['exit0', 'back1'], terminal: true }],
  ['Pending', { init: ['run'], main: ['wait'] }], ['Pending', { init: ['exit0'], main: ['wait'] }], ['Failed', { init: ['exit1'], main: ['wait'], policy: 'Never' }], ['Pending', { init: ['exit1'], main: ['wait'] }],
  ['Pending', { init: ['back1'], main: ['wait'], policy: 'OnFailure' }], ['Running', { init: ['exit0'], main: ['run'] }], ['Pending', { init: ['side:run!'], main: ['wait'] }], ['Running', { init: ['side:run'], main: ['run'] }],
  ['Running', { init: ['side:back1'], main: ['run'], started: true }], ['Running', { init: ['side:run'], main: ['exit0'], policy: 'Never' }], ['Succeeded', { init: ['side:exit0'], main: ['exit0'], policy: 'Never' }],
];
for (const [phase, sketch] of PHASES) {
  test(`phase ${phase}: ${JSON.stringify(sketch)}`, () => {
    const { pod, statuses } = sketchPod(sketch);
    assert.equal(getPhase(pod, statuses, sketch.terminal ?? false, sketch.started ?? false), phase);
  });
}

test('conditions and their words', () => {
  const { pod, statuses } = sketchPod({ init: ['exit0', 'side:run!', 'wait'], main: ['wait', 'none'] });
  const map = new Map(statuses.map((s) => [s.name, s]));
  assert.deepEqual(containersReady(pod, map, 'Pending'), { status: 'False', reason: 'ContainersNotReady', message: 'containers with unknown status: [c1], containers with unready status: [c0]' });
  assert.deepEqual(initialized(pod, map, 'Pending', false), { status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [i1 i2]' });
  assert.deepEqual(containersReady(pod, new Map(), 'Pending'), { status: 'False', reason: 'UnknownContainerStatuses' });
  const gated = { ...pod, spec: { ...pod.spec, readinessGates: [{ conditionType: 'a/b' }, { conditionType: 'c/d' }] } } as Pod;
  assert.deepEqual(podReady(gated, { status: 'True' }, [{ type: 'c/d', status: 'False' }]), {
    status: 'False', reason: 'ReadinessGatesNotReady', message: 'corresponding condition of pod readiness gate "a/b" does not exist., the status of pod readiness gate "c/d" is not "True", but False',
  });
});

test('status patches merge conditions and addresses by their keys and replace container statuses', () => {
  const from = { phase: 'Pending', reason: 'x', conditions: [{ type: 'PodScheduled', status: 'True' }, { type: 'Ready', status: 'False', reason: 'R', message: 'M' }, { type: 'Old', status: 'True' }], containerStatuses: [{ name: 'c', ready: false }] };
  const to = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }, { type: 'PodScheduled', status: 'True' }], containerStatuses: [{ name: 'c', ready: true }], podIPs: [{ ip: '1.1.1.1' }], resources: {} };
  assert.deepEqual(statusPatch(from, to), {
    phase: 'Running', reason: null, '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'PodScheduled' }],
    conditions: [{ status: 'True', reason: null, message: null, type: 'Ready' }, { $patch: 'delete', type: 'Old' }], containerStatuses: [{ name: 'c', ready: true }],
    '$setElementOrder/podIPs': [{ ip: '1.1.1.1' }], podIPs: [{ ip: '1.1.1.1' }], resources: {},
  });
  assert.equal(statusPatch(to, to), undefined);
});

test('back-off doubles to its maximum and is forgotten after twice that', () => {
  const backOff = new BackOff(10_000, 300_000);
  assert.equal(backOff.remainingSince('k', 0, 0), 0);
  backOff.next('k', 0);
  assert.equal(backOff.remainingSince('k', 1000, 3000), 8000);
  for (const expected of [20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) { backOff.next('k', 1000); assert.equal(backOff.get('k'), expected); }
  assert.equal(backOff.remainingSince('k', 700_000, 700_000), 0);
  backOff.next('k', 700_000);
  assert.equal(backOff.get('k'), 10_000);
});

test('durations', () => {
  for (const [ms, text] of [[0, '0s'], [120, '120ms'], [1500, '1.5s'], [10_000, '10s'], [160_000, '2m40s'], [300_000, '5m0s'], [3_661_000, '1h1m1s']] as const) assert.equal(goDuration(ms), text);
  for (const [text, ms] of [['5', 5000], ['1m30s', 90_000], ['250ms', 250], ['x', undefined], ['', undefined]] as const) assert.equal(parseDuration(text), ms);
});

test('scripts of containers and probes', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations: { 'controlplane.dev/run': '0s exit 1, 2s exit 137 OOMKilled, forever', 'controlplane.dev/run.b': 'nonsense', 'controlplane.dev/readiness': 'failure 10s, success 20s' } } } as unknown as Pod;
  assert.deepEqual([0, 1, 2, 3].map((n) => runScript(pod, 'a', n, undefined)), [{ milliseconds: 0, exitCode: 1, reason: 'Error' }, { milliseconds: 2000, exitCode: 137, reason: 'OOMKilled' }, undefined, undefined]);
  assert.equal(runScript(pod, 'b', 0, undefined), undefined);
  const script = probeScript(pod, 'readiness', 'a');
  assert.deepEqual([0, 9999, 10_000, 30_000].map((age) => probeAt(script, age).succeeds), [false, false, true, false]);
});

test('image references', () => {
  for (const [image, full] of [['nginx', 'docker.io/library/nginx'], ['a/b:1', 'docker.io/a/b:1'], ['gcr.io/x/y', 'gcr.io/x/y'], ['localhost:5000/x', 'localhost:5000/x']] as const) assert.equal(normalized(image), full);
  assert.equal(withDefaultTag('localhost:5000/x'), 'localhost:5000/x:latest');
  assert.equal(repository('docker.io/library/nginx:1.27'), 'nginx');
  for (const image of ['nginx', 'nginx:1.27', 'a/b/c_d:v1', 'localhost:5000/x', `x@sha256:${'a'.repeat(64)}`]) assert.equal(referenceError(image), undefined, image);
  for (const image of ['Nginx', 'nginx:', 'a//b', '']) assert.notEqual(referenceError(image), undefined, image);
  assert.equal(imageLayers('nginx:1.27', {}).size, 67_000_000);
  assert.equal(imageLayers('nginx:1.27', { 'nginx:1.27': 5 }).size, 5);
  assert.equal(imageLayers('me/app:1', {}).size, imageLayers('me/app:2', {}).size);
});

test('addresses are each given once until released', () => {
  const pool = new AddressPool('10.1.2.0/29');
  pool.claim('10.1.2.3');
  assert.deepEqual([pool.take(), pool.take(), pool.take(), pool.take(), pool.take()], ['10.1.2.2', '10.1.2.4', '10.1.2.5', '10.1.2.6', undefined]);
  pool.release('10.1.2.4');
  assert.equal(pool.take(), '10.1.2.4');
  assert.match(fallbackCIDR('node-1'), /^10\.\d+\.\d+\.0\/24$/);
});

test('restart policies of containers and their rules', () => {
  const pod = (restartPolicy: string): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { restartPolicy, containers: [] } }) as unknown as Pod;
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  assert.equal(shouldRestart(pod('Never'), { name: 'c', restartPolicy: 'Never', restartPolicyRules: rules }, 42), true);
  assert.equal(shouldRestart(pod('Never'), { name: 'c', restartPolicy: 'Never', restartPolicyRules: rules }, 1), false);
  assert.equal(shouldRestart(pod('Always'), { name: 'c', restartPolicy: 'OnFailure' }, 0), false);
  assert.equal(shouldRestart(pod('OnFailure'), { name: 'c' }, 1), true);
});

test('what a pod adds up to', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {
    initContainers: [{ name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '100m' } } }, { name: 'i', resources: { requests: { cpu: '500m', memory: '1Gi' } } }],
    containers: [{ name: 'a', resources: { requests: { cpu: '200m' }, limits: { cpu: '1' } } }, { name: 'b', resources: { requests: { cpu: '50m', memory: '64Mi' } } }],
  } } as unknown as Pod;
  assert.deepEqual(podResourcesStatus(pod), { resources: { requests: { cpu: '600m', memory: '1Gi' }, limits: { cpu: '1' } }, allocatedResources: { cpu: '600m', memory: '1Gi' } });
});

test('admission: ports, taints, pods, extended resources', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: {} }, spec: { taints: [{ key: 'k', effect: 'NoExecute' }] }, status: { allocatable: { cpu: '4', memory: '1Gi', pods: '2', 'x.io/gpu': '1' } } } as unknown as Node;
  const pod = (name: string, container: object = {}, more: object = {}): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { tolerations: [{ operator: 'Exists' }], containers: [{ name: 'c', ...container }], ...more } }) as unknown as Pod;
  const port = { ports: [{ containerPort: 80, hostPort: 80 }] };
  assert.equal(admit(pod('a'), node, [], []), undefined);
  assert.equal(admit(pod('a', port), node, [pod('b', port)], [])?.reason, 'NodePorts');
  assert.equal(admit(pod('a', {}, { tolerations: [] }), node, [], [])?.reason, 'TaintToleration');
  assert.deepEqual(admit(pod('a'), node, [pod('b'), pod('c')], []), { reason: 'OutOfpods', message: "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2" });
  assert.equal(admit(pod('a', { resources: { requests: { memory: '2Gi' } } }), node, [], [])?.message, "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824");
  assert.equal(admit(pod('a', { resources: { requests: { 'x.io/gpu': '2' } } }), node, [], [])?.reason, 'OutOfx.io/gpu');
  assert.equal(admit(pod('a'), node, [], ['DiskPressure'])?.message, 'The node had condition: [DiskPressure]. ');
});

test('node status keeps foreign conditions and tells pressure', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { conditions: [{ type: 'NetworkUnavailable', status: 'False' }, { type: 'Ready', status: 'Unknown', lastTransitionTime: 'then' }] } } as unknown as Node;
  const conditions = nodeStatus({ node, pressures: new Set(['DiskPressure']), images: [], now: 'now' }).conditions ?? [];
  assert.deepEqual(conditions.map((c) => `${c.type}=${c.status} ${c.reason ?? ''}`), ['NetworkUnavailable=False ', 'Ready=True KubeletReady', 'MemoryPressure=False KubeletHasSufficientMemory', 'DiskPressure=True KubeletHasDiskPressure', 'PIDPressure=False KubeletHasSufficientPID']);
  assert.equal(conditions[1]?.lastTransitionTime, 'now');
  assert.deepEqual([...parsePressure('memory, disk 2, nothing')], [['MemoryPressure', Infinity], ['DiskPressure', 2]]);
});
