/**
 * What the API server knows about one kind in one version, as data. Adding a kind is adding a row to a table in
 * definitions/; CustomResourceDefinitions add rows while the world runs (see registry.ts).
 */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where a scale subresource finds its numbers in the parent, as dotted paths without a leading dot. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** Path of a label selector: a LabelSelector, a plain map, or (in custom resources) a string. Undefined where the kind has none. */
  readonly selector?: string;
  readonly selectorType: 'LabelSelector' | 'map' | 'string';
}

export interface SubresourceDefinition {
  /** "status", "scale", "binding", "eviction", "token", "approval", "log" … */
  readonly name: string;
  /** The kind that its requests and answers carry. */
  readonly kind: GroupVersionKind;
  readonly verbs: readonly Verb[];
  readonly scale?: ScalePaths;
}

export interface ResourceDefinition extends GroupVersionKind {
  readonly listKind: string;
  /** Plural, as in URLs: "deployments". */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** Name of the type in SCHEMA; empty for custom resources, whose schema is in their CustomResourceDefinition. */
  readonly schema: string;
  readonly subresources: readonly SubresourceDefinition[];
  /** The group, version and resource that keep these objects where that is another one (autoscaling/v1, events.k8s.io/v1). */
  readonly storedAs?: { readonly group: string; readonly version: string; readonly resource: string };
  /** As in discovery: the first 8 bytes of SHA-256 over "group/version/Kind" of the storage version, in base64. Absent for what is not stored. */
  readonly storageVersionHash?: string;
  /** False for a version that is known, but not served. */
  readonly served: boolean;
}

export const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
export const CREATE_ONLY: readonly Verb[] = ['create'];
const SUBRESOURCE_VERBS: readonly Verb[] = ['get', 'patch', 'update'];

export interface Row {
  readonly kind: string;
  readonly resource: string;
  readonly hash?: string;
  readonly singular?: string;
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly cluster?: boolean;
  readonly verbs?: readonly Verb[];
  readonly schema?: string;
  readonly status?: boolean;
  readonly scale?: ScalePaths;
  readonly more?: readonly SubresourceDefinition[];
  readonly storedAs?: ResourceDefinition['storedAs'];
}

/** Completes the rows of one group and version. */
export function defineResources(group: string, version: string, rows: readonly Row[]): readonly ResourceDefinition[] {
  return rows.map((row) => ({
    group, version, kind: row.kind, listKind: `${row.kind}List`, resource: row.resource, singular: row.singular ?? row.kind.toLowerCase(),
    shortNames: row.short ?? [], categories: row.categories ?? [], namespaced: !row.cluster, verbs: row.verbs ?? ALL_VERBS, schema: row.schema ?? row.kind,
    subresources: subresourcesOf({ group, version, kind: row.kind }, row),
    ...(row.storedAs ? { storedAs: row.storedAs } : {}), ...(row.hash ? { storageVersionHash: row.hash } : {}), served: true,
  }));
}

function subresourcesOf(kind: GroupVersionKind, row: Row): readonly SubresourceDefinition[] {
  const all = [
    ...(row.more ?? []),
    ...(row.scale ? [{ name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: SUBRESOURCE_VERBS, scale: row.scale }] : []),
    ...(row.status ? [{ name: 'status', kind, verbs: SUBRESOURCE_VERBS }] : []),
  ];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const WORKLOAD_SCALE: ScalePaths = { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector', selectorType: 'LabelSelector' };

/** The words that a person types for a subresource of its own kind: updates of a part of the object. */
export const partOf = (name: string, group: string, version: string, kind: string, verbs: readonly Verb[] = SUBRESOURCE_VERBS): SubresourceDefinition =>
  ({ name, kind: { group, version, kind }, verbs });

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** version.CompareKubeAwareVersionStrings, the newest and most stable first. */
export function compareVersions(a: string, b: string): number {
  const left = VERSION.exec(a), right = VERSION.exec(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  const rank = (m: RegExpExecArray): readonly number[] => [m[2] === undefined ? 2 : m[2] === 'beta' ? 1 : 0, Number(m[1]), Number(m[3] ?? 0)];
  const x = rank(left), y = rank(right);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return (y[i] as number) - (x[i] as number);
  return 0;
}
