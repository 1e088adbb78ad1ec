import { ResourceRegistry } from '../engine/api/resources/registry';
import type { Resource } from './api';

const registry = new ResourceRegistry();

/** A built-in resource by "resource.group". */
export function builtIn(group: string, resource: string): Resource {
  const found = registry.all().find((d) => d.group === group && d.resource === resource && d.storedAs === undefined);
  if (!found) throw new Error(`there is no built-in resource ${resource} in ${group || 'the core group'}`);
  const { version, kind, namespaced } = found;
  return { group, version, resource, kind, namespaced };
}

export const NODES = builtIn('', 'nodes');
export const PODS = builtIn('', 'pods');
/** Workloads above pods; of these, names and owners are enough. */
export const WORKLOADS: readonly Resource[] = [
  builtIn('apps', 'deployments'), builtIn('apps', 'statefulsets'), builtIn('apps', 'daemonsets'), builtIn('batch', 'cronjobs'), builtIn('batch', 'jobs'), builtIn('apps', 'replicasets'), builtIn('', 'replicationcontrollers'),
];
