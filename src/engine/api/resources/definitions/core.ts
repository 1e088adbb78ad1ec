import { CREATE_ONLY, defineResources, partOf, type SubresourceDefinition, type Verb } from '../definition';

const CONNECT: readonly Verb[] = ['create', 'get'];
const PROXY: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update'];

const POD_SUBRESOURCES: readonly SubresourceDefinition[] = [
  partOf('attach', '', 'v1', 'PodAttachOptions', CONNECT),
  partOf('binding', '', 'v1', 'Binding', CREATE_ONLY),
  partOf('ephemeralcontainers', '', 'v1', 'Pod'),
  partOf('eviction', 'policy', 'v1', 'Eviction', CREATE_ONLY),
  partOf('exec', '', 'v1', 'PodExecOptions', CONNECT),
  partOf('log', '', 'v1', 'Pod', ['get']),
  partOf('portforward', '', 'v1', 'PodPortForwardOptions', CONNECT),
  partOf('proxy', '', 'v1', 'PodProxyOptions', PROXY),
  partOf('resize', '', 'v1', 'Pod'),
];

export const CORE_RESOURCES = defineResources('', 'v1', [
  { kind: 'Binding', resource: 'bindings', verbs: CREATE_ONLY },
  { kind: 'ComponentStatus', resource: 'componentstatuses', short: ['cs'], cluster: true, verbs: ['get', 'list'] },
  { kind: 'ConfigMap', resource: 'configmaps', short: ['cm'], hash: 'qFsyl6wFWjQ=' },
  { kind: 'Endpoints', resource: 'endpoints', short: ['ep'], hash: 'fWeeMqaN/OA=' },
  { kind: 'Event', resource: 'events', short: ['ev'], schema: 'CoreEvent', hash: 'r2yiGXH7wu8=' },
  { kind: 'LimitRange', resource: 'limitranges', short: ['limits'], hash: 'EBKMFVe6cwo=' },
  {
    kind: 'Namespace', resource: 'namespaces', short: ['ns'], cluster: true, verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    status: true, more: [partOf('finalize', '', 'v1', 'Namespace', ['update'])], hash: 'Q3oi5N2YM8M=',
  },
  { kind: 'Node', resource: 'nodes', short: ['no'], cluster: true, status: true, more: [partOf('proxy', '', 'v1', 'NodeProxyOptions', PROXY)], hash: 'XwShjMxG9Fs=' },
  { kind: 'PersistentVolumeClaim', resource: 'persistentvolumeclaims', short: ['pvc'], status: true, hash: 'QWTyNDq0dC4=' },
  { kind: 'PersistentVolume', resource: 'persistentvolumes', short: ['pv'], cluster: true, status: true, hash: 'HN/zwEC+JgM=' },
  { kind: 'Pod', resource: 'pods', short: ['po'], categories: ['all'], status: true, more: POD_SUBRESOURCES, hash: 'xPOwRZ+Yhw8=' },
  { kind: 'PodTemplate', resource: 'podtemplates', hash: 'LIXB2x4IFpk=' },
  {
    kind: 'ReplicationController', resource: 'replicationcontrollers', short: ['rc'], categories: ['all'], status: true, hash: 'Jond2If31h0=',
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector', selectorType: 'map' },
  },
  { kind: 'ResourceQuota', resource: 'resourcequotas', short: ['quota'], status: true, hash: '8uhSgffRX6w=' },
  { kind: 'Secret', resource: 'secrets', hash: 'S6u1pOWzb84=' },
  {
    kind: 'ServiceAccount', resource: 'serviceaccounts', short: ['sa'], hash: 'pbx9ZvyFpBE=',
    more: [partOf('token', 'authentication.k8s.io', 'v1', 'TokenRequest', CREATE_ONLY)],
  },
  { kind: 'Service', resource: 'services', short: ['svc'], categories: ['all'], status: true, more: [partOf('proxy', '', 'v1', 'ServiceProxyOptions', PROXY)], hash: '0/CO1lhkEBI=' },
]);
