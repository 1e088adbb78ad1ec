import type { PodSpec, PriorityClass } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';

/**
 * A description of a cluster may hold pods as they were written, not as they were stored: without the priority that admission
 * resolves from the class. The rest of what admission fills in changes nothing for a pod that has its node.
 */
export function withPriorities(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const classes = objects.filter((o) => o.kind === 'PriorityClass') as unknown as readonly PriorityClass[];
  const byName = new Map(classes.map((c) => [c.metadata.name, c]));
  const fallback = classes.filter((c) => c.globalDefault).sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
  return objects.map((object) => {
    if (object.kind !== 'Pod') return object;
    const spec = object.spec as PodSpec;
    if (spec?.priority !== undefined) return object;
    const found = spec?.priorityClassName ? byName.get(spec.priorityClassName) : fallback;
    return { ...object, spec: { ...spec, priority: found?.value ?? 0, preemptionPolicy: spec?.preemptionPolicy ?? found?.preemptionPolicy ?? 'PreemptLowerPriority' } };
  });
}
