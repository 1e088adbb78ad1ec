import type { LabelSelector, Pod, PodTemplateSpec, ReplicaSet, ReplicaSetStatus, ReplicationController } from '../api/generated/types';
import { controllerOf, objectKey, type ObjectWithMeta } from '../api/object';
import { compileLabelSelector, selectorFromSet, type Labels, type Selector } from '../api/selectors';
import { isStatus, type Status } from '../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import type { Informer } from '../client/informer';
import { PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, type Resource } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import type { Process } from '../simulation/process';
import { claim, filterClaimed } from './controllerRefManager';
import { Expectations } from './expectations';
import { newControllerRef } from './objects';
import { counted, failed, isConflict, isNamespaceTerminating, isNotFound, messageOf } from './outcome';
import { inParallel, slowStartBatch } from './parallel';
import { PodControl, podFromTemplate } from './podControl';
import { podsToDelete } from './podRanking';
import { BY_CONTROLLER, indexByController, isPodActive, isPodReady, isPodTerminating, nextAvailability, ownedAndOrphans } from './podUtil';
import { PodTally, type PodCounts } from './podTally';
import { calculateReplicaStatus, countPods, statusChanged } from './replicaSetStatus';

const WORKERS = 5;
/** Pods created or deleted in one sync at the most. */
const BURST_REPLICAS = 500;

/** Active pods, and those that are on their way out. */
type Counts = PodCounts & { readonly available: number };

interface Replicated extends ObjectWithMeta {
  readonly spec: { readonly replicas?: number; readonly minReadySeconds?: number; readonly template?: PodTemplateSpec };
  readonly status: ReplicaSetStatus;
}

/** What tells a ReplicaSet from a ReplicationController. */
interface Kind<T extends Replicated> {
  readonly resource: Resource<T>;
  readonly apiVersion: string;
  readonly kind: string;
  readonly selectorOf: (object: T) => Selector;
  readonly reportsTerminating: boolean;
}

export const replicaSetController = (context: ControllerContext): Controller => start(context, {
  resource: REPLICA_SETS as Resource<ReplicaSet>, apiVersion: 'apps/v1', kind: 'ReplicaSet', selectorOf: (rs) => compileLabelSelector(rs.spec.selector as LabelSelector), reportsTerminating: true,
});

export const replicationController = (context: ControllerContext): Controller => start(context, {
  resource: REPLICATION_CONTROLLERS as Resource<ReplicationController & Replicated>, apiVersion: 'v1', kind: 'ReplicationController',
  selectorOf: (rc) => selectorFromSet(rc.spec.selector), reportsTerminating: false,
});

function start<T extends Replicated>(context: ControllerContext, kind: Kind<T>): Controller {
  const controller = new ReplicaController(context, kind);
  const resource = kind.resource.group ? `${kind.resource.resource}.${kind.resource.group}` : kind.resource.resource;
  return { name: context.name, start: () => startWorkers(context, controller.queue, resource, WORKERS, (key) => controller.sync(key)) };
}

/** Keeps the wanted number of pods of one template: the controller of ReplicaSets and ReplicationControllers. */
class ReplicaController<T extends Replicated> {
  readonly queue: WorkQueue;
  private readonly sets: Informer<T>;
  private readonly pods: Informer<Pod>;
  private readonly tally: PodTally;
  private readonly expectations: Expectations;
  private readonly podControl: PodControl;

  constructor(private readonly context: ControllerContext, private readonly kind: Kind<T>) {
    this.queue = new WorkQueue(context.simulation);
    this.expectations = new Expectations(context.simulation);
    this.podControl = new PodControl(context);
    this.sets = context.informers.for(kind.resource);
    this.sets.addIndex(BY_CONTROLLER, (set) => [controllerOf(set)?.uid ?? `orphans of ${set.metadata.namespace}`]);
    this.pods = context.informers.for(PODS);
    indexByController(this.pods);
    this.tally = new PodTally(this.pods);
    this.sets.addHandler({
      onAdd: (set) => this.queue.add(objectKey(set)),
      onUpdate: (_, set) => this.queue.add(objectKey(set)),
      onDelete: (set) => { this.expectations.forget(objectKey(set)); this.queue.add(objectKey(set)); },
    });
    this.pods.addHandler({ onAdd: (pod) => this.podAdded(pod), onUpdate: (before, pod) => this.podUpdated(before, pod), onDelete: (pod) => this.podDeleted(pod) });
  }

  private ownerOf(pod: Pod): string | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== this.kind.kind) return undefined;
    const set = this.sets.get(`${pod.metadata.namespace}/${owner.name}`);
    return set?.metadata.uid === owner.uid ? objectKey(set) : undefined;
  }

  private podAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) { this.podDeleted(pod); return; }
    if (controllerOf(pod) === undefined) { this.enqueueMatching(pod); return; }
    const key = this.ownerOf(pod);
    if (key === undefined) return;
    this.expectations.creationObserved(key);
    this.queue.add(key);
  }

  private podUpdated(before: Pod, pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) { this.podDeleted(pod); return; }
    const owner = controllerOf(pod), formerOwner = controllerOf(before);
    if (formerOwner !== undefined && formerOwner.uid !== owner?.uid) {
      const former = this.ownerOf(before);
      if (former !== undefined) this.queue.add(former);
    }
    if (owner !== undefined) {
      const key = this.ownerOf(pod);
      if (key !== undefined && changesCounts(before, pod)) this.queue.add(key);
    } else if (formerOwner !== undefined || before.metadata.labels !== pod.metadata.labels) this.enqueueMatching(pod);
  }

  private podDeleted(pod: Pod): void {
    const key = this.ownerOf(pod);
    if (key === undefined) return;
    this.expectations.deletionObserved(key, objectKey(pod));
    this.queue.add(key);
  }

  private enqueueMatching(pod: Pod): void {
    if (pod.metadata.labels === undefined) return;
    for (const set of this.sets.inNamespace(pod.metadata.namespace ?? '')) {
      const selector = this.kind.selectorOf(set);
      if (!selector.empty && selector.matches(pod.metadata.labels as Labels)) this.queue.add(objectKey(set));
    }
  }

  *sync(key: string): Process<SyncResult> {
    const set = this.sets.get(key);
    if (set === undefined) { this.expectations.forget(key); return { outcome: `${this.kind.kind} ${key} is gone` }; }
    const maySync = this.expectations.satisfied(key);
    const selector = this.kind.selectorOf(set);
    const { namespace = '', uid } = set.metadata;
    const templateLabels = set.spec.template?.metadata?.labels ?? {};
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    const tally = minReadySeconds === 0 ? this.tally.countsFor(uid, namespace, selector, templateLabels) : undefined;
    // Only to delete some of them, or where one may have to be adopted or released, are the pods looked at one by one.
    if (tally !== undefined && tally.active <= (set.spec.replicas ?? 1)) return yield* this.settle(key, set, maySync, { ...tally, available: tally.ready }, []);
    const candidates = ownedAndOrphans(this.pods, namespace, uid);
    const pods = yield* this.claimPods(set, selector, candidates.filter(isPodActive));
    if (isStatus(pods)) return failed(pods);
    const terminating = filterClaimed(set, selector, candidates.filter(isPodTerminating)).length;
    return yield* this.settle(key, set, maySync, { ...countPods(pods, templateLabels, minReadySeconds, this.context.simulation.wallMilliseconds()), terminating }, pods);
  }

  /** Creates or deletes what is missing or too much, and writes the status. `pods` is empty where nothing is to be deleted. */
  private *settle(key: string, set: T, maySync: boolean, counts: Counts, pods: readonly Pod[]): Process<SyncResult> {
    const managed = maySync && set.metadata.deletionTimestamp === undefined ? yield* this.manageReplicas(key, set, counts.active, pods) : { outcome: '' };
    const problem = yield* this.writeStatus(set, counts, managed.error);
    if (problem) return failed(problem);
    if (managed.error !== undefined) return managed;
    this.waitForAvailability(key, set, pods);
    return { outcome: managed.outcome || (maySync ? '' : 'waiting to see what was created or deleted') };
  }

  private claimPods(set: T, selector: Selector, pods: readonly Pod[]): Process<readonly Pod[] | Status> {
    const { client } = this.context;
    return claim({
      client, resource: PODS, owner: set, ownerApiVersion: this.kind.apiVersion, ownerKind: this.kind.kind,
      freshOwner: () => client.get(this.kind.resource, set.metadata.namespace ?? '', set.metadata.name),
    }, selector, pods);
  }

  private *manageReplicas(key: string, set: T, active: number, pods: readonly Pod[]): Process<SyncResult> {
    const wanted = set.spec.replicas ?? 1;
    const difference = active - wanted;
    const exist = `${active} of ${counted(wanted, 'pod')} exist`;
    if (difference === 0) return { outcome: '' };
    if (difference < 0) return yield* this.createPods(key, set, Math.min(-difference, BURST_REPLICAS), exist);
    return yield* this.deletePods(key, set, pods, Math.min(difference, BURST_REPLICAS), exist);
  }

  private *createPods(key: string, set: T, count: number, exist: string): Process<SyncResult> {
    this.expectations.expectCreations(key, count);
    const pod = podFromTemplate(set.spec.template ?? {}, set, newControllerRef(set, this.kind.apiVersion, this.kind.kind));
    const { podControl } = this;
    const result = yield* slowStartBatch(this.context.simulation, `${this.context.name} create`, count, function* () {
      const refused = yield* podControl.create(set.metadata.namespace ?? '', pod, set);
      // In a namespace that ends every attempt would fail: nothing is gained by another.
      return refused && isNamespaceTerminating(refused) ? undefined : refused;
    });
    for (let skipped = count - result.successes; skipped > 0; skipped--) this.expectations.creationObserved(key);
    return result.failure ? { error: messageOf(result.failure) } : { outcome: `${exist}: creating ${count}` };
  }

  private *deletePods(key: string, set: T, pods: readonly Pod[], count: number, exist: string): Process<SyncResult> {
    const chosen = podsToDelete(pods, this.relatedPods(set), count, this.context.simulation.wallMilliseconds());
    this.expectations.expectDeletions(key, chosen.map(objectKey));
    const failures = yield* inParallel(this.context.simulation, `${this.context.name} delete`, chosen.map((pod) => () => this.deletePod(key, set, pod)));
    const failure = failures.find((f) => f !== undefined);
    return failure ? { error: messageOf(failure) } : { outcome: `${exist}: deleting ${count}` };
  }

  private *deletePod(key: string, set: T, pod: Pod): Process<Status | undefined> {
    const refused = yield* this.podControl.delete(set.metadata.namespace ?? '', pod.metadata.name, set);
    if (refused === undefined) return undefined;
    this.expectations.deletionObserved(key, objectKey(pod));
    return isNotFound(refused) ? undefined : refused;
  }

  /** Pods of all sets with the same owner: where they crowd a node, one of this set's there goes first. */
  private *relatedPods(set: T): Iterable<Pod> {
    const owner = controllerOf(set);
    if (owner === undefined) return;
    for (const sibling of this.sets.byIndex(BY_CONTROLLER, owner.uid)) yield* this.pods.byIndex(BY_CONTROLLER, sibling.metadata.uid);
  }

  /** Tried twice: after a conflict once more upon the newest version. */
  private *writeStatus(set: T, counts: Counts, failure: string | undefined): Process<Status | undefined> {
    const { simulation, client } = this.context;
    const status = calculateReplicaStatus({
      ...counts, generation: set.metadata.generation, wanted: set.spec.replicas ?? 1, before: set.status, terminating: this.kind.reportsTerminating ? counts.terminating : undefined, failure,
    }, simulation.timestamp());
    if (!statusChanged(set.metadata.generation, set.status, status)) return undefined;
    const written = { ...status, ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }) };
    const updated = yield* client.updateStatus(this.kind.resource, { ...set, status: written });
    if (!isStatus(updated)) return undefined;
    const fresh = yield* client.get(this.kind.resource, set.metadata.namespace ?? '', set.metadata.name);
    if (isStatus(fresh)) return isNotFound(fresh) ? undefined : fresh;
    const again = yield* client.updateStatus(this.kind.resource, { ...fresh, status: written });
    return isStatus(again) && (isConflict(again) || !isNotFound(again)) ? again : undefined;
  }

  private waitForAvailability(key: string, set: T, pods: readonly Pod[]): void {
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    if (minReadySeconds === 0) return;
    const left = nextAvailability(pods, minReadySeconds, this.context.simulation.wallMilliseconds());
    if (left !== undefined) this.queue.addAfter(key, left, `minReadySeconds of ${this.kind.kind} ${set.metadata.name}`);
  }
}

/** Whether a pod counts otherwise than before: a sync for anything else would find nothing to do. */
function changesCounts(before: Pod, pod: Pod): boolean {
  return isPodActive(before) !== isPodActive(pod) || isPodReady(before) !== isPodReady(pod) || before.metadata.labels !== pod.metadata.labels || before.metadata.ownerReferences !== pod.metadata.ownerReferences;
}
