/** What processes need of the world's clock: the Simulation. */
export interface ProcessHost {
  context: Context;
  after(milliseconds: number, run: () => void, reason?: string): () => void;
}

/**
 * What a process yields to wait for something. `start` is called once and must arrange for `resume` to be called
 * at most once, later; it returns what undoes that arrangement when the process is stopped.
 */
export interface Wait {
  start(host: ProcessHost, resume: (value: unknown) => void): () => void;
}

/** Straight-line code on the virtual clock: a generator that yields waits and returns a result. Use `yield*` to call another. */
export type Process<T = void> = Generator<Wait, T, unknown>;

/**
 * What a piece of work belongs to. It follows the work through every wait: a request sent while handling a watch
 * event has that event as its cause.
 */
export interface Context {
  /** The trace message that led here; 0 for none. */
  readonly cause: number;
  /** Heartbeats, leases, resyncs: what goes on whether or not anybody does anything. */
  readonly background: boolean;
}

export const NO_CONTEXT: Context = { cause: 0, background: false };
export const BACKGROUND: Context = { cause: 0, background: true };

/** A process under way. */
export class Task<T = void> {
  private cancel: (() => void) | undefined;
  private finished = false;
  private readonly waiters: ((value: T | undefined) => void)[] = [];
  result: T | undefined;

  constructor(private readonly simulation: ProcessHost, readonly name: string, private readonly body: Process<T>, public context: Context) {}

  get done(): boolean { return this.finished; }

  /** Runs the body until its next wait. Called by the simulation. */
  resume(value: unknown): void {
    if (this.finished) return;
    this.cancel = undefined;
    const outer = this.simulation.context;
    this.simulation.context = this.context;
    try {
      const step = this.body.next(value);
      if (step.done === true) this.finish(step.value);
      else this.cancel = step.value.start(this.simulation, (v) => this.resume(v));
    } finally {
      this.context = this.simulation.context;
      this.simulation.context = outer;
    }
  }

  /** Ends the process where it waits; its finally blocks run. */
  stop(): void {
    if (this.finished) return;
    this.cancel?.();
    this.body.return(undefined as T);
    this.finish(undefined);
  }

  /** Waits until the process has ended; undefined when it was stopped. */
  *join(): Process<T | undefined> {
    if (this.finished) return this.result;
    return (yield { start: (_, resume) => { this.waiters.push(resume); return () => { const at = this.waiters.indexOf(resume); if (at >= 0) this.waiters.splice(at, 1); }; } }) as T | undefined;
  }

  private finish(value: T | undefined): void {
    this.finished = true;
    this.result = value;
    for (const waiter of this.waiters.splice(0)) waiter(value);
  }
}

/** Waits for the given virtual time in milliseconds. It counts as work, or as background in a background task. */
export function* sleep(milliseconds: number): Process {
  yield { start: (simulation, resume) => simulation.after(milliseconds, () => resume(undefined)) };
}

/** Waits for something a person should know of ("progress deadline of deployment web"): a run may end before it. */
export function* waitFor(milliseconds: number, reason: string): Process {
  yield { start: (simulation, resume) => simulation.after(milliseconds, () => resume(undefined), reason) };
}

/** A value that arrives once. */
export class Future<T> {
  private settled = false;
  private value: T | undefined;
  private readonly waiters = new Set<(value: unknown) => void>();

  get done(): boolean { return this.settled; }

  resolve(value: T): void {
    if (this.settled) return;
    this.settled = true;
    this.value = value;
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const resume of waiters) resume(value);
  }

  *wait(): Process<T> {
    if (this.settled) return this.value as T;
    return (yield { start: (_, resume) => { this.waiters.add(resume); return () => this.waiters.delete(resume); } }) as T;
  }
}

/** Wakes every process that waits for it, each time it is notified. */
export class Signal {
  private readonly waiters = new Set<(value: unknown) => void>();

  notify(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const resume of waiters) resume(true);
  }

  *wait(): Process {
    yield { start: (_, resume) => { this.waiters.add(resume); return () => this.waiters.delete(resume); } };
  }

  /** Waits at most so long; true when notified, false when the time is up. With a reason a run may end before it. */
  *waitAtMost(milliseconds: number, reason?: string): Process<boolean> {
    return (yield {
      start: (simulation, resume) => {
        const settle = (value: boolean): void => { stop(); resume(value); };
        const notified = (): void => settle(true);
        const cancelTimer = simulation.after(milliseconds, () => settle(false), reason);
        const stop = (): void => { cancelTimer(); this.waiters.delete(notified); };
        this.waiters.add(notified);
        return stop;
      },
    }) as boolean;
  }
}
