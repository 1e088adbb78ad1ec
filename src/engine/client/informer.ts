import { objectKey, type ObjectWithMeta } from '../api/object';
import { isStatus } from '../api/status';
import type { RequestOptions, WatchEvent } from '../apiserver/request';
import { Future, sleep, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import type { Client } from './client';
import type { Resource } from './resources';

/** What a controller does when an object appears, changes or goes. Runs in the context of the watch event. */
export interface EventHandler<T> {
  readonly onAdd?: (object: T) => void;
  readonly onUpdate?: (previous: T, object: T) => void;
  readonly onDelete?: (object: T) => void;
}

/** A read-only look into an informer's cache. */
export interface Lister<T> {
  get(key: string): T | undefined;
  list(): Iterable<T>;
  inNamespace(namespace: string): Iterable<T>;
  /** The objects under a value of an index added with addIndex. */
  byIndex(index: string, value: string): Iterable<T>;
  readonly size: number;
}

/**
 * client-go's shared informer: lists, then watches one resource, keeps the objects in a cache and tells its handlers. After an
 * end of the watch it lists again and reports only the differences.
 */
export class Informer<T extends ObjectWithMeta> implements Lister<T> {
  private readonly objects = new Map<string, T>();
  private readonly indexes = new Map<string, { readonly valuesOf: (object: T) => readonly string[]; readonly buckets: Map<string, Map<string, T>> }>();
  private readonly handlers: EventHandler<T>[] = [];
  private readonly firstList = new Future<true>();
  private stopped = false;
  private stopWatch: (() => void) | undefined;

  constructor(
    private readonly simulation: Simulation, private readonly client: Client, private readonly resource: Resource<T>,
    private readonly options: { readonly namespace?: string; readonly request?: RequestOptions } = {},
  ) {
    this.addIndex('namespace', (object) => [object.metadata.namespace ?? '']);
  }

  /** Handlers added later also hear of what is already there. */
  addHandler(handler: EventHandler<T>): void {
    this.handlers.push(handler);
    for (const object of this.objects.values()) handler.onAdd?.(object);
  }

  /** Groups the cache by values computed from each object, e.g. pods by node. Adding one twice is harmless. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    if (this.indexes.has(name)) return;
    this.indexes.set(name, { valuesOf, buckets: new Map() });
    for (const object of this.objects.values()) this.indexOne(name, objectKey(object), undefined, object);
  }

  get synced(): boolean { return this.firstList.done; }
  get size(): number { return this.objects.size; }
  get(key: string): T | undefined { return this.objects.get(key); }
  list(): Iterable<T> { return this.objects.values(); }
  inNamespace(namespace: string): Iterable<T> { return this.byIndex('namespace', namespace); }
  byIndex(index: string, value: string): Iterable<T> { return this.indexes.get(index)?.buckets.get(value)?.values() ?? []; }

  *waitForSync(): Process { yield* this.firstList.wait(); }

  /** Lists and watches until stopped. To be spawned as a background task. */
  *run(): Process {
    for (let attempt = 0; !this.stopped;) {
      const list = yield* this.client.list(this.resource, this.options.namespace ?? '', this.options.request);
      if (this.stopped) return;
      if (isStatus(list)) { yield* sleep(Math.min(30_000, 800 * 2 ** attempt++)); continue; }
      attempt = 0;
      this.replace(list.items);
      this.firstList.resolve(true);
      const ended = new Future<true>();
      const handle = yield* this.client.watch(this.resource, this.options.namespace ?? '', { ...this.options.request, resourceVersion: list.resourceVersion, allowWatchBookmarks: true }, {
        onEvent: (event) => this.onEvent(event),
        onEnd: () => ended.resolve(true),
      });
      if (isStatus(handle)) { yield* sleep(1000); continue; }
      this.stopWatch = () => handle.stop();
      if (this.stopped) { handle.stop(); return; }
      yield* ended.wait();
      yield* sleep(this.simulation.random.spread(1000, 0.2));
    }
  }

  stop(): void {
    this.stopped = true;
    this.stopWatch?.();
  }

  private onEvent(event: WatchEvent): void {
    if (this.stopped || event.type === 'BOOKMARK') return;
    const object = event.object as unknown as T;
    if (event.type === 'DELETED') this.remove(objectKey(object), object);
    else this.store(objectKey(object), object);
  }

  private replace(items: readonly T[]): void {
    const seen = new Set<string>();
    // In the order in which they were written, as somebody who had watched all along would have seen them.
    for (const object of [...items].sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))) {
      const key = objectKey(object);
      seen.add(key);
      if (this.objects.get(key)?.metadata.resourceVersion !== object.metadata.resourceVersion) this.store(key, object);
    }
    for (const [key, object] of [...this.objects]) if (!seen.has(key)) this.remove(key, object);
  }

  private store(key: string, object: T): void {
    const previous = this.objects.get(key);
    this.objects.set(key, object);
    for (const name of this.indexes.keys()) this.indexOne(name, key, previous, object);
    for (const handler of this.handlers) if (previous === undefined) handler.onAdd?.(object); else handler.onUpdate?.(previous, object);
  }

  private remove(key: string, last: T): void {
    const previous = this.objects.get(key);
    if (previous === undefined) return;
    this.objects.delete(key);
    for (const name of this.indexes.keys()) this.indexOne(name, key, previous, undefined);
    for (const handler of this.handlers) handler.onDelete?.(last);
  }

  private indexOne(name: string, key: string, previous: T | undefined, object: T | undefined): void {
    const index = this.indexes.get(name);
    if (index === undefined) return;
    const before = previous ? index.valuesOf(previous) : [];
    const after = object ? index.valuesOf(object) : [];
    for (const value of before) {
      if (after.includes(value)) continue;
      const bucket = index.buckets.get(value);
      bucket?.delete(key);
      if (bucket?.size === 0) index.buckets.delete(value);
    }
    for (const value of after) {
      let bucket = index.buckets.get(value);
      if (bucket === undefined) index.buckets.set(value, bucket = new Map());
      bucket.set(key, object as T);
    }
  }
}

/** The informers of one process, one for each resource (and filter), started together: client-go's SharedInformerFactory. */
export class InformerFactory {
  private readonly informers = new Map<string, Informer<ObjectWithMeta>>();

  constructor(private readonly simulation: Simulation, private readonly client: Client) {}

  for<T extends ObjectWithMeta>(resource: Resource<T>, options: { readonly namespace?: string; readonly request?: RequestOptions } = {}): Informer<T> {
    const key = `${resource.group}/${resource.version}/${resource.resource} ${options.namespace ?? ''} ${options.request?.fieldSelector ?? ''} ${options.request?.labelSelector ?? ''}`;
    let informer = this.informers.get(key);
    if (informer === undefined) {
      informer = new Informer<ObjectWithMeta>(this.simulation, this.client, resource as unknown as Resource<ObjectWithMeta>, options);
      this.informers.set(key, informer);
    }
    return informer as unknown as Informer<T>;
  }

  /** Starts every informer that was asked for. */
  start(): void {
    for (const [key, informer] of this.informers) this.simulation.spawn(`informer ${key}`, informer.run(), { cause: 0, background: true });
  }

  *waitForSync(): Process { for (const informer of this.informers.values()) yield* informer.waitForSync(); }

  stop(): void { for (const informer of this.informers.values()) informer.stop(); }
}
