import type { KindValidations } from '../kind';
import { ingressClassValidation, ingressValidation } from './ingress';
import { networkPolicyValidation } from './networkPolicy';
import { ipAddressValidation, serviceCIDRValidation } from './serviceCIDR';

/** networking.k8s.io */
export const networkingValidations: KindValidations = {
  'networking.k8s.io/Ingress': ingressValidation,
  'networking.k8s.io/IngressClass': ingressClassValidation,
  'networking.k8s.io/IPAddress': ipAddressValidation,
  'networking.k8s.io/NetworkPolicy': networkPolicyValidation,
  'networking.k8s.io/ServiceCIDR': serviceCIDRValidation,
};
