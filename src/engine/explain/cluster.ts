import type { Node, Pod } from '../api/generated/types';
import type { KubernetesObject, ObjectWithMeta } from '../api/object';
import type { SchedulerConfiguration } from '../scheduler/configuration';
import { SchedulerCore } from '../scheduler/core';
import { ObjectListers } from '../scheduler/listers';

const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** A scheduler over a fixed set of objects: for what-ifs, and for clusters that no simulated scheduler watches. Ties go to the first node. */
export function coreOf(objects: Iterable<ObjectWithMeta>, configuration?: SchedulerConfiguration): SchedulerCore {
  const all = [...objects];
  const core = new SchedulerCore({ listers: new ObjectListers(all), random: { next: () => 0 }, ...(configuration ? { configuration } : {}) });
  for (const object of all) if (object.kind === 'Node') core.cache.addNode(object as Node);
  for (const object of all) if (object.kind === 'Pod' && (object as Pod).spec?.nodeName && !isTerminal(object as Pod)) core.cache.addPod(object as Pod);
  return core;
}

/** Where the objects of a cluster are read: the API server of a simulated world fits. */
export interface ObjectSource {
  readonly registry: { all(): Iterable<{ readonly group: string; readonly resource: string; readonly storedAs?: unknown }> };
  peek(group: string, resource: string): { list(): readonly KubernetesObject[] } | undefined;
}

/** Resources that neither scheduling nor admission of a pod asks for. */
const OF_NO_USE = new Set([
  'events', 'leases', 'endpoints', 'endpointslices', 'controllerrevisions', 'clusterroles', 'clusterrolebindings', 'roles', 'rolebindings', 'configmaps', 'secrets', 'horizontalpodautoscalers', 'ingresses', 'networkpolicies',
]);

/** Everything that may matter for admitting and scheduling a pod. */
export function objectsOf(source: ObjectSource): readonly KubernetesObject[] {
  const objects: KubernetesObject[] = [];
  const seen = new Set<string>();
  for (const { group, resource, storedAs } of source.registry.all()) {
    const key = `${group}/${resource}`;
    if (storedAs !== undefined || OF_NO_USE.has(resource) || seen.has(key)) continue;
    seen.add(key);
    objects.push(...(source.peek(group, resource)?.list() ?? []));
  }
  return objects;
}
