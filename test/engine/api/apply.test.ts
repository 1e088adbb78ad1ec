import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ManagedFieldsEntry } from '../../../src/engine/api/generated/types';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { applyPatch, type Applied } from '../../../src/engine/api/patch/apply/applyPatch';
import { difference, intersection, members, pathString, recursiveDifference, union } from '../../../src/engine/api/patch/apply/fieldSet';
import { keepTimesOfUnchanged, managerOf, trackUpdate } from '../../../src/engine/api/patch/apply/trackUpdate';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import type { Status } from '../../../src/engine/api/status';

const registry = new ResourceRegistry();
const definitionOf = (apiVersion: string, kind: string) => {
  const found = registry.forObject(apiVersion, kind);
  assert.ok(found);
  return found;
};
const DEPLOYMENT = definitionOf('apps/v1', 'Deployment');
const POD = definitionOf('v1', 'Pod');
const CONFIGMAP = definitionOf('v1', 'ConfigMap');
const T1 = '2026-11-22T07:51:19Z';
const T2 = '2026-11-22T07:51:29Z';
const object = (value: object): KubernetesObject => deepFreeze(value) as KubernetesObject;

const container = { image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent', name: 'main', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const deployment = (replicas: number) => object({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'demo', uid: 'u', labels: { app: 'web' } },
  spec: {
    progressDeadlineSeconds: 600, replicas, revisionHistoryLimit: 10, selector: { matchLabels: { app: 'web' } }, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' }, type: 'RollingUpdate' },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler', securityContext: {}, terminationGracePeriodSeconds: 30 },
    },
  },
  status: {},
});
const config = (metadata: object, data: object) => object({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg', namespace: 'default', ...metadata }, data });
const managers = (o: KubernetesObject): readonly string[] => (o.metadata.managedFields ?? []).map((m) => `${m.operation} ${m.manager}${m.subresource ? `/${m.subresource}` : ''} ${m.time ?? '-'} ${JSON.stringify(m.fieldsV1)}`);
const first = (o: KubernetesObject): ManagedFieldsEntry => {
  const entry = o.metadata.managedFields?.[0];
  assert.ok(entry);
  return entry;
};

describe('field sets', () => {
  const a = { 'f:spec': { '.': {}, 'f:a': {}, 'f:b': { 'f:c': {} } } };
  test('union', () => assert.deepEqual(union(a, { 'f:spec': { 'f:b': {} }, 'f:x': {} }), { 'f:spec': { '.': {}, 'f:a': {}, 'f:b': { '.': {}, 'f:c': {} } }, 'f:x': {} }));
  test('union with a subset is the same value', () => assert.equal(union(a, { 'f:spec': { 'f:a': {} } }), a));
  test('difference', () => assert.deepEqual(difference(a, { 'f:spec': { '.': {}, 'f:a': {} } }), { 'f:spec': { 'f:b': { 'f:c': {} } } }));
  test('difference keeps descendants', () => assert.deepEqual(difference(a, { 'f:spec': {} }), { 'f:spec': { 'f:a': {}, 'f:b': { 'f:c': {} } } }));
  test('recursive difference does not', () => assert.deepEqual(recursiveDifference(a, { 'f:spec': {} }), {}));
  test('intersection', () => assert.deepEqual(intersection(a, { 'f:spec': { 'f:b': { 'f:c': {}, 'f:d': {} } } }), { 'f:spec': { 'f:b': { 'f:c': {} } } }));
  test('paths', () => {
    const set = { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } }, 'f:replicas': {} }, 'f:metadata': { 'f:finalizers': { 'v:"x/y"': {} } } };
    assert.deepEqual(members(set).map(pathString), ['.metadata.finalizers[="x/y"]', '.spec.replicas', '.spec.ports[port=80,protocol="TCP"]', '.spec.ports[port=80,protocol="TCP"].port']);
  });
});

describe('tracking updates', () => {
  test('a new Deployment has the fields that kubectl create owns on a real cluster', () => {
    const tracked = trackUpdate(undefined, deployment(1), { manager: 'kubectl-create', now: T1, definition: DEPLOYMENT });
    assert.deepEqual(tracked.metadata.managedFields, [{
      apiVersion: 'apps/v1', fieldsType: 'FieldsV1', manager: 'kubectl-create', operation: 'Update', time: T1,
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:progressDeadlineSeconds': {}, 'f:replicas': {}, 'f:revisionHistoryLimit': {}, 'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
          'f:template': {
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"main"}': { '.': {}, 'f:image': {}, 'f:imagePullPolicy': {}, 'f:name': {}, 'f:resources': {}, 'f:terminationMessagePath': {}, 'f:terminationMessagePolicy': {} },
              },
              'f:dnsPolicy': {}, 'f:restartPolicy': {}, 'f:schedulerName': {}, 'f:securityContext': {}, 'f:terminationGracePeriodSeconds': {},
            },
          },
        },
      },
    }]);
  });

  const owned: readonly [string, string, object, object][] = [
    ['v1', 'Service', { spec: { internalTrafficPolicy: 'Cluster', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], selector: { app: 'web' }, sessionAffinity: 'None', type: 'ClusterIP' }, status: { loadBalancer: {} } },
      { 'f:spec': { 'f:internalTrafficPolicy': {}, 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:protocol': {}, 'f:targetPort': {} } }, 'f:selector': {}, 'f:sessionAffinity': {}, 'f:type': {} } }],
    ['v1', 'Event', { involvedObject: { kind: 'Pod', name: 'p' }, reason: 'r', message: 'm', source: { component: 'c' }, firstTimestamp: T1, lastTimestamp: T1, eventTime: null, count: 1, type: 'Normal', reportingComponent: 'c', reportingInstance: '' },
      { 'f:count': {}, 'f:firstTimestamp': {}, 'f:involvedObject': {}, 'f:lastTimestamp': {}, 'f:message': {}, 'f:reason': {}, 'f:reportingComponent': {}, 'f:source': { 'f:component': {} }, 'f:type': {} }],
    ['v1', 'Pod', { metadata: { name: 'p', generateName: 'p-', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u-1', controller: true }] }, spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, protocol: 'TCP' }] }] }, status: {} },
      { 'f:metadata': { 'f:generateName': {}, 'f:ownerReferences': { '.': {}, 'k:{"uid":"u-1"}': {} } }, 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } } } } } }],
  ];
  for (const [apiVersion, kind, more, fields] of owned) {
    test(`a new ${kind}`, () => {
      const created = object({ apiVersion, kind, metadata: { name: 'x', namespace: 'd' }, ...more });
      assert.deepEqual(first(trackUpdate(undefined, created, { manager: 'm', now: T1, definition: definitionOf(apiVersion, kind) })).fieldsV1, fields);
    });
  }

  test('a scale moves replicas to its manager', () => {
    const created = trackUpdate(undefined, deployment(1), { manager: 'kubectl-create', now: T1, definition: DEPLOYMENT });
    const scaled = object({ ...created, spec: { ...(created.spec as object), replicas: 3 } });
    const tracked = trackUpdate(created, scaled, { manager: 'kubectl', subresource: 'scale', now: T2, definition: DEPLOYMENT });
    assert.equal(managers(tracked)[1], `Update kubectl/scale ${T2} {"f:spec":{"f:replicas":{}}}`);
    assert.ok(!managers(tracked)[0]?.includes('f:replicas'));
  });

  test('a status update through the main endpoint owns nothing', () => {
    const created = trackUpdate(undefined, deployment(1), { manager: 'kubectl-create', now: T1, definition: DEPLOYMENT });
    const changed = object({ ...created, status: { replicas: 1 } });
    assert.equal(trackUpdate(created, changed, { manager: 'x', now: T2, definition: DEPLOYMENT }).metadata.managedFields, created.metadata.managedFields);
  });

  test('conditions are owned by type', () => {
    const before = trackUpdate(undefined, object({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u' }, spec: { containers: [container] }, status: { phase: 'Pending' } }), { manager: 'a', now: T1, definition: POD });
    const after = object({ ...before, status: { phase: 'Pending', conditions: [{ lastProbeTime: null, lastTransitionTime: T2, status: 'True', type: 'PodScheduled' }], startTime: T2 } });
    const tracked = trackUpdate(before, after, { manager: 'kubelet', subresource: 'status', now: T2, definition: POD });
    assert.deepEqual(tracked.metadata.managedFields?.[1], {
      apiVersion: 'v1', fieldsType: 'FieldsV1', manager: 'kubelet', operation: 'Update', subresource: 'status', time: T2,
      fieldsV1: { 'f:status': { 'f:conditions': { '.': {}, 'k:{"type":"PodScheduled"}': { '.': {}, 'f:lastProbeTime': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} } }, 'f:startTime': {} } },
    });
  });

  test('what is removed is removed from every manager', () => {
    const created = trackUpdate(undefined, config({}, { a: '1', b: '2' }), { manager: 'one', now: T1, definition: CONFIGMAP });
    const stored = object({ ...created, metadata: { ...created.metadata, uid: 'u' } });
    const tracked = trackUpdate(stored, object({ ...stored, data: { a: '1' } }), { manager: 'two', now: T2, definition: CONFIGMAP });
    assert.deepEqual(managers(tracked), [`Update one ${T1} {"f:data":{".":{},"f:a":{}}}`]);
  });

  test('objects stored without managers stay without', () => {
    assert.equal(trackUpdate(config({ uid: 'u' }, { a: '1' }), config({ uid: 'u' }, { a: '2' }), { manager: 'x', now: T1, definition: CONFIGMAP }).metadata.managedFields, undefined);
  });

  test('more than ten updaters are merged into ancient-changes', () => {
    let current = trackUpdate(undefined, config({ uid: 'u' }, { k0: '' }), { manager: 'm0', now: '2026-01-01T00:00:00Z', definition: CONFIGMAP });
    for (let i = 1; i < 13; i++) {
      const next = object({ ...current, data: { ...(current.data as object), [`k${i}`]: '' } });
      current = trackUpdate(current, next, { manager: `m${i}`, now: `2026-01-01T00:00:${String(i).padStart(2, '0')}Z`, definition: CONFIGMAP });
    }
    assert.equal(current.metadata.managedFields?.length, 10);
    assert.equal(managers(current)[0], 'Update ancient-changes 2026-01-01T00:00:03Z {"f:data":{".":{},"f:k0":{},"f:k1":{},"f:k2":{},"f:k3":{}}}');
  });

  test('a write that changes nothing keeps its times', () => {
    const created = trackUpdate(undefined, config({ uid: 'u' }, { a: '1' }), { manager: 'one', now: T1, definition: CONFIGMAP });
    const again = object({ ...created, metadata: { ...created.metadata, managedFields: [{ ...first(created), time: T2 }] } });
    assert.equal(keepTimesOfUnchanged(created, again).metadata.managedFields, created.metadata.managedFields);
  });

  test('managers by user agent', () => {
    assert.equal(managerOf(undefined, 'kubectl/v1.33.0 (linux/amd64) kubernetes/abc'), 'kubectl');
    assert.equal(managerOf('me', 'kubectl/v1'), 'me');
    assert.equal(managerOf('', `${'x'.repeat(200)}/1`).length, 128);
  });
});

describe('server-side apply', () => {
  const apply = (live: KubernetesObject | undefined, applied: object, manager = 'me', force = false) => applyPatch(live, deepFreeze(applied), { manager, force, now: T2, definition: CONFIGMAP });
  const done = (result: Applied | Status): KubernetesObject => {
    assert.ok('object' in result, JSON.stringify(result));
    return deepFreeze({ ...result.object, metadata: { ...result.object.metadata, uid: 'u' } });
  };
  const manifest = (data: object, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg', ...metadata }, data });

  test('creates', () => assert.deepEqual(managers(done(apply(undefined, manifest({ a: '1' }, { labels: { x: 'y' } })))), [`Apply me ${T2} {"f:data":{"f:a":{}},"f:metadata":{"f:labels":{"f:x":{}}}}`]));
  test('removes what is no longer applied', () => {
    const live = done(apply(undefined, manifest({ a: '1', b: '2' })));
    const next = done(apply(live, manifest({ a: '1' })));
    assert.deepEqual(next.data, { a: '1' });
  });
  test('keeps what another manager applies too', () => {
    const live = done(apply(undefined, manifest({ a: '1', b: '2' })));
    const shared = done(apply(live, manifest({ b: '2' }), 'other'));
    assert.deepEqual(done(apply(shared, manifest({ a: '1' }))).data, { a: '1', b: '2' });
  });
  test('keeps what others own', () => {
    const live = done(apply(undefined, manifest({ a: '1' })));
    const edited = trackUpdate(live, object({ ...live, data: { a: '1', c: '3' } }), { manager: 'kubectl-edit', now: T2, definition: CONFIGMAP });
    assert.deepEqual(done(apply(edited, manifest({ a: '2' }))).data, { a: '2', c: '3' });
  });
  test('conflicts', () => {
    const live = trackUpdate(undefined, deployment(1), { manager: 'kubectl-create', now: T1, definition: DEPLOYMENT });
    const applied = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 5 } };
    const status = applyPatch(live, applied, { manager: 'me', force: false, now: T2, definition: DEPLOYMENT });
    assert.deepEqual(status, {
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Conflict', code: 409,
      message: 'Apply failed with 1 conflict: conflict with "kubectl-create" using apps/v1: .spec.replicas',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl-create" using apps/v1', field: '.spec.replicas' }] },
    });
    const more = { ...applied, spec: { replicas: 5, template: { spec: { containers: [{ name: 'main', image: 'x' }] } } } };
    assert.equal((applyPatch(live, more, { manager: 'me', force: false, now: T2, definition: DEPLOYMENT }) as Status).message,
      'Apply failed with 2 conflicts: conflicts with "kubectl-create" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name="main"].image');
    const forced = done(applyPatch(live, more, { manager: 'me', force: true, now: T2, definition: DEPLOYMENT }));
    assert.equal(managers(forced)[0], `Apply me ${T2} {"f:spec":{"f:replicas":{},"f:template":{"f:spec":{"f:containers":{"k:{\\"name\\":\\"main\\"}":{".":{},"f:image":{},"f:name":{}}}}}}}`);
    assert.equal(((forced.spec as { template: { spec: { containers: object[] } } }).template.spec.containers).length, 1);
  });
  test('removing an item of an associative list', () => {
    const make = (names: readonly string[]) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: names.map((name) => ({ name, image: 'x' })) } });
    const options = { manager: 'me', force: false, now: T1, definition: POD };
    const live = done(applyPatch(undefined, make(['a', 'b', 'c']), options));
    const next = done(applyPatch(live, make(['c', 'a']), options));
    assert.deepEqual((next.spec as { containers: { name: string }[] }).containers.map((c) => c.name), ['c', 'a']);
  });
  test('objects without managers get before-first-apply', () => {
    const result = apply(config({ uid: 'u' }, { a: '1', b: '2' }), manifest({ a: '2' }));
    assert.equal((result as Status).message, 'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a');
  });
  test('kubectl takes over from client-side apply', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const last = `${JSON.stringify(manifest({ a: '1' }))}\n`;
    const live = trackUpdate(undefined, config({ uid: 'u', annotations: { [annotation]: last } }, { a: '1' }), { manager: 'kubectl-client-side-apply', now: T1, definition: CONFIGMAP });
    const next = done(apply(live, manifest({ a: '2' }), 'kubectl'));
    assert.deepEqual(next.data, { a: '2' });
    assert.equal(next.metadata.annotations?.[annotation], '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"cfg"}}\n');
  });
  test('the annotation of client-side apply is written as Go writes JSON', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const live = trackUpdate(undefined, config({ uid: 'u', annotations: { [annotation]: '{}' } }, { a: '<' }), { manager: 'kubectl-client-side-apply', now: T1, definition: CONFIGMAP });
    const next = done(apply(live, manifest({ a: '<' }, { namespace: 'default' }), 'kubectl'));
    assert.equal(next.metadata.annotations?.[annotation], '{"apiVersion":"v1","data":{"a":"\\u003c"},"kind":"ConfigMap","metadata":{"name":"cfg","namespace":"default"}}\n');
  });
  test('a repeated apply changes nothing', () => {
    const live = done(apply(undefined, manifest({ a: '1' })));
    const again = applyPatch(live, manifest({ a: '1' }), { manager: 'me', force: false, now: '2027-01-01T00:00:00Z', definition: CONFIGMAP });
    assert.deepEqual((again as Applied).object, live);
  });

  const refused: readonly [unknown, number, string][] = [
    [[], 400, 'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    [{}, 400, 'invalid object type: /, Kind='],
    [{ apiVersion: 'apps/v1', kind: 'Deployment' }, 400, 'invalid object type: apps/v1, Kind=Deployment'],
    [manifest({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
    [{ ...manifest({}), spec: 1 }, 500, 'failed to create typed patch object (/cfg; /v1, Kind=ConfigMap): .spec: field not declared in schema'],
    [manifest({ a: 1 }), 500, 'failed to create typed patch object (/cfg; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}'],
    [{ ...manifest({}), data: [] }, 500, 'failed to create typed patch object (/cfg; /v1, Kind=ConfigMap): .data: expected map, got &{[]}'],
  ];
  for (const [applied, code, message] of refused) {
    test(message, () => {
      const status = apply(undefined, applied as object) as Status;
      assert.deepEqual([status.code, status.message], [code, message]);
    });
  }
  test('custom resources are typed by their schema', () => {
    const definition = { ...CONFIGMAP, group: 'example.com', version: 'v1', kind: 'Gadget', schema: '', resource: 'gadgets', subresources: [] };
    const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties: { parts: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['id'], items: { type: 'object', properties: { id: { type: 'string' }, n: { type: 'integer' } } } } } } } };
    const make = (parts: readonly object[]) => ({ apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' }, spec: { parts } });
    const live = done(applyPatch(undefined, make([{ id: 'a', n: 1 }]), { manager: 'one', force: false, now: T1, definition, openAPIV3Schema }));
    const next = done(applyPatch(live, make([{ id: 'b', n: 1 }]), { manager: 'two', force: false, now: T1, definition, openAPIV3Schema }));
    assert.equal((next.spec as { parts: object[] }).parts.length, 2);
  });
});
