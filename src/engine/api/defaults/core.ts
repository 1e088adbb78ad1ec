import type {
  CoreEndpointPort, LimitRangeItem, Namespace, NamespaceStatus, NodeStatus, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, ReplicationController, Secret, Service, ServicePort,
  ServiceSpec, ServiceStatus,
} from '../generated/types';
import { fill, mapSame, set } from './fill';
import { typeDefaults } from './type-defaults';

const CLIENT_IP_SECONDS = 10_800;
const isEmpty = (map: object | undefined): boolean => !map || Object.keys(map).length === 0;

function replicationController(rc: ReplicationController): ReplicationController {
  const labels = rc.spec.template?.metadata?.labels;
  let out = set(rc, 'spec', fill(rc.spec, { replicas: 1, ...(labels && isEmpty(rc.spec.selector) ? { selector: labels } : {}) }));
  if (labels && isEmpty(rc.metadata.labels)) out = { ...out, metadata: { ...rc.metadata, labels } };
  return out;
}

const servicePort = (p: ServicePort): ServicePort => {
  const port = fill(p, { protocol: 'TCP' });
  return port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '' ? { ...port, targetPort: port.port } : port;
};

function withAffinity(spec: ServiceSpec): ServiceSpec {
  const out = fill(spec, { sessionAffinity: 'None' });
  if (out.sessionAffinity === 'None' && out.sessionAffinityConfig) {
    const { sessionAffinityConfig: _dropped, ...rest } = out;
    return rest;
  }
  return out.sessionAffinity === 'ClientIP' && out.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
    ? { ...out, sessionAffinityConfig: { clientIP: { timeoutSeconds: CLIENT_IP_SECONDS } } } : out;
}

const isExternal = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && !!spec.externalIPs?.length);

function service(object: Service): Service {
  let spec = fill(withAffinity(object.spec), { type: 'ClusterIP' });
  spec = set(spec, 'ports', mapSame(spec.ports, servicePort));
  spec = fill(spec, {
    ...(isExternal(spec) ? { externalTrafficPolicy: 'Cluster' } : {}), ...(spec.type !== 'ExternalName' ? { internalTrafficPolicy: 'Cluster' } : {}),
    ...(spec.type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
  });
  const out = set(object, 'spec', spec);
  return spec.type === 'LoadBalancer' ? set(out, 'status', withIpMode(out.status)) : out;
}

function withIpMode(status: ServiceStatus): ServiceStatus {
  const ingress = status.loadBalancer?.ingress;
  const filled = mapSame(ingress, (i) => (i.ip ? fill(i, { ipMode: 'VIP' }) : i));
  return filled === ingress ? status : { ...status, loadBalancer: { ...status.loadBalancer, ingress: filled } };
}

function limitRangeItem(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  const out = Object.keys(limits).length > Object.keys(item.default ?? {}).length ? { ...item, default: limits } : item;
  return Object.keys(requests).length > Object.keys(item.defaultRequest ?? {}).length ? { ...out, defaultRequest: requests } : out;
}

const METADATA_NAME = 'kubernetes.io/metadata.name';
function namespace(object: Namespace): Namespace {
  const { name, labels } = object.metadata;
  return !name || labels?.[METADATA_NAME] === name ? object : { ...object, metadata: { ...object.metadata, labels: { ...labels, [METADATA_NAME]: name } } };
}

export const CORE_DEFAULTS = typeDefaults({
  ReplicationController: replicationController, Service: service, LimitRangeItem: limitRangeItem, Namespace: namespace,
  NamespaceStatus: (s: NamespaceStatus) => fill(s, { phase: 'Active' }),
  NodeStatus: (s: NodeStatus) => (s.capacity ? fill(s, { allocatable: s.capacity }) : s),
  Secret: (s: Secret) => fill(s, { type: 'Opaque' }),
  CoreEndpointPort: (p: CoreEndpointPort) => fill(p, { protocol: 'TCP' }),
  PersistentVolume: (pv: PersistentVolume) =>
    set(set(pv, 'status', fill(pv.status, { phase: 'Pending' })), 'spec', fill(pv.spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })),
  PersistentVolumeClaim: (pvc: PersistentVolumeClaim) => set(pvc, 'status', fill(pvc.status, { phase: 'Pending' })),
  PersistentVolumeClaimSpec: (s: PersistentVolumeClaimSpec) => fill(s, { volumeMode: 'Filesystem' }),
});
