import type { EtcdError, EtcdEvent } from '../types';
import type { Store } from '../store';
import type { EventStream, Subscription } from './requests';

interface Entry {
  readonly stream: EventStream;
  deliveries: number;
}

/** The event streams that one member sends. What is applied together is sent together. */
export class Subscriptions {
  private readonly entries = new Set<Entry>();
  private buffer: EtcdEvent[] = [];
  private detach = (): void => undefined;

  /** Follows the member's store, which is another one after a snapshot: then all streams end, and their clients come again. */
  attach(store: Store): void {
    this.detach();
    this.endAll(undefined);
    this.buffer = [];
    this.detach = store.subscribe((event) => { if (this.entries.size > 0) this.buffer.push(event); });
  }

  /** Begins with the events after compaction from a revision on. */
  add(store: Store, from: number, leader: () => string, stream: EventStream): Subscription {
    const entry: Entry = { stream, deliveries: 0 };
    const past = from > store.revision ? [] : store.eventsFrom(from);
    if (!Array.isArray(past)) { stream.onEnd(past as EtcdError); return { ping: () => undefined, stop: () => undefined }; }
    this.flush();
    this.entries.add(entry);
    if (past.length > 0) this.deliver(entry, past as readonly EtcdEvent[]);
    return {
      ping: () => { if (this.entries.has(entry)) stream.onAlive(entry.deliveries, leader()); },
      stop: () => { this.entries.delete(entry); },
    };
  }

  flush(): void {
    if (this.buffer.length === 0) return;
    const events = this.buffer;
    this.buffer = [];
    for (const entry of [...this.entries]) this.deliver(entry, events);
  }

  endAll(error: EtcdError | undefined): void {
    const all = [...this.entries];
    this.entries.clear();
    for (const { stream } of all) stream.onEnd(error);
  }

  private deliver(entry: Entry, events: readonly EtcdEvent[]): void { entry.stream.onEvents(events, ++entry.deliveries); }
}

