import type { Pod, Taint, Toleration } from '../../api/generated/types';
import { NodeTermMatcher } from '../../api/nodeSelectors';
import type { NodeInfo } from '../../scheduler/nodeInfo';
import { tolerated } from '../../scheduler/tolerations';
import { listText } from '../amounts';
import { requirementText, taintText, termText } from '../refusals/nodeChoice';
import type { Candidate } from './candidate';
import { pathStep } from './edits';

/** Taints that say a node is not fit for work: nobody should be told to tolerate them. */
const isSystemTaint = ({ key }: Taint): boolean => key.startsWith('node.kubernetes.io/') || key.startsWith('node.cloudprovider.kubernetes.io/');

export function uncordonCandidate(node: NodeInfo): Candidate {
  return { kind: 'uncordon', title: `Uncordon ${node.name}`, detail: `${node.name} is cordoned: new pods are kept off it. kubectl uncordon ${node.name}`, size: 2, edits: [], actions: [{ type: 'uncordon', node: node.name }] };
}

/** Tolerate the node's taints, or take them away. */
export function taintCandidates(pod: Pod, node: NodeInfo): readonly Candidate[] {
  const taints = node.repellingTaints.filter((taint) => !tolerated(pod.spec.tolerations ?? [], taint));
  if (taints.length === 0 || taints.some(isSystemTaint)) return [];
  const said = listText(taints.map(taintText));
  return [
    {
      kind: 'addToleration', title: `Tolerate the taint${taints.length > 1 ? 's' : ''} ${said}`, detail: `The pod may then run on nodes with ${said}.`, size: taints.length,
      edits: taints.map((taint) => ({ fieldPath: 'spec.tolerations', operation: 'add', value: tolerationOf(taint) })), actions: [],
    },
    {
      kind: 'removeTaint', title: `Remove the taint${taints.length > 1 ? 's' : ''} ${said} from ${node.name}`, detail: `All pods may then run on ${node.name}. kubectl taint nodes ${node.name} ${taints.map((t) => `${t.key}:${t.effect}-`).join(' ')}`, size: 4 + taints.length,
      edits: [], actions: taints.map((taint) => ({ type: 'untaint', node: node.name, taint })),
    },
  ];
}

const tolerationOf = ({ key, value, effect }: Taint): Toleration => (value ? { key, operator: 'Equal', value, effect } : { key, operator: 'Exists', effect });

/** Ask for other labels, for fewer, or give the node those that are asked for. */
export function nodeSelectorCandidates(pod: Pod, node: NodeInfo): readonly Candidate[] {
  const failed = Object.entries(pod.spec.nodeSelector ?? {}).filter(([key, value]) => node.labels?.[key] !== value);
  if (failed.length === 0) return [];
  const pairs = listText(failed.map(([key, value]) => `${key}=${value}`));
  const candidates: Candidate[] = [
    {
      kind: 'relaxNodeSelector', title: `Remove ${pairs} from the nodeSelector`, detail: `${node.name} does not have ${failed.length > 1 ? 'these labels' : 'this label'}.`, size: 1 + failed.length,
      edits: Object.keys(pod.spec.nodeSelector ?? {}).length === failed.length ? [{ fieldPath: 'spec.nodeSelector', operation: 'remove' }] : failed.map(([key]) => ({ fieldPath: `spec.nodeSelector${pathStep(key)}`, operation: 'remove' })), actions: [],
    },
    {
      kind: 'labelNode', title: `Label ${node.name} with ${pairs}`, detail: `kubectl label node ${node.name} ${failed.map(([key, value]) => `${key}=${value}`).join(' ')}${failed.some(([key]) => node.labels?.[key] !== undefined) ? ' --overwrite' : ''}`, size: 5 + failed.length,
      edits: [], actions: [{ type: 'label', node: node.name, labels: Object.fromEntries(failed) }],
    },
  ];
  if (failed.every(([key]) => node.labels?.[key] !== undefined)) {
    candidates.push({
      kind: 'relaxNodeSelector', title: `Ask for ${listText(failed.map(([key]) => `${key}=${node.labels?.[key] ?? ''}`))} in the nodeSelector`, detail: `That is what ${node.name} has.`, size: failed.length,
      edits: failed.map(([key]) => ({ fieldPath: `spec.nodeSelector${pathStep(key)}`, operation: 'set', value: node.labels?.[key] ?? '' })), actions: [],
    });
  }
  return candidates;
}

const REQUIRED = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';

/** Drop the requirements that the node does not meet, or the whole required node affinity. */
export function nodeAffinityCandidates(pod: Pod, node: NodeInfo): readonly Candidate[] {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const target = node.node;
  if (terms.length === 0 || !target || terms.some((term) => new NodeTermMatcher(term).matches(target))) return [];
  const candidates = terms.flatMap((term, i): readonly Candidate[] => {
    const failed = (term.matchExpressions ?? []).map((e, j) => ({ e, j })).filter(({ e }) => !new NodeTermMatcher({ matchExpressions: [e] }).matches(target));
    const fields = (term.matchFields ?? []).filter((f) => !new NodeTermMatcher({ matchFields: [f] }).matches(target));
    const left = (term.matchExpressions?.length ?? 0) + (term.matchFields?.length ?? 0) - failed.length;
    if (failed.length === 0 || fields.length > 0) return [];
    const path = `${REQUIRED}.nodeSelectorTerms[${i}].matchExpressions`;
    const widened = failed.filter(({ e }) => e.operator === 'In' && node.labels?.[e.key] !== undefined);
    const made: Candidate[] = [];
    if (widened.length === failed.length) {
      made.push({
        kind: 'relaxNodeAffinity', title: `Allow ${listText(failed.map(({ e }) => `${e.key}=${node.labels?.[e.key] ?? ''}`))} in the node affinity`, detail: `That is what ${node.name} has.`, size: failed.length,
        edits: failed.map(({ e, j }) => ({ fieldPath: `${path}[${j}].values`, operation: 'add', value: node.labels?.[e.key] ?? '' })), actions: [],
      });
    }
    if (left > 0) {
      const removals = failed.toReversed();
      made.push({
        kind: 'relaxNodeAffinity', title: `Drop ${listText(failed.map(({ e }) => `"${requirementText(e)}"`))} from the node affinity`, detail: `${node.name} does not meet it.`, size: 1 + failed.length,
        edits: removals.map(({ j }) => ({ fieldPath: `${path}[${j}]`, operation: 'remove' })), actions: [],
      });
    }
    return made;
  });
  return [...candidates, {
    kind: 'relaxNodeAffinity', title: 'Remove the required node affinity', detail: `No node has to match "${terms.map(termText).join('" or "')}" any more.`, size: 4,
    edits: [{ fieldPath: REQUIRED, operation: 'remove' }], actions: [],
  }];
}

/** Use another host port, none, or free it. */
export function portCandidates(pod: Pod, node: NodeInfo): readonly Candidate[] {
  const edits: Candidate['edits'][number][] = [];
  const removals: Candidate['edits'][number][] = [];
  const said: string[] = [];
  (pod.spec.containers ?? []).forEach((container, i) => (container.ports ?? []).forEach((port, j) => {
    if (!port.hostPort || !node.usedPorts.conflicts(port)) return;
    const free = nextFree(port.hostPort, (hostPort) => !node.usedPorts.conflicts({ ...port, hostPort }));
    const path = `spec.containers[${i}].ports[${j}]`;
    removals.push({ fieldPath: `${path}.hostPort`, operation: 'remove' });
    if (free === undefined) return;
    edits.push({ fieldPath: `${path}.hostPort`, operation: 'set', value: free }, ...(pod.spec.hostNetwork ? [{ fieldPath: `${path}.containerPort`, operation: 'set', value: free } as const] : []));
    said.push(`${free} instead of ${port.hostPort}`);
  }));
  const candidates: Candidate[] = [];
  if (edits.length > 0 && said.length === removals.length) candidates.push({ kind: 'changePort', title: `Use host port ${listText(said)}`, detail: `It is free on ${node.name}.`, size: edits.length, edits, actions: [] });
  if (removals.length > 0 && !pod.spec.hostNetwork) candidates.push({ kind: 'changePort', title: 'Do without the host port', detail: 'A Service reaches the pod without one.', size: 1 + removals.length, edits: removals, actions: [] });
  return candidates;
}

const MAX_PORTS_TRIED = 100;

function nextFree(port: number, isFree: (port: number) => boolean): number | undefined {
  for (let candidate = port + 1; candidate <= Math.min(65535, port + MAX_PORTS_TRIED); candidate++) if (isFree(candidate)) return candidate;
  return undefined;
}
