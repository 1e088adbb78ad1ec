import type { Node, NodeAffinity as NodeAffinitySpec, NodeSelectorTerm, Pod, PreferredSchedulingTerm } from '../../api/generated/types';
import { compileNodeSelector, NodeTermMatcher, type NodeSelectorMatcher } from '../../api/nodeSelectors';
import { Action } from '../events';
import {
  defaultNormalizeScore, PreFilterResult, SKIP, StateKey, unresolvable, type CycleState, type EventRegistration, type Plugin, type PluginArgs, type QueueingHint, type Scores, type Status,
} from '../framework';
import type { NodeInfo } from '../nodeInfo';
import { podInfoOf, type PodInfo } from '../podInfo';

interface WeightedTerm { readonly matcher: NodeTermMatcher; readonly weight: number }

const PREFERRED = new StateKey<readonly WeightedTerm[]>('PreScoreNodeAffinity');

/** Holds a pod to its nodeSelector and node affinity, and to what the scheduler's configuration adds (addedAffinity). */
export class NodeAffinity implements Plugin {
  readonly name = 'NodeAffinity';
  readonly #refused = unresolvable(this.name, "node(s) didn't match Pod's node affinity/selector");
  readonly #enforced = unresolvable(this.name, "node(s) didn't match scheduler-enforced node affinity");
  readonly #conflict = unresolvable(this.name, 'pod affinity terms conflict');
  readonly #added: NodeSelectorMatcher | undefined;
  readonly #addedPreferred: readonly WeightedTerm[];

  constructor(args: PluginArgs) {
    const added = args['addedAffinity'] as NodeAffinitySpec | undefined;
    const required = added?.requiredDuringSchedulingIgnoredDuringExecution;
    this.#added = required && compileNodeSelector(required);
    this.#addedPreferred = weightedTerms(added?.preferredDuringSchedulingIgnoredDuringExecution);
  }

  preFilter(_state: CycleState, pod: PodInfo): Status | PreFilterResult | undefined {
    const terms = pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    if (terms === undefined && this.#added === undefined && pod.pod.spec?.nodeSelector === undefined) return SKIP;
    const names = terms?.length ? namedNodes(terms) : undefined;
    if (names === undefined) return undefined;
    return names.size === 0 ? this.#conflict : new PreFilterResult(names);
  }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    if (!node.node) return this.#refused;
    if (this.#added && !this.#added.matches(node.node)) return this.#enforced;
    return pod.nodeAffinity.matches(node.node) ? undefined : this.#refused;
  }

  preScore(state: CycleState, pod: PodInfo): Status | undefined {
    const preferred = pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (preferred === undefined && this.#addedPreferred.length === 0) return SKIP;
    state.write(PREFERRED, [...this.#addedPreferred, ...weightedTerms(preferred)]);
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    const terms = state.read(PREFERRED) ?? [];
    nodes.forEach(({ node }, i) => {
      let sum = 0;
      if (node) for (const { matcher, weight } of terms) if (matcher.matches(node)) sum += weight;
      scores[i] = sum;
    });
  }

  normalizeScore(_state: CycleState, _pod: PodInfo, scores: Scores): void { defaultNormalizeScore(scores, false); }

  events(): readonly EventRegistration[] {
    return [{ event: { resource: 'Node', action: Action.Add | Action.UpdateNodeLabel }, hint: (pod, oldNode, newNode) => this.#afterNodeChange(pod, oldNode, newNode) }];
  }

  #afterNodeChange(pod: Pod, oldNode: unknown, newNode: unknown): QueueingHint {
    const now = newNode as Node;
    const was = oldNode as Node | undefined;
    if (this.#added && !this.#added.matches(now)) return 'Skip';
    const affinity = podInfoOf(pod).nodeAffinity;
    return affinity.matches(now) && !(was && affinity.matches(was)) ? 'Queue' : 'Skip';
  }
}

function weightedTerms(terms: readonly PreferredSchedulingTerm[] | undefined): readonly WeightedTerm[] {
  return (terms ?? []).filter((t) => t.weight !== 0).map((t) => ({ matcher: new NodeTermMatcher(t.preference), weight: t.weight }));
}

/** The nodes that the terms name by metadata.name; undefined where a term admits others too. */
function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const term of terms) {
    let ofTerm: ReadonlySet<string> | undefined;
    for (const field of term.matchFields ?? []) {
      if (field.key !== 'metadata.name' || field.operator !== 'In') continue;
      const values = new Set(field.values);
      const before = ofTerm;
      ofTerm = before ? new Set([...before].filter((name) => values.has(name))) : values;
    }
    if (ofTerm === undefined) return undefined;
    for (const name of ofTerm) names.add(name);
  }
  return names;
}
