import { BACKGROUND, type Context } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import type { EtcdError, EtcdEvent } from '../types';
import type { Member } from './member';
import type { Network } from './network';
import type { Subscription } from './requests';

interface Watcher {
  readonly prefix: string;
  /** The revision from which on it wants events. */
  from: number;
  readonly onEvent: (event: EtcdEvent) => void;
  readonly onError: (error: EtcdError) => void;
}

export interface EventFeedOptions {
  readonly simulation: Simulation;
  readonly network: Network;
  /** The client's name on the network. */
  readonly client: string;
  readonly members: () => readonly Member[];
  /** The context of what an event is about, by the trace message that committed it: what follows from it belongs there. */
  readonly contextOf?: (cause: number) => Context;
  /** Told when the feed has moved to another member. */
  readonly moved?: (to: string, from: string, revision: number) => void;
}

/** How often the feed asks its member whether it lives, and how many questions may stay without an answer. */
const PING_MILLISECONDS = 500;
const MAX_SILENCE = 3;
/** Events kept for watches that begin in the past: as many as the API server's bootstrap may need. */
const MAX_PAST = 10_000;

/**
 * A client's one stream of events, from whichever member can give it, put together so that nobody notices: every revision once, in order.
 * When a member dies, lags behind without a leader or falls silent, the stream goes on at another from the next revision.
 */
export class EventFeed {
  /** The newest revision whose events have been delivered. */
  revision: number;
  private readonly watchers = new Set<Watcher>();
  private readonly waiting: { readonly revision: number; readonly resume: () => void }[] = [];
  private past: EtcdEvent[] = [];
  private pastFrom: number;
  private connection: { readonly member: Member; subscription: Subscription | undefined; received: number; silence: number; leaderless: number } | undefined;
  private cancelPing = (): void => undefined;
  /** The member tried last, and the one that last gave something. */
  private last = '';
  private source = '';
  private attempts = 0;

  constructor(private readonly options: EventFeedOptions, revision: number) {
    this.revision = revision;
    this.pastFrom = revision + 1;
  }

  get member(): string { return this.connection?.member.id ?? ''; }

  watch(watcher: Watcher): () => void {
    const { from } = watcher;
    if (from < this.pastFrom && from <= this.revision) { this.readPast(watcher); return () => { this.watchers.delete(watcher); }; }
    for (const event of this.past) if (event.keyValue.modRevision >= from) tell(watcher, event);
    watcher.from = Math.max(from, this.revision + 1);
    this.watchers.add(watcher);
    return () => { this.watchers.delete(watcher); };
  }

  /** Goes on at this member, from the revision after the last one delivered. */
  connect(member: Member): void {
    const { network, client, simulation } = this.options;
    if (this.connection?.member === member) return;
    this.disconnect();
    const connection: NonNullable<EventFeed['connection']> = { member, subscription: undefined, received: 0, silence: 0, leaderless: 0 };
    this.connection = connection;
    const here = (act: () => void) => (): void => network.transmit(member.id, client, () => { if (this.connection === connection) act(); });
    network.transmit(client, member.id, () => {
      if (this.connection !== connection) return;
      connection.subscription = member.stream(this.revision + 1, {
        onEvents: (events, number) => here(() => this.receive(connection, events, number))(),
        onAlive: (deliveries, leader) => here(() => this.alive(connection, deliveries, leader))(),
        onEnd: (error) => here(() => this.ended(error))(),
      }, here(() => this.reconnect()));
      if (connection.subscription === undefined) here(() => this.reconnect())();
      else connection.subscription.ping();
    });
    this.last = member.id;
    simulation.runIn(BACKGROUND, () => this.planPing());
  }

  /** Calls back when the events of a revision were delivered. Returns what ends the waiting. */
  whenDelivered(revision: number, resume: () => void): () => void {
    if (revision <= this.revision) { resume(); return () => undefined; }
    const entry = { revision, resume };
    this.waiting.push(entry);
    return () => { const at = this.waiting.indexOf(entry); if (at >= 0) this.waiting.splice(at, 1); };
  }

  /** What was put into the store by hand, before anything runs. */
  load(events: readonly EtcdEvent[], revision: number): void {
    for (const event of events) this.deliver(event);
    this.revision = Math.max(this.revision, revision);
  }

  /** Starts again from the state of a snapshot, whose revision may be an older one. All watches end. */
  reset(revision: number, error: EtcdError): void {
    this.disconnect();
    this.revision = revision;
    this.past = [];
    this.pastFrom = revision + 1;
    this.advance(revision);
    const watchers = [...this.watchers];
    this.watchers.clear();
    for (const { onError } of watchers) onError(error);
  }

  private receive(connection: NonNullable<EventFeed['connection']>, events: readonly EtcdEvent[], number: number): void {
    // A delivery that is missing cannot be made up for here: another stream begins after what is known.
    if (number !== connection.received + 1) { this.reconnect(); return; }
    connection.received = number;
    connection.silence = 0;
    this.established(connection.member.id);
    for (const event of events) if (event.keyValue.modRevision > this.revision) this.deliver(event);
    this.advance(events.at(-1)?.keyValue.modRevision ?? 0);
  }

  private advance(revision: number): void {
    if (revision > this.revision) this.revision = revision;
    for (const entry of this.waiting.filter((w) => w.revision <= this.revision)) {
      this.waiting.splice(this.waiting.indexOf(entry), 1);
      entry.resume();
    }
  }

  private deliver(event: EtcdEvent): void {
    this.past.push(event);
    if (this.past.length > 2 * MAX_PAST) {
      this.past = this.past.slice(MAX_PAST);
      this.pastFrom = (this.past[0] as EtcdEvent).keyValue.modRevision + 1;
    }
    const tellAll = (): void => { for (const watcher of [...this.watchers]) if (event.keyValue.modRevision >= watcher.from) tell(watcher, event); };
    const { simulation, contextOf } = this.options;
    if (contextOf) simulation.runIn(contextOf(event.cause), tellAll); else tellAll();
  }

  /** A watch from before what the feed remembers: the member's own history is asked. */
  private readPast(watcher: Watcher): void {
    const store = this.connection?.member.machine.store;
    const past = store?.eventsFrom(watcher.from) ?? [];
    if (!Array.isArray(past)) { watcher.onError(past as EtcdError); return; }
    for (const event of past as readonly EtcdEvent[]) if (event.keyValue.modRevision <= this.revision) tell(watcher, event);
    watcher.from = this.revision + 1;
    this.watchers.add(watcher);
  }

  private alive(connection: NonNullable<EventFeed['connection']>, deliveries: number, leader: string): void {
    connection.silence = 0;
    this.established(connection.member.id);
    connection.leaderless = leader === '' ? connection.leaderless + 1 : 0;
    if (deliveries > connection.received || connection.leaderless >= MAX_SILENCE) this.reconnect();
  }

  private ended(error: EtcdError | undefined): void {
    if (error === undefined) { this.reconnect(); return; }
    const { member } = this.connection ?? {};
    this.reset(member?.machine.store.revision ?? this.revision, error);
    if (member) this.connect(member);
  }

  /** At once where another member may be there; when all have been tried, a little later. */
  private reconnect(): void {
    const { members, simulation } = this.options;
    const all = members();
    const at = all.findIndex((m) => m.id === this.last);
    const next = all[(at + 1) % Math.max(1, all.length)];
    this.disconnect();
    if (!next) return;
    if (++this.attempts < all.length) { this.connect(next); return; }
    this.attempts = 0;
    simulation.runIn(BACKGROUND, () => { this.cancelPing = simulation.after(PING_MILLISECONDS, () => this.connect(next)); });
  }

  private established(member: string): void {
    this.attempts = 0;
    if (this.source !== '' && this.source !== member) this.options.moved?.(member, this.source, this.revision);
    this.source = member;
  }

  private disconnect(): void {
    const { connection } = this;
    this.cancelPing();
    this.connection = undefined;
    if (connection?.subscription) {
      const { network, client } = this.options;
      const { subscription, member } = connection;
      network.transmit(client, member.id, () => subscription.stop());
    }
  }

  private planPing(): void {
    const { simulation, network, client } = this.options;
    this.cancelPing = simulation.after(PING_MILLISECONDS, () => {
      const { connection } = this;
      if (!connection) return;
      this.planPing();
      if (++connection.silence > MAX_SILENCE) { this.reconnect(); return; }
      network.transmit(client, connection.member.id, () => connection.subscription?.ping());
    });
  }
}

function tell({ prefix, onEvent }: Watcher, event: EtcdEvent): void {
  if (event.keyValue.key.startsWith(prefix)) onEvent(event);
}
