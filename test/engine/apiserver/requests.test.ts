import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus, type Status } from '../../../src/engine/api/status';
import type { KubernetesObject } from '../../../src/engine/api/object';
import type { ApiRequest, ApiResponse, WatchEvent } from '../../../src/engine/apiserver/request';
import { ADMIN, ServerWorld } from './world';

/** Requests in process, in the notation of paths. */
class Requests {
  readonly world = new ServerWorld();

  send(verb: ApiRequest['verb'], path: string, more: Partial<ApiRequest> = {}): ApiResponse {
    const [group = '', version = '', resource = '', namespace = '', name = '', subresource = ''] = path.split(' ').map((p) => (p === '-' ? '' : p));
    return this.world.do(this.world.api.request(ADMIN, { verb, group, version, resource, namespace, name, subresource, ...more }));
  }

  ok(verb: ApiRequest['verb'], path: string, more: Partial<ApiRequest> = {}): KubernetesObject {
    const answer = this.send(verb, path, more);
    assert.ok(answer.code < 300, `${verb} ${path}: ${String((answer.object as Status).message)}`);
    return answer.object as KubernetesObject;
  }

  /** Lets the server's own controllers work. */
  settle(seconds: number): void { this.world.simulation.runUntil(this.world.simulation.now + seconds * 1000); }
}

const POD = { metadata: { name: 'web', finalizers: ['example.com/hold'] }, spec: { nodeName: 'n', terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image: 'nginx' }] } };

test('a pod with a finalizer goes when its grace is over and its finalizer gone', () => {
  const r = new Requests();
  r.ok('create', '- v1 pods default', { body: POD });
  const first = r.ok('delete', '- v1 pods default web');
  assert.equal(first.metadata.deletionGracePeriodSeconds, 30);
  assert.equal(r.ok('delete', '- v1 pods default web').metadata.resourceVersion, first.metadata.resourceVersion, 'asking again changes nothing');
  const forced = r.ok('delete', '- v1 pods default web', { options: { gracePeriodSeconds: 0 } });
  assert.equal(forced.metadata.deletionGracePeriodSeconds, 0);
  assert.deepEqual(forced.metadata.finalizers, ['example.com/hold']);
  r.ok('patch', '- v1 pods default web', { patchType: 'application/merge-patch+json', body: { metadata: { finalizers: null } } });
  assert.equal(r.send('get', '- v1 pods default web').code, 404);
});

test('what the precondition of a deletion says has to be so', () => {
  const r = new Requests();
  const created = r.ok('create', '- v1 configmaps default', { body: { metadata: { name: 'a' } } });
  const refused = r.send('delete', '- v1 configmaps default a', { options: { preconditions: { uid: 'other' } } });
  assert.equal(refused.code, 409);
  assert.match((refused.object as Status).message ?? '', /the UID in the precondition \(other\) does not match the UID in record/);
  assert.equal(r.send('delete', '- v1 configmaps default a', { options: { preconditions: { uid: created.metadata.uid } } }).code, 200);
});

test('propagation: a finalizer for those who wait, and 202 for the old way', () => {
  const r = new Requests();
  const job = { metadata: { name: 'j' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } } };
  r.ok('create', 'batch v1 jobs default', { body: job });
  const orphaned = r.send('delete', 'batch v1 jobs default j');
  assert.deepEqual(orphaned.warnings, ['child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning']);
  assert.deepEqual((orphaned.object as KubernetesObject).metadata.finalizers, ['orphan']);
  r.ok('create', '- v1 configmaps default', { body: { metadata: { name: 'a', finalizers: ['example.com/x'] } } });
  assert.equal(r.send('delete', '- v1 configmaps default a', { options: { orphanDependents: false } }).code, 202);
});

test('numbers of a service that was refused are free again, and none is given twice', () => {
  const r = new Requests();
  const service = (name: string, more: object = {}): object => ({ metadata: { name }, spec: { clusterIP: '10.96.7.7', ports: [{ port: 80 }], ...more } });
  assert.equal(r.send('create', '- v1 services default', { body: service('Wrong_Name') }).code, 422);
  r.ok('create', '- v1 services default', { body: service('a'), options: { dryRun: true } });
  r.ok('create', '- v1 services default', { body: service('a') });
  const taken = r.send('create', '- v1 services default', { body: service('b') });
  assert.equal((taken.object as Status).message, 'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.7.7"]: failed to allocate IP 10.96.7.7: provided IP is already allocated');
  const tasks = ['c', 'd'].map((name) => r.world.simulation.spawn('t', r.world.api.request(ADMIN, { verb: 'create', group: '', version: 'v1', resource: 'services', namespace: 'default', body: service(name, { clusterIP: '10.96.8.8' }) })));
  r.settle(1);
  assert.deepEqual(tasks.map((t) => t.result?.code).sort(), [201, 422], 'two at the same time');
});

test('a scale is written as a part of its parent', () => {
  const r = new Requests();
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  r.ok('create', 'apps v1 deployments default', { body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'a' } }, template } } });
  const scale = r.ok('patch', 'apps v1 deployments default d scale', { patchType: 'application/merge-patch+json', body: { spec: { replicas: 4 } }, options: { fieldManager: 'm' } });
  assert.deepEqual([scale.kind, (scale.spec as { replicas: number }).replicas], ['Scale', 4]);
  const deployment = r.world.api.present(r.ok('get', 'apps v1 deployments default d'));
  const entry = deployment.metadata.managedFields?.find((e) => e.manager === 'm');
  assert.equal(entry?.subresource, 'scale');
  assert.deepEqual(entry?.fieldsV1, { 'f:spec': { 'f:replicas': {} } });
  assert.equal(r.send('update', 'apps v1 deployments default d scale', { body: { ...scale, metadata: { ...scale.metadata, resourceVersion: '1' } } }).code, 409);
});

test('the same field applied by a second manager is written, and again is not', () => {
  const r = new Requests();
  const apply = (manager: string): KubernetesObject => r.ok('patch', '- v1 configmaps default a', { patchType: 'application/apply-patch+yaml', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } }, options: { fieldManager: manager } });
  const first = apply('one'), second = apply('two'), third = apply('two');
  assert.notEqual(second.metadata.resourceVersion, first.metadata.resourceVersion);
  assert.equal(third.metadata.resourceVersion, second.metadata.resourceVersion);
  r.ok('patch', '- v1 configmaps default a', { patchType: 'application/json-patch+json', body: [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }] });
  assert.equal(r.world.api.present(r.ok('get', '- v1 configmaps default a')).metadata.managedFields, undefined);
});

test('autoscaling/v1 is another view of v2', () => {
  const r = new Requests();
  const hpa = { metadata: { name: 'h' }, spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 70, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } };
  const old = r.ok('create', 'autoscaling v1 horizontalpodautoscalers default', { body: hpa });
  assert.equal((old.spec as { targetCPUUtilizationPercentage: number }).targetCPUUtilizationPercentage, 70);
  const now = r.ok('get', 'autoscaling v2 horizontalpodautoscalers default h');
  assert.equal((now.spec as { metrics: { resource: { target: { averageUtilization: number } } }[] }).metrics[0]?.resource.target.averageUtilization, 70);
  const patched = r.ok('patch', 'autoscaling v1 horizontalpodautoscalers default h', { patchType: 'application/merge-patch+json', body: { spec: { targetCPUUtilizationPercentage: 50 } } });
  assert.equal((patched.spec as { targetCPUUtilizationPercentage: number }).targetCPUUtilizationPercentage, 50);
});

test('bookmarks come to whoever asked, and never before the events they cover', () => {
  const r = new Requests();
  const heard: WatchEvent[] = [];
  const handler = { onEvent: (event: WatchEvent) => { heard.push(event); }, onEnd: () => undefined };
  r.world.do(r.world.api.watch({ ...ADMIN, actor: 'controller' }, { verb: 'watch', group: '', version: 'v1', resource: 'configmaps', namespace: 'default', options: { allowWatchBookmarks: true, resourceVersion: String(r.world.etcd.revision) } }, handler));
  r.ok('create', '- v1 configmaps default', { body: { metadata: { name: 'a' } } });
  r.settle(61);
  assert.deepEqual(heard.map((e) => e.type), ['ADDED', 'BOOKMARK']);
  assert.ok(Number(heard[1]?.object.metadata.resourceVersion) >= Number(heard[0]?.object.metadata.resourceVersion));
});

test('a watch that begins before what is remembered is told to list again', () => {
  const r = new Requests();
  r.ok('create', '- v1 configmaps default', { body: { metadata: { name: 'a' } } });
  r.world.do(r.world.api.compact(r.world.etcd.revision));
  const result = r.world.do(r.world.api.watch(ADMIN, { verb: 'watch', group: '', version: 'v1', resource: 'configmaps', options: { resourceVersion: '1' } }, { onEvent: () => undefined, onEnd: () => undefined }));
  assert.ok(isStatus(result) && result.code === 410 && result.reason === 'Expired');
});

const version = (name: string, storage: boolean): object => ({
  name, served: true, storage, subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', required: ['size'], properties: { size: { type: 'string', enum: ['S', 'M'] }, replicas: { type: 'integer', default: 2 } } }, status: { type: 'object', properties: { replicas: { type: 'integer' } } } } } },
});
const CRD = { metadata: { name: 'gadgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'gadgets', kind: 'Gadget', shortNames: ['gd'] }, versions: [version('v1beta1', false), version('v1', true)] } };
const CRDS = 'apiextensions.k8s.io v1 customresourcedefinitions';

test('a custom resource: established, served, pruned, defaulted, validated, scaled, and gone with its definition', () => {
  const r = new Requests();
  r.ok('create', `${CRDS} -`, { body: CRD });
  assert.equal(r.send('get', 'example.com v1 gadgets default a').code, 404);
  r.settle(1);
  const crd = r.ok('get', `${CRDS} - gadgets.example.com`) as unknown as { status: { conditions: { type: string; status: string }[]; storedVersions: string[] } };
  assert.deepEqual(crd.status.conditions.map((c) => `${c.type}=${c.status}`), ['NamesAccepted=True', 'Established=True']);
  assert.deepEqual(crd.status.storedVersions, ['v1']);
  assert.deepEqual(r.world.api.registry.groups().find((g) => g.group === 'example.com')?.versions, ['v1', 'v1beta1']);

  const created = r.send('create', 'example.com v1beta1 gadgets default', { body: { apiVersion: 'example.com/v1beta1', kind: 'Gadget', metadata: { name: 'a' }, spec: { size: 'S', other: 1 }, status: { replicas: 9 } } });
  assert.deepEqual(created.warnings, ['unknown field "spec.other"']);
  const object = created.object as KubernetesObject;
  assert.deepEqual([object.apiVersion, object.spec, object.status, object.metadata.generation], ['example.com/v1beta1', { size: 'S', replicas: 2 }, undefined, 1]);
  assert.equal(r.ok('get', 'example.com v1 gadgets default a').apiVersion, 'example.com/v1');
  const wrong = r.send('patch', 'example.com v1 gadgets default a', { patchType: 'application/merge-patch+json', body: { spec: { size: 'X' } } });
  assert.equal((wrong.object as Status).message, 'Gadget.example.com "a" is invalid: spec.size: Unsupported value: "X": supported values: "S", "M"');
  assert.equal(r.send('patch', 'example.com v1 gadgets default a', { patchType: 'application/strategic-merge-patch+json', body: {} }).code, 415);
  r.ok('patch', 'example.com v1 gadgets default a scale', { patchType: 'application/merge-patch+json', body: { spec: { replicas: 5 } } });
  assert.equal((r.ok('get', 'example.com v1 gadgets default a').spec as { replicas: number }).replicas, 5);

  const ends: unknown[] = [];
  r.world.do(r.world.api.watch(ADMIN, { verb: 'watch', group: 'example.com', version: 'v1', resource: 'gadgets' }, { onEvent: () => undefined, onEnd: (status) => { ends.push(status); } }));
  r.ok('delete', `${CRDS} - gadgets.example.com`);
  r.settle(10);
  assert.equal(r.send('get', `${CRDS} - gadgets.example.com`).code, 404);
  assert.equal(r.send('get', 'example.com v1 gadgets default a').code, 404);
  assert.equal(r.world.api.registry.forResource('example.com', 'v1', 'gadgets'), undefined);
  assert.equal(ends.length, 1);
});

test('a definition whose names are taken is not established', () => {
  const r = new Requests();
  r.ok('create', `${CRDS} -`, { body: CRD });
  r.settle(1);
  r.ok('create', `${CRDS} -`, { body: { ...CRD, metadata: { name: 'widgets.example.com' }, spec: { ...CRD.spec, names: { plural: 'widgets', singular: 'widget', kind: 'Gadget' } } } });
  r.settle(1);
  const crd = r.ok('get', `${CRDS} - widgets.example.com`) as unknown as { status: { conditions: { type: string; status: string; message: string }[] } };
  assert.deepEqual(crd.status.conditions.map((c) => `${c.type}=${c.status} ${c.message}`), ['NamesAccepted=False "Gadget" is already in use', 'Established=False not all names are accepted']);
});
