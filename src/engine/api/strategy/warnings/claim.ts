import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/types';
import { parseQuantity } from '../../quantity';
import { quote } from '../../status';

/** A warning where the quantity is no whole number of bytes. */
export function fractionalBytes(path: string, text: string | undefined): readonly string[] {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity && quantity.milliValue % 1000 !== 0 ? [`${path}: fractional byte value ${quote(quantity.text)} is invalid, must be an integer`] : [];
}

export function claimSpecWarnings(path: string, spec: PersistentVolumeClaimSpec | undefined): readonly string[] {
  return [
    ...fractionalBytes(`${path}.resources.requests[storage]`, spec?.resources?.requests?.storage),
    ...fractionalBytes(`${path}.resources.limits[storage]`, spec?.resources?.limits?.storage),
  ];
}

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

export function claimWarnings(claim: PersistentVolumeClaim): readonly string[] {
  return [
    ...(claim.metadata.annotations?.[BETA_CLASS] === undefined ? [] : [`metadata.annotations[${BETA_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
    ...claimSpecWarnings('spec', claim.spec),
  ];
}
