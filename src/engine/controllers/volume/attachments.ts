import type { Node, PersistentVolume, Pod, VolumeAttachment } from '../../api/generated/types';
import type { Informer } from '../../client/informer';
import { sha256Hex } from './sha256';

const BY_VOLUME = 'volume';
const BY_NODE = 'node';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Attachments by the volume that they name, and by their node. */
export function byVolume(attachments: Informer<VolumeAttachment>): void {
  attachments.addIndex(BY_VOLUME, ({ spec }) => (spec.source.persistentVolumeName ? [spec.source.persistentVolumeName] : []));
  attachments.addIndex(BY_NODE, ({ spec }) => [spec.nodeName]);
}
export const ofVolume = (attachments: Informer<VolumeAttachment>, volume: string): readonly VolumeAttachment[] => [...attachments.byIndex(BY_VOLUME, volume)];
export const ofNode = (attachments: Informer<VolumeAttachment>, node: string): readonly VolumeAttachment[] => [...attachments.byIndex(BY_NODE, node)];

/** What Kubernetes calls the attachment of a driver's volume to a node. */
export const attachmentName = (volume: PersistentVolume, node: string): string => `csi-${sha256Hex(`${volume.spec?.csi?.volumeHandle ?? ''}${volume.spec?.csi?.driver ?? ''}${node}`)}`;

/** volumeutil.IsMultiAttachAllowed: volumes that say no mode are left to their driver. */
export function mayAttachToMany({ spec }: PersistentVolume): boolean {
  const modes = spec?.accessModes ?? [];
  return modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany');
}

/** Whether some of the pod's containers runs or has run: its volumes were there. */
export const hasStarted = (pod: Pod): boolean =>
  [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].some(({ state, lastState }) => state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined);

/** volumeutil.IsPodTerminated: it has ended, or is being deleted and none of its containers runs. */
export function isOver({ metadata, status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  return metadata.deletionTimestamp !== undefined && (status?.containerStatuses ?? []).every(({ state }) => state?.terminated !== undefined || state?.waiting !== undefined);
}

export const isHealthy = (node: Node): boolean => node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
export const isOutOfService = (node: Node): boolean => node.spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) ?? false;

/** What the pods on other nodes are to a pod: those of its own namespace by name, the others by number only. */
export function usedBy(pod: Pod, others: readonly Pod[]): string {
  if (others.length === 0) return "Volume is already exclusively attached to one node and can't be attached to another";
  const own = others.filter((other) => other.metadata.namespace === pod.metadata.namespace).map((other) => other.metadata.name);
  const foreign = others.length - own.length;
  if (own.length === 0) return `Volume is already used by ${foreign} pod(s) in different namespaces`;
  return `Volume is already used by pod(s) ${own.join(', ')}${foreign > 0 ? ` and ${foreign} pod(s) in different namespaces` : ''}`;
}
