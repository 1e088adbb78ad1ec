import { NODE_RULES } from '../../apiserver/authorization/nodeRules';
import { EVENTS, READ, READ_UPDATE, READ_WRITE, rule, urls } from '../../apiserver/authorization/rules';
import type { RoleRow } from './role';

const REVIEWS = [rule('create', 'authentication.k8s.io', 'tokenreviews'), rule('create', 'authorization.k8s.io', 'subjectaccessreviews')];
const approver = (name: string, signer: string): RoleRow => ({ name: `system:certificates.k8s.io:${name}`, rules: [rule('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${signer}`)] });

/** The roles of Kubernetes' own components. */
export const COMPONENT_ROLES: readonly RoleRow[] = [
  { name: 'system:heapster', rules: [rule(READ, 'core', 'events pods nodes namespaces'), rule(READ, 'extensions', 'deployments')] },
  { name: 'system:node', rules: NODE_RULES },
  { name: 'system:node-problem-detector', rules: [rule('get', 'core', 'nodes'), rule('patch', 'core', 'nodes/status'), EVENTS] },
  { name: 'system:node-bootstrapper', rules: [rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests')] },
  { name: 'system:auth-delegator', rules: REVIEWS },
  { name: 'system:kube-aggregator', rules: [rule(READ, 'core', 'services endpoints')] },
  {
    name: 'system:kube-controller-manager',
    rules: [
      EVENTS, rule('create', 'coordination.k8s.io', 'leases'), rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
      rule('create', 'core', 'secrets serviceaccounts'), rule('delete', 'core', 'secrets'), rule('get', 'core', 'namespaces secrets serviceaccounts configmaps'), rule('update', 'core', 'secrets serviceaccounts'),
      ...REVIEWS, rule('list watch', '*', '*'), rule('create', 'core', 'serviceaccounts/token'),
    ],
  },
  { name: 'system:kube-dns', rules: [rule('list watch', 'core', 'endpoints services')] },
  {
    name: 'system:persistent-volume-provisioner',
    rules: [rule('get list watch create delete', 'core', 'persistentvolumes'), rule('get list watch update', 'core', 'persistentvolumeclaims'), rule(READ, 'storage.k8s.io', 'storageclasses'), rule('watch', 'core', 'events'), EVENTS],
  },
  ...['nodeclient', 'selfnodeclient'].map((kind): RoleRow => ({ name: `system:certificates.k8s.io:certificatesigningrequests:${kind}`, rules: [rule('create', 'certificates.k8s.io', `certificatesigningrequests/${kind}`)] })),
  { name: 'system:volume-scheduler', rules: [rule(READ_UPDATE, 'core', 'persistentvolumes'), rule(READ, 'storage.k8s.io', 'storageclasses'), rule(READ_UPDATE, 'core', 'persistentvolumeclaims')] },
  approver('legacy-unknown-approver', 'legacy-unknown'),
  approver('kubelet-serving-approver', 'kubelet-serving'),
  approver('kube-apiserver-client-approver', 'kube-apiserver-client'),
  approver('kube-apiserver-client-kubelet-approver', 'kube-apiserver-client-kubelet'),
  { name: 'system:service-account-issuer-discovery', rules: [urls('get', '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/')] },
  {
    name: 'system:kubelet-api-admin',
    rules: [rule(READ, 'core', 'nodes'), rule('proxy', 'core', 'nodes'), rule('*', 'core', 'nodes/proxy nodes/metrics nodes/stats nodes/log'), rule('*', 'core', 'nodes/pods nodes/healthz nodes/configz')],
  },
  {
    name: 'system:node-proxier',
    rules: [rule('list watch', 'core', 'services endpoints'), rule(READ, 'core', 'nodes'), EVENTS, rule('list watch', 'networking.k8s.io', 'servicecidrs'), rule('list watch', 'discovery.k8s.io', 'endpointslices')],
  },
  {
    name: 'system:kube-scheduler',
    rules: [
      EVENTS, rule('create', 'coordination.k8s.io', 'leases'), rule('get update list watch', 'coordination.k8s.io', 'leases', 'kube-scheduler'), rule(READ_WRITE, 'coordination.k8s.io', 'leasecandidates'),
      rule(READ, 'core', 'nodes'), rule('get list watch delete', 'core', 'pods'), rule('create', 'core', 'pods/binding bindings'), rule('patch update', 'core', 'pods/status'),
      rule(READ, 'core', 'services replicationcontrollers'), rule(READ, 'apps extensions', 'replicasets'), rule(READ, 'apps', 'statefulsets'),
      rule(READ, 'policy', 'poddisruptionbudgets'), rule(READ, 'core', 'persistentvolumeclaims persistentvolumes'), ...REVIEWS,
      rule(READ, 'storage.k8s.io', 'csinodes'), rule(READ, 'storage.k8s.io', 'volumeattachments'), rule(READ, 'core', 'namespaces'), rule(READ, 'storage.k8s.io', 'csidrivers'), rule(READ, 'storage.k8s.io', 'csistoragecapacities'),
      rule(READ, 'resource.k8s.io', 'deviceclasses'), rule(READ_UPDATE, 'resource.k8s.io', 'resourceclaims'), rule(READ_UPDATE, 'resource.k8s.io', 'resourceclaims/status'),
      rule('update', 'core', 'pods/finalizers'), rule(READ, 'resource.k8s.io', 'resourceslices'), rule('create delete', 'resource.k8s.io', 'resourceclaims'), rule(READ, 'resource.k8s.io', 'devicetaintrules'),
    ],
  },
];
