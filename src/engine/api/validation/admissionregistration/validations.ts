import type { KindValidations } from '../kind';
import { bindingValidation, policyValidation } from './policies';
import { webhookConfigurationValidation } from './webhooks';

/** admissionregistration.k8s.io. MutatingAdmissionPolicy is not validated: nothing here runs it. */
export const admissionregistrationValidations: KindValidations = {
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhookConfigurationValidation,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': policyValidation,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': bindingValidation,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookConfigurationValidation,
};
