import { describeDecision, type NodeExplanation, type SchedulingDecision } from '../../engine/scheduler/decision';
import { count, cpu, listed, memory, number } from '../words';

/** Why a scheduled pod is where it is, in half a sentence. */
export function whyThere(decision: SchedulingDecision): string {
  const { nodes, feasibleNodes, evaluatedNodes, node } = describeDecision(decision);
  const fit = feasibleNodes === evaluatedNodes ? `${evaluatedNodes === 1 ? 'the only node' : `all ${number(evaluatedNodes)} nodes`} fit` : `${number(feasibleNodes)} of ${number(evaluatedNodes)} nodes fit`;
  if (feasibleNodes === 1) return evaluatedNodes === 1 ? 'the only node fits' : `the only one of ${number(evaluatedNodes)} nodes that fits`;
  const scored = nodes.filter((n) => n.total !== undefined);
  const chosen = scored.find((n) => n.name === node);
  if (!chosen) return fit;
  const better = (n: NodeExplanation): number => (chosen.total ?? 0) - (n.total ?? 0);
  const others = scored.filter((n) => n !== chosen).sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
  const second = others[0];
  if (!second) return fit;
  if (better(second) === 0) return `${fit}; ${number(others.filter((o) => better(o) === 0).length + 1)} have the same score, and it was drawn by lot`;
  return `${fit}; ${number(chosen.total ?? 0)} points, ${number(better(second))} more than ${second.name}${decisive(chosen, second)}`;
}

/** The plugin that made most of the difference. */
function decisive(chosen: NodeExplanation, second: NodeExplanation): string {
  let best = '', most = 0;
  for (const [plugin, score] of Object.entries(chosen.scores ?? {})) {
    const lead = score - (second.scores?.[plugin] ?? 0);
    if (lead > most) { most = lead; best = plugin; }
  }
  return best ? ` (mostly ${WORDS[best] ?? best})` : '';
}

const WORDS: { readonly [plugin: string]: string } = {
  NodeResourcesFit: 'free resources', NodeResourcesBalancedAllocation: 'balanced resources', PodTopologySpread: 'spreading', InterPodAffinity: 'pod affinity', NodeAffinity: 'node affinity',
  TaintToleration: 'taints', ImageLocality: 'the image being there',
};

/** What would let a pod be placed, by what stands in the way on each node. The most promising first. */
export function remedies(decision: SchedulingDecision): readonly string[] {
  const { nodes } = describeDecision(decision);
  const refused = nodes.filter((n) => !n.feasible);
  const by = (plugin: string): readonly string[] => refused.filter((n) => n.plugin === plugin).map((n) => n.name);
  const found: { readonly nodes: number; readonly text: string }[] = [];
  const add = (names: readonly string[], text: string): void => { if (names.length > 0) found.push({ nodes: names.length, text }); };
  const short = shortage(refused);
  if (short) found.push(short);
  add(by('NodeAffinity'), `no rule of nodeSelector or node affinity matches ${where(by('NodeAffinity'))}: label a node, or change the rule`);
  const tainted = by('TaintToleration');
  add(tainted, `${where(tainted)} ${tainted.length === 1 ? 'has' : 'have'} a taint that the pod does not tolerate: add a toleration, or remove the taint`);
  const cordoned = by('NodeUnschedulable');
  add(cordoned, `${where(cordoned)} ${cordoned.length === 1 ? 'is' : 'are'} cordoned: uncordon`);
  add(by('PodTopologySpread'), `topologySpreadConstraints refuse ${where(by('PodTopologySpread'))}: raise maxSkew, add nodes, or use ScheduleAnyway`);
  add(by('InterPodAffinity'), `pod affinity or anti-affinity refuses ${where(by('InterPodAffinity'))}: add nodes, or relax the rule`);
  add(by('NodePorts'), `the host port is taken on ${where(by('NodePorts'))}: use another port, or a Service instead of a host port`);
  return found.sort((a, b) => b.nodes - a.nodes).map((f) => f.text);
}

const where = (names: readonly string[]): string => (names.length > 6 ? count(names.length, 'node') : listed(names, 6));

/** How much is missing where least is missing. */
function shortage(refused: readonly NodeExplanation[]): { readonly nodes: number; readonly text: string } | undefined {
  const tight = refused.filter((n) => n.plugin === 'NodeResourcesFit' && n.shortages?.length);
  let best: { readonly node: string; readonly resource: string; readonly requested: number; readonly free: number; readonly capacity: number } | undefined;
  for (const { name, shortages = [] } of tight) {
    const [s] = shortages;
    if (!s) continue;
    const free = s.capacity - s.used;
    if (!best || s.requested - free < best.requested - best.free) best = { node: name, resource: s.resource, requested: s.requested, free, capacity: s.capacity };
  }
  if (!best) return undefined;
  const { resource, requested, free, node, capacity } = best;
  const cure = requested > capacity ? 'request less, or add a larger node' : 'request less, delete something, or add a node';
  const most = `${node} has ${tight.length > 1 ? 'the most free, ' : 'only '}${amount(resource, Math.max(0, free))}`;
  return { nodes: tight.length, text: resource === 'pods' ? 'the nodes hold as many pods as they may: add a node' : `the pod requests ${amount(resource, requested)} ${UNITS[resource] ?? `of ${resource}`}; ${most}: ${cure}` };
}

const UNITS: { readonly [resource: string]: string } = { cpu: 'CPU', memory: 'of memory' };

/** Amounts as the scheduler counts them: CPU in thousandths, all else in whole units. */
export function amount(resource: string, value: number): string {
  if (resource === 'cpu') return cpu(value);
  if (resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-')) return memory(value);
  return number(value);
}
