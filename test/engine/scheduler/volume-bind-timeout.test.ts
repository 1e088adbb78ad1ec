// A claim that nobody provisions: the scheduler has chosen a node, waits ten minutes for the volume, and gives the pod back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/engine/api/object';
import type { CoreEvent, Pod } from '../../../src/engine/api/generated/types';
import { readyNode } from '../../../src/engine/bootstrap/nodes';
import { Session } from '../../../src/engine/session';

const OBJECTS = [
  readyNode({ name: 'node-1', number: 1 }, 'v1.36.2', '2026-01-01T00:00:00Z'),
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'slow' }, provisioner: 'csi.example.com', volumeBindingMode: 'WaitForFirstConsumer' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'slow', resources: { requests: { storage: '1Gi' } } }, status: { phase: 'Pending' } },
] as unknown as readonly KubernetesObject[];
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'x' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } };

test('a pod waits for its volumes no longer than the bind timeout', () => {
  const session = new Session({ objects: OBJECTS, components: { controllers: false, kubelets: false } });
  const { api, simulation } = session.cluster;
  const action = session.create([{ file: '', index: 0, value: POD }]);
  assert.deepEqual(action.run.waiting.map((w) => w.reason), ['the volumes of pod default/a (the scheduler gives up)']);
  assert.ok(action.run.settled, 'a run does not sit the ten minutes out');
  assert.equal(api.peek('', 'persistentvolumeclaims')?.get('default/data')?.metadata.annotations?.['volume.kubernetes.io/selected-node'], 'node-1');
  simulation.runUntil(simulation.now + 601_000);
  const pod = api.peek('', 'pods')?.get('default/a') as unknown as Pod;
  const condition = pod.status.conditions?.find((c) => c.type === 'PodScheduled');
  const message = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded';
  assert.deepEqual([condition?.status, condition?.reason, condition?.message], ['False', 'SchedulerError', message]);
  assert.ok((api.peek('', 'events')?.list() as unknown as readonly CoreEvent[]).some((e) => e.reason === 'FailedScheduling' && e.message === message));
});
