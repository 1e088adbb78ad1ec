import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../api/generated/types';
import { parseQuantity, quantityValue } from '../../api/quantity';
import { compileNodeSelector } from '../../api/nodeSelectors';
import { compileLabelSelector } from '../../api/selectors';
import type { Listers } from '../listers';

/** Facts about volumes and claims that several plugins share: k8s.io/component-helpers/storage. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

export const claimKey = (claim: PersistentVolumeClaim): string => `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`;
export const claimClass = (claim: PersistentVolumeClaim): string => claim.metadata.annotations?.[BETA_CLASS] ?? claim.spec?.storageClassName ?? '';
export const volumeClass = (volume: PersistentVolume): string => volume.metadata.annotations?.[BETA_CLASS] ?? volume.spec?.storageClassName ?? '';
export const isFullyBound = (claim: PersistentVolumeClaim): boolean => Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;

/** The words of a lister for an object it does not have. */
export const notFoundMessage = (resource: string, name: string): string => `${resource} "${name}" not found`;

/** The claim a pod's volume uses, be it named or made for the pod (generic ephemeral); undefined for other volumes. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined;
}

export const usesClaim = (pod: Pod, claim: PersistentVolumeClaim): boolean =>
  pod.metadata.namespace === claim.metadata.namespace && (pod.spec?.volumes ?? []).some((volume) => claimNameOf(pod, volume) === claim.metadata.name);

/** Why the claim is not the one made for this pod's ephemeral volume; undefined where it is. */
export function ephemeralMismatch(pod: Pod, claim: PersistentVolumeClaim): string | undefined {
  const own = claim.metadata.namespace === pod.metadata.namespace && (claim.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === pod.metadata.uid);
  return own ? undefined : `PVC ${claimKey(claim)} was not created for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} (pod is not owner)`;
}

export function volumeFitsNode(volume: PersistentVolume, node: Node): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  // A volume's affinity looks at labels only.
  return required === undefined || compileNodeSelector(required).matches({ metadata: { name: '', labels: node.metadata.labels } });
}

/** IsDelayBindingMode: the class of the claim binds when a pod is placed. */
export function bindsLate(claim: PersistentVolumeClaim, listers: Listers): boolean {
  const name = claimClass(claim);
  return name !== '' && listers.storageClass(name)?.volumeBindingMode === 'WaitForFirstConsumer';
}

function isBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const ref = volume.spec?.claimRef;
  return ref !== undefined && ref.name === claim.metadata.name && ref.namespace === claim.metadata.namespace && (!ref.uid || ref.uid === claim.metadata.uid);
}

/** FindMatchingVolume: the volume already meant for the claim, else the smallest available one that suits claim and node. */
export function findMatchingVolume(claim: PersistentVolumeClaim, volumes: readonly PersistentVolume[], node: Node, chosen: ReadonlySet<string>): PersistentVolume | undefined {
  const requested = quantityValue(claim.spec?.resources?.requests?.['storage']);
  const wantedClass = claimClass(claim);
  let smallest: PersistentVolume | undefined;
  let smallestSize = Infinity;
  for (const volume of volumes) {
    const size = capacityOf(volume);
    if (chosen.has(volume.metadata.name) || (volume.spec?.claimRef && !isBoundTo(volume, claim)) || size < requested || !sameModes(claim, volume)) continue;
    if (volume.metadata.deletionTimestamp !== undefined) continue;
    const fits = volumeFitsNode(volume, node);
    if (isBoundTo(volume, claim)) return fits ? volume : undefined;
    const suits = volume.status?.phase === 'Available' && fits && volumeClass(volume) === wantedClass
      && (claim.spec?.selector === undefined || compileLabelSelector(claim.spec.selector).matches(volume.metadata.labels))
      && (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));
    if (suits && size < smallestSize) {
      smallest = volume;
      smallestSize = size;
    }
  }
  return smallest;
}

const sameModes = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  (claim.spec?.volumeMode ?? 'Filesystem') === (volume.spec?.volumeMode ?? 'Filesystem')
  && (claim.spec?.volumeAttributesClassName ?? '') === (volume.spec?.volumeAttributesClassName ?? '');

export const capacityOf = (volume: PersistentVolume): number => quantityValue(volume.spec?.capacity?.['storage']);
export const requestedStorage = (claim: PersistentVolumeClaim): number | undefined => {
  const text = claim.spec?.resources?.requests?.['storage'];
  return text === undefined ? undefined : parseQuantity(text)?.value;
};
