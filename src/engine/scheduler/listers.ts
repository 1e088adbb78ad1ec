import type {
  CSIDriver, CSINode, CSIStorageCapacity, DeviceClass, Namespace, PersistentVolume, PersistentVolumeClaim, PodDisruptionBudget, ReplicaSet, ReplicationController,
  ResourceResourceClaim, Service, StatefulSet, StorageClass, VolumeAttachment,
} from '../api/generated/types';
import { objectKey, type ObjectWithMeta } from '../api/object';

/** Reads of other kinds that plugins need: informer caches in a cluster, plain lists in tests and what-if runs. */
export interface Listers {
  namespace(name: string): Namespace | undefined;
  namespaces(): readonly Namespace[];
  persistentVolumeClaim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  persistentVolume(name: string): PersistentVolume | undefined;
  persistentVolumes(): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  csiNode(name: string): CSINode | undefined;
  csiDriver(name: string): CSIDriver | undefined;
  csiStorageCapacities(): readonly CSIStorageCapacity[];
  volumeAttachments(): readonly VolumeAttachment[];
  podDisruptionBudgets(): readonly PodDisruptionBudget[];
  services(namespace: string): readonly Service[];
  replicationController(namespace: string, name: string): ReplicationController | undefined;
  replicaSet(namespace: string, name: string): ReplicaSet | undefined;
  statefulSet(namespace: string, name: string): StatefulSet | undefined;
  resourceClaim(namespace: string, name: string): ResourceResourceClaim | undefined;
  deviceClass(name: string): DeviceClass | undefined;
}

/** Listers over a fixed set of objects of any kind; those of no interest are ignored. */
export class ObjectListers implements Listers {
  readonly #byKind = new Map<string, Map<string, ObjectWithMeta>>();

  constructor(objects: Iterable<ObjectWithMeta>) { for (const object of objects) this.set(object); }

  /** Adds or replaces an object. */
  set(object: ObjectWithMeta): void {
    const kept = this.#byKind.get(object.kind);
    if (kept) kept.set(objectKey(object), object);
    else this.#byKind.set(object.kind, new Map([[objectKey(object), object]]));
  }
  delete(object: ObjectWithMeta): void { this.#byKind.get(object.kind)?.delete(objectKey(object)); }

  /** The kind decides the type: what is stored under "Node" is a Node. */
  #get<T extends ObjectWithMeta>(kind: string, key: string): T | undefined { return this.#byKind.get(kind)?.get(key) as T | undefined; }
  #list<T extends ObjectWithMeta>(kind: string): readonly T[] { return [...(this.#byKind.get(kind)?.values() ?? [])] as T[]; }

  namespace(name: string): Namespace | undefined { return this.#get('Namespace', name); }
  namespaces(): readonly Namespace[] { return this.#list('Namespace'); }
  persistentVolumeClaim(namespace: string, name: string): PersistentVolumeClaim | undefined { return this.#get('PersistentVolumeClaim', `${namespace}/${name}`); }
  persistentVolume(name: string): PersistentVolume | undefined { return this.#get('PersistentVolume', name); }
  persistentVolumes(): readonly PersistentVolume[] { return this.#list('PersistentVolume'); }
  storageClass(name: string): StorageClass | undefined { return this.#get('StorageClass', name); }
  csiNode(name: string): CSINode | undefined { return this.#get('CSINode', name); }
  csiDriver(name: string): CSIDriver | undefined { return this.#get('CSIDriver', name); }
  csiStorageCapacities(): readonly CSIStorageCapacity[] { return this.#list('CSIStorageCapacity'); }
  volumeAttachments(): readonly VolumeAttachment[] { return this.#list('VolumeAttachment'); }
  podDisruptionBudgets(): readonly PodDisruptionBudget[] { return this.#list('PodDisruptionBudget'); }
  services(namespace: string): readonly Service[] { return this.#list<Service>('Service').filter((s) => s.metadata.namespace === namespace); }
  replicationController(namespace: string, name: string): ReplicationController | undefined { return this.#get('ReplicationController', `${namespace}/${name}`); }
  replicaSet(namespace: string, name: string): ReplicaSet | undefined { return this.#get('ReplicaSet', `${namespace}/${name}`); }
  statefulSet(namespace: string, name: string): StatefulSet | undefined { return this.#get('StatefulSet', `${namespace}/${name}`); }
  resourceClaim(namespace: string, name: string): ResourceResourceClaim | undefined { return this.#get('ResourceClaim', `${namespace}/${name}`); }
  deviceClass(name: string): DeviceClass | undefined { return this.#get('DeviceClass', name); }
}
