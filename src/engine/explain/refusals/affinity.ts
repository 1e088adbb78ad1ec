import type { NodeInfo } from '../../scheduler/nodeInfo';
import { AFFINITY_STATE } from '../../scheduler/plugins/interPodAffinity';
import type { AffinityTerm, PodInfo } from '../../scheduler/podInfo';
import { having, phrase, type Phrase, type Refused } from './phrase';

/** "zone", "node", or the label itself. */
export function topologyWord(key: string): string {
  switch (key) {
    case 'kubernetes.io/hostname': return 'node';
    case 'topology.kubernetes.io/zone': return 'zone';
    case 'topology.kubernetes.io/region': return 'region';
    default: return key;
  }
}

const isNode = (key: string): boolean => key === 'kubernetes.io/hostname';
/** "on the same node", "in the same zone" */
const sameDomain = (key: string): string => `${isNode(key) ? 'on' : 'in'} the same ${topologyWord(key)}`;
/** After "has" and "have": "a pod on it, …", "a pod in its zone zone-a, …". */
function inDomain(key: string, value: string, what: string, rest: string, shape: string, summary: string): Phrase {
  const said = (own: string, its: string): string => `${what} ${isNode(key) ? `on ${own}` : `in ${its} ${topologyWord(key)} ${value}`}${rest}`;
  return phrase(`has ${said('it', 'its')}`, `have ${said('them', 'their')}`, shape, summary);
}
export const termWords = (term: AffinityTerm): string => (term.selector.empty ? 'any pod' : term.selector.matchesNothing ? 'no pod' : `pods with ${term.selector.toString()}`);

/** Which term of pod (anti-)affinity refused the node, and the pod that is the reason. */
export function podAffinityPhrase(refused: Refused): Phrase {
  const { node, reason } = refused;
  const data = refused.state().read(AFFINITY_STATE);
  if (reason.includes("existing pods anti-affinity")) return existingPhrase(refused);
  if (reason.includes('anti-affinity')) {
    return antiAffinityPhrase(refused, data?.antiAffinityTerms ?? []);
  }
  const missing = data?.affinityTerms.find(({ topologyKey }) => node.labels?.[topologyKey] === undefined);
  if (missing) return having(`no label ${missing.topologyKey}, which the pod's affinity goes by`, `affinity label ${missing.topologyKey}`);
  const term = data?.affinityTerms.find(({ topologyKey }) => data.affinity.get(topologyKey, node.labels?.[topologyKey] ?? '') <= 0);
  if (!term) return phrase('does not match the pod\'s affinity to other pods', 'do not match the pod\'s affinity to other pods', 'affinity');
  const summary = `have no ${termWords(term)} ${sameDomain(term.topologyKey)}, next to which the pod wants to be`;
  return inDomain(term.topologyKey, node.labels?.[term.topologyKey] ?? '', `no ${termWords(term)}`, ', next to which the pod wants to be', 'affinity', summary);
}

function antiAffinityPhrase({ core, node }: Refused, terms: readonly AffinityTerm[]): Phrase {
  const summary = 'have pods near them that the pod\'s anti-affinity excludes';
  for (const term of terms) {
    const value = node.labels?.[term.topologyKey];
    const other = value === undefined ? undefined : findPod(node, core.cache.nodes, term.topologyKey, value, (p) => term.matches(p, undefined));
    if (value !== undefined && other) return inDomain(term.topologyKey, value, `${other.namespace}/${other.name}`, `; the pod's anti-affinity excludes ${termWords(term)} ${sameDomain(term.topologyKey)}`, 'antiAffinity', summary);
  }
  return phrase('has pods near it that the pod\'s anti-affinity excludes', summary, 'antiAffinity');
}

function existingPhrase({ core, pod, node }: Refused): Phrase {
  const labels = core.listers.namespace(pod.namespace)?.metadata.labels;
  const summary = 'have pods near them whose anti-affinity excludes this pod';
  for (const other of ownFirst(node, core.cache.nodes)) {
    for (const existing of other.pods) {
      for (const term of existing.requiredAntiAffinity) {
        const value = node.labels?.[term.topologyKey];
        if (value === undefined || other.labels?.[term.topologyKey] !== value || !term.matches(pod, labels)) continue;
        return inDomain(term.topologyKey, value, `${existing.namespace}/${existing.name}`, `, whose anti-affinity excludes this pod (${termWords(term)}) ${sameDomain(term.topologyKey)}`, 'existingAntiAffinity', summary);
      }
    }
  }
  return phrase('has a pod near it whose anti-affinity excludes this pod', summary, 'existingAntiAffinity');
}

/** Most conflicts are with pods on the node itself: thousands of nodes are not looked through for each of thousands. */
function* ownFirst(own: NodeInfo, nodes: readonly NodeInfo[]): Generator<NodeInfo> {
  yield own;
  yield* nodes;
}

/** A pod in a topology domain, on the node itself if there is one. */
export function findPod(own: NodeInfo, nodes: readonly NodeInfo[], topologyKey: string, value: string, wanted: (pod: PodInfo) => boolean): PodInfo | undefined {
  for (const node of ownFirst(own, nodes)) {
    if (node.labels?.[topologyKey] !== value) continue;
    const found = node.pods.find(wanted);
    if (found) return found;
  }
  return undefined;
}
