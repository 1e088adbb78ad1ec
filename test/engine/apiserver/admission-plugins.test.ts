import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ingress, Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../../src/engine/api/generated/types';
import { mergeTolerations } from '../../../src/engine/apiserver/admission/runtimeClass';
import { create, created, current, pod, send, verdict, type Json } from './admissionSupport';
import { ServerWorld } from './world';

const claim = (spec: Json = {}, metadata: Json = {}): Json => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c', ...metadata }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec } });
const storageClass = (name: string, isDefault: boolean, more: Json = {}): Json => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } }, provisioner: 'x.io/y', ...more });

test('a new node is tainted until it is ready', () => {
  const node = created<Node>(new ServerWorld(), { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
  assert.deepEqual(node.spec.taints, [{ effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' }]);
});

test('volumes and claims are protected while in use', () => {
  const world = new ServerWorld();
  assert.deepEqual(created<PersistentVolumeClaim>(world, claim()).metadata.finalizers, ['kubernetes.io/pvc-protection']);
  const volume = created<PersistentVolume>(world, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/v' } } });
  assert.deepEqual(volume.metadata.finalizers, ['kubernetes.io/pv-protection']);
});

test('a claim without a class gets the default one', () => {
  const world = new ServerWorld();
  created(world, storageClass('slow', true));
  created(world, storageClass('fast', true));
  created(world, storageClass('other', false));
  assert.equal(created<PersistentVolumeClaim>(world, claim()).spec.storageClassName, 'fast', 'of equally old ones the first by name');
  assert.equal(created<PersistentVolumeClaim>(world, claim({ storageClassName: '' }, { name: 'd' })).spec.storageClassName, '');
});

test('an ingress without a class gets the default one', () => {
  const world = new ServerWorld();
  created(world, { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'x.io/y' } });
  const ingress = (name: string, annotations: Json): Json => ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, annotations }, spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } });
  assert.equal(created<Ingress>(world, ingress('a', {})).spec.ingressClassName, 'nginx');
  assert.equal(created<Ingress>(world, ingress('b', { 'kubernetes.io/ingress.class': 'other' })).spec.ingressClassName, undefined);
});

test('only bound claims of a class that allows it grow', () => {
  const world = new ServerWorld();
  created(world, storageClass('fixed', false));
  created(world, storageClass('elastic', false, { allowVolumeExpansion: true }));
  const bound = (name: string, storageClassName: string): PersistentVolumeClaim => {
    const stored = created<PersistentVolumeClaim>(world, claim({ storageClassName, volumeName: 'v' }, { name }));
    send(world, 'update', { ...stored, status: { ...stored.status, phase: 'Bound', capacity: { storage: '1Gi' } } } as unknown as Json, { subresource: 'status' });
    return current<PersistentVolumeClaim>(world, '', 'persistentvolumeclaims', `default/${name}`);
  };
  const grow = (c: PersistentVolumeClaim): string => verdict(send(world, 'update', { ...c, spec: { ...c.spec, resources: { requests: { storage: '2Gi' } } } } as unknown as Json));
  assert.equal(grow(bound('a', 'fixed')), 'persistentvolumeclaims "a" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  assert.equal(grow(bound('b', 'elastic')), 'passed');
});

test('a runtime class adds its overhead and where it is to be had', () => {
  const world = new ServerWorld();
  created(world, { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'kata' }, handler: 'kata', overhead: { podFixed: { cpu: '250m' } }, scheduling: { nodeSelector: { vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] } });
  const stored = created<Pod>(world, pod('p', { runtimeClassName: 'kata', nodeSelector: { disk: 'ssd' } }));
  assert.deepEqual(stored.spec.overhead, { cpu: '250m' });
  assert.deepEqual(stored.spec.nodeSelector, { disk: 'ssd', vm: 'yes' });
  assert.deepEqual(stored.spec.tolerations?.map((t) => t.key), ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable', 'vm']);
  assert.equal(create(world, pod('q', { runtimeClassName: 'kata', nodeSelector: { vm: 'no' } })), 'pods "q" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no');
  assert.equal(create(world, pod('r', { runtimeClassName: 'kata', overhead: { cpu: '1' } })), 'pods "r" is forbidden: pod rejected: Pod\'s Overhead doesn\'t match RuntimeClass\'s defined Overhead');
  assert.equal(create(world, pod('s', { overhead: { cpu: '1' } })), 'pods "s" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  assert.equal(create(world, pod('t', { runtimeClassName: 'gone' })), 'pods "t" is forbidden: pod rejected: RuntimeClass "gone" not found');
});

test('tolerations that others cover are left out', () => {
  assert.deepEqual(mergeTolerations([{ key: 'a', operator: 'Equal', value: 'x', effect: 'NoExecute', tolerationSeconds: 5 }, { key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Exists' }]), [{ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Exists' }]);
});

const REFUSED: readonly (readonly [name: string, before: readonly Json[], object: Json, message: string])[] = [
  ['a service account that is not there', [], pod('p', { serviceAccountName: 'nope' }), 'pods "p" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found'],
  ['the same, before a name is generated', [], { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'p-' }, spec: { serviceAccountName: 'nope', containers: [{ name: 'a', image: 'b' }] } }, 'pods "p-" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found'],
  ['secrets that the account does not name', [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'strict', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } }],
    pod('p', { serviceAccountName: 'strict', volumes: [{ name: 'v', secret: { secretName: 's' } }] }), 'pods "p" is forbidden: volume with secret.secretName="s" is not allowed because service account strict does not reference that secret'],
  ['a priority class that is not there', [], pod('p', { priorityClassName: 'nope' }), 'pods "p" is forbidden: no PriorityClass with name nope was found'],
  ['a priority of its own', [], pod('p', { priority: 5 }), 'pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name'],
  ['a second default priority', [{ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'one' }, value: 1, globalDefault: true }], { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'two' }, value: 2, globalDefault: true },
    'priorityclasses.scheduling.k8s.io "two" is forbidden: PriorityClass one is already marked as default. Only one default can exist'],
  ['a mirror pod with an account', [], pod('p', { serviceAccountName: 'default', nodeName: 'n' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }), 'pods "p" is forbidden: a mirror pod may not reference service accounts'],
];
for (const [name, before, object, message] of REFUSED) {
  test(`refused: ${name}`, () => {
    const world = new ServerWorld();
    for (const each of before) created(world, each);
    assert.equal(create(world, object), message);
  });
}

test('nobody signs up as a cluster administrator', () => {
  const der = `\x30\x1f\x06\x03\x55\x04\x0a\x0c${String.fromCharCode('system:masters'.length)}system:masters`;
  const request = btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${btoa(der)}\n-----END CERTIFICATE REQUEST-----\n`);
  const world = new ServerWorld();
  const answer = create(world, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'r' }, spec: { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] } });
  assert.ok(answer.includes('use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed') || answer.includes('is invalid'), answer);
});
