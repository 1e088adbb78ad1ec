import type { PodSpec, PriorityClass } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { failure, forbidden } from '../../api/status';
import type { AdmissionEnvironment, AdmissionPlugin } from './plugin';

/** Priority: resolves a pod's priority class to a number, and keeps a single default class. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: ({ definition, operation, subresource }) =>
    subresource === '' && ((definition.group === '' && definition.resource === 'pods' && (operation === 'CREATE' || operation === 'UPDATE')) || (definition.resource === 'priorityclasses' && (operation === 'CREATE' || operation === 'UPDATE'))),
  admit({ definition, operation, object, oldObject, name }, environment) {
    if (definition.resource !== 'pods') return object;
    const spec = object.spec as PodSpec;
    if (operation === 'UPDATE') {
      const old = oldObject?.spec as PodSpec | undefined;
      // Who updates a pod without knowing of priorities keeps them.
      if (spec.priority !== undefined || old?.priority === undefined) return object;
      return { ...object, spec: { ...spec, priority: old.priority, ...(spec.preemptionPolicy === undefined && old.preemptionPolicy ? { preemptionPolicy: old.preemptionPolicy } : {}) } } as KubernetesObject;
    }
    const found = spec.priorityClassName ? environment.get('scheduling.k8s.io', 'priorityclasses', '', spec.priorityClassName) as unknown as PriorityClass | undefined : defaultClass(environment);
    if (spec.priorityClassName && !found) return forbidden(definition, name, `no PriorityClass with name ${spec.priorityClassName} was found`);
    const value = found?.value ?? 0;
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    if (spec.priority !== undefined && spec.priority !== value) {
      return forbidden(definition, name, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
    }
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      return forbidden(definition, name, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
    }
    return { ...object, spec: { ...spec, priority: value, preemptionPolicy: policy, ...(found ? { priorityClassName: found.metadata.name } : {}) } } as KubernetesObject;
  },
  validate({ definition, object, name }, environment) {
    const mine = object as unknown as PriorityClass | undefined;
    if (definition.resource !== 'priorityclasses' || !mine?.globalDefault) return undefined;
    const other = defaultClass(environment);
    if (!other || other.metadata.name === mine.metadata.name) return undefined;
    return failure(403, 'Forbidden', forbidden(definition, name, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`).message ?? '', { name, group: definition.group, kind: definition.resource });
  },
};

/** Of several default classes the one with the lowest value counts. */
function defaultClass(environment: AdmissionEnvironment): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const object of environment.list('scheduling.k8s.io', 'priorityclasses')) {
    const candidate = object as unknown as PriorityClass;
    if (candidate.globalDefault && (!lowest || (candidate.value ?? 0) < (lowest.value ?? 0))) lowest = candidate;
  }
  return lowest;
}
