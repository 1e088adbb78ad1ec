import type { Container, PodSpec } from '../../generated/types';
import { addQuantity, compareQuantity, type Quantity } from '../../quantity';
import { quantity } from '../core/values';

/**
 * What the containers of a pod ask for together (k8s.io/component-helpers/resource): the sum of the containers and
 * sidecars, or the largest moment while init containers run.
 */
type List = { readonly [name: string]: string } | undefined;
type Amounts = Map<string, Quantity>;

const add = (to: Amounts, list: Iterable<readonly [string, Quantity]>): void => {
  for (const [name, value] of list) { const before = to.get(name); to.set(name, before ? addQuantity(before, value) : value); }
};
const raise = (to: Amounts, list: Iterable<readonly [string, Quantity]>): void => {
  for (const [name, value] of list) { const before = to.get(name); if (!before || compareQuantity(value, before) > 0) to.set(name, value); }
};
const amounts = (list: List): readonly (readonly [string, Quantity])[] => Object.entries(list ?? {}).map(([name, value]) => [name, quantity(value)] as const);

function aggregate(spec: PodSpec, listOf: (container: Container) => List): ReadonlyMap<string, Quantity> {
  const total: Amounts = new Map();
  for (const container of spec.containers ?? []) add(total, amounts(listOf(container)));
  const sidecars: Amounts = new Map();
  const init: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own: Amounts = new Map(amounts(listOf(container)));
    if (container.restartPolicy === 'Always') {
      add(total, own);
      add(sidecars, own);
      raise(init, sidecars);
    } else {
      add(own, sidecars);
      raise(init, own);
    }
  }
  raise(total, init);
  return total;
}

export const aggregateContainerRequests = (spec: PodSpec): ReadonlyMap<string, Quantity> => aggregate(spec, (c) => c.resources?.requests);
export const aggregateContainerLimits = (spec: PodSpec): ReadonlyMap<string, Quantity> => aggregate(spec, (c) => c.resources?.limits);
