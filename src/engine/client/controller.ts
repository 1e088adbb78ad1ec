import { sleep, type Process } from '../simulation/process';
import { vary, type Latencies } from '../simulation/latency';
import type { Simulation } from '../simulation/simulation';
import type { TraceRecorder } from '../trace/recorder';
import type { Client } from './client';
import type { EventRecorder } from './eventRecorder';
import type { InformerFactory } from './informer';
import type { WorkQueue } from './workQueue';

/** What every controller is given. */
export interface ControllerContext {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  /** As the controller's own service account. */
  readonly client: Client;
  /** Shared by all controllers of the process. */
  readonly informers: InformerFactory;
  readonly events: EventRecorder;
  /** The controller's name in traces and events, e.g. 'deployment-controller'. */
  readonly name: string;
}

/** How a sync ended: done, or to be tried again with back-off (an error), with a sentence for the trace. */
export interface SyncResult {
  /** What was compared and done, in a sentence; empty when there was nothing to do. */
  readonly outcome?: string;
  /** Set when it failed: the key is queued again, rate limited. */
  readonly error?: string;
}

/** A level-triggered reconciler. */
export interface Controller {
  readonly name: string;
  /** Starts its workers; called once, when the informers have synced. */
  start(): void;
}

/** Runs `sync` for every key of a queue with some workers, recording each as a piece of work in the trace. */
export function startWorkers(context: ControllerContext, queue: WorkQueue, resource: string, workers: number, sync: (key: string) => Process<SyncResult | void>): void {
  for (let i = 0; i < workers; i++) context.simulation.spawn(`${context.name} worker ${i}`, worker(context, queue, resource, sync), { cause: 0, background: true });
}

function* worker(context: ControllerContext, queue: WorkQueue, resource: string, sync: (key: string) => Process<SyncResult | void>): Process {
  const { simulation, trace, latencies } = context;
  for (;;) {
    const key = yield* queue.get();
    yield* sleep(vary(simulation.random, latencies, latencies.queue));
    const work = trace.work({ actor: context.name, action: 'sync', subject: key, resource });
    const result = (yield* sync(key)) ?? {};
    work.endedAt = simulation.now;
    work.outcome = result.error ?? result.outcome ?? '';
    if (result.error === undefined) queue.forget(key); else queue.addRateLimited(key);
    queue.done(key);
  }
}
