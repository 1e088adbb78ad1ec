import type { Shortage, Status } from './framework';

export type Outcome = 'scheduled' | 'unschedulable' | 'gated' | 'ignored';

/**
 * One scheduling attempt with its full explanation, kept compactly: nodes by id, reasons shared, scores as bytes. Expand it with
 * describeDecision(). It refers to nothing of the live cluster but the append-only table of node names.
 */
export interface SchedulingDecision {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly profile: string;
  readonly outcome: Outcome;
  /** The chosen node. */
  readonly node?: string;
  /** The text of the PodScheduled condition; '' for a scheduled pod. */
  readonly message: string;
  /** The reason of the PodScheduled condition. */
  readonly reason?: 'Unschedulable' | 'SchedulerError' | 'SchedulingGated';
  readonly totalNodes: number;
  readonly evaluatedNodes: number;
  readonly feasibleNodes: number;
  /** Set by preemption; '' where an earlier nomination is cleared. */
  readonly nominatedNode?: string;
  /** "namespace/name". */
  readonly victims: readonly string[];
  /** How many nodes shared the best score. */
  readonly ties: number;
  /** What decides which events wake the pod. */
  readonly unschedulablePlugins: readonly string[];
  readonly detail: DecisionDetail;
}

export interface DecisionDetail {
  /** Node names by id. Shared by all decisions of one cache. */
  readonly names: readonly string[];
  /** Feasible nodes, in the order in which they were found. */
  readonly feasible: Uint32Array;
  /** Score plugins that had a say, with their weights. */
  readonly plugins: readonly string[];
  readonly weights: readonly number[];
  /** Normalised scores (0 to 100) by node, then by plugin. Empty where a single node was feasible: it is not scored. */
  readonly scores: Uint8Array;
  /** Nodes that were refused, and for each the index of its status. */
  readonly refused: Uint32Array;
  readonly refusals: Uint16Array | Uint32Array;
  readonly statuses: readonly Status[];
  /** Why all nodes that were not looked at singly are out, where a PreFilter plugin refused them. */
  readonly absent?: Status;
}

const NO_IDS = new Uint32Array(0);
export const NO_DETAIL: DecisionDetail = { names: [], feasible: NO_IDS, plugins: [], weights: [], scores: new Uint8Array(0), refused: NO_IDS, refusals: new Uint16Array(0), statuses: [] };

export interface NodeExplanation {
  readonly name: string;
  readonly feasible: boolean;
  /** The first plugin that refused the node, and its reasons. */
  readonly plugin?: string;
  readonly reasons?: readonly string[];
  readonly shortages?: readonly Shortage[];
  /** Weighted scores by plugin. */
  readonly scores?: { readonly [plugin: string]: number };
  readonly total?: number;
}

/** A decision as `-o json` prints it (`scheduling` of a pod). */
export interface DecisionDescription {
  readonly outcome: Outcome;
  readonly node: string | null;
  readonly message: string;
  readonly evaluatedNodes: number;
  readonly feasibleNodes: number;
  readonly nominatedNode: string | null;
  readonly victims: readonly string[];
  readonly nodes: readonly NodeExplanation[];
}

export function describeDecision(decision: SchedulingDecision): DecisionDescription {
  const { outcome, node, message, evaluatedNodes, feasibleNodes, nominatedNode, victims } = decision;
  return { outcome, node: node ?? null, message, evaluatedNodes, feasibleNodes, nominatedNode: nominatedNode || null, victims, nodes: explainNodes(decision) };
}

/** The decision that was explained last: several sentences are made of one, and thousands of nodes take a while. */
let explained: { readonly detail: DecisionDetail; readonly nodes: readonly NodeExplanation[] } | undefined;

/** Every node that was evaluated, by name; after a refusal by PreFilter, every node. */
export function explainNodes(decision: SchedulingDecision): readonly NodeExplanation[] {
  const { detail } = decision;
  if (explained?.detail !== detail || detail.absent !== undefined) explained = { detail, nodes: allNodes(decision) };
  return explained.nodes;
}

function allNodes({ detail, totalNodes }: SchedulingDecision): readonly NodeExplanation[] {
  const result: NodeExplanation[] = [];
  detail.feasible.forEach((id, row) => result.push(explainFeasible(detail, id, row)));
  detail.refused.forEach((id, i) => {
    const status = detail.statuses[detail.refusals[i] ?? 0];
    if (status) result.push(explainRefused(detail.names[id] ?? '', status));
  });
  if (detail.absent?.reasons.length && result.length < totalNodes) {
    const seen = new Set(result.map((node) => node.name));
    for (const name of detail.names) if (!seen.has(name)) result.push(explainRefused(name, detail.absent));
  }
  return sortedByName(result);
}

function explainFeasible(detail: DecisionDetail, id: number, row: number): NodeExplanation {
  const scores: { [plugin: string]: number } = {};
  let total = 0;
  detail.plugins.forEach((plugin, column) => {
    const score = (detail.scores[row * detail.plugins.length + column] ?? 0) * (detail.weights[column] ?? 1);
    scores[plugin] = score;
    total += score;
  });
  return { name: detail.names[id] ?? '', feasible: true, scores, total };
}

function explainRefused(name: string, { plugin, reasons, shortages }: Status): NodeExplanation {
  return { name, feasible: false, plugin, reasons, ...(shortages ? { shortages } : {}) };
}

/** Numbers in names count by their value: node-2 comes before node-10. */
function sortedByName(nodes: readonly NodeExplanation[]): readonly NodeExplanation[] {
  const keyed = nodes.map((node) => ({ node, key: node.name.replace(/\d+/g, (digits) => digits.padStart(12, '0')) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ node }) => node);
}

/** A copy that holds only the names it needs: for sending a decision elsewhere. */
export function portableDecision(decision: SchedulingDecision): SchedulingDecision {
  const { detail } = decision;
  if (detail.absent) return { ...decision, detail: { ...detail, names: [...detail.names] } };
  const names: string[] = [];
  const move = (ids: Uint32Array): Uint32Array => ids.map((id) => names.push(detail.names[id] ?? '') - 1);
  return { ...decision, detail: { ...detail, feasible: move(detail.feasible), refused: move(detail.refused), names } };
}
