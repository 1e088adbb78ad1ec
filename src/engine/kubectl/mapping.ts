import { removedVersion, removedVersionWarning } from '../api/conversion/removed-versions';
import { parseApiVersion, type KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import type { ResourceRegistry } from '../api/resources/registry';
import { badRequest, failure, type Status } from '../api/status';
import type { Resource } from '../client/resources';

/** Where a kind is found, or why it is not, in kubectl's words. */
export interface Mapped {
  readonly definition: ResourceDefinition;
  readonly warnings: readonly string[];
  /** Set when the object was written for a version that is gone: it has to be converted first. */
  readonly convertedFrom?: string;
}

/** Group, version and kinds whose removed versions are accepted by converting them. */
const WORKLOADS = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet']);
const OLD_WORKLOAD_VERSIONS = new Set(['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1']);

/** RESTMapping: which resource an object of this apiVersion and kind belongs to. */
export function mapKind(registry: ResourceRegistry, apiVersion: string, kind: string, refuseRemoved: boolean): Mapped | Status {
  const definition = registry.forObject(apiVersion, kind);
  if (definition) return { definition, warnings: [] };
  const removed = removedVersion(apiVersion, kind);
  if (removed && !refuseRemoved && OLD_WORKLOAD_VERSIONS.has(apiVersion) && WORKLOADS.has(kind)) {
    const current = registry.forObject(removed.replacement?.apiVersion ?? '', kind);
    if (current) return { definition: current, warnings: [removedVersionWarning(removed)], convertedFrom: apiVersion };
  }
  return noMatches(apiVersion, kind);
}

/** What kubectl says of a kind that the server does not know. No request was sent, so the code is that of the discovery. */
export function noMatches(apiVersion: string, kind: string): Status {
  const { group, version } = parseApiVersion(apiVersion);
  const status = failure(404, 'NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`, { ...(group ? { group } : {}), kind });
  return { ...status, details: { ...status.details, causes: [{ message: `ensure CRDs are installed first`, reason: version }] } };
}

/** An object without apiVersion or kind cannot be mapped at all. */
export function checkTyped(value: { readonly [field: string]: unknown }): Status | undefined {
  if (typeof value.kind !== 'string' || value.kind === '') return badRequest(`Object 'Kind' is missing in '${shorten(JSON.stringify(value))}'`);
  if (typeof value.apiVersion !== 'string' || value.apiVersion === '') return badRequest(`Object 'apiVersion' is missing in '${shorten(JSON.stringify(value))}'`);
  return undefined;
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** The typed handle by which a client speaks of a resource. */
export function resourceOf(definition: ResourceDefinition): Resource<KubernetesObject> {
  return { group: definition.group, version: definition.version, resource: definition.resource, kind: definition.kind };
}

/** How kubectl names an object: "deployment.apps/web", "pod/web-1". */
export function displayName(definition: ResourceDefinition, name: string): string {
  return `${definition.group ? `${definition.singular}.${definition.group}` : definition.singular}/${name}`;
}
