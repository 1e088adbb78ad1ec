import type { Node, Pod } from '../../api/generated/types';
import { Selector, type Labels } from '../../api/selectors';
import { Action } from '../events';
import {
  MAX_NODE_SCORE, SKIP, StateKey, unresolvable, unschedulable, type CycleState, type EventRegistration, type Handle, type Plugin, type PluginArgs, type QueueingHint, type Scores, type Status,
} from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { TermCount, TermGroup } from '../podIndex';
import { podInfoOf, type AffinityTerm, type PodInfo } from '../podInfo';
import { TopologyCounts } from './topologyCounts';

/** Counts per topology domain; clones take part in what-ifs without touching each other. */
export class PreFilterState {
  constructor(
    /** Existing pods' anti-affinity terms that match the pod. */
    readonly existing: TopologyCounts,
    /** Pods that match all of the pod's affinity terms. */
    readonly affinity: TopologyCounts,
    /** Pods that match one of the pod's anti-affinity terms. */
    readonly antiAffinity: TopologyCounts,
    readonly affinityTerms: readonly AffinityTerm[],
    readonly antiAffinityTerms: readonly AffinityTerm[],
    readonly namespaceLabels: Labels,
  ) {}
  clone(): PreFilterState {
    return new PreFilterState(this.existing.clone(), this.affinity.clone(), this.antiAffinity.clone(), this.affinityTerms, this.antiAffinityTerms, this.namespaceLabels);
  }
}

/** A topology key with what each of its values adds to a node's score. */
interface ScoreSource {
  readonly topologyKey: string;
  readonly score: (value: string) => number;
}

export const AFFINITY_STATE = new StateKey<PreFilterState>('PreFilterInterPodAffinity');
const SCORE_STATE = new StateKey<readonly ScoreSource[]>('PreScoreInterPodAffinity');

/** Pod affinity and anti-affinity: required by filter, preferred by score, both ways between the pod and existing pods. */
export class InterPodAffinity implements Plugin {
  readonly name = 'InterPodAffinity';
  readonly #noAffinity = unresolvable(this.name, "node(s) didn't match pod affinity rules");
  readonly #antiAffinity = unschedulable(this.name, "node(s) didn't match pod anti-affinity rules");
  readonly #existing = unschedulable(this.name, "node(s) didn't satisfy existing pods anti-affinity rules");
  readonly #hardWeight: number;
  readonly #ignorePreferredOfExisting: boolean;

  constructor(args: PluginArgs, readonly handle: Handle) {
    this.#hardWeight = (args['hardPodAffinityWeight'] as number | undefined) ?? 1;
    this.#ignorePreferredOfExisting = args['ignorePreferredTermsOfExistingPods'] === true;
  }

  preFilter(state: CycleState, pod: PodInfo): Status | undefined {
    const { index } = this.handle.snapshot;
    if (index.antiAffinity.size === 0 && pod.requiredAffinity.length === 0 && pod.requiredAntiAffinity.length === 0) return SKIP;
    const namespaceLabels = this.#namespaceLabels(pod.namespace);
    const existing = new TopologyCounts();
    for (const group of matching(index.antiAffinity, pod, namespaceLabels)) existing.addSource(group.term.topologyKey, group.values, (value) => value.count);
    const affinityTerms = pod.requiredAffinity.map((term) => this.#unrolled(term));
    const antiAffinityTerms = pod.requiredAntiAffinity.map((term) => this.#unrolled(term));
    if (existing.empty && affinityTerms.length === 0 && antiAffinityTerms.length === 0) return SKIP;
    const affinity = new TopologyCounts();
    if (affinityTerms.length) {
      const counter = this.#counter(affinityTerms);
      for (const { topologyKey } of affinityTerms) affinity.addSource(topologyKey, counter.byTopology(topologyKey), (count) => count);
    }
    const antiAffinity = new TopologyCounts();
    for (const term of antiAffinityTerms) antiAffinity.addSource(term.topologyKey, this.#counter([term]).byTopology(term.topologyKey), (count) => count);
    state.write(AFFINITY_STATE, new PreFilterState(existing, affinity, antiAffinity, affinityTerms, antiAffinityTerms, namespaceLabels));
    return undefined;
  }

  /** Existing pods that match all the terms. */
  #counter(terms: readonly AffinityTerm[]): ReturnType<Handle['snapshot']['index']['counter']> {
    const { snapshot } = this.handle;
    return snapshot.index.counter(`affinity|${terms.map((t) => t.signature).join('&')}`, (pod) => terms.every((term) => term.matches(pod, undefined)), snapshot.nodes);
  }

  #namespaceLabels(namespace: string): Labels { return this.handle.listers.namespace(namespace)?.metadata.labels; }

  /** The term with its namespaceSelector replaced by the names it selects now. One that selects all stays as it is. */
  #unrolled(term: AffinityTerm): AffinityTerm {
    if (term.namespaceSelector.empty || term.namespaceSelector.matchesNothing) return term;
    const names = this.handle.listers.namespaces().filter((ns) => term.namespaceSelector.matches(ns.metadata.labels)).map((ns) => ns.metadata.name);
    return term.withNamespaces(new Set([...term.namespaces, ...names]), Selector.nothing);
  }

  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void { change(state.read(AFFINITY_STATE), pod, added, node, 1); }
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void { change(state.read(AFFINITY_STATE), pod, removed, node, -1); }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const data = state.read(AFFINITY_STATE);
    if (!data) return undefined;
    if (data.affinityTerms.length > 0 && !satisfiesAffinity(data, pod, node)) return this.#noAffinity;
    for (const { topologyKey } of data.antiAffinityTerms) {
      const value = node.labels?.[topologyKey];
      if (value !== undefined && data.antiAffinity.get(topologyKey, value) > 0) return this.#antiAffinity;
    }
    return data.existing.anyOn(node.labels) ? this.#existing : undefined;
  }

  preScore(state: CycleState, pod: PodInfo): Status | undefined {
    const preferences = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0;
    if (this.#ignorePreferredOfExisting && !preferences) return SKIP;
    const { index } = this.handle.snapshot;
    if (!preferences && index.preferred.size === 0 && index.affinity.size === 0) return SKIP;
    const sources = [...this.#ownPreferences(pod), ...this.#preferencesOfOthers(pod)];
    if (sources.length === 0) return SKIP;
    state.write(SCORE_STATE, sources);
    return undefined;
  }

  *#ownPreferences(pod: PodInfo): Generator<ScoreSource> {
    for (const [terms, sign] of [[pod.preferredAffinity, 1], [pod.preferredAntiAffinity, -1]] as const) {
      for (const { term, weight } of terms) {
        const counts = this.#counter([this.#unrolled(term)]).byTopology(term.topologyKey);
        if (counts.size) yield { topologyKey: term.topologyKey, score: (value) => (counts.get(value) ?? 0) * weight * sign };
      }
    }
  }

  *#preferencesOfOthers(pod: PodInfo): Generator<ScoreSource> {
    const { index } = this.handle.snapshot;
    const labels = this.#namespaceLabels(pod.namespace);
    const hard = this.#hardWeight;
    if (hard > 0) for (const { term, values } of matching(index.affinity, pod, labels)) yield { topologyKey: term.topologyKey, score: (value) => (values.get(value)?.count ?? 0) * hard };
    for (const { term, values } of matching(index.preferred, pod, labels)) yield { topologyKey: term.topologyKey, score: (value) => values.get(value)?.weight ?? 0 };
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    for (const { topologyKey, score } of state.read(SCORE_STATE) ?? []) {
      for (let i = 0; i < nodes.length; i++) {
        const value = nodes[i]?.labels?.[topologyKey];
        if (value !== undefined) scores[i] = (scores[i] ?? 0) + score(value);
      }
    }
  }

  normalizeScore(_state: CycleState, _pod: PodInfo, scores: Scores): void {
    let min = Infinity;
    let max = -Infinity;
    for (const score of scores) { min = Math.min(min, score); max = Math.max(max, score); }
    for (let i = 0; i < scores.length; i++) scores[i] = max > min ? Math.trunc(MAX_NODE_SCORE * (((scores[i] ?? 0) - min) / (max - min))) : 0;
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Pod', action: Action.Add | Action.UpdatePodLabel | Action.Delete }, hint: afterPodChange },
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeLabel }, hint: afterNodeChange },
    ];
  }
}

function* matching(groups: ReadonlyMap<string, TermGroup>, pod: PodInfo, namespaceLabels: Labels): Generator<{ readonly term: AffinityTerm; readonly values: ReadonlyMap<string, TermCount> }> {
  for (const group of groups.values()) if (group.term.matches(pod, namespaceLabels)) yield group;
}

function satisfiesAffinity(data: PreFilterState, pod: PodInfo, node: NodeInfo): boolean {
  let exist = true;
  for (const { topologyKey } of data.affinityTerms) {
    const value = node.labels?.[topologyKey];
    if (value === undefined) return false;
    if (data.affinity.get(topologyKey, value) <= 0) exist = false;
  }
  // The first of a group of pods with affinity to each other: nobody matches yet, but the pod itself would.
  return exist || (data.affinity.empty && matchesAll(data.affinityTerms, pod));
}

const matchesAll = (terms: readonly AffinityTerm[], pod: PodInfo): boolean => terms.length > 0 && terms.every((term) => term.matches(pod, undefined));

function change(data: PreFilterState | undefined, pod: PodInfo, other: PodInfo, node: NodeInfo, by: 1 | -1): void {
  if (!data) return;
  const at = (counts: TopologyCounts, { topologyKey }: AffinityTerm): void => {
    const value = node.labels?.[topologyKey];
    if (value !== undefined) counts.change(topologyKey, value, by);
  };
  for (const term of other.requiredAntiAffinity) if (term.matches(pod, data.namespaceLabels)) at(data.existing, term);
  if (matchesAll(data.affinityTerms, other)) for (const term of data.affinityTerms) at(data.affinity, term);
  for (const term of data.antiAffinityTerms) if (term.matches(other, undefined)) at(data.antiAffinity, term);
}

function afterPodChange(pod: Pod, oldObject: unknown, newObject: unknown): QueueingHint {
  const before = oldObject as Pod | undefined;
  const now = newObject as Pod | undefined;
  if ((now && !now.spec?.nodeName) || (before && !before.spec?.nodeName)) return 'Skip';
  const { requiredAffinity, requiredAntiAffinity } = podInfoOf(pod);
  const liked = (p: Pod): boolean => matchesAll(requiredAffinity, podInfoOf(p));
  const disliked = (p: Pod): boolean => matchesAll(requiredAntiAffinity, podInfoOf(p));
  if (now && before) return (!liked(before) && liked(now)) || (disliked(before) && !disliked(now)) ? 'Queue' : 'Skip';
  if (now) return liked(now) ? 'Queue' : 'Skip';
  return before && disliked(before) ? 'Queue' : 'Skip';
}

function afterNodeChange(pod: Pod, oldObject: unknown, newObject: unknown): QueueingHint {
  const before = oldObject as Node | undefined;
  const now = newObject as Node;
  const { requiredAffinity, requiredAntiAffinity } = podInfoOf(pod);
  const helps = (topologyKey: string, anti: boolean): boolean => {
    const value = now.metadata.labels?.[topologyKey];
    if (before === undefined) return anti || value !== undefined;
    const was = before.metadata.labels?.[topologyKey];
    if (was !== undefined && value !== undefined) return was !== value;
    return anti ? was !== undefined && value === undefined : was === undefined && value !== undefined;
  };
  return requiredAffinity.some((t) => helps(t.topologyKey, false)) || requiredAntiAffinity.some((t) => helps(t.topologyKey, true)) ? 'Queue' : 'Skip';
}
