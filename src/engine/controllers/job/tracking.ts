import type { Job, JobCondition, JobStatus, Pod } from '../../api/generated/types';
import { isStatus, type Status } from '../../api/status';
import type { ControllerContext } from '../../client/controller';
import { JOBS, PODS } from '../../client/resources';
import type { Process } from '../../simulation/process';
import { setCondition } from '../conditions';
import { omitEmpty } from '../objects';
import { isNotFound } from '../outcome';
import { inParallel } from '../parallel';
import { formatIndexes, indexOf, parseIndexes } from './indexes';
import { matchFailurePolicy } from './policies';
import { FINALIZER, finishedCondition, hasBackoffPerIndex, hasFinalizer, isIndexed, isPodFailed, type FinishReason, type JobState } from './state';

const MAX_UNCOUNTED = 500;

/** A status as it is stored: empty numbers left out, those that Kubernetes always writes kept. */
export function writtenStatus(status: JobStatus): JobStatus {
  const { ready, terminating, uncountedTerminatedPods, ...rest } = status;
  return { ...omitEmpty(rest), ready: ready ?? 0, terminating: terminating ?? 0, uncountedTerminatedPods: uncountedTerminatedPods ?? {} };
}

export const jobCondition = (type: string, status: string, reason: string, message: string, now: string): JobCondition => ({ type, status, lastProbeTime: now, lastTransitionTime: now, reason, message });

export interface Tracked {
  readonly failure?: Status;
  /** The job has got its final condition. */
  readonly finished?: JobCondition;
}

/**
 * trackJobStatusAndRemoveFinalizers: an ended pod is counted once, whatever happens in between. Its UID goes into the status, then its finalizer is taken
 * off, then the number goes up as the UID leaves the status.
 */
export class StatusTracker {
  private job: Job;
  private dirty: boolean;

  constructor(private readonly context: ControllerContext, job: Job, private readonly state: JobState, private readonly finish: FinishReason | undefined, changed: boolean, private readonly expectedRemovals: Set<string>) {
    this.job = job;
    this.dirty = changed;
  }

  *run(): Process<Tracked> {
    const ended = this.collect();
    this.announce();
    if (this.dirty) {
      const failure = yield* this.write();
      if (failure) return { failure };
    }
    const removed = yield* this.removeFinalizers(ended);
    const kept = new Set(this.state.pods.filter((pod) => hasFinalizer(pod) && !removed.has(pod.metadata.uid) && !this.expectedRemovals.has(pod.metadata.uid)).map((pod) => pod.metadata.uid));
    this.settle(kept);
    const finished = this.enactFinished();
    if (this.dirty) {
      const failure = yield* this.write();
      if (failure) return { failure };
    }
    return finished ? { finished } : {};
  }

  private get status(): JobStatus { return this.job.status ?? {}; }
  private set(status: JobStatus): void { this.job = { ...this.job, status: { ...this.status, ...status } }; }

  private *write(): Process<Status | undefined> {
    const updated = yield* this.context.client.updateStatus(JOBS, { ...this.job, status: writtenStatus(this.status) });
    if (isStatus(updated)) return updated;
    this.job = updated;
    this.dirty = false;
    return undefined;
  }

  /** Puts the UIDs of newly ended pods into the status; answers the pods whose finalizer may go. */
  private collect(): readonly Pod[] {
    const uncounted = this.status.uncountedTerminatedPods ?? {};
    const succeeded = [...(uncounted.succeeded ?? [])], failed = [...(uncounted.failed ?? [])];
    const completions = this.job.spec.completions ?? 0;
    const done = isIndexed(this.job) ? parseIndexes(this.status.completedIndexes, completions) : new Set<number>();
    const ended: Pod[] = [];
    for (const pod of this.state.pods) {
      if (succeeded.length + failed.length >= MAX_UNCOUNTED) break;
      if (!hasFinalizer(pod) || this.expectedRemovals.has(pod.metadata.uid)) continue;
      const isFailed = isPodFailed(pod, this.job);
      if (!this.mayRelease(pod, isFailed)) continue;
      ended.push(pod);
      const { uid } = pod.metadata;
      const index = indexOf(pod);
      if (pod.status?.phase === 'Succeeded' && !failed.includes(uid)) {
        if (isIndexed(this.job)) { if (index !== undefined && index < completions) done.add(index); } else if (!succeeded.includes(uid)) succeeded.push(uid);
      } else if ((isFailed || this.finish?.type === 'FailureTarget') && !failed.includes(uid) && (!isIndexed(this.job) || (index !== undefined && index < completions)) && this.counts(pod)) failed.push(uid);
    }
    if (succeeded.length !== (uncounted.succeeded ?? []).length || failed.length !== (uncounted.failed ?? []).length) {
      this.set({ uncountedTerminatedPods: omitEmpty({ succeeded, failed }) });
      this.dirty = true;
    }
    if (isIndexed(this.job)) this.noteIndexes(done);
    return ended;
  }

  private counts(pod: Pod): boolean { return this.job.spec.podFailurePolicy === undefined || matchFailurePolicy(this.job, pod).counts; }

  private noteIndexes(done: ReadonlySet<number>): void {
    const completedIndexes = formatIndexes(done), failedIndexes = hasBackoffPerIndex(this.job) ? formatIndexes(this.state.failedIndexes) : undefined;
    if (completedIndexes === (this.status.completedIndexes ?? '') && (failedIndexes === undefined || failedIndexes === this.status.failedIndexes)) return;
    this.set({ completedIndexes, succeeded: done.size, ...(failedIndexes === undefined ? {} : { failedIndexes }) });
    this.dirty = true;
  }

  /** An ended pod, and every pod of a job that is over or being deleted. */
  private mayRelease(pod: Pod, isFailed: boolean): boolean {
    if (this.job.metadata.deletionTimestamp !== undefined || this.finish !== undefined) return true;
    if (pod.status?.phase !== 'Succeeded' && !isFailed) return false;
    // The failed pod of an index carries the failure count until another pod of the index takes it over.
    if (!isFailed || !hasBackoffPerIndex(this.job)) return true;
    const index = indexOf(pod);
    if (index === undefined || this.state.failedIndexes.has(index) || this.state.succeededIndexes.has(index)) return true;
    return this.state.pods.some((other) => other !== pod && indexOf(other) === index && (!isPodFailed(other, this.job) || other.metadata.creationTimestamp > pod.metadata.creationTimestamp));
  }

  /** The condition that says how the job will end, before its last pods have been counted. */
  private announce(): void {
    if (this.finish === undefined || this.status.conditions?.some((c) => c.type === this.finish?.type && c.status === 'True')) return;
    const { type, reason, message } = this.finish;
    this.set({ conditions: setCondition(this.status.conditions, jobCondition(type, 'True', reason, message, this.context.simulation.timestamp())) });
    this.dirty = true;
  }

  private *removeFinalizers(pods: readonly Pod[]): Process<ReadonlySet<string>> {
    const removed = new Set<string>();
    yield* inParallel(this.context.simulation, `${this.context.name} finalizers`, pods.map((pod) => () => this.removeFinalizer(pod, removed)));
    return removed;
  }

  private *removeFinalizer(pod: Pod, removed: Set<string>): Process {
    this.expectedRemovals.add(pod.metadata.uid);
    const patched = yield* patchFinalizer(this.context, pod);
    if (patched === undefined) removed.add(pod.metadata.uid); else this.expectedRemovals.delete(pod.metadata.uid);
  }

  /** What has lost its finalizer moves from the list of UIDs into the numbers. */
  private settle(kept: ReadonlySet<string>): void {
    const { succeeded = [], failed = [] } = this.status.uncountedTerminatedPods ?? {};
    const left = { succeeded: succeeded.filter((uid) => kept.has(uid)), failed: failed.filter((uid) => kept.has(uid)) };
    const newSucceeded = succeeded.length - left.succeeded.length, newFailed = failed.length - left.failed.length;
    if (newSucceeded === 0 && newFailed === 0) return;
    this.set({ uncountedTerminatedPods: omitEmpty(left), succeeded: (this.status.succeeded ?? 0) + newSucceeded, failed: (this.status.failed ?? 0) + newFailed });
    this.dirty = true;
  }

  /** enactJobFinished: once every pod is counted and none is terminating. */
  private enactFinished(): JobCondition | undefined {
    const uncounted = this.status.uncountedTerminatedPods ?? {};
    if (this.finish === undefined || (uncounted.succeeded ?? []).length + (uncounted.failed ?? []).length > 0 || (this.status.terminating ?? 0) > 0 || (this.status.active ?? 0) > 0) return undefined;
    if (finishedCondition(this.job)) return undefined;
    const now = this.context.simulation.timestamp();
    const type = this.finish.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed';
    const condition = jobCondition(type, 'True', this.finish.reason, this.finish.message, now);
    this.set({ conditions: setCondition(this.status.conditions, condition), ...(type === 'Complete' ? { completionTime: now } : {}) });
    this.dirty = true;
    return condition;
  }
}

/** Undefined when the finalizer is off, or the pod is gone. */
export function* patchFinalizer(context: ControllerContext, pod: Pod): Process<Status | undefined> {
  const patched = yield* context.client.patch(PODS, pod.metadata.namespace ?? '', pod.metadata.name, 'application/strategic-merge-patch+json', { metadata: { '$deleteFromPrimitiveList/finalizers': [FINALIZER] } });
  return isStatus(patched) && !isNotFound(patched) ? patched : undefined;
}
