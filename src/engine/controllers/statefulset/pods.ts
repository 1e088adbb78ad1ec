import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/generated/types';
import type { NewObject } from '../../api/object';
import { newControllerRef } from '../objects';
import { podFromTemplate } from '../podControl';
import { isPodAvailable, isPodReady, isPodTerminal } from '../podUtil';

const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';
export const REVISION_LABEL = 'controller-revision-hash';

export const ordinalsOf = (set: StatefulSet): { readonly start: number; readonly count: number } => ({ start: set.spec.ordinals?.start ?? 0, count: set.spec.replicas ?? 1 });

/** The parent and the number in a pod's name; -1 for a name that has none. */
export function ordinalOf(podName: string): { readonly parent: string; readonly ordinal: number } {
  const match = /^(.*)-(\d+)$/.exec(podName);
  return match ? { parent: match[1] as string, ordinal: Number(match[2]) } : { parent: '', ordinal: -1 };
}

export const isMember = (set: StatefulSet, pod: Pod): boolean => ordinalOf(pod.metadata.name).parent === set.metadata.name;
export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod);
export const isRunningAndAvailable = (pod: Pod, minReadySeconds: number, now: number): boolean => isRunningAndReady(pod) && isPodAvailable(pod, minReadySeconds, now);
export const hasEnded = isPodTerminal;
export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[REVISION_LABEL] ?? '';

export const claimName = (template: string, podName: string): string => `${template}-${podName}`;

/** A pod of the set: its name is its identity, its volumes are its own claims. */
export function newPod(set: StatefulSet, template: StatefulSet['spec']['template'], ordinal: number, revision: string): NewObject<Pod> {
  const name = `${set.metadata.name}-${ordinal}`;
  const base = podFromTemplate(template, set, newControllerRef(set, 'apps/v1', 'StatefulSet'));
  const spec = (template.spec ?? {}) as Pod['spec'];
  const claims = new Set((set.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name));
  const volumes = [
    ...[...claims].map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: claimName(claim, name) } })),
    ...(spec.volumes ?? []).filter((volume) => !claims.has(volume.name)),
  ];
  return {
    ...base,
    metadata: { ...base.metadata, name, namespace: set.metadata.namespace, labels: { ...base.metadata.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal), [REVISION_LABEL]: revision } },
    spec: { ...spec, hostname: name, ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}), ...(volumes.length > 0 ? { volumes } : {}) },
  };
}

/** The claims of one pod of the set. */
export function claimsFor(set: StatefulSet, podName: string): readonly NewObject<PersistentVolumeClaim>[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1', kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(template.metadata.name, podName), namespace: set.metadata.namespace, labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
      ...(set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete' ? { ownerReferences: [newControllerRef(set, 'apps/v1', 'StatefulSet')] } : {}),
    },
    spec: template.spec,
  }));
}

/** Whether name, labels and claims of a pod are those of its place in the set. */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const { ordinal } = ordinalOf(pod.metadata.name);
  return ordinal >= 0 && pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name && pod.metadata.labels?.[POD_INDEX_LABEL] === String(ordinal) && set.metadata.namespace === pod.metadata.namespace;
}

export const withIdentity = (pod: Pod): Pod =>
  ({ ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [POD_NAME_LABEL]: pod.metadata.name, [POD_INDEX_LABEL]: String(ordinalOf(pod.metadata.name).ordinal) } } });
