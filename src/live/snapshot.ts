import type { KubernetesObject } from '../engine/api/object';
import { ResourceRegistry } from '../engine/api/resources/registry';
import { number } from '../worker/words';
import { typeOf, type Api, type Resource } from './api';
import { asLiveError, LiveError } from './errors';
import { withoutSecrets } from './redact';
import { builtIn, NODES, PODS } from './watched';

/** A live cluster at one time, as the simulation can begin with it. */
export interface ClusterSnapshot {
  readonly objects: readonly KubernetesObject[];
  /** What could not be read, and what was left out: in words. */
  readonly notices: readonly string[];
}

export interface SnapshotOptions {
  /** Empty for all. */
  readonly namespaces: readonly string[];
  /** Namespaces in which it matters whether config maps and secrets are there; their contents are never read. */
  readonly references: readonly string[];
  readonly page: number;
  readonly most: number;
  readonly signal?: AbortSignal;
  readonly progress?: (text: string) => void;
}

const CLUSTER_WIDE: readonly Resource[] = [
  NODES, builtIn('', 'namespaces'), builtIn('', 'persistentvolumes'), builtIn('storage.k8s.io', 'storageclasses'), builtIn('storage.k8s.io', 'csinodes'), builtIn('storage.k8s.io', 'csidrivers'),
  builtIn('scheduling.k8s.io', 'priorityclasses'), builtIn('node.k8s.io', 'runtimeclasses'), builtIn('networking.k8s.io', 'ingressclasses'),
];
const NAMESPACED: readonly Resource[] = [
  PODS, builtIn('', 'persistentvolumeclaims'), builtIn('policy', 'poddisruptionbudgets'), builtIn('', 'resourcequotas'), builtIn('', 'limitranges'), builtIn('', 'services'),
  builtIn('apps', 'deployments'), builtIn('apps', 'replicasets'), builtIn('apps', 'statefulsets'), builtIn('apps', 'daemonsets'), builtIn('batch', 'jobs'), builtIn('batch', 'cronjobs'), builtIn('', 'replicationcontrollers'),
  builtIn('autoscaling', 'horizontalpodautoscalers'),
];
/** Their being there is what counts. */
const METADATA_ONLY: readonly Resource[] = [builtIn('', 'serviceaccounts')];
const REFERENCES: readonly Resource[] = [builtIn('', 'configmaps'), builtIn('', 'secrets')];

/** Controllers whose absence would make the simulation create or delete pods that nobody would. */
const OF_PODS = new Set(['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'replicationcontrollers', 'horizontalpodautoscalers', 'poddisruptionbudgets']);

/** Reads what a what-if depends on, in pages, and nothing else. Throws LiveError where not even nodes can be read. */
export async function takeSnapshot(api: Api, options: SnapshotOptions): Promise<ClusterSnapshot> {
  const within = options.namespaces.length === 0 ? [''] : options.namespaces;
  const reader = new Reader(api, options);
  for (const resource of CLUSTER_WIDE) await reader.read(resource, '', false);
  const blind = new Set<string>();
  for (const namespace of within) if (!(await reader.read(PODS, namespace, false))) blind.add(namespace);
  for (const resource of NAMESPACED) {
    // Without its pods a workload would be taken for one that has none, and be given new ones.
    if (resource !== PODS) for (const namespace of within) if (!OF_PODS.has(resource.resource) || !blind.has(namespace)) await reader.read(resource, namespace, false);
  }
  for (const resource of METADATA_ONLY) for (const namespace of within) await reader.read(resource, namespace, true);
  for (const resource of REFERENCES) for (const namespace of options.references) await reader.read(resource, namespace, true);
  if (options.namespaces.length > 0) reader.notices.push(`Only pods of ${options.namespaces.length === 1 ? `namespace ${options.namespaces[0] ?? ''}` : `${options.namespaces.length} namespaces`} were read: what others use of the nodes is not counted`);
  return { objects: withoutStrays(reader.objects), notices: reader.notices };
}

class Reader {
  readonly objects: KubernetesObject[] = [];
  readonly notices: string[] = [];

  constructor(private readonly api: Api, private readonly options: SnapshotOptions) {}

  /** False where it may not be read. A kind that this server does not serve is none that matters. */
  async read(resource: Resource, namespace: string, metadataOnly: boolean): Promise<boolean> {
    const { page, most, signal, progress } = this.options;
    let token = '', got = 0, restarts = 0;
    const from = this.objects.length;
    try {
      for (;;) {
        if (signal?.aborted) throw new LiveError('canceled', 'canceled');
        progress?.(`Reading ${typeOf(resource)}${got > 0 ? `: ${number(got)}` : ''}`);
        try {
          const next = await this.api.page(resource, Math.max(1, Math.min(page, most - got)), token, { namespace, metadataOnly, signal });
          for (const item of next.items) this.objects.push(forStart(item, resource));
          got += next.items.length;
          token = next.continueToken;
          if (token === '') return true;
          if (got >= most) { this.notices.push(`Only the first ${number(got)} ${typeOf(resource)} were read; ${number(next.remaining)} more exist and are not counted`); return true; }
        } catch (thrown) {
          const error = asLiveError(thrown);
          if (error.kind !== 'gone' || token === '' || ++restarts > 3) throw error;
          token = error.details.continueToken ?? '';
          if (token === '') { this.objects.length = from; got = 0; }
        }
      }
    } catch (thrown) {
      const error = asLiveError(thrown);
      if (error.details.code === 404) return true;
      if (error.kind !== 'forbidden' || resource === NODES) throw error;
      this.notices.push(error.message);
      return false;
    }
  }
}

const DROPPED_STATUS = new Set(['nodeInfo', 'daemonEndpoints']);

/** An object as a cluster file has it: nothing secret, nothing that only the real cluster can use. */
function forStart(item: KubernetesObject, resource: Resource): KubernetesObject {
  const { managedFields: _, selfLink: __, ...metadata } = item.metadata as KubernetesObject['metadata'] & { readonly selfLink?: string };
  const object = { ...item, apiVersion: resource.group ? `${resource.group}/${resource.version}` : resource.version, kind: resource.kind, metadata };
  // Values must stay valid where a value is needed, hence empty ones.
  const cleaned = withoutSecrets(object, '');
  return resource === NODES ? smallNode(cleaned) : cleaned;
}

/** Images are what ImageLocality scores by; the rest of what a node reports about itself decides nothing. */
function smallNode(node: KubernetesObject): KubernetesObject {
  const status = (node.status ?? {}) as { readonly [field: string]: unknown };
  return { ...node, status: Object.fromEntries(Object.entries(status).filter(([field]) => !DROPPED_STATUS.has(field))) };
}

/** Owners that were not read would be taken for deleted ones, and their objects be collected. */
function withoutStrays(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const known = new Set(objects.map((o) => o.metadata.uid));
  return objects.map((object) => {
    const owners = object.metadata.ownerReferences;
    if (!owners || owners.every((o) => known.has(o.uid))) return object;
    const kept = owners.filter((o) => known.has(o.uid));
    const { ownerReferences: _, ...metadata } = object.metadata;
    return { ...object, metadata: { ...metadata, ...(kept.length > 0 ? { ownerReferences: kept } : {}) } as KubernetesObject['metadata'] };
  });
}

/** Keys of config maps and secrets that the manifests ask for, in objects that were read without them: taken to be there. */
export function withAskedKeys(objects: readonly KubernetesObject[], documents: readonly { readonly value: unknown }[], defaultNamespace: string): { readonly objects: readonly KubernetesObject[]; readonly assumed: number } {
  const asked = new Map<string, Set<string>>();
  for (const { value } of documents) collectKeys(value, namespaceOf(value) || defaultNamespace, asked, 0);
  let assumed = 0;
  const completed = objects.map((object) => {
    const keys = asked.get(`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`);
    if (!keys) return object;
    assumed += keys.size;
    return { ...object, data: Object.fromEntries([...keys].map((key) => [key, ''])) };
  });
  return { objects: completed, assumed };
}

const MAX_DEPTH = 40;
const namespaceOf = (value: unknown): string => String((value as { readonly metadata?: { readonly namespace?: unknown } } | undefined)?.metadata?.namespace ?? '');

function collectKeys(value: unknown, namespace: string, asked: Map<string, Set<string>>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  for (const [field, inner] of Object.entries(value)) {
    const kind = field === 'secretKeyRef' ? 'Secret' : field === 'configMapKeyRef' ? 'ConfigMap' : '';
    const { name, key } = (kind !== '' && typeof inner === 'object' && inner !== null ? inner : {}) as { readonly name?: unknown; readonly key?: unknown };
    if (typeof name === 'string' && typeof key === 'string') {
      const at = `${kind} ${namespace}/${name}`;
      const keys = asked.get(at) ?? new Set<string>();
      asked.set(at, keys.add(key));
    } else collectKeys(inner, namespace, asked, depth + 1);
  }
}

const registry = new ResourceRegistry();

/** What the simulation takes for granted because nobody can see it from outside. */
export function assumptionsOf(objects: readonly KubernetesObject[], documents: readonly { readonly value: { readonly [field: string]: unknown } }[], how: { readonly dryRun: boolean; readonly assumedKeys: number }): readonly string[] {
  const assumed: string[] = [];
  const schedulers = new Set(documents.flatMap(({ value }) => schedulerNames(value, 0)).filter((s) => s !== 'default-scheduler'));
  if (schedulers.size > 0) assumed.push(`${[...schedulers].map((s) => JSON.stringify(s)).join(', ')}: a scheduler whose rules are not known here. In the simulation nobody schedules its pods`);
  const others = new Set(objects.filter((o) => o.kind === 'Pod').map((o) => (o.spec as { readonly schedulerName?: string } | undefined)?.schedulerName ?? 'default-scheduler').filter((s) => s !== 'default-scheduler' && !schedulers.has(s)));
  assumed.push(`The default-scheduler runs with the default profile of v1.36${others.size > 0 ? ` (this cluster has pods of ${[...others].slice(0, 3).join(', ')}, too)` : ''}: a changed KubeSchedulerConfiguration cannot be seen from outside`);
  if (!how.dryRun) assumed.push('Webhooks and policies (ValidatingAdmissionPolicy) of the cluster were not asked, and your permissions neither: the real dry run asks them');
  if (how.assumedKeys > 0) assumed.push('Keys of config maps and secrets are not read: those that the manifest asks for are taken to be there');
  const unknown = new Set(documents.map(({ value }) => `${String(value.apiVersion)} ${String(value.kind)}`).filter((k) => { const [apiVersion = '', kind = ''] = k.split(' '); return !registry.forObject(apiVersion, kind); }));
  if (unknown.size > 0) assumed.push(`${[...unknown].join(', ')}: custom resources, whose controllers are not simulated`);
  if (objects.some((o) => o.kind === 'Deployment' && /^(?:cluster-autoscaler|karpenter)/.test(o.metadata.name))) assumed.push('The autoscaler of this cluster is not simulated: nodes that it would add are not there');
  return assumed;
}

function schedulerNames(value: unknown, depth: number): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([field, inner]) => (field === 'schedulerName' && typeof inner === 'string' && inner !== '' ? [inner] : schedulerNames(inner, depth + 1)));
}
