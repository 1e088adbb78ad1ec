import { CONTROLLERS, controllerRole } from './controllerRoles';
import { account, group, user, type BindingRow } from './role';

/** Who has which ClusterRole in the whole cluster. system:node is bound to nobody: the node authorizer knows nodes. */
export const CLUSTER_BINDINGS: readonly BindingRow[] = [
  { role: 'cluster-admin', subjects: [group('system:masters')] },
  { role: 'system:monitoring', subjects: [group('system:monitoring')] },
  { role: 'system:discovery', subjects: [group('system:authenticated')] },
  { role: 'system:basic-user', subjects: [group('system:authenticated')] },
  { role: 'system:public-info-viewer', subjects: [group('system:authenticated'), group('system:unauthenticated')] },
  { role: 'system:node-proxier', subjects: [user('system:kube-proxy')] },
  { role: 'system:kube-controller-manager', subjects: [user('system:kube-controller-manager')] },
  { role: 'system:kube-dns', subjects: [account('kube-dns')] },
  { role: 'system:kube-scheduler', subjects: [user('system:kube-scheduler')] },
  { role: 'system:volume-scheduler', subjects: [user('system:kube-scheduler')] },
  { role: 'system:node', subjects: [] },
  { role: 'system:service-account-issuer-discovery', subjects: [group('system:serviceaccounts')] },
  ...CONTROLLERS.map((controller): BindingRow => ({ role: controllerRole(controller), subjects: [account(controller)] })),
];
