import { admissionregistrationValidations } from './admissionregistration/validations';
import { apiextensionsValidations } from './apiextensions/customResourceDefinition';
import { appsValidations } from './apps/validations';
import { replicationControllerValidation } from './apps/replicationController';
import { authorizationValidations } from './authorization/validations';
import { autoscalingValidations } from './autoscaling/validations';
import { batchValidations } from './batch/validations';
import { certificatesValidations } from './certificates/validations';
import { coordinationValidations } from './coordination/validations';
import { coreValidations } from './core/validations';
import { discoveryValidations } from './discovery/validations';
import { eventsValidations } from './events/validations';
import type { KindValidation, KindValidations } from './kind';
import { networkingValidations } from './networking/validations';
import { nodeapiValidations } from './nodeapi/validations';
import { bindingValidation } from './pod/binding';
import { podTemplateValidation, podValidation } from './pod/pod';
import { policyValidations } from './policy/validations';
import { rbacValidations } from './rbac/validations';
import { scaleValidation } from './scale';
import { schedulingValidations } from './scheduling/validations';
import { storageValidations } from './storage/validations';

const VALIDATIONS: KindValidations = {
  ...coreValidations, ...appsValidations, ...batchValidations, ...autoscalingValidations, ...policyValidations, ...networkingValidations, ...rbacValidations, ...schedulingValidations,
  ...storageValidations, ...coordinationValidations, ...discoveryValidations, ...nodeapiValidations, ...eventsValidations, ...authorizationValidations, ...certificatesValidations,
  ...admissionregistrationValidations, ...apiextensionsValidations,
  '/Binding': bindingValidation, '/Pod': podValidation, '/PodTemplate': podTemplateValidation, '/ReplicationController': replicationControllerValidation, 'autoscaling/Scale': scaleValidation,
};

/** The validation of a kind, or undefined for one that has none of its own (custom resources, reviews without rules). */
export function validatorFor(group: string, kind: string): KindValidation | undefined {
  const key = `${group}/${kind}`;
  return Object.hasOwn(VALIDATIONS, key) ? VALIDATIONS[key] : undefined;
}

/** "group/Kind" of every kind with a validation. */
export const validatedKinds: readonly string[] = Object.keys(VALIDATIONS);
