import { explainNodes, type NodeExplanation, type SchedulingDecision } from '../scheduler/decision';
import { count } from './amounts';

/** One node in the table of scores. */
export interface ScoreRow {
  readonly node: string;
  readonly chosen: boolean;
  readonly feasible: boolean;
  /** Weighted scores in the order of the columns; empty where the node was refused or scoring was not needed. */
  readonly scores: readonly number[];
  readonly total?: number;
  /** The plugin that refused the node, and its words. */
  readonly refusedBy?: string;
  readonly reasons?: readonly string[];
}

export interface ScoreTable {
  readonly columns: readonly { readonly plugin: string; readonly weight: number }[];
  /** The chosen node first, then by total, then refused nodes. */
  readonly rows: readonly ScoreRow[];
  /** Rows left out because there are too many. */
  readonly omitted: number;
}

/** Why a pod is where it is. */
export interface WhyHere {
  readonly sentence: string;
  readonly node: string;
  /** Points ahead of the runner-up; 0 for a tie; undefined without another node. */
  readonly margin?: number;
  readonly runnerUp?: string;
  /** The plugin with the largest weighted lead over the runner-up. */
  readonly decidedBy?: string;
  /** How many nodes shared the highest total. */
  readonly ties: number;
  /** Nodes that adaptive sampling never looked at. */
  readonly neverLookedAt: number;
  readonly table: ScoreTable;
}

const MAX_ROWS = 500;

/** Explains a decision that found a node. */
export function whyHere(decision: SchedulingDecision): WhyHere {
  const { detail, node = '', ties, totalNodes, evaluatedNodes, feasibleNodes } = decision;
  const nodes = explainNodes(decision);
  const ranked = nodes.filter((n) => n.feasible).sort((a, b) => Number(b.name === node) - Number(a.name === node) || (b.total ?? 0) - (a.total ?? 0));
  const neverLookedAt = Math.max(0, totalNodes - evaluatedNodes);
  const table = tableOf(decision, [...ranked, ...nodes.filter((n) => !n.feasible)]);
  const [best, next] = ranked;
  const base = { node, ties, neverLookedAt, table };
  // Only a node that preemption has made room on is tried before all others, and alone.
  if (evaluatedNodes === 1 && totalNodes > 1 && feasibleNodes === 1 && detail.absent === undefined) return { ...base, sentence: `${node} had been nominated for the pod, so it was tried first, and the pod fits there${neverLookedAt > 0 ? `; ${count(neverLookedAt, 'other node')} ${neverLookedAt === 1 ? 'was' : 'were'} not looked at` : ''}` };
  if (!best || !next || detail.plugins.length === 0) return { ...base, sentence: `${alone(node, feasibleNodes, evaluatedNodes)}${unseen(neverLookedAt)}` };
  const margin = (best.total ?? 0) - (next.total ?? 0);
  const decided = margin > 0 ? leader(best, next) : undefined;
  const sentence = margin === 0 ? tieSentence(best, ties, feasibleNodes, evaluatedNodes) : wonSentence(best, next, margin, decided, feasibleNodes, evaluatedNodes);
  return { ...base, margin, runnerUp: next.name, ...(decided ? { decidedBy: decided.plugin } : {}), sentence: `${sentence}${unseen(neverLookedAt)}` };
}

const alone = (node: string, feasible: number, evaluated: number): string =>
  evaluated === 1 ? `${node} is the only node that was looked at, and the pod fits there` : feasible === 1 ? `${node} is the only one of ${evaluated} nodes where the pod fits` : `${node} was chosen among ${count(feasible, 'node')} where the pod fits`;

function wonSentence(best: NodeExplanation, next: NodeExplanation, margin: number, decided: Lead | undefined, feasible: number, evaluated: number): string {
  const why = decided ? `; ${decided.plugin} decided (${decided.ahead} ahead)` : '';
  return `${best.name} won with ${count(best.total ?? 0, 'point')}, ${margin} more than ${next.name}${why}; ${feasible} of ${evaluated} nodes fit`;
}

const tieSentence = (best: NodeExplanation, ties: number, feasible: number, evaluated: number): string =>
  `${best.name} was chosen at random among ${ties} nodes with ${count(best.total ?? 0, 'point')} each; ${feasible} of ${evaluated} nodes fit`;

const unseen = (n: number): string => (n === 0 ? '' : `; ${count(n, 'node')} ${n === 1 ? 'was' : 'were'} never looked at, as enough had been found`);

interface Lead { readonly plugin: string; readonly ahead: number }

function leader(best: NodeExplanation, next: NodeExplanation): Lead | undefined {
  let found: Lead | undefined;
  for (const [plugin, score] of Object.entries(best.scores ?? {})) {
    const ahead = score - (next.scores?.[plugin] ?? 0);
    if (ahead > (found?.ahead ?? 0)) found = { plugin, ahead };
  }
  return found;
}

function tableOf({ detail, node }: SchedulingDecision, nodes: readonly NodeExplanation[]): ScoreTable {
  const columns = detail.plugins.map((plugin, i) => ({ plugin, weight: detail.weights[i] ?? 1 }));
  const rows = nodes.slice(0, MAX_ROWS).map((n): ScoreRow => ({
    node: n.name, chosen: n.name === node, feasible: n.feasible, scores: n.feasible ? columns.map(({ plugin }) => n.scores?.[plugin] ?? 0) : [],
    ...(n.feasible && columns.length > 0 ? { total: n.total ?? 0 } : {}), ...(n.feasible ? {} : { refusedBy: n.plugin ?? '', reasons: n.reasons ?? [] }),
  }));
  return { columns, rows, omitted: nodes.length - rows.length };
}
