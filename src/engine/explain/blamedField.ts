import type { Container, Pod } from '../api/generated/types';
import { quantityValue } from '../api/quantity';
import { explainNodes, type NodeExplanation, type SchedulingDecision } from '../scheduler/decision';
import { pathStep } from './help/edits';

export { templatePrefix } from './help/edits';

/** Which field of a pod keeps it from the most nodes. */
export interface BlamedField {
  /** In the pod: "spec.containers[0].resources.requests.cpu". It may be missing there ("spec.tolerations"). Put templatePrefix(kind) before it for a workload. */
  readonly fieldPath: string;
  readonly plugin: string;
  /** How many nodes the plugin refused because of this field. */
  readonly nodes: number;
}

/** Where nothing in the pod is to blame, for example when all nodes are cordoned. */
const WHOLE = 'metadata.name';

/** The constraint that excludes the most nodes; undefined for a pod that was placed. */
export function blamedField(decision: SchedulingDecision, pod: Pod): BlamedField | undefined {
  if (decision.outcome === 'scheduled') return undefined;
  if (decision.outcome === 'gated') return { fieldPath: 'spec.schedulingGates', plugin: 'SchedulingGates', nodes: 0 };
  if (decision.outcome === 'ignored') return { fieldPath: 'spec.schedulerName', plugin: '', nodes: 0 };
  // Nodes that were refused alike share their reasons: thousands of them are a few kinds.
  const kinds = new Map<unknown, { readonly node: NodeExplanation; nodes: number }>();
  for (const node of explainNodes(decision)) {
    if (node.feasible) continue;
    const known = kinds.get(node.shortages ?? node.reasons);
    if (known) known.nodes++;
    else kinds.set(node.shortages ?? node.reasons, { node, nodes: 1 });
  }
  const counts = new Map<string, { readonly plugin: string; nodes: number }>();
  for (const { node, nodes } of kinds.values()) {
    const field = fieldOf(node, pod);
    const known = counts.get(field);
    if (known) known.nodes += nodes;
    else counts.set(field, { plugin: node.plugin ?? '', nodes });
  }
  let blamed: BlamedField | undefined;
  for (const [fieldPath, { plugin, nodes }] of counts) if (!blamed || nodes > blamed.nodes || (nodes === blamed.nodes && blamed.fieldPath === WHOLE)) blamed = { fieldPath, plugin, nodes };
  return blamed ?? { fieldPath: WHOLE, plugin: '', nodes: 0 };
}

function fieldOf({ plugin, reasons = [], shortages = [] }: NodeExplanation, pod: Pod): string {
  const { spec } = pod;
  switch (plugin) {
    case 'NodeResourcesFit': return requestField(pod, [...shortages].sort((a, b) => ratio(b) - ratio(a)).find((s) => s.resource !== 'pods')?.resource);
    case 'TaintToleration': return 'spec.tolerations';
    case 'NodeAffinity': case '': return spec.nodeSelector && Object.keys(spec.nodeSelector).length > 0 ? selectorField(spec.nodeSelector) : 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';
    case 'NodePorts': return portField(pod);
    case 'NodeName': return 'spec.nodeName';
    case 'PodTopologySpread': return `spec.topologySpreadConstraints[${Math.max(0, (spec.topologySpreadConstraints ?? []).findIndex((c) => c.whenUnsatisfiable === 'DoNotSchedule'))}]`;
    case 'InterPodAffinity': return reasons.some((r) => r.includes('existing pods')) ? 'metadata.labels' : `spec.affinity.${reasons.some((r) => r.includes('anti-affinity')) ? 'podAntiAffinity' : 'podAffinity'}.requiredDuringSchedulingIgnoredDuringExecution`;
    case 'VolumeBinding': case 'VolumeRestrictions': case 'VolumeZone': case 'NodeVolumeLimits': return volumeField(pod, reasons.join(' '));
    case 'DynamicResources': return 'spec.resourceClaims';
    default: return WHOLE;
  }
}

const ratio = (s: { readonly requested: number; readonly used: number; readonly capacity: number }): number => s.requested / Math.max(1, s.capacity - s.used);
const selectorField = (selector: { readonly [key: string]: string }): string => { const [only, ...more] = Object.keys(selector); return only !== undefined && more.length === 0 ? `spec.nodeSelector${pathStep(only)}` : 'spec.nodeSelector'; };

/** The largest request for the resource. */
function requestField({ spec }: Pod, resource: string | undefined): string {
  if (resource === undefined) return WHOLE;
  const places = [...(spec.resources ? [{ path: 'spec.resources', list: spec.resources as Container['resources'] }] : []), ...['containers', 'initContainers'].flatMap((field) =>
    ((field === 'containers' ? spec.containers : spec.initContainers) ?? []).map((c: Container, i) => ({ path: `spec.${field}[${i}].resources`, list: c.resources })))];
  const asked = places.filter((p) => p.list?.requests?.[resource] !== undefined).sort((a, b) => quantityValue(b.list?.requests?.[resource]) - quantityValue(a.list?.requests?.[resource]));
  return asked[0] ? `${asked[0].path}.requests${pathStep(resource)}` : WHOLE;
}

function portField({ spec }: Pod): string {
  for (const [i, container] of (spec.containers ?? []).entries()) {
    const j = (container.ports ?? []).findIndex((port) => port.hostPort);
    if (j >= 0) return `spec.containers[${i}].ports[${j}].hostPort`;
  }
  return WHOLE;
}

function volumeField({ spec }: Pod, reason: string): string {
  const volumes = spec.volumes ?? [];
  const named = volumes.findIndex((v) => v.persistentVolumeClaim && reason.includes(`"${v.persistentVolumeClaim.claimName}"`));
  const i = named >= 0 ? named : volumes.findIndex((v) => v.persistentVolumeClaim ?? v.ephemeral);
  return i < 0 ? 'spec.volumes' : volumes[i]?.persistentVolumeClaim ? `spec.volumes[${i}].persistentVolumeClaim.claimName` : `spec.volumes[${i}]`;
}
