import type { CoreEvent, Deployment, Node, Pod, ReplicaSet } from '../engine/api/generated/types';
import { controllerOf, parseApiVersion, type KubernetesObject } from '../engine/api/object';
import { compileLabelSelector } from '../engine/api/selectors';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import { queueWords } from '../engine/explain/queueSentence';
import { explainRollout } from '../engine/explain/rollout';
import type { SchedulingDecision } from '../engine/scheduler/decision';
import type { Session } from '../engine/session';
import type { ObjectRef } from './protocol';

/** A session as it is now, for those who show it. What is computed from all objects is kept until the next revision. */
export class LiveView {
  private revision = -1;
  private owned = new Map<string, KubernetesObject[]>();
  private podsByNode = new Map<string, Pod[]>();

  constructor(readonly session: Session) {}

  /** The revision that is shown. */
  protected get at(): number { return this.session.cluster.etcd.revision; }
  /** Whether this is how the cluster was, not how it is. */
  get isPast(): boolean { return false; }

  get pods(): readonly Pod[] { return this.list('', 'pods') as unknown as readonly Pod[]; }
  get nodes(): readonly Node[] { return byName(this.list('', 'nodes') as unknown as readonly Node[]); }

  list(group: string, resource: string): readonly KubernetesObject[] { return this.session.cluster.api.peek(group, resource)?.list() ?? []; }

  definitionOf(apiVersion: string, kind: string): ResourceDefinition | undefined { return this.session.cluster.api.registry.forObject(apiVersion, kind); }

  find(ref: ObjectRef): KubernetesObject | undefined {
    return this.session.cluster.api.peek(ref.group, ref.resource)?.get(ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name);
  }

  refOf(object: { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly namespace?: string; readonly name: string } }): ObjectRef {
    const { group, version } = parseApiVersion(object.apiVersion);
    const resource = this.definitionOf(object.apiVersion, object.kind)?.resource ?? '';
    return { group, version, resource, kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
  }

  /** What an object controls directly, in order of name. */
  ownedBy(uid: string | undefined): readonly KubernetesObject[] {
    this.refresh();
    return byName(this.owned.get(uid ?? '') ?? []);
  }

  podsOn(node: string): readonly Pod[] {
    this.refresh();
    return byName(this.podsByNode.get(node) ?? []);
  }

  /** The pods that an object stands for: itself, those it controls over any number of steps, or those that a Service selects. */
  podsOf(object: KubernetesObject): readonly Pod[] {
    if (object.kind === 'Pod') return [object as unknown as Pod];
    if (object.kind === 'Service') return this.selected(object);
    const pods: Pod[] = [];
    const queue: KubernetesObject[] = [object];
    for (let next = queue.pop(); next; next = queue.pop()) {
      for (const child of this.ownedBy(next.metadata.uid)) if (child.kind === 'Pod') pods.push(child as unknown as Pod); else queue.push(child);
    }
    return byName(pods);
  }

  /** The newest decision of the scheduler about a pod. */
  decisionFor(pod: Pod): SchedulingDecision | undefined { return this.session.cluster.scheduler?.decisionFor(pod.metadata.uid ?? ''); }

  /** Where a pod waits in the scheduling queue, in a few words; '' for one that does not. */
  waiting(pod: Pod): string {
    const { scheduler, simulation } = this.session.cluster;
    const position = pod.spec.nodeName ? undefined : scheduler?.positionOf(pod);
    return position ? queueWords(position, simulation.now) : '';
  }

  /** Why a deployment's rollout stands where it stands, in sentences; empty when none is under way. */
  rolloutOf(object: KubernetesObject): readonly string[] {
    if (object.kind !== 'Deployment') return [];
    return explainRollout(object as unknown as Deployment, this.ownedBy(object.metadata.uid) as unknown as readonly ReplicaSet[], this.podsOf(object)) ?? [];
  }

  eventsOf(uid: string | undefined): readonly CoreEvent[] {
    return (this.list('', 'events') as unknown as readonly CoreEvent[]).filter((e) => e.involvedObject.uid === uid);
  }

  private selected(service: KubernetesObject): readonly Pod[] {
    const { selector } = service.spec as { readonly selector?: { readonly [key: string]: string } };
    if (!selector || Object.keys(selector).length === 0) return [];
    const matcher = compileLabelSelector({ matchLabels: selector });
    return byName(this.pods.filter((p) => p.metadata.namespace === service.metadata.namespace && matcher.matches(p.metadata.labels)));
  }

  private refresh(): void {
    const revision = this.at;
    if (revision === this.revision) return;
    this.revision = revision;
    this.owned = new Map();
    this.podsByNode = new Map();
    for (const resource of ['pods', 'replicasets.apps', 'jobs.batch', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicationcontrollers']) {
      const [name = '', group = ''] = resource.split('.');
      for (const object of this.list(group, name)) {
        const owner = controllerOf(object);
        if (owner) push(this.owned, owner.uid, object);
      }
    }
    for (const pod of this.pods) if (pod.spec.nodeName) push(this.podsByNode, pod.spec.nodeName, pod);
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value); else map.set(key, [value]);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
/** Numbers in names count by their value. */
export function byName<T extends { readonly metadata: { readonly name: string; readonly namespace?: string } }>(objects: readonly T[]): readonly T[] {
  return [...objects].sort((a, b) => COLLATOR.compare(a.metadata.name, b.metadata.name) || COLLATOR.compare(a.metadata.namespace ?? '', b.metadata.namespace ?? ''));
}
