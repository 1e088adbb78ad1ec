import type { LabelSelector } from '../../api/generated/types';
import { controllerOf } from '../../api/object';
import { compileLabelSelector, selectorFromSet, type Labels, type Selector } from '../../api/selectors';
import type { Listers } from '../listers';
import type { PodInfo } from '../podInfo';

const services = new WeakMap<object, Selector>();

function serviceSelector(set: { readonly [key: string]: string }): Selector {
  const known = services.get(set);
  if (known) return known;
  const made = selectorFromSet(set);
  services.set(set, made);
  return made;
}

/** helper.DefaultSelector: the labels of all services that select the pod, and the selector of the controller that owns it. */
export function defaultSelector(pod: PodInfo, listers: Listers): Selector {
  const set: { [key: string]: string } = {};
  for (const service of listers.services(pod.namespace)) {
    const selector = service.spec?.selector;
    if (selector && serviceSelector(selector).matches(pod.labels)) Object.assign(set, selector);
  }
  const owner = controllerOf(pod.pod);
  if (owner?.kind === 'ReplicationController' && owner.apiVersion === 'v1') {
    Object.assign(set, listers.replicationController(pod.namespace, owner.name)?.spec?.selector);
    return selectorFromSet(set);
  }
  const own = owner?.apiVersion === 'apps/v1' ? workloadSelector(owner.kind, owner.name, pod.namespace, listers) : undefined;
  return own ? and(set, own) : selectorFromSet(set);
}

function workloadSelector(kind: string, name: string, namespace: string, listers: Listers): LabelSelector | undefined {
  if (kind === 'ReplicaSet') return listers.replicaSet(namespace, name)?.spec?.selector;
  return kind === 'StatefulSet' ? listers.statefulSet(namespace, name)?.spec?.selector : undefined;
}

function and(set: Labels, selector: LabelSelector): Selector {
  const compiled = compileLabelSelector(selector);
  if (Object.keys(set ?? {}).length === 0) return compiled;
  return selectorFromSet(set).and(...compiled.requirements);
}
