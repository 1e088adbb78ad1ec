import type { Pod } from '../api/generated/types';
import { isPodActive, isPodReady, maxContainerRestarts, podCondition } from './podUtil';
import { seconds } from './objects';

const PHASE_ORDER: { readonly [phase: string]: number } = { Pending: 0, Unknown: 1, Running: 2 };

const deletionCost = (pod: Pod): number => {
  const cost = Number.parseInt(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '0', 10);
  return Number.isNaN(cost) ? 0 : cost;
};

/** Ages are compared by powers of two, so that pods of about the same age are equal and chance (the UID) decides. */
function ageRank(timestamp: string | undefined, now: number): number {
  const age = now - seconds(timestamp);
  return age <= 0 ? 0 : Math.trunc(Math.log2(age * 1e6));
}

/** By recency on a logarithmic scale: the more recent first. Zero when both times are the same. */
function byRecency(a: string | undefined, b: string | undefined, left: Pod, right: Pod, now: number): number {
  if (a === b) return 0;
  if (!a) return -1;
  if (!b) return 1;
  return ageRank(a, now) - ageRank(b, now) || (left.metadata.uid < right.metadata.uid ? -1 : 1);
}

/**
 * controller.ActivePodsWithRanks: which pod is deleted first. Unassigned, pending, unready, cheap by annotation, on a node with more pods of
 * the same owner, ready for less time, restarted more often, younger.
 */
export function compareForDeletion(a: Pod, b: Pod, rankOf: (pod: Pod) => number, now: number): number {
  const ready = isPodReady(a);
  return Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName))
    || (PHASE_ORDER[a.status?.phase ?? 'Pending'] ?? 0) - (PHASE_ORDER[b.status?.phase ?? 'Pending'] ?? 0)
    || Number(ready) - Number(isPodReady(b))
    || deletionCost(a) - deletionCost(b)
    || rankOf(b) - rankOf(a)
    || (ready ? byRecency(podCondition(a, 'Ready')?.lastTransitionTime, podCondition(b, 'Ready')?.lastTransitionTime, a, b, now) : 0)
    || maxContainerRestarts(b) - maxContainerRestarts(a)
    || byRecency(a.metadata.creationTimestamp, b.metadata.creationTimestamp, a, b, now);
}

/** The pods to delete when there are so many too many. Pods of related owners (other revisions) count for crowded nodes. */
export function podsToDelete(pods: readonly Pod[], related: Iterable<Pod>, count: number, now: number): readonly Pod[] {
  if (count >= pods.length) return pods;
  const onNode = new Map<string, number>();
  for (const pod of related) if (isPodActive(pod)) onNode.set(pod.spec.nodeName ?? '', (onNode.get(pod.spec.nodeName ?? '') ?? 0) + 1);
  const rankOf = (pod: Pod): number => onNode.get(pod.spec.nodeName ?? '') ?? 0;
  return [...pods].sort((a, b) => compareForDeletion(a, b, rankOf, now)).slice(0, count);
}
