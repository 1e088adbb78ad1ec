import { NO_DETAIL, type DecisionDetail, type SchedulingDecision } from './decision';
import { fitErrorMessage, NodeStatuses } from './fitError';
import type { Status} from './framework';
import { CycleState, MAX_NODE_SCORE, SKIP, unresolvable, type Handle, type PostFilterResult, type Scores } from './framework';
import type { NodeInfo } from './nodeInfo';
import type { PodInfo } from './podInfo';
import type { Framework } from './profile';

/** Where the next search begins, so that over time all nodes get their turn. */
export interface SearchPosition {
  nextStartNodeIndex: number;
}

export interface Attempt {
  readonly decision: SchedulingDecision;
  /** Plugins' data of this attempt, for Reserve to PostBind. */
  readonly state: CycleState;
  readonly victims: readonly PodInfo[];
}

const MIN_FEASIBLE_NODES = 100;
const MIN_FEASIBLE_PERCENTAGE = 5;
export const NO_NODES_MESSAGE = 'no nodes available to schedule pods';

/** numFeasibleNodesToFind: in large clusters the search ends when enough nodes are found. percentage 0: adaptive. */
export function numFeasibleNodesToFind(percentage: number, totalNodes: number): number {
  if (totalNodes < MIN_FEASIBLE_NODES) return totalNodes;
  const share = percentage || Math.max(50 - Math.trunc(totalNodes / 125), MIN_FEASIBLE_PERCENTAGE);
  return Math.max(Math.trunc((totalNodes * share) / 100), MIN_FEASIBLE_NODES);
}

/** One attempt to find a node, without side effects on the cluster: filter, score, pick; else preemption. */
export function schedulePod(framework: Framework, handle: Handle, pod: PodInfo, position: SearchPosition, percentageOfNodesToScore: number): Attempt {
  const state = new CycleState();
  const { nodes } = handle.snapshot;
  if (nodes.length === 0) return { decision: failure(framework, pod, 0, NO_NODES_MESSAGE, 'Unschedulable', NO_DETAIL, [], {}), state, victims: [] };
  const statuses = new NodeStatuses(nodes);
  const preFilter = framework.runPreFilter(state, pod);
  if (preFilter.status) return refusedByPreFilter(framework, handle, pod, state, statuses, preFilter.status, preFilter.narrowedBy);
  const search = new Search(framework, state, pod, statuses, percentageOfNodesToScore);
  const nominated = pod.pod.status?.nominatedNodeName ? handle.snapshot.get(pod.pod.status.nominatedNodeName) : undefined;
  let feasible = nominated ? search.run([nominated], 0) : [];
  if (feasible.length === 0) {
    const candidates = preFilter.nodeNames ? nodes.filter((node) => preFilter.nodeNames?.has(node.name)) : nodes;
    if (preFilter.nodeNames) statuses.absent = unresolvable('', `node(s) didn't satisfy plugin(s) [${preFilter.narrowedBy.join(' ')}]`);
    feasible = search.run(candidates, position.nextStartNodeIndex);
    position.nextStartNodeIndex = (position.nextStartNodeIndex + feasible.length + statuses.size) % nodes.length;
  }
  if (search.error) return { decision: failure(framework, pod, nodes.length, search.error.message, 'SchedulerError', detailOf(handle, statuses, [], undefined), [], {}), state, victims: [] };
  if (feasible.length === 0) return unfit(framework, handle, pod, state, statuses, '', preFilter.narrowedBy);
  return { decision: choose(framework, handle, pod, state, statuses, feasible), state, victims: [] };
}

/** findNodesThatPassFilters: goes round the nodes from a start until enough fit. */
class Search {
  error: Status | undefined;
  constructor(readonly framework: Framework, readonly state: CycleState, readonly pod: PodInfo, readonly statuses: NodeStatuses, readonly percentage: number) {}

  run(nodes: readonly NodeInfo[], start: number): readonly NodeInfo[] {
    const wanted = this.framework.at('score').length ? numFeasibleNodesToFind(this.framework.percentageOfNodesToScore ?? this.percentage, nodes.length) : 1;
    const feasible: NodeInfo[] = [];
    for (let i = 0; i < nodes.length && feasible.length < wanted; i++) {
      const node = nodes[(start + i) % nodes.length];
      if (!node) continue;
      const status = this.framework.runFiltersWithNominated(this.state, this.pod, node);
      if (!status) feasible.push(node);
      else if (status.code === 'Error') { this.error = status; return []; }
      else this.statuses.set(node, status);
    }
    return feasible;
  }
}

function refusedByPreFilter(framework: Framework, handle: Handle, pod: PodInfo, state: CycleState, statuses: NodeStatuses, status: Status, narrowedBy: readonly string[]): Attempt {
  if (!status.rejected) return { decision: failure(framework, pod, handle.snapshot.nodes.length, status.message, 'SchedulerError', NO_DETAIL, [], {}), state, victims: [] };
  statuses.absent = status;
  return unfit(framework, handle, pod, state, statuses, status.message, narrowedBy);
}

function unfit(framework: Framework, handle: Handle, pod: PodInfo, state: CycleState, statuses: NodeStatuses, preFilterMessage: string, narrowedBy: readonly string[]): Attempt {
  const total = handle.snapshot.nodes.length;
  const postFilter = framework.at('postFilter').length ? framework.runPostFilter(state, pod, statuses) : {};
  const message = fitErrorMessage(total, { statuses, preFilterMessage, postFilterMessage: postFilter.status?.message ?? '' });
  const plugins = new Set(narrowedBy);
  for (const status of new Set(statuses.statuses)) if (status.plugin) plugins.add(status.plugin);
  if (preFilterMessage && statuses.absent.plugin) plugins.add(statuses.absent.plugin);
  const detail = detailOf(handle, statuses, [], undefined);
  return { decision: failure(framework, pod, total, message, 'Unschedulable', detail, [...plugins], postFilter), state, victims: postFilter.victims ?? [] };
}

function failure(framework: Framework, pod: PodInfo, totalNodes: number, message: string, reason: 'Unschedulable' | 'SchedulerError', detail: DecisionDetail, plugins: readonly string[], postFilter: PostFilterResult): SchedulingDecision {
  const { nominatedNodeName } = postFilter;
  return {
    namespace: pod.namespace, name: pod.name, uid: pod.pod.metadata.uid, profile: framework.name, outcome: 'unschedulable', message, reason, totalNodes, evaluatedNodes: detail.refused.length, feasibleNodes: 0,
    victims: (postFilter.victims ?? []).map((victim) => `${victim.namespace}/${victim.name}`), ties: 0, unschedulablePlugins: plugins, detail,
    ...(nominatedNodeName === undefined ? {} : { nominatedNode: nominatedNodeName }),
  };
}

interface Scoring {
  readonly plugins: readonly string[];
  readonly weights: readonly number[];
  readonly scores: Uint8Array;
  readonly totals: Float64Array;
}

function choose(framework: Framework, handle: Handle, pod: PodInfo, state: CycleState, statuses: NodeStatuses, feasible: readonly NodeInfo[]): SchedulingDecision {
  const scoring = feasible.length > 1 ? scoreNodes(framework, state, pod, feasible) : undefined;
  const best = scoring ? pickBest(scoring.totals, handle) : { index: 0, ties: 1 };
  return {
    namespace: pod.namespace, name: pod.name, uid: pod.pod.metadata.uid, profile: framework.name, outcome: 'scheduled', node: feasible[best.index]?.name ?? '', message: '', totalNodes: handle.snapshot.nodes.length,
    evaluatedNodes: feasible.length + statuses.size, feasibleNodes: feasible.length, victims: [], ties: best.ties, unschedulablePlugins: [], detail: detailOf(handle, statuses, feasible, scoring),
  };
}

/** RunPreScorePlugins and RunScorePlugins. */
function scoreNodes(framework: Framework, state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Scoring {
  const skipped = new Set<string>();
  for (const plugin of framework.at('preScore')) if (plugin.preScore?.(state, pod, nodes) === SKIP) skipped.add(plugin.name);
  const plugins = framework.at('score').filter((plugin) => !skipped.has(plugin.name));
  const weights = plugins.map((plugin) => framework.scoreWeights.get(plugin.name) ?? 1);
  const totals = new Float64Array(nodes.length);
  const scores = new Uint8Array(nodes.length * plugins.length);
  const raw: Scores = new Float64Array(nodes.length);
  for (let column = 0; column < plugins.length; column++) {
    const plugin = plugins[column];
    if (!plugin?.score) continue;
    raw.fill(0);
    plugin.score(state, pod, nodes, raw);
    plugin.normalizeScore?.(state, pod, raw, nodes);
    const weight = weights[column] ?? 1;
    for (let row = 0; row < nodes.length; row++) {
      const score = raw[row] ?? 0;
      if (!(score >= 0 && score <= MAX_NODE_SCORE)) throw new Error(`plugin "${plugin.name}" returns an invalid score ${score}, it should in the range of [0, ${MAX_NODE_SCORE}] after normalizing`);
      scores[row * plugins.length + column] = score;
      totals[row] = (totals[row] ?? 0) + score * weight;
    }
  }
  return { plugins: plugins.map((plugin) => plugin.name), weights, scores, totals };
}

/** The highest total; among equals one at random. */
function pickBest(totals: Float64Array, handle: Handle): { readonly index: number; readonly ties: number } {
  let best = -Infinity;
  const ties: number[] = [];
  for (let i = 0; i < totals.length; i++) {
    const total = totals[i] ?? 0;
    if (total < best) continue;
    if (total > best) ties.length = 0;
    best = total;
    ties.push(i);
  }
  const index = ties.length > 1 ? Math.floor(handle.random.next() * ties.length) : 0;
  return { index: ties[index] ?? 0, ties: ties.length };
}

function detailOf(handle: Handle, statuses: NodeStatuses, feasible: readonly NodeInfo[], scoring: Scoring | undefined): DecisionDetail {
  const ids = new Uint32Array(feasible.length);
  for (let row = 0; row < feasible.length; row++) ids[row] = feasible[row]?.id ?? 0;
  const table: Status[] = [];
  const indexOf = new Map<Status, number>();
  const refused = new Uint32Array(statuses.size);
  const refusals = new Uint32Array(statuses.size);
  let last: Status | undefined;
  let index = 0;
  for (let i = 0; i < statuses.size; i++) {
    const status = statuses.statuses[i];
    if (!status) continue;
    if (status !== last) {
      index = indexOf.get(status) ?? table.push(status) - 1;
      indexOf.set(status, index);
      last = status;
    }
    refused[i] = statuses.refused[i]?.id ?? 0;
    refusals[i] = index;
  }
  return {
    names: handle.snapshot.names, feasible: ids, plugins: scoring?.plugins ?? [], weights: scoring?.weights ?? [], scores: scoring?.scores ?? new Uint8Array(0),
    refused, refusals: table.length < 65536 ? Uint16Array.from(refusals) : refusals, statuses: table, ...(statuses.absent.reasons.length ? { absent: statuses.absent } : {}),
  };
}
