import type { KubernetesObject } from '../engine/api/object';
import type { Confirmation } from './confirmation';
import { asLiveError, denialWords, LiveError } from './errors';
import { refusedBy, type Answer, type Ask, type Transport } from './transport';

/** A kind of object as it stands in URLs. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
export interface WatchEvent { readonly type: WatchType; readonly object: KubernetesObject }

export interface ListPage {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  readonly continueToken: string;
  /** Objects after this page, where the server says so. */
  readonly remaining: number;
}

export interface ReadOptions {
  readonly namespace?: string;
  /** Names, labels and owners alone: a fraction of the bytes. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
}

const LIST_METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

/** "/apis/apps/v1/namespaces/web/deployments" */
export function pathOf({ group, version, resource, namespaced }: Pick<Resource, 'group' | 'version' | 'resource' | 'namespaced'>, namespace = '', name = ''): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${resource}${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
}

export const typeOf = ({ group, resource }: Pick<Resource, 'group' | 'resource'>): string => (group === '' ? resource : `${resource}.${group}`);

/** The requests that live mode makes, in the API's terms. Throws LiveError; refusals are in words. */
export class Api {
  constructor(private readonly transport: Transport) {}

  get server(): string { return this.transport.server; }

  /** "v1.36.2" */
  async version(signal?: AbortSignal): Promise<string> {
    const { body } = await this.read({ method: 'GET', path: '/version', signal });
    const version = (body as { readonly gitVersion?: unknown } | undefined)?.gitVersion;
    if (typeof version !== 'string') throw new LiveError('protocol', `${this.server} answers, but not as a Kubernetes API server`);
    return version;
  }

  /** undefined where there is none. */
  async get(resource: Resource, namespace: string, name: string, signal?: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return (await this.read({ method: 'GET', path: pathOf(resource, namespace, name), signal }, { verb: 'get', ...resource, namespace })).body as KubernetesObject;
    } catch (thrown) {
      if (thrown instanceof LiveError && thrown.details.code === 404) return undefined;
      throw thrown;
    }
  }

  /** The resources of a group and version; undefined where the server has none such. */
  async discover(group: string, version: string, signal?: AbortSignal): Promise<readonly Resource[] | undefined> {
    const answer = await this.again({ method: 'GET', path: group === '' ? `/api/${version}` : `/apis/${group}/${version}`, signal });
    if (answer.code === 404) return undefined;
    if (answer.code !== 200) throw refusedBy(answer);
    const { resources = [] } = answer.body as { readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[] };
    return resources.filter((r) => !r.name.includes('/')).map((r) => ({ group, version, resource: r.name, kind: r.kind, namespaced: r.namespaced }));
  }

  async page(resource: Resource, limit: number, continueToken: string, { namespace = '', metadataOnly = false, signal }: ReadOptions = {}): Promise<ListPage> {
    const { body } = await this.read(
      { method: 'GET', path: pathOf(resource, namespace), query: { limit, continue: continueToken }, accept: metadataOnly ? LIST_METADATA : undefined, signal },
      { verb: 'list', ...resource, namespace },
    );
    const list = body as { readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number }; readonly items?: readonly KubernetesObject[] | null };
    if (typeof list !== 'object' || list === null || !list.metadata) throw new LiveError('protocol', `The answer to a list of ${typeOf(resource)} is no list`);
    return { items: list.items ?? [], resourceVersion: list.metadata.resourceVersion ?? '', continueToken: list.metadata.continue ?? '', remaining: list.metadata.remainingItemCount ?? 0 };
  }

  /** Hands over events until the server ends the watch. An ERROR event is thrown. */
  async watch(resource: Resource, resourceVersion: string, onEvent: (event: WatchEvent) => void, { namespace = '', metadataOnly = false, signal, seconds }: ReadOptions & { readonly seconds: number }): Promise<void> {
    try {
      await this.transport.lines({
        method: 'GET', path: pathOf(resource, namespace), accept: metadataOnly ? METADATA : undefined, signal,
        query: { watch: true, resourceVersion, allowWatchBookmarks: true, timeoutSeconds: seconds },
      }, (line) => onEvent(eventOf(line, resource)), { idle: seconds * 1500, total: seconds * 1500 });
    } catch (thrown) {
      throw worded(thrown, { verb: 'watch', ...resource, namespace });
    }
  }

  /** Creates an object for real, or asks what would become of it. The answer may be a refusal: a Status with its code. */
  async create(resource: Resource, namespace: string, body: object, how: { readonly dryRun: true } | { readonly confirmation: Confirmation }, signal?: AbortSignal): Promise<Answer> {
    const query = { fieldManager: 'kubectl-create', fieldValidation: 'Strict', ...('dryRun' in how ? { dryRun: 'All' } : {}) };
    return this.transport.json({ method: 'POST', path: pathOf(resource, namespace), query, body, signal, ...('confirmation' in how ? { confirmation: how.confirmation } : {}) });
  }

  private async read(ask: Ask, wanted?: { readonly verb: string; readonly group: string; readonly resource: string; readonly namespace: string }): Promise<Answer> {
    const answer = await this.again(ask);
    if (answer.code !== 200) throw worded(refusedBy(answer), wanted);
    return answer;
  }

  /** A kept connection may have been closed by the other side in the moment of its use: a read is simply sent again. So it is with credentials that have expired. */
  private async again(ask: Ask): Promise<Answer> {
    try {
      const answer = await this.transport.json(ask);
      return answer.code === 401 ? await this.transport.json(ask) : answer;
    } catch (thrown) {
      if (thrown instanceof LiveError && thrown.kind === 'reset') return this.transport.json(ask);
      throw thrown;
    }
  }
}

function worded(thrown: unknown, wanted?: { readonly verb: string; readonly group: string; readonly resource: string; readonly namespace: string }): LiveError {
  const error = asLiveError(thrown);
  return error.kind === 'forbidden' && wanted ? new LiveError('forbidden', denialWords(wanted), error.details) : error;
}

function eventOf(line: string, resource: Resource): WatchEvent {
  let event: { readonly type?: unknown; readonly object?: unknown };
  try { event = JSON.parse(line) as typeof event; } catch { throw new LiveError('protocol', `The watch of ${typeOf(resource)} brings what is no event`); }
  if (event.type === 'ERROR') {
    const status = (event.object ?? {}) as { readonly code?: number };
    throw refusedBy({ code: status.code ?? 500, body: status, warnings: [], date: 0 });
  }
  if (event.type !== 'ADDED' && event.type !== 'MODIFIED' && event.type !== 'DELETED' && event.type !== 'BOOKMARK') throw new LiveError('protocol', `The watch of ${typeOf(resource)} brings an event of type ${String(event.type)}`);
  return { type: event.type, object: event.object as KubernetesObject };
}
