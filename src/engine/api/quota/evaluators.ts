import type { PersistentVolumeClaim, Pod, ResourceQuota, ResourceResourceClaim, Service } from '../generated/types';
import type { KubernetesObject } from '../object';
import type { Quantity } from '../quantity';
import { amountsOf, ONE } from './amounts';
import { hasPodLevelResources } from './podResources';
import { claimScope, noScope, podScope, scopesOf, type MatchesScope } from './scopes';
import { claimUsage, computeUsage, countName, podUsage, resourceClaimUsage, serviceUsage } from './usage';

/** How one kind of resource is measured against quotas; shared by admission, which charges, and by the controller, which recounts. */
export interface QuotaEvaluator {
  /** Of a quota's resource names, those that this kind uses up. */
  covers(name: string): boolean;
  /** What an object uses at a time in milliseconds since 1970. */
  usage(object: KubernetesObject, now: number): Map<string, Quantity>;
  scope(object: KubernetesObject): MatchesScope;
  /** What the object must say because a quota has these resources; undefined when it does. */
  constraint(required: readonly string[], object: KubernetesObject): string | undefined;
}

const noConstraint = (): undefined => undefined;
const unscoped = (): MatchesScope => noScope;

const POD_RESOURCES = new Set([
  countName('', 'pods'), 'cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage', 'pods',
]);
/** Resources that every container must state once a quota has them. Kubernetes calls this a mistake that it keeps. */
const MUST_BE_STATED = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

const isExtendedQuotaName = (name: string): boolean => name.includes('/') && !name.includes('kubernetes.io/') && name.startsWith('requests.');

const pods: QuotaEvaluator = {
  covers: (name) => POD_RESOURCES.has(name) || name.startsWith('hugepages-') || name.startsWith('requests.hugepages-') || isExtendedQuotaName(name),
  usage: (object, now) => podUsage(object as unknown as Pod, now),
  scope: (object) => podScope(object as unknown as Pod),
  constraint: (required, object) => unstated(required, object as unknown as Pod),
};

function unstated(required: readonly string[], pod: Pod): string | undefined {
  if (hasPodLevelResources(pod.spec)) return undefined;
  const needed = required.filter((name) => MUST_BE_STATED.has(name)).sort();
  const missing = needed.map((name) => {
    const containers = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]
      .filter((c) => !computeUsage(amountsOf(c.resources?.requests), amountsOf(c.resources?.limits)).has(name)).map((c) => c.name);
    return { name, containers: [...new Set(containers)].sort() };
  }).filter((m) => m.containers.length > 0);
  return missing.length === 0 ? undefined : `must specify ${missing.map((m) => `${m.name} for: ${m.containers.join(',')}`).join('; ')}`;
}

const SERVICE_RESOURCES = new Set([countName('', 'services'), 'services', 'services.nodeports', 'services.loadbalancers']);
const services: QuotaEvaluator = {
  covers: (name) => SERVICE_RESOURCES.has(name), usage: (object) => serviceUsage(object as unknown as Service), scope: unscoped, constraint: noConstraint,
};

const CLAIM_RESOURCES = new Set([countName('', 'persistentvolumeclaims'), 'persistentvolumeclaims', 'requests.storage']);
const claims: QuotaEvaluator = {
  covers: (name) => CLAIM_RESOURCES.has(name) || name.endsWith('.storageclass.storage.k8s.io/persistentvolumeclaims') || name.endsWith('.storageclass.storage.k8s.io/requests.storage'),
  usage: (object) => claimUsage(object as unknown as PersistentVolumeClaim), scope: (object) => claimScope(object as unknown as PersistentVolumeClaim), constraint: noConstraint,
};

const resourceClaims: QuotaEvaluator = {
  covers: (name) => name === countName('resource.k8s.io', 'resourceclaims') || name.endsWith('.deviceclass.resource.k8s.io/devices'),
  usage: (object) => resourceClaimUsage(object as unknown as ResourceResourceClaim), scope: unscoped, constraint: noConstraint,
};

/** Names that quotas had for counts of objects before count/. */
const OLD_NAMES: { readonly [resource: string]: string } = { '/configmaps': 'configmaps', '/resourcequotas': 'resourcequotas', '/replicationcontrollers': 'replicationcontrollers', '/secrets': 'secrets' };

function counted(group: string, resource: string): QuotaEvaluator {
  const names = [countName(group, resource), ...(OLD_NAMES[`${group}/${resource}`] ? [OLD_NAMES[`${group}/${resource}`] as string] : [])];
  const usage = new Map(names.map((name) => [name, ONE]));
  return { covers: (name) => names.includes(name), usage: () => usage, scope: unscoped, constraint: noConstraint };
}

const evaluators = new Map<string, QuotaEvaluator>([['/pods', pods], ['/services', services], ['/persistentvolumeclaims', claims], ['resource.k8s.io/resourceclaims', resourceClaims]]);
const MAX_EVALUATORS = 10_000;

/** The evaluator of a resource: its own, or one that counts objects. */
export function evaluatorFor(group: string, resource: string): QuotaEvaluator {
  const key = `${group}/${resource}`;
  let evaluator = evaluators.get(key);
  if (evaluator === undefined) {
    evaluator = counted(group, resource);
    if (evaluators.size < MAX_EVALUATORS) evaluators.set(key, evaluator);
  }
  return evaluator;
}

/** Whether a quota is about an object at all: one of its resources is of this kind, and the object is in all its scopes. */
export function quotaMatches(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubernetesObject): boolean {
  if (!Object.keys(quota.status?.hard ?? {}).some((name) => evaluator.covers(name))) return false;
  const matches = evaluator.scope(object);
  return scopesOf(quota).every(matches);
}
