import { describeDecision, type NodeExplanation, type SchedulingDecision } from '../engine/scheduler/decision';
import type { Decision } from '../engine/trace/message';
import type { NodeRow, NodesTable } from './detailModel';

const MAX_ROWS = 200;

/** The scheduler's decision, node by node: the chosen one first, then those that fit by score, then those that do not. */
export function nodesTable(decision: Decision | undefined): NodesTable | undefined {
  if (decision?.kind !== 'scheduling') return undefined;
  const described = describeDecision(decision.data as SchedulingDecision);
  const plugins = [...new Set(described.nodes.flatMap((n) => Object.keys(n.scores ?? {})))];
  // A column of nothing but zeros tells nobody anything.
  const telling = plugins.filter((p) => described.nodes.some((n) => (n.scores?.[p] ?? 0) !== 0));
  const rows = described.nodes.map((n) => rowOf(n, telling, described.node)).sort((a, b) => Number(b.chosen) - Number(a.chosen) || Number(b.feasible) - Number(a.feasible) || (b.total ?? 0) - (a.total ?? 0));
  return { summary: `${decision.summary}${tieWords(described.nodes, described.node)}`, plugins: telling, rows: rows.slice(0, MAX_ROWS), omitted: Math.max(0, rows.length - MAX_ROWS) };
}

/** Equal best scores are decided by chance, as in Kubernetes. */
function tieWords(nodes: readonly NodeExplanation[], chosen: string | null): string {
  const best = nodes.find((n) => n.name === chosen)?.total;
  const tied = best === undefined ? 0 : nodes.filter((n) => n.total === best).length;
  return tied > 1 ? `; ${tied} nodes tie at ${best ?? 0} points, one of them taken at random` : '';
}

function rowOf(node: NodeExplanation, plugins: readonly string[], chosen: string | null): NodeRow {
  const scored = node.scores !== undefined && Object.keys(node.scores).length > 0;
  return {
    name: node.name, chosen: node.name === chosen, feasible: node.feasible, scores: scored ? plugins.map((p) => node.scores?.[p] ?? 0) : [], total: scored ? node.total : undefined,
    plugin: node.plugin ?? '', reasons: node.reasons ?? [],
  };
}
