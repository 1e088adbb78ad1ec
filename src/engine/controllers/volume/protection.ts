import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/generated/types';
import { objectKey } from '../../api/object';
import { isStatus } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { failed, isNotFound } from '../outcome';
import { isPodTerminal } from '../podUtil';
import { BY_CLAIM, indexByClaim } from './binder';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** A claim that is deleted stays until no pod uses it. */
export function claimProtectionController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const claims = informers.for(PERSISTENT_VOLUME_CLAIMS), pods = informers.for(PODS);
  const queue = new WorkQueue(context.simulation);
  indexByClaim(pods);
  const consider = (claim: PersistentVolumeClaim): void => { if (claim.metadata.deletionTimestamp !== undefined && claim.metadata.finalizers?.includes(CLAIM_FINALIZER)) queue.add(objectKey(claim)); };
  const released = (pod: Pod): void => {
    for (const volume of pod.spec.volumes ?? []) {
      const name = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
      const claim = name === undefined ? undefined : claims.get(`${pod.metadata.namespace}/${name}`);
      if (claim) consider(claim);
    }
  };
  claims.addHandler({ onAdd: consider, onUpdate: (_, claim) => consider(claim) });
  pods.addHandler({ onUpdate: (before, pod) => { if (!isPodTerminal(before) && isPodTerminal(pod)) released(pod); }, onDelete: released });

  function* sync(key: string): Process<SyncResult> {
    const claim = claims.get(key);
    if (claim === undefined || claim.metadata.deletionTimestamp === undefined || !claim.metadata.finalizers?.includes(CLAIM_FINALIZER)) return { outcome: '' };
    const users = [...pods.byIndex(BY_CLAIM, key)].filter((pod) => pod.spec.nodeName && !isPodTerminal(pod));
    if (users.length > 0) return { outcome: `still used by ${users.map((pod) => pod.metadata.name).join(', ')}` };
    const updated = yield* client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, finalizers: claim.metadata.finalizers.filter((f) => f !== CLAIM_FINALIZER) } });
    return isStatus(updated) && !isNotFound(updated) ? failed(updated) : { outcome: 'no pod uses it: it may go' };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'persistentvolumeclaims', 1, sync) };
}

/** A volume that is deleted stays while it is bound. */
export function volumeProtectionController(context: ControllerContext): Controller {
  const { client, informers } = context;
  const volumes = informers.for(PERSISTENT_VOLUMES);
  const queue = new WorkQueue(context.simulation);
  const isDue = (volume: PersistentVolume): boolean => volume.metadata.deletionTimestamp !== undefined && (volume.metadata.finalizers?.includes(VOLUME_FINALIZER) ?? false) && volume.status?.phase !== 'Bound';
  const consider = (volume: PersistentVolume): void => { if (isDue(volume)) queue.add(volume.metadata.name); };
  volumes.addHandler({ onAdd: consider, onUpdate: (_, volume) => consider(volume) });

  function* sync(name: string): Process<SyncResult> {
    const volume = volumes.get(name);
    if (volume === undefined || !isDue(volume)) return { outcome: '' };
    const updated = yield* client.update(PERSISTENT_VOLUMES, { ...volume, metadata: { ...volume.metadata, finalizers: (volume.metadata.finalizers ?? []).filter((f) => f !== VOLUME_FINALIZER) } });
    return isStatus(updated) && !isNotFound(updated) ? failed(updated) : { outcome: 'no claim holds it: it may go' };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'persistentvolumes', 1, sync) };
}
