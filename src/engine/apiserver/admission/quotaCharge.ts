import type { ResourceQuota } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { amountsOf, exceeded, listOf, minusNotBelowZero, only, plus, printAmounts, sameAmounts, withoutZeros, type Amounts } from '../../api/quota/amounts';
import { quotaMatches, type QuotaEvaluator } from '../../api/quota/evaluators';
import { isStatus, type Status } from '../../api/status';
import { denied } from './denied';
import type { AdmissionAttributes } from './plugin';

/** The quotas of a namespace with a request charged to them; those it does not touch are the same references. */
export type Charged = readonly ResourceQuota[];

/** resourcequota.CheckRequest: what the quotas would say if the request went through, or why it must not. */
export function charge(quotas: Charged, attributes: AdmissionAttributes, evaluator: QuotaEvaluator, now: number): Charged | Status {
  const object = attributes.object as KubernetesObject;
  const matching = new Set<ResourceQuota>();
  for (const quota of quotas) {
    if (!quotaMatches(quota, evaluator, object)) continue;
    const refusal = unready(quota, attributes, evaluator);
    if (refusal) return refusal;
    matching.add(quota);
  }
  if (matching.size === 0) return quotas;
  const usage = evaluator.usage(object, now);
  const old = attributes.operation === 'UPDATE' ? attributes.oldObject : undefined;
  const difference = old ? minusNotBelowZero(usage, evaluator.usage(old, now)) : usage;
  const next: ResourceQuota[] = [];
  for (const quota of quotas) {
    // An update is charged with its difference, or in full where it comes into the quota's scope only now.
    const delta = withoutZeros(old && quotaMatches(quota, evaluator, old) ? difference : usage);
    const charged = matching.has(quota) && delta.size > 0 ? chargeOne(quota, delta, attributes) : quota;
    if (isStatus(charged)) return charged;
    next.push(charged as ResourceQuota);
  }
  return next;
}

/** What must hold before anything is charged to a quota: the object states what it must, and the quota has been counted once. */
function unready(quota: ResourceQuota, attributes: AdmissionAttributes, evaluator: QuotaEvaluator): Status | undefined {
  const { name } = quota.metadata;
  const restricted = Object.keys(quota.status?.hard ?? {}).filter((resource) => evaluator.covers(resource)).sort();
  const unmet = evaluator.constraint(restricted, attributes.object as KubernetesObject);
  if (unmet) return denied(attributes, `failed quota: ${name}: ${unmet}`);
  const counted = restricted.every((resource) => quota.status?.used?.[resource] !== undefined);
  return counted ? undefined : denied(attributes, `status unknown for quota: ${name}, resources: ${restricted.join(',')}`);
}

function chargeOne(quota: ResourceQuota, delta: Amounts, attributes: AdmissionAttributes): ResourceQuota | Status {
  const hard = amountsOf(quota.status?.hard);
  const used = amountsOf(quota.status?.used);
  const requested = only(delta, hard.keys());
  const next = plus(used, requested);
  const over = attributes.subresource === 'status' ? [] : exceeded(only(next, requested.keys()), hard);
  if (over.length > 0) {
    return denied(attributes, `exceeded quota: ${quota.metadata.name}, requested: ${printAmounts(only(requested, over))}, used: ${printAmounts(only(used, over))}, limited: ${printAmounts(only(hard, over))}`);
  }
  return sameAmounts(used, next) ? quota : { ...quota, status: { ...quota.status, used: listOf(next) } };
}
