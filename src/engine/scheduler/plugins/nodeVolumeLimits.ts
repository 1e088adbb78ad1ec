import type { CSINode, PersistentVolumeClaim, Pod } from '../../api/generated/types';
import { Action } from '../events';
import { errorStatus, SKIP, unresolvable, unschedulable, type CycleState, type EventRegistration, type Handle, type Plugin, type QueueingHint, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { claimClass, claimNameOf, ephemeralMismatch, notFoundMessage, usesClaim } from './volumes';

/** Refuses nodes that cannot attach more volumes of a CSI driver (CSINode's allocatable count). */
export class NodeVolumeLimits implements Plugin {
  readonly name = 'NodeVolumeLimits';
  readonly #refused = unschedulable(this.name, 'node(s) exceed max volume count');
  constructor(readonly handle: Handle) {}

  preFilter(_state: CycleState, pod: PodInfo): Status | undefined {
    return pod.hasVolumes && pod.pod.spec?.volumes?.some((v) => v.persistentVolumeClaim ?? v.ephemeral) ? undefined : SKIP;
  }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const wanted = this.#volumesOf(pod.pod, true);
    if (!(wanted instanceof Map)) return wanted;
    const limits = limitsOf(this.handle.listers.csiNode(node.name));
    if (wanted.size === 0 || limits.size === 0) return undefined;
    const attached = this.#attached(node);
    const free = new Map(limits);
    for (const driver of attached.values()) free.set(driver, (free.get(driver) ?? Infinity) - 1);
    for (const [volume, driver] of wanted) if (!attached.has(volume)) free.set(driver, (free.get(driver) ?? Infinity) - 1);
    const isNew = (driver: string): boolean => [...wanted].some(([volume, d]) => d === driver && !attached.has(volume));
    return [...limits.keys()].some((driver) => (free.get(driver) ?? 0) < 0 && isNew(driver)) ? this.#refused : undefined;
  }

  /** Volumes in use by the node's pods and those attached to it, with their drivers. */
  #attached(node: NodeInfo): Map<string, string> {
    const { listers } = this.handle;
    const attached = new Map<string, string>();
    for (const { pod } of node.pods) {
      const volumes = this.#volumesOf(pod, false);
      if (volumes instanceof Map) for (const [volume, driver] of volumes) attached.set(volume, driver);
    }
    for (const { spec } of listers.volumeAttachments()) {
      const handle = spec.nodeName === node.name && spec.source.persistentVolumeName ? listers.persistentVolume(spec.source.persistentVolumeName)?.spec?.csi?.volumeHandle : undefined;
      if (handle !== undefined && spec.attacher) attached.set(`${spec.attacher}/${handle}`, spec.attacher);
    }
    return attached;
  }

  #volumesOf(pod: Pod, isNew: boolean): Map<string, string> | Status {
    const result = new Map<string, string>();
    for (const volume of pod.spec?.volumes ?? []) {
      const name = claimNameOf(pod, volume);
      if (name === undefined) continue;
      if (name === '') return errorStatus(this.name, 'PersistentVolumeClaim had no name');
      const claim = this.handle.listers.persistentVolumeClaim(pod.metadata.namespace ?? '', name);
      if (!claim) {
        if (isNew) return unresolvable(this.name, `looking up PVC ${pod.metadata.namespace ?? ''}/${name}: ${notFoundMessage('persistentvolumeclaim', name)}`);
        continue;
      }
      const mismatch = volume.ephemeral && ephemeralMismatch(pod, claim);
      if (mismatch) return errorStatus(this.name, mismatch);
      const driver = this.#driverOf(claim);
      if (driver) result.set(`${driver.name}/${driver.handle}`, driver.name);
    }
    return result;
  }

  #driverOf(claim: PersistentVolumeClaim): { readonly name: string; readonly handle: string } | undefined {
    const { listers } = this.handle;
    const volume = claim.spec?.volumeName ? listers.persistentVolume(claim.spec.volumeName) : undefined;
    if (volume) return volume.spec?.csi ? { name: volume.spec.csi.driver, handle: volume.spec.csi.volumeHandle } : undefined;
    const provisioner = listers.storageClass(claimClass(claim))?.provisioner;
    // Not provisioned yet: a handle that no volume has.
    return provisioner && !provisioner.startsWith('kubernetes.io/') ? { name: provisioner, handle: `unbound-${claim.metadata.namespace ?? ''}/${claim.metadata.name}` } : undefined;
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'CSINode', action: Action.Add } },
      { event: { resource: 'CSINode', action: Action.Update }, hint: afterCSINodeUpdate },
      { event: { resource: 'Pod', action: Action.Delete }, hint: afterPodDelete },
      { event: { resource: 'PersistentVolumeClaim', action: Action.Add }, hint: (pod, _old, added) => (usesClaim(pod, added as PersistentVolumeClaim) ? 'Queue' : 'Skip') },
      { event: { resource: 'VolumeAttachment', action: Action.Delete }, hint: (pod) => (pod.spec?.volumes?.some((v) => v.persistentVolumeClaim) ? 'Queue' : 'Skip') },
    ];
  }
}

function limitsOf(csiNode: CSINode | undefined): Map<string, number> {
  return new Map((csiNode?.spec.drivers ?? []).flatMap((d) => (d.allocatable?.count === undefined ? [] : [[d.name, d.allocatable.count] as const])));
}

function afterCSINodeUpdate(_pod: Pod, oldNode: unknown, newNode: unknown): QueueingHint {
  const before = limitsOf(oldNode as CSINode);
  return [...limitsOf(newNode as CSINode)].some(([driver, limit]) => limit > (before.get(driver) ?? 0)) ? 'Queue' : 'Skip';
}

function afterPodDelete(_pod: Pod, oldPod: unknown): QueueingHint {
  const deleted = oldPod as Pod;
  if (!deleted.spec?.nodeName && !deleted.status?.nominatedNodeName) return 'Skip';
  return deleted.spec?.volumes?.some((v) => v.persistentVolumeClaim ?? v.ephemeral) ? 'Queue' : 'Skip';
}
