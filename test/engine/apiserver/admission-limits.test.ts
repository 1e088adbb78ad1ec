import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../src/engine/api/generated/types';
import { container, create, created, current, pod, send, verdict, type Json } from './admissionSupport';
import { ServerWorld } from './world';

const limitRange = (...limits: readonly Json[]): Json => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'lr' }, spec: { limits } });
const resources = (requests: Json, limits: Json): Json => ({ containers: [container({ resources: { requests, limits } })] });

test('containers get the defaults of their namespace, and the pod says so', () => {
  const world = new ServerWorld();
  created(world, limitRange({ type: 'Container', default: { cpu: '300m', memory: '1Gi' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } }));
  const stored = created<Pod>(world, pod('p', { containers: [container(), container({ name: 'side', resources: { limits: { memory: '2Gi' } } })], initContainers: [container({ name: 'init' })] }));
  assert.deepEqual(stored.spec.containers.map((c) => c.resources), [
    { limits: { cpu: '300m', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } },
    { limits: { cpu: '300m', memory: '2Gi' }, requests: { cpu: '100m', memory: '2Gi' } },
  ]);
  assert.equal(stored.metadata.annotations?.['kubernetes.io/limit-ranger'],
    'LimitRanger plugin set: cpu, memory request for container main; cpu, memory limit for container main; cpu request for container side; cpu limit for container side; cpu, memory request for init container init; cpu, memory limit for init container init');
});

const CASES: readonly (readonly [name: string, limit: Json, spec: Json, message: string])[] = [
  ['limit above the maximum', { type: 'Container', max: { cpu: '500m' } }, resources({ cpu: '1' }, { cpu: '1' }), 'maximum cpu usage per Container is 500m, but limit is 1'],
  ['request above the maximum', { type: 'Pod', max: { cpu: '500m' } }, { ...resources({ cpu: '1' }, {}) }, 'maximum cpu usage per Pod is 500m.  No limit is specified'],
  ['request below the minimum', { type: 'Container', min: { memory: '1Gi' } }, resources({ memory: '512Mi' }, { memory: '2Gi' }), 'minimum memory usage per Container is 1Gi, but request is 512Mi'],
  ['no request', { type: 'Pod', min: { cpu: '100m' } }, {}, 'minimum cpu usage per Pod is 100m.  No request is specified'],
  ['several at once', { type: 'Pod', min: { cpu: '100m', memory: '1Gi' }, max: { cpu: '1' } }, {}, '[minimum cpu usage per Pod is 100m.  No request is specified, minimum memory usage per Pod is 1Gi.  No request is specified, maximum cpu usage per Pod is 1.  No limit is specified]'],
  ['the ratio', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, resources({ cpu: '100m' }, { cpu: '250m' }), 'cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000'],
  ['the ratio of nothing', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, {}, 'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0'],
  ['sidecars count with the containers', { type: 'Pod', max: { cpu: '2' } }, { ...resources({ cpu: '1' }, { cpu: '1' }), initContainers: [container({ name: 'side', restartPolicy: 'Always', resources: { limits: { cpu: '1500m' } } })] }, 'maximum cpu usage per Pod is 2, but limit is 2500m'],
];
for (const [name, limit, spec, message] of CASES) {
  test(`a pod is refused: ${name}`, () => {
    const world = new ServerWorld();
    created(world, limitRange(limit));
    assert.equal(create(world, pod('p', spec)), `pods "p" is forbidden: ${message}`);
  });
}

test('claims are held to their bounds by what they request', () => {
  const world = new ServerWorld();
  created(world, limitRange({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } }));
  const claim = (storage: string): Json => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } });
  assert.equal(create(world, claim('20Gi')), 'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi');
  assert.equal(create(world, claim('1Mi')), 'persistentvolumeclaims "c" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi');
  assert.equal(create(world, claim('5Gi')), 'passed');
});

test('a resize is held to the bounds, an update of anything else is not', () => {
  const world = new ServerWorld();
  const stored = created<Pod>(world, pod('p', resources({ cpu: '100m' }, { cpu: '100m' })));
  created(world, limitRange({ type: 'Container', max: { cpu: '50m' } }));
  assert.equal(verdict(send(world, 'update', { ...stored, metadata: { ...stored.metadata, labels: { a: 'b' } } } as unknown as Json)), 'passed');
  const now = current<Pod>(world, '', 'pods', 'default/p');
  const bigger = { ...now, spec: { ...now.spec, containers: now.spec.containers.map((c) => ({ ...c, resources: { requests: { cpu: '200m' }, limits: { cpu: '200m' } } })) } };
  assert.equal(verdict(send(world, 'update', bigger as unknown as Json, { subresource: 'resize' })), 'pods "p" is forbidden: maximum cpu usage per Container is 50m, but limit is 200m');
});
