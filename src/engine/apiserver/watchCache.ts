import { objectKey, type KubernetesObject } from '../api/object';
import type { EtcdEvent, KeyValue } from '../etcd/types';
import type { Simulation } from '../simulation/simulation';
import { vary, type Latencies } from '../simulation/latency';
import type { TraceRecorder } from '../trace/recorder';
import type { WatchEvent, WatchHandler } from './request';

/** Which objects a list or watch is about. */
export interface Filter {
  readonly namespace: string;
  /** undefined admits everything in the namespace. */
  readonly matches: ((object: KubernetesObject) => boolean) | undefined;
  /** Pods of one node: the filter that every kubelet has; watchers with it are found by index. */
  readonly nodeName?: string;
  /** One object by its name (metadata.name=…), found by index. */
  readonly name?: string;
}

export interface Watcher {
  readonly actor: string;
  readonly background: boolean;
  readonly filter: Filter;
  readonly handler: WatchHandler;
  /** Events up to this revision were seen in the list before. */
  readonly after: number;
  /** Presents stored objects in the version that was asked for. */
  readonly present: (object: KubernetesObject) => KubernetesObject;
  /** Makes the event that tells a quiet watcher the newest revision, where it asked for such. */
  readonly bookmark?: (revision: number) => WatchEvent;
}

interface PastEvent {
  readonly event: WatchEvent;
  readonly cause: number;
}

/** Events of a resource kept for watches that begin in the past (as the watch cache's event window). */
const WINDOW = 4096;
/** How often watchers are told the newest revision. */
const BOOKMARK_MILLISECONDS = 60_000;

/** Memo of the object that a stored value stands for: the value itself with its resourceVersion filled in. */
const decoded = new WeakMap<KeyValue, KubernetesObject>();

/** A stored value as clients see it: with the revision that wrote it as its resourceVersion. */
export function objectOf(keyValue: KeyValue): KubernetesObject {
  let object = decoded.get(keyValue);
  if (object === undefined) {
    const stored = keyValue.value as KubernetesObject;
    object = { ...stored, metadata: { ...stored.metadata, resourceVersion: String(keyValue.modRevision) } };
    if (DEVELOPMENT) freezeShallow(object);
    decoded.set(keyValue, object);
  }
  return object;
}

/** The rest of the object was frozen when it was stored. */
function freezeShallow(object: KubernetesObject): void {
  Object.freeze(object.metadata);
  Object.freeze(object);
}

/** The current objects of one resource and whoever watches them: fed by etcd, so that etcd is asked only by writes. */
export class WatchCache {
  private readonly objects = new Map<string, KubernetesObject>();
  private sorted: KubernetesObject[] | undefined;
  private readonly namespaces = new Map<string, Set<string>>();
  private readonly window: PastEvent[] = [];
  /** The oldest revision from which the window is complete. */
  private windowStart = 0;
  private readonly everyone = new Set<Watcher>();
  private readonly byNode = new Map<string, Set<Watcher>>();
  private readonly byName = new Map<string, Set<Watcher>>();
  private deliverAt = 0;
  /** Commits that the watchers have not been told of yet. */
  private undelivered = 0;
  /** The newest revision that all watchers know of, of any resource where nothing is under way. */
  private delivered = 0;
  private bookmarking = false;
  private generation = 0;
  revision = 0;

  constructor(
    private readonly simulation: Simulation, private readonly trace: TraceRecorder, private readonly latencies: Latencies,
    readonly group: string, readonly resource: string,
  ) {}

  get size(): number { return this.objects.size; }
  get(key: string): KubernetesObject | undefined { return this.objects.get(key); }

  /** All objects in the order of their keys. */
  list(): readonly KubernetesObject[] {
    return (this.sorted ??= [...this.objects.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, object]) => object));
  }

  /** Objects of one namespace, in no promised order. */
  *inNamespace(namespace: string): Iterable<KubernetesObject> {
    for (const key of this.namespaces.get(namespace) ?? []) yield this.objects.get(key) as KubernetesObject;
  }

  /** Takes over a commit and tells the watchers after the time that takes. */
  apply(event: EtcdEvent): void {
    const object = event.type === 'put' ? objectOf(event.keyValue) : this.deletedObject(event);
    const previous = event.previous ? objectOf(event.previous) : undefined;
    const key = objectKey(object);
    this.revision = event.keyValue.modRevision;
    this.sorted = undefined;
    if (event.type === 'put') {
      this.objects.set(key, object);
      if (!previous) this.addToNamespace(object.metadata.namespace ?? '', key);
    } else {
      this.objects.delete(key);
      this.namespaces.get(object.metadata.namespace ?? '')?.delete(key);
    }
    const watchEvent: WatchEvent = { type: event.type === 'delete' ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED', object, previous, revision: event.keyValue.modRevision };
    this.window.push({ event: watchEvent, cause: event.cause });
    if (this.window.length > 2 * WINDOW) {
      const dropped = this.window.splice(0, WINDOW);
      this.windowStart = (dropped.at(-1) as PastEvent).event.revision;
    }
    if (this.undelivered > 0 || this.everyone.size > 0 || this.byNode.size > 0 || this.byName.size > 0) this.deliverLater(watchEvent, event.cause);
  }

  /** From which revision on a watch can begin. */
  get oldest(): number { return this.windowStart; }

  /** Forgets past events, as when etcd compacted them: a watch that begins before the revision is refused. */
  forgetBefore(revision: number): void {
    const kept = this.window.findIndex(({ event }) => event.revision > revision);
    this.window.splice(0, kept < 0 ? this.window.length : kept);
    this.windowStart = Math.max(this.windowStart, revision);
  }

  /** Adds a watcher; past events after its revision are delivered first. False when they are no longer known. */
  watch(watcher: Watcher): boolean {
    if (watcher.after < this.windowStart) return false;
    this.setFor(watcher).add(watcher);
    if (watcher.bookmark) this.planBookmarks();
    // What is still under way to the others comes to this one with them.
    const told = this.undelivered === 0 ? Number.MAX_SAFE_INTEGER : this.delivered;
    for (let i = this.after(watcher.after); i < this.window.length; i++) {
      const { event, cause } = this.window[i] as PastEvent;
      if (event.revision > told) break;
      this.tell(watcher, event, cause);
    }
    return true;
  }

  /** Index of the first past event after a revision. */
  private after(revision: number): number {
    let low = 0, high = this.window.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.window[middle] as PastEvent).event.revision <= revision) low = middle + 1; else high = middle;
    }
    return low;
  }

  /** One timer for all watchers of the resource, for as long as one of them wants bookmarks. */
  private planBookmarks(): void {
    if (this.bookmarking) return;
    this.bookmarking = true;
    this.simulation.runIn({ cause: 0, background: true }, () => this.simulation.after(BOOKMARK_MILLISECONDS, () => {
      this.bookmarking = false;
      const revision = this.undelivered === 0 ? this.revision : this.delivered;
      for (const watcher of this.all()) {
        if (!watcher.bookmark) continue;
        if (revision >= watcher.after) watcher.handler.onEvent(watcher.bookmark(revision));
        this.planBookmarks();
      }
    }));
  }

  private all(): readonly Watcher[] {
    return [...this.everyone, ...[...this.byNode.values()].flatMap((s) => [...s]), ...[...this.byName.values()].flatMap((s) => [...s])];
  }

  unwatch(watcher: Watcher): void {
    this.setFor(watcher).delete(watcher);
    const { nodeName, name } = watcher.filter;
    if (nodeName !== undefined && this.byNode.get(nodeName)?.size === 0) this.byNode.delete(nodeName);
    if (name !== undefined && this.byName.get(name)?.size === 0) this.byName.delete(name);
  }

  /** Ends every watch, as when the events they need were compacted or the server goes down. */
  endAll(status: Parameters<WatchHandler['onEnd']>[0]): void {
    const all = this.all();
    this.everyone.clear();
    this.byNode.clear();
    this.byName.clear();
    for (const watcher of all) watcher.handler.onEnd(status);
  }

  /** Starts again from what etcd holds: after a restart or a restore. All watches end; returns the objects that are no more. */
  reset(keyValues: readonly KeyValue[], revision: number): readonly KubernetesObject[] {
    const before = new Map(this.objects);
    this.objects.clear();
    this.namespaces.clear();
    this.sorted = undefined;
    this.window.length = 0;
    this.windowStart = this.delivered = this.revision = revision;
    // What was on its way to the watchers belongs to the time before.
    this.generation++;
    this.undelivered = 0;
    for (const keyValue of keyValues) {
      const object = objectOf(keyValue);
      const key = objectKey(object);
      this.objects.set(key, object);
      this.addToNamespace(object.metadata.namespace ?? '', key);
      before.delete(key);
    }
    this.endAll(undefined);
    return [...before.values()];
  }

  private setFor(watcher: Watcher): Set<Watcher> {
    const { nodeName, name } = watcher.filter;
    if (nodeName !== undefined) return bucket(this.byNode, nodeName);
    if (name !== undefined) return bucket(this.byName, name);
    return this.everyone;
  }

  private addToNamespace(namespace: string, key: string): void {
    let keys = this.namespaces.get(namespace);
    if (keys === undefined) this.namespaces.set(namespace, keys = new Set());
    keys.add(key);
  }

  private deletedObject(event: EtcdEvent): KubernetesObject {
    // The last state, at the revision of the deletion.
    const last = objectOf(event.previous ?? event.keyValue);
    return { ...last, metadata: { ...last.metadata, resourceVersion: String(event.keyValue.modRevision) } };
  }

  private deliverLater(event: WatchEvent, cause: number): void {
    this.deliverAt = Math.max(this.deliverAt, this.simulation.now + vary(this.simulation.random, this.latencies, this.latencies.watch));
    this.undelivered++;
    const { generation } = this;
    this.simulation.after(this.deliverAt - this.simulation.now, () => {
      if (generation !== this.generation) return;
      this.undelivered--;
      this.delivered = event.revision;
      this.deliver(event, cause);
    });
  }

  private deliver(event: WatchEvent, cause: number): void {
    for (const watcher of [...this.everyone]) this.tell(watcher, event, cause);
    if (this.byNode.size > 0) {
      const now = nodeNameOf(event.object);
      const before = event.previous ? nodeNameOf(event.previous) : now;
      for (const watcher of this.byNode.get(now) ?? []) this.tell(watcher, event, cause);
      if (before !== now) for (const watcher of this.byNode.get(before) ?? []) this.tell(watcher, event, cause);
    }
    for (const watcher of [...(this.byName.get(event.object.metadata.name) ?? [])]) this.tell(watcher, event, cause);
  }

  private tell(watcher: Watcher, event: WatchEvent, cause: number): void {
    if (event.revision <= watcher.after || !this.setFor(watcher).has(watcher)) return;
    const type = this.typeFor(watcher.filter, event);
    if (type === undefined) return;
    const object = watcher.present(event.object);
    const { namespace = '', name } = object.metadata;
    const context = this.simulation.context;
    const background = context.background;
    const message = this.trace.watch({ kind: 'watch', actor: watcher.actor, group: this.group, resource: this.resource, type, namespace, name, revision: event.revision, object, cause });
    this.simulation.runIn({ cause: message.id, background }, () => watcher.handler.onEvent({ type, object, previous: event.previous, revision: event.revision }));
  }

  /** A change that brings an object into or out of a filter is an addition or a deletion to whoever watches with it. */
  private typeFor(filter: Filter, event: WatchEvent): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
    if (filter.namespace !== '' && event.object.metadata.namespace !== filter.namespace) return undefined;
    if (filter.matches === undefined) return event.type as 'ADDED' | 'MODIFIED' | 'DELETED';
    const now = event.type !== 'DELETED' && filter.matches(event.object);
    const before = event.previous !== undefined && filter.matches(event.previous);
    return now ? (before ? 'MODIFIED' : 'ADDED') : before ? 'DELETED' : undefined;
  }
}

function bucket(map: Map<string, Set<Watcher>>, key: string): Set<Watcher> {
  let set = map.get(key);
  if (set === undefined) map.set(key, set = new Set());
  return set;
}

const nodeNameOf = (object: KubernetesObject): string => (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? '';
