import type { ResourceDefinition } from '../api/resources/definition';

/** Where the storage path is not the plural name, as in a real etcd. */
const PATHS: { readonly [resource: string]: string } = {
  nodes: 'minions', services: 'services/specs', endpoints: 'services/endpoints', ingresses: 'ingress', 'podtemplates': 'podtemplates',
};
const GROUPED = new Set(['apiregistration.k8s.io', 'apiextensions.k8s.io']);

/** The prefix of all keys of a resource: "/registry/pods/". */
export function resourcePrefix(definition: ResourceDefinition): string {
  const path = definition.group === '' || definition.group === 'networking.k8s.io' ? PATHS[definition.resource] ?? definition.resource : definition.resource;
  return definition.schema === '' || GROUPED.has(definition.group) ? `/registry/${definition.group}/${path}/` : `/registry/${path}/`;
}

/** "/registry/pods/default/web-1", "/registry/minions/node-1". */
export function storageKey(definition: ResourceDefinition, namespace: string, name: string): string {
  return definition.namespaced ? `${resourcePrefix(definition)}${namespace}/${name}` : `${resourcePrefix(definition)}${name}`;
}
