import type { Context, Process } from '../simulation/process';
import { Signal } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';

/**
 * client-go's rate-limiting work queue: a key is worked on by one worker at a time; added again meanwhile, it is worked on
 * once more afterwards. Each key remembers what put it there.
 */
export class WorkQueue {
  private readonly order: string[] = [];
  private readonly dirty = new Map<string, Context>();
  private readonly processing = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly delayed = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  private readonly arrived = new Signal();

  constructor(private readonly simulation: Simulation, private readonly options: { readonly baseDelay: number; readonly maxDelay: number } = { baseDelay: 5, maxDelay: 1_000_000 }) {}

  get length(): number { return this.order.length; }

  add(key: string): void {
    const queued = this.dirty.has(key);
    // Work that somebody waits for is not hidden behind a heartbeat that asked for the same.
    if (!queued || !this.simulation.context.background) this.dirty.set(key, this.simulation.context);
    if (queued || this.processing.has(key)) return;
    this.order.push(key);
    this.arrived.notify();
  }

  /**
   * Adds the key after so many milliseconds. Without a reason it counts as work; with one, as a wait of that name.
   * As in client-go, an earlier pending delay of the same key wins.
   */
  addAfter(key: string, milliseconds: number, reason?: string): void {
    if (milliseconds <= 0) { this.add(key); return; }
    const at = this.simulation.now + milliseconds;
    const pending = this.delayed.get(key);
    if (pending) {
      if (pending.at <= at) return;
      pending.cancel();
    }
    const cancel = this.simulation.after(milliseconds, () => { this.delayed.delete(key); this.add(key); }, reason);
    this.delayed.set(key, { at, cancel });
  }

  /** Takes back a pending addAfter of the key: what it waited for has come. */
  cancelDelayed(key: string): void {
    this.delayed.get(key)?.cancel();
    this.delayed.delete(key);
  }

  /** Adds the key after a delay that doubles with every failure (5 ms up to 1000 s). */
  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    const delay = Math.min(this.options.maxDelay, this.options.baseDelay * 2 ** Math.min(failures, 40));
    this.addAfter(key, delay, delay > 1000 ? `retry of ${key}` : undefined);
  }

  /** Forgets the failures of a key. */
  forget(key: string): void { this.failures.delete(key); }
  numRequeues(key: string): number { return this.failures.get(key) ?? 0; }

  /** Waits for a key. The caller takes on the context that put the key there, and must call done(). */
  *get(): Process<string> {
    for (;;) {
      const key = this.order.shift();
      if (key !== undefined) {
        const context = this.dirty.get(key);
        this.dirty.delete(key);
        this.processing.add(key);
        if (context) this.simulation.context = context;
        return key;
      }
      yield* this.arrived.wait();
    }
  }

  done(key: string): void {
    this.processing.delete(key);
    if (!this.dirty.has(key)) return;
    this.order.push(key);
    this.arrived.notify();
  }
}
