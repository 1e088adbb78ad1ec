import type { Pod, ReplicaSet } from '../../api/generated/types';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import type { Process } from '../../simulation/process';
import { byCreation } from '../objects';
import type { Failure } from '../outcome';
import { isPodTerminal } from '../podUtil';
import { activeOrLatest, isActive, isRollingUpdate, isSaturated, maxUnavailable, mayScaleDown, newReplicaSetSize, proportionalSizes, specReplicas, totalAvailable, totalReplicas, totalSpecReplicas } from './replicas';
import { calculateStatus, isComplete, withProgress, withReplicaFailure } from './status';
import type { DeploymentWriter, ReplicaSets } from './sync';

export const allOf = (sets: ReplicaSets): readonly ReplicaSet[] => (sets.newSet ? [...sets.old, sets.newSet] : sets.old);

/** rolloutRolling: one step up or one step down, then the status. */
export function* rolloutRolling(writer: DeploymentWriter, list: readonly ReplicaSet[], wait: (writer: DeploymentWriter) => void, now: () => number): Process<Failure> {
  let sets = yield* writer.replicaSetsAndRevision(list, true);
  if (isStatus(sets)) return sets;
  const newSet = sets.newSet as ReplicaSet;
  const up = yield* reconcileNew(writer, sets, newSet);
  if (isStatus(up)) return up;
  if (up) return yield* syncRolloutStatus(writer, sets, wait, now);
  const down = yield* reconcileOld(writer, sets, newSet);
  if (isStatus(down)) return down;
  sets = down.sets;
  if (down.scaled) return yield* syncRolloutStatus(writer, sets, wait, now);
  if (isComplete(writer.d, writer.d.status ?? {})) {
    const failure = yield* writer.cleanup(sets.old);
    if (failure) return failure;
  }
  return yield* syncRolloutStatus(writer, sets, wait, now);
}

function* reconcileNew(writer: DeploymentWriter, sets: ReplicaSets, newSet: ReplicaSet): Process<boolean | Status> {
  const size = specReplicas(newSet);
  if (size === specReplicas(writer.d)) return false;
  const target = size > specReplicas(writer.d) ? specReplicas(writer.d) : newReplicaSetSize(writer.d, totalSpecReplicas(allOf(sets)), size);
  if (target === size) return false;
  const scaled = yield* writer.scale(newSet, target);
  return isStatus(scaled) ? scaled : true;
}

interface Reconciled {
  readonly scaled: boolean;
  readonly sets: ReplicaSets;
}

function* reconcileOld(writer: DeploymentWriter, sets: ReplicaSets, newSet: ReplicaSet): Process<Reconciled | Status> {
  const old = new Map(sets.old.filter(isActive).map((rs) => [rs.metadata.uid, rs]));
  if (old.size === 0) return { scaled: false, sets };
  const most = mayScaleDown(writer.d, allOf(sets), newSet);
  if (most <= 0) return { scaled: false, sets };
  const cleaned = yield* scaleDown(writer, old, most, (rs) => specReplicas(rs) - (rs.status?.availableReplicas ?? 0));
  if (isStatus(cleaned)) return cleaned;
  const surplus = totalAvailable([...old.values(), newSet]) - (specReplicas(writer.d) - maxUnavailable(writer.d));
  const reduced = surplus > 0 ? yield* scaleDown(writer, old, surplus, specReplicas) : 0;
  if (isStatus(reduced)) return reduced;
  return { scaled: cleaned + reduced > 0, sets: { ...sets, old: sets.old.map((rs) => old.get(rs.metadata.uid) ?? rs) } };
}

/** Takes replicas from the sets, oldest set first, from each as many as allowed, until enough are taken. */
function* scaleDown(writer: DeploymentWriter, sets: Map<string, ReplicaSet>, most: number, from: (rs: ReplicaSet) => number): Process<number | Status> {
  let taken = 0;
  for (const rs of [...sets.values()].sort(byCreation)) {
    if (taken >= most) break;
    const count = Math.min(specReplicas(rs), from(rs), most - taken);
    if (count <= 0) continue;
    const scaled = yield* writer.scale(rs, specReplicas(rs) - count);
    if (isStatus(scaled)) return scaled;
    sets.set(rs.metadata.uid, scaled);
    taken += count;
  }
  return taken;
}

/** rolloutRecreate: all old pods have to be gone before the first new one is made. */
export function* rolloutRecreate(writer: DeploymentWriter, list: readonly ReplicaSet[], podsOf: (rs: ReplicaSet) => Iterable<Pod>, wait: (writer: DeploymentWriter) => void, now: () => number): Process<Failure> {
  let sets = yield* writer.replicaSetsAndRevision(list, false);
  if (isStatus(sets)) return sets;
  let scaledDown = false;
  for (const rs of sets.old.filter(isActive)) {
    const scaled = yield* writer.scale(rs, 0);
    if (isStatus(scaled)) return scaled;
    scaledDown = true;
  }
  if (scaledDown || oldPodsRunning(sets, list, podsOf)) return yield* syncRolloutStatus(writer, sets, wait, now);
  if (sets.newSet === undefined) {
    sets = yield* writer.replicaSetsAndRevision(list, true);
    if (isStatus(sets)) return sets;
  }
  const newSet = sets.newSet as ReplicaSet;
  if (specReplicas(newSet) !== specReplicas(writer.d)) {
    const scaled = yield* writer.scale(newSet, specReplicas(writer.d));
    if (isStatus(scaled)) return scaled;
  }
  if (isComplete(writer.d, writer.d.status ?? {})) {
    const failure = yield* writer.cleanup(sets.old);
    if (failure) return failure;
  }
  return yield* syncRolloutStatus(writer, sets, wait, now);
}

function oldPodsRunning(sets: ReplicaSets, list: readonly ReplicaSet[], podsOf: (rs: ReplicaSet) => Iterable<Pod>): boolean {
  if (totalReplicas(sets.old) > 0) return true;
  for (const rs of list) {
    if (rs.metadata.uid === sets.newSet?.metadata.uid) continue;
    for (const pod of podsOf(rs)) if (!isPodTerminal(pod)) return true;
  }
  return false;
}

/** sync: a paused or resized deployment. No rollout, but sizes and status. */
export function* syncScale(writer: DeploymentWriter, list: readonly ReplicaSet[]): Process<Failure> {
  const sets = yield* writer.replicaSetsAndRevision(list, false);
  if (isStatus(sets)) return sets;
  const failure = (yield* scale(writer, sets)) ?? (writer.d.spec.paused ? yield* writer.cleanup(sets.old) : undefined);
  return failure ?? (yield* syncStatus(writer, sets));
}

export function* syncStatusOnly(writer: DeploymentWriter, list: readonly ReplicaSet[]): Process<Failure> {
  const sets = yield* writer.replicaSetsAndRevision(list, false);
  return isStatus(sets) ? sets : yield* syncStatus(writer, sets);
}

function* scale(writer: DeploymentWriter, sets: ReplicaSets): Process<Failure> {
  const { d } = writer;
  const only = activeOrLatest(sets.newSet, sets.old);
  if (only) {
    if (specReplicas(only) === specReplicas(d)) return undefined;
    const scaled = yield* writer.scale(only, specReplicas(d));
    return isStatus(scaled) ? scaled : undefined;
  }
  const saturated = isSaturated(d, sets.newSet);
  if (!saturated && !isRollingUpdate(d)) return undefined;
  const active = allOf(sets).filter(isActive);
  const sizes = proportionalSizes(d, active);
  for (const rs of saturated ? sets.old.filter(isActive) : active) {
    const scaled = yield* writer.scale(rs, saturated ? 0 : sizes.get(rs.metadata.name) ?? specReplicas(rs));
    if (isStatus(scaled)) return scaled;
  }
  return undefined;
}

function* syncStatus(writer: DeploymentWriter, sets: ReplicaSets): Process<Failure> {
  const status = calculateStatus(writer.d, allOf(sets), sets.newSet, writer.now);
  return semanticEqual(writer.d.status, status) ? undefined : yield* writer.updateStatus(status);
}

/** Writes the status of a rollout if it changed; if not, arranges to look again at the progress deadline. */
function* syncRolloutStatus(writer: DeploymentWriter, sets: ReplicaSets, wait: (writer: DeploymentWriter) => void, now: () => number): Process<Failure> {
  const { d } = writer;
  const counted = calculateStatus(d, allOf(sets), sets.newSet, writer.now);
  const status = withReplicaFailure(withProgress(d, counted, sets.newSet, writer.now, now()), allOf(sets), sets.newSet);
  if (!semanticEqual(d.status, status)) return yield* writer.updateStatus(status);
  wait(writer);
  return undefined;
}
