import type { Pod, PodDisruptionBudget } from '../api/generated/types';
import { compileLabelSelector } from '../api/selectors';
import { fitErrorMessage, NodeStatuses } from './fitError';
import { errorStatus, unresolvable, unschedulable, type CycleState, type Handle, type NodeToStatus, type PostFilterResult, type Status } from './framework';
import type { NodeInfo } from './nodeInfo';
import type { PodInfo } from './podInfo';

/** preemption.Evaluator: looks for the node where evicting the fewest and least important pods makes room. */
export interface PreemptionOptions {
  readonly plugin: string;
  /** Look at no more candidate nodes than this share of those that could help, but at least so many. */
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

interface Candidate {
  readonly node: string;
  /** Most important first. */
  readonly victims: readonly PodInfo[];
  readonly violations: number;
}

const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NOT_HELPFUL = 'Preemption is not helpful for scheduling';

/** When it started, ms; a pod that has not started counts as starting now, later than all others. */
function startTime({ pod }: PodInfo): number {
  const text = pod.status?.startTime;
  return text === undefined ? Infinity : Date.parse(text);
}

/**
 * util.MoreImportantPod: higher priority first, then the one that started earlier. A pod that has not started counts as starting
 * at the moment of the comparison, so that of two such pods the first is always the more important one.
 */
function moreImportant(a: PodInfo, b: PodInfo): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  const [first, second] = [startTime(a), startTime(b)];
  return first < second || (first === Infinity && second === Infinity);
}

/** Go's insertion sort: as moreImportant contradicts itself for pods that have not started, the procedure decides their order. */
function sortByImportance(pods: PodInfo[]): void {
  for (let i = 1; i < pods.length; i++) {
    for (let j = i; j > 0; j--) {
      const [later, earlier] = [pods[j], pods[j - 1]];
      if (!later || !earlier || !moreImportant(later, earlier)) break;
      pods[j - 1] = later;
      pods[j] = earlier;
    }
  }
}

export function preempt(handle: Handle, state: CycleState, pod: PodInfo, statuses: NodeToStatus, options: PreemptionOptions): PostFilterResult {
  const ineligible = whyIneligible(handle, pod, statuses);
  if (ineligible) return { status: unschedulable(options.plugin, ineligible) };
  const { nodes } = handle.snapshot;
  const { candidates, failures } = findCandidates(handle, state, pod, statuses.nodesWith('Unschedulable'), options);
  if (candidates.length === 0) {
    failures.absent = unresolvable(options.plugin, NOT_HELPFUL);
    const message = fitErrorMessage(nodes.length, { statuses: failures, preFilterMessage: '', postFilterMessage: '' });
    return { nominatedNodeName: '', status: unschedulable(options.plugin, message) };
  }
  const best = pickOneNode(candidates);
  return { nominatedNodeName: best.node, victims: best.victims };
}

/** PodEligibleToPreemptOthers: not by its own will, and not while earlier victims are still ending. */
function whyIneligible(handle: Handle, pod: PodInfo, statuses: NodeToStatus): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.pod.status?.nominatedNodeName;
  if (!nominated || statuses.get(nominated).code === 'UnschedulableAndUnresolvable') return undefined;
  const waits = handle.snapshot.get(nominated)?.pods.some((victim) => victim.priority < pod.priority && isEndingByPreemption(victim.pod));
  return waits ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

function isEndingByPreemption(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false;
  const condition = pod.status?.conditions?.find((c) => c.type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

function findCandidates(handle: Handle, state: CycleState, pod: PodInfo, potential: readonly NodeInfo[], options: PreemptionOptions): { readonly candidates: readonly Candidate[]; readonly failures: NodeStatuses } {
  const failures = new NodeStatuses(handle.snapshot.nodes);
  const unharmful: Candidate[] = [];
  const violating: Candidate[] = [];
  const count = potential.length;
  if (count === 0) return { candidates: [], failures };
  const offset = Math.floor(handle.random.next() * count);
  const wanted = Math.min(count, Math.max(Math.trunc((count * options.minCandidateNodesPercentage) / 100), options.minCandidateNodesAbsolute));
  const budgets = handle.listers.podDisruptionBudgets();
  for (let i = 0; i < count; i++) {
    const node = potential[(offset + i) % count];
    if (!node) continue;
    const found = selectVictims(handle, state.clone(), pod, node.clone(), budgets, options.plugin);
    if ('victims' in found) (found.violations === 0 ? unharmful : violating).push(found);
    else failures.set(node, found);
    if (unharmful.length > 0 && unharmful.length + violating.length >= wanted) break;
  }
  return { candidates: [...unharmful, ...violating], failures };
}

/** SelectVictimsOnNode: takes all less important pods away, then lets back as many as possible. State and node are copies. */
function selectVictims(handle: Handle, state: CycleState, pod: PodInfo, node: NodeInfo, budgets: readonly PodDisruptionBudget[], plugin: string): Candidate | Status {
  const remove = (victim: PodInfo): void => {
    node.removePod(victim.key);
    handle.runRemovePod(state, pod, victim, node);
  };
  const add = (victim: PodInfo): void => {
    node.addPod(victim);
    handle.runAddPod(state, pod, victim, node);
  };
  const potential = node.pods.filter((p) => p.priority < pod.priority);
  if (potential.length === 0) return unresolvable(plugin, NO_VICTIMS);
  for (const victim of potential) remove(victim);
  const refused = handle.runFilterPluginsWithNominatedPods(state, pod, node);
  if (refused) return refused;
  sortByImportance(potential);
  const victims: PodInfo[] = [];
  const reprieve = (candidate: PodInfo): boolean => {
    add(candidate);
    if (!handle.runFilterPluginsWithNominatedPods(state, pod, node)) return true;
    remove(candidate);
    victims.push(candidate);
    return false;
  };
  const { violating, harmless } = splitByBudgets(potential, budgets);
  let violations = 0;
  for (const candidate of violating) if (!reprieve(candidate)) violations++;
  for (const candidate of harmless) reprieve(candidate);
  if (victims.length === 0) return errorStatus(plugin, `expected at least one victim pod on node "${node.name}"`);
  if (violating.length > 0 && harmless.length > 0) sortByImportance(victims);
  return { node: node.name, victims, violations };
}

/** filterPodsWithPDBViolation: evicting them in this order, which ones would go over their disruption budget. */
function splitByBudgets(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): { readonly violating: readonly PodInfo[]; readonly harmless: readonly PodInfo[] } {
  const allowed = budgets.map((budget) => budget.status?.disruptionsAllowed ?? 0);
  const violating: PodInfo[] = [];
  const harmless: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    budgets.forEach((budget, i) => {
      if (!budgetCovers(budget, pod)) return;
      const left = (allowed[i] ?? 0) - 1;
      allowed[i] = left;
      if (left < 0) violates = true;
    });
    (violates ? violating : harmless).push(pod);
  }
  return { violating, harmless };
}

function budgetCovers(budget: PodDisruptionBudget, pod: PodInfo): boolean {
  if (budget.metadata.namespace !== pod.namespace || Object.keys(pod.labels ?? {}).length === 0) return false;
  const selector = compileLabelSelector(budget.spec?.selector);
  // An empty selector covers nothing here. A pod in disruptedPods is already being evicted through the API.
  return !selector.empty && selector.matches(pod.labels) && budget.status?.disruptedPods?.[pod.name] === undefined;
}

const highestPriority = (c: Candidate): number => c.victims[0]?.priority ?? 0;
/** Priorities are lifted above zero, so that more pods always sum up to more. */
const prioritySum = (c: Candidate): number => c.victims.reduce((sum, victim) => sum + victim.priority + 2 ** 31, 0);
function earliestStart(c: Candidate): number {
  const highest = Math.max(...c.victims.map((victim) => victim.priority));
  return Math.min(...c.victims.filter((victim) => victim.priority === highest).map(startTime));
}

/** Each criterion in turn, smaller is better: pickOneNodeForPreemption. */
const CRITERIA: readonly ((candidate: Candidate) => number)[] = [(c) => c.violations, highestPriority, prioritySum, (c) => c.victims.length, (c) => -earliestStart(c)];

function pickOneNode(candidates: readonly Candidate[]): Candidate {
  let left = candidates;
  for (const criterion of CRITERIA) {
    const values = left.map(criterion);
    const best = Math.min(...values);
    left = left.filter((_, i) => values[i] === best);
    if (left.length === 1) break;
  }
  return left[0] ?? { node: '', victims: [], violations: 0 };
}
