import type { Pod } from '../../engine/api/generated/types';
import { compileLabelSelector } from '../../engine/api/selectors';
import type { ManifestDocument } from '../../engine/manifest/parse';
import type { NodeInfo } from '../../engine/scheduler/nodeInfo';
import type { LiveView } from '../runningWorld';
import type { WorldSettings } from '../protocol';
import { amount, count, cpu, listed, memory, number } from '../words';
import type { FieldName } from './fields';
import { judge, type Judgement, type Verdict } from './judge';
import { code, paragraphs, plain, table } from './markdown';

/** Lines of a table. */
const MAX_ROWS = 8;
const COLLATOR = new Intl.Collator('en', { numeric: true });

/** How many and which nodes a field admits or refuses, and why. Undefined where it cannot be told. */
export function fieldHover(document: ManifestDocument, field: FieldName, live: LiveView, settings: WorldSettings): string | undefined {
  const judgement = judge(document, field, live, settings);
  if (!judgement || judgement.verdicts.length === 0) return undefined;
  const verdicts = [...judgement.verdicts].sort((a, b) => COLLATOR.compare(a.node.name, b.node.name));
  const admitted = verdicts.filter((v) => !v.status);
  const all = verdicts.length;
  const names = admitted.length > 0 && admitted.length < all ? `: ${listed(admitted.map((v) => plain(v.node.name)), 5)}` : '';
  const head = admitted.length === all ? `**${code(field)} ${SUBJECT[field]} all ${count(all, 'node')}**` : `**${code(field)} ${SUBJECT[field]} ${admitted.length === 0 ? 'none' : number(admitted.length)} of ${count(all, 'node')}**${names}`;
  return paragraphs(head, rows(field, verdicts, judgement, live), footnote(field, judgement));
}

const SUBJECT: { readonly [F in FieldName]: string } = {
  nodeSelector: 'admits', affinity: 'admits', nodeAffinity: 'admits', podAffinity: 'admits', podAntiAffinity: 'admits', tolerations: 'admit', topologySpreadConstraints: 'admit', resources: 'fit on', nodeName: 'admits',
};

/** Nodes with the same verdict for the same reason share a line. */
function rows(field: FieldName, verdicts: readonly Verdict[], judgement: Judgement, live: LiveView): string {
  const groups = new Map<string, { readonly names: string[]; readonly fits: boolean; readonly why: string }>();
  for (const verdict of verdicts) {
    const why = reason(field, verdict, judgement, live);
    const key = `${verdict.status ? 1 : 0} ${why}`;
    const group = groups.get(key);
    if (group) group.names.push(verdict.node.name);
    else groups.set(key, { names: [verdict.node.name], fits: !verdict.status, why });
  }
  const sorted = [...groups.values()].sort((a, b) => Number(b.fits) - Number(a.fits));
  const lines = sorted.slice(0, MAX_ROWS).map((g) => [g.fits ? '✓' : '✗', plain(listed(g.names, 3)), plain(g.why)]);
  const whole = table(['', sorted.length === 1 ? 'Nodes' : 'Node', 'Why'], lines);
  const hidden = sorted.slice(MAX_ROWS).reduce((n, group) => n + group.names.length, 0);
  return hidden > 0 ? `${whole}\n\n… and ${count(hidden, 'more node', 'more nodes')}` : whole;
}

function reason(field: FieldName, { node, status }: Verdict, { pod }: Judgement, live: LiveView): string {
  switch (field) {
    case 'nodeSelector': return labelsReason(node, pod.pod.spec.nodeSelector ?? {});
    case 'tolerations': return taintsReason(node, status !== undefined);
    case 'resources': return resourcesReason(node, status?.reasons ?? []);
    case 'nodeName': return status ? 'another node' : 'the node that is named; no scheduler is asked';
    case 'topologySpreadConstraints': return spreadReason(node, pod.pod, live);
    case 'nodeAffinity': case 'affinity': {
      const keys = status && status.plugin !== 'NodeAffinity' ? [] : affinityKeys(pod.pod.spec.affinity?.nodeAffinity);
      if (keys.length > 0) return keys.map((k) => labelWords(node, k)).join(', ');
      break;
    }
    default: break;
  }
  return status ? words(status.message) : 'nothing against it';
}

const words = (message: string): string => message.replace(/^node\(s\) /, '').replace("didn't match Pod's node affinity/selector", 'does not match');

/** How many pods that count are where the node is: "zone-a has 2 of these pods". */
function spreadReason(node: NodeInfo, pod: Pod, live: LiveView): string {
  return (pod.spec.topologySpreadConstraints ?? []).map(({ topologyKey, labelSelector }) => {
    const domain = node.labels?.[topologyKey];
    if (domain === undefined) return `no label ${topologyKey}`;
    const selector = compileLabelSelector(labelSelector);
    const there = live.nodes.filter((n) => n.metadata.labels?.[topologyKey] === domain).flatMap((n) => live.podsOn(n.metadata.name));
    const same = there.filter((p) => p.metadata.namespace === pod.metadata.namespace && !p.metadata.deletionTimestamp && selector.matches(p.metadata.labels)).length;
    return `${domain} has ${same === 0 ? 'none' : number(same)} of these pods`;
  }).join(', ');
}

function labelWords(node: NodeInfo, key: string): string {
  const value = node.labels?.[key];
  return value === undefined ? `no label ${key}` : `${key} is ${value || 'empty'}`;
}

function labelsReason(node: NodeInfo, selector: { readonly [key: string]: string }): string {
  const wrong = Object.entries(selector).filter(([key, value]) => node.labels?.[key] !== value);
  if (wrong.length === 0) return 'every label matches';
  return wrong.map(([key, value]) => (node.labels?.[key] === undefined ? `no label ${key}` : `${key} is ${node.labels[key] ?? ''}, not ${value}`)).join(', ');
}

/** Labels that required node affinity asks for. */
function affinityKeys(affinity: { readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly { readonly matchExpressions?: readonly { readonly key: string }[] }[] } } | undefined): readonly string[] {
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return [...new Set(terms.flatMap((t) => (t.matchExpressions ?? []).map((e) => e.key)))].slice(0, 3);
}

function taintsReason(node: NodeInfo, refused: boolean): string {
  const taints = node.repellingTaints.map((t) => `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`);
  if (taints.length === 0) return 'has no taint';
  return `${taints.join(', ')} ${refused ? (taints.length === 1 ? 'is not tolerated' : 'are not all tolerated') : taints.length === 1 ? 'is tolerated' : 'are tolerated'}`;
}

function resourcesReason(node: NodeInfo, reasons: readonly string[]): string {
  const freeCpu = Math.max(0, node.allocatable.milliCPU - node.requested.milliCPU), freeMemory = Math.max(0, node.allocatable.memory - node.requested.memory);
  const free = `${cpu(freeCpu)} of ${cpu(node.allocatable.milliCPU)} CPU and ${memory(freeMemory)} of ${memory(node.allocatable.memory)} free`;
  const lacking = reasons.map((r) => r.replace(/^Insufficient /, 'too little ').replace('Too many pods', 'holds as many pods as it may'));
  return lacking.length > 0 ? `${lacking.join(', ')}: ${free}` : free;
}

function footnote(field: FieldName, { pod, verdicts }: Judgement): string | undefined {
  if (field === 'resources') return requestWords(pod);
  if (verdicts.some((v) => v.status)) return field === 'topologySpreadConstraints' ? 'For the next pod, with the pods that are there now.' : undefined;
  const { affinity, topologySpreadConstraints } = pod.pod.spec;
  if (field === 'topologySpreadConstraints' && topologySpreadConstraints?.every((c) => c.whenUnsatisfiable === 'ScheduleAnyway')) return 'ScheduleAnyway refuses no node: it only lowers the score.';
  if (field === 'topologySpreadConstraints') return 'For the next pod, with the pods that are there now.';
  const soft = affinity && Object.values(affinity).every((a) => !(a as { readonly requiredDuringSchedulingIgnoredDuringExecution?: unknown } | undefined)?.requiredDuringSchedulingIgnoredDuringExecution);
  return soft && /ffinity$/.test(field) ? 'It is a preference: it refuses no node and only raises the score of some.' : undefined;
}

function requestWords({ requests }: Judgement['pod']): string {
  const parts = [requests.milliCPU > 0 ? `${amount('cpu', requests.milliCPU)} CPU` : '', requests.memory > 0 ? `${amount('memory', requests.memory)} of memory` : ''].filter(Boolean);
  return parts.length === 0 ? 'A pod of this template requests nothing: only the limit of pods on a node matters.' : `A pod of this template requests ${parts.join(' and ')}.`;
}
