import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../../api/generated/types';
import { controllerOf, objectKey } from '../../api/object';
import { compileLabelSelector, type Labels } from '../../api/selectors';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { CONTROLLER_REVISIONS, PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { sleep, type Process } from '../../simulation/process';
import { claim } from '../controllerRefManager';
import { ControllerHistory, hashRevision, nextRevision, revisionData, sameData, type RevisionedOwner } from '../controllerHistory';
import { failed, isConflict, isNotFound } from '../outcome';
import { indexByController, nextAvailability, ownedAndOrphans } from '../podUtil';
import { StatefulPodControl } from './control';
import { isMember, revisionOf } from './pods';
import { StatefulSetUpdate, type Revisions } from './update';

const WORKERS = 5;
const HASH_LABEL = 'controller.kubernetes.io/hash';
const STATUS_ATTEMPTS = 5;
const STATUS_PAUSE = 10;

/** The stateful set controller: pods with lasting names and claims, made and removed in order. */
export function statefulSetController(context: ControllerContext): Controller {
  const controller = new StatefulSetController(context);
  return { name: context.name, start: () => startWorkers(context, controller.queue, 'statefulsets.apps', WORKERS, (key) => controller.sync(key)) };
}

class StatefulSetController {
  readonly queue: WorkQueue;
  private readonly sets: Informer<StatefulSet>;
  private readonly pods: Informer<Pod>;
  private readonly history: ControllerHistory;
  private readonly control: StatefulPodControl;

  constructor(private readonly context: ControllerContext) {
    this.queue = new WorkQueue(context.simulation);
    this.sets = context.informers.for(STATEFUL_SETS);
    this.pods = context.informers.for(PODS);
    indexByController(this.pods);
    this.history = new ControllerHistory(context, context.informers.for(CONTROLLER_REVISIONS), 'apps/v1', 'StatefulSet');
    this.control = new StatefulPodControl(context, context.informers.for(PERSISTENT_VOLUME_CLAIMS));
    const enqueue = (set: StatefulSet): void => this.queue.add(objectKey(set));
    this.sets.addHandler({ onAdd: enqueue, onUpdate: (_, set) => enqueue(set), onDelete: enqueue });
    this.pods.addHandler({ onAdd: (pod) => this.podChanged(undefined, pod), onUpdate: (before, pod) => this.podChanged(before, pod), onDelete: (pod) => this.enqueueOwner(pod) });
  }

  private enqueueOwner(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'StatefulSet') return;
    const set = this.sets.get(`${pod.metadata.namespace}/${owner.name}`);
    if (set?.metadata.uid === owner.uid) this.queue.add(objectKey(set));
  }

  private podChanged(before: Pod | undefined, pod: Pod): void {
    const owner = controllerOf(pod), formerOwner = before && controllerOf(before);
    if (before && formerOwner && formerOwner.uid !== owner?.uid) this.enqueueOwner(before);
    if (owner) { this.enqueueOwner(pod); return; }
    if (before && formerOwner === undefined && before.metadata.labels === pod.metadata.labels) return;
    for (const set of this.sets.inNamespace(pod.metadata.namespace ?? '')) if (compileLabelSelector(set.spec.selector).matches(pod.metadata.labels as Labels)) this.queue.add(objectKey(set));
  }

  *sync(key: string): Process<SyncResult> {
    const set = this.sets.get(key);
    if (set === undefined) return { outcome: `stateful set ${key} is gone` };
    const revisions = yield* this.history.list(set as RevisionedOwner);
    if (isStatus(revisions)) return failed(revisions);
    const { client } = this.context;
    const members = ownedAndOrphans(this.pods, set.metadata.namespace ?? '', set.metadata.uid).filter((pod) => isMember(set, pod));
    const pods = yield* claim({
      client, resource: PODS, owner: set, ownerApiVersion: 'apps/v1', ownerKind: 'StatefulSet', freshOwner: () => client.get(STATEFUL_SETS, set.metadata.namespace ?? '', set.metadata.name),
    }, compileLabelSelector(set.spec.selector), members);
    if (isStatus(pods)) return failed(pods);
    const current = yield* this.revisionsOf(set, revisions);
    if (isStatus(current)) return failed(current);
    const updated = yield* new StatefulSetUpdate(this.context, this.control, set, current, pods).run();
    // What was done is said also where something failed.
    const unwritten = yield* this.writeStatus(set, updated.status);
    const untidy = yield* this.truncate(set, revisions, current, pods);
    const problem = updated.failure ?? unwritten ?? untidy;
    if (problem) return failed(problem);
    this.waitForAvailability(key, set, pods);
    return { outcome: updated.outcome };
  }

  /** getStatefulSetRevisions: the revision of the set as it is, made or found, and the one its pods still may be of. */
  private *revisionsOf(set: StatefulSet, revisions: readonly ControllerRevision[]): Process<Revisions | Status> {
    const data = revisionData(set as RevisionedOwner);
    let collisionCount = set.status?.collisionCount ?? 0;
    const equal = [...revisions].reverse().find((revision) => sameData(revision, data));
    let update: ControllerRevision | Status;
    if (equal) update = yield* this.history.renumber(equal, equal === revisions[revisions.length - 1] ? equal.revision : nextRevision(revisions));
    else {
      const hashed = (collisions: number): { readonly hash: string; readonly labels: { readonly [key: string]: string } } => {
        const hash = hashRevision(data, collisions);
        return { hash, labels: { [HASH_LABEL]: hash } };
      };
      const created = yield* this.history.create(set as RevisionedOwner, nextRevision(revisions), hashed, collisionCount);
      if (isStatus(created)) return created;
      update = created.revision;
      collisionCount = created.collisionCount;
    }
    if (isStatus(update)) return update;
    return { current: revisions.find((r) => r.metadata.name === set.status?.currentRevision) ?? update, update, collisionCount };
  }

  /** After a conflict the same status is written upon what the cache then holds. */
  private *writeStatus(set: StatefulSet, status: StatefulSetStatus): Process<Status | undefined> {
    if (semanticEqual(set.status, status)) return undefined;
    let latest = set;
    for (let attempt = 1; ; attempt++) {
      const updated = yield* this.context.client.updateStatus(STATEFUL_SETS, { ...latest, status });
      if (!isStatus(updated) || isNotFound(updated)) return undefined;
      if (!isConflict(updated) || attempt >= STATUS_ATTEMPTS) return updated;
      yield* sleep(STATUS_PAUSE);
      latest = this.sets.get(objectKey(set)) ?? latest;
    }
  }

  private truncate(set: StatefulSet, revisions: readonly ControllerRevision[], current: Revisions, pods: readonly Pod[]): Process<Status | undefined> {
    const live = new Set([current.current.metadata.name, current.update.metadata.name, ...pods.map(revisionOf)]);
    return this.history.truncate(revisions, live, set.spec.revisionHistoryLimit ?? 10);
  }

  private waitForAvailability(key: string, set: StatefulSet, pods: readonly Pod[]): void {
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    const left = minReadySeconds > 0 ? nextAvailability(pods, minReadySeconds, this.context.simulation.wallMilliseconds()) : undefined;
    if (left !== undefined) this.queue.addAfter(key, left, `minReadySeconds of stateful set ${set.metadata.name}`);
  }
}
