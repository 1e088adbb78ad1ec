import type { PersistentVolumeClaim, StorageClass } from '../../api/generated/types';
import { compareQuantity, parseQuantity, quantityOf } from '../../api/quantity';
import { classOfClaim } from './defaultStorageClass';
import { denied } from './denied';
import { on } from './matching';
import type { AdmissionEnvironment, AdmissionPlugin } from './plugin';

const sizeOf = (claim: PersistentVolumeClaim) => parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '') ?? quantityOf(0);

/** PersistentVolumeClaimResize: only bound claims of a class that allows it may grow. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: on('', 'persistentvolumeclaims', 'UPDATE'),
  validate(attributes, environment) {
    const claim = attributes.object as unknown as PersistentVolumeClaim;
    const old = attributes.oldObject as unknown as PersistentVolumeClaim;
    if (compareQuantity(sizeOf(claim), sizeOf(old)) <= 0) return undefined;
    if (old.status?.phase !== 'Bound') return denied(attributes, 'Only bound persistent volume claims can be expanded');
    if (mayGrow(claim, old, environment)) return undefined;
    return denied(attributes, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  },
};

function mayGrow(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, environment: AdmissionEnvironment): boolean {
  const name = classOfClaim(claim);
  if (name === '' || name !== classOfClaim(old)) return false;
  return (environment.get('storage.k8s.io', 'storageclasses', '', name) as unknown as StorageClass | undefined)?.allowVolumeExpansion === true;
}
