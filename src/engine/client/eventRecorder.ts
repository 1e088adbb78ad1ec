import type { CoreEvent, ObjectReference } from '../api/generated/types';
import type { NewObject, ObjectWithMeta } from '../api/object';
import { isStatus } from '../api/status';
import { Signal, sleep, type Context, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import type { Client } from './client';
import { EVENTS, NEW_EVENTS } from './resources';

type EventType = 'Normal' | 'Warning';

interface Occurrence {
  readonly regarding: ObjectReference;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  readonly context: Context;
}

interface Seen {
  count: number;
  readonly name: string;
  readonly firstTimestamp: string;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** tools/record/events_cache.go: what keeps a noisy object from flooding etcd. */
const SPAM_BURST = 25;
const SPAM_REFILL_MILLISECONDS = 300_000;
const MAX_SIMILAR = 10;
const SIMILAR_WINDOW = 600_000;
const MAX_CACHE = 4096;

/** Writes Events about objects as client-go's recorder does: repeated ones are counted, similar ones combined, floods cut. */
export class EventRecorder {
  private readonly pending: Occurrence[] = [];
  private readonly arrived = new Signal();
  private readonly seen = new Map<string, Seen>();
  private readonly similar = new Map<string, { readonly messages: Set<string>; at: number }>();
  private readonly spam = new Map<string, Bucket>();
  /** Events that the spam filter kept back. */
  filtered = 0;

  constructor(private readonly simulation: Simulation, private readonly client: Client, private readonly source: { readonly component: string; readonly host?: string }) {
    simulation.spawn(`${source.component} events`, this.run(), { cause: 0, background: true });
  }

  event(object: ObjectWithMeta, type: EventType, reason: string, message: string, fieldPath?: string): void {
    this.eventOn(referenceTo(object, fieldPath), type, reason, message);
  }

  eventOn(regarding: ObjectReference, type: EventType, reason: string, message: string): void {
    if (this.pending.length >= 1000) { this.filtered++; return; }
    this.pending.push({ regarding, type, reason, message, context: this.simulation.context });
    this.arrived.notify();
  }

  private *run(): Process {
    for (;;) {
      const next = this.pending.shift();
      if (next === undefined) { yield* this.arrived.wait(); continue; }
      this.simulation.context = next.context;
      yield* sleep(0.3);
      yield* this.write(next);
    }
  }

  private *write(occurrence: Occurrence): Process {
    const about = `${this.source.component} ${occurrence.regarding.kind} ${occurrence.regarding.namespace} ${occurrence.regarding.name} ${occurrence.regarding.uid} ${occurrence.regarding.fieldPath ?? ''}`;
    if (!this.allow(about)) { this.filtered++; return; }
    const combined = this.combine(`${about} ${occurrence.type} ${occurrence.reason}`, occurrence.message);
    const key = combined ? `${about} ${occurrence.type} ${occurrence.reason} combined` : `${about} ${occurrence.type} ${occurrence.reason} ${occurrence.message}`;
    const message = combined ? `(combined from similar events): ${occurrence.message}` : occurrence.message;
    const namespace = occurrence.regarding.namespace || 'default';
    const now = this.simulation.timestamp();
    const seen = this.seen.get(key);
    if (seen) {
      const count = seen.count + 1;
      const patched = yield* this.client.patch(EVENTS, namespace, seen.name, 'application/strategic-merge-patch+json', { count, lastTimestamp: now, ...(combined ? { message } : {}) });
      if (!isStatus(patched)) { seen.count = count; return; }
      if (patched.reason !== 'NotFound') return;
    }
    const name = `${occurrence.regarding.name}.${eventSuffix(this.simulation)}`;
    const created = yield* this.client.create(EVENTS, namespace, {
      apiVersion: 'v1', kind: 'Event', metadata: { name, namespace }, involvedObject: occurrence.regarding, reason: occurrence.reason, message,
      source: this.source, firstTimestamp: now, lastTimestamp: now, count: 1, type: occurrence.type, reportingComponent: this.source.component, reportingInstance: this.source.host ?? '',
    } as NewObject<CoreEvent>);
    if (!isStatus(created)) remember(this.seen, key, { count: 1, name, firstTimestamp: now });
  }

  private allow(about: string): boolean {
    const now = this.simulation.now;
    let bucket = this.spam.get(about);
    if (bucket === undefined) remember(this.spam, about, bucket = { tokens: SPAM_BURST, at: now });
    bucket.tokens = Math.min(SPAM_BURST, bucket.tokens + (now - bucket.at) / SPAM_REFILL_MILLISECONDS);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private combine(group: string, message: string): boolean {
    const now = this.simulation.now;
    let similar = this.similar.get(group);
    if (similar === undefined || now - similar.at > SIMILAR_WINDOW) remember(this.similar, group, similar = { messages: new Set(), at: now });
    similar.at = now;
    similar.messages.add(message);
    if (similar.messages.size < MAX_SIMILAR) return false;
    // The set does not grow beyond this: one leaves, so that the next new message is combined too.
    similar.messages.delete(similar.messages.values().next().value as string);
    return true;
  }
}

/** The newer recorder (events.k8s.io/v1) that the scheduler uses: each event has an action and may name a related object. */
export class NewEventRecorder {
  constructor(private readonly simulation: Simulation, private readonly client: Client, private readonly controller: string, private readonly instance: string) {}

  event(regarding: ObjectWithMeta, related: ObjectWithMeta | undefined, type: EventType, reason: string, action: string, note: string): void {
    const namespace = regarding.metadata.namespace || 'default';
    const name = `${regarding.metadata.name}.${eventSuffix(this.simulation)}`;
    const eventTime = this.simulation.microTimestamp();
    const body = {
      apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name, namespace }, eventTime, reportingController: this.controller, reportingInstance: this.instance,
      action, reason, regarding: referenceTo(regarding), ...(related ? { related: referenceTo(related) } : {}), note, type,
    };
    this.simulation.spawn(`${this.controller} event`, this.write(namespace, body));
  }

  private *write(namespace: string, body: NewObject): Process {
    yield* sleep(0.3);
    yield* this.client.create(NEW_EVENTS, namespace, body as never);
  }
}

/** reference.GetReference */
export function referenceTo(object: ObjectWithMeta, fieldPath?: string): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind, ...(namespace ? { namespace } : {}), name, uid, apiVersion: object.apiVersion, ...(resourceVersion ? { resourceVersion } : {}), ...(fieldPath ? { fieldPath } : {}),
  };
}

/** Nanoseconds since 1970 in hexadecimal, as in the names of real events; the last digits are from chance, so that names differ. */
function eventSuffix(simulation: Simulation): string {
  const nanoseconds = BigInt(Math.floor(simulation.wallMilliseconds())) * 1_000_000n + BigInt(simulation.random.below(1_000_000));
  return nanoseconds.toString(16);
}

function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  if (cache.size >= MAX_CACHE && !cache.has(key)) cache.delete(cache.keys().next().value as string);
  cache.set(key, value);
}
