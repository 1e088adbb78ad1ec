import type { Simulation } from '../simulation/simulation';
import type { MemberMessage, RequestMessage, StorageMessage, TraceMessage, WatchMessage, WorkMessage } from './message';

export interface TraceLimits {
  /** Messages of somebody's story that are kept. */
  readonly foreground: number;
  /** Heartbeats and other background messages that are kept. */
  readonly background: number;
}

export const DEFAULT_TRACE_LIMITS: TraceLimits = { foreground: 200_000, background: 10_000 };

type Base = 'id' | 'cause' | 'at' | 'background';
/** What a sender says of a message; the recorder adds identity, time, cause. */
export type NewMessage<T extends TraceMessage> = Omit<T, Base> & { readonly cause?: number };

/** Keeps messages as they happen, a bounded number of them: the oldest go first, background apart from the rest. */
export class TraceRecorder {
  private nextId = 1;
  private readonly foreground: TraceMessage[] = [];
  private readonly background: TraceMessage[] = [];
  private readonly listeners = new Set<(message: TraceMessage) => void>();
  /** Messages that no longer could be kept. */
  dropped = 0;

  constructor(private readonly simulation: Simulation, private readonly limits: TraceLimits = DEFAULT_TRACE_LIMITS) {}

  request(message: NewMessage<RequestMessage>): RequestMessage { return this.add(message) as RequestMessage; }
  storage(message: NewMessage<StorageMessage>): StorageMessage { return this.add(message) as StorageMessage; }
  watch(message: NewMessage<WatchMessage>): WatchMessage { return this.add(message) as WatchMessage; }

  member(message: NewMessage<MemberMessage>): MemberMessage { return this.add(message) as MemberMessage; }

  /** Begins a piece of work; the process that runs now gets it as the cause of what it does next. */
  work(message: Omit<NewMessage<WorkMessage>, 'endedAt' | 'outcome' | 'decision' | 'kind'>): WorkMessage {
    const work = this.add({ ...message, kind: 'work', endedAt: undefined, outcome: '', decision: undefined } as NewMessage<WorkMessage>) as WorkMessage;
    this.simulation.context = { cause: work.id, background: work.background };
    return work;
  }

  /** The message with this id, if it is still kept. */
  get(id: number): TraceMessage | undefined { return find(this.foreground, id) ?? find(this.background, id); }

  /** The messages kept, in order of sending, from an id on. */
  messages(options: { readonly from?: number; readonly background?: boolean } = {}): readonly TraceMessage[] {
    const from = options.from ?? 0;
    const chosen = this.foreground.slice(lowerBound(this.foreground, from));
    if (!options.background) return chosen;
    return [...chosen, ...this.background.slice(lowerBound(this.background, from))].sort((a, b) => a.id - b.id);
  }

  /** The id that the next message will have. */
  get next(): number { return this.nextId; }

  /** Tells a listener of every message when it is sent. Returns what ends that. */
  subscribe(listener: (message: TraceMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private add(message: { readonly kind: TraceMessage['kind']; readonly cause?: number }): TraceMessage {
    const context = this.simulation.context;
    // The sender's literal becomes the message: a copy of each would cost more than all the rest of recording.
    const full = message as { -readonly [K in keyof TraceMessage]: TraceMessage[K] } as TraceMessage & { id: number; cause: number; at: number; background: boolean };
    full.id = this.nextId++;
    full.cause = message.cause ?? context.cause;
    full.at = this.simulation.now;
    full.background = context.background;
    const list = full.background ? this.background : this.foreground;
    const limit = full.background ? this.limits.background : this.limits.foreground;
    list.push(full);
    // Dropping an eighth at a time keeps the cost of it small.
    if (list.length > limit) this.dropped += list.splice(0, Math.max(1, limit >> 3)).length;
    for (const listener of this.listeners) listener(full);
    return full;
  }
}

function lowerBound(list: readonly TraceMessage[], id: number): number {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as TraceMessage).id < id) low = middle + 1; else high = middle;
  }
  return low;
}

function find(list: readonly TraceMessage[], id: number): TraceMessage | undefined {
  const message = list[lowerBound(list, id)];
  return message?.id === id ? message : undefined;
}
