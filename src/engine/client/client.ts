import type { KubernetesObject, NewObject, ObjectWithMeta } from '../api/object';
import type { Status } from '../api/status';
export type { ApiServer, Sender } from '../apiserver/request';
import type { ApiServer, ListResult, PatchType, RequestOptions, RequestVerb, Sender, WatchHandle, WatchHandler } from '../apiserver/request';
import type { Process } from '../simulation/process';
import type { Resource } from './resources';

/** An object, or the API server's refusal: tell them apart with isStatus(). */
export type Result<T> = T | Status;

/** A component's access to the API server, as client-go's clientset. Every call takes virtual time; nothing throws. */
export class Client {
  constructor(private readonly api: ApiServer, readonly sender: Sender) {}

  /** The same connection for another identity, as controllers of one process have (each its own service account). */
  as(sender: Sender): Client { return new Client(this.api, sender); }

  get<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, name: string): Process<Result<T>> {
    return this.send('get', resource, namespace, name, {});
  }

  /** Reads a subresource: 'scale' … The answer is the subresource's own kind. */
  getSubresource<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, name: string, subresource: string): Process<Result<KubernetesObject>> {
    return this.send('get', resource, namespace, name, { subresource });
  }

  create<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, object: NewObject<T>, options?: RequestOptions): Process<Result<T>> {
    return this.send('create', resource, namespace, '', { body: object, options });
  }

  /** Replaces the whole object; refused with 409 when its resourceVersion is no longer the newest. */
  update<T extends ObjectWithMeta>(resource: Resource<T>, object: T, options?: RequestOptions): Process<Result<T>> {
    return this.send('update', resource, object.metadata.namespace ?? '', object.metadata.name, { body: object, options });
  }

  updateStatus<T extends ObjectWithMeta>(resource: Resource<T>, object: T): Process<Result<T>> {
    return this.send('update', resource, object.metadata.namespace ?? '', object.metadata.name, { body: object, subresource: 'status' });
  }

  /** Replaces another subresource: 'scale', 'finalize' … The answer is the subresource's own kind. */
  updateSubresource<T extends ObjectWithMeta, S extends ObjectWithMeta>(resource: Resource<T>, namespace: string, name: string, subresource: string, body: S): Process<Result<S>> {
    return this.send('update', resource, namespace, name, { body, subresource });
  }

  /** POSTs to a subresource: 'binding', 'eviction'. */
  createSubresource<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, name: string, subresource: string, body: unknown): Process<Result<KubernetesObject>> {
    return this.send('create', resource, namespace, name, { body, subresource });
  }

  patch<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, name: string, type: PatchType, body: unknown, subresource = '', options?: RequestOptions): Process<Result<T>> {
    return this.send('patch', resource, namespace, name, { body, subresource, patchType: type, options });
  }

  delete<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, name: string, options?: RequestOptions): Process<Result<KubernetesObject>> {
    return this.send('delete', resource, namespace, name, { options });
  }

  deleteCollection<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, options?: RequestOptions): Process<Result<KubernetesObject>> {
    return this.send('deletecollection', resource, namespace, '', { options });
  }

  list<T extends ObjectWithMeta>(resource: Resource<T>, namespace = '', options?: RequestOptions): Process<(Omit<ListResult, 'items'> & { readonly items: readonly T[] }) | Status> {
    return this.api.list(this.sender, { verb: 'list', ...path(resource), namespace, options }) as Process<(Omit<ListResult, 'items'> & { readonly items: readonly T[] }) | Status>;
  }

  watch<T extends ObjectWithMeta>(resource: Resource<T>, namespace: string, options: RequestOptions, handler: WatchHandler): Process<WatchHandle | Status> {
    return this.api.watch(this.sender, { verb: 'watch', ...path(resource), namespace, options }, handler);
  }

  private *send<R>(verb: RequestVerb, resource: Resource<ObjectWithMeta>, namespace: string, name: string, more: {
    readonly body?: unknown; readonly subresource?: string; readonly patchType?: PatchType; readonly options?: RequestOptions;
  }): Process<R> {
    const response = yield* this.api.request(this.sender, { verb, ...path(resource), namespace, name, ...more });
    return response.object as R;
  }
}

const path = (resource: Resource<ObjectWithMeta>): { group: string; version: string; resource: string } =>
  ({ group: resource.group, version: resource.version, resource: resource.resource });
