import type { KubernetesObject } from '../api/object';

/** Namespaces that every cluster has. */
export const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const;

const CA_DESCRIPTION = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
export const CLUSTER_CA = '-----BEGIN CERTIFICATE-----\nVGhpcyBjbHVzdGVyIGlzIHNpbXVsYXRlZC4=\n-----END CERTIFICATE-----\n';

/** What a cluster holds before anybody creates anything, besides its nodes and RBAC objects. */
export function systemObjects(): readonly KubernetesObject[] {
  const objects: object[] = [];
  for (const name of SYSTEM_NAMESPACES) objects.push(...namespaceWithContents(name));
  objects.push(
    priorityClass('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
    priorityClass('system-cluster-critical', 2_000_000_000, 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.'),
    {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
      status: { loadBalancer: {} },
    },
    { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, subsets: [{ addresses: [{ ip: '192.168.0.250' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }] },
  );
  return objects as unknown as readonly KubernetesObject[];
}

/** A namespace as it is once the controllers have put in it what every namespace has. */
function namespaceWithContents(name: string): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: name, annotations: { 'kubernetes.io/description': CA_DESCRIPTION } }, data: { 'ca.crt': CLUSTER_CA } },
  ];
}

/** What pods of a namespace need besides it, where it is still to be created and no controller runs that would make this. */
export function contentsOfNewNamespaces(names: readonly string[]): readonly KubernetesObject[] {
  return names.flatMap((name) => namespaceWithContents(name).slice(1)) as unknown as readonly KubernetesObject[];
}

/** A cluster description may leave out the namespaces (and their service accounts) that its objects live in. */
export function missingNamespaces(objects: readonly KubernetesObject[], wanted: readonly string[]): readonly KubernetesObject[] {
  const present = new Set<string>([...SYSTEM_NAMESPACES.flatMap((n) => [`Namespace /${n}`, `ServiceAccount ${n}/default`, `ConfigMap ${n}/kube-root-ca.crt`])]);
  for (const o of objects) present.add(`${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`);
  const names = new Set([...wanted, ...objects.flatMap((o) => (o.kind === 'Namespace' ? [o.metadata.name] : o.metadata.namespace ? [o.metadata.namespace] : []))]);
  const missing: object[] = [];
  for (const name of names) {
    for (const object of namespaceWithContents(name) as readonly KubernetesObject[]) {
      if (!present.has(`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`)) missing.push(object);
    }
  }
  return missing as unknown as readonly KubernetesObject[];
}

function priorityClass(name: string, value: number, description: string): object {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, globalDefault: false, description, preemptionPolicy: 'PreemptLowerPriority' };
}
