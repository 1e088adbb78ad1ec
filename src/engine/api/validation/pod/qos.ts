import type { Pod, ResourceRequirements } from '../../generated/types';
import { addQuantity, compareQuantity, type Quantity } from '../../quantity';
import { quantity } from '../core/values';

/** ComputePodQOS of pkg/apis/core/helper/qos: pod-level resources win where they are set. */
type Amounts = Map<string, Quantity>;
const ZERO = quantity(undefined);

function collect(list: ResourceRequirements['limits'], to: Amounts, sum: boolean): void {
  for (const name of ['cpu', 'memory']) {
    const value = list?.[name];
    if (value === undefined || compareQuantity(quantity(value), ZERO) <= 0) continue;
    const before = to.get(name);
    to.set(name, before && sum ? addQuantity(before, quantity(value)) : quantity(value));
  }
}

const positive = (list: ResourceRequirements['limits'], name: string): boolean => list?.[name] !== undefined && compareQuantity(quantity(list[name]), ZERO) > 0;

export function computePodQOS(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const requests: Amounts = new Map();
  const limits: Amounts = new Map();
  const { spec } = pod;
  let allLimited = true;
  if (spec.resources && (Object.keys(spec.resources.requests ?? {}).length || Object.keys(spec.resources.limits ?? {}).length)) {
    collect(spec.resources.requests, requests, false);
    collect(spec.resources.limits, limits, false);
    allLimited = limits.has('cpu') && limits.has('memory');
  } else {
    for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
      collect(resources?.requests, requests, true);
      collect(resources?.limits, limits, true);
      allLimited &&= positive(resources?.limits, 'cpu') && positive(resources?.limits, 'memory');
    }
  }
  if (!requests.size && !limits.size) return 'BestEffort';
  const equal = requests.size === limits.size && [...requests].every(([name, r]) => { const l = limits.get(name); return l !== undefined && compareQuantity(l, r) === 0; });
  return allLimited && equal ? 'Guaranteed' : 'Burstable';
}
