interface Entry { delay: number; updatedAt: number }

/** What bounds the memory of a back-off: pods come and go. */
const MAX_ENTRIES = 20_000;

/**
 * flowcontrol.Backoff as the kubelet uses it, twice: for restarts of containers and for image pulls. 10 s doubling to 5 min, forgotten
 * after twice the maximum (10 min) without trouble. All times in virtual milliseconds.
 */
export class BackOff {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly initial = 10_000, private readonly maximum = 300_000) {}

  /** The delay in force for a key, 0 for none. */
  get(key: string): number { return this.entries.get(key)?.delay ?? 0; }

  /** Records another failure: the delay starts, or doubles. */
  next(key: string, now: number): void {
    const entry = this.entries.get(key);
    if (entry === undefined || this.expired(now, entry)) this.remember(key, { delay: this.initial, updatedAt: now });
    else { entry.delay = Math.min(entry.delay * 2, this.maximum); entry.updatedAt = now; }
  }

  /** How much longer to wait after an event at a moment (a container's end, a failed pull); 0 when one may go on. */
  remainingSince(key: string, eventAt: number, now: number): number {
    const entry = this.entries.get(key);
    if (entry === undefined || this.expired(eventAt, entry)) return 0;
    return Math.max(0, eventAt + entry.delay - now);
  }

  /** How much longer to wait after the last failure. */
  remaining(key: string, now: number): number {
    const entry = this.entries.get(key);
    return entry === undefined ? 0 : this.remainingSince(key, entry.updatedAt, now);
  }

  forget(prefix: string): void { for (const key of [...this.entries.keys()]) if (key.startsWith(prefix)) this.entries.delete(key); }

  private expired(eventAt: number, entry: Entry): boolean { return eventAt - entry.updatedAt > 2 * this.maximum; }

  private remember(key: string, entry: Entry): void {
    if (this.entries.size >= MAX_ENTRIES) this.entries.delete(this.entries.keys().next().value as string);
    this.entries.set(key, entry);
  }
}
