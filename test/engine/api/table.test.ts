import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { COLUMNS } from '../../../src/engine/api/table/columns';
import { PRINTERS } from '../../../src/engine/api/table/cells';
import { humanDuration } from '../../../src/engine/api/table/humanDuration';
import { findJsonPath } from '../../../src/engine/api/table/jsonPath';
import { printTable } from '../../../src/engine/api/table/printTable';

const registry = new ResourceRegistry();
const NOW = Date.parse('2026-11-22T08:00:00Z');
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toISOString().replace('.000Z', 'Z');
function table(apiVersion: string, kind: string, object: object, wide = false) {
  const definition = registry.forObject(apiVersion, kind);
  assert.ok(definition, kind);
  const metadata = { name: 'x', creationTimestamp: at(300), ...(object as { metadata?: object }).metadata };
  return printTable(definition, [{ apiVersion, kind, ...object, metadata } as unknown as KubernetesObject], { now: NOW, wide });
}
const cells = (apiVersion: string, kind: string, object: object, wide = false) => table(apiVersion, kind, object, wide).rows[0]?.cells.join(' | ');

describe('human durations', () => {
  const cases: readonly [number, string][] = [
    [-5, '<invalid>'], [-1, '0s'], [0, '0s'], [119, '119s'], [120, '2m'], [125, '2m5s'], [599, '9m59s'], [600, '10m'], [10_799, '179m'], [10_800, '3h'], [11_100, '3h5m'], [28_800, '8h'], [172_799, '47h'],
    [172_800, '2d'], [180_000, '2d2h'], [691_200, '8d'], [63_072_000, '2y'], [64_000_000, '2y10d'], [252_288_000, '8y'],
  ];
  for (const [seconds, text] of cases) test(text, () => assert.equal(humanDuration(seconds * 1000), text));
});

const container = (name: string, more: object = {}) => ({ name, image: `${name}:1`, ...more });
const running = (name: string, more: object = {}) => ({ name, ready: true, started: true, restartCount: 0, state: { running: {} }, ...more });
const pod = (spec: object, status: object, metadata: object = {}) => ({ metadata, spec: { containers: [container('a')], ...spec }, status });
describe('pods', () => {
  const cases: readonly [string, object, string][] = [
    ['running', pod({}, { phase: 'Running', containerStatuses: [running('a')] }), 'x | 1/1 | Running | 0 | 5m'],
    ['pending', pod({}, { phase: 'Pending' }), 'x | 0/1 | Pending | 0 | 5m'],
    ['gated', pod({}, { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }), 'x | 0/1 | SchedulingGated | 0 | 5m'],
    ['crash loop', pod({}, { phase: 'Running', containerStatuses: [{ name: 'a', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1, finishedAt: at(130) } } }] }), 'x | 0/1 | CrashLoopBackOff | 3 (2m10s ago) | 5m'],
    ['init 0/2', pod({ initContainers: [container('i'), container('j')] }, { phase: 'Pending', initContainerStatuses: [{ name: 'i', ready: false, restartCount: 0, state: { running: {} } }, { name: 'j', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }] }), 'x | 0/1 | Init:0/2 | 0 | 5m'],
    ['init error', pod({ initContainers: [container('i')] }, { phase: 'Pending', initContainerStatuses: [{ name: 'i', ready: false, restartCount: 1, state: { terminated: { exitCode: 2 } } }] }), 'x | 0/1 | Init:ExitCode:2 | 1 | 5m'],
    ['sidecar', pod({ initContainers: [container('s', { restartPolicy: 'Always' })] }, { phase: 'Running', conditions: [{ type: 'Initialized', status: 'True' }], initContainerStatuses: [running('s')], containerStatuses: [running('a')] }), 'x | 2/2 | Running | 0 | 5m'],
    ['completed', pod({}, { phase: 'Succeeded', containerStatuses: [{ name: 'a', ready: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } }] }), 'x | 0/1 | Completed | 0 | 5m'],
    ['signal', pod({}, { phase: 'Failed', containerStatuses: [{ name: 'a', ready: false, restartCount: 0, state: { terminated: { exitCode: 137, signal: 9 } } }] }), 'x | 0/1 | Signal:9 | 0 | 5m'],
    ['terminating', pod({}, { phase: 'Running', containerStatuses: [running('a')] }, { deletionTimestamp: at(1) }), 'x | 1/1 | Terminating | 0 | 5m'],
    ['evicted', pod({}, { phase: 'Failed', reason: 'Evicted' }), 'x | 0/1 | Evicted | 0 | 5m'],
  ];
  for (const [name, object, expected] of cases) test(name, () => assert.equal(cells('v1', 'Pod', object), expected));
  test('wide', () => assert.equal(cells('v1', 'Pod', pod({ nodeName: 'n' }, { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }], containerStatuses: [running('a')] }), true), 'x | 1/1 | Running | 0 | 5m | 10.0.0.1 | n | <none> | <none>'));
  test('a finished pod has a row condition', () => assert.equal(table('v1', 'Pod', pod({}, { phase: 'Succeeded' })).rows[0]?.conditions?.[0]?.reason, 'Succeeded'));
});

const template = { spec: { containers: [container('main')] } };
const selector = { matchLabels: { app: 'web' } };
describe('kinds', () => {
  const cases: readonly [string, string, object, string][] = [
    ['apps/v1', 'Deployment', { spec: { replicas: 2, selector, template }, status: { readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 } }, 'x | 1/2 | 1 | 1 | 5m'],
    ['apps/v1', 'ReplicaSet', { spec: { replicas: 2, selector, template }, status: { replicas: 2 } }, 'x | 2 | 2 | 0 | 5m'],
    ['apps/v1', 'StatefulSet', { spec: { replicas: 2, selector, template }, status: { readyReplicas: 2 } }, 'x | 2/2 | 5m'],
    ['apps/v1', 'DaemonSet', { spec: { selector, template }, status: { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 2, updatedNumberScheduled: 3, numberAvailable: 2 } }, 'x | 3 | 3 | 2 | 3 | 2 | <none> | 5m'],
    ['batch/v1', 'Job', { spec: { completions: 1, template }, status: { startTime: at(10) } }, 'x | Running | 0/1 | 10s | 5m'],
    ['batch/v1', 'Job', { spec: { parallelism: 3, template }, status: { succeeded: 1, startTime: at(100), completionTime: at(60), conditions: [{ type: 'Complete', status: 'True' }] } }, 'x | Complete | 1/1 of 3 | 40s | 5m'],
    ['batch/v1', 'CronJob', { spec: { schedule: '*/5 * * * *', suspend: false, jobTemplate: { spec: { template } } }, status: {} }, 'x | */5 * * * * | <none> | False | 0 | <none> | 5m'],
    ['v1', 'Service', { spec: { type: 'ClusterIP', clusterIPs: ['10.96.0.1'], ports: [{ port: 80, protocol: 'TCP' }, { port: 443, nodePort: 30443, protocol: 'TCP' }] } }, 'x | ClusterIP | 10.96.0.1 | <none> | 80/TCP,443:30443/TCP | 5m'],
    ['v1', 'Service', { spec: { type: 'LoadBalancer' } }, 'x | LoadBalancer | <none> | <pending> | <none> | 5m'],
    ['v1', 'Service', { spec: { type: 'ExternalName', externalName: 'a.b' } }, 'x | ExternalName | <none> | a.b | <none> | 5m'],
    ['v1', 'Node', { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } }, spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.2' } } }, 'x | Ready,SchedulingDisabled | control-plane | 5m | v1.36.2'],
    ['v1', 'Namespace', { status: { phase: 'Active' } }, 'x | Active | 5m'],
    ['v1', 'ConfigMap', { data: { a: '1' }, binaryData: { b: '' } }, 'x | 2 | 5m'],
    ['v1', 'Secret', { type: 'Opaque', data: { a: '' } }, 'x | Opaque | 1 | 5m'],
    ['v1', 'ServiceAccount', {}, 'x | 5m'],
    ['v1', 'PersistentVolumeClaim', { spec: { volumeName: 'pv', storageClassName: 'fast', volumeMode: 'Filesystem' }, status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] } }, 'x | Bound | pv | 1Gi | RWO,RWX | fast | <unset> | 5m'],
    ['v1', 'ResourceQuota', { status: { hard: { pods: '1', 'limits.cpu': '2' }, used: { pods: '0' } } }, 'x | pods: 0/1 | limits.cpu: 0/2 | 5m'],
    ['v1', 'Event', { type: 'Normal', reason: 'Scheduled', message: 'hi ', involvedObject: { kind: 'Pod', name: 'p' }, firstTimestamp: at(60), lastTimestamp: at(10), count: 2 }, '10s | Normal | Scheduled | pod/p | hi'],
    ['events.k8s.io/v1', 'Event', { type: 'Normal', reason: 'Scheduled', note: 'hi', regarding: { kind: 'Pod', name: 'p' }, eventTime: at(30) }, '30s | Normal | Scheduled | pod/p | hi'],
    ['v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }, { ip: '1.1.1.3' }, { ip: '1.1.1.4' }], ports: [{ port: 80 }] }] }, 'x | 1.1.1.1:80,1.1.1.2:80,1.1.1.3:80 + 1 more... | 5m'],
    ['discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', ports: null, endpoints: null }, 'x | IPv4 | <unset> | <unset> | 5m'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { minReplicas: 1, maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'web' }, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] }, status: {} }, 'x | Deployment/web | cpu: <unknown>/80% | 1 | 5 | 0 | 5m'],
    ['policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1 }, status: { disruptionsAllowed: 1 } }, 'x | 1 | N/A | 1 | 5m'],
    ['networking.k8s.io/v1', 'Ingress', { spec: { rules: [{ host: 'a.b' }], tls: [{}] }, status: {} }, 'x | <none> | a.b |  | 80, 443 | 5m'],
    ['networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }, 'x | <none> | 5m'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: 'Role', name: 'r' } }, 'x | Role/r | 5m'],
    ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }, `x | ${at(300)}`],
    ['storage.k8s.io/v1', 'StorageClass', { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'p' }, 'x (default) | p | Delete | Immediate | false | 5m'],
    ['scheduling.k8s.io/v1', 'PriorityClass', { value: 5, preemptionPolicy: 'Never' }, 'x | 5 | false | 5m | Never'],
    ['apps/v1', 'ControllerRevision', { revision: 3, metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', controller: true }] } }, 'x | daemonset.apps/d | 3 | 5m'],
  ];
  for (const [apiVersion, kind, object, expected] of cases) {
    test(`${kind}: ${expected}`, () => {
      assert.equal(cells(apiVersion, kind, object), expected);
      const wide = table(apiVersion, kind, object, true);
      assert.equal(wide.rows[0]?.cells.length, wide.columnDefinitions?.length);
    });
  }
  test('every kind with columns has cells', () => assert.deepEqual(Object.keys(COLUMNS).sort(), Object.keys(PRINTERS).sort()));
});

describe('custom resources', () => {
  const definition = { ...registry.forObject('v1', 'ConfigMap'), group: 'example.com', kind: 'Gadget', schema: '' } as Parameters<typeof printTable>[0];
  const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g', uid: '', resourceVersion: '', creationTimestamp: at(60) }, spec: { size: 3, labels: { 'a.b': 'c' } }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  test('have an age', () => assert.deepEqual(printTable(definition, [gadget], { now: NOW }).rows[0]?.cells, ['g', '60s']));
  test('have their own columns', () => {
    const additionalPrinterColumns = [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Label', type: 'string', jsonPath: '.spec.labels.a\\.b', priority: 1 }, { name: 'None', type: 'string', jsonPath: '.spec.none' }, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ];
    assert.deepEqual(printTable(definition, [gadget], { now: NOW, additionalPrinterColumns }).rows[0]?.cells, ['g', 3, 'True', 'c', null, '60s']);
    assert.deepEqual(printTable(definition, [gadget], { now: NOW, additionalPrinterColumns, wide: false }).rows[0]?.cells, ['g', 3, 'True', null, '60s']);
  });
  test('paths', () => {
    const value = { a: [{ b: 1 }, { b: 2 }], 'c.d': 3 };
    assert.deepEqual([findJsonPath(value, '.a[*].b'), findJsonPath(value, '.a[-1].b'), findJsonPath(value, "['c.d']"), findJsonPath(value, '.a[?(@.b!=1)].b'), findJsonPath(value, '.a[')], [[1, 2], [2], [3], [2], []]);
  });
  test('includeObject', () => {
    assert.deepEqual(printTable(definition, [gadget], { now: NOW, includeObject: 'None' }).rows[0]?.object, null);
    assert.equal(printTable(definition, [gadget], { now: NOW, includeObject: 'Object' }).rows[0]?.object, gadget);
    assert.deepEqual(printTable(definition, [gadget], { now: NOW }).rows[0]?.object, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: gadget.metadata });
  });
});
