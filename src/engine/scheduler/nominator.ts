import type { PodInfo } from './podInfo';

const NOBODY: readonly PodInfo[] = [];

/** Remembers which pods preemption has promised which node, until they are bound or promised another. */
export class Nominator {
  readonly #byNode = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();

  /** nodeName undefined: what the pod's status says; '': none. */
  set(pod: PodInfo, nodeName?: string): void {
    this.delete(pod.key);
    const node = nodeName ?? pod.pod.status?.nominatedNodeName ?? '';
    if (node === '' || pod.pod.spec?.nodeName) return;
    this.#nodeOf.set(pod.key, node);
    const pods = this.#byNode.get(node);
    if (pods) pods.set(pod.key, pod);
    else this.#byNode.set(node, new Map([[pod.key, pod]]));
  }

  /** A new version of the pod. A promise made in memory outlives updates that do not show it yet. */
  update(old: PodInfo, now: PodInfo): void {
    const unseen = !old.pod.status?.nominatedNodeName && !now.pod.status?.nominatedNodeName ? this.#nodeOf.get(old.key) : undefined;
    this.delete(old.key);
    this.set(now, unseen);
  }

  delete(key: string): void {
    const node = this.#nodeOf.get(key);
    if (node === undefined) return;
    this.#nodeOf.delete(key);
    const pods = this.#byNode.get(node);
    pods?.delete(key);
    if (pods?.size === 0) this.#byNode.delete(node);
  }

  get size(): number { return this.#nodeOf.size; }
  nodeOf(key: string): string | undefined { return this.#nodeOf.get(key); }
  podsForNode(nodeName: string): readonly PodInfo[] {
    const pods = this.#byNode.get(nodeName);
    return pods ? [...pods.values()] : NOBODY;
  }

  /** getLowerPriorityNominatedPods: those that must look elsewhere, now that the pod takes the node. */
  lowerPriority(nodeName: string, priority: number): readonly PodInfo[] { return this.podsForNode(nodeName).filter((pod) => pod.priority < priority); }
}
