import type { DaemonSet, Node, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../api/generated/types';
import { compileNodeSelector } from '../../api/nodeSelectors';
import { tolerates } from '../taintEviction';

/** Every daemon pod tolerates what is wrong with its node: it may be there to put it right. */
const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const HOST_NETWORK_TOLERATION: Toleration = { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' };

/** util.AddOrUpdateDaemonPodTolerations */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  const all: Toleration[] = [...(spec.tolerations ?? [])];
  for (const toleration of [...TOLERATIONS, ...(spec.hostNetwork ? [HOST_NETWORK_TOLERATION] : [])]) {
    const at = all.findIndex((t) => t.key === toleration.key && t.effect === toleration.effect && (t.operator ?? 'Equal') === toleration.operator && (t.value ?? '') === '');
    if (at < 0) all.push(toleration); else all[at] = toleration;
  }
  return all;
}

export interface Placement {
  readonly shouldRun: boolean;
  readonly mayStay: boolean;
}

const NOWHERE: Placement = { shouldRun: false, mayStay: false };

/** NodeShouldRunDaemonPod: whether a node gets a pod of the set, and whether one that is there may stay. */
export function placementOn(ds: DaemonSet, node: Node): Placement {
  const spec = ds.spec.template.spec as PodSpec;
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return NOWHERE;
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value)) return NOWHERE;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required && !compileNodeSelector(required).matches(node)) return NOWHERE;
  const tolerations = daemonTolerations(spec);
  const untolerated = (node.spec?.taints ?? []).filter((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((t) => tolerates(t, taint)));
  return { shouldRun: untolerated.length === 0, mayStay: !untolerated.some((taint) => taint.effect === 'NoExecute') };
}

/** The template of the pod for one node: bound to it by affinity, so that the scheduler checks that it fits. */
export function templateFor(template: PodTemplateSpec, nodeName: string, labels: { readonly [key: string]: string }): PodTemplateSpec {
  const spec = template.spec as PodSpec;
  const field = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeSelectorTerms = required?.nodeSelectorTerms?.length ? required.nodeSelectorTerms.map((term) => ({ ...term, matchFields: field })) : [{ matchFields: field }];
  const nodeAffinity = { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } }, spec: { ...spec, tolerations: daemonTolerations(spec), affinity: { ...spec.affinity, nodeAffinity } } };
}

/** util.GetTargetNodeName: where a daemon pod is, or is meant to be. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  for (const term of pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []) {
    for (const field of term.matchFields ?? []) if (field.key === 'metadata.name' && field.operator === 'In' && field.values?.length === 1) return field.values[0];
  }
  return undefined;
}
