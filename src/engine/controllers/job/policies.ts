import type { Job, Pod, PodFailurePolicyRule, PodFailurePolicyOnExitCodesRequirement } from '../../api/generated/types';
import { parseIndexes } from './indexes';

export interface FailureVerdict {
  /** Ends the job with this message. */
  readonly failJob?: string;
  /** Whether the failure counts towards the back-off limit. */
  readonly counts: boolean;
  readonly action?: string;
}

/** matchPodFailurePolicy: the first rule that fits a failed pod decides. */
export function matchFailurePolicy(job: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = rule.onExitCodes ? matchExitCodes(rule.onExitCodes, pod) : matchConditions(rule, pod);
    if (why === undefined) continue;
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    switch (rule.action) {
      case 'Ignore': return { counts: false, action: rule.action };
      case 'FailIndex': return { counts: true, action: rule.action };
      case 'FailJob': return { counts: true, action: rule.action, failJob: `${why.replace('{pod}', name)} matching ${rule.action} rule at index ${index}` };
      default: return { counts: true, action: rule.action };
    }
  }
  return { counts: true };
}

function matchExitCodes(wanted: PodFailurePolicyOnExitCodesRequirement, pod: Pod): string | undefined {
  for (const status of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
    const terminated = status.state?.terminated;
    if (terminated === undefined || terminated.exitCode === 0 || (wanted.containerName && wanted.containerName !== status.name)) continue;
    const listed = (wanted.values ?? []).includes(terminated.exitCode);
    if (wanted.operator === 'In' ? listed : !listed) return `Container ${status.name} for pod {pod} failed with exit code ${terminated.exitCode}`;
  }
  return undefined;
}

function matchConditions(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  for (const wanted of rule.onPodConditions ?? []) {
    const found = pod.status?.conditions?.find((c) => c.type === wanted.type && c.status === (wanted.status ?? 'True'));
    if (found) return `Pod {pod} has condition ${found.type}`;
  }
  return undefined;
}

/** matchSuccessPolicy: the message of the first rule that the succeeded indexes fulfil. */
export function matchSuccessPolicy(job: Job, succeeded: ReadonlySet<number>): string | undefined {
  const completions = job.spec.completions ?? 0;
  for (const [i, rule] of (job.spec.successPolicy?.rules ?? []).entries()) {
    if (rule.succeededIndexes !== undefined) {
      const wanted = parseIndexes(rule.succeededIndexes, completions);
      const met = [...wanted].filter((index) => succeeded.has(index)).length;
      if (met >= (rule.succeededCount ?? wanted.size)) return `Matched rules at index ${i}`;
    } else if (rule.succeededCount !== undefined && succeeded.size >= rule.succeededCount) return `Matched rules at index ${i}`;
  }
  return undefined;
}
