import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition, Verb } from '../api/resources/definition';
import type { ResourceRegistry } from '../api/resources/registry';
import type { Resource } from '../client/resources';

/** A definition as a client addresses it. */
export const resourceOf = (definition: ResourceDefinition): Resource<KubernetesObject> =>
  ({ group: definition.group, version: definition.version, resource: definition.resource, kind: definition.kind });

/** What discovery prefers: of each resource one version, the first that its group lists, if it knows all the verbs. */
export function preferredResources(registry: ResourceRegistry, verbs: readonly Verb[]): readonly ResourceDefinition[] {
  const rank = new Map<string, number>();
  for (const { group, versions } of registry.groups()) versions.forEach((version, i) => rank.set(`${group}/${version}`, i));
  const chosen = new Map<string, ResourceDefinition>();
  const rankOf = (d: ResourceDefinition): number => rank.get(`${d.group}/${d.version}`) ?? 0;
  for (const definition of registry.all()) {
    if (!definition.served) continue;
    const key = `${definition.group}/${definition.resource}`;
    const known = chosen.get(key);
    if (known === undefined || rankOf(definition) < rankOf(known)) chosen.set(key, definition);
  }
  return [...chosen.values()].filter((definition) => verbs.every((verb) => definition.verbs.includes(verb)));
}
