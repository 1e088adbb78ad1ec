import type { PersistentVolumeClaim, Pod, PodAffinityTerm, ResourceQuota, ScopedResourceSelectorRequirement } from '../generated/types';
import { podQosClass } from '../strategy/qos';

/** Whether an object is in a quota's scope. */
export type MatchesScope = (selector: ScopedResourceSelectorRequirement) => boolean;

/** The scopes of a quota: the plain ones and those of its selector. */
export function scopesOf(quota: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  return [...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })), ...(quota.spec?.scopeSelector?.matchExpressions ?? [])];
}

/** core.IsTerminating: a pod that is meant to end by itself. */
export const isTerminating = (pod: Pod): boolean => (pod.spec.activeDeadlineSeconds ?? -1) >= 0;

/** podMatchesScopeFunc */
export function podScope(pod: Pod): MatchesScope {
  return (selector) => {
    switch (selector.scopeName) {
      case 'Terminating': return isTerminating(pod);
      case 'NotTerminating': return !isTerminating(pod);
      case 'BestEffort': return podQosClass(pod.spec) === 'BestEffort';
      case 'NotBestEffort': return podQosClass(pod.spec) !== 'BestEffort';
      case 'PriorityClass': return selects(selector, pod.spec.priorityClassName ? [pod.spec.priorityClassName] : []);
      case 'CrossNamespacePodAffinity': return crossesNamespaces(pod);
      default: return false;
    }
  };
}

/** pvcMatchesScopeFunc */
export function claimScope(claim: PersistentVolumeClaim): MatchesScope {
  const { spec, status } = claim;
  const names = [spec.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName].filter((n): n is string => !!n);
  return (selector) => selector.scopeName === 'VolumeAttributesClass' && selects(selector, names);
}

export const noScope: MatchesScope = () => false;

/** A label selector on the one label that the scope is; several values are in it if any is. */
function selects(selector: ScopedResourceSelectorRequirement, values: readonly string[]): boolean {
  const wanted = selector.values ?? [];
  switch (selector.operator) {
    case 'Exists': return values.length > 0;
    case 'DoesNotExist': return values.length === 0;
    case 'In': return values.some((v) => wanted.includes(v));
    case 'NotIn': return values.length === 0 || values.some((v) => !wanted.includes(v));
    default: return false;
  }
}

function crossesNamespaces(pod: Pod): boolean {
  const crosses = (term: PodAffinityTerm): boolean => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined;
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  return [podAffinity, podAntiAffinity].some((a) =>
    (a?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(crosses) || (a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).some((w) => crosses(w.podAffinityTerm)));
}
