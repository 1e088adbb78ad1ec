import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../../api/generated/types';
import type { ObjectWithMeta } from '../../api/object';
import { addQuantity, compareQuantity, parseQuantity, quantityOf, subtractQuantity, type Quantity } from '../../api/quantity';
import { seconds } from '../objects';

export type ResourceList = { readonly [resource: string]: Quantity };

/** Kinds that quotas count by a short name of their own. */
const SHORT_NAMES: { readonly [resource: string]: string } = {
  pods: 'pods', services: 'services', replicationcontrollers: 'replicationcontrollers', resourcequotas: 'resourcequotas', secrets: 'secrets', configmaps: 'configmaps',
  persistentvolumeclaims: 'persistentvolumeclaims',
};

const ONE = quantityOf(1);

/** What one object uses of every resource that a quota can limit, by the evaluators of pkg/quota/v1/evaluator/core. */
export function usageOf(group: string, resource: string, object: ObjectWithMeta, nowMilliseconds: number): ResourceList {
  const count = { [`count/${resource}${group ? `.${group}` : ''}`]: ONE };
  if (group !== '') return count;
  const short = SHORT_NAMES[resource];
  switch (resource) {
    case 'pods': return { ...count, ...podUsage(object as Pod, nowMilliseconds) };
    case 'services': return { ...count, services: ONE, ...serviceUsage(object as Service) };
    case 'persistentvolumeclaims': return { ...count, persistentvolumeclaims: ONE, ...claimUsage(object as PersistentVolumeClaim) };
    default: return short ? { ...count, [short]: ONE } : count;
  }
}

/** QuotaV1Pod: a pod that has ended, or is stuck in its deletion, uses nothing but its place in etcd. */
export function isQuotaPod(pod: Pod, nowMilliseconds: number): boolean {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  return deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined || nowMilliseconds <= seconds(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function podUsage(pod: Pod, now: number): ResourceList {
  if (!isQuotaPod(pod, now)) return {};
  const usage: { [resource: string]: Quantity } = { pods: ONE };
  const requests = podResources(pod, 'requests'), limits = podResources(pod, 'limits');
  for (const [name, quantity] of Object.entries(requests)) {
    usage[`requests.${name}`] = quantity;
    if (STANDARD.has(name)) usage[name] = quantity;
    if (name.startsWith('hugepages-')) usage[name] = quantity;
  }
  for (const [name, quantity] of Object.entries(limits)) if (STANDARD.has(name)) usage[`limits.${name}`] = quantity;
  return usage;
}

const STANDARD: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** resource.PodRequests and PodLimits: containers and sidecars together, or an init container that needs more; overhead on top. */
function podResources(pod: Pod, kind: 'requests' | 'limits'): ResourceList {
  const total: { [resource: string]: Quantity } = {};
  const add = (to: { [resource: string]: Quantity }, list: { readonly [resource: string]: string } | undefined): void => {
    for (const [name, text] of Object.entries(list ?? {})) { const q = parseQuantity(text); if (q) to[name] = to[name] ? addQuantity(to[name], q) : q; }
  };
  for (const container of pod.spec.containers) add(total, container.resources?.[kind]);
  const sidecars: { [resource: string]: Quantity } = {};
  const most: { [resource: string]: Quantity } = {};
  for (const container of pod.spec.initContainers ?? []) {
    const own: { [resource: string]: Quantity } = {};
    if (container.restartPolicy === 'Always') { add(sidecars, container.resources?.[kind]); add(total, container.resources?.[kind]); } else add(own, container.resources?.[kind]);
    for (const [name, q] of Object.entries(container.restartPolicy === 'Always' ? sidecars : sum(own, sidecars))) if (most[name] === undefined || compareQuantity(q, most[name]) > 0) most[name] = q;
  }
  for (const [name, q] of Object.entries(most)) if (total[name] === undefined || compareQuantity(q, total[name]) > 0) total[name] = q;
  for (const [name, text] of Object.entries(pod.spec.resources?.[kind] ?? {})) { const q = parseQuantity(text); if (q) total[name] = q; }
  if (kind === 'requests' || Object.keys(total).length > 0) add(total, pod.spec.overhead);
  return total;
}

export function sum(a: ResourceList, b: ResourceList): ResourceList {
  const total: { [resource: string]: Quantity } = { ...a };
  for (const [name, q] of Object.entries(b)) total[name] = total[name] ? addQuantity(total[name], q) : q;
  return total;
}

export function difference(a: ResourceList, b: ResourceList): ResourceList {
  const total: { [resource: string]: Quantity } = { ...a };
  for (const [name, q] of Object.entries(b)) total[name] = total[name] ? subtractQuantity(total[name], q) : subtractQuantity(quantityOf(0), q);
  return total;
}

function serviceUsage(service: Service): ResourceList {
  const ports = (service.spec.ports ?? []).length;
  switch (service.spec.type) {
    case 'NodePort': return { 'services.nodeports': quantityOf(ports), 'services.loadbalancers': quantityOf(0) };
    case 'LoadBalancer': return { 'services.nodeports': quantityOf(service.spec.allocateLoadBalancerNodePorts === false ? (service.spec.ports ?? []).filter((p) => p.nodePort).length : ports), 'services.loadbalancers': ONE };
    default: return { 'services.nodeports': quantityOf(0), 'services.loadbalancers': quantityOf(0) };
  }
}

function claimUsage(claim: PersistentVolumeClaim): ResourceList {
  const className = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName;
  const storage = parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');
  const prefix = className ? `${className}.storageclass.storage.k8s.io/` : undefined;
  return {
    ...(prefix ? { [`${prefix}persistentvolumeclaims`]: ONE } : {}),
    ...(storage ? { 'requests.storage': storage, ...(prefix ? { [`${prefix}requests.storage`]: storage } : {}) } : {}),
  };
}

interface Scope {
  readonly name: string;
  readonly operator: string;
  readonly values: readonly string[];
}

function scopesOf(quota: ResourceQuota): readonly Scope[] {
  return [
    ...(quota.spec?.scopes ?? []).map((name) => ({ name, operator: 'Exists', values: [] })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []).map((e) => ({ name: e.scopeName, operator: e.operator, values: e.values ?? [] })),
  ];
}

const isBestEffort = (pod: Pod): boolean =>
  ![...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some((c) => ['cpu', 'memory'].some((name) => c.resources?.requests?.[name] !== undefined || c.resources?.limits?.[name] !== undefined));

/** Whether a quota's scopes take in an object. Scopes speak of pods, and one of them of claims. */
export function isInScope(quota: ResourceQuota, resource: string, object: ObjectWithMeta): boolean {
  return scopesOf(quota).every((scope) => {
    if (scope.name === 'VolumeAttributesClass') return resource === 'persistentvolumeclaims';
    if (resource !== 'pods') return false;
    const pod = object as Pod;
    switch (scope.name) {
      case 'Terminating': return pod.spec.activeDeadlineSeconds !== undefined;
      case 'NotTerminating': return pod.spec.activeDeadlineSeconds === undefined;
      case 'BestEffort': return isBestEffort(pod);
      case 'NotBestEffort': return !isBestEffort(pod);
      case 'PriorityClass': return matchesPriorityClass(scope, pod.spec.priorityClassName);
      case 'CrossNamespacePodAffinity': return usesCrossNamespaceAffinity(pod);
      default: return false;
    }
  });
}

function matchesPriorityClass(scope: Scope, name: string | undefined): boolean {
  switch (scope.operator) {
    case 'Exists': return Boolean(name);
    case 'DoesNotExist': return !name;
    case 'In': return name !== undefined && scope.values.includes(name);
    case 'NotIn': return name === undefined || !scope.values.includes(name);
    default: return false;
  }
}

function usesCrossNamespaceAffinity(pod: Pod): boolean {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const terms = [podAffinity, podAntiAffinity].flatMap((a) => [...(a?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...(a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w) => w.podAffinityTerm)]);
  return terms.some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined);
}

/** Only the resources that the quota limits. */
export function masked(usage: ResourceList, quota: ResourceQuota): ResourceList {
  const hard = quota.spec?.hard ?? {};
  return Object.fromEntries(Object.entries(usage).filter(([name]) => name in hard));
}
