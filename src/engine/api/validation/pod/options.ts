import type { ObjectMeta, PodSpec } from '../../generated/types';
import type { Errors } from '../field';
import { Path } from '../field';
import { isHugePageValueDivisible } from './hugepages';
import { isHugePageName } from '../core/resourceNames';
import { selectorHasInvalidLabelValue, validateLabelSelector } from '../selectors';
import { isValidLabelValue } from '../formats';
import { hostSysctlError } from './sysctls';
import { validateLocalNonReservedPath } from './paths';
import { deletionCostIsValid } from './deletionCost';
import { validateMatchLabelKeys } from './labelKeys';

/**
 * PodValidationOptions of pkg/apis/core/validation, with the feature gates at their v1.36 defaults. What an update may
 * keep because the stored object has it already is computed from the old object (pkg/api/pod).
 */
export interface PodOptions {
  /** The spec is a pod's own, not that of a template. */
  readonly resourceIsPod: boolean;
  readonly allowInvalidPodDeletionCost: boolean;
  readonly allowInvalidLabelValueInSelector: boolean;
  readonly allowInvalidLabelValueInRequiredNodeAffinity: boolean;
  readonly allowInvalidTopologySpreadSelector: boolean;
  readonly allowIndivisibleHugePages: boolean;
  readonly allowNonLocalTokenPath: boolean;
  readonly allowNamespacedSysctls: boolean;
  /** SELinuxMount is off: "MountOption" may only be kept. */
  readonly allowOnlyRecursiveSELinux: boolean;
  readonly allowUserNamespacesWithVolumeDevices: boolean;
  readonly oldViolatesMatchLabelKeys: boolean;
}

/** RestartAllContainersOnContainerExits: on. */
export const ALLOW_RESTART_ALL_CONTAINERS = true;
/** TaintTolerationComparisonOperators: off. */
export const ALLOW_COMPARISON_OPERATORS = false;

export const TEMPLATE_CREATE: PodOptions = {
  resourceIsPod: false, allowInvalidPodDeletionCost: false, allowInvalidLabelValueInSelector: false, allowInvalidLabelValueInRequiredNodeAffinity: false,
  allowInvalidTopologySpreadSelector: false, allowIndivisibleHugePages: false, allowNonLocalTokenPath: false, allowNamespacedSysctls: false, allowOnlyRecursiveSELinux: true,
  allowUserNamespacesWithVolumeDevices: false, oldViolatesMatchLabelKeys: false,
};
export const POD_CREATE: PodOptions = { ...TEMPLATE_CREATE, resourceIsPod: true };

/** Options for an update: what the old spec violates, the new one may. */
export function updateOptions(old: PodSpec | undefined, oldMeta: Partial<ObjectMeta> | undefined, resourceIsPod: boolean): PodOptions {
  const base = resourceIsPod ? POD_CREATE : TEMPLATE_CREATE;
  const badCost = !deletionCostIsValid(oldMeta?.annotations);
  if (!old) return badCost ? { ...base, allowInvalidPodDeletionCost: true } : base;
  return {
    resourceIsPod,
    allowInvalidPodDeletionCost: badCost,
    allowInvalidLabelValueInSelector: old.affinity !== undefined && affinityHasInvalidValue(old),
    allowInvalidLabelValueInRequiredNodeAffinity: old.affinity !== undefined && nodeAffinityHasInvalidValue(old),
    allowInvalidTopologySpreadSelector: old.topologySpreadConstraints !== undefined && spreadHasInvalidSelector(old),
    allowIndivisibleHugePages: usesIndivisibleHugePages(old),
    allowNonLocalTokenPath: hasNonLocalTokenPath(old),
    allowNamespacedSysctls: old.securityContext?.sysctls?.some((s) => hostSysctlError(s.name, old) !== '') ?? false,
    allowOnlyRecursiveSELinux: old.securityContext?.seLinuxChangePolicy === undefined,
    allowUserNamespacesWithVolumeDevices: old.hostUsers === false && allContainers(old).some((c) => c.volumeDevices?.length),
    oldViolatesMatchLabelKeys: old.topologySpreadConstraints !== undefined && spreadViolatesMatchLabelKeys(old),
  };
}

const allContainers = (spec: PodSpec): readonly NonNullable<PodSpec['initContainers']>[number][] =>
  [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];

function affinityHasInvalidValue(spec: PodSpec): boolean {
  const terms = [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity].flatMap((a) => [
    ...(a?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...(a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((w) => w.podAffinityTerm),
  ]);
  return terms.some((t) => selectorHasInvalidLabelValue(t.labelSelector) || selectorHasInvalidLabelValue(t.namespaceSelector));
}

const nodeAffinityHasInvalidValue = (spec: PodSpec): boolean =>
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.some((t) =>
    t.matchExpressions?.some((e) => e.values?.some((v) => isValidLabelValue(v).length > 0) ?? false) ?? false) ?? false;

function spreadHasInvalidSelector(spec: PodSpec): boolean {
  const errs: Errors = [];
  spec.topologySpreadConstraints?.forEach((c) => { validateLabelSelector(c.labelSelector, Path.root, errs); });
  return errs.length > 0;
}

function spreadViolatesMatchLabelKeys(spec: PodSpec): boolean {
  const errs: Errors = [];
  spec.topologySpreadConstraints?.forEach((c) => { validateMatchLabelKeys(c.matchLabelKeys, undefined, c.labelSelector, Path.root, errs); });
  return errs.length > 0;
}

function usesIndivisibleHugePages(spec: PodSpec): boolean {
  return allContainers(spec).some((c) => [c.resources?.limits, c.resources?.requests].some((list) => {
    for (const name in list) if (isHugePageName(name) && !isHugePageValueDivisible(name, list[name])) return true;
    return false;
  }));
}

function hasNonLocalTokenPath(spec: PodSpec): boolean {
  const errs: Errors = [];
  spec.volumes?.forEach((v) => v.projected?.sources?.forEach((s) => {
    if (s.serviceAccountToken) validateLocalNonReservedPath(s.serviceAccountToken.path ?? '', Path.root, errs);
  }));
  return errs.length > 0;
}
