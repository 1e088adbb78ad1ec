import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types';
import { compileLabelSelector, type Labels } from '../../api/selectors';
import { compareQuantity, parseQuantity, type Quantity } from '../../api/quantity';

export const classOfClaim = (claim: PersistentVolumeClaim): string => claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName ?? '';
export const classOfVolume = (volume: PersistentVolume): string => volume.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? volume.spec?.storageClassName ?? '';

/** Whether a volume is meant for this very claim; by name alone when nobody has noted the UID. */
export function isBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const ref = volume.spec?.claimRef;
  return ref?.name === claim.metadata.name && ref.namespace === claim.metadata.namespace && (!ref.uid || ref.uid === claim.metadata.uid);
}

const storageOf = (list: { readonly [name: string]: string } | undefined): Quantity | undefined => parseQuantity(list?.['storage'] ?? '0');

function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec } = volume;
  if (volume.metadata.deletionTimestamp !== undefined || (spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return false;
  if ((spec?.volumeAttributesClassName ?? '') !== (claim.spec?.volumeAttributesClassName ?? '')) return false;
  const has = storageOf(spec?.capacity), wants = storageOf(claim.spec?.resources?.requests);
  return has !== undefined && wants !== undefined && compareQuantity(has, wants) >= 0;
}

/** volume.FindMatchingVolume: the volume kept for the claim, or the smallest free one that will do. */
export function findVolume(volumes: Iterable<PersistentVolume>, claim: PersistentVolumeClaim, onlyReserved: boolean): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (volume.spec?.claimRef) {
      if (isBoundTo(volume, claim) && fits(volume, claim)) return volume;
      continue;
    }
    if (onlyReserved || !fits(volume, claim) || classOfVolume(volume) !== classOfClaim(claim) || (volume.status?.phase ?? 'Available') !== 'Available') continue;
    if (claim.spec?.selector && !compileLabelSelector(claim.spec.selector).matches(volume.metadata.labels as Labels)) continue;
    if (!(claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode))) continue;
    if (best === undefined || isSmaller(volume, best)) best = volume;
  }
  return best;
}

function isSmaller(a: PersistentVolume, b: PersistentVolume): boolean {
  const left = storageOf(a.spec?.capacity), right = storageOf(b.spec?.capacity);
  return left !== undefined && right !== undefined && (compareQuantity(left, right) || (a.metadata.name < b.metadata.name ? -1 : 1)) < 0;
}
