import { apiVersionOf } from '../object';
import type { GroupVersionKind, ResourceDefinition, SubresourceDefinition, Verb } from '../resources/definition';
import type { GroupVersions, ResourceRegistry } from '../resources/registry';

/** The discovery documents of before aggregation: /api, /apis, /api/v1, /apis/G and /apis/G/V. All are made from the registry. */
export interface APIResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly storageVersionHash?: string;
}

export interface GroupVersionForDiscovery { readonly groupVersion: string; readonly version: string }
export interface APIGroup {
  readonly kind?: 'APIGroup';
  readonly apiVersion?: 'v1';
  readonly name: string;
  readonly versions: readonly GroupVersionForDiscovery[];
  readonly preferredVersion: GroupVersionForDiscovery;
}

/** /api */
export function apiVersions(registry: ResourceRegistry, serverAddress: string): object {
  const core = registry.groups().find(({ group }) => group === '');
  return { kind: 'APIVersions', versions: core?.versions ?? [], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

function groupOf({ group, versions }: GroupVersions): APIGroup {
  const listed = versions.map((version) => ({ groupVersion: apiVersionOf({ group, version }), version }));
  return { name: group, versions: listed, preferredVersion: listed[0] ?? { groupVersion: '', version: '' } };
}

const namedGroups = (registry: ResourceRegistry): readonly GroupVersions[] => registry.groups().filter(({ group }) => group !== '');

/** /apis */
export function apiGroupList(registry: ResourceRegistry): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: namedGroups(registry).map(groupOf) };
}

/** /apis/G; undefined where the group is not served. */
export function apiGroup(registry: ResourceRegistry, group: string): APIGroup | undefined {
  const found = namedGroups(registry).find((g) => g.group === group);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(found) };
}

function mainResource(definition: ResourceDefinition): APIResource {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories, storageVersionHash } = definition;
  return {
    name: resource, singularName: singular, namespaced, kind, verbs, ...(shortNames.length ? { shortNames } : {}), ...(categories.length ? { categories } : {}), ...(storageVersionHash ? { storageVersionHash } : {}),
  };
}

/** The group and version of a subresource's kind are named where they are not those of the resource. */
function subresource(definition: ResourceDefinition, { name, kind, verbs }: SubresourceDefinition): APIResource {
  const foreign = kind.group !== definition.group || kind.version !== definition.version;
  return { name: `${definition.resource}/${name}`, singularName: '', namespaced: definition.namespaced, ...(foreign ? { group: kind.group, version: kind.version } : {}), kind: kind.kind, verbs };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const served = (registry: ResourceRegistry, group: string, version: string): readonly ResourceDefinition[] => registry.inGroupVersion(group, version).filter((d) => d.served);

/** /api/v1 and /apis/G/V; undefined where the version is not served. */
export function apiResourceList(registry: ResourceRegistry, group: string, version: string): object | undefined {
  const definitions = served(registry, group, version);
  if (definitions.length === 0) return undefined;
  const resources = definitions.flatMap((d) => [mainResource(d), ...d.subresources.map((s) => subresource(d, s))]).sort(byName);
  return { kind: 'APIResourceList', ...(group ? { apiVersion: 'v1' } : {}), groupVersion: apiVersionOf({ group, version }), resources };
}

/** Where clients ask with as=APIGroupDiscoveryList: /api (the core group) or /apis (all others) in one document of apidiscovery.k8s.io/v2. */
export function aggregatedDiscovery(registry: ResourceRegistry, root: 'api' | 'apis'): object {
  const groups = registry.groups().filter(({ group }) => (group === '') === (root === 'api'));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items: groups.map((g) => groupDiscovery(registry, g)) };
}

function groupDiscovery(registry: ResourceRegistry, { group, versions }: GroupVersions): object {
  return {
    metadata: { ...(group ? { name: group } : {}), creationTimestamp: null },
    versions: versions.map((version) => ({ version, resources: [...served(registry, group, version)].sort((a, b) => (a.resource < b.resource ? -1 : 1)).map(resourceDiscovery), freshness: 'Current' })),
  };
}

const responseKind = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, version, kind });

function resourceDiscovery(definition: ResourceDefinition): object {
  const { resource, namespaced, singular, verbs, shortNames, categories, subresources } = definition;
  return {
    resource, responseKind: responseKind(definition), scope: namespaced ? 'Namespaced' : 'Cluster', singularResource: singular, verbs, ...(shortNames.length ? { shortNames } : {}), ...(categories.length ? { categories } : {}),
    ...(subresources.length ? { subresources: subresources.map((s) => ({ subresource: s.name, responseKind: responseKind(s.kind), verbs: s.verbs })) } : {}),
  };
}

/** The media type of aggregated discovery, as a client's Accept header asks for it and the answer's Content-Type names it. */
export const AGGREGATED_MEDIA_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Whether the first acceptable JSON type of the Accept header is aggregated discovery v2. */
export function wantsAggregated(accept: string): boolean {
  for (const clause of accept.split(',').slice(0, 32)) {
    const [media = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const as = new Map(parameters.map((p) => p.split('=', 2) as [string, string]));
    if (media !== 'application/json') continue;
    const converted = as.get('as');
    if (converted === undefined) return false;
    if (converted === 'APIGroupDiscoveryList' && as.get('g') === 'apidiscovery.k8s.io' && as.get('v') === 'v2') return true;
  }
  return false;
}
