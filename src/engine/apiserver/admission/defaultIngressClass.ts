import type { Ingress } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { defaultOf } from '../../api/defaultClass';
import { on } from './matching';
import type { AdmissionPlugin } from './plugin';

/** DefaultIngressClass: an ingress that names no class gets the default one, where there is one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: on('networking.k8s.io', 'ingresses', 'CREATE'),
  admit({ object }, environment) {
    const { spec, metadata } = object as unknown as Ingress;
    if (spec?.ingressClassName !== undefined || metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return object;
    const found = defaultOf(environment.list('networking.k8s.io', 'ingressclasses'), ['ingressclass.kubernetes.io/is-default-class']);
    return found ? ({ ...object, spec: { ...spec, ingressClassName: found.metadata.name } } as KubernetesObject) : object;
  },
};
