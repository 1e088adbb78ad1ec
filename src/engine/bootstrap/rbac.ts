import type { PolicyRule } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';

const everything: PolicyRule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

/** The roles and bindings that every cluster is born with. */
export function bootstrapRbac(): readonly KubernetesObject[] {
  return [
    ...grant('cluster-admin', [everything, { nonResourceURLs: ['*'], verbs: ['*'] }], [{ kind: 'Group', name: 'system:masters' }]),
    ...grant('system:kube-controller-manager', [everything], [{ kind: 'User', name: 'system:kube-controller-manager' }, { kind: 'Group', name: 'system:serviceaccounts:kube-system' }]),
    ...grant('system:kube-scheduler', [everything], [{ kind: 'User', name: 'system:kube-scheduler' }]),
    ...grant('system:node', [everything], [{ kind: 'Group', name: 'system:nodes' }]),
  ];
}

function grant(name: string, rules: readonly PolicyRule[], subjects: readonly { readonly kind: string; readonly name: string }[]): readonly KubernetesObject[] {
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, rules },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name, labels }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, subjects: subjects.map((s) => ({ apiGroup: 'rbac.authorization.k8s.io', ...s })) },
  ] as unknown as readonly KubernetesObject[];
}
