import type { Job, Pod } from '../../api/generated/types';
import { controllerOf, objectKey } from '../../api/object';
import { compileLabelSelector, type Labels } from '../../api/selectors';
import { isStatus, type Status } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { JOBS, PODS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { claim } from '../controllerRefManager';
import { getCondition, removeCondition } from '../conditions';
import { Expectations } from '../expectations';
import { compare, seconds } from '../objects';
import { counted, failed, isNamespaceTerminating, isNotFound, messageOf } from '../outcome';
import { inParallel, slowStartBatch } from '../parallel';
import { PodControl } from '../podControl';
import { compareForDeletion } from '../podRanking';
import { BY_CONTROLLER, indexByController, isPodActive, isPodReady, ownedAndOrphans } from '../podUtil';
import { finishedAt, JobBackoff, remainingBackoff, remainingIndexBackoff } from './backoff';
import { duplicates, firstPending, indexOf } from './indexes';
import { newJobPod } from './pods';
import { failureCount, FINALIZER, finishedCondition, hasBackoffPerIndex, hasFinalizer, isComplete, isIndexed, isPodFailed, isSuspended, jobState, onlyReplaceFailed, wantedActive, type FinishReason, type JobState } from './state';
import { jobCondition, patchFinalizer, StatusTracker } from './tracking';

const WORKERS = 5;
const MAX_PER_SYNC = 500;
/** SyncJobBatchPeriod: what happens to pods is looked at together. */
const BATCH_PERIOD = 1000;

interface Managed {
  readonly active: number;
  readonly ready: number;
  readonly outcome: string;
  readonly failure?: Status;
}

/** The job controller: runs pods until so many have succeeded, or too many have failed. */
export function jobController(context: ControllerContext): Controller {
  const controller = new JobController(context);
  return {
    name: context.name,
    start: () => {
      startWorkers(context, controller.queue, 'jobs.batch', WORKERS, (key) => controller.sync(key));
      startWorkers(context, controller.orphans, 'pods', 1, (key) => controller.releaseOrphan(key));
    },
  };
}

class JobController {
  readonly queue: WorkQueue;
  /** Pods that still have the finalizer of a job that is gone or over. */
  readonly orphans: WorkQueue;
  private readonly jobs: Informer<Job>;
  private readonly pods: Informer<Pod>;
  private readonly expectations: Expectations;
  private readonly podControl: PodControl;
  private readonly backoff = new JobBackoff();
  private readonly expectedRemovals = new Map<string, Set<string>>();

  constructor(private readonly context: ControllerContext) {
    this.queue = new WorkQueue(context.simulation, { baseDelay: 1000, maxDelay: 60_000 });
    this.orphans = new WorkQueue(context.simulation);
    this.expectations = new Expectations(context.simulation);
    this.podControl = new PodControl(context);
    this.jobs = context.informers.for(JOBS);
    this.pods = context.informers.for(PODS);
    indexByController(this.pods);
    this.jobs.addHandler({ onAdd: (job) => this.queue.add(objectKey(job)), onUpdate: (before, job) => this.jobUpdated(before, job), onDelete: (job) => this.jobDeleted(job) });
    this.pods.addHandler({ onAdd: (pod) => this.podAdded(pod), onUpdate: (before, pod) => this.podUpdated(before, pod), onDelete: (pod) => this.podDeleted(pod) });
  }

  private ownerOf(pod: Pod): Job | undefined {
    const owner = controllerOf(pod);
    const job = owner?.kind === 'Job' ? this.jobs.get(`${pod.metadata.namespace}/${owner.name}`) : undefined;
    return job?.metadata.uid === owner?.uid ? job : undefined;
  }

  private batched(key: string): void { this.queue.addAfter(key, BATCH_PERIOD); }

  private jobUpdated(before: Job, job: Job): void {
    if (before.metadata.generation === job.metadata.generation) this.batched(objectKey(job)); else this.queue.add(objectKey(job));
    if (finishedCondition(job)) this.releaseAll(job);
  }

  private jobDeleted(job: Job): void {
    this.queue.add(objectKey(job));
    this.releaseAll(job);
  }

  private releaseAll(job: Job): void { for (const pod of this.pods.byIndex(BY_CONTROLLER, job.metadata.uid)) if (hasFinalizer(pod)) this.orphans.add(objectKey(pod)); }

  private podAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) { this.podDeleted(pod); return; }
    const job = this.ownerOf(pod);
    if (job) { this.expectations.creationObserved(objectKey(job)); this.batched(objectKey(job)); } else if (controllerOf(pod)?.kind === 'Job' && hasFinalizer(pod)) this.orphans.add(objectKey(pod));
    else if (controllerOf(pod) === undefined) this.enqueueMatching(pod);
  }

  private podUpdated(before: Pod, pod: Pod): void {
    const job = this.ownerOf(pod);
    if (job && hasFinalizer(before) && !hasFinalizer(pod)) this.removalsOf(objectKey(job)).delete(pod.metadata.uid);
    if (pod.metadata.deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined && job) this.expectations.deletionObserved(objectKey(job), objectKey(pod));
    if (job) { this.batched(objectKey(job)); return; }
    if (controllerOf(pod)?.kind === 'Job' && hasFinalizer(pod)) this.orphans.add(objectKey(pod));
    else if (controllerOf(pod) === undefined && before.metadata.labels !== pod.metadata.labels) this.enqueueMatching(pod);
  }

  private podDeleted(pod: Pod): void {
    const job = this.ownerOf(pod);
    if (job === undefined) return;
    this.expectations.deletionObserved(objectKey(job), objectKey(pod));
    this.removalsOf(objectKey(job)).delete(pod.metadata.uid);
    this.batched(objectKey(job));
  }

  private enqueueMatching(pod: Pod): void {
    for (const job of this.jobs.inNamespace(pod.metadata.namespace ?? '')) if (pod.metadata.labels && compileLabelSelector(job.spec.selector).matches(pod.metadata.labels as Labels)) this.batched(objectKey(job));
  }

  private removalsOf(key: string): Set<string> {
    let removals = this.expectedRemovals.get(key);
    if (removals === undefined) this.expectedRemovals.set(key, removals = new Set());
    return removals;
  }

  *releaseOrphan(key: string): Process<SyncResult> {
    const pod = this.pods.get(key);
    if (pod === undefined || !hasFinalizer(pod)) return { outcome: '' };
    const job = this.ownerOf(pod);
    if (job && !finishedCondition(job)) return { outcome: '' };
    const refused = yield* patchFinalizer(this.context, pod);
    return refused ? failed(refused) : { outcome: `the job of pod ${pod.metadata.name} is ${job ? 'over' : 'gone'}: finalizer removed` };
  }

  *sync(key: string): Process<SyncResult> {
    const job = this.jobs.get(key);
    if (job === undefined || finishedCondition(job)) {
      this.expectations.forget(key);
      this.backoff.forget(key);
      this.expectedRemovals.delete(key);
      return { outcome: job ? '' : `job ${key} is gone` };
    }
    if (job.spec.managedBy && job.spec.managedBy !== 'kubernetes.io/job-controller') return { outcome: `managed by ${job.spec.managedBy}` };
    const satisfied = this.expectations.satisfied(key);
    const pods = yield* this.claimPods(job);
    if (isStatus(pods)) return failed(pods);
    return yield* this.syncJob(key, job, pods, satisfied);
  }

  private claimPods(job: Job): Process<readonly Pod[] | Status> {
    const { client } = this.context;
    return claim({
      client, resource: PODS, owner: job, ownerApiVersion: 'batch/v1', ownerKind: 'Job', finalizers: [FINALIZER], freshOwner: () => client.get(JOBS, job.metadata.namespace ?? '', job.metadata.name),
    }, compileLabelSelector(job.spec.selector), ownedAndOrphans(this.pods, job.metadata.namespace ?? '', job.metadata.uid));
  }

  private *syncJob(key: string, found: Job, pods: readonly Pod[], satisfied: boolean): Process<SyncResult> {
    const { simulation } = this.context;
    const removals = this.removalsOf(key);
    let job = found;
    if (job.status?.startTime === undefined && !isSuspended(job)) job = { ...job, status: { ...job.status, startTime: simulation.timestamp() } };
    const state = jobState(job, pods, removals, simulation.wallMilliseconds());
    const record = this.backoff.compute(key, state.newSucceeded, state.newFailed);
    let finish = state.finish;
    let managed: Managed;
    if (finish) managed = yield* this.deletePods(key, job, state.active, state, 'the job is over');
    else {
      managed = satisfied && job.metadata.deletionTimestamp === undefined ? yield* this.manage(key, job, state, remainingBackoff(record, simulation.wallMilliseconds())) : { active: state.active.length, ready: state.ready, outcome: '' };
      if (isComplete(job, state, managed.active)) finish = { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
      else if (satisfied && job.metadata.deletionTimestamp === undefined) job = this.withSuspension(job);
    }
    this.waitForDeadline(key, job);
    const before = found.status ?? {};
    const terminating = state.terminating + (finish ? state.active.length - managed.active : 0);
    const changed = job.status?.conditions !== before.conditions || managed.active !== (before.active ?? 0) || managed.ready !== before.ready || terminating !== before.terminating;
    job = { ...job, status: { ...job.status, active: managed.active, ready: managed.ready, terminating } };
    const tracked = yield* new StatusTracker(this.context, job, state, satisfied ? finish : undefined, changed, removals).run();
    if (tracked.failure) return failed(tracked.failure);
    this.backoff.commit(key, record);
    if (tracked.finished) this.tellFinished(job, tracked.finished.type, tracked.finished.reason ?? '', tracked.finished.message ?? '');
    if (managed.failure) return failed(managed.failure);
    return { outcome: managed.outcome || summary(job, state, finish) };
  }

  private withSuspension(job: Job): Job {
    const { simulation, events } = this.context;
    const conditions = job.status?.conditions ?? [];
    const current = getCondition(conditions, 'Suspended');
    const now = simulation.timestamp();
    const rest = removeCondition(conditions, 'Suspended');
    if (isSuspended(job) && current?.status !== 'True') {
      events.event(job, 'Normal', 'Suspended', 'Job suspended');
      return { ...job, status: { ...job.status, conditions: [...rest, jobCondition('Suspended', 'True', 'JobSuspended', 'Job suspended', now)] } };
    }
    if (isSuspended(job) || current === undefined || current.status === 'False') return job;
    events.event(job, 'Normal', 'Resumed', 'Job resumed');
    return { ...job, status: { ...job.status, startTime: now, conditions: [...rest, jobCondition('Suspended', 'False', 'JobResumed', 'Job resumed', now)] } };
  }

  private waitForDeadline(key: string, job: Job): void {
    const limit = job.spec.activeDeadlineSeconds;
    if (limit === undefined || isSuspended(job) || job.status?.startTime === undefined) return;
    const left = seconds(job.status.startTime) + limit * 1000 - this.context.simulation.wallMilliseconds();
    if (left > 0) this.queue.addAfter(key, left, `activeDeadlineSeconds of job ${job.metadata.name}`);
  }

  private tellFinished(job: Job, type: string, reason: string, message: string): void {
    if (type === 'Complete') this.context.events.event(job, 'Normal', 'Completed', 'Job completed');
    else this.context.events.event(job, 'Warning', reason, message);
  }

  /** manageJob: removes what is too much, or else creates what is missing. */
  private *manage(key: string, job: Job, state: JobState, wait: number): Process<Managed> {
    const active = state.active.length;
    if (isSuspended(job)) return yield* this.deletePods(key, job, state.active, state, 'the job is suspended');
    const wanted = wantedActive(job, state);
    const surplus = this.surplus(job, state, Math.max(0, active - wanted));
    if (surplus.length > 0) return yield* this.deletePods(key, job, surplus, state, `${wanted} pods should be active`);
    const missing = wanted - active - (onlyReplaceFailed(job) ? state.terminating : 0);
    const idle: Managed = { active, ready: state.ready, outcome: '' };
    if (missing <= 0) return idle;
    if (wait > 0 && !hasBackoffPerIndex(job)) {
      this.queue.addAfter(key, wait, `back-off of job ${job.metadata.name} after failed pods`);
      return { ...idle, outcome: 'waiting after a failure before the next pod' };
    }
    return yield* this.createPods(key, job, state, Math.min(missing, MAX_PER_SYNC));
  }

  private surplus(job: Job, state: JobState, atLeast: number): readonly Pod[] {
    const now = this.context.simulation.wallMilliseconds();
    const rank = (a: Pod, b: Pod): number => compareForDeletion(a, b, () => 0, now);
    const removed = new Set<Pod>();
    if (isIndexed(job)) {
      for (const pod of state.active) { const index = indexOf(pod); if (index === undefined || index >= (job.spec.completions ?? 0) || state.failedIndexes.has(index)) removed.add(pod); }
      for (const pod of duplicates(state.active.filter((p) => !removed.has(p)), rank)) removed.add(pod);
    }
    const rest = state.active.filter((pod) => !removed.has(pod)).sort(rank);
    for (const pod of rest.slice(0, Math.max(0, atLeast - removed.size))) removed.add(pod);
    return [...removed].slice(0, MAX_PER_SYNC);
  }

  private *createPods(key: string, job: Job, state: JobState, count: number): Process<Managed> {
    const indexes = isIndexed(job) ? this.indexesToAdd(key, job, state, count) : undefined;
    const n = indexes ? indexes.length : count;
    if (n === 0) return { active: state.active.length, ready: state.ready, outcome: '' };
    this.expectations.expectCreations(key, n);
    const { podControl, context } = this;
    const result = yield* slowStartBatch(context.simulation, `${context.name} create`, n, function* (i) {
      const index = indexes?.[i];
      const refused = yield* podControl.create(job.metadata.namespace ?? '', newJobPod(job, index, index === undefined ? 0 : nextFailureCount(job, state, index)), job);
      return refused && isNamespaceTerminating(refused) ? undefined : refused;
    });
    for (let skipped = n - result.successes; skipped > 0; skipped--) this.expectations.creationObserved(key);
    const outcome = `${state.succeeded} of ${job.spec.completions ?? 'any number of'} completions, ${state.active.length} active: creating ${n}`;
    return { active: state.active.length + result.successes, ready: state.ready, outcome, ...(result.failure ? { failure: result.failure } : {}) };
  }

  private indexesToAdd(key: string, job: Job, state: JobState, count: number): readonly number[] {
    const busy = new Set(state.active.map(indexOf));
    if (onlyReplaceFailed(job)) for (const pod of state.pods) if (pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded') busy.add(indexOf(pod));
    const pending = firstPending(count, job.spec.completions ?? 0, (i) => busy.has(i) || state.succeededIndexes.has(i) || state.failedIndexes.has(i));
    if (!hasBackoffPerIndex(job)) return pending;
    const now = this.context.simulation.wallMilliseconds();
    const ready: number[] = [];
    for (const index of pending) {
      const last = lastFailed(job, state, index);
      const wait = last ? remainingIndexBackoff(failureCount(last) + 1, finishedAt(last), now) : 0;
      if (wait > 0) this.queue.addAfter(key, wait, `back-off of index ${index} of job ${job.metadata.name}`); else ready.push(index);
    }
    return ready;
  }

  private *deletePods(key: string, job: Job, pods: readonly Pod[], state: JobState, why: string): Process<Managed> {
    const idle = { active: state.active.length, ready: state.ready, outcome: '' };
    if (pods.length === 0) return idle;
    this.expectations.expectDeletions(key, pods.map(objectKey));
    const refusals = yield* inParallel(this.context.simulation, `${this.context.name} delete`, pods.map((pod) => () => this.deletePod(key, job, pod)));
    const failure = refusals.find((r) => r !== undefined);
    const gone = pods.filter((pod, i) => refusals[i] === undefined && isPodActive(pod));
    return { active: idle.active - gone.length, ready: idle.ready - gone.filter(isPodReady).length, outcome: `${why}: deleting ${counted(pods.length, 'pod')}`, ...(failure ? { failure: { ...failure, message: messageOf(failure) } } : {}) };
  }

  private *deletePod(key: string, job: Job, pod: Pod): Process<Status | undefined> {
    const refused = yield* this.podControl.delete(pod.metadata.namespace ?? '', pod.metadata.name, job);
    if (refused === undefined) return undefined;
    this.expectations.deletionObserved(key, objectKey(pod));
    return isNotFound(refused) ? undefined : refused;
  }
}

const lastFailed = (job: Job, state: JobState, index: number): Pod | undefined =>
  state.pods.filter((pod) => indexOf(pod) === index && isPodFailed(pod, job)).sort((a, b) => failureCount(a) - failureCount(b) || compare(a.metadata.name, b.metadata.name)).pop();

function nextFailureCount(job: Job, state: JobState, index: number): number {
  const last = lastFailed(job, state, index);
  return last ? failureCount(last) + 1 : 0;
}

const summary = (job: Job, state: JobState, finish: FinishReason | undefined): string =>
  finish?.message ?? `${state.succeeded} of ${job.spec.completions ?? 'any number of'} completions, ${state.active.length} active, ${state.failed} failed`;
