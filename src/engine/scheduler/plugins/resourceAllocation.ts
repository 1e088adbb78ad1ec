import { MAX_NODE_SCORE } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import { isScalarResourceName, type Resource } from '../resources';

export interface ResourceSpec { readonly name: string; readonly weight: number }
export interface ShapePoint { readonly utilization: number; readonly score: number }

/** From the requested and the allocatable amount of each configured resource (allocatable 0: not counted) to a score. */
export type ResourceScorer = (requested: Float64Array, allocatable: Float64Array, resources: readonly ResourceSpec[]) => number;

export const DEFAULT_RESOURCES: readonly ResourceSpec[] = [{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }];

/** What the pod asks of each configured resource, in their order. */
export const requestList = (requests: Resource, resources: readonly ResourceSpec[]): readonly number[] => resources.map(({ name }) => requests.get(name));

/**
 * resourceAllocationScorer. useRequested: count real requests; else CPU and memory with a minimum for pods that ask for nothing.
 * A resource beyond CPU, memory and disk counts only for pods that ask for it.
 */
export class AllocationScorer {
  // Reused for every node: scoring must not allocate.
  readonly #requested: Float64Array;
  readonly #allocatable: Float64Array;
  readonly #scalar: readonly boolean[];

  constructor(readonly resources: readonly ResourceSpec[], readonly useRequested: boolean, readonly scorer: ResourceScorer) {
    this.#requested = new Float64Array(resources.length);
    this.#allocatable = new Float64Array(resources.length);
    this.#scalar = resources.map(({ name }) => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage' && isScalarResourceName(name));
  }

  /** The score of the node as if the pod were there already. */
  score(node: NodeInfo, podRequests: readonly number[]): number { return this.#score(node, podRequests, true); }

  /** The score of the node as it is. */
  scoreWithoutPod(node: NodeInfo, podRequests: readonly number[]): number { return this.#score(node, podRequests, false); }

  #score(node: NodeInfo, podRequests: readonly number[], withPod: boolean): number {
    for (let i = 0; i < this.resources.length; i++) {
      const name = this.resources[i]?.name ?? '';
      const asked = podRequests[i] ?? 0;
      const capacity = asked === 0 && this.#scalar[i] ? 0 : node.allocatable.get(name);
      this.#allocatable[i] = capacity;
      this.#requested[i] = capacity === 0 ? 0 : this.#used(node, name) + (withPod ? asked : 0);
    }
    return this.scorer(this.#requested, this.#allocatable, this.resources);
  }

  #used(node: NodeInfo, name: string): number {
    if (this.useRequested) return node.requested.get(name);
    return name === 'cpu' ? node.nonZeroCPU : name === 'memory' ? node.nonZeroMemory : node.requested.get(name);
  }
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
  let count = 0;
  let total = 0;
  let difference = 0;
  for (let i = 0; i < requested.length; i++) {
    if (allocatable[i] === 0) continue;
    const fraction = fractionOf(requested, allocatable, i);
    total += fraction;
    difference = fraction - difference;
    count++;
  }
  const deviation = count === 2 ? Math.abs(difference / 2) : count > 2 ? standardDeviation(requested, allocatable, total / count, count) : 0;
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
};

const fractionOf = (requested: Float64Array, allocatable: Float64Array, i: number): number => Math.min((requested[i] ?? 0) / (allocatable[i] ?? 1), 1);

function standardDeviation(requested: Float64Array, allocatable: Float64Array, mean: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < requested.length; i++) if (allocatable[i] !== 0) sum += (fractionOf(requested, allocatable, i) - mean) ** 2;
  return Math.sqrt(sum / count);
}
