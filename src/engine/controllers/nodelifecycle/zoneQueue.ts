/**
 * scheduler.RateLimitedTimedQueue: the nodes of one zone that wait to be tainted NoExecute, so many a second that a network failure does not
 * empty a cluster at once.
 */
export class ZoneQueue {
  private readonly nodes = new Set<string>();
  private tokens = 1;
  private at = 0;

  constructor(private rate: number, now: number) { this.at = now; }

  /** Nodes a second; 0 stops it. */
  setRate(rate: number, now: number): void { this.refill(now); this.rate = rate; }
  add(node: string): void { this.nodes.add(node); }
  remove(node: string): boolean { return this.nodes.delete(node); }
  get size(): number { return this.nodes.size; }

  /** The next node that may be tainted now, if any; it leaves the queue. */
  take(now: number): string | undefined {
    const first = this.nodes.values().next().value;
    if (first === undefined || this.rate === 0) return undefined;
    this.refill(now);
    if (this.tokens < 1) return undefined;
    this.tokens -= 1;
    this.nodes.delete(first);
    return first;
  }

  /** Milliseconds until the next may be taken; undefined when none waits or none may go. */
  wait(now: number): number | undefined {
    if (this.nodes.size === 0 || this.rate === 0) return undefined;
    this.refill(now);
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) / this.rate) * 1000);
  }

  private refill(now: number): void {
    this.tokens = Math.min(1, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
  }
}
