import type { PersistentVolumeClaim, Pod, Volume } from '../../api/generated/types';
import { Action } from '../events';
import { SKIP, StateKey, unresolvable, unschedulable, type CycleState, type EventRegistration, type Handle, type Plugin, type QueueingHint, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { notFoundMessage } from './volumes';

class ReadWriteOncePodState {
  constructor(readonly claims: ReadonlySet<string>, public conflicts: number) {}
  clone(): ReadWriteOncePodState { return new ReadWriteOncePodState(this.claims, this.conflicts); }
}

const STATE = new StateKey<ReadWriteOncePodState>('PreFilterVolumeRestrictions');

/** Refuses nodes where a disk is in use that cannot be shared, and all while another pod has a ReadWriteOncePod claim. */
export class VolumeRestrictions implements Plugin {
  readonly name = 'VolumeRestrictions';
  readonly #noDisk = unschedulable(this.name, 'node(s) had no available disk');
  readonly #inUse = unschedulable(this.name, 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod');
  constructor(readonly handle: Handle) {}

  preFilter(state: CycleState, pod: PodInfo): Status | undefined {
    if (!pod.hasVolumes) return SKIP;
    const claims = new Set<string>();
    for (const key of pod.claimKeys) {
      const name = key.slice(pod.namespace.length + 1);
      const claim = this.handle.listers.persistentVolumeClaim(pod.namespace, name);
      if (!claim) return unresolvable(this.name, notFoundMessage('persistentvolumeclaim', name));
      if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) claims.add(name);
    }
    const conflicts = [...claims].filter((name) => this.handle.snapshot.claimUsers(`${pod.namespace}/${name}`) > 0).length;
    if (conflicts === 0 && !pod.pod.spec?.volumes?.some(isRestricted)) return SKIP;
    state.write(STATE, new ReadWriteOncePodState(claims, conflicts));
    return undefined;
  }

  addPod(state: CycleState, _pod: PodInfo, added: PodInfo): void { change(state.read(STATE), added, 1); }
  removePod(state: CycleState, _pod: PodInfo, removed: PodInfo): void { change(state.read(STATE), removed, -1); }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    if (conflictsWithDisks(pod.pod, node.pods.map((p) => p.pod))) return this.#noDisk;
    return (state.read(STATE)?.conflicts ?? 0) > 0 ? this.#inUse : undefined;
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Pod', action: Action.Delete }, hint: afterPodDelete },
      { event: { resource: 'Node', action: Action.Add } },
      { event: { resource: 'PersistentVolumeClaim', action: Action.Add }, hint: afterClaimAdd },
    ];
  }
}

function change(state: ReadWriteOncePodState | undefined, pod: PodInfo, sign: 1 | -1): void {
  if (state) state.conflicts += sign * (pod.pod.spec?.volumes ?? []).filter((v) => v.persistentVolumeClaim && state.claims.has(v.persistentVolumeClaim.claimName)).length;
}

const isRestricted = (v: Volume): boolean => Boolean(v.gcePersistentDisk ?? v.awsElasticBlockStore ?? v.rbd ?? v.iscsi);

function conflictsWithDisks(pod: Pod, others: readonly Pod[]): boolean {
  const disks = (pod.spec?.volumes ?? []).filter(isRestricted);
  return disks.length > 0 && disks.some((disk) => others.some((other) => (other.spec?.volumes ?? []).some((used) => disksConflict(disk, used))));
}

/** Two volumes that are the same disk; most kinds may be shared by readers. */
function disksConflict(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk && a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !(a.gcePersistentDisk.readOnly && b.gcePersistentDisk.readOnly)) return true;
  if (a.awsElasticBlockStore && b.awsElasticBlockStore && a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID) return true;
  if (a.iscsi && b.iscsi && a.iscsi.iqn === b.iscsi.iqn && !(a.iscsi.readOnly && b.iscsi.readOnly)) return true;
  if (!a.rbd || !b.rbd) return false;
  const { monitors } = b.rbd;
  return a.rbd.monitors.some((m) => monitors.includes(m)) && a.rbd.pool === b.rbd.pool && a.rbd.image === b.rbd.image && !(a.rbd.readOnly && b.rbd.readOnly);
}

function afterPodDelete(pod: Pod, oldPod: unknown): QueueingHint {
  const deleted = oldPod as Pod;
  if (deleted.metadata.namespace !== pod.metadata.namespace) return 'Skip';
  if (conflictsWithDisks(pod, [deleted])) return 'Queue';
  const claims = new Set((pod.spec?.volumes ?? []).flatMap((v) => v.persistentVolumeClaim?.claimName ?? []));
  return (deleted.spec?.volumes ?? []).some((v) => v.persistentVolumeClaim && claims.has(v.persistentVolumeClaim.claimName)) ? 'Queue' : 'Skip';
}

function afterClaimAdd(pod: Pod, _old: unknown, added: unknown): QueueingHint {
  const claim = added as PersistentVolumeClaim;
  const wanted = claim.metadata.namespace === pod.metadata.namespace && (pod.spec?.volumes ?? []).some((v) => v.persistentVolumeClaim?.claimName === claim.metadata.name);
  return wanted ? 'Queue' : 'Skip';
}
