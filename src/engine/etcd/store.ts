import { COMPACTED, FUTURE_REVISION, type Compare, type EtcdError, type EtcdEvent, type KeyValue, type Operation, type RangeRequest, type RangeResponse, type TxnRequest, type TxnResponse } from './types';

interface History {
  /** Versions in ascending order of revision; undefined value marks a deletion. */
  readonly versions: { readonly revision: number; readonly keyValue: KeyValue | undefined }[];
}

/** One change to one key, as kept for watches that start in the past and for reading back. */
interface LogEntry {
  readonly revision: number;
  readonly event: EtcdEvent;
}

/**
 * The multi-version key-value store of one etcd member: every change makes a revision, every past revision can be read
 * until it is compacted. Pure state: no clock, no messages.
 */
export class Store {
  private currentRevision = 1;
  private compacted = 0;
  private readonly current = new Map<string, KeyValue>();
  private readonly histories = new Map<string, History>();
  private log: LogEntry[] = [];
  private sortedKeys: string[] | undefined;
  private usedBytes = 0;
  private readonly listeners = new Set<(event: EtcdEvent) => void>();

  /**
   * `maxLog`: revisions kept at the most before the oldest half is compacted. `sizeOf` counts the bytes of a stored value, for
   * whoever has a quota of space; without it nothing is counted.
   */
  constructor(private readonly maxLog = 400_000, private readonly sizeOf?: (keyValue: KeyValue) => number) {}

  get revision(): number { return this.currentRevision; }
  get compactRevision(): number { return this.compacted; }
  get size(): number { return this.current.size; }
  /** Bytes of all versions kept, current and past; 0 without sizeOf. */
  get bytes(): number { return this.usedBytes; }

  /** The same contents for another owner: values are shared, what changes from now on is not. Listeners stay behind. */
  fork(): Store {
    const copy = new Store(this.maxLog, this.sizeOf);
    copy.currentRevision = this.currentRevision;
    copy.compacted = this.compacted;
    copy.usedBytes = this.usedBytes;
    copy.log = [...this.log];
    for (const [key, keyValue] of this.current) copy.current.set(key, keyValue);
    for (const [key, { versions }] of this.histories) copy.histories.set(key, { versions: [...versions] });
    return copy;
  }

  /** The versions of a key that are kept, oldest first; an undefined value is a deletion. */
  versionsOf(key: string): readonly { readonly revision: number; readonly keyValue: KeyValue | undefined }[] { return this.histories.get(key)?.versions ?? []; }

  /** Tells the listeners of everything that is there, in the order in which it was written, as if it were written now. */
  announce(): void {
    for (const keyValue of [...this.current.values()].sort((a, b) => a.modRevision - b.modRevision)) {
      for (const listener of this.listeners) listener({ type: 'put', keyValue, previous: undefined, cause: 0 });
    }
  }

  /** Starts from what a snapshot holds: these keys at that revision, and nothing before it. */
  restore(keyValues: readonly KeyValue[], revision: number): void {
    this.current.clear();
    this.histories.clear();
    this.log = [];
    this.sortedKeys = undefined;
    this.usedBytes = 0;
    for (const keyValue of keyValues) {
      this.current.set(keyValue.key, keyValue);
      this.histories.set(keyValue.key, { versions: [{ revision: keyValue.modRevision, keyValue }] });
      this.usedBytes += this.sizeOf?.(keyValue) ?? 0;
    }
    this.currentRevision = this.compacted = revision;
  }

  range(request: RangeRequest): RangeResponse | EtcdError {
    const at = request.revision ?? 0;
    if (at > this.currentRevision) return FUTURE_REVISION;
    if (at > 0 && at < this.compacted) return COMPACTED;
    const read = at > 0 && at < this.currentRevision ? (key: string) => this.versionAt(key, at) : (key: string) => this.current.get(key);
    if (request.rangeEnd === undefined) {
      const found = read(request.key);
      return { keyValues: found ? [found] : [], count: found ? 1 : 0, more: false, revision: this.currentRevision };
    }
    const keys = this.keys(at > 0 && at < this.currentRevision);
    const found: KeyValue[] = [];
    let count = 0;
    for (let i = lowerBound(keys, request.key); i < keys.length && (keys[i] as string) < request.rangeEnd; i++) {
      const keyValue = read(keys[i] as string);
      if (keyValue === undefined) continue;
      count++;
      if (request.limit === undefined || request.limit === 0 || found.length < request.limit) found.push(keyValue);
    }
    return { keyValues: found, count, more: count > found.length, revision: this.currentRevision };
  }

  /** Applies a transaction. `cause` is handed to the watchers. All its writes share one revision. */
  txn(request: TxnRequest, cause = 0): TxnResponse | EtcdError {
    const succeeded = request.compares.every((c) => this.holds(c));
    const operations = succeeded ? request.success : request.failure;
    const writes = operations.some((o) => o.type !== 'range');
    const revision = writes ? this.currentRevision + 1 : this.currentRevision;
    const events: EtcdEvent[] = [];
    const responses: (readonly KeyValue[])[] = [];
    for (const operation of operations) {
      const response = this.apply(operation, revision, cause, events);
      if (!Array.isArray(response)) return response as EtcdError;
      responses.push(response as readonly KeyValue[]);
    }
    // A delete that found nothing makes no revision.
    if (events.length > 0) this.currentRevision = revision;
    for (const event of events) for (const listener of this.listeners) listener(event);
    if (this.log.length > this.maxLog) this.compact((this.log[this.log.length >> 1] as LogEntry).revision);
    return { succeeded, revision: this.currentRevision, responses };
  }

  /** The events after compaction from a revision on, oldest first. */
  eventsFrom(revision: number): readonly EtcdEvent[] | EtcdError {
    if (revision <= this.compacted) return COMPACTED;
    let low = 0, high = this.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.log[middle] as LogEntry).revision < revision) low = middle + 1; else high = middle;
    }
    return this.log.slice(low).map((entry) => entry.event);
  }

  /** Hears of every event when it is committed. */
  subscribe(listener: (event: EtcdEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets what was before a revision, except what is still current at it. */
  compact(revision: number): { readonly revision: number } | EtcdError {
    if (revision <= this.compacted) return COMPACTED;
    if (revision > this.currentRevision) return FUTURE_REVISION;
    this.compacted = revision;
    this.log = this.log.filter((entry) => entry.revision > revision);
    for (const [key, history] of this.histories) {
      const versions = history.versions;
      let keep = versions.length - 1;
      while (keep > 0 && (versions[keep] as { revision: number }).revision > revision) keep--;
      for (const { keyValue } of versions.splice(0, keep)) if (keyValue) this.usedBytes -= this.sizeOf?.(keyValue) ?? 0;
      if (versions.length === 1 && versions[0]?.keyValue === undefined) this.histories.delete(key);
    }
    this.sortedKeys = undefined;
    return { revision };
  }

  private keys(withDeleted: boolean): readonly string[] {
    if (withDeleted) return [...this.histories.keys()].sort();
    return (this.sortedKeys ??= [...this.current.keys()].sort());
  }

  private versionAt(key: string, revision: number): KeyValue | undefined {
    const versions = this.histories.get(key)?.versions ?? [];
    for (let i = versions.length - 1; i >= 0; i--) {
      const version = versions[i] as History['versions'][number];
      if (version.revision <= revision) return version.keyValue;
    }
    return undefined;
  }

  private holds(compare: Compare): boolean {
    const found = this.current.get(compare.key);
    const actual = found === undefined ? 0 : found[compare.target];
    switch (compare.result) {
      case '=': return actual === compare.value;
      case '!=': return actual !== compare.value;
      case '<': return actual < compare.value;
      case '>': return actual > compare.value;
    }
  }

  private apply(operation: Operation, revision: number, cause: number, events: EtcdEvent[]): readonly KeyValue[] | EtcdError {
    switch (operation.type) {
      case 'range': {
        const response = this.range(operation.request);
        return 'error' in response ? response : response.keyValues;
      }
      case 'put': {
        const previous = this.current.get(operation.key);
        const keyValue: KeyValue = {
          key: operation.key, value: operation.value, createRevision: previous?.createRevision ?? revision, modRevision: revision,
          version: (previous?.version ?? 0) + 1, lease: operation.lease ?? 0,
        };
        if (previous === undefined) this.sortedKeys = undefined;
        this.current.set(operation.key, keyValue);
        this.remember(revision, keyValue.key, keyValue, { type: 'put', keyValue, previous, cause }, events);
        return previous ? [previous] : [];
      }
      case 'delete': {
        const range = this.range({ key: operation.key, rangeEnd: operation.rangeEnd });
        if ('error' in range) return range;
        for (const previous of range.keyValues) {
          this.current.delete(previous.key);
          this.sortedKeys = undefined;
          this.remember(revision, previous.key, undefined, { type: 'delete', keyValue: { ...previous, modRevision: revision }, previous, cause }, events);
        }
        return range.keyValues;
      }
    }
  }

  private remember(revision: number, key: string, keyValue: KeyValue | undefined, event: EtcdEvent, events: EtcdEvent[]): void {
    let history = this.histories.get(key);
    if (history === undefined) this.histories.set(key, history = { versions: [] });
    history.versions.push({ revision, keyValue });
    if (keyValue && this.sizeOf) this.usedBytes += this.sizeOf(keyValue);
    this.log.push({ revision, event });
    events.push(event);
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0, high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1; else high = middle;
  }
  return low;
}
