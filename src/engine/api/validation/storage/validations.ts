import type { KindValidations } from '../kind';
import { csiDriverValidation, csiNodeValidation, csiStorageCapacityValidation } from './csi';
import { storageClassValidation, volumeAttributesClassValidation } from './storageClass';
import { volumeAttachmentValidation } from './volumeAttachment';

/** storage.k8s.io */
export const storageValidations: KindValidations = {
  'storage.k8s.io/CSIDriver': csiDriverValidation,
  'storage.k8s.io/CSINode': csiNodeValidation,
  'storage.k8s.io/CSIStorageCapacity': csiStorageCapacityValidation,
  'storage.k8s.io/StorageClass': storageClassValidation,
  'storage.k8s.io/VolumeAttachment': volumeAttachmentValidation,
  'storage.k8s.io/VolumeAttributesClass': volumeAttributesClassValidation,
};
