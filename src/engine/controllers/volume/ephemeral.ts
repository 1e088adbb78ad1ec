import type { PersistentVolumeClaim, Pod, Volume } from '../../api/generated/types';
import { objectKey, type NewObject } from '../../api/object';
import { isStatus } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import { PERSISTENT_VOLUME_CLAIMS, PODS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { newControllerRef } from '../objects';
import { failed, messageOf } from '../outcome';

const WORKERS = 10;

/** The ephemeral volume controller: claims that live and die with a pod. */
export function ephemeralVolumeController(context: ControllerContext): Controller {
  const { client, informers, events } = context;
  const pods = informers.for(PODS), claims = informers.for(PERSISTENT_VOLUME_CLAIMS);
  const queue = new WorkQueue(context.simulation);
  pods.addHandler({ onAdd: (pod) => { if (pod.metadata.deletionTimestamp === undefined && (pod.spec.volumes ?? []).some((v) => v.ephemeral)) queue.add(objectKey(pod)); } });

  function* sync(key: string): Process<SyncResult> {
    const pod = pods.get(key);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return { outcome: '' };
    const made: string[] = [];
    for (const volume of pod.spec.volumes ?? []) {
      if (volume.ephemeral === undefined) continue;
      const name = `${pod.metadata.name}-${volume.name}`;
      const there = claims.get(`${pod.metadata.namespace}/${name}`);
      if (there) {
        if (there.metadata.ownerReferences?.some((o) => o.uid === pod.metadata.uid)) continue;
        return { error: `PVC ${pod.metadata.namespace}/${name} was not created for pod ${key} (pod is not owner)` };
      }
      const created = yield* client.create(PERSISTENT_VOLUME_CLAIMS, pod.metadata.namespace ?? '', claimOf(pod, volume, name));
      if (isStatus(created)) {
        events.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: create PVC ${name}: ${messageOf(created)}`);
        return failed(created);
      }
      made.push(name);
    }
    return { outcome: made.length > 0 ? `claims for its ephemeral volumes: ${made.join(', ')}` : '' };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'pods', WORKERS, sync) };
}

function claimOf(pod: Pod, volume: Volume, name: string): NewObject<PersistentVolumeClaim> {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const { labels, annotations } = template?.metadata ?? {};
  return {
    apiVersion: 'v1', kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: pod.metadata.namespace, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}), ownerReferences: [newControllerRef(pod, 'v1', 'Pod')] },
    spec: template?.spec ?? {},
  };
}
