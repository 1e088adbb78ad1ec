import type { Job, JobCondition, Pod } from '../../api/generated/types';
import { isPodActive, isPodReady, isPodTerminating } from '../podUtil';
import { seconds } from '../objects';
import { indexOf, parseIndexes } from './indexes';
import { matchFailurePolicy, matchSuccessPolicy } from './policies';

export const FINALIZER = 'batch.kubernetes.io/job-tracking';
export const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed';
export const isSuspended = (job: Job): boolean => job.spec.suspend === true;
export const hasFinalizer = (pod: Pod): boolean => pod.metadata.finalizers?.includes(FINALIZER) ?? false;
export const finishedCondition = (job: Job): JobCondition | undefined => job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
/** Terminating pods are not replaced before they have ended. */
export const onlyReplaceFailed = (job: Job): boolean => job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;
export const hasBackoffPerIndex = (job: Job): boolean => job.spec.backoffLimitPerIndex !== undefined;

/** A pod that is deleted before it ends counts as failed, unless only pods that really failed are replaced. */
export function isPodFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !onlyReplaceFailed(job) && pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

export interface FinishReason {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget';
  readonly reason: string;
  readonly message: string;
}

/** What one look at a job's pods comes to. */
export interface JobState {
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly ready: number;
  readonly terminating: number;
  readonly succeededIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** Pods that ended but are kept for a while, as they carry the failure count of their index. */
  readonly finish: FinishReason | undefined;
}

export function jobState(job: Job, pods: readonly Pod[], expectedRemovals: ReadonlySet<string>, nowMilliseconds: number): JobState {
  const uncounted = job.status?.uncountedTerminatedPods ?? {};
  const isNew = (pod: Pod, known: readonly string[] | undefined): boolean => hasFinalizer(pod) && !expectedRemovals.has(pod.metadata.uid) && !(known ?? []).includes(pod.metadata.uid);
  const newSucceeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isNew(pod, uncounted.succeeded));
  const newFailed = pods.filter((pod) => isPodFailed(pod, job) && isNew(pod, uncounted.failed));
  const counted = job.spec.podFailurePolicy ? newFailed.filter((pod) => matchFailurePolicy(job, pod).counts) : newFailed;
  const active = pods.filter(isPodActive);
  const indexes = isIndexed(job) ? succeededIndexes(job, pods) : new Set<number>();
  const failedIndexes = hasBackoffPerIndex(job) ? indexesFailed(job, pods) : new Set<number>();
  const state = {
    pods, active, newSucceeded, newFailed, ready: active.filter(isPodReady).length, terminating: pods.filter(isPodTerminating).length, succeededIndexes: indexes, failedIndexes,
    succeeded: isIndexed(job) ? indexes.size : (job.status?.succeeded ?? 0) + newSucceeded.length + (uncounted.succeeded ?? []).length,
    failed: (job.status?.failed ?? 0) + counted.length + (uncounted.failed ?? []).length,
  };
  return { ...state, finish: finishOf(job, state, nowMilliseconds) };
}

function succeededIndexes(job: Job, pods: readonly Pod[]): ReadonlySet<number> {
  const completions = job.spec.completions ?? 0;
  const indexes = parseIndexes(job.status?.completedIndexes, completions);
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index !== undefined && index < completions && pod.status?.phase === 'Succeeded' && hasFinalizer(pod)) indexes.add(index);
  }
  return indexes;
}

export const failureCount = (pod: Pod): number => Number.parseInt(pod.metadata.annotations?.[FAILURE_COUNT] ?? '0', 10) || 0;

/** Indexes of which a pod failed once more than backoffLimitPerIndex allows, or by a FailIndex rule. */
function indexesFailed(job: Job, pods: readonly Pod[]): ReadonlySet<number> {
  const completions = job.spec.completions ?? 0;
  const indexes = parseIndexes(job.status?.failedIndexes, completions);
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index === undefined || index >= completions || !isPodFailed(pod, job) || !hasFinalizer(pod)) continue;
    const verdict = matchFailurePolicy(job, pod);
    if (verdict.action === 'FailIndex' || (verdict.counts && failureCount(pod) + 1 > (job.spec.backoffLimitPerIndex ?? 0))) indexes.add(index);
  }
  return indexes;
}

type Counts = Omit<JobState, 'finish'>;

/** Why the job is over, if it is: in the order in which Kubernetes asks. */
function finishOf(job: Job, state: Counts, now: number): FinishReason | undefined {
  const fail = (reason: string, message: string): FinishReason => ({ type: 'FailureTarget', reason, message });
  const target = job.status?.conditions?.find((c) => c.type === 'FailureTarget' && c.status === 'True');
  if (target) return fail(target.reason ?? '', target.message ?? '');
  const met = job.status?.conditions?.find((c) => c.type === 'SuccessCriteriaMet' && c.status === 'True');
  if (met) return { type: 'SuccessCriteriaMet', reason: met.reason ?? '', message: met.message ?? '' };
  const byPolicy = job.spec.podFailurePolicy ? state.pods.filter((pod) => isPodFailed(pod, job)).map((pod) => matchFailurePolicy(job, pod).failJob).find((m) => m !== undefined) : undefined;
  if (byPolicy !== undefined) return fail('PodFailurePolicy', byPolicy);
  if (state.failed > (job.spec.backoffLimit ?? 6) || restartsBeyondLimit(job, state.active)) return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (pastDeadline(job, now)) return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (hasBackoffPerIndex(job)) {
    if (job.spec.maxFailedIndexes !== undefined && state.failedIndexes.size > job.spec.maxFailedIndexes) return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
    if (state.failedIndexes.size > 0 && state.failedIndexes.size + state.succeededIndexes.size >= (job.spec.completions ?? 0)) return fail('FailedIndexes', 'Job has failed indexes');
  }
  const message = job.spec.successPolicy ? matchSuccessPolicy(job, state.succeededIndexes) : undefined;
  return message === undefined ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message };
}

/** With restartPolicy OnFailure the restarts of containers count, not failed pods. */
function restartsBeyondLimit(job: Job, active: readonly Pod[]): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const pod of active) {
    if (pod.status?.phase !== 'Running' && pod.status?.phase !== 'Pending') continue;
    for (const status of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) restarts += status.restartCount;
  }
  const limit = job.spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function pastDeadline(job: Job, now: number): boolean {
  const limit = job.spec.activeDeadlineSeconds;
  return limit !== undefined && job.status?.startTime !== undefined && !isSuspended(job) && now - seconds(job.status.startTime) >= limit * 1000;
}

/** How many pods should be at work now. */
export function wantedActive(job: Job, state: Counts): number {
  const parallelism = job.spec.parallelism ?? 1;
  if (isSuspended(job)) return 0;
  if (job.spec.completions === undefined) return state.succeeded > 0 ? state.active.length : parallelism;
  const left = job.spec.completions - state.succeeded - state.failedIndexes.size;
  return Math.max(0, Math.min(parallelism, left));
}

export const isComplete = (job: Job, state: Counts, active: number): boolean =>
  active === 0 && (job.spec.completions === undefined ? state.succeeded > 0 : state.succeeded >= job.spec.completions);
