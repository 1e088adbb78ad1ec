import type { Context } from './process';

/** A moment in the future at which something happens. Cancelled events stay in the heap and are skipped. */
export interface Timer {
  readonly at: number;
  /** Order among events of one moment: the order in which they were scheduled. */
  readonly sequence: number;
  /** Why a run should wait for it: work counts, background does not, a wait counts while it is near (see Simulation). */
  readonly kind: 'work' | 'wait' | 'background';
  /** For a wait: what is being waited for, in words a person reads. */
  readonly reason: string;
  readonly context: Context;
  run: (() => void) | undefined;
}

/** A binary heap of timers, earliest first, then in the order of scheduling. */
export class EventQueue {
  private readonly heap: Timer[] = [];

  get size(): number { return this.heap.length; }

  /** The next timer that is not cancelled, or undefined. */
  peek(): Timer | undefined {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || first.run !== undefined) return first;
      this.removeFirst();
    }
  }

  push(timer: Timer): void {
    const heap = this.heap;
    let i = heap.length;
    heap.push(timer);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Timer;
      if (before(above, timer)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = timer;
  }

  pop(): Timer | undefined {
    const first = this.peek();
    if (first !== undefined) this.removeFirst();
    return first;
  }

  /** Every timer that is not cancelled, in no particular order. */
  *pending(): Iterable<Timer> {
    for (const timer of this.heap) if (timer.run !== undefined) yield timer;
  }

  private removeFirst(): void {
    const heap = this.heap;
    const last = heap.pop() as Timer;
    const n = heap.length;
    if (n === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && before(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      const below = heap[child] as Timer;
      if (before(last, below)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
