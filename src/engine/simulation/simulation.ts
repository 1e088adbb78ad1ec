import { EventQueue, type Timer } from './eventQueue';
import { NO_CONTEXT, Task, type Context, type Process } from './process';
import { Random } from './random';

export interface SimulationOptions {
  readonly seed: number;
  /** What the virtual clock shows at millisecond 0, as milliseconds since 1970. */
  readonly epoch: number;
}

/** How a run may end. */
export interface RunLimits {
  /** Virtual milliseconds that this run may take at the most. */
  readonly milliseconds: number;
  /** Events that this run may take at the most: a bound on real time and a net for endless loops. */
  readonly events: number;
  /** A wait that ends later than this many milliseconds after the last piece of work is not waited for. */
  readonly patience: number;
}

export const DEFAULT_LIMITS: RunLimits = { milliseconds: 10 * 60_000, events: 50_000_000, patience: 30_000 };

export interface PendingWait {
  readonly reason: string;
  /** Milliseconds from now. */
  readonly remaining: number;
}

export interface RunResult {
  /** True when nothing but background work, or waits beyond the patience, was left. */
  readonly settled: boolean;
  readonly waiting: readonly PendingWait[];
  readonly stoppedBy: 'rest' | 'time' | 'events';
}

/** A run in steps: yields now and then, and is told whether to go on. */
export type Steps<T> = Generator<void, T, boolean>;

/** Events between two pauses: a few milliseconds of real time. */
export const EVENTS_PER_STEP = 2048;

/** Takes all steps at once, asking `proceed` between them. */
export function drive<T>(steps: Steps<T>, proceed?: () => boolean): T {
  let step = steps.next(true);
  while (!step.done) step = steps.next(proceed ? proceed() : true);
  return step.value;
}

/**
 * The virtual clock and everything that is to happen on it. Deterministic: events run in the order of their time, then of
 * their scheduling; chance comes from one seeded source. Nothing in here reads a real clock; whoever paces a world by
 * the wall clock calls runUntil from outside.
 */
export class Simulation {
  /** Virtual milliseconds since the world began. */
  now = 0;
  readonly random: Random;
  readonly epoch: number;
  /** The context of whatever runs now. Assigning it gives the process that runs now another cause from here on. */
  context: Context = NO_CONTEXT;
  /** Events run so far: the figure a benchmark divides by time. */
  eventsRun = 0;
  private readonly queue = new EventQueue();
  /** The waits alone, so that the end of a run is found without looking through all events. */
  private readonly waitQueue = new EventQueue();
  private sequence = 0;
  private work = 0;
  private lastSecond = NaN;
  private lastTimestamp = '';

  constructor(options: SimulationOptions) {
    this.random = new Random(options.seed);
    this.epoch = options.epoch;
  }

  /** Runs a function as if it were caused by something else, e.g. an informer's handlers by the watch event. */
  runIn(context: Context, run: () => void): void {
    const outer = this.context;
    this.context = context;
    try { run(); } finally { this.context = outer; }
  }

  /** RFC 3339 seconds, as in creationTimestamp. */
  timestamp(): string {
    const second = Math.floor((this.epoch + this.now) / 1000);
    if (second !== this.lastSecond) {
      this.lastSecond = second;
      this.lastTimestamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    }
    return this.lastTimestamp;
  }

  /** RFC 3339 with microseconds, as in Lease.spec.renewTime. */
  microTimestamp(): string { return new Date(this.epoch + this.now).toISOString().replace(/\.(\d+)Z$/, (_, ms: string) => `.${ms}${micros(this.now)}Z`); }

  /** Milliseconds since 1970 on the virtual clock. */
  wallMilliseconds(): number { return this.epoch + this.now; }

  /** Calls back after so many virtual milliseconds, in the context of now. With a reason it is a wait, without one work. Returns what cancels it. */
  after(milliseconds: number, run: () => void, reason?: string): () => void {
    const context = this.context;
    const kind = context.background ? 'background' : reason === undefined ? 'work' : 'wait';
    const timer: Timer = { at: this.now + Math.max(0, milliseconds), sequence: this.sequence++, kind, reason: reason ?? '', context, run };
    if (kind === 'wait') this.waitQueue.push(timer);
    if (kind === 'work') this.work++;
    this.queue.push(timer);
    return () => {
      if (timer.run === undefined) return;
      timer.run = undefined;
      if (kind === 'work') this.work--;
    };
  }

  /** Starts a process now; it runs up to its first wait before spawn returns. */
  spawn<T>(name: string, body: Process<T>, context: Context = this.context): Task<T> {
    const task = new Task<T>(this, name, body, context);
    task.resume(undefined);
    return task;
  }

  /** Runs the next event; false when there is none. */
  step(): boolean {
    const timer = this.queue.pop();
    if (timer === undefined) return false;
    const run = timer.run;
    timer.run = undefined;
    if (timer.kind === 'work') this.work--;
    this.now = timer.at;
    this.eventsRun++;
    this.context = timer.context;
    run?.();
    this.context = NO_CONTEXT;
    return true;
  }

  /** When the next event is due, in virtual milliseconds, or undefined. */
  get nextAt(): number | undefined { return this.queue.peek()?.at; }

  /** Runs everything due up to a moment and sets the clock to it. Returns the number of events run. */
  runUntil(moment: number, maxEvents = Number.MAX_SAFE_INTEGER): number {
    let n = 0;
    for (let at = this.nextAt; at !== undefined && at <= moment && n < maxEvents; at = this.nextAt) { this.step(); n++; }
    if (n < maxEvents && moment > this.now) this.now = moment;
    return n;
  }

  /** Runs until nothing but background work is left, or a limit is hit. Progress may be observed and stopped by `proceed`, asked every few thousand events. */
  run(limits: RunLimits = DEFAULT_LIMITS, proceed?: () => boolean): RunResult { return drive(this.steps(limits), proceed); }

  /** The same run for somebody who has other things to do: pauses every few thousand events, and stops there when it is answered false. */
  *steps(limits: RunLimits = DEFAULT_LIMITS): Steps<RunResult> {
    const end = this.now + limits.milliseconds;
    let lastWork = this.now;
    for (let n = 0; n < limits.events; n++) {
      if (this.work === 0) {
        const next = this.waitQueue.peek();
        if (next === undefined || next.at > lastWork + limits.patience) return this.result('rest');
      } else lastWork = this.now;
      const at = this.nextAt;
      if (at === undefined) return this.result('rest');
      if (at > end) { this.now = end; return this.result('time'); }
      this.step();
      if (n % EVENTS_PER_STEP === EVENTS_PER_STEP - 1 && !(yield)) return this.result('events');
    }
    return this.result('events');
  }

  /** What a person is still waiting for, soonest first, at most 100. */
  waits(): readonly PendingWait[] {
    const waits: PendingWait[] = [];
    for (const timer of this.queue.pending()) if (timer.kind === 'wait') waits.push({ reason: timer.reason, remaining: timer.at - this.now });
    return waits.sort((a, b) => a.remaining - b.remaining || (a.reason < b.reason ? -1 : 1)).slice(0, 100);
  }

  private result(stoppedBy: RunResult['stoppedBy']): RunResult {
    return { settled: stoppedBy === 'rest', waiting: this.waits(), stoppedBy };
  }
}

/** Three more digits, so that two moments of one millisecond differ as they do on a real clock. */
const micros = (now: number): string => String(Math.floor((now * 1000) % 1000)).padStart(3, '0');
