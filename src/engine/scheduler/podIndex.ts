import type { NodeInfo } from './nodeInfo';
import type { AffinityTerm, PodInfo } from './podInfo';

/** How often a term occurs in one topology domain, and the sum of its weights there. */
export interface TermCount {
  count: number;
  weight: number;
}

/** Pods' terms that say the same, counted by the value of their topology key on the pods' nodes. */
export interface TermGroup {
  readonly term: AffinityTerm;
  readonly values: Map<string, TermCount>;
}

/** Pods that satisfy a predicate, counted by node and, as asked for, by topology. Kept up to date by the index. */
export class PodCounter {
  readonly perNode = new Map<NodeInfo, number>();
  readonly #byTopology = new Map<string, Map<string, number>>();
  constructor(readonly matches: (pod: PodInfo) => boolean) {}

  count(node: NodeInfo): number { return this.perNode.get(node) ?? 0; }

  /** The counts by value of this label; nodes without the label do not take part. No value with count 0 is kept. */
  byTopology(topologyKey: string): ReadonlyMap<string, number> {
    const known = this.#byTopology.get(topologyKey);
    if (known) return known;
    const made = new Map<string, number>();
    for (const [node, count] of this.perNode) {
      const value = node.labels?.[topologyKey];
      if (value !== undefined) made.set(value, (made.get(value) ?? 0) + count);
    }
    this.#byTopology.set(topologyKey, made);
    return made;
  }

  change(node: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
    if (!this.matches(pod)) return;
    addTo(this.perNode, node, sign);
    for (const [key, counts] of this.#byTopology) {
      const value = node.labels?.[key];
      if (value !== undefined) addTo(counts, value, sign);
    }
  }
}

function addTo<K>(counts: Map<K, number>, key: K, amount: number): void {
  const sum = (counts.get(key) ?? 0) + amount;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

/** More distinct selectors than this in use at once, and the least recently used is counted anew when it is needed again. */
const MAX_COUNTERS = 256;

/**
 * What inter-pod affinity and topology spreading ask about all pods of the cluster, kept incrementally so that no scheduling
 * attempt walks over all pods. Only pods on known nodes are counted.
 */
export class PodIndex {
  /** Required anti-affinity terms of existing pods. */
  readonly antiAffinity = new Map<string, TermGroup>();
  /** Required affinity terms of existing pods: scored with hardPodAffinityWeight. */
  readonly affinity = new Map<string, TermGroup>();
  /** Preferred affinity (positive) and anti-affinity (negative weight) terms of existing pods. */
  readonly preferred = new Map<string, TermGroup>();
  readonly #counters = new Map<string, PodCounter>();

  add(node: NodeInfo, pod: PodInfo): void { this.#change(node, pod, 1); }
  remove(node: NodeInfo, pod: PodInfo): void { this.#change(node, pod, -1); }

  #change(node: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
    if (pod.hasAffinity) {
      for (const term of pod.requiredAntiAffinity) changeGroup(this.antiAffinity, term, node, sign, 0);
      for (const term of pod.requiredAffinity) changeGroup(this.affinity, term, node, sign, 0);
      for (const { term, weight } of pod.preferredAffinity) changeGroup(this.preferred, term, node, sign, weight);
      for (const { term, weight } of pod.preferredAntiAffinity) changeGroup(this.preferred, term, node, sign, -weight);
    }
    for (const counter of this.#counters.values()) counter.change(node, pod, sign);
  }

  /** The counter of this key; made from all nodes where it is new. The key must determine the predicate. */
  counter(key: string, matches: (pod: PodInfo) => boolean, nodes: Iterable<NodeInfo>): PodCounter {
    const known = this.#counters.get(key);
    if (known) {
      this.#counters.delete(key);
      this.#counters.set(key, known);
      return known;
    }
    const made = new PodCounter(matches);
    for (const node of nodes) for (const pod of node.pods) made.change(node, pod, 1);
    const oldest = this.#counters.size >= MAX_COUNTERS ? this.#counters.keys().next().value : undefined;
    if (oldest !== undefined) this.#counters.delete(oldest);
    this.#counters.set(key, made);
    return made;
  }
}

function changeGroup(groups: Map<string, TermGroup>, term: AffinityTerm, node: NodeInfo, sign: 1 | -1, weight: number): void {
  const value = node.labels?.[term.topologyKey];
  if (value === undefined) return;
  let group = groups.get(term.signature);
  if (!group) groups.set(term.signature, (group = { term, values: new Map() }));
  let count = group.values.get(value);
  if (!count) group.values.set(value, (count = { count: 0, weight: 0 }));
  count.count += sign;
  count.weight += sign * weight;
  if (count.count === 0) group.values.delete(value);
  if (group.values.size === 0) groups.delete(term.signature);
}
