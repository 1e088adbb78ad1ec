import type { Node, Pod, TopologySpreadConstraint } from '../../api/generated/types';
import { compileLabelSelector, Requirement, selectorFromSet, type Labels, type Selector } from '../../api/selectors';
import { Action, sameValue } from '../events';
import {
  MAX_NODE_SCORE, SKIP, StateKey, unresolvable, unschedulable, type CycleState, type EventRegistration, type Handle, type Plugin, type PluginArgs, type QueueingHint, type Scores, type Status,
} from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodCounter } from '../podIndex';
import { podInfoOf, type PodInfo } from '../podInfo';
import { firstUntolerated } from '../tolerations';
import { defaultSelector } from './defaultSelector';
import { SpreadCounts } from './spreadCounts';

/** A constraint with its selector compiled and defaults applied. */
export interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

/** Exported for explanations: the counts that decided. */
export class PreFilterState {
  constructor(readonly constraints: readonly Constraint[], readonly counts: readonly SpreadCounts[]) {}
  clone(): PreFilterState { return new PreFilterState(this.constraints, this.counts.map((c) => c.clone())); }
}

interface PreScoreState {
  readonly constraints: readonly Constraint[];
  readonly ignored: ReadonlySet<NodeInfo>;
  /** By constraint: counts by topology value; undefined for the hostname, which is counted by node. */
  readonly counts: readonly (ReadonlyMap<string, number> | undefined)[];
  readonly counters: readonly (PodCounter | undefined)[];
  readonly weights: readonly number[];
}

export const SPREAD_STATE = new StateKey<PreFilterState>('PreFilterPodTopologySpread');
const SCORE_STATE = new StateKey<PreScoreState>('PreScorePodTopologySpread');
const HOSTNAME = 'kubernetes.io/hostname';

/** What applies to pods without constraints of their own, unless configured otherwise. */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** Spreads pods over topology domains (KEP 895), hard for DoNotSchedule and by score for ScheduleAnyway. */
export class PodTopologySpread implements Plugin {
  readonly name = 'PodTopologySpread';
  readonly #missing = unresolvable(this.name, "node(s) didn't match pod topology spread constraints (missing required label)");
  readonly #refused = unschedulable(this.name, "node(s) didn't match pod topology spread constraints");
  readonly #systemDefaulted: boolean;
  readonly #defaults: readonly TopologySpreadConstraint[];

  constructor(args: PluginArgs, readonly handle: Handle) {
    this.#systemDefaulted = args['defaultingType'] !== 'List';
    this.#defaults = this.#systemDefaulted ? SYSTEM_DEFAULTS : ((args['defaultConstraints'] ?? []) as readonly TopologySpreadConstraint[]);
  }

  #constraints(pod: PodInfo, action: 'DoNotSchedule' | 'ScheduleAnyway'): readonly Constraint[] {
    const own = pod.pod.spec?.topologySpreadConstraints;
    if (own?.length) return own.filter((c) => c.whenUnsatisfiable === action).map((c) => constraintOf(c, ownSelector(c, pod.labels)));
    const defaults = this.#defaults.filter((c) => c.whenUnsatisfiable === action);
    if (defaults.length === 0) return [];
    const selector = defaultSelector(pod, this.handle.listers);
    return selector.empty ? [] : defaults.map((c) => constraintOf(c, selector));
  }

  /** Pods in the namespace that match and are not on their way out; undefined for a selector that counts nothing. */
  #counter(selector: Selector, namespace: string): PodCounter | undefined {
    if (selector.empty || selector.matchesNothing) return undefined;
    const { snapshot } = this.handle;
    return snapshot.index.counter(`spread|${namespace}|${selector.toString()}`, (pod) => !pod.terminating && pod.namespace === namespace && selector.matches(pod.labels), snapshot.nodes);
  }

  preFilter(state: CycleState, pod: PodInfo): Status | undefined {
    const constraints = this.#constraints(pod, 'DoNotSchedule');
    if (constraints.length === 0) return SKIP;
    const counters = constraints.map((c) => this.#counter(c.selector, pod.namespace));
    const everywhere = constraints.every((c) => (!c.honorAffinity || pod.nodeAffinity.empty) && !c.honorTaints);
    const first = constraints[0];
    const counts = constraints.length === 1 && first && everywhere ? [this.#allDomains(first, counters[0])] : this.#domainsByNode(pod, constraints, counters);
    state.write(SPREAD_STATE, new PreFilterState(constraints, counts.map((c) => new SpreadCounts(c))));
    return undefined;
  }

  /** One constraint that holds on all nodes: the index has the counts. */
  #allDomains({ topologyKey }: Constraint, counter: PodCounter | undefined): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const found = counter?.byTopology(topologyKey);
    for (const value of this.handle.snapshot.domains(topologyKey)) counts.set(value, found?.get(value) ?? 0);
    return counts;
  }

  /** Counts node by node: only nodes take part that have all the keys and that the constraint's policies admit. */
  #domainsByNode(pod: PodInfo, constraints: readonly Constraint[], counters: readonly (PodCounter | undefined)[]): readonly ReadonlyMap<string, number>[] {
    const counts = constraints.map(() => new Map<string, number>());
    for (const node of this.handle.snapshot.nodes) {
      if (!hasAllKeys(node.labels, constraints)) continue;
      constraints.forEach((constraint, i) => {
        if (!includes(constraint, pod, node)) return;
        const value = node.labels?.[constraint.topologyKey] ?? '';
        counts[i]?.set(value, (counts[i]?.get(value) ?? 0) + (counters[i]?.count(node) ?? 0));
      });
    }
    return counts;
  }

  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void { update(state.read(SPREAD_STATE), pod, added, node, 1); }
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void { update(state.read(SPREAD_STATE), pod, removed, node, -1); }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const data = state.read(SPREAD_STATE);
    if (!data) return undefined;
    for (let i = 0; i < data.constraints.length; i++) {
      const constraint = data.constraints[i];
      const counts = data.counts[i];
      if (!constraint || !counts) continue;
      const value = node.labels?.[constraint.topologyKey];
      if (value === undefined) return this.#missing;
      const self = constraint.selector.matches(pod.labels) ? 1 : 0;
      if (counts.get(value) + self - counts.minimum(constraint.minDomains) > constraint.maxSkew) return this.#refused;
    }
    return undefined;
  }

  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    const constraints = this.#constraints(pod, 'ScheduleAnyway');
    if (constraints.length === 0) return SKIP;
    // With the system's defaults, a node without a zone still takes part in spreading by hostname.
    const requireAll = (pod.pod.spec?.topologySpreadConstraints?.length ?? 0) > 0 || !this.#systemDefaulted;
    const ignored = new Set<NodeInfo>(requireAll ? nodes.filter((node) => !hasAllKeys(node.labels, constraints)) : []);
    const counters = constraints.map((c) => this.#counter(c.selector, pod.namespace));
    const counts = constraints.map((c) => (c.topologyKey === HOSTNAME ? undefined : domainsOf(nodes, ignored, c.topologyKey)));
    const weights = counts.map((domains) => Math.log((domains ? domains.size : nodes.length - ignored.size) + 2));
    constraints.forEach((constraint, i) => addCounts(counts[i], counters[i], constraint, pod, requireAll ? constraints : []));
    state.write(SCORE_STATE, { constraints, ignored, counts, counters, weights });
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    const data = state.read(SCORE_STATE);
    if (data) nodes.forEach((node, i) => { if (!data.ignored.has(node)) scores[i] = scoreNode(data, node); });
  }

  normalizeScore(state: CycleState, _pod: PodInfo, scores: Scores, nodes: readonly NodeInfo[]): void {
    const ignored = state.read(SCORE_STATE)?.ignored ?? new Set<NodeInfo>();
    const counts = (i: number): boolean => ignored.size === 0 || !ignored.has(nodes[i] as NodeInfo);
    let min = Number.MAX_SAFE_INTEGER;
    let max = 0;
    scores.forEach((score, i) => { if (counts(i)) { min = Math.min(min, score); max = Math.max(max, score); } });
    for (let i = 0; i < scores.length; i++) {
      if (!counts(i)) scores[i] = 0;
      else scores[i] = max === 0 ? MAX_NODE_SCORE : Math.trunc((MAX_NODE_SCORE * (max + min - (scores[i] ?? 0))) / max);
    }
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Pod', action: Action.Add | Action.UpdatePodLabel | Action.UpdatePodToleration | Action.Delete }, hint: (pod, oldPod, newPod) => this.#afterPodChange(pod, oldPod, newPod) },
      { event: { resource: 'Node', action: Action.Add | Action.Delete | Action.UpdateNodeLabel | Action.UpdateNodeTaint }, hint: (pod, oldNode, newNode) => this.#afterNodeChange(pod, oldNode, newNode) },
    ];
  }

  #afterPodChange(pod: Pod, oldObject: unknown, newObject: unknown): QueueingHint {
    const before = oldObject as Pod | undefined;
    const now = newObject as Pod | undefined;
    const involved = (p: Pod): boolean => p.metadata.uid === pod.metadata.uid || (Boolean(p.spec?.nodeName) && p.metadata.namespace === pod.metadata.namespace);
    if ((now && !involved(now)) || (before && !involved(before))) return 'Skip';
    const constraints = this.#constraints(podInfoOf(pod), 'DoNotSchedule');
    const matchesAny = (p: Pod | undefined): boolean => constraints.some((c) => c.selector.matches(p?.metadata.labels));
    if (!before || !now) return matchesAny(now ?? before) ? 'Queue' : 'Skip';
    if (pod.metadata.uid === now.metadata.uid && !sameValue(now.spec?.tolerations, before.spec?.tolerations) && constraints.some((c) => c.honorTaints)) return 'Queue';
    return constraints.some((c) => c.selector.matches(before.metadata.labels) !== c.selector.matches(now.metadata.labels)) ? 'Queue' : 'Skip';
  }

  #afterNodeChange(pod: Pod, oldObject: unknown, newObject: unknown): QueueingHint {
    const before = oldObject as Node | undefined;
    const now = newObject as Node | undefined;
    const constraints = this.#constraints(podInfoOf(pod), 'DoNotSchedule');
    const matched = before !== undefined && hasAllKeys(before.metadata.labels, constraints);
    const matches = now !== undefined && hasAllKeys(now.metadata.labels, constraints);
    if (!before || !now || matched !== matches) return matched || matches ? 'Queue' : 'Skip';
    const moved = constraints.some((c) => before.metadata.labels?.[c.topologyKey] !== now.metadata.labels?.[c.topologyKey]);
    return matches && (moved || !sameValue(before.spec?.taints, now.spec?.taints)) ? 'Queue' : 'Skip';
  }
}

function constraintOf(c: TopologySpreadConstraint, selector: Selector): Constraint {
  return {
    maxSkew: c.maxSkew, topologyKey: c.topologyKey, selector, minDomains: c.minDomains ?? 1,
    honorAffinity: (c.nodeAffinityPolicy ?? 'Honor') === 'Honor', honorTaints: (c.nodeTaintsPolicy ?? 'Ignore') === 'Honor',
  };
}

/** The selector with the pod's own values of matchLabelKeys added (KEP 3243). */
function ownSelector(constraint: TopologySpreadConstraint, labels: Labels): Selector {
  const selector = compileLabelSelector(constraint.labelSelector);
  const keys = (constraint.matchLabelKeys ?? []).filter((key) => labels?.[key] !== undefined);
  if (keys.length === 0 || selector.matchesNothing) return selector;
  const added = keys.map((key) => new Requirement(key, '=', [labels?.[key] ?? '']));
  return selector.empty ? selectorFromSet(Object.fromEntries(keys.map((key) => [key, labels?.[key] ?? '']))) : selector.and(...added);
}

const hasAllKeys = (labels: Labels, constraints: readonly Constraint[]): boolean => constraints.every((c) => labels?.[c.topologyKey] !== undefined);

/** nodeAffinityPolicy and nodeTaintsPolicy: whether the node's pods take part. */
function includes(constraint: Constraint, pod: PodInfo, node: NodeInfo): boolean {
  if (constraint.honorAffinity && node.node && !pod.nodeAffinity.matches(node.node)) return false;
  return !constraint.honorTaints || firstUntolerated(node.repellingTaints, pod.tolerations) === undefined;
}

function update(state: PreFilterState | undefined, pod: PodInfo, changed: PodInfo, node: NodeInfo, delta: 1 | -1): void {
  if (!state || changed.namespace !== pod.namespace || !hasAllKeys(node.labels, state.constraints)) return;
  state.constraints.forEach((constraint, i) => {
    if (constraint.selector.matches(changed.labels) && includes(constraint, pod, node)) state.counts[i]?.change(node.labels?.[constraint.topologyKey] ?? '', delta);
  });
}

/** The topology values of the candidate nodes; a node without the label counts as a domain of its own kind. */
function domainsOf(nodes: readonly NodeInfo[], ignored: ReadonlySet<NodeInfo>, topologyKey: string): Map<string, number> {
  const domains = new Map<string, number>();
  for (const node of nodes) if (ignored.size === 0 || !ignored.has(node)) domains.set(node.labels?.[topologyKey] ?? '', 0);
  return domains;
}

/** Adds the matching pods of all nodes, not only of the candidates, to the candidates' domains. */
function addCounts(domains: ReadonlyMap<string, number> | undefined, counter: PodCounter | undefined, constraint: Constraint, pod: PodInfo, required: readonly Constraint[]): void {
  if (!domains || !counter) return;
  const counts = domains as Map<string, number>;
  if (required.length <= 1 && !constraint.honorTaints && (!constraint.honorAffinity || pod.nodeAffinity.empty)) {
    const found = counter.byTopology(constraint.topologyKey);
    for (const value of counts.keys()) counts.set(value, found.get(value) ?? 0);
    return;
  }
  for (const [node, count] of counter.perNode) {
    if (!hasAllKeys(node.labels, required) || !includes(constraint, pod, node)) continue;
    const value = node.labels?.[constraint.topologyKey] ?? '';
    const before = counts.get(value);
    if (before !== undefined) counts.set(value, before + count);
  }
}

function scoreNode(data: PreScoreState, node: NodeInfo): number {
  let score = 0;
  for (let i = 0; i < data.constraints.length; i++) {
    const constraint = data.constraints[i];
    const value = constraint && node.labels?.[constraint.topologyKey];
    if (!constraint || value === undefined) continue;
    const count = constraint.topologyKey === HOSTNAME ? data.counters[i]?.count(node) : data.counts[i]?.get(value);
    score += (count ?? 0) * (data.weights[i] ?? 0) + (constraint.maxSkew - 1);
  }
  return Math.round(score);
}
