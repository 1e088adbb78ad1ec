import type { OwnerReference } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { ResourceRegistry } from '../../api/resources/registry';
import { isStatus, type Status } from '../../api/status';
import type { Result } from '../../client/client';
import type { Controller, ControllerContext, SyncResult } from '../../client/controller';
import { WorkQueue } from '../../client/workQueue';
import { sleep, type Process } from '../../simulation/process';
import { counted, failed, isConflict, isFailure, isNotFound, messageOf } from '../outcome';
import { inParallel } from '../parallel';
import { preferredResources, resourceOf } from '../resourcesOf';
import { FOREGROUND, Graph, isIrrelevant, ORPHAN, type GraphNode, type Identity } from './graph';

const WORKERS = 20;
/** From an event in the cache to the graph: it has a queue of its own and one goroutine. */
const GRAPH_DELAY = 1;
/** From a key in the queue to a worker. */
const QUEUE_DELAY = 0.2;
const ABSENT_OWNERS_KEPT = 500;
/** retry.DefaultBackoff */
const CONFLICT_BACKOFF: readonly number[] = [10, 50, 250];

/** The owners of an object: still there, gone, or being deleted in the foreground. */
interface Classified {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[];
}

/** The garbage collector: deletes what nobody owns any more, in the background or in the foreground, or lets it live on as an orphan. */
export function garbageCollector(context: ControllerContext, registry: ResourceRegistry): Controller {
  const collector = new GarbageCollector(context, registry);
  return { name: context.name, start: () => collector.start() };
}

class GarbageCollector {
  private readonly toDelete: WorkQueue;
  private readonly toOrphan: WorkQueue;
  private readonly graph: Graph;
  private readonly absentOwners = new Set<string>();
  private readonly monitored = new Set<string>();

  constructor(private readonly context: ControllerContext, private readonly registry: ResourceRegistry) {
    this.toDelete = new WorkQueue(context.simulation);
    this.toOrphan = new WorkQueue(context.simulation);
    this.graph = new Graph({
      attemptToDelete: (node) => this.toDelete.add(node.identity.uid),
      attemptToOrphan: (node) => this.toOrphan.add(node.identity.uid),
      absent: (identity) => this.noteAbsent(identity.uid),
    });
    this.monitor();
  }

  start(): void {
    const { simulation } = this.context;
    for (let i = 0; i < WORKERS; i++) {
      simulation.spawn(`${this.context.name} delete ${i}`, this.worker(this.toDelete, 'sync', (node) => this.attemptToDelete(node)), { cause: 0, background: true });
      simulation.spawn(`${this.context.name} orphan ${i}`, this.worker(this.toOrphan, 'orphan', (node) => this.attemptToOrphan(node)), { cause: 0, background: true });
    }
  }

  /** Watches every kind that can be deleted; events are watched by nobody's wish. */
  private monitor(): void {
    for (const definition of preferredResources(this.registry, ['delete', 'list', 'watch'])) {
      const key = `${definition.group}/${definition.resource}`;
      if (definition.resource === 'events' || this.monitored.has(key)) continue;
      this.monitored.add(key);
      this.context.informers.for(resourceOf(definition)).addHandler({
        onAdd: (object) => this.later(() => this.graph.upsert(undefined, object)),
        onUpdate: (before, object) => { if (!isIrrelevant(before, object)) this.later(() => this.graph.upsert(before, object)); },
        onDelete: (object) => this.later(() => this.graph.remove(object.metadata.uid)),
      });
    }
  }

  private later(change: () => void): void { this.context.simulation.after(GRAPH_DELAY, change); }

  private noteAbsent(uid: string): void {
    this.absentOwners.add(uid);
    if (this.absentOwners.size > ABSENT_OWNERS_KEPT) this.absentOwners.delete(this.absentOwners.values().next().value as string);
  }

  private *worker(queue: WorkQueue, action: string, sync: (node: GraphNode) => Process<SyncResult>): Process {
    const { simulation, trace, name } = this.context;
    for (;;) {
      const uid = yield* queue.get();
      const node = this.graph.get(uid);
      if (node !== undefined) {
        yield* sleep(QUEUE_DELAY);
        const { namespace, name: object } = node.identity;
        const work = trace.work({ actor: name, action, subject: namespace ? `${namespace}/${object}` : object, resource: this.definitionOf(node.identity)?.resource ?? '' });
        const result = yield* sync(node);
        work.endedAt = simulation.now;
        work.outcome = result.error ?? result.outcome ?? '';
        // A virtual node that turned out to exist is looked at until its informer has it.
        if (result.error !== undefined || (node.virtual && this.graph.get(uid) === node)) queue.addRateLimited(uid); else queue.forget(uid);
      }
      queue.done(uid);
    }
  }

  private definitionOf(identity: { readonly apiVersion: string; readonly kind: string }): ResourceDefinition | undefined { return this.registry.forObject(identity.apiVersion, identity.kind); }

  private *live(identity: Identity): Process<Result<KubernetesObject>> {
    const definition = this.definitionOf(identity) as ResourceDefinition;
    return yield* this.context.client.get(resourceOf(definition), definition.namespaced ? identity.namespace : '', identity.name);
  }

  private *attemptToDelete(node: GraphNode): Process<SyncResult> {
    if (node.beingDeleted && !node.deletingDependents) return { outcome: 'is being deleted' };
    if (this.definitionOf(node.identity) === undefined) return node.virtual ? this.forget(node) : { outcome: `no kind ${node.identity.kind} is known` };
    const latest = yield* this.live(node.identity);
    if (isStatus(latest)) return isNotFound(latest) ? this.forget(node) : failed(latest);
    if (latest.metadata.uid !== node.identity.uid) return this.forget(node);
    if (node.deletingDependents) return yield* this.processDeletingDependents(node);
    const owners = latest.metadata.ownerReferences ?? [];
    if (owners.length === 0) return { outcome: 'has no owner' };
    const classified = yield* this.classify(node, owners);
    if (isStatus(classified)) return failed(classified);
    return yield* this.decide(node, latest, classified);
  }

  private *decide(node: GraphNode, latest: KubernetesObject, { solid, dangling, waiting }: Classified): Process<SyncResult> {
    if (solid.length > 0) {
      if (dangling.length === 0 && waiting.length === 0) return { outcome: `owned by ${solid.map(named).join(', ')}` };
      const gone = [...dangling, ...waiting];
      const problem = yield* this.dropOwners(node.identity, latest, gone.map((o) => o.uid));
      return problem ? failed(problem) : { outcome: `${gone.map(named).join(', ')} is gone, ${solid.map(named).join(', ')} still owns it` };
    }
    const cascade = waiting.length > 0 && node.dependents.size > 0;
    if (cascade && [...node.dependents].some((d) => d.deletingDependents)) yield* this.unblockOwners(node, latest);
    const policy = cascade ? 'Foreground' : latest.metadata.finalizers?.includes(ORPHAN) ? 'Orphan' : latest.metadata.finalizers?.includes(FOREGROUND) ? 'Foreground' : 'Background';
    const problem = yield* this.deleteObject(node.identity, latest, policy, true);
    if (problem) return failed(problem);
    return { outcome: waiting.length > 0 ? `${waiting.map(named).join(', ')} waits for it to go: deleted` : `${dangling.map(named).join(', ')} is gone: deleted` };
  }

  /** Removes a node that the API server does not know, as if its deletion had been watched. */
  private forget(node: GraphNode): SyncResult {
    this.graph.remove(node.identity.uid);
    return { outcome: 'is gone' };
  }

  private *processDeletingDependents(node: GraphNode): Process<SyncResult> {
    const blocking = [...node.blocking()];
    if (blocking.length === 0) {
      const problem = yield* this.removeFinalizer(node.identity, FOREGROUND);
      return problem ? failed(problem) : { outcome: 'every dependent is gone: it may go too' };
    }
    for (const dependent of blocking) if (!dependent.deletingDependents) this.toDelete.add(dependent.identity.uid);
    return { outcome: `waits for ${counted(blocking.length, 'dependent')} to go` };
  }

  private *classify(node: GraphNode, owners: readonly OwnerReference[]): Process<Classified | Status> {
    const solid: OwnerReference[] = [], dangling: OwnerReference[] = [], waiting: OwnerReference[] = [];
    for (const owner of owners) {
      if (this.absentOwners.has(owner.uid)) { dangling.push(owner); continue; }
      // An owner of an unknown kind, or a namespaced one of an object without namespace, cannot be looked up: it counts as there.
      const definition = this.definitionOf(owner);
      if (definition === undefined || (definition.namespaced && node.identity.namespace === '')) { solid.push(owner); continue; }
      const found = yield* this.live({ apiVersion: owner.apiVersion, kind: owner.kind, namespace: node.identity.namespace, name: owner.name, uid: owner.uid });
      if (isStatus(found) && !isNotFound(found)) return found;
      if (isStatus(found) || found.metadata.uid !== owner.uid) { this.noteAbsent(owner.uid); dangling.push(owner); continue; }
      const deleting = found.metadata.deletionTimestamp !== undefined && found.metadata.finalizers?.includes(FOREGROUND);
      (deleting ? waiting : solid).push(owner);
    }
    return { solid, dangling, waiting };
  }

  /** Deletes this very version; where only other things than its owners have changed since, whatever version there is. */
  private *deleteObject(identity: Identity, latest: KubernetesObject, policy: 'Foreground' | 'Background' | 'Orphan', exact: boolean): Process<Status | undefined> {
    const definition = this.definitionOf(identity) as ResourceDefinition;
    const { resourceVersion, ownerReferences } = latest.metadata;
    const preconditions = { uid: identity.uid, ...(exact ? { resourceVersion } : {}) };
    const deleted = yield* this.context.client.delete(resourceOf(definition), identity.namespace, identity.name, { preconditions, propagationPolicy: policy });
    if (!isFailure(deleted) || isNotFound(deleted)) return undefined;
    if (!isConflict(deleted) || !exact) return deleted;
    const now = yield* this.live(identity);
    if (isNotFound(now)) return undefined;
    if (isStatus(now)) return now;
    if (now.metadata.uid !== identity.uid) return undefined;
    if (now.metadata.resourceVersion !== resourceVersion && JSON.stringify(now.metadata.ownerReferences ?? []) === JSON.stringify(ownerReferences ?? [])) {
      return yield* this.deleteObject(identity, latest, policy, false);
    }
    return deleted;
  }

  private *patch(identity: Identity, strategic: object, merge: () => object): Process<Status | undefined> {
    const resource = resourceOf(this.definitionOf(identity) as ResourceDefinition);
    let patched = yield* this.context.client.patch(resource, identity.namespace, identity.name, 'application/strategic-merge-patch+json', strategic);
    if (isStatus(patched) && patched.code === 415) patched = yield* this.context.client.patch(resource, identity.namespace, identity.name, 'application/merge-patch+json', merge());
    return isStatus(patched) ? patched : undefined;
  }

  private dropOwners(identity: Identity, latest: KubernetesObject, uids: readonly string[]): Process<Status | undefined> {
    const strategic = { metadata: { uid: identity.uid, ownerReferences: uids.map((uid) => ({ $patch: 'delete', uid })) } };
    return this.patch(identity, strategic, () => ({ metadata: { resourceVersion: latest.metadata.resourceVersion, ownerReferences: (latest.metadata.ownerReferences ?? []).filter((o) => !uids.includes(o.uid)) } }));
  }

  /** Two that own each other would wait for ever: their references stop blocking. */
  private unblockOwners(node: GraphNode, latest: KubernetesObject): Process<Status | undefined> {
    const owners = (latest.metadata.ownerReferences ?? []).filter((o) => o.blockOwnerDeletion === true);
    const strategic = { metadata: { uid: node.identity.uid, ownerReferences: owners.map(({ uid }) => ({ uid, blockOwnerDeletion: false })) } };
    return this.patch(node.identity, strategic, () => ({ metadata: { resourceVersion: latest.metadata.resourceVersion, ownerReferences: (latest.metadata.ownerReferences ?? []).map((o) => ({ ...o, blockOwnerDeletion: false })) } }));
  }

  private *attemptToOrphan(node: GraphNode): Process<SyncResult> {
    const dependents = [...node.dependents];
    const failures = yield* inParallel(this.context.simulation, `${this.context.name} orphan`, dependents.map((dependent) => () => this.orphan(dependent, node)));
    const failure = failures.find((f) => f !== undefined) ?? (yield* this.removeFinalizer(node.identity, ORPHAN));
    return failure ? failed(failure) : { outcome: `${counted(dependents.length, 'dependent')} left as orphans` };
  }

  private *orphan(dependent: GraphNode, owner: GraphNode): Process<Status | undefined> {
    if (this.definitionOf(dependent.identity) === undefined) return undefined;
    const latest = { metadata: { ownerReferences: dependent.owners } } as unknown as KubernetesObject;
    const failure = yield* this.dropOwners(dependent.identity, latest, [owner.identity.uid]);
    return failure && !isNotFound(failure) && failure.reason !== 'Invalid' ? failure : undefined;
  }

  private *removeFinalizer(identity: Identity, finalizer: string): Process<Status | undefined> {
    const definition = this.definitionOf(identity) as ResourceDefinition;
    for (let attempt = 0; ; attempt++) {
      const latest = yield* this.live(identity);
      if (isNotFound(latest)) return undefined;
      if (isStatus(latest)) return latest;
      const { finalizers = [], resourceVersion } = latest.metadata;
      if (!finalizers.includes(finalizer)) return undefined;
      const body = { metadata: { resourceVersion, finalizers: finalizers.filter((f) => f !== finalizer) } };
      const patched = yield* this.context.client.patch(resourceOf(definition), identity.namespace, identity.name, 'application/merge-patch+json', body);
      if (!isStatus(patched) || isNotFound(patched)) return undefined;
      const pause = CONFLICT_BACKOFF[attempt];
      if (!isConflict(patched) || pause === undefined) return { ...patched, message: messageOf(patched) };
      yield* sleep(pause);
    }
  }
}

const named = (owner: OwnerReference): string => `${owner.kind} ${owner.name}`;
