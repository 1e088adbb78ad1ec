import type { KindValidations } from '../kind';
import { configMapValidation, secretValidation, serviceAccountValidation } from './data';
import { endpointsValidation } from './endpoints';
import { coreEventValidation } from './event';
import { limitRangeValidation } from './limitRange';
import { namespaceValidation } from './namespace';
import { nodeValidation } from './node';
import { persistentVolumeValidation } from './persistentVolume';
import { persistentVolumeClaimValidation } from './persistentVolumeClaim';
import { resourceQuotaValidation } from './resourceQuota';
import { serviceValidation } from './service';

/** The core group, but for pods and what holds a pod template. */
export const coreValidations: KindValidations = {
  '/ConfigMap': configMapValidation,
  '/Endpoints': endpointsValidation,
  '/Event': coreEventValidation,
  '/LimitRange': limitRangeValidation,
  '/Namespace': namespaceValidation,
  '/Node': nodeValidation,
  '/PersistentVolume': persistentVolumeValidation,
  '/PersistentVolumeClaim': persistentVolumeClaimValidation,
  '/ResourceQuota': resourceQuotaValidation,
  '/Secret': secretValidation,
  '/Service': serviceValidation,
  '/ServiceAccount': serviceAccountValidation,
};
