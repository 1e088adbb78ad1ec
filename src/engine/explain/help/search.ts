import type { Pod } from '../../api/generated/types';
import { explainNodes, type SchedulingDecision } from '../../scheduler/decision';
import type { NodeInfo } from '../../scheduler/nodeInfo';
import { listText } from '../amounts';
import type { Candidate } from './candidate';
import { firstNodeCandidate, nodeCandidate, priorityCandidates, queueCandidates, volumeCandidates, ZONE } from './clusterCandidates';
import { nodeAffinityCandidates, nodeSelectorCandidates, portCandidates, taintCandidates, uncordonCandidate } from './nodeCandidates';
import { deletionCandidates, podAffinityCandidates, spreadCandidates } from './podCandidates';
import { requestCandidate } from './requestCandidates';
import type { Trial } from './trial';

/** A candidate that placed the pod, in a trial. */
export interface Found extends Candidate { readonly node: string; readonly victims: readonly string[] }

/** Nodes that candidates are made for, of each plugin that refused. */
const MAX_NODES_PER_PLUGIN = 24;
const MAX_CANDIDATES = 150;
/** Changes put together at the most. */
const MAX_DEPTH = 3;
const MAX_STEPS_CONTINUED = 10;
/** With so many single changes that help, combinations are of no interest. */
const ENOUGH = 2;

/** Tries single changes, then combinations, until some place the pod; the smallest first. */
export function search(trial: Trial, pod: Pod): readonly Found[] {
  const found = new Map<string, Found>();
  const decision = trial.attempt(pod);
  if (decision.outcome === 'scheduled') return [];
  let steps: readonly Step[] = [{ pod, made: [], decision }];
  for (let depth = 1; depth <= MAX_DEPTH && trial.goesOn && steps.length > 0; depth++) {
    const next: Step[] = [];
    for (const step of steps) next.push(...expand(trial, step, found));
    if (found.size >= ENOUGH) break;
    steps = next.sort((a, b) => a.decision.detail.refused.length - b.decision.detail.refused.length || sizeOf(a.made) - sizeOf(b.made)).slice(0, MAX_STEPS_CONTINUED);
  }
  return [...found.values()].sort((a, b) => a.size - b.size || (a.title < b.title ? -1 : 1));
}

interface Step { readonly pod: Pod; readonly made: readonly Candidate[]; readonly decision: SchedulingDecision }

const sizeOf = (made: readonly Candidate[]): number => made.reduce((sum, c) => sum + c.size, 0);
const actionsOf = (made: readonly Candidate[]): Candidate['actions'] => made.flatMap((c) => c.actions);

/** Tries every candidate on top of what a step has already made; returns those that changed something but did not suffice. */
function expand(trial: Trial, step: Step, found: Map<string, Found>): readonly Step[] {
  const failed: Step[] = [];
  const candidates = trial.with(actionsOf(step.made), () => candidatesFor(trial, step.pod, step.decision));
  for (const candidate of candidates) {
    if (!trial.goesOn) break;
    const made = [...step.made, candidate];
    const pod = trial.with(actionsOf(made), () => trial.edited(step.pod, candidate.edits));
    const decision = trial.attempt(pod, [], actionsOf(made));
    const node = decision.outcome === 'scheduled' ? decision.node : candidate.preempts ? decision.nominatedNode : undefined;
    if (!node) { if (!candidate.preempts && differs(step.decision, decision)) failed.push({ pod, made, decision }); continue; }
    if (candidate.preempts && decision.victims.some((victim) => isSibling(trial, pod, victim))) continue;
    const whole = combined(made);
    if (!found.has(whole.title)) found.set(whole.title, { ...whole, node, victims: decision.victims });
  }
  return failed;
}

/** A template gives all replicas the same priority: none of them evicts another. */
function isSibling(trial: Trial, pod: Pod, victim: string): boolean {
  const slash = victim.indexOf('/');
  const other = trial.podOn(victim.slice(0, slash), victim.slice(slash + 1));
  return other !== undefined && trial.areSiblings(pod, other.pod);
}

const differs = (before: SchedulingDecision, after: SchedulingDecision): boolean => before.message !== after.message || before.outcome !== after.outcome;

function combined(made: readonly Candidate[]): Candidate {
  const [only] = made;
  if (made.length === 1 && only) return only;
  const titles = made.map(({ title }, i) => (i === 0 ? title : `${title.charAt(0).toLowerCase()}${title.slice(1)}`));
  return {
    kind: 'combination', title: listText(titles), detail: made.map((c) => c.detail).join(' '), size: sizeOf(made) + made.length, edits: made.flatMap((c) => c.edits), actions: actionsOf(made),
    ...(made.some((c) => c.preempts) ? { preempts: true } : {}),
  };
}

/** Changes that may remove what refused the pod. */
function candidatesFor(trial: Trial, pod: Pod, decision: SchedulingDecision): readonly Candidate[] {
  const refused = refusedBy(trial, decision);
  const by = (plugin: string): readonly NodeInfo[] => refused.get(plugin) ?? [];
  const requests = by('NodeResourcesFit').flatMap((node) => requestCandidate(pod, node) ?? []).sort((a, b) => a.size - b.size).slice(0, 4);
  const affinity = [...by('NodeAffinity'), ...by('')];
  const resolvable = ['NodeResourcesFit', 'NodePorts', 'InterPodAffinity', 'PodTopologySpread', 'VolumeRestrictions', 'NodeVolumeLimits'].flatMap(by);
  const all = [
    ...queueCandidates(pod, trial), ...requests, ...by('TaintToleration').flatMap((node) => taintCandidates(pod, node)), ...affinity.flatMap((node) => [...nodeSelectorCandidates(pod, node), ...nodeAffinityCandidates(pod, node)]),
    ...by('NodeUnschedulable').map(uncordonCandidate), ...by('NodePorts').flatMap((node) => portCandidates(pod, node)), ...(by('InterPodAffinity').length > 0 ? podAffinityCandidates(pod) : []),
    ...(by('PodTopologySpread').length > 0 ? spreadCandidates(pod, trial) : []), ...volumeCandidates(pod, trial), ...deletionCandidates(pod, trial, resolvable), ...(resolvable.length > 0 ? priorityCandidates(pod, trial) : []), ...newNode(trial, pod, refused),
  ];
  const distinct = new Map(all.map((c) => [c.title, c]));
  return [...distinct.values()].sort((a, b) => a.size - b.size).slice(0, MAX_CANDIDATES);
}

/** Nodes by the plugin that refused them, unlike ones first where there are too many. */
function refusedBy(trial: Trial, decision: SchedulingDecision): ReadonlyMap<string, readonly NodeInfo[]> {
  const result = new Map<string, NodeInfo[]>();
  for (const { name, plugin, feasible } of explainNodes(decision)) {
    const node = feasible ? undefined : trial.core.cache.get(name);
    if (!node) continue;
    const nodes = result.get(plugin ?? '');
    if (!nodes) result.set(plugin ?? '', [node]);
    else if (nodes.length < MAX_NODES_PER_PLUGIN) nodes.push(node);
  }
  return result;
}

/** A node like one that was refused only for what is on it; else like any. */
function newNode(trial: Trial, pod: Pod, refused: ReadonlyMap<string, readonly NodeInfo[]>): readonly Candidate[] {
  const names = new Set(trial.core.cache.nodes.map((node) => node.name));
  if (names.size === 0) return [firstNodeCandidate(pod)].flatMap((candidate) => candidate ?? []);
  const order = ['NodeResourcesFit', 'NodePorts', 'PodTopologySpread', 'InterPodAffinity', 'NodeVolumeLimits', 'NodeAffinity', 'TaintToleration', 'NodeUnschedulable'];
  const models = order.flatMap((plugin) => {
    const nodes = refused.get(plugin) ?? [];
    return [...nodes].sort((a, b) => b.allocatable.milliCPU - a.allocatable.milliCPU).slice(0, 2);
  });
  const zones = new Set(trial.core.cache.nodes.map((node) => node.labels?.[ZONE]));
  const zone = ['zone-d', 'zone-e', 'zone-new'].find((name) => !zones.has(name));
  return models.slice(0, 4).flatMap((node) => [nodeCandidate(pod, node, names) ?? [], node.labels?.[ZONE] && zone && pod.spec.nodeSelector?.[ZONE] === undefined ? nodeCandidate(pod, node, names, zone) ?? [] : []].flat());
}
