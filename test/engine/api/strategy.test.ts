import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject, isDecoded } from '../../../src/engine/api/decode/decode';
import { applyDefaults } from '../../../src/engine/api/defaults/defaults';
import type { Pod, Service, ServiceSpec } from '../../../src/engine/api/generated/types';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { generateName } from '../../../src/engine/api/strategy/generate-name';
import { podQosClass } from '../../../src/engine/api/strategy/qos';
import { allocateService, type ServiceAllocator } from '../../../src/engine/api/strategy/service';
import { prepareForCreate, prepareForUpdate, warningsFor } from '../../../src/engine/api/strategy/strategy';

const registry = new ResourceRegistry();
const context = { now: '2026-01-01T00:00:00Z' };
const KINDS: { readonly [kind: string]: string } = { Deployment: 'apps', ReplicaSet: 'apps', DaemonSet: 'apps', StatefulSet: 'apps', Job: 'batch', CronJob: 'batch', Ingress: 'networking.k8s.io', EndpointSlice: 'discovery.k8s.io' };

function definitionOf(kind: string) {
  const definition = registry.forKind(KINDS[kind] ?? '', 'v1', kind);
  assert.ok(definition);
  return definition;
}

/** Decoded and with its defaults. */
function whole(kind: string, fields: object): KubernetesObject {
  const definition = definitionOf(kind);
  const decoded = decodeObject({ body: { metadata: { name: 'x', uid: 'u' }, ...fields }, expected: definition });
  assert.ok(isDecoded(decoded), JSON.stringify(decoded));
  return deepFreeze(applyDefaults(definition.schema, decoded.object));
}
const create = (kind: string, fields: object): KubernetesObject => deepFreeze(prepareForCreate(definitionOf(kind), whole(kind, fields), context));
const update = (old: KubernetesObject, change: object, subresource = ''): KubernetesObject =>
  deepFreeze(prepareForUpdate(definitionOf(old.kind), subresource, deepFreeze({ ...old, ...change }), old, context));
const container = { name: 'a', image: 'nginx' };
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } };
const workload = { spec: { selector: { matchLabels: { app: 'a' } }, template } };

test('generateName cuts the base and adds five letters', () => {
  assert.equal(generateName('web-', { next: () => 0 }), 'web-bbbbb');
  assert.equal(generateName('x'.repeat(80), { next: () => 0.9999 }), `${'x'.repeat(58)}99999`);
});

test('a new object starts without the status that was sent', () => {
  assert.deepEqual(create('Deployment', { ...workload, status: { replicas: 5 } }).status, {});
  assert.deepEqual(create('ReplicaSet', { ...workload, status: { replicas: 5 } }).status, { replicas: 0 });
  assert.deepEqual(create('Pod', { spec: { containers: [container] }, status: { phase: 'Running' } }).status, { phase: 'Pending', qosClass: 'BestEffort' });
  assert.equal((create('Node', { status: { nodeInfo: { kubeletVersion: 'v1' } } }).status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion, 'v1');
});

for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']) {
  test(`${kind}: the generation counts changes of the spec alone`, () => {
    const old = create(kind, workload);
    assert.equal(old.metadata.generation, 1);
    const same = update(old, { metadata: { ...old.metadata, generation: 7, labels: { x: 'y' } }, status: { observedGeneration: 3 } });
    assert.equal(same.metadata.generation, 1);
    assert.equal(same.status, old.status);
    const changed = update(old, { spec: { ...(old.spec as object), minReadySeconds: 5 } });
    assert.equal(changed.metadata.generation, 2);
    const status = update(old, { spec: {}, status: { observedGeneration: 1 } }, 'status');
    assert.equal(status.spec, old.spec);
    assert.equal(status.metadata.generation, 1);
    assert.deepEqual(status.status, { observedGeneration: 1 });
  });
}

test('Deployment: annotations count too', () => {
  const old = create('Deployment', workload);
  assert.equal(update(old, { metadata: { ...old.metadata, annotations: { a: 'b' } } }).metadata.generation, 2);
});

test('DaemonSet: changes of the template are counted in an annotation', () => {
  const old = create('DaemonSet', workload);
  const changed = update(old, { spec: { ...(old.spec as object), template: { ...template, metadata: { labels: { app: 'a', v: '2' } } } } });
  assert.equal(changed.metadata.annotations?.['deprecated.daemonset.template.generation'], '2');
});

test('Job: selector and labels of its own, unless it brings its selector', () => {
  const job = create('Job', { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } }).spec as { selector: unknown; template: { metadata: { labels: unknown } } };
  assert.deepEqual(job.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
  assert.deepEqual(job.template.metadata.labels, { 'batch.kubernetes.io/controller-uid': 'u', 'controller-uid': 'u', 'batch.kubernetes.io/job-name': 'x', 'job-name': 'x' });
  const manual = create('Job', { spec: { ...workload.spec, manualSelector: true } }).spec as { selector: unknown };
  assert.deepEqual(manual.selector, { matchLabels: { app: 'a' } });
});

for (const [name, resources, expected] of [
  ['nothing', {}, 'BestEffort'], ['a request', { requests: { cpu: '1' } }, 'Burstable'], ['only cpu limits', { limits: { cpu: '1' }, requests: { cpu: '1' } }, 'Burstable'],
  ['equal limits', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
  ['lower requests', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } }, 'Burstable'], ['zero', { requests: { cpu: '0' } }, 'BestEffort'],
] as const) test(`quality of service with ${name}`, () => assert.equal(podQosClass({ containers: [{ ...container, resources }] }), expected));

test('Pod: limits become requests, host ports follow the host network, gates are shown', () => {
  const pod = create('Pod', { spec: { hostNetwork: true, schedulingGates: [{ name: 'g' }], containers: [{ ...container, ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }] } }) as unknown as Pod;
  assert.deepEqual(pod.spec.containers[0]?.resources, { limits: { cpu: '1' }, requests: { cpu: '1' } });
  assert.deepEqual(pod.spec.containers[0]?.ports, [{ containerPort: 80, protocol: 'TCP', hostPort: 80 }]);
  assert.equal(pod.status.conditions?.[0]?.reason, 'SchedulingGated');
});

test('Pod: matchLabelKeys join the selectors', () => {
  const term = { labelSelector: {}, matchLabelKeys: ['v'], mismatchLabelKeys: ['t', 'absent'], topologyKey: 'zone' };
  const pod = create('Pod', {
    metadata: { name: 'x', labels: { v: '1', t: '2' } },
    spec: { containers: [container], affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }, topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['v'], labelSelector: {} }] },
  }) as unknown as Pod;
  assert.deepEqual(pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector, {
    matchExpressions: [{ key: 'v', operator: 'In', values: ['1'] }, { key: 't', operator: 'NotIn', values: ['2'] }],
  });
  assert.deepEqual(pod.spec.topologySpreadConstraints?.[0]?.labelSelector, { matchExpressions: [{ key: 'v', operator: 'In', values: ['1'] }] });
});

test('Pod: subresources change their own part only', () => {
  const old = create('Pod', { spec: { containers: [container] } });
  const resized = update(old, { spec: { ...(old.spec as object), nodeName: 'n', containers: [{ ...container, image: 'other', resources: { requests: { cpu: '2' } } }] } }, 'resize') as unknown as Pod;
  assert.equal(resized.spec.nodeName, undefined);
  assert.equal(resized.spec.containers[0]?.image, 'nginx');
  assert.deepEqual(resized.spec.containers[0]?.resources, { requests: { cpu: '2' } });
  assert.equal(resized.metadata.generation, 2);
  const status = update(old, { metadata: { ...old.metadata, ownerReferences: [] }, status: { phase: 'Running' } }, 'status') as unknown as Pod;
  assert.deepEqual(status.status, { phase: 'Running', qosClass: 'BestEffort' });
});

test('Namespace: finalizer and phase', () => {
  const namespace = create('Namespace', {});
  assert.deepEqual(namespace.spec, { finalizers: ['kubernetes'] });
  assert.deepEqual(namespace.status, { phase: 'Active' });
});

test('PersistentVolumeClaim: data sources mirror each other', () => {
  const claim = create('PersistentVolumeClaim', { spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } } }).spec as { dataSourceRef: unknown };
  assert.deepEqual(claim.dataSourceRef, { kind: 'PersistentVolumeClaim', name: 'a' });
  assert.equal((create('PersistentVolumeClaim', { spec: { dataSource: { kind: 'Other', name: 'a' } } }).spec as { dataSource?: unknown }).dataSource, undefined);
});

function allocator(): ServiceAllocator & { readonly ports: number[] } {
  const ports: number[] = [];
  return {
    ports, allocateIP: (ip) => (ip === '10.96.0.1' ? { error: 'provided IP is already allocated' } : { ip: ip ?? '10.96.0.9' }),
    allocateNodePort: (port) => { const p = port ?? 30000 + ports.length; if (p < 30000) return { error: 'provided port is not in the valid range. The range of valid ports is 30000-32767' }; ports.push(p); return { port: p }; },
  };
}
function service(spec: object): Service | readonly string[] {
  const result = allocateService(create('Service', { spec }) as unknown as Service, undefined, allocator());
  return 'errors' in result ? result.errors.map((e) => `${e.field}: ${e.body}`) : result.service;
}
const serviceSpec = (spec: object): ServiceSpec => { const s = service(spec); assert.ok('spec' in s); return s.spec; };

test('Service: addresses and ports by type', () => {
  const plain = serviceSpec({ ports: [{ port: 80 }] });
  assert.deepEqual([plain.clusterIP, plain.clusterIPs, plain.ipFamilies, plain.ipFamilyPolicy], ['10.96.0.9', ['10.96.0.9'], ['IPv4'], 'SingleStack']);
  assert.deepEqual(serviceSpec({ type: 'NodePort', ports: [{ port: 80 }, { port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] }).ports?.map((p) => p.nodePort), [30000, 30001, 30001]);
  const free = serviceSpec({ clusterIP: 'None' });
  assert.deepEqual([free.clusterIPs, free.ipFamilies, free.ipFamilyPolicy], [['None'], ['IPv4', 'IPv6'], 'RequireDualStack']);
  assert.equal(serviceSpec({ type: 'ExternalName', externalName: 'a.b' }).clusterIP, undefined);
  assert.equal(serviceSpec({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] }).healthCheckNodePort, 30001);
  // Two ports cannot have one number, but for two protocols of one port; on other types the number is validation's to refuse.
  assert.deepEqual(service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }, { port: 81, nodePort: 30001 }] }), ['spec.ports[1].nodePort: Invalid value: 30001: provided port is already allocated']);
  assert.deepEqual(serviceSpec({ type: 'NodePort', ports: [{ port: 53, protocol: 'TCP', nodePort: 30001 }, { port: 53, protocol: 'UDP', nodePort: 30001 }] }).ports?.map((p) => p.nodePort), [30001, 30001]);
  assert.deepEqual(serviceSpec({ type: 'ClusterIP', ports: [{ port: 80, nodePort: 80 }] }).ports?.map((p) => p.nodePort), [80]);
  assert.deepEqual(service({ type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }), ['spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767']);
  assert.deepEqual(service({ clusterIP: '10.96.0.1' }), ['spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated']);
  assert.deepEqual(service({ ipFamilyPolicy: 'RequireDualStack' }), ['spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services']);
});

test('Service: updates keep what was allocated, and give back what another type does not need', () => {
  const old = service({ type: 'NodePort', ports: [{ port: 80, name: 'http' }] });
  assert.ok('spec' in old);
  const kept = update(old as unknown as KubernetesObject, { spec: { ...old.spec, clusterIP: undefined, clusterIPs: undefined, ports: [{ port: 81, name: 'http' }] } }) as unknown as Service;
  assert.deepEqual([kept.spec.clusterIP, kept.spec.ports?.[0]?.nodePort], ['10.96.0.9', 30000]);
  const plain = update(old as unknown as KubernetesObject, { spec: { ...old.spec, type: 'ClusterIP' } }) as unknown as Service;
  assert.equal(plain.spec.ports?.[0]?.nodePort, undefined);
  const result = allocateService(plain, old, allocator());
  assert.ok('service' in result);
  assert.deepEqual([result.allocated, result.released], [{ ips: [], nodePorts: [] }, { ips: [], nodePorts: [30000] }]);
});

const warnings = (kind: string, fields: object): readonly string[] => warningsFor(definitionOf(kind), create(kind, fields), undefined);
const podWith = (spec: object, metadata: object = {}): readonly string[] => warnings('Pod', { metadata: { name: 'x', ...metadata }, spec: { containers: [container], ...spec } });
for (const [name, found, expected] of [
  ['a quiet pod', () => podWith({}), []],
  ['a dotted name', () => podWith({}, { name: 'a.b' }), ["metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]],
  ['an old node label', () => podWith({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }), ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead']],
  ['repeated variables', () => podWith({ containers: [{ ...container, env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }, { name: 'A', value: '$(A):3' }] }] }),
    ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply']],
  ['repeated ports', () => podWith({ containers: [{ ...container, ports: [{ containerPort: 80 }, { containerPort: 80 }] }] }), ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]']],
  ['half a byte', () => podWith({ containers: [{ ...container, resources: { requests: { memory: '500m' } } }] }), ['spec.containers[0].resources.requests[memory]: fractional byte value "500m" is invalid, must be an integer']],
  ['a template', () => warnings('Deployment', { spec: { ...workload.spec, template: { ...template, spec: { ...template.spec, imagePullSecrets: [{ name: 'a' }, { name: 'a' }] } } } }), ['spec.template.spec.imagePullSecrets[1].name: duplicate name "a"']],
  ['the old ingress class', () => warnings('Ingress', { metadata: { name: 'x', annotations: { 'kubernetes.io/ingress.class': 'n' } } }), ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead']],
  ['zeros in an address', () => warnings('Service', { spec: { externalIPs: ['010.0.0.1'] } }), ['spec.externalIPs[0]: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"']],
  ['an ambiguous range', () => warnings('Service', { spec: { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.1.2.3/8'] } }), ['spec.loadBalancerSourceRanges[0]: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)']],
] as const) test(`warnings of ${name}`, () => assert.deepEqual(found(), expected));
