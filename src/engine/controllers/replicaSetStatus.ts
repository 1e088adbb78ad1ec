import type { Pod, ReplicaSetCondition, ReplicaSetStatus } from '../api/generated/types';
import { getCondition, removeCondition, setCondition } from './conditions';
import { omitEmpty } from './objects';
import { isPodAvailable, isPodReady } from './podUtil';

export interface ReplicaCounts {
  readonly generation: number | undefined;
  readonly wanted: number;
  readonly before: ReplicaSetStatus | undefined;
  /** Active pods: all, those with all labels of the template, those that are ready, those ready for long enough. */
  readonly active: number;
  readonly fullyLabeled: number;
  readonly ready: number;
  readonly available: number;
  /** Undefined for a kind that does not report it (ReplicationController). */
  readonly terminating: number | undefined;
  /** What creating or deleting pods met with. */
  readonly failure: string | undefined;
}

/** calculateStatus of the replica set controller, without the observed generation. */
export function calculateReplicaStatus(counts: ReplicaCounts, now: string): ReplicaSetStatus {
  const { active: replicas, fullyLabeled: fullyLabeledReplicas, ready: readyReplicas, available: availableReplicas } = counts;
  return {
    replicas,
    ...omitEmpty({ fullyLabeledReplicas, readyReplicas, availableReplicas }),
    ...(counts.terminating === undefined ? {} : { terminatingReplicas: counts.terminating }),
    ...omitEmpty({ observedGeneration: counts.before?.observedGeneration, conditions: failureConditions(counts, now) }),
  };
}

function failureConditions(counts: ReplicaCounts, now: string): readonly ReplicaSetCondition[] {
  const before = counts.before?.conditions ?? [];
  const current = getCondition(before, 'ReplicaFailure');
  if (counts.failure === undefined) return current ? removeCondition(before, 'ReplicaFailure') : before;
  if (current) return before;
  const reason = counts.active < counts.wanted ? 'FailedCreate' : counts.active > counts.wanted ? 'FailedDelete' : '';
  return setCondition(before, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason, message: counts.failure });
}

/** The counts of pods that are looked at one by one. */
export function countPods(pods: readonly Pod[], templateLabels: { readonly [key: string]: string }, minReadySeconds: number, nowMilliseconds: number): Pick<ReplicaCounts, 'active' | 'fullyLabeled' | 'ready' | 'available'> {
  const labels = Object.entries(templateLabels);
  const ready = pods.filter(isPodReady);
  return {
    active: pods.length, fullyLabeled: pods.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length, ready: ready.length,
    available: ready.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMilliseconds)).length,
  };
}

/** Whether the API server has to be told: the counts, the conditions or the generation are others. */
export function statusChanged(generation: number | undefined, before: ReplicaSetStatus | undefined, after: ReplicaSetStatus): boolean {
  return before === undefined || generation !== before.observedGeneration || COUNTS.some((field) => (before[field] ?? 0) !== (after[field] ?? 0))
    || (before.terminatingReplicas === undefined) !== (after.terminatingReplicas === undefined) || JSON.stringify(before.conditions ?? []) !== JSON.stringify(after.conditions ?? []);
}

const COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas'] as const;
