import type { KubernetesObject } from '../engine/api/object';
import { typeOf, type Api, type Resource, type WatchEvent } from './api';
import { asLiveError, isCanceled, type LiveError } from './errors';

/** What one reflector is doing, for those who say how the connection is. */
export type ReflectorState =
  | { readonly type: 'listing'; readonly known: number; readonly remaining: number }
  | { readonly type: 'watching' }
  /** Another attempt follows at `retryAt` (milliseconds since 1970). */
  | { readonly type: 'waiting'; readonly error: LiveError; readonly retryAt: number; readonly attempt: number }
  /** Not allowed; asked again now and then, since roles change. */
  | { readonly type: 'denied'; readonly error: LiveError };

/** Where the objects go. */
export interface Sink {
  /** The whole truth at one revision: what is not in it is gone. */
  replace(objects: readonly KubernetesObject[], complete: boolean, remaining: number): void;
  apply(event: WatchEvent): void;
  state(state: ReflectorState): void;
}

export interface ReflectorOptions {
  readonly namespace: string;
  readonly metadataOnly: boolean;
  readonly page: number;
  /** Objects that are listed at the most. */
  readonly most: number;
  readonly watchSeconds: number;
  readonly backoff: readonly [number, number];
  /** What is kept of an object: applied at once, page by page, so that whole lists are never held. */
  readonly slim: (object: KubernetesObject) => KubernetesObject;
}

/** A watch that lasted so long counts as a success: the next failure is again a first one. */
const HEALTHY = 10_000;
const DENIED_AGAIN = 60_000;
/** What only a person can mend is not tried more often than this: a plugin may open a browser each time. */
const HELPLESS_AGAIN = 5 * 60_000;
const HASTY = 1000;

/**
 * Keeps a sink up to date as client-go's reflector does: pages of a list, then a watch from its revision, resumed from the last revision heard of after
 * every break; a new list only when the server no longer knows that revision.
 */
export class Reflector {
  private wake: (() => void) | undefined;

  constructor(private readonly api: Api, readonly resource: Resource, private readonly sink: Sink, private readonly options: ReflectorOptions) {}

  /** Until the signal; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    let revision = '';
    while (!signal.aborted) {
      const started = Date.now();
      try {
        if (revision === '') revision = await this.list(signal);
        this.sink.state({ type: 'watching' });
        await this.watch(revision, (next) => { revision = next; }, signal);
        // A server that ends every watch at once must not be asked as fast as it can answer.
        if (Date.now() - started < HASTY) await this.sleep(this.backoff(attempt++), signal);
        else attempt = 0;
      } catch (thrown) {
        if (signal.aborted || isCanceled(thrown)) return;
        const error = asLiveError(thrown);
        if (Date.now() - started > HEALTHY) attempt = 0;
        if (error.kind === 'gone' || error.kind === 'protocol') revision = '';
        if (error.kind === 'gone' && attempt === 0) { attempt = 1; continue; }
        if (error.kind === 'forbidden') this.sink.state({ type: 'denied', error });
        const wait = error.kind === 'forbidden' ? DENIED_AGAIN : this.waitFor(error, attempt++);
        if (error.kind !== 'forbidden') this.sink.state({ type: 'waiting', error, retryAt: Date.now() + wait, attempt });
        await this.sleep(wait, signal);
      }
    }
  }

  /** Ends the present wait. */
  retry(): void { this.wake?.(); }

  /** Reads all pages; the sink gets them at once at the end, so that nothing is missing or twice in between. */
  private async list(signal: AbortSignal): Promise<string> {
    const { namespace, metadataOnly, page, most, slim } = this.options;
    let objects: KubernetesObject[] = [];
    let token = '', revision = '', remaining = 0;
    for (let restarts = 0; ;) {
      try {
        const limit = Math.max(1, Math.min(page, most - objects.length));
        const got = await this.api.page(this.resource, limit, token, { namespace, metadataOnly, signal });
        for (const item of got.items) objects.push(slim(typed(item, this.resource, metadataOnly)));
        revision = got.resourceVersion;
        token = got.continueToken;
        remaining = got.remaining;
        this.sink.state({ type: 'listing', known: objects.length, remaining });
        if (token === '' || objects.length >= most) break;
      } catch (thrown) {
        const error = asLiveError(thrown);
        // The list took longer than the server keeps its revision: it is begun again, or gone on with where the server offers that.
        if (error.kind !== 'gone' || token === '' || ++restarts > 3) throw error;
        if (error.details.continueToken) token = error.details.continueToken;
        else { token = ''; objects = []; }
      }
    }
    const unique = new Map(objects.map((o) => [o.metadata.uid ?? `${o.metadata.namespace ?? ''}/${o.metadata.name}`, o]));
    this.sink.replace([...unique.values()], token === '', remaining);
    return revision;
  }

  private async watch(from: string, reached: (revision: string) => void, signal: AbortSignal): Promise<void> {
    const { namespace, metadataOnly, watchSeconds, slim } = this.options;
    await this.api.watch(this.resource, from, (event) => {
      const revision = event.object.metadata?.resourceVersion;
      if (event.type !== 'BOOKMARK') this.sink.apply({ type: event.type, object: slim(typed(event.object, this.resource, metadataOnly)) });
      if (revision) reached(revision);
    }, { namespace, metadataOnly, signal, seconds: watchSeconds });
  }

  private waitFor({ kind, details }: LiveError, attempt: number): number {
    if (attempt > 1 && (kind === 'credentials' || kind === 'certificate' || kind === 'unauthorized')) return HELPLESS_AGAIN;
    return Math.max(this.backoff(attempt), Math.min(details.retryAfter ?? 0, 10 * 60_000));
  }

  /** Half of it is chance, so that many watches that broke together do not come back together. */
  private backoff(attempt: number): number {
    const [least, most] = this.options.backoff;
    return Math.min(most, least * 2 ** Math.min(attempt, 16)) * (0.5 + Math.random() / 2);
  }

  private sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => { clearTimeout(timer); signal.removeEventListener('abort', done); this.wake = undefined; resolve(); };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
      this.wake = done;
    });
  }
}

/** Items of lists name no kind; those of metadata name another one. */
function typed(object: KubernetesObject, resource: Resource, metadataOnly: boolean): KubernetesObject {
  if (object.kind === resource.kind) return object;
  if (object.kind && !metadataOnly) throw new Error(`a list of ${typeOf(resource)} holds a ${object.kind}`);
  return { ...object, apiVersion: resource.group ? `${resource.group}/${resource.version}` : resource.version, kind: resource.kind };
}
