import type { Pod, ReplicaSetCondition, ReplicaSetStatus } from '../api/generated/types';
import { getCondition, removeCondition, setCondition } from './conditions';
import { omitEmpty } from './objects';
import { isPodAvailable, isPodReady } from './podUtil';

export interface ReplicaCounts {
  readonly generation: number | undefined;
  readonly wanted: number;
  readonly minReadySeconds: number;
  readonly templateLabels: { readonly [key: string]: string };
  readonly before: ReplicaSetStatus | undefined;
  readonly pods: readonly Pod[];
  /** Undefined for a kind that does not report it (ReplicationController). */
  readonly terminating: number | undefined;
  /** What creating or deleting pods met with. */
  readonly failure: string | undefined;
}

/** calculateStatus of the replica set controller, without the observed generation. */
export function calculateReplicaStatus(counts: ReplicaCounts, now: string, nowMilliseconds: number): ReplicaSetStatus {
  const { pods, minReadySeconds } = counts;
  const labels = Object.entries(counts.templateLabels);
  const ready = pods.filter(isPodReady);
  return {
    replicas: pods.length,
    ...omitEmpty({
      fullyLabeledReplicas: pods.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length,
      readyReplicas: ready.length, availableReplicas: ready.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMilliseconds)).length,
    }),
    ...(counts.terminating === undefined ? {} : { terminatingReplicas: counts.terminating }),
    ...omitEmpty({ observedGeneration: counts.before?.observedGeneration, conditions: failureConditions(counts, now) }),
  };
}

function failureConditions(counts: ReplicaCounts, now: string): readonly ReplicaSetCondition[] {
  const before = counts.before?.conditions ?? [];
  const current = getCondition(before, 'ReplicaFailure');
  if (counts.failure === undefined) return current ? removeCondition(before, 'ReplicaFailure') : before;
  if (current) return before;
  const reason = counts.pods.length < counts.wanted ? 'FailedCreate' : counts.pods.length > counts.wanted ? 'FailedDelete' : '';
  return setCondition(before, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason, message: counts.failure });
}

/** Whether the API server has to be told: the counts, the conditions or the generation are others. */
export function statusChanged(generation: number | undefined, before: ReplicaSetStatus | undefined, after: ReplicaSetStatus): boolean {
  return before === undefined || generation !== before.observedGeneration || COUNTS.some((field) => (before[field] ?? 0) !== (after[field] ?? 0))
    || (before.terminatingReplicas === undefined) !== (after.terminatingReplicas === undefined) || JSON.stringify(before.conditions ?? []) !== JSON.stringify(after.conditions ?? []);
}

const COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas'] as const;
