import type { Container, ContainerStatus, Pod } from '../api/generated/types';
import { addQuantity, compareQuantity, milliQuantityOf, parseQuantity, quantityOf, type Quantity } from '../api/quantity';

/** Amounts as the scheduler computes with them: CPU in thousandths, all else in whole units. */
export class Resource {
  milliCPU = 0;
  memory = 0;
  ephemeralStorage = 0;
  allowedPodNumber = 0;
  /** Extended, hugepages and other prefixed resources. Absent until one is set. */
  scalar: Map<string, number> | undefined;

  add(other: Resource, sign: 1 | -1): void {
    this.milliCPU += sign * other.milliCPU;
    this.memory += sign * other.memory;
    this.ephemeralStorage += sign * other.ephemeralStorage;
    if (!other.scalar) return;
    const scalar = (this.scalar ??= new Map<string, number>());
    for (const [name, amount] of other.scalar) scalar.set(name, (scalar.get(name) ?? 0) + sign * amount);
  }

  clone(): Resource {
    const copy = new Resource();
    copy.milliCPU = this.milliCPU;
    copy.memory = this.memory;
    copy.ephemeralStorage = this.ephemeralStorage;
    copy.allowedPodNumber = this.allowedPodNumber;
    if (this.scalar) copy.scalar = new Map(this.scalar);
    return copy;
  }

  /** The amount of any resource by its name; 0 where there is none. */
  get(name: string): number {
    switch (name) {
      case 'cpu': return this.milliCPU;
      case 'memory': return this.memory;
      case 'ephemeral-storage': return this.ephemeralStorage;
      case 'pods': return this.allowedPodNumber;
      default: return this.scalar?.get(name) ?? 0;
    }
  }
}

export type ResourceList = { readonly [name: string]: string } | undefined;
type Amounts = Map<string, Quantity>;

/** schedutil.DefaultMilliCPURequest and DefaultMemoryRequest: what scoring assumes for a container that asks for nothing. */
export const DEFAULT_MILLI_CPU = 100;
export const DEFAULT_MEMORY = 200 * 1024 * 1024;
const DEFAULT_CPU_QUANTITY = milliQuantityOf(DEFAULT_MILLI_CPU);
const DEFAULT_MEMORY_QUANTITY = quantityOf(DEFAULT_MEMORY);

/** v1helper.IsExtendedResourceName */
export const isExtendedResourceName = (name: string): boolean =>
  name.includes('/') && !name.startsWith('kubernetes.io/') && !name.includes('.kubernetes.io/') && !name.startsWith('requests.');
const isNativePrefixed = (name: string): boolean => name.startsWith('kubernetes.io/') || /^[^/]*\.kubernetes\.io\//.test(name);

/** schedutil.IsScalarResourceName */
export const isScalarResourceName = (name: string): boolean =>
  isExtendedResourceName(name) || name.startsWith('hugepages-') || isNativePrefixed(name) || name.startsWith('attachable-volumes-');

export function resourceFromList(list: ResourceList): Resource {
  const amounts: Amounts = new Map();
  addList(amounts, list);
  return toResource(amounts);
}

export function toResource(amounts: ReadonlyMap<string, Quantity>): Resource {
  const resource = new Resource();
  for (const [name, quantity] of amounts) {
    switch (name) {
      case 'cpu': resource.milliCPU = quantity.milliValue; break;
      case 'memory': resource.memory = quantity.value; break;
      case 'ephemeral-storage': resource.ephemeralStorage = quantity.value; break;
      case 'pods': resource.allowedPodNumber = quantity.value; break;
      default: if (isScalarResourceName(name)) (resource.scalar ??= new Map<string, number>()).set(name, quantity.value);
    }
  }
  return resource;
}

function addAmount(amounts: Amounts, name: string, quantity: Quantity): void {
  const old = amounts.get(name);
  amounts.set(name, old === undefined ? quantity : addQuantity(old, quantity));
}

function maxAmount(amounts: Amounts, name: string, quantity: Quantity): void {
  const old = amounts.get(name);
  if (old === undefined || compareQuantity(quantity, old) > 0) amounts.set(name, quantity);
}

function addList(amounts: Amounts, list: ResourceList): void {
  if (!list) return;
  for (const name in list) {
    const quantity = parseQuantity(list[name] ?? '');
    if (quantity) addAmount(amounts, name, quantity);
  }
}

function maxOfLists(lists: readonly ResourceList[]): Amounts {
  const result: Amounts = new Map();
  for (const list of lists) {
    for (const name in list) {
      const quantity = parseQuantity(list[name] ?? '');
      if (quantity) maxAmount(result, name, quantity);
    }
  }
  return result;
}

export interface PodRequestsOptions {
  /** Count what in-place resizing has allocated or actuated (KEP 1287): right for pods on a node. */
  readonly useStatus?: boolean;
  /** Assume the default request where a container names none, for these resources. */
  readonly nonMissing?: readonly ('cpu' | 'memory')[];
}

export const isRestartable = (container: Container): boolean => container.restartPolicy === 'Always';
const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

export function isPodLevelRequestsSet(pod: Pod): boolean {
  const requests = pod.spec?.resources?.requests;
  return requests !== undefined && Object.keys(requests).some(isPodLevelResource);
}

/**
 * resourcehelper.PodRequests: containers and sidecars are summed, each init container counts with the sidecars started
 * before it, the larger wins; pod-level requests replace the sum, and the overhead is added.
 */
export function podRequests(pod: Pod, options: PodRequestsOptions = {}): ReadonlyMap<string, Quantity> {
  const requests = containerRequests(pod, options);
  if (isPodLevelRequestsSet(pod)) {
    const list = pod.spec?.resources?.requests ?? {};
    for (const name in list) {
      const quantity = isPodLevelResource(name) ? parseQuantity(list[name] ?? '') : undefined;
      if (quantity) requests.set(name, quantity);
    }
  }
  addList(requests, pod.spec?.overhead);
  return requests;
}

function containerRequests(pod: Pod, options: PodRequestsOptions): Amounts {
  const requests: Amounts = new Map();
  for (const container of pod.spec?.containers ?? []) {
    for (const [name, quantity] of effectiveRequests(pod, container, pod.status?.containerStatuses, options)) addAmount(requests, name, quantity);
  }
  const initContainers = pod.spec?.initContainers;
  if (!initContainers?.length) return requests;
  const sidecars: Amounts = new Map();
  const largest: Amounts = new Map();
  for (const container of initContainers) {
    const restartable = isRestartable(container);
    const own = effectiveRequests(pod, container, restartable ? pod.status?.initContainerStatuses : undefined, options);
    if (restartable) for (const [name, quantity] of own) { addAmount(requests, name, quantity); addAmount(sidecars, name, quantity); }
    const together: Amounts = restartable ? sidecars : new Map(own);
    if (!restartable) for (const [name, quantity] of sidecars) addAmount(together, name, quantity);
    for (const [name, quantity] of together) maxAmount(largest, name, quantity);
  }
  for (const [name, quantity] of largest) maxAmount(requests, name, quantity);
  return requests;
}

function effectiveRequests(pod: Pod, container: Container, statuses: readonly ContainerStatus[] | undefined, options: PodRequestsOptions): Amounts {
  const status = options.useStatus ? statuses?.find((s) => s.name === container.name) : undefined;
  const amounts = status?.resources ? resizedRequests(pod, container, status) : maxOfLists([container.resources?.requests]);
  for (const name of options.nonMissing ?? []) if (!amounts.has(name)) amounts.set(name, name === 'cpu' ? DEFAULT_CPU_QUANTITY : DEFAULT_MEMORY_QUANTITY);
  return amounts;
}

function resizedRequests(pod: Pod, container: Container, status: ContainerStatus): Amounts {
  const infeasible = pod.status?.conditions?.find((c) => c.type === 'PodResizePending')?.reason === 'Infeasible';
  const actual = [status.resources?.requests, status.allocatedResources];
  return maxOfLists(infeasible ? actual : [container.resources?.requests, ...actual]);
}
