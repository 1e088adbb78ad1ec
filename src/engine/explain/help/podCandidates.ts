import type { Pod } from '../../api/generated/types';
import { CycleState } from '../../scheduler/framework';
import type { NodeInfo } from '../../scheduler/nodeInfo';
import { podInfoOf, type PodInfo } from '../../scheduler/podInfo';
import { SPREAD_STATE } from '../../scheduler/plugins/podTopologySpread';
import { termWords, topologyWord } from '../refusals/affinity';
import type { Candidate } from './candidate';
import type { Edit } from './edits';
import type { Trial } from './trial';

const AFFINITY = 'spec.affinity.podAffinity';
const ANTI = 'spec.affinity.podAntiAffinity';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Make required terms of pod (anti-)affinity preferences, one by one and all together, or drop them. */
export function podAffinityCandidates(pod: Pod): readonly Candidate[] {
  const info = podInfoOf(pod);
  return [...relaxed(AFFINITY, 'pod affinity', pod.spec.affinity?.podAffinity?.[REQUIRED] ?? [], info.requiredAffinity.map(termWords)), ...relaxed(ANTI, 'pod anti-affinity', pod.spec.affinity?.podAntiAffinity?.[REQUIRED] ?? [], info.requiredAntiAffinity.map(termWords))];
}

function relaxed(path: string, word: string, terms: readonly { readonly topologyKey: string }[], said: readonly string[]): readonly Candidate[] {
  const one = (i: number): readonly Edit[] => [
    { fieldPath: terms.length === 1 ? `${path}.${REQUIRED}` : `${path}.${REQUIRED}[${i}]`, operation: 'remove' }, { fieldPath: `${path}.${PREFERRED}`, operation: 'add', value: { weight: 100, podAffinityTerm: terms[i] } },
  ];
  const singles = terms.map((term, i): Candidate => ({
    kind: 'relaxPodAffinity', title: `Prefer the ${word} (${said[i] ?? ''}, same ${topologyWord(term.topologyKey)}) instead of requiring it`, detail: 'The scheduler still follows it where it can.', size: 2, edits: one(i), actions: [],
  }));
  if (terms.length < 2) return singles;
  return [...singles, { kind: 'relaxPodAffinity', title: `Remove the required ${word}`, detail: `None of its ${terms.length} terms has to be met any more.`, size: 3, edits: [{ fieldPath: `${path}.${REQUIRED}`, operation: 'remove' }], actions: [] }];
}

/** Allow more skew, or make spreading a preference. */
export function spreadCandidates(pod: Pod, trial: Trial): readonly Candidate[] {
  const needed = skewNeeded(pod, trial);
  let hard = -1;
  return (pod.spec.topologySpreadConstraints ?? []).flatMap((constraint, i): readonly Candidate[] => {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') return [];
    hard++;
    const path = `spec.topologySpreadConstraints[${i}]`;
    const by = topologyWord(constraint.topologyKey);
    const skew = needed[hard];
    const candidates: Candidate[] = [{
      kind: 'relaxSpread', title: `Set whenUnsatisfiable to ScheduleAnyway for spreading by ${by}`, detail: 'The scheduler still spreads the pods where it can.', size: 1.5, edits: [{ fieldPath: `${path}.whenUnsatisfiable`, operation: 'set', value: 'ScheduleAnyway' }, ...(constraint.minDomains === undefined ? [] : [{ fieldPath: `${path}.minDomains`, operation: 'remove' } as const])], actions: [],
    }];
    if (skew !== undefined && skew > constraint.maxSkew) {
      candidates.push({ kind: 'relaxSpread', title: `Raise maxSkew from ${constraint.maxSkew} to ${skew} for spreading by ${by}`, detail: `One ${by} may then have up to ${skew} more of these pods than another.`, size: 1 + (skew - constraint.maxSkew) * 0.1, edits: [{ fieldPath: `${path}.maxSkew`, operation: 'set', value: skew }], actions: [] });
    }
    if ((constraint.minDomains ?? 1) > 1) candidates.push({ kind: 'relaxSpread', title: `Remove minDomains for spreading by ${by}`, detail: `It asks for at least ${constraint.minDomains ?? 1} ${by}s.`, size: 1.2, edits: [{ fieldPath: `${path}.minDomains`, operation: 'remove' }], actions: [] });
    return candidates;
  });
}

/** For each hard constraint, the smallest skew that placing the pod on any otherwise suitable node leads to. */
function skewNeeded(pod: Pod, trial: Trial): readonly (number | undefined)[] {
  const info = podInfoOf(pod);
  const state = new CycleState();
  const framework = trial.core.frameworkFor(pod);
  if (!framework || framework.runPreFilter(state, info).status) return [];
  const data = state.read(SPREAD_STATE);
  const others = (state.filters ?? []).filter((plugin) => plugin.name !== 'PodTopologySpread');
  const suitable = trial.core.cache.nodes.filter((node) => others.every((plugin) => plugin.filter?.(state, info, node) === undefined));
  return (data?.constraints ?? []).map((constraint, i) => {
    const counts = data?.counts[i];
    const skews = suitable.flatMap((node) => {
      const value = node.labels?.[constraint.topologyKey];
      return value === undefined || !counts ? [] : [counts.get(value) + (constraint.selector.matches(info.labels) ? 1 : 0) - counts.minimum(constraint.minDomains)];
    });
    return skews.length > 0 ? Math.min(...skews) : undefined;
  });
}

/** Pods that nobody should be told to delete: they come back, or the cluster needs them. */
function isUntouchable({ metadata, spec }: Pod): boolean {
  return metadata.namespace === 'kube-system' || metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined || (metadata.ownerReferences ?? []).some((o) => o.kind === 'DaemonSet' || o.kind === 'Node') || (spec.priority ?? 0) >= 2_000_000_000;
}

const MAX_NODES = 12;
const MAX_PODS = 40;
const MAX_NAMED = 4;

/** Delete pods: for the best nodes, as few and as unimportant ones as make room. */
export function deletionCandidates(pod: Pod, trial: Trial, nodes: readonly NodeInfo[]): readonly Candidate[] {
  return nodes.slice(0, MAX_NODES).flatMap((node) => (trial.goesOn ? deletionOn(pod, trial, node) : undefined) ?? []).sort((a, b) => a.size - b.size).slice(0, 2);
}

/** Pods on other nodes that anti-affinity, theirs or the pod's own, keeps away from this node's domains. */
function conflicting(pod: Pod, trial: Trial, node: NodeInfo): readonly PodInfo[] {
  const info = podInfoOf(pod);
  const labels = trial.core.listers.namespace(info.namespace)?.metadata.labels;
  const found: PodInfo[] = [];
  for (const other of trial.core.cache.nodes) {
    const shares = (key: string): boolean => node.labels?.[key] !== undefined && node.labels[key] === other.labels?.[key];
    if (other === node) continue;
    for (const p of other.pods) {
      if (found.length < MAX_PODS && (p.requiredAntiAffinity.some((t) => shares(t.topologyKey) && t.matches(info, labels)) || info.requiredAntiAffinity.some((t) => shares(t.topologyKey) && t.matches(p, undefined)))) found.push(p);
    }
  }
  return found;
}

type Ref = { readonly namespace: string; readonly name: string };

function deletionOn(pod: Pod, trial: Trial, node: NodeInfo): Candidate | undefined {
  const movable = [...node.pods, ...conflicting(pod, trial, node)].filter((p) => !isUntouchable(p.pod) && !trial.areSiblings(p.pod, pod)).sort((a, b) => a.priority - b.priority).slice(0, MAX_PODS).map((p) => ({ namespace: p.namespace, name: p.name, priority: p.priority }));
  const fitsWithout = (pods: readonly Ref[]): boolean => trial.with([{ type: 'deletePods', pods }], () => trial.fits(pod, node.name));
  if (movable.length === 0 || !fitsWithout(movable)) return undefined;
  const single = movable.find((p) => fitsWithout([p]));
  let chosen: readonly (Ref & { readonly priority: number })[] = single ? [single] : movable;
  // The most important ones come back first.
  if (!single) for (const back of movable.toReversed()) { const fewer = chosen.filter((p) => p !== back); if (fitsWithout(fewer)) chosen = fewer; }
  if (chosen.length === 0) return undefined;
  const names = chosen.map((p) => `${p.namespace}/${p.name}`);
  const said = names.length > MAX_NAMED ? `${names.length} pods` : names.join(', ');
  const important = chosen.some((p) => p.priority > (pod.spec.priority ?? 0));
  return {
    kind: 'deletePods', title: `Delete ${said}${chosen.every((p) => node.pods.some((own) => own.name === p.name && own.namespace === p.namespace)) ? ` from ${node.name}` : ''}`, detail: `${chosen.length === 1 ? 'It is' : 'They are'} in the way there${important ? (chosen.length === 1 ? ', but more important than this pod' : '; some are more important than this pod') : ''}. What a controller manages is made anew and looks for another node.`, size: 5 + chosen.length + (important ? 3 : 0), edits: [],
    actions: [{ type: 'deletePods', pods: chosen.map(({ namespace, name }) => ({ namespace, name })) }],
  };
}
