/**
 * What a leader knows of one follower. 'probe': where the logs agree is being looked for, one append at a time; 'replicate': appends
 * follow each other without waiting; 'snapshot': what it lacks was compacted, a snapshot is on its way.
 */
export class Progress {
  mode: 'probe' | 'replicate' | 'snapshot' = 'probe';
  /** The last index known to agree and to be on the follower's disk. */
  match = 0;
  /** The next index to send. */
  next: number;
  /** Has answered since the leader last checked its quorum. */
  active = false;
  /** In 'probe': an append is out, nothing more is sent before its answer or the next heartbeat's. */
  paused = false;
  /** The last indexes of the appends under way, ascending. */
  readonly inflight: number[] = [];
  private snapshotIndex = 0;

  constructor(next: number) { this.next = next; }

  canSend(maxInflight: number): boolean {
    switch (this.mode) {
      case 'probe': return !this.paused;
      case 'replicate': return this.inflight.length < maxInflight;
      case 'snapshot': return false;
    }
  }

  sent(lastIndex: number): void {
    if (this.mode === 'probe') { this.paused = true; return; }
    if (lastIndex < this.next) return;
    this.next = lastIndex + 1;
    this.inflight.push(lastIndex);
  }

  /** True when the follower was not known to have that much. */
  acknowledged(index: number): boolean {
    const news = index > this.match;
    if (news) this.match = index;
    this.next = Math.max(this.next, index + 1);
    if (news) this.paused = false;
    while (this.inflight.length > 0 && (this.inflight[0] as number) <= index) this.inflight.shift();
    if (this.mode === 'probe' && news) this.become('replicate');
    else if (this.mode === 'snapshot' && this.match >= this.snapshotIndex) this.become('probe');
    return news;
  }

  /** A refusal of the append after `refused`; false when it is an old one that says nothing new. */
  refused(refused: number, hint: number): boolean {
    if (this.mode === 'replicate') {
      if (refused <= this.match) return false;
      this.become('probe');
      return true;
    }
    if (this.mode === 'snapshot' || this.next - 1 !== refused) return false;
    this.next = Math.max(Math.min(refused, hint + 1), this.match + 1);
    this.paused = false;
    return true;
  }

  sendSnapshot(index: number): void {
    this.become('snapshot');
    this.snapshotIndex = index;
    this.next = index + 1;
  }

  /** A heartbeat was answered: what was paused or got lost goes on. */
  heard(maxInflight: number): void {
    this.active = true;
    this.paused = false;
    if (this.mode === 'replicate' && this.inflight.length >= maxInflight) this.inflight.shift();
    // A snapshot that was lost is sent again: a probe finds out what the follower has.
    if (this.mode === 'snapshot' && ++this.unanswered >= 3) this.become('probe');
  }

  private unanswered = 0;

  private become(mode: Progress['mode']): void {
    if (this.mode === 'snapshot' && mode === 'probe') this.next = Math.max(this.match + 1, this.match >= this.snapshotIndex ? this.snapshotIndex + 1 : 0);
    else if (mode === 'probe') this.next = this.match + 1;
    else if (mode === 'replicate') this.next = Math.max(this.next, this.match + 1);
    this.mode = mode;
    this.paused = false;
    this.unanswered = 0;
    this.inflight.length = 0;
  }
}

/** The index that a majority has, given what each has. */
export function majorityIndex(matches: readonly number[]): number {
  const sorted = [...matches].sort((a, b) => b - a);
  return sorted[sorted.length >> 1] ?? 0;
}

export const majorityOf = (members: number): number => (members >> 1) + 1;
