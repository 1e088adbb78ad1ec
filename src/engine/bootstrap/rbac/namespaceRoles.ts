import { EVENTS, READ, rule } from '../../apiserver/authorization/rules';
import { account, user, type BindingRow, type RoleRow } from './role';

const leaderLocking = (component: string): RoleRow => ({
  name: `system::leader-locking-${component}`,
  rules: [
    rule('watch', 'core', 'configmaps'), rule('get update', 'core', 'configmaps', component), rule(`${READ} create update`, 'coordination.k8s.io', 'leases'), rule(`${READ} create update`, 'coordination.k8s.io', 'leasecandidates'),
  ],
});

/** Roles in the system's namespaces. */
export const NAMESPACE_ROLES: { readonly [namespace: string]: readonly RoleRow[] } = {
  'kube-system': [
    { name: 'extension-apiserver-authentication-reader', rules: [rule(READ, 'core', 'configmaps', 'extension-apiserver-authentication')] },
    { name: 'system:controller:bootstrap-signer', rules: [rule(READ, 'core', 'secrets')] },
    { name: 'system:controller:cloud-provider', rules: [rule(`create ${READ}`, 'core', 'configmaps')] },
    { name: 'system:controller:token-cleaner', rules: [rule(`${READ} delete`, 'core', 'secrets'), EVENTS] },
    leaderLocking('kube-controller-manager'),
    leaderLocking('kube-scheduler'),
  ],
  'kube-public': [{ name: 'system:controller:bootstrap-signer', rules: [rule(READ, 'core', 'configmaps'), rule('update', 'core', 'configmaps', 'cluster-info'), EVENTS] }],
};

export const NAMESPACE_BINDINGS: { readonly [namespace: string]: readonly BindingRow[] } = {
  'kube-system': [
    { role: 'extension-apiserver-authentication-reader', name: 'system::extension-apiserver-authentication-reader', subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler')] },
    { role: 'system::leader-locking-kube-controller-manager', subjects: [user('system:kube-controller-manager'), account('kube-controller-manager')] },
    { role: 'system::leader-locking-kube-scheduler', subjects: [user('system:kube-scheduler'), account('kube-scheduler')] },
    { role: 'system:controller:bootstrap-signer', subjects: [account('bootstrap-signer')] },
    { role: 'system:controller:cloud-provider', subjects: [account('cloud-provider')] },
    { role: 'system:controller:token-cleaner', subjects: [account('token-cleaner')] },
  ],
  'kube-public': [{ role: 'system:controller:bootstrap-signer', subjects: [account('bootstrap-signer')] }],
};
