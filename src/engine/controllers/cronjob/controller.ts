import type { CronJob, CronJobStatus, Job } from '../../api/generated/types';
import { controllerOf, objectKey, type NewObject } from '../../api/object';
import { isStatus } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { CRON_JOBS, JOBS } from '../../client/resources';
import { referenceTo } from '../../client/eventRecorder';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { finishedCondition } from '../job/state';
import { compare, newControllerRef, omitEmpty, seconds, timestampOf } from '../objects';
import { failed, isAlreadyExists, isFailure, isNamespaceTerminating, isNotFound, messageOf } from '../outcome';
import { BY_CONTROLLER } from '../podUtil';
import { offsetOf, parseSchedule, timeZoneError, type Schedule } from './schedule';

const WORKERS = 5;
/** So that the sync does not come a moment too early. */
const NEXT_SCHEDULE_DELTA = 100;
/** More missed times than this are not made up for, and said. */
const MANY_MISSED = 100;

/** The cron job controller: creates a job at every time of a schedule. */
export function cronJobController(context: ControllerContext): Controller {
  const controller = new CronJobController(context);
  return { name: context.name, start: () => startWorkers(context, controller.queue, 'cronjobs.batch', WORKERS, (key) => controller.sync(key)) };
}

class CronJobController {
  readonly queue: WorkQueue;
  private readonly cronJobs: Informer<CronJob>;
  private readonly jobs: Informer<Job>;

  constructor(private readonly context: ControllerContext) {
    this.queue = new WorkQueue(context.simulation);
    this.cronJobs = context.informers.for(CRON_JOBS);
    this.jobs = context.informers.for(JOBS);
    this.jobs.addIndex(BY_CONTROLLER, (job) => [controllerOf(job)?.uid ?? `orphans of ${job.metadata.namespace}`]);
    const enqueue = (cronJob: CronJob): void => this.queue.add(objectKey(cronJob));
    this.cronJobs.addHandler({ onAdd: enqueue, onUpdate: (_, cronJob) => enqueue(cronJob), onDelete: enqueue });
    const owner = (job: Job): void => { const ref = controllerOf(job); if (ref?.kind === 'CronJob') this.queue.add(`${job.metadata.namespace}/${ref.name}`); };
    this.jobs.addHandler({ onAdd: owner, onUpdate: (_, job) => owner(job), onDelete: owner });
  }

  *sync(key: string): Process<SyncResult> {
    const cronJob = this.cronJobs.get(key);
    if (cronJob === undefined) { this.queue.cancelDelayed(key); return { outcome: `cron job ${key} is gone` }; }
    const jobs = [...this.jobs.byIndex(BY_CONTROLLER, cronJob.metadata.uid)];
    const sync = new CronJobSync(this.context, cronJob, jobs);
    const result = yield* sync.run();
    yield* sync.cleanUp();
    if (sync.next !== undefined) this.queue.addAfter(key, sync.next + NEXT_SCHEDULE_DELTA, `next time of cron job ${cronJob.metadata.name}`);
    return result;
  }
}

/** One sync of one cron job. */
class CronJobSync {
  /** Milliseconds until the next time, once known. */
  next: number | undefined;
  private status: CronJobStatus;

  constructor(private readonly context: ControllerContext, private cronJob: CronJob, private readonly jobs: readonly Job[]) {
    this.status = cronJob.status ?? {};
  }

  private get now(): number { return this.context.simulation.wallMilliseconds(); }
  private warn(reason: string, message: string): void { this.context.events.event(this.cronJob, 'Warning', reason, message); }
  private note(reason: string, message: string): void { this.context.events.event(this.cronJob, 'Normal', reason, message); }

  *run(): Process<SyncResult> {
    yield* this.updateActive();
    if (this.status !== (this.cronJob.status ?? this.status)) {
      const problem = yield* this.writeStatus();
      if (problem) return problem;
    }
    const { spec, metadata } = this.cronJob;
    if (metadata.deletionTimestamp !== undefined) return { outcome: 'is being deleted' };
    const zoneProblem = spec.timeZone ? timeZoneError(spec.timeZone) : undefined;
    if (zoneProblem) { this.warn('UnknownTimeZone', `invalid timeZone: "${spec.timeZone}": ${zoneProblem}`); return { outcome: zoneProblem }; }
    if (spec.suspend) return { outcome: 'is suspended' };
    const schedule = parseSchedule(spec.schedule, spec.timeZone);
    if ('error' in schedule) { this.warn('UnparseableSchedule', `unparseable schedule: "${spec.schedule}" : ${schedule.error}`); return { outcome: schedule.error }; }
    const upcoming = schedule.next(this.now);
    this.next = upcoming === undefined ? undefined : upcoming - this.now;
    return yield* this.start(schedule);
  }

  private *start(schedule: Schedule): Process<SyncResult> {
    const { spec } = this.cronJob;
    const due = this.mostRecent(schedule);
    if (due === undefined) return { outcome: this.next === undefined ? 'has no time to come' : '' };
    if (spec.startingDeadlineSeconds !== undefined && due + spec.startingDeadlineSeconds * 1000 < this.now) {
      this.warn('MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`);
      return { outcome: `missed ${timestampOf(due)}` };
    }
    const name = `${this.cronJob.metadata.name}-${Math.floor(due / 60_000)}`;
    const active = this.status.active ?? [];
    if (active.some((ref) => ref.name === name) || this.status.lastScheduleTime === timestampOf(due)) return { outcome: '' };
    if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
      this.note('JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
      return { outcome: 'the job before still runs' };
    }
    if (spec.concurrencyPolicy === 'Replace') {
      for (const ref of active) {
        const problem = yield* this.deleteJob(ref.name ?? '');
        if (problem) return problem;
      }
    }
    return yield* this.createJob(name, due);
  }

  private *createJob(name: string, due: number): Process<SyncResult> {
    const { metadata, spec } = this.cronJob;
    const template = spec.jobTemplate;
    const scheduled = localTimestamp(due, spec.timeZone);
    const created = yield* this.context.client.create(JOBS, metadata.namespace ?? '', {
      apiVersion: 'batch/v1', kind: 'Job',
      metadata: {
        name, namespace: metadata.namespace, ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
        annotations: { ...template.metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': scheduled }, ownerReferences: [newControllerRef(this.cronJob, 'batch/v1', 'CronJob')],
      },
      spec: template.spec,
    } as NewObject<Job>);
    if (isStatus(created)) {
      if (isNamespaceTerminating(created) || isAlreadyExists(created)) return { outcome: messageOf(created) };
      this.warn('FailedCreate', `Error creating job: ${messageOf(created)}`);
      return failed(created);
    }
    this.note('SuccessfulCreate', `Created job ${name}`);
    this.status = { ...this.status, active: [...(this.status.active ?? []), referenceTo(created)], lastScheduleTime: timestampOf(due) };
    return (yield* this.writeStatus()) ?? { outcome: `it is ${timestampOf(due)}: created job ${name}` };
  }

  /** mostRecentScheduleTime: the last time that has passed and was not served. */
  private mostRecent(schedule: Schedule): number | undefined {
    const { spec, metadata } = this.cronJob;
    let earliest = seconds(this.status.lastScheduleTime ?? metadata.creationTimestamp);
    if (spec.startingDeadlineSeconds !== undefined) earliest = Math.max(earliest, this.now - spec.startingDeadlineSeconds * 1000);
    let due: number | undefined;
    let missed = 0;
    for (let t = schedule.next(earliest); t !== undefined && t <= this.now; t = schedule.next(t)) {
      due = t;
      if (++missed > MANY_MISSED * 10) break;
    }
    if (missed > MANY_MISSED) this.warn('TooManyMissedTimes', `too many missed start times: ${missed}. Set or decrease .spec.startingDeadlineSeconds or check clock skew`);
    return due;
  }

  /** Takes ended and vanished jobs off the list of active ones. */
  private *updateActive(): Process {
    for (const job of this.jobs) {
      const listed = (this.status.active ?? []).some((ref) => ref.uid === job.metadata.uid);
      const finished = finishedCondition(job);
      if (!listed && !finished) { if ((this.cronJob.status?.lastScheduleTime ?? '') >= (job.metadata.creationTimestamp ?? '')) this.note('UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`); } else if (listed && finished) {
        this.dropActive(job.metadata.uid);
        this.note('SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${finished.type}`);
      }
      if (finished?.type === 'Complete' && job.status?.completionTime && (this.status.lastSuccessfulTime ?? '') < job.status.completionTime) this.status = { ...this.status, lastSuccessfulTime: job.status.completionTime };
    }
    for (const ref of this.status.active ?? []) {
      if (this.jobs.some((job) => job.metadata.uid === ref.uid)) continue;
      const found = yield* this.context.client.get(JOBS, this.cronJob.metadata.namespace ?? '', ref.name ?? '');
      if (!isNotFound(found)) continue;
      this.note('MissingJob', `Active job went missing: ${ref.name}`);
      this.dropActive(ref.uid ?? '');
    }
  }

  private dropActive(uid: string): void { this.status = { ...this.status, active: (this.status.active ?? []).filter((ref) => ref.uid !== uid) }; }

  private *writeStatus(): Process<SyncResult | undefined> {
    const updated = yield* this.context.client.updateStatus(CRON_JOBS, { ...this.cronJob, status: omitEmpty(this.status) });
    if (isStatus(updated)) return failed(updated);
    this.cronJob = updated;
    this.status = updated.status ?? {};
    return undefined;
  }

  private *deleteJob(name: string): Process<SyncResult | undefined> {
    const deleted = yield* this.context.client.delete(JOBS, this.cronJob.metadata.namespace ?? '', name, { propagationPolicy: 'Background' });
    if (isFailure(deleted) && !isNotFound(deleted)) {
      this.warn('FailedDelete', `Deleted job: ${messageOf(deleted)}`);
      return failed(deleted);
    }
    this.note('SuccessfulDelete', `Deleted job ${name}`);
    return undefined;
  }

  /** Keeps as many ended jobs as the history limits allow. */
  *cleanUp(): Process {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.cronJob.spec;
    for (const [type, limit] of [['Complete', successfulJobsHistoryLimit], ['Failed', failedJobsHistoryLimit]] as const) {
      if (limit === undefined) continue;
      const ended = this.jobs.filter((job) => finishedCondition(job)?.type === type && job.metadata.deletionTimestamp === undefined)
        .sort((a, b) => seconds(a.status?.startTime) - seconds(b.status?.startTime) || compare(a.metadata.name, b.metadata.name));
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) yield* this.deleteJob(job.metadata.name);
    }
  }
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** time.RFC1123Z in UTC */
function rfc1123(milliseconds: number): string {
  const d = new Date(milliseconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${WEEKDAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
}

/** RFC 3339 with the zone's own offset. */
function localTimestamp(milliseconds: number, timeZone: string | undefined): string {
  const offset = offsetOf(timeZone, milliseconds);
  if (offset === 0) return timestampOf(milliseconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.abs(offset) / 60_000;
  return `${timestampOf(milliseconds + offset).slice(0, -1)}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
