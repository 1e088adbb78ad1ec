import type { Simulation } from '../../simulation/simulation';
import type { Batch, Persisted, Snapshot } from '../raft/types';

/**
 * The disk of one member: what was synced is there after a crash, what was not may or may not be. One batch is written at a time.
 */
export class Disk<C, S> {
  private pending: { readonly batch: Batch<C, S>; readonly cancel: () => void } | undefined;

  constructor(protected readonly simulation: Simulation, private readonly syncTime: () => number, public contents: Persisted<C, S>) {}

  get busy(): boolean { return this.pending !== undefined; }

  write(batch: Batch<C, S>, done: () => void): void {
    const cancel = this.simulation.after(this.syncTime(), () => {
      this.pending = undefined;
      this.keep(batch);
      done();
    });
    this.pending = { batch, cancel };
  }

  /** The own state machine's snapshot, and of the log only what comes after an index. */
  compact(snapshot: Snapshot<S>, firstIndex: number): void {
    this.contents = { ...this.contents, snapshot, entries: this.contents.entries.filter((e) => e.index >= firstIndex) };
  }

  /** Power is lost. What was being written may have reached the disk though nobody was told. */
  crash(reached: boolean): void {
    if (this.pending === undefined) return;
    this.pending.cancel();
    if (reached) this.keep(this.pending.batch);
    this.pending = undefined;
  }

  protected keep({ hardState, snapshot, entries }: Batch<C, S>): void {
    const { contents } = this;
    if (snapshot !== undefined) { this.contents = { hardState, snapshot, entries }; return; }
    const first = entries[0];
    const last = contents.entries.at(-1);
    // The usual case, appending, copies nothing.
    if (first === undefined || last === undefined || first.index === last.index + 1) {
      (contents.entries as typeof entries[number][]).push(...entries);
      this.contents = { ...contents, hardState };
    } else this.contents = { ...contents, hardState, entries: [...contents.entries.filter((e) => e.index < first.index), ...entries] };
  }
}
