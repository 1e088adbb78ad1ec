import type { CycleState, Handle, Plugin, Scores } from '../framework';
import { MAX_NODE_SCORE } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';

const MEBIBYTE = 1024 * 1024;
/** An image below this size is not worth a preference; above the maximum (per container) more size changes nothing. */
const MIN_THRESHOLD = 23 * MEBIBYTE;
const MAX_CONTAINER_THRESHOLD = 1000 * MEBIBYTE;

/** Prefers nodes that already have the pod's images, less so the more nodes have them. */
export class ImageLocality implements Plugin {
  readonly name = 'ImageLocality';
  constructor(readonly handle: Handle) {}

  score(_state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (node && node.imageStates.size > 0) scores[i] = this.#scoreNode(pod, node);
    }
  }

  #scoreNode(pod: PodInfo, node: NodeInfo): number {
    const containers = pod.pod.spec?.containers ?? [];
    const initContainers = pod.pod.spec?.initContainers ?? [];
    let sum = 0;
    for (const container of initContainers) sum += this.#scaled(node, container.image);
    for (const container of containers) sum += this.#scaled(node, container.image);
    const max = MAX_CONTAINER_THRESHOLD * (containers.length + initContainers.length);
    const bounded = Math.min(Math.max(sum, MIN_THRESHOLD), max);
    return Math.trunc((MAX_NODE_SCORE * (bounded - MIN_THRESHOLD)) / (max - MIN_THRESHOLD));
  }

  #scaled(node: NodeInfo, image: string | undefined): number {
    const state = image === undefined ? undefined : node.imageStates.get(normalizedImageName(image));
    return state ? Math.trunc(state.size * (state.nodes.size / this.handle.snapshot.nodes.length)) : 0;
  }
}

const normalizedImageName = (name: string): string => (name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name);
