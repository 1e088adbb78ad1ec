import { MAX_NODE_SCORE } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import { isScalarResourceName, type Resource } from '../resources';

export interface ResourceSpec { readonly name: string; readonly weight: number }
export interface ShapePoint { readonly utilization: number; readonly score: number }

/** From the requested and the allocatable amount of each configured resource (allocatable 0: not counted) to a score. */
export type ResourceScorer = (requested: readonly number[], allocatable: readonly number[], resources: readonly ResourceSpec[]) => number;

export const DEFAULT_RESOURCES: readonly ResourceSpec[] = [{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }];

/** What the pod asks of each configured resource, in their order. */
export const requestList = (requests: Resource, resources: readonly ResourceSpec[]): readonly number[] => resources.map(({ name }) => requests.get(name));

/**
 * resourceAllocationScorer.score. useRequested: count real requests; else CPU and memory with a minimum for pods that ask for
 * nothing. A resource beyond CPU, memory and disk counts only for pods that ask for it. withPod: as if the pod were there already.
 */
export function scoreAllocation(node: NodeInfo, podRequests: readonly number[], resources: readonly ResourceSpec[], useRequested: boolean, scorer: ResourceScorer, withPod = true): number {
  const requested: number[] = [];
  const allocatable: number[] = [];
  for (let i = 0; i < resources.length; i++) {
    const name = resources[i]?.name ?? '';
    const asked = podRequests[i] ?? 0;
    const counts = asked !== 0 || !isScalar(name);
    const capacity = counts ? node.allocatable.get(name) : 0;
    allocatable.push(capacity);
    requested.push(capacity === 0 ? 0 : used(node, name, useRequested) + (withPod ? asked : 0));
  }
  return scorer(requested, allocatable, resources);
}

const isScalar = (name: string): boolean => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage' && isScalarResourceName(name);

function used(node: NodeInfo, name: string, useRequested: boolean): number {
  if (!useRequested && name === 'cpu') return node.nonZeroCPU;
  if (!useRequested && name === 'memory') return node.nonZeroMemory;
  return node.requested.get(name);
}

function weightedMean(scoreOne: (requested: number, capacity: number) => number): ResourceScorer {
  return (requested, allocatable, resources) => {
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < resources.length; i++) {
      const capacity = allocatable[i] ?? 0;
      if (capacity === 0) continue;
      const weight = resources[i]?.weight ?? 1;
      sum += scoreOne(requested[i] ?? 0, capacity) * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.trunc(sum / weights);
  };
}

/** The more is left free, the better. */
export const leastAllocated: ResourceScorer = weightedMean((requested, capacity) => (requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_NODE_SCORE) / capacity)));

/** The fuller the node, the better. */
export const mostAllocated: ResourceScorer = weightedMean((requested, capacity) => Math.trunc((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity));

/** A score by utilisation in percent, along a broken line; points' scores go to 10. */
export function requestedToCapacityRatio(shape: readonly ShapePoint[]): ResourceScorer {
  const line = brokenLine(shape.map((point) => ({ utilization: point.utilization, score: point.score * (MAX_NODE_SCORE / 10) })));
  return (requested, allocatable, resources) => {
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < resources.length; i++) {
      const capacity = allocatable[i] ?? 0;
      if (capacity === 0) continue;
      const asked = requested[i] ?? 0;
      const score = line(asked > capacity ? 100 : Math.trunc((asked * 100) / capacity));
      if (score <= 0) continue;
      const weight = resources[i]?.weight ?? 1;
      sum += score * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
  };
}

/** helper.BuildBrokenLinearFunction, in integers. */
export function brokenLine(shape: readonly ShapePoint[]): (utilization: number) => number {
  return (p) => {
    for (let i = 0; i < shape.length; i++) {
      const point = shape[i];
      if (!point || p > point.utilization) continue;
      const before = shape[i - 1];
      if (!before) return point.score;
      return before.score + Math.trunc(((point.score - before.score) * (p - before.utilization)) / (point.utilization - before.utilization));
    }
    return shape.at(-1)?.score ?? 0;
  };
}

/** The more alike the shares used of the resources, the better: 100 × (1 − standard deviation). */
export const balancedAllocation: ResourceScorer = (requested, allocatable) => {
  const fractions: number[] = [];
  let total = 0;
  for (let i = 0; i < requested.length; i++) {
    const capacity = allocatable[i] ?? 0;
    if (capacity === 0) continue;
    const fraction = Math.min((requested[i] ?? 0) / capacity, 1);
    total += fraction;
    fractions.push(fraction);
  }
  return Math.trunc((1 - deviation(fractions, total)) * MAX_NODE_SCORE);
};

function deviation(fractions: readonly number[], total: number): number {
  if (fractions.length === 2) return Math.abs(((fractions[0] ?? 0) - (fractions[1] ?? 0)) / 2);
  if (fractions.length < 2) return 0;
  const mean = total / fractions.length;
  let sum = 0;
  for (const fraction of fractions) sum += (fraction - mean) * (fraction - mean);
  return Math.sqrt(sum / fractions.length);
}
