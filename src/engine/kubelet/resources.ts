import type { Container, Pod, ResourceRequirements } from '../api/generated/types';
import { addQuantity, compareQuantity, formatQuantity, parseQuantity, type Quantity } from '../api/quantity';
import { isSidecar } from './restartPolicy';

export type ResourceList = { readonly [name: string]: string };
type Amounts = Map<string, Quantity>;
type Side = 'requests' | 'limits';

const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) {
    const quantity = parseQuantity(list[name] ?? '');
    if (quantity) amounts.set(name, quantity);
  }
  return amounts;
}

function add(into: Amounts, amounts: Amounts): void {
  for (const [name, quantity] of amounts) {
    const old = into.get(name);
    into.set(name, old === undefined ? quantity : addQuantity(old, quantity));
  }
}

function raise(into: Amounts, amounts: Amounts): void {
  for (const [name, quantity] of amounts) {
    const old = into.get(name);
    if (old === undefined || compareQuantity(quantity, old) > 0) into.set(name, quantity);
  }
}

/** resourcehelper.PodRequests and PodLimits: containers with sidecars, or the largest init container with those before it. */
function aggregate(pod: Pod, side: Side): Amounts {
  const spec = pod.spec;
  const total: Amounts = new Map();
  const of = (container: Container): Amounts => amountsOf(container.resources?.[side]);
  for (const container of spec?.containers ?? []) add(total, of(container));
  const sidecars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const container of spec?.initContainers ?? []) {
    const own = of(container);
    if (isSidecar(container)) { add(total, own); add(sidecars, own); raise(initial, sidecars); continue; }
    add(own, sidecars);
    raise(initial, own);
  }
  raise(total, initial);
  for (const [name, quantity] of amountsOf(spec?.resources?.[side])) if (isPodLevel(name)) total.set(name, quantity);
  if (side === 'requests') add(total, amountsOf(spec?.overhead));
  else for (const [name, quantity] of amountsOf(spec?.overhead)) { const old = total.get(name); if (old) total.set(name, addQuantity(old, quantity)); }
  return total;
}

/** What a pod asks of its node. */
export const podRequests = (pod: Pod): ReadonlyMap<string, Quantity> => aggregate(pod, 'requests');

const listOf = (amounts: Amounts): ResourceList => Object.fromEntries([...amounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, quantity]) => [name, formatQuantity(quantity)]));

export interface PodResourcesStatus { readonly resources: ResourceRequirements; readonly allocatedResources: ResourceList | undefined }

const known = new WeakMap<object, PodResourcesStatus>();

/** status.resources and status.allocatedResources of a pod (KEP-5419): what its containers add up to. Remembered by the spec's identity. */
export function podResourcesStatus(pod: Pod): PodResourcesStatus {
  const spec = pod.spec;
  const found = spec && known.get(spec);
  if (found) return found;
  const made = addUp(pod);
  if (spec) known.set(spec, made);
  return made;
}

function addUp(pod: Pod): PodResourcesStatus {
  const requests = aggregate(pod, 'requests');
  const limits = aggregate(pod, 'limits');
  const requested = requests.size > 0 ? listOf(requests) : undefined;
  return { resources: { ...(requested ? { requests: requested } : {}), ...(limits.size > 0 ? { limits: listOf(limits) } : {}) }, allocatedResources: requested };
}
