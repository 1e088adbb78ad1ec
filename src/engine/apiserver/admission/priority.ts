import type { PodSpec, PriorityClass } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { Status } from '../../api/status';
import { denied } from './denied';
import { on } from './matching';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';

const GROUP = 'scheduling.k8s.io';
const onPods = on('', 'pods', 'CREATE', 'UPDATE');
const onClasses = on(GROUP, 'priorityclasses', 'CREATE', 'UPDATE');

/** Priority: resolves a pod's priority class to a number, and keeps a single default class. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (attributes) => onPods(attributes) || onClasses(attributes),
  admit(attributes, environment) {
    if (attributes.definition.group === GROUP) return attributes.object;
    return attributes.operation === 'UPDATE' ? kept(attributes.object, attributes.oldObject) : resolved(attributes, environment);
  },
  validate(attributes, environment) {
    const mine = attributes.object as unknown as PriorityClass | undefined;
    if (attributes.definition.group !== GROUP || !mine?.globalDefault) return undefined;
    const other = defaultClass(environment);
    if (!other || (attributes.operation === 'UPDATE' && other.metadata.name === mine.metadata.name)) return undefined;
    return denied(attributes, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
  },
};

/** Who updates a pod without knowing of priorities keeps them. */
function kept(object: KubernetesObject, oldObject: KubernetesObject | undefined): KubernetesObject {
  const spec = object.spec as PodSpec;
  const old = oldObject?.spec as PodSpec | undefined;
  const priority = spec.priority === undefined ? old?.priority : undefined;
  const preemptionPolicy = spec.preemptionPolicy === undefined ? old?.preemptionPolicy : undefined;
  if (priority === undefined && preemptionPolicy === undefined) return object;
  return { ...object, spec: { ...spec, ...(priority === undefined ? {} : { priority }), ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }) } } as KubernetesObject;
}

function resolved(attributes: AdmissionAttributes & { readonly object: KubernetesObject }, environment: AdmissionEnvironment): KubernetesObject | Status {
  const { object } = attributes;
  const spec = object.spec as PodSpec;
  const found = spec.priorityClassName ? environment.get(GROUP, 'priorityclasses', '', spec.priorityClassName) as unknown as PriorityClass | undefined : defaultClass(environment);
  if (spec.priorityClassName && !found) return denied(attributes, `no PriorityClass with name ${spec.priorityClassName} was found`);
  const value = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (spec.priority !== undefined && spec.priority !== value) {
    return denied(attributes, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    return denied(attributes, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
  }
  return { ...object, spec: { ...spec, priority: value, preemptionPolicy: policy, ...(found ? { priorityClassName: found.metadata.name } : {}) } } as KubernetesObject;
}

/** Of several default classes the one with the lowest value counts. */
function defaultClass(environment: AdmissionEnvironment): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const object of environment.list(GROUP, 'priorityclasses')) {
    const candidate = object as unknown as PriorityClass;
    if (candidate.globalDefault && (!lowest || (candidate.value ?? 0) < (lowest.value ?? 0))) lowest = candidate;
  }
  return lowest;
}
