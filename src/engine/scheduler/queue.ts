import type { Pod } from '../api/generated/types';
import type { ObjectWithMeta } from '../api/object';
import { ASSIGNED_POD_DELETE, eventLabel, FORCE_ACTIVATE, isWildcard, matchesEvent, podUpdateEvents, UNSCHEDULABLE_TIMEOUT, UNSCHEDULED_POD_ADD, UNSCHEDULED_POD_UPDATE, type ClusterEvent } from './events';
import type { EventRegistration, Plugin } from './framework';
import { KeyedHeap } from './heap';
import { Nominator } from './nominator';
import { podInfoOf, type PodInfo } from './podInfo';
import { QueuedPod, type Pool, type Waking } from './queuedPod';

/** What the queue needs of a profile. */
export interface QueueProfile {
  readonly plugins: ReadonlyMap<string, Plugin>;
  at(point: 'preEnqueue' | 'queueSort'): readonly Plugin[];
}

export interface QueueOptions {
  /** The profile responsible for a pod. */
  readonly profileFor: (pod: Pod) => QueueProfile | undefined;
  readonly profiles: readonly QueueProfile[];
  readonly initialBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** After this long without an event that helps, a pod is tried again anyway. */
  readonly maxUnschedulableMs?: number;
}

/** A pod that an event moved to another pool. */
export interface Move {
  readonly pod: PodInfo;
  readonly pool: Pool;
  readonly event: string;
}

/** Where a waiting pod is, until when, and what would wake it. */
export interface QueuePosition {
  readonly pool: Pool;
  /** Since when, ms. */
  readonly since: number;
  /** When it moves on by itself, ms: end of the backoff, or of the longest stay among the unschedulable. */
  readonly until?: number;
  readonly attempts: number;
  readonly movedBy: string;
  /** The plugin that keeps a gated pod out of the queue. */
  readonly gatedBy?: string;
  readonly rejectedBy: readonly string[];
  /** Events that may wake it, by the plugins that refused it. */
  readonly wakingEvents: readonly { readonly plugin: string; readonly event: string }[];
  /** What has woken it already: while it waits out its backoff, or waits to be tried. */
  readonly wokenBy?: Waking;
}

interface InFlightEvent { readonly event: ClusterEvent; readonly oldObject: unknown; readonly newObject: unknown; readonly only?: string }
type Strategy = 'skip' | 'afterBackoff' | 'immediately';

/** Backoffs end at whole seconds, so that pods which wait about as long are ordered by priority. */
const ORDERING_WINDOW_MS = 1000;
const align = (time: number): number => time - (((time % ORDERING_WINDOW_MS) + ORDERING_WINDOW_MS) % ORDERING_WINDOW_MS);
const MAX_IN_FLIGHT_EVENTS = 100_000;

/**
 * The scheduling queue: pods to try now (active), pods that wait out their backoff, and pods that wait for an event that might
 * help. Queueing hints of the plugins that refused a pod decide which events do. Time is a parameter, never read.
 */
export class SchedulingQueue {
  readonly nominator = new Nominator();
  readonly #active: KeyedHeap<QueuedPod>;
  readonly #backoff: KeyedHeap<QueuedPod>;
  /** Pods whose last attempt broke: they wait out their backoff even while the scheduler is idle. */
  readonly #errorBackoff: KeyedHeap<QueuedPod>;
  readonly #unschedulable = new Map<string, QueuedPod>();
  /** Pods being tried, each with the number of the first event after it was taken. */
  readonly #inFlight = new Map<string, { readonly queued: QueuedPod; readonly from: number }>();
  #events: InFlightEvent[] = [];
  #firstEvent = 0;
  #sequence = 0;
  #cycle = 0;
  readonly #registrations = new Map<QueueProfile, readonly { readonly plugin: string; readonly registration: EventRegistration }[]>();

  constructor(readonly options: QueueOptions) {
    const sort = options.profiles[0]?.at('queueSort')[0];
    const before = (a: QueuedPod, b: QueuedPod): boolean => {
      if (sort?.less?.(a, b)) return true;
      return !sort?.less?.(b, a) && a.sequence < b.sequence;
    };
    const byBackoff = (a: QueuedPod, b: QueuedPod): boolean => {
      const [x, y] = [this.#backoffEnd(a), this.#backoffEnd(b)];
      return x !== y ? x < y : before(a, b);
    };
    const keyOf = (queued: QueuedPod): string => queued.key;
    this.#active = new KeyedHeap(keyOf, before);
    this.#backoff = new KeyedHeap(keyOf, byBackoff);
    this.#errorBackoff = new KeyedHeap(keyOf, byBackoff);
    for (const profile of options.profiles) {
      this.#registrations.set(profile, [...profile.plugins.values()].flatMap((plugin) => (plugin.events?.() ?? []).map((registration) => ({ plugin: plugin.name, registration }))));
    }
  }

  /** How many pods were taken so far. */
  get schedulingCycle(): number { return this.#cycle; }
  get lengths(): { readonly active: number; readonly backoff: number; readonly unschedulable: number; readonly inFlight: number } {
    return { active: this.#active.size, backoff: this.#backoff.size + this.#errorBackoff.size, unschedulable: this.#unschedulable.size, inFlight: this.#inFlight.size };
  }

  /** A new pod without a node. */
  add(pod: Pod, now: number): void {
    this.#toActive(new QueuedPod(pod, now, this.#sequence++), eventLabel(UNSCHEDULED_POD_ADD), now, false);
  }

  update(oldPod: Pod, newPod: Pod, now: number): void {
    const info = podInfoOf(newPod);
    const events = podUpdateEvents(newPod, oldPod);
    if (this.#inFlight.has(info.key)) {
      for (const event of events) this.#remember({ event, oldObject: oldPod, newObject: newPod, only: info.key });
      return;
    }
    const waiting = this.#active.get(info.key) ?? this.#backoff.get(info.key) ?? this.#errorBackoff.get(info.key);
    if (waiting) {
      this.nominator.update(waiting.info, info);
      waiting.info = info;
      for (const heap of [this.#active, this.#backoff, this.#errorBackoff]) if (heap.has(info.key)) heap.set(waiting);
      return;
    }
    const unschedulable = this.#unschedulable.get(info.key);
    if (!unschedulable) {
      this.#toActive(new QueuedPod(newPod, now, this.#sequence++), eventLabel(UNSCHEDULED_POD_UPDATE), now, false);
      return;
    }
    this.nominator.update(unschedulable.info, info);
    unschedulable.info = info;
    for (const event of events) {
      const strategy = this.#worthRequeuing(unschedulable, event, oldPod, newPod);
      if (strategy !== 'skip') unschedulable.wokenBy = wakingOf(event, oldPod, newPod);
      const pool = this.#requeue(unschedulable, strategy, eventLabel(event), now);
      if (pool !== 'unschedulable') return;
    }
  }

  delete(pod: Pod): void {
    const { key } = podInfoOf(pod);
    this.nominator.delete(key);
    this.#active.delete(key);
    this.#backoff.delete(key);
    this.#errorBackoff.delete(key);
    this.#unschedulable.delete(key);
  }

  /** Moves a pod to the active pool at once, as plugins may ask. */
  activate(pod: Pod, now: number): void {
    const { key } = podInfoOf(pod);
    const fromBackoff = this.#backoff.delete(key) ?? this.#errorBackoff.delete(key);
    const queued = fromBackoff ?? this.#unschedulable.get(key);
    if (queued) {
      queued.wokenBy = { event: eventLabel(FORCE_ACTIVATE) };
      this.#toActive(queued, eventLabel(FORCE_ACTIVATE), now, fromBackoff !== undefined);
    }
    else if (this.#inFlight.has(key)) this.#remember({ event: FORCE_ACTIVATE, oldObject: undefined, newObject: pod, only: key });
  }

  /** The next pod to try; undefined when there is none. With nothing active, one that still backs off is taken (KEP 5142). */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.pop();
    if (!queued) return undefined;
    queued.attempts++;
    queued.pool = 'inFlight';
    this.#inFlight.set(queued.key, { queued, from: this.#firstEvent + this.#events.length });
    this.#cycle++;
    queued.unschedulablePlugins.clear();
    queued.pendingPlugins.clear();
    queued.gatingPlugin = undefined;
    queued.gatingEvents = [];
    return queued;
  }

  /** The pod's attempt is over: it has a node, or is gone. */
  done(key: string): void {
    this.#inFlight.delete(key);
    if (this.#inFlight.size === 0) {
      this.#firstEvent += this.#events.length;
      this.#events = [];
      return;
    }
    const oldest = Math.min(...[...this.#inFlight.values()].map((entry) => entry.from));
    if (oldest > this.#firstEvent) {
      this.#events = this.#events.slice(oldest - this.#firstEvent);
      this.#firstEvent = oldest;
    }
  }

  /**
   * Takes back a pod that found no node. plugins: who refused it; none means the attempt broke. What happened in the meantime is
   * looked at first: it may already have helped.
   */
  addUnschedulable(queued: QueuedPod, pod: Pod, plugins: readonly string[], now: number, pending: readonly string[] = []): Pool {
    const events = this.#eventsSince(queued.key);
    queued.info = podInfoOf(pod);
    for (const plugin of plugins) queued.unschedulablePlugins.add(plugin);
    for (const plugin of pending) queued.pendingPlugins.add(plugin);
    const broke = plugins.length === 0 && pending.length === 0;
    queued.consecutiveErrors = broke ? queued.consecutiveErrors + 1 : 0;
    if (!broke) queued.unschedulableCount++;
    queued.timestamp = now;
    queued.backoffExpiration = undefined;
    queued.wokenBy = undefined;
    const pool = this.#requeue(queued, broke ? 'afterBackoff' : this.#strategyFor(queued, events), 'ScheduleAttemptFailure', now);
    this.done(queued.key);
    return pool;
  }

  #strategyFor(queued: QueuedPod, events: readonly InFlightEvent[]): Strategy {
    let strategy: Strategy = 'skip';
    for (const { event, oldObject, newObject } of events) {
      const answer = this.#worthRequeuing(queued, event, oldObject, newObject);
      if (answer !== 'skip' && (strategy === 'skip' || answer === 'immediately')) queued.wokenBy = wakingOf(event, oldObject, newObject);
      if (answer === 'immediately') return answer;
      if (answer === 'afterBackoff') strategy = answer;
    }
    return strategy;
  }

  /** Something changed in the cluster: moves the pods it may help. preCheck leaves some out beforehand. */
  moveAll(event: ClusterEvent, oldObject: unknown, newObject: unknown, now: number, preCheck?: (pod: PodInfo) => boolean): readonly Move[] {
    if (!this.#isOfInterest(event)) return [];
    const moves: Move[] = [];
    const label = eventLabel(event);
    for (const queued of [...this.#unschedulable.values()]) {
      if (preCheck && !preCheck(queued.info)) continue;
      if (queued.gatingPlugin !== undefined && !queued.gatingEvents.some((registered) => matchesEvent(registered, event))) continue;
      const strategy = this.#worthRequeuing(queued, event, oldObject, newObject);
      if (strategy === 'skip') continue;
      queued.wokenBy = wakingOf(event, oldObject, newObject);
      const pool = this.#requeue(queued, strategy, label, now);
      if (pool !== 'unschedulable') moves.push({ pod: queued.info, pool, event: label });
    }
    if (this.#inFlight.size > 0) this.#remember({ event, oldObject, newObject });
    return moves;
  }

  /** A pod gave up its nominated node: pods of no higher priority may use the room. */
  nominationReleased(pod: Pod, now: number): readonly Move[] {
    const { priority } = podInfoOf(pod);
    return this.moveAll(ASSIGNED_POD_DELETE, pod, undefined, now, (other) => other.priority <= priority);
  }

  #remember(event: InFlightEvent): void {
    // An attempt during which so much happens does not occur; should it, the oldest events are counted as seen.
    if (this.#events.length >= MAX_IN_FLIGHT_EVENTS) { this.#events.shift(); this.#firstEvent++; }
    this.#events.push(event);
  }

  #eventsSince(key: string): readonly InFlightEvent[] {
    const entry = this.#inFlight.get(key);
    return entry ? this.#events.slice(Math.max(0, entry.from - this.#firstEvent)).filter((e) => e.only === undefined || e.only === key) : [];
  }

  #isOfInterest(event: ClusterEvent): boolean {
    if (isWildcard(event)) return true;
    for (const registrations of this.#registrations.values()) if (registrations.some(({ registration }) => matchesEvent(registration.event, event))) return true;
    return false;
  }

  #registrationsFor(queued: QueuedPod): readonly { readonly plugin: string; readonly registration: EventRegistration }[] {
    const profile = this.options.profileFor(queued.info.pod);
    return (profile && this.#registrations.get(profile)) ?? [];
  }

  /** isPodWorthRequeuing: asks the hints of the plugins that refused the pod. */
  #worthRequeuing(queued: QueuedPod, event: ClusterEvent, oldObject: unknown, newObject: unknown): Strategy {
    const { rejectors } = queued;
    if (rejectors.size === 0) return 'afterBackoff';
    if (isWildcard(event)) return newObject !== undefined && podInfoOf(newObject as Pod).key !== queued.key ? 'skip' : 'afterBackoff';
    let strategy: Strategy = 'skip';
    for (const { plugin, registration } of this.#registrationsFor(queued)) {
      if (!rejectors.has(plugin) || !matchesEvent(registration.event, event)) continue;
      if (registration.hint?.(queued.info.pod, oldObject, newObject) === 'Skip') continue;
      if (queued.pendingPlugins.has(plugin)) return 'immediately';
      if (queued.pendingPlugins.size === 0) return 'afterBackoff';
      strategy = 'afterBackoff';
    }
    return strategy;
  }

  #requeue(queued: QueuedPod, strategy: Strategy, event: string, now: number): Pool {
    if (strategy === 'skip') return this.#toUnschedulable(queued, event);
    if (strategy === 'afterBackoff' && this.#isBackingOff(queued, now)) return this.#toBackoff(queued, event);
    return this.#toActive(queued, event, now, false);
  }

  #toUnschedulable(queued: QueuedPod, event: string): Pool {
    if (queued.pool !== 'unschedulable' || !this.#unschedulable.has(queued.key)) queued.movedBy = event;
    queued.pool = 'unschedulable';
    this.#unschedulable.set(queued.key, queued);
    return 'unschedulable';
  }

  #toBackoff(queued: QueuedPod, event: string): Pool {
    if (this.#isGated(queued)) return this.#toUnschedulable(queued, event);
    this.#unschedulable.delete(queued.key);
    queued.pool = 'backoff';
    queued.movedBy = event;
    const [into, other] = queued.rejectors.size === 0 ? [this.#errorBackoff, this.#backoff] : [this.#backoff, this.#errorBackoff];
    into.set(queued);
    other.delete(queued.key);
    return 'backoff';
  }

  #toActive(queued: QueuedPod, event: string, now: number, fromBackoff: boolean): Pool {
    if (!fromBackoff && this.#isGated(queued)) return this.#toUnschedulable(queued, event);
    queued.initialAttempt ??= now;
    this.#unschedulable.delete(queued.key);
    this.#backoff.delete(queued.key);
    this.#errorBackoff.delete(queued.key);
    queued.pool = 'active';
    queued.movedBy = event;
    this.#active.set(queued);
    if (event === eventLabel(UNSCHEDULED_POD_ADD) || event === eventLabel(UNSCHEDULED_POD_UPDATE)) this.nominator.set(queued.info);
    return 'active';
  }

  /** Runs PreEnqueue; the plugin that gated the pod before is asked first. */
  #isGated(queued: QueuedPod): boolean {
    const plugins = this.options.profileFor(queued.info.pod)?.at('preEnqueue') ?? [];
    const ordered = [...plugins.filter((p) => p.name === queued.gatingPlugin), ...plugins.filter((p) => p.name !== queued.gatingPlugin)];
    for (const plugin of ordered) {
      if (!plugin.preEnqueue?.(queued.info)) continue;
      queued.unschedulablePlugins.add(plugin.name);
      queued.gatingPlugin = plugin.name;
      queued.gatingEvents = (plugin.events?.() ?? []).map((registration) => registration.event);
      return true;
    }
    queued.gatingPlugin = undefined;
    return false;
  }

  #backoffEnd(queued: QueuedPod): number {
    const count = queued.consecutiveErrors || queued.unschedulableCount;
    const { initialBackoffMs = 1000, maxBackoffMs = 10_000 } = this.options;
    if (count === 0 || maxBackoffMs === 0) return 0;
    return (queued.backoffExpiration ??= align(queued.timestamp + Math.min(initialBackoffMs * 2 ** Math.min(count - 1, 50), maxBackoffMs)));
  }

  #isBackingOff(queued: QueuedPod, now: number): boolean { return this.#backoffEnd(queued) >= align(now); }

  /** Moves pods whose backoff is over; to be called at every whole second, see nextFlush(). */
  flushBackoff(now: number): readonly Move[] {
    const moves: Move[] = [];
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let first = heap.peek(); first && !this.#isBackingOff(first, now); first = heap.peek()) {
        heap.pop();
        moves.push({ pod: first.info, pool: this.#toActive(first, 'BackoffComplete', now, true), event: 'BackoffComplete' });
      }
    }
    return moves;
  }

  /** Retries pods that have been unschedulable for too long; to be called every 30 s. */
  flushUnschedulable(now: number): readonly Move[] {
    const moves: Move[] = [];
    for (const queued of [...this.#unschedulable.values()]) {
      if (now - queued.timestamp <= this.#maxUnschedulableMs || queued.gatingPlugin !== undefined) continue;
      const strategy = this.#worthRequeuing(queued, UNSCHEDULABLE_TIMEOUT, undefined, undefined);
      if (strategy === 'skip') continue;
      queued.wokenBy = { event: eventLabel(UNSCHEDULABLE_TIMEOUT) };
      moves.push({ pod: queued.info, pool: this.#requeue(queued, strategy, eventLabel(UNSCHEDULABLE_TIMEOUT), now), event: eventLabel(UNSCHEDULABLE_TIMEOUT) });
    }
    return moves;
  }

  get #maxUnschedulableMs(): number { return this.options.maxUnschedulableMs ?? 300_000; }

  /** When flushBackoff() would next move a pod, ms; undefined while none backs off. */
  nextFlush(): number | undefined {
    const ends = [this.#backoff.peek(), this.#errorBackoff.peek()].flatMap((queued) => (queued ? [this.#backoffEnd(queued)] : []));
    return ends.length ? Math.min(...ends) + ORDERING_WINDOW_MS : undefined;
  }

  #find(key: string): QueuedPod | undefined {
    return this.#active.get(key) ?? this.#backoff.get(key) ?? this.#errorBackoff.get(key) ?? this.#unschedulable.get(key) ?? this.#inFlight.get(key)?.queued;
  }

  /** Where the pod is; undefined for one that does not wait here. */
  inspect(pod: Pod): QueuePosition | undefined {
    const queued = this.#find(podInfoOf(pod).key);
    if (!queued?.pool) return undefined;
    const until = queued.pool === 'backoff' ? this.#backoffEnd(queued) + ORDERING_WINDOW_MS : queued.pool === 'unschedulable' && queued.gatingPlugin === undefined ? queued.timestamp + this.#maxUnschedulableMs : undefined;
    const wakingEvents = this.#registrationsFor(queued).filter(({ plugin }) => queued.rejectors.has(plugin)).map(({ plugin, registration }) => ({ plugin, event: eventLabel(registration.event) }));
    return {
      pool: queued.pool, since: queued.timestamp, attempts: queued.attempts, movedBy: queued.movedBy, rejectedBy: [...queued.rejectors].sort(), wakingEvents,
      ...(until === undefined ? {} : { until }), ...(queued.wokenBy && queued.pool !== 'unschedulable' ? { wokenBy: queued.wokenBy } : {}), ...(queued.gatingPlugin === undefined ? {} : { gatedBy: queued.gatingPlugin }),
    };
  }

  /** All waiting pods with their pools, in the order in which they came. */
  pods(): readonly { readonly pod: PodInfo; readonly pool: Pool }[] {
    const all = [...this.#active.values(), ...this.#backoff.values(), ...this.#errorBackoff.values(), ...this.#unschedulable.values(), ...[...this.#inFlight.values()].map((e) => e.queued)];
    return all.sort((a, b) => a.sequence - b.sequence).flatMap((queued) => (queued.pool ? [{ pod: queued.info, pool: queued.pool }] : []));
  }
}

function wakingOf(event: ClusterEvent, oldObject: unknown, newObject: unknown): Waking {
  const { kind, metadata } = (newObject ?? oldObject) as ObjectWithMeta;
  return { event: eventLabel(event), object: { kind, namespace: metadata.namespace ?? '', name: metadata.name } };
}
