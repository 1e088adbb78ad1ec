import { deepFreeze, objectKey, type KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import { MODIFIED, alreadyExists, conflict, failure, notFound, type Status } from '../api/status';
import { isEtcdError, type EtcdClient, type EtcdError, type KeyValue, type TxnResponse } from '../etcd/types';
import type { Process } from '../simulation/process';
import { resourcePrefix, storageKey } from './storageKey';
import type { WatchCache} from './watchCache';
import { objectOf } from './watchCache';

/** A write that was carried out. */
export interface Stored {
  readonly object: KubernetesObject;
  readonly revision: number;
}

/** How often a guaranteed update tries again when somebody else was quicker. */
const MAX_ATTEMPTS = 30;

/** The objects of one resource in etcd, with optimistic concurrency, and the watch cache in front of them. */
export class ResourceStorage {
  constructor(readonly definition: ResourceDefinition, private readonly etcd: EtcdClient, readonly cache: WatchCache) {}

  get prefix(): string { return resourcePrefix(this.definition); }

  current(namespace: string, name: string): KubernetesObject | undefined {
    return this.cache.get(this.definition.namespaced ? `${namespace}/${name}` : name);
  }

  *create(object: KubernetesObject): Process<Stored | Status> {
    const { namespace = '', name } = object.metadata;
    const key = storageKey(this.definition, namespace, name);
    const response = yield* this.etcd.txn({
      compares: [{ key, target: 'modRevision', result: '=', value: 0 }],
      success: [{ type: 'put', key, value: withoutRevision(object) }],
      failure: [],
    });
    if (isEtcdError(response)) return etcdFailure(response);
    if (!response.succeeded) return alreadyExists(this.definition, name);
    return this.stored(object, response.revision);
  }

  /**
   * GuaranteedUpdate: computes the new object from the current one and writes it if nobody wrote meanwhile, else computes
   * again. `change` returns the same reference when there is nothing to write.
   */
  *update(namespace: string, name: string, change: (current: KubernetesObject) => Process<KubernetesObject | Status>): Process<(Stored & { readonly before: KubernetesObject }) | Status> {
    const key = storageKey(this.definition, namespace, name);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = this.current(namespace, name);
      if (!before) return notFound(this.definition, name);
      const next = yield* change(before);
      if (next.kind === 'Status' && 'code' in next) return next as Status;
      const object = next as KubernetesObject;
      const revision = Number(before.metadata.resourceVersion);
      if (object === before) return { object: before, before, revision };
      const response: TxnResponse | EtcdError = yield* this.etcd.txn({
        compares: [{ key, target: 'modRevision', result: '=', value: revision }],
        success: [{ type: 'put', key, value: withoutRevision(object) }],
        failure: [{ type: 'range', request: { key } }],
      });
      if (isEtcdError(response)) return etcdFailure(response);
      if (response.succeeded) return { ...this.stored(object, response.revision), before };
      if ((response.responses[0] ?? []).length === 0) return notFound(this.definition, name);
    }
    return conflict(this.definition, name, MODIFIED);
  }

  /** Removes an object if it is still the one that was seen. */
  *remove(seen: KubernetesObject): Process<Stored | Status | 'changed'> {
    const { namespace = '', name, resourceVersion } = seen.metadata;
    const key = storageKey(this.definition, namespace, name);
    const response = yield* this.etcd.txn({
      compares: [{ key, target: 'modRevision', result: '=', value: Number(resourceVersion) }],
      success: [{ type: 'delete', key }],
      failure: [{ type: 'range', request: { key } }],
    });
    if (isEtcdError(response)) return etcdFailure(response);
    if (response.succeeded) return { object: seen, revision: response.revision };
    return (response.responses[0] ?? []).length === 0 ? notFound(this.definition, name) : 'changed';
  }

  private stored(object: KubernetesObject, revision: number): Stored {
    // The watch cache heard of the commit already: share its object.
    const cached = this.cache.get(objectKey(object));
    if (cached?.metadata.resourceVersion === String(revision)) return { object: cached, revision };
    return { object: { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }, revision };
  }
}

/** What is stored has no resourceVersion: the revision that writes it is it. */
function withoutRevision(object: KubernetesObject): KubernetesObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  const value = { ...object, metadata } as KubernetesObject;
  return DEVELOPMENT ? deepFreeze(value) : value;
}

/** What clients are told when etcd does not do it. */
export function etcdFailure(error: EtcdError): Status {
  if (error.error === 'compacted') return failure(410, 'Expired', `The resourceVersion for the provided watch is too old.`);
  // ErrorToAPIStatus: an error that is no Status is answered as it is, with no reason: "Error from server: etcdserver: request timed out".
  return failure(500, '', error.message);
}

/** Reads an object out of a key value, as of any revision. */
export const objectFrom = (keyValue: KeyValue): KubernetesObject => objectOf(keyValue);
