import type {
  CSIDriver, CSINode, CSIStorageCapacity, DeviceClass, Namespace, PersistentVolume, PersistentVolumeClaim, PodDisruptionBudget, ReplicaSet, ReplicationController,
  ResourceResourceClaim, Service, StatefulSet, StorageClass, VolumeAttachment,
} from '../api/generated/types';
import type { Informer, InformerFactory } from '../client/informer';
import {
  CSI_DRIVERS, CSI_NODES, CSI_STORAGE_CAPACITIES, NAMESPACES, PERSISTENT_VOLUMES, PERSISTENT_VOLUME_CLAIMS, POD_DISRUPTION_BUDGETS, REPLICATION_CONTROLLERS, REPLICA_SETS,
  SERVICES, STATEFUL_SETS, STORAGE_CLASSES, VOLUME_ATTACHMENTS, type Resource,
} from '../client/resources';
import type { Listers } from './listers';

const RESOURCE_CLAIMS: Resource<ResourceResourceClaim> = { group: 'resource.k8s.io', version: 'v1', resource: 'resourceclaims', kind: 'ResourceClaim' };
const DEVICE_CLASSES: Resource<DeviceClass> = { group: 'resource.k8s.io', version: 'v1', resource: 'deviceclasses', kind: 'DeviceClass' };

/** The plugins' reads of other kinds, from the scheduler's informers. Lists are made anew only when something changed. */
export class InformerListers implements Listers {
  private readonly namespacesInformer: Informer<Namespace>;
  private readonly claims: Informer<PersistentVolumeClaim>;
  private readonly volumes: Informer<PersistentVolume>;
  private readonly classes: Informer<StorageClass>;
  private readonly csiNodes: Informer<CSINode>;
  private readonly csiDrivers: Informer<CSIDriver>;
  private readonly capacities: Informer<CSIStorageCapacity>;
  private readonly attachments: Informer<VolumeAttachment>;
  private readonly budgets: Informer<PodDisruptionBudget>;
  private readonly servicesInformer: Informer<Service>;
  private readonly replicationControllers: Informer<ReplicationController>;
  private readonly replicaSets: Informer<ReplicaSet>;
  private readonly statefulSets: Informer<StatefulSet>;
  private readonly resourceClaims: Informer<ResourceResourceClaim>;
  private readonly deviceClasses: Informer<DeviceClass>;

  constructor(informers: InformerFactory) {
    this.namespacesInformer = informers.for(NAMESPACES);
    this.claims = informers.for(PERSISTENT_VOLUME_CLAIMS);
    this.volumes = informers.for(PERSISTENT_VOLUMES);
    this.classes = informers.for(STORAGE_CLASSES);
    this.csiNodes = informers.for(CSI_NODES);
    this.csiDrivers = informers.for(CSI_DRIVERS);
    this.capacities = informers.for(CSI_STORAGE_CAPACITIES);
    this.attachments = informers.for(VOLUME_ATTACHMENTS);
    this.budgets = informers.for(POD_DISRUPTION_BUDGETS);
    this.servicesInformer = informers.for(SERVICES);
    this.replicationControllers = informers.for(REPLICATION_CONTROLLERS);
    this.replicaSets = informers.for(REPLICA_SETS);
    this.statefulSets = informers.for(STATEFUL_SETS);
    this.resourceClaims = informers.for(RESOURCE_CLAIMS);
    this.deviceClasses = informers.for(DEVICE_CLASSES);
  }

  namespace(name: string): Namespace | undefined { return this.namespacesInformer.get(name); }
  namespaces(): readonly Namespace[] { return [...this.namespacesInformer.list()]; }
  persistentVolumeClaim(namespace: string, name: string): PersistentVolumeClaim | undefined { return this.claims.get(`${namespace}/${name}`); }
  persistentVolume(name: string): PersistentVolume | undefined { return this.volumes.get(name); }
  persistentVolumes(): readonly PersistentVolume[] { return [...this.volumes.list()]; }
  storageClass(name: string): StorageClass | undefined { return this.classes.get(name); }
  csiNode(name: string): CSINode | undefined { return this.csiNodes.get(name); }
  csiDriver(name: string): CSIDriver | undefined { return this.csiDrivers.get(name); }
  csiStorageCapacities(): readonly CSIStorageCapacity[] { return [...this.capacities.list()]; }
  volumeAttachments(): readonly VolumeAttachment[] { return [...this.attachments.list()]; }
  podDisruptionBudgets(): readonly PodDisruptionBudget[] { return [...this.budgets.list()]; }
  services(namespace: string): readonly Service[] { return [...this.servicesInformer.inNamespace(namespace)]; }
  replicationController(namespace: string, name: string): ReplicationController | undefined { return this.replicationControllers.get(`${namespace}/${name}`); }
  replicaSet(namespace: string, name: string): ReplicaSet | undefined { return this.replicaSets.get(`${namespace}/${name}`); }
  statefulSet(namespace: string, name: string): StatefulSet | undefined { return this.statefulSets.get(`${namespace}/${name}`); }
  resourceClaim(namespace: string, name: string): ResourceResourceClaim | undefined { return this.resourceClaims.get(`${namespace}/${name}`); }
  deviceClass(name: string): DeviceClass | undefined { return this.deviceClasses.get(name); }
}
