import type { Pod } from '../api/generated/types';
import type { SchedulerCore } from '../scheduler/core';
import { explainNodes, type NodeExplanation, type SchedulingDecision } from '../scheduler/decision';
import { CycleState } from '../scheduler/framework';
import { podInfoOf } from '../scheduler/podInfo';
import { listText } from './amounts';
import { preemptionSentence } from './preemption';
import type { Phrase, Refused } from './refusals/phrase';
import { refusalPhrase } from './refusals/phrases';

/** Nodes that were refused for the same reason. */
export interface RefusalGroup {
  /** The first plugin that refused; '' where several narrowed the nodes down together. */
  readonly plugin: string;
  readonly nodes: readonly string[];
  /** "node-2 has 1.2 of 4 CPU free; the pod asks for 2" */
  readonly sentence: string;
  /** The plugin's own words. */
  readonly reasons: readonly string[];
}

/** Why a pod has no node. */
export interface WhyNot {
  /** What keeps the pod waiting, as one sentence. */
  readonly sentence: string;
  /** Every node is in one of them, those of most nodes first. */
  readonly groups: readonly RefusalGroup[];
  /** What became of the attempt to evict others; undefined where there was none. */
  readonly preemption?: string;
  /** The text of the pod's condition. */
  readonly message: string;
}

/** Nodes named in a sentence; more are counted. */
const MAX_NAMES = 3;
/** So many groups of one shape are told one by one; more are summed up. */
const MAX_GROUPS_OF_SHAPE = 3;

/** Explains a decision that found no node. core: the cluster as it is now, for the words; the decision itself is not made again. */
export function whyNot(decision: SchedulingDecision, pod: Pod, core: SchedulerCore): WhyNot {
  const { message } = decision;
  if (decision.outcome === 'gated') return { sentence: gatedSentence(pod), groups: [], message };
  if (decision.outcome === 'ignored') return { sentence: `No scheduler of this cluster is called ${pod.spec.schedulerName ?? ''}, which the pod asks for (spec.schedulerName)`, groups: [], message };
  if (decision.totalNodes === 0) return { sentence: 'The cluster has no nodes', groups: [], message };
  const groups = groupsOf(decision, pod, core);
  if (decision.reason === 'SchedulerError') return { sentence: `The scheduler could not decide: ${message}`, groups, message };
  const preemption = preemptionSentence(decision, pod);
  return { sentence: headline(decision, groups), groups, ...(preemption ? { preemption } : {}), message };
}

function gatedSentence(pod: Pod): string {
  const gates = (pod.spec.schedulingGates ?? []).map((gate) => gate.name);
  return `The scheduler leaves the pod alone until ${gates.length === 1 ? 'its scheduling gate' : 'its scheduling gates'} ${listText(gates)} ${gates.length === 1 ? 'is' : 'are'} removed`;
}

function headline({ totalNodes }: SchedulingDecision, groups: readonly RefusalGroup[]): string {
  const none = totalNodes === 1 ? 'The only node cannot take the pod' : `None of the ${totalNodes} nodes can take the pod`;
  return groups.length === 1 && groups[0] ? `${none}: ${groups[0].sentence}` : none;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

interface Phrased { readonly node: NodeExplanation; readonly phrase: Phrase | undefined; readonly whole: string | undefined }

function groupsOf(decision: SchedulingDecision, pod: Pod, core: SchedulerCore): readonly RefusalGroup[] {
  const info = podInfoOf(pod);
  let state: CycleState | undefined;
  const computed = (): CycleState => {
    if (!state) core.frameworkFor(pod)?.runPreFilter((state = new CycleState()), info);
    return state as CycleState;
  };
  const phrased = explainNodes(decision).flatMap((node): Phrased | readonly Phrased[] => {
    if (node.feasible || node.plugin === undefined) return [];
    const nodeInfo = core.cache.get(node.name);
    if (!nodeInfo && !wasLookedAt(decision, node.name)) return [];
    const reason = node.reasons?.join(', ') ?? '';
    if (!nodeInfo) return { node, phrase: { one: `was out: ${reason}`, many: `were out: ${reason}`, shape: reason, summary: `were out: ${reason}` }, whole: undefined };
    const refused: Refused = { core, pod: info, node: nodeInfo, reason, shortages: node.shortages ?? [], state: computed };
    const made = refusalPhrase(node.plugin ?? '', refused);
    return 'whole' in made ? { node, phrase: undefined, whole: made.whole } : { node, phrase: made, whole: undefined };
  });
  return [...wholeGroups(phrased), ...phraseGroups(phrased)].sort((a, b) => b.nodes.length - a.nodes.length);
}

function wasLookedAt({ detail }: SchedulingDecision, name: string): boolean {
  for (const id of detail.refused) if (detail.names[id] === name) return true;
  return false;
}

function wholeGroups(phrased: readonly Phrased[]): readonly RefusalGroup[] {
  const groups = groupBy(phrased.filter((p) => p.whole !== undefined), (p) => p.whole ?? '');
  return [...groups].map(([sentence, members]) => groupOf(members, sentence));
}

function phraseGroups(phrased: readonly Phrased[]): readonly RefusalGroup[] {
  const groups: RefusalGroup[] = [];
  const shapes = groupBy(phrased.filter((p) => p.phrase !== undefined), (p) => `${p.node.plugin ?? ''} ${p.phrase?.shape ?? ''}`);
  for (const members of shapes.values()) {
    const same = severalWords(members) ? undefined : groupBy(members, (p) => p.phrase?.one ?? '');
    if (!same) groups.push(groupOf(members, `${subject(members)} ${members[0]?.phrase?.summary ?? ''}`));
    else for (const group of same.values()) groups.push(groupOf(group, `${subject(group)} ${(group.length === 1 ? group[0]?.phrase?.one : group[0]?.phrase?.many) ?? ''}`));
  }
  return groups;
}

/** Whether there are too many different sentences to tell them all; no more are made than needed to know. */
function severalWords(members: readonly Phrased[]): boolean {
  const words = new Set<string>();
  for (const { phrase } of members) {
    words.add(phrase?.one ?? '');
    if (words.size > MAX_GROUPS_OF_SHAPE) return true;
  }
  return false;
}

const groupOf = (members: readonly Phrased[], sentence: string): RefusalGroup =>
  ({ plugin: members[0]?.node.plugin ?? '', nodes: members.map((m) => m.node.name), sentence, reasons: [...new Set(members.flatMap((m) => m.node.reasons ?? []))] });

function subject(members: readonly Phrased[]): string {
  const names = members.map((m) => m.node.name);
  return names.length <= MAX_NAMES ? listText(names) : `${names.length} nodes`;
}
