import type { PodSpec, ResourceRequirements } from '../generated/types';
import { addQuantity, compareQuantity, parseQuantity, type Quantity } from '../quantity';

type Amounts = Map<string, Quantity>;
const COMPUTE = ['cpu', 'memory'] as const;

function addPositive(to: Amounts, list: { readonly [name: string]: string } | undefined): number {
  let found = 0;
  for (const name of COMPUTE) {
    const text = list?.[name];
    const amount = text === undefined ? undefined : parseQuantity(text);
    if (!amount || amount.unscaled <= 0n) continue;
    found++;
    const before = to.get(name);
    to.set(name, before ? addQuantity(before, amount) : amount);
  }
  return found;
}

/** The quality of service class: Guaranteed, Burstable or BestEffort (ComputePodQOS). */
export function podQosClass(spec: PodSpec): string {
  const requests: Amounts = new Map();
  const limits: Amounts = new Map();
  let guaranteed = true;
  const parts: readonly (ResourceRequirements | undefined)[] = spec.resources ? [spec.resources] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.resources);
  for (const part of parts) {
    addPositive(requests, part?.requests);
    const limited = addPositive(limits, part?.limits);
    const judged = !spec.resources || Object.keys(part?.limits ?? {}).length > 0;
    if (judged && limited < COMPUTE.length) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (!guaranteed || requests.size !== limits.size) return 'Burstable';
  return [...requests].every(([name, amount]) => { const limit = limits.get(name); return limit !== undefined && compareQuantity(limit, amount) === 0; }) ? 'Guaranteed' : 'Burstable';
}
