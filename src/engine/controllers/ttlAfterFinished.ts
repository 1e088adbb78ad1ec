import type { Job } from '../api/generated/types';
import { objectKey } from '../api/object';
import { isStatus } from '../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import { JOBS } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import type { Process } from '../simulation/process';
import { finishedCondition } from './job/state';
import { seconds } from './objects';
import { failed, isFailure, isNotFound } from './outcome';

const WORKERS = 5;

/** The TTL-after-finished controller: deletes ended jobs when their ttlSecondsAfterFinished has passed. */
export function ttlAfterFinishedController(context: ControllerContext): Controller {
  const { client, informers, simulation } = context;
  const jobs = informers.for(JOBS);
  const queue = new WorkQueue(simulation);
  const consider = (job: Job): void => { if (job.metadata.deletionTimestamp === undefined && remaining(job, simulation.wallMilliseconds()) !== undefined) queue.add(objectKey(job)); };
  jobs.addHandler({ onAdd: consider, onUpdate: (_, job) => consider(job) });

  function* sync(key: string): Process<SyncResult> {
    const job = jobs.get(key);
    const left = job && remaining(job, simulation.wallMilliseconds());
    if (job === undefined || left === undefined) return { outcome: '' };
    if (left > 0) {
      queue.addAfter(key, left, `time to live of the finished job ${job.metadata.name}`);
      return { outcome: `${Math.ceil(left / 1000)} s to live` };
    }
    const fresh = yield* client.get(JOBS, job.metadata.namespace ?? '', job.metadata.name);
    if (isStatus(fresh)) return isNotFound(fresh) ? {} : failed(fresh);
    const deleted = yield* client.delete(JOBS, job.metadata.namespace ?? '', job.metadata.name, { preconditions: { uid: fresh.metadata.uid }, propagationPolicy: 'Foreground' });
    return isFailure(deleted) && !isNotFound(deleted) ? failed(deleted) : { outcome: `${job.spec.ttlSecondsAfterFinished} s after its end: deleted` };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'jobs.batch', WORKERS, sync) };
}

function remaining(job: Job, now: number): number | undefined {
  const ttl = job.spec.ttlSecondsAfterFinished;
  const finished = finishedCondition(job);
  return ttl === undefined || finished === undefined ? undefined : seconds(finished.lastTransitionTime) + ttl * 1000 - now;
}
