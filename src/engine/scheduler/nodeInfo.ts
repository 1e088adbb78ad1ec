import type { Node, Taint } from '../api/generated/types';
import type { Labels } from '../api/selectors';
import { HostPorts } from './hostPorts';
import type { PodInfo } from './podInfo';
import { Resource, resourceFromList } from './resources';

/** An image and the nodes that have it; shared by those nodes. */
export interface ImageState {
  readonly size: number;
  readonly nodes: Set<string>;
}

const NO_TAINTS: readonly Taint[] = [];

/**
 * framework.NodeInfo: a node with what its pods (assumed ones included) take of it. Mutable, owned by the cache; plugins only read it.
 * `id` is the node's position in the cache's table of names.
 */
export class NodeInfo {
  node: Node | undefined;
  labels: Labels;
  readonly pods: PodInfo[] = [];
  requested = new Resource();
  nonZeroCPU = 0;
  nonZeroMemory = 0;
  allocatable = new Resource();
  usedPorts = new HostPorts();
  imageStates: ReadonlyMap<string, ImageState> = new Map();
  /** Taints that keep a pod off: NoSchedule and NoExecute. */
  repellingTaints: readonly Taint[] = NO_TAINTS;
  /** Taints with effect PreferNoSchedule. */
  preferenceTaints: readonly Taint[] = NO_TAINTS;
  unschedulable = false;
  /** Grows with every change. */
  generation = 0;

  constructor(readonly name: string, readonly id: number) {}

  setNode(node: Node): void {
    this.node = node;
    this.labels = node.metadata.labels;
    this.allocatable = resourceFromList(node.status?.allocatable);
    const taints = node.spec?.taints;
    this.repellingTaints = taints?.filter((t) => t.effect === 'NoSchedule' || t.effect === 'NoExecute') ?? NO_TAINTS;
    this.preferenceTaints = taints?.filter((t) => t.effect === 'PreferNoSchedule') ?? NO_TAINTS;
    this.unschedulable = node.spec?.unschedulable === true;
    this.generation++;
  }

  removeNode(): void {
    this.node = undefined;
    this.generation++;
  }

  addPod(pod: PodInfo): void {
    this.pods.push(pod);
    this.#account(pod, 1);
    for (const port of pod.hostPorts) this.usedPorts.add(port);
  }

  /** Takes the pod with this key off the node; undefined where there is none. The last pod takes its place, as in Kubernetes. */
  removePod(key: string): PodInfo | undefined {
    const at = this.pods.findIndex((p) => p.key === key);
    const removed = this.pods[at];
    if (!removed) return undefined;
    const last = this.pods.pop();
    if (last && last !== removed) this.pods[at] = last;
    this.#account(removed, -1);
    for (const port of removed.hostPorts) this.usedPorts.remove(port);
    return removed;
  }

  #account(pod: PodInfo, sign: 1 | -1): void {
    this.requested.add(pod.requests, sign);
    const { cpu, memory } = pod.nonZero;
    this.nonZeroCPU += sign * cpu;
    this.nonZeroMemory += sign * memory;
    this.generation++;
  }

  /** A copy to try things on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name, this.id);
    copy.node = this.node;
    copy.labels = this.labels;
    copy.pods.push(...this.pods);
    copy.requested = this.requested.clone();
    copy.nonZeroCPU = this.nonZeroCPU;
    copy.nonZeroMemory = this.nonZeroMemory;
    copy.allocatable = this.allocatable;
    copy.usedPorts = this.usedPorts.clone();
    copy.imageStates = this.imageStates;
    copy.repellingTaints = this.repellingTaints;
    copy.preferenceTaints = this.preferenceTaints;
    copy.unschedulable = this.unschedulable;
    copy.generation = this.generation;
    return copy;
  }
}
