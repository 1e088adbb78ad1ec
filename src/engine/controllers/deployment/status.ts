import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/generated/types';
import { getCondition, removeCondition, setCondition } from '../conditions';
import { omitEmpty, seconds } from '../objects';
import { maxUnavailable, specReplicas, totalAvailable, totalReady, totalReplicas, totalSpecReplicas, totalTerminating } from './replicas';

/** math.MaxInt32 stands for "no deadline". */
const UNLIMITED = 2147483647;

export const hasProgressDeadline = (d: Deployment): boolean => d.spec.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== UNLIMITED;
export const hasRevisionHistoryLimit = (d: Deployment): boolean => d.spec.revisionHistoryLimit !== undefined && d.spec.revisionHistoryLimit !== UNLIMITED;

export const deploymentCondition = (type: string, status: string, reason: string, message: string, now: string): DeploymentCondition =>
  ({ type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message });

/** calculateStatus */
export function calculateStatus(d: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet | undefined, now: string): DeploymentStatus {
  const available = totalAvailable(all);
  const terminating = totalTerminating(all);
  const enough = available >= specReplicas(d) - maxUnavailable(d);
  const availability = enough
    ? deploymentCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : deploymentCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  return {
    ...omitEmpty({
      observedGeneration: d.metadata.generation, replicas: totalReplicas(all), updatedReplicas: newSet ? newSet.status?.replicas ?? 0 : 0, readyReplicas: totalReady(all),
      availableReplicas: available, unavailableReplicas: Math.max(0, totalSpecReplicas(all) - available),
    }),
    ...(d.status?.collisionCount === undefined ? {} : { collisionCount: d.status.collisionCount }),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    conditions: setCondition(d.status?.conditions, availability),
  };
}

/** Reasons of the Progressing condition after which no deadline runs. */
const FINAL: ReadonlySet<string> = new Set(['ProgressDeadlineExceeded', 'NewReplicaSetAvailable']);

/** deploymentutil.DeploymentComplete: every pod is of the new template and available, no old one is left. */
export function isComplete(d: Deployment, status: DeploymentStatus): boolean {
  const wanted = specReplicas(d);
  return (status.updatedReplicas ?? 0) === wanted && (status.replicas ?? 0) === wanted && (status.availableReplicas ?? 0) === wanted && (status.observedGeneration ?? 0) >= (d.metadata.generation ?? 0);
}

/** deploymentutil.DeploymentProgressing */
function isProgressing(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (s: DeploymentStatus): number => (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  return (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(after) < old(before)
    || (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) || (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0);
}

function isTimedOut(d: Deployment, status: DeploymentStatus, nowMilliseconds: number): boolean {
  const condition = getCondition(status.conditions, 'Progressing');
  if (!hasProgressDeadline(d) || condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  return condition.reason === 'ProgressDeadlineExceeded' || seconds(condition.lastUpdateTime) + (d.spec.progressDeadlineSeconds ?? 0) * 1000 < nowMilliseconds;
}

/** The Progressing condition of a rollout that goes on, has ended, or takes too long. */
export function withProgress(d: Deployment, status: DeploymentStatus, newSet: ReplicaSet | undefined, now: string, nowMilliseconds: number): DeploymentStatus {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(d)) return { ...status, conditions: removeCondition(conditions, 'Progressing') };
  const before = d.status ?? {};
  const current = getCondition(before.conditions, 'Progressing');
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable') return status;
  const what = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${d.metadata.name}"`;
  if (isComplete(d, status)) return { ...status, conditions: setCondition(conditions, deploymentCondition('Progressing', 'True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`, now)) };
  if (isProgressing(before, status)) {
    const condition = deploymentCondition('Progressing', 'True', 'ReplicaSetUpdated', `${what} is progressing.`, now);
    // Every progress renews the update time, even where status and reason stay.
    const kept = current?.status === 'True' ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
    return { ...status, conditions: [...removeCondition(conditions, 'Progressing'), kept] };
  }
  if (isTimedOut(d, status, nowMilliseconds)) {
    return { ...status, conditions: setCondition(conditions, deploymentCondition('Progressing', 'False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`, now)) };
  }
  return status;
}

/** A replica set that cannot make or delete pods lets its deployment say so; the new set's failure comes first. */
export function withReplicaFailure(status: DeploymentStatus, all: readonly ReplicaSet[], newSet: ReplicaSet | undefined): DeploymentStatus {
  const found = [...(newSet ? [newSet] : []), ...all].map((rs) => getCondition(rs.status?.conditions, 'ReplicaFailure')).find((c) => c !== undefined);
  if (found === undefined) return { ...status, conditions: removeCondition(status.conditions, 'ReplicaFailure') };
  const { type, status: value, lastTransitionTime, reason, message } = found;
  return { ...status, conditions: setCondition(status.conditions, { type, status: value, lastTransitionTime, lastUpdateTime: lastTransitionTime, reason, message } as DeploymentCondition) };
}

/**
 * Milliseconds until the deadline should be looked at again; undefined when there is nothing to wait for. A rollout that has once ended cannot time out
 * any more, whatever becomes of its pods: Kubernetes looks again and again nonetheless (ten times a second, writing nothing), this controller does not.
 */
export function untilDeadline(d: Deployment, status: DeploymentStatus, nowMilliseconds: number): number | undefined {
  const current = getCondition(d.status?.conditions, 'Progressing');
  if (!hasProgressDeadline(d) || current === undefined || isComplete(d, status) || FINAL.has(current.reason ?? '')) return undefined;
  return seconds(current.lastUpdateTime) + (d.spec.progressDeadlineSeconds ?? 0) * 1000 - nowMilliseconds;
}
