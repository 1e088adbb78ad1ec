import type { Namespace, Node, Pod } from '../../../../src/engine/api/generated/types';
import type { KubernetesObject, ObjectWithMeta } from '../../../../src/engine/api/object';
import { compileLabelSelector, type Labels } from '../../../../src/engine/api/selectors';
import type { Resource } from '../../../../src/engine/client/resources';
import { NAMESPACES, NODES, PODS } from '../../../../src/engine/client/resources';
import type { Cluster } from '../../../../src/engine/cluster';
import type { PendingWait } from '../../../../src/engine/simulation/simulation';

/** A world at rest, as the invariants look at it. */
export class RestView {
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly waits: readonly PendingWait[];

  constructor(readonly cluster: Cluster) {
    this.pods = this.list(PODS);
    this.nodes = this.list(NODES);
    this.waits = cluster.simulation.waits();
  }

  list<T extends ObjectWithMeta>(resource: Resource<T>): readonly T[] { return [...(this.cluster.api.peek(resource.group, resource.resource)?.list() ?? [])] as unknown as readonly T[]; }

  /** Every object of every kind that is stored. */
  *everything(): Iterable<KubernetesObject> {
    const seen = new Set<string>();
    for (const definition of this.cluster.api.registry.all()) {
      const kind = `${definition.group}/${definition.resource}`;
      if (seen.has(kind) || (definition.group === 'events.k8s.io')) continue;
      seen.add(kind);
      yield* this.cluster.api.peek(definition.group, definition.resource)?.list() ?? [];
    }
  }

  podsOf(owner: ObjectWithMeta): readonly Pod[] { return this.pods.filter((pod) => pod.metadata.ownerReferences?.some((o) => o.controller && o.uid === owner.metadata.uid)); }

  selected(namespace: string | undefined, selector: { readonly [key: string]: string } | undefined): readonly Pod[] {
    if (!selector || Object.keys(selector).length === 0) return [];
    const compiled = compileLabelSelector({ matchLabels: selector });
    return this.pods.filter((pod) => pod.metadata.namespace === namespace && compiled.matches(pod.metadata.labels as Labels));
  }

  /** A node with a kubelet that runs and reports: what is asked of it happens. */
  alive(name: string | undefined): boolean {
    const node = this.nodes.find((n) => n.metadata.name === name);
    return Boolean(node && this.cluster.kubelets.get(node.metadata.name)?.running);
  }

  namespaceTerminating(name: string | undefined): boolean {
    const namespace = this.list(NAMESPACES).find((n): n is Namespace => n.metadata.name === name);
    return namespace?.metadata.deletionTimestamp !== undefined;
  }

  /** Whether something named is still being waited for that says this. */
  waitsFor(pattern: RegExp): boolean { return this.waits.some((w) => pattern.test(w.reason)); }
}

export const nameOf = (object: ObjectWithMeta): string => `${object.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`;
export const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
export const isDeleting = (object: ObjectWithMeta): boolean => object.metadata.deletionTimestamp !== undefined;
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && !isDeleting(pod);
export const isReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** One rule: what of it does not hold. */
export type Rule = (view: RestView) => Iterable<string>;

/** "ReplicaSet a: status.replicas is 3, counted 2" for each figure that is not as counted. */
export function* figures(object: ObjectWithMeta, status: object | undefined, counted: { readonly [field: string]: number }): Iterable<string> {
  for (const [field, count] of Object.entries(counted)) {
    const written = ((status ?? {}) as { readonly [field: string]: unknown })[field] ?? 0;
    if (written !== count) yield `${nameOf(object)}: status.${field} is ${String(written)}, counted ${count}`;
  }
}
