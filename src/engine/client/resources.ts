import type {
  ConfigMap, ControllerRevision, CoreEvent, CronJob, CSINode, CSIDriver, CSIStorageCapacity, DaemonSet, Deployment, Endpoints, EndpointSlice, Job, Lease, LimitRange, Namespace, Node,
  PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, PriorityClass, ReplicaSet, ReplicationController, ResourceQuota, Secret, Service, ServiceAccount,
  StatefulSet, StorageClass, V2HorizontalPodAutoscaler, ClusterRole, ClusterRoleBinding, VolumeAttachment, EventsEvent, Scale,
} from '../api/generated/types';
import type { GroupVersionResource, ObjectWithMeta } from '../api/object';

/** A resource whose objects have the type T. */
export interface Resource<T extends ObjectWithMeta> extends GroupVersionResource {
  readonly kind: string;
  /** Never set: carries the type. */
  readonly objectType?: T;
}

const define = <T extends ObjectWithMeta>(group: string, resource: string, kind: string, version = 'v1'): Resource<T> => ({ group, version, resource, kind });

export const PODS = define<Pod>('', 'pods', 'Pod');
export const NODES = define<Node>('', 'nodes', 'Node');
export const NAMESPACES = define<Namespace>('', 'namespaces', 'Namespace');
export const SERVICES = define<Service>('', 'services', 'Service');
export const ENDPOINTS = define<Endpoints>('', 'endpoints', 'Endpoints');
export const SERVICE_ACCOUNTS = define<ServiceAccount>('', 'serviceaccounts', 'ServiceAccount');
export const CONFIG_MAPS = define<ConfigMap>('', 'configmaps', 'ConfigMap');
export const SECRETS = define<Secret>('', 'secrets', 'Secret');
export const EVENTS = define<CoreEvent>('', 'events', 'Event');
export const NEW_EVENTS = define<EventsEvent>('events.k8s.io', 'events', 'Event');
export const REPLICATION_CONTROLLERS = define<ReplicationController>('', 'replicationcontrollers', 'ReplicationController');
export const RESOURCE_QUOTAS = define<ResourceQuota>('', 'resourcequotas', 'ResourceQuota');
export const LIMIT_RANGES = define<LimitRange>('', 'limitranges', 'LimitRange');
export const PERSISTENT_VOLUMES = define<PersistentVolume>('', 'persistentvolumes', 'PersistentVolume');
export const PERSISTENT_VOLUME_CLAIMS = define<PersistentVolumeClaim>('', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const DEPLOYMENTS = define<Deployment>('apps', 'deployments', 'Deployment');
export const REPLICA_SETS = define<ReplicaSet>('apps', 'replicasets', 'ReplicaSet');
export const STATEFUL_SETS = define<StatefulSet>('apps', 'statefulsets', 'StatefulSet');
export const DAEMON_SETS = define<DaemonSet>('apps', 'daemonsets', 'DaemonSet');
export const CONTROLLER_REVISIONS = define<ControllerRevision>('apps', 'controllerrevisions', 'ControllerRevision');
export const JOBS = define<Job>('batch', 'jobs', 'Job');
export const CRON_JOBS = define<CronJob>('batch', 'cronjobs', 'CronJob');
export const HORIZONTAL_POD_AUTOSCALERS = define<V2HorizontalPodAutoscaler>('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'v2');
export const POD_DISRUPTION_BUDGETS = define<PodDisruptionBudget>('policy', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const ENDPOINT_SLICES = define<EndpointSlice>('discovery.k8s.io', 'endpointslices', 'EndpointSlice');
export const LEASES = define<Lease>('coordination.k8s.io', 'leases', 'Lease');
export const PRIORITY_CLASSES = define<PriorityClass>('scheduling.k8s.io', 'priorityclasses', 'PriorityClass');
export const STORAGE_CLASSES = define<StorageClass>('storage.k8s.io', 'storageclasses', 'StorageClass');
export const VOLUME_ATTACHMENTS = define<VolumeAttachment>('storage.k8s.io', 'volumeattachments', 'VolumeAttachment');
export const CSI_NODES = define<CSINode>('storage.k8s.io', 'csinodes', 'CSINode');
export const CSI_DRIVERS = define<CSIDriver>('storage.k8s.io', 'csidrivers', 'CSIDriver');
export const CSI_STORAGE_CAPACITIES = define<CSIStorageCapacity>('storage.k8s.io', 'csistoragecapacities', 'CSIStorageCapacity');
export const CLUSTER_ROLES = define<ClusterRole>('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole');
export const CLUSTER_ROLE_BINDINGS = define<ClusterRoleBinding>('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding');
/** Not a resource of its own: what the scale subresource speaks. */
export type ScaleObject = Scale;
