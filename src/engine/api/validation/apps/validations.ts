import type { KindValidations } from '../kind';
import { controllerRevisionValidation, daemonSetValidation } from './daemonSet';
import { deploymentValidation, replicaSetValidation } from './deployment';
import { statefulSetValidation } from './statefulSet';

export const appsValidations: KindValidations = {
  'apps/ControllerRevision': controllerRevisionValidation,
  'apps/DaemonSet': daemonSetValidation,
  'apps/Deployment': deploymentValidation,
  'apps/ReplicaSet': replicaSetValidation,
  'apps/StatefulSet': statefulSetValidation,
};
