import type { Content, Entry, Persisted, Snapshot } from './types';

/**
 * The log of one member: a snapshot, entries around it, and how far they are committed, applied and on the disk. Indexes begin at
 * 1; `term(index)` is undefined where the log no longer, or not yet, has the entry.
 */
export class RaftLog<C, S> {
  private entries: Entry<C>[];
  /** Index and term of the entry before the first one kept. */
  private before: { readonly index: number; readonly term: number };
  snapshot: Snapshot<S> | undefined;
  committed: number;
  applied: number;
  /** The last index that the disk has, as far as it agrees with this log. */
  stable: number;
  /** The last index that was handed out to be written. */
  private handed: number;

  constructor(persisted: Persisted<C, S>) {
    const { snapshot, entries, hardState } = persisted;
    this.snapshot = snapshot;
    this.entries = [...entries];
    const first = this.entries[0];
    const base = snapshot ?? { index: 0, term: 0 };
    // Entries kept from before the snapshot begin where nobody will ask for the term of the one before.
    this.before = first && first.index <= base.index ? { index: first.index - 1, term: -1 } : { index: base.index, term: base.term };
    this.stable = this.handed = this.lastIndex;
    this.committed = Math.max(base.index, Math.min(hardState.commit, this.lastIndex));
    this.applied = base.index;
  }

  get firstIndex(): number { return this.before.index + 1; }
  get lastIndex(): number { return this.before.index + this.entries.length; }
  get lastTerm(): number { return this.term(this.lastIndex) ?? 0; }

  term(index: number): number | undefined {
    if (index === this.before.index) return this.before.term >= 0 ? this.before.term : undefined;
    return this.entries[index - this.firstIndex]?.term;
  }

  has(index: number, term: number): boolean { return this.term(index) === term; }

  /** At most `limit` entries from an index on; undefined when they were compacted. */
  from(index: number, limit = Number.MAX_SAFE_INTEGER): readonly Entry<C>[] | undefined {
    if (index < this.firstIndex) return undefined;
    const at = index - this.firstIndex;
    return this.entries.slice(at, Math.min(this.entries.length, at + limit));
  }

  /** Whether a candidate with such a last entry has at least what this log has (§5.4.1). */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }

  append(term: number, content: Content<C>): Entry<C> {
    const entry: Entry<C> = { index: this.lastIndex + 1, term, content };
    this.entries.push(entry);
    return entry;
  }

  /** Takes a leader's entries after a point of agreement; what conflicts with them goes. Returns the last index they cover. */
  accept(previousIndex: number, entries: readonly Entry<C>[]): number {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Entry<C>;
      if (entry.index <= this.committed || this.has(entry.index, entry.term)) continue;
      this.truncateFrom(entry.index);
      this.entries.push(...entries.slice(i));
      break;
    }
    return previousIndex + entries.length;
  }

  commitTo(index: number): boolean {
    const to = Math.min(index, this.lastIndex);
    if (to <= this.committed) return false;
    this.committed = to;
    return true;
  }

  /** The last index, not after the given one, whose term is at most the given one: where two logs may still agree. */
  lastWithTermAtMost(index: number, term: number): { readonly index: number; readonly term: number } {
    let at = Math.min(index, this.lastIndex);
    for (; at > this.before.index; at--) {
      const found = this.term(at);
      if (found !== undefined && found <= term) return { index: at, term: found };
    }
    return { index: at, term: this.term(at) ?? 0 };
  }

  /** Entries that were not handed out to be written. They count as handed out now. */
  takeUnwritten(): readonly Entry<C>[] {
    const entries = this.entries.slice(Math.max(0, this.handed + 1 - this.firstIndex));
    this.handed = this.lastIndex;
    return entries;
  }

  get hasUnwritten(): boolean { return this.handed < this.lastIndex; }

  /** The disk has everything up to this entry; ignored when the log has another entry there by now. */
  stableTo(index: number, term: number): boolean {
    if (index <= this.stable || !this.has(index, term)) return false;
    this.stable = index;
    return true;
  }

  /** Committed entries that the state machine has not applied. Only what this member's own disk has is handed over. */
  takeCommitted(limit: number): readonly Entry<C>[] {
    const until = Math.min(this.committed, this.stable, this.applied + limit);
    if (until <= this.applied) return [];
    const entries = this.entries.slice(this.applied + 1 - this.firstIndex, until + 1 - this.firstIndex);
    this.applied = until;
    return entries;
  }

  /** Replaces everything by a leader's snapshot. */
  restore(snapshot: Snapshot<S>): void {
    this.snapshot = snapshot;
    this.entries = [];
    this.before = { index: snapshot.index, term: snapshot.term };
    this.committed = snapshot.index;
    this.handed = snapshot.index;
    this.stable = Math.min(this.stable, snapshot.index);
  }

  /** Keeps a snapshot of the own state machine, and of the entries before it only the newest `keep`. */
  compact(snapshot: Snapshot<S>, keep: number): void {
    this.snapshot = snapshot;
    const index = Math.min(snapshot.index - keep, this.stable);
    const term = this.term(index);
    if (index <= this.before.index || term === undefined) return;
    this.entries = this.entries.slice(index + 1 - this.firstIndex);
    this.before = { index, term };
  }

  private truncateFrom(index: number): void {
    this.entries.length = index - this.firstIndex;
    this.handed = Math.min(this.handed, index - 1);
    this.stable = Math.min(this.stable, index - 1);
  }
}
