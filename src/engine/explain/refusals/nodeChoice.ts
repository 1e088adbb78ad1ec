import type { NodeSelectorRequirement, NodeSelectorTerm, Taint, Toleration } from '../../api/generated/types';
import { NodeTermMatcher } from '../../api/nodeSelectors';
import { tolerated } from '../../scheduler/tolerations';
import { listText } from '../amounts';
import { having, phrase, type Phrase, type Refused, type WholePhrase } from './phrase';

export const taintText = ({ key, value, effect }: Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`;

export function tolerationText({ key, operator, value, effect }: Toleration): string {
  const what = operator === 'Exists' ? (key ?? 'everything') : `${key ?? ''}${operator === 'Lt' ? '<' : operator === 'Gt' ? '>' : '='}${value ?? ''}`;
  return `${what}${effect ? `:${effect}` : ''}`;
}

export const cordonedPhrase = (): Phrase => phrase('is cordoned (spec.unschedulable is true)', 'are cordoned (spec.unschedulable is true)', 'cordoned');

export function namePhrase({ pod }: Refused): Phrase {
  const wanted = pod.pod.spec.nodeName ?? '';
  return phrase(`is not ${wanted}, which the pod asks for by spec.nodeName`, `are not ${wanted}, which the pod asks for by spec.nodeName`, 'name');
}

/** The taints that keep the pod off, with the toleration that comes closest. */
export function taintPhrase({ pod, node }: Refused): Phrase {
  const untolerated = node.repellingTaints.filter((taint) => !tolerated(pod.tolerations, taint));
  const summary = 'have taints which the pod does not tolerate';
  if (untolerated.length === 0) return phrase('had a taint which the pod does not tolerate', 'had taints which the pod does not tolerate', 'taint', summary);
  const near = pod.tolerations.find((t) => untolerated.some((taint) => t.key === taint.key));
  const word = untolerated.length === 1 ? 'the taint' : 'the taints';
  const rest = `${word} ${listText(untolerated.map(taintText))}, which the pod does not tolerate${near ? ` (it tolerates ${tolerationText(near)})` : ''}`;
  return having(rest, 'taint', summary);
}

/** Which part of nodeSelector or node affinity the node fails. */
export function nodeAffinityPhrase({ pod, node, reason }: Refused): Phrase | WholePhrase {
  if (reason === 'pod affinity terms conflict') return { whole: 'The terms of the pod\'s node affinity exclude each other: no node name satisfies them' };
  if (reason.includes('scheduler-enforced')) return phrase('is excluded by the scheduler\'s own configuration (addedAffinity)', 'are excluded by the scheduler\'s own configuration (addedAffinity)', 'addedAffinity');
  const labels = node.labels ?? {};
  const { spec } = pod.pod;
  const failed = Object.entries(spec.nodeSelector ?? {}).filter(([key, value]) => labels[key] !== value);
  if (failed.length > 0) {
    const said = failed.map(([key, value]) => (labels[key] === undefined ? `no label ${key}` : `the label ${key}=${labels[key]}`) + ` where the pod's nodeSelector asks for ${value === '' ? 'an empty value' : `${key}=${value}`}`);
    return having(listText(said), `selector ${failed.map(([key]) => key).join()}`, `do not have the labels that the pod's nodeSelector asks for (${failed.map(([k, v]) => `${k}=${v}`).join(', ')})`);
  }
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return affinityPhrase(terms, node);
}

function affinityPhrase(terms: readonly NodeSelectorTerm[], node: Refused['node']): Phrase {
  const required = termsText(terms);
  const summary = `do not match the pod's required node affinity (${required})`;
  const own = terms.length === 1 && terms[0] ? failing(terms[0], node) : [];
  const have = own.map((r) => (r.key === 'metadata.name' ? undefined : node.labels?.[r.key] === undefined ? `no label ${r.key}` : `${r.key}=${node.labels[r.key]}`)).filter((t) => t !== undefined);
  if (have.length === 0) return phrase(`does not match the pod's required node affinity (${required})`, summary, 'nodeAffinity', summary);
  return having(`${listText(have)}; the pod's required node affinity asks for ${own.map(requirementText).join(' and ')}`, 'nodeAffinity', summary);
}

const failing = (term: NodeSelectorTerm, node: Refused['node']): readonly NodeSelectorRequirement[] =>
  (term.matchExpressions ?? []).filter((e) => node.node && !new NodeTermMatcher({ matchExpressions: [e] }).matches(node.node));

/** Terms are alternatives; what is in one of them must hold together. */
export const termsText = (terms: readonly NodeSelectorTerm[]): string =>
  (terms.length === 1 ? terms.map(termText) : terms.map((term) => (requirements(term).length > 1 ? `(${termText(term)})` : termText(term)))).join(' or ');
const requirements = (term: NodeSelectorTerm): readonly NodeSelectorRequirement[] => [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])];

export const termText = (term: NodeSelectorTerm): string => requirements(term).map(requirementText).join(' and ') || 'an empty term, which matches no node';

export function requirementText({ key, operator, values = [] }: NodeSelectorRequirement): string {
  switch (operator) {
    case 'Exists': return `label ${key}`;
    case 'DoesNotExist': return `no label ${key}`;
    case 'In': return values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${values.join(', ')})`;
    case 'NotIn': return `${key} not in (${values.join(', ')})`;
    case 'Gt': return `${key} greater than ${values[0] ?? ''}`;
    case 'Lt': return `${key} less than ${values[0] ?? ''}`;
    default: return `${key} ${operator} ${values.join(', ')}`;
  }
}

/** The host ports that are taken, and by whom. */
export function portsPhrase({ pod, node }: Refused): Phrase {
  const taken = pod.hostPorts.flatMap((port) => {
    const user = node.pods.find((other) => other.hostPorts.some((used) => used.hostPort === port.hostPort && (used.protocol ?? 'TCP') === (port.protocol ?? 'TCP') && sameAddress(used.hostIP, port.hostIP)));
    return user ? [`host port ${port.hostPort ?? 0}/${port.protocol ?? 'TCP'} is taken by ${user.namespace}/${user.name}`] : [];
  });
  const ports = listText(pod.hostPorts.map((p) => String(p.hostPort ?? 0)), 'or');
  const summary = `do not have host port ${ports} free`;
  return phrase(taken.length > 0 ? `is out: ${listText(taken)}` : `does not have host port ${ports} free`, taken.length > 0 ? `are out: ${listText(taken)}` : summary, 'ports', summary);
}

const isAny = (ip: string | undefined): boolean => !ip || ip === '0.0.0.0';
const sameAddress = (a: string | undefined, b: string | undefined): boolean => isAny(a) || isAny(b) || a === b;
