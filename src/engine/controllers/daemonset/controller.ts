import type { ControllerRevision, DaemonSet, DaemonSetStatus, Node, Pod } from '../../api/generated/types';
import { controllerOf, objectKey } from '../../api/object';
import { compileLabelSelector, type Labels } from '../../api/selectors';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { claim } from '../controllerRefManager';
import { ControllerHistory, nextRevision, revisionData, sameData, type RevisionedOwner } from '../controllerHistory';
import { Expectations } from '../expectations';
import { byCreation, newControllerRef } from '../objects';
import { counted, failed, isNamespaceTerminating, isNotFound, messageOf } from '../outcome';
import { inParallel, slowStartBatch } from '../parallel';
import { PodControl, podFromTemplate } from '../podControl';
import { computeHash } from '../podTemplateHash';
import { indexByController, isPodAvailable, isPodReady, nextAvailability, ownedAndOrphans } from '../podUtil';
import { placementOn, targetNode, templateFor, type Placement } from './placement';
import { rollingUpdate } from './rollingUpdate';

const WORKERS = 2;
const BURST_REPLICAS = 250;
const HASH_LABEL = 'controller-revision-hash';
const GENERATION_LABEL = 'pod-template-generation';
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
/** Failed daemon pods are replaced after 1 s, 2 s, 4 s … 15 min. */
const FAILED_BACKOFF = 1000, FAILED_BACKOFF_MAX = 15 * 60_000;

type ByNode = ReadonlyMap<string, readonly Pod[]>;

interface Plan {
  readonly create: string[];
  readonly remove: Pod[];
}

/** The daemon set controller: one pod on every node that should have one. */
export function daemonSetController(context: ControllerContext): Controller {
  const controller = new DaemonSetController(context);
  return { name: context.name, start: () => startWorkers(context, controller.queue, 'daemonsets.apps', WORKERS, (key) => controller.sync(key)) };
}

class DaemonSetController {
  readonly queue: WorkQueue;
  private readonly sets: Informer<DaemonSet>;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  private readonly history: ControllerHistory;
  private readonly expectations: Expectations;
  private readonly podControl: PodControl;
  private readonly failures = new Map<string, { readonly delay: number; readonly until: number }>();

  constructor(private readonly context: ControllerContext) {
    this.queue = new WorkQueue(context.simulation);
    this.expectations = new Expectations(context.simulation);
    this.podControl = new PodControl(context);
    this.sets = context.informers.for(DAEMON_SETS);
    this.pods = context.informers.for(PODS);
    this.nodes = context.informers.for(NODES);
    indexByController(this.pods);
    this.history = new ControllerHistory(context, context.informers.for(CONTROLLER_REVISIONS), 'apps/v1', 'DaemonSet');
    const enqueue = (ds: DaemonSet): void => this.queue.add(objectKey(ds));
    this.sets.addHandler({ onAdd: enqueue, onUpdate: (_, ds) => enqueue(ds), onDelete: (ds) => { this.expectations.forget(objectKey(ds)); enqueue(ds); } });
    this.pods.addHandler({ onAdd: (pod) => this.podAdded(pod), onUpdate: (before, pod) => this.podUpdated(before, pod), onDelete: (pod) => this.podDeleted(pod) });
    this.nodes.addHandler({ onAdd: (node) => this.nodeAdded(node), onUpdate: (before, node) => this.nodeUpdated(before, node), onDelete: (node) => this.nodeAdded(node) });
  }

  private ownerOf(pod: Pod): string | undefined {
    const owner = controllerOf(pod);
    const ds = owner?.kind === 'DaemonSet' ? this.sets.get(`${pod.metadata.namespace}/${owner.name}`) : undefined;
    return ds && ds.metadata.uid === owner?.uid ? objectKey(ds) : undefined;
  }

  private podAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) { this.podDeleted(pod); return; }
    const key = this.ownerOf(pod);
    if (key !== undefined) { this.expectations.creationObserved(key); this.queue.add(key); } else if (controllerOf(pod) === undefined) this.enqueueMatching(pod);
  }

  private podUpdated(before: Pod, pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) { this.podDeleted(pod); return; }
    if (controllerOf(before)?.uid !== controllerOf(pod)?.uid) { const former = this.ownerOf(before); if (former) this.queue.add(former); }
    const key = this.ownerOf(pod);
    if (key !== undefined) this.queue.add(key);
    else if (controllerOf(pod) === undefined && (before.metadata.labels !== pod.metadata.labels || controllerOf(before) !== undefined)) this.enqueueMatching(pod);
  }

  private podDeleted(pod: Pod): void {
    const key = this.ownerOf(pod);
    if (key === undefined) return;
    this.expectations.deletionObserved(key, objectKey(pod));
    this.queue.add(key);
  }

  private enqueueMatching(pod: Pod): void {
    for (const ds of this.sets.inNamespace(pod.metadata.namespace ?? '')) if (pod.metadata.labels && compileLabelSelector(ds.spec.selector).matches(pod.metadata.labels as Labels)) this.queue.add(objectKey(ds));
  }

  private nodeAdded(node: Node): void { for (const ds of this.sets.list()) if (placementOn(ds, node).shouldRun) this.queue.add(objectKey(ds)); }

  private nodeUpdated(before: Node, node: Node): void {
    if (before.spec?.taints === node.spec?.taints && before.metadata.labels === node.metadata.labels && before.spec?.unschedulable === node.spec?.unschedulable) return;
    for (const ds of this.sets.list()) {
      const then = placementOn(ds, before), now = placementOn(ds, node);
      if (then.shouldRun !== now.shouldRun || then.mayStay !== now.mayStay) this.queue.add(objectKey(ds));
    }
  }

  *sync(key: string): Process<SyncResult> {
    const ds = this.sets.get(key);
    if (ds === undefined) { this.expectations.forget(key); return { outcome: `daemon set ${key} is gone` }; }
    if (Object.keys(ds.spec.selector.matchLabels ?? {}).length === 0 && (ds.spec.selector.matchExpressions ?? []).length === 0) {
      this.context.events.event(ds, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
      return { outcome: 'selects all pods' };
    }
    if (ds.metadata.deletionTimestamp !== undefined) return { outcome: 'is being deleted' };
    const revisions = yield* this.history.list(ds as RevisionedOwner);
    if (isStatus(revisions)) return failed(revisions);
    const current = yield* this.currentRevision(ds, revisions);
    if (isStatus(current)) return failed(current);
    const hash = current.metadata.labels?.[HASH_LABEL] ?? '';
    const satisfied = this.expectations.satisfied(key);
    const result = satisfied ? yield* this.update(key, ds, hash, revisions, current) : { outcome: 'waiting to see what was created or deleted' };
    const problem = yield* this.writeStatus(ds, hash, satisfied);
    if (result.error !== undefined) return result;
    return problem ? failed(problem) : result;
  }

  private *podsByNode(ds: DaemonSet): Process<Map<string, readonly Pod[]> | Status> {
    const { client } = this.context;
    const pods = yield* claim({
      client, resource: PODS, owner: ds, ownerApiVersion: 'apps/v1', ownerKind: 'DaemonSet', freshOwner: () => client.get(DAEMON_SETS, ds.metadata.namespace ?? '', ds.metadata.name),
    }, compileLabelSelector(ds.spec.selector), ownedAndOrphans(this.pods, ds.metadata.namespace ?? '', ds.metadata.uid));
    if (isStatus(pods)) return pods;
    const byNode = new Map<string, readonly Pod[]>();
    for (const pod of pods) { const node = targetNode(pod); if (node !== undefined) byNode.set(node, [...(byNode.get(node) ?? []), pod]); }
    return byNode;
  }

  /** constructHistory: the revision of the template as it is now. */
  private *currentRevision(ds: DaemonSet, revisions: readonly ControllerRevision[]): Process<ControllerRevision | Status> {
    const equal = [...revisions].reverse().find((revision) => sameData(revision, revisionData(ds as RevisionedOwner)));
    const last = revisions[revisions.length - 1];
    if (equal) return yield* this.history.renumber(equal, equal === last ? equal.revision : nextRevision(revisions));
    const created = yield* this.history.create(ds as RevisionedOwner, nextRevision(revisions), (collisions) => {
      const hash = computeHash(ds.spec.template, collisions === 0 && ds.status?.collisionCount === undefined ? undefined : collisions);
      return { hash, labels: { [HASH_LABEL]: hash } };
    }, ds.status?.collisionCount ?? 0);
    return isStatus(created) ? created : created.revision;
  }

  private *update(key: string, ds: DaemonSet, hash: string, revisions: readonly ControllerRevision[], current: ControllerRevision): Process<SyncResult> {
    const byNode = yield* this.podsByNode(ds);
    if (isStatus(byNode)) return failed(byNode);
    const managed = yield* this.syncNodes(key, ds, hash, this.plan(key, ds, byNode, hash));
    if (managed.error !== undefined) return managed;
    let outcome = managed.outcome;
    if (this.expectations.satisfied(key) && (ds.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate') {
      const desired = [...this.nodes.list()].filter((node) => placementOn(ds, node).shouldRun).length;
      const rolling = rollingUpdate({
        ds, byNode: this.withEmptyNodes(ds, byNode), desired, isUpdated: (pod) => isUpdated(pod, ds, hash), now: this.context.simulation.wallMilliseconds(),
        shouldRun: (node) => { const found = this.nodes.get(node); return found !== undefined && placementOn(ds, found).shouldRun; },
      });
      const result = yield* this.syncNodes(key, ds, hash, { create: [...rolling.create], remove: [...rolling.remove] });
      if (result.error !== undefined) return result;
      outcome ||= result.outcome;
    }
    const live = new Set([current.metadata.name]);
    for (const pods of byNode.values()) for (const pod of pods) live.add(`${ds.metadata.name}-${pod.metadata.labels?.[HASH_LABEL] ?? ''}`);
    const problem = yield* this.history.truncate(revisions, live, ds.spec.revisionHistoryLimit ?? 10);
    return problem ? failed(problem) : { outcome };
  }

  private withEmptyNodes(ds: DaemonSet, byNode: ByNode): ByNode {
    const all = new Map(byNode);
    for (const node of this.nodes.list()) if (!all.has(node.metadata.name) && placementOn(ds, node).shouldRun) all.set(node.metadata.name, []);
    return all;
  }

  /** manage: which nodes lack their pod, and which pods have no business where they are. */
  private plan(key: string, ds: DaemonSet, byNode: ByNode, hash: string): Plan {
    const plan: Plan = { create: [], remove: [] };
    for (const node of this.nodes.list()) this.planNode(key, ds, placementOn(ds, node), node.metadata.name, byNode.get(node.metadata.name) ?? [], hash, plan);
    // Pods that are meant for nodes which do not exist never ran and never will.
    for (const [node, pods] of byNode) if (this.nodes.get(node) === undefined) plan.remove.push(...pods.filter((pod) => !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined));
    return plan;
  }

  private planNode(key: string, ds: DaemonSet, { shouldRun, mayStay }: Placement, node: string, pods: readonly Pod[], hash: string, plan: Plan): void {
    if (shouldRun && pods.length === 0) { plan.create.push(node); return; }
    if (!mayStay) { plan.remove.push(...pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)); return; }
    const running: Pod[] = [];
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      if (pod.status?.phase === 'Failed') { if (this.mayReplace(key, ds, node)) this.end(ds, pod, node, 'Warning', 'FailedDaemonPod', 'failed', 'kill', plan); } else if (pod.status?.phase === 'Succeeded') this.end(ds, pod, node, 'Normal', 'SucceededDaemonPod', 'succeeded', 'delete', plan);
      else running.push(pod);
    }
    if (running.length <= 1) return;
    const surge = (ds.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0) !== 0 && running.some((pod) => isUpdated(pod, ds, hash)) && running.some((pod) => !isUpdated(pod, ds, hash));
    plan.remove.push(...[...running].sort(byCreation).slice(surge ? 2 : 1));
  }

  private end(ds: DaemonSet, pod: Pod, node: string, type: 'Normal' | 'Warning', reason: string, state: string, verb: string, plan: Plan): void {
    this.context.events.event(ds, type, reason, `Found ${state} daemon pod ${objectKey(pod)} on node ${node}, will try to ${verb} it`);
    plan.remove.push(pod);
  }

  private mayReplace(key: string, ds: DaemonSet, node: string): boolean {
    const { simulation } = this.context;
    const id = `${ds.metadata.uid}/${node}`;
    const before = this.failures.get(id);
    if (before && simulation.now < before.until) {
      this.queue.addAfter(key, before.until - simulation.now, `replacement of the failed daemon pod on node ${node}`);
      return false;
    }
    const delay = Math.min(before ? before.delay * 2 : FAILED_BACKOFF, FAILED_BACKOFF_MAX);
    this.failures.set(id, { delay, until: simulation.now + delay });
    return true;
  }

  private *syncNodes(key: string, ds: DaemonSet, hash: string, plan: Plan): Process<{ readonly outcome: string; readonly error?: string }> {
    const create = plan.create.slice(0, BURST_REPLICAS), remove = plan.remove.slice(0, BURST_REPLICAS);
    if (create.length === 0 && remove.length === 0) return { outcome: '' };
    this.expectations.expect(key, create.length, remove.map(objectKey));
    const { podControl, context } = this;
    const namespace = ds.metadata.namespace ?? '';
    const generation = ds.metadata.annotations?.[TEMPLATE_GENERATION];
    const labels = { ...(generation ? { [GENERATION_LABEL]: generation } : {}), [HASH_LABEL]: hash };
    const owner = newControllerRef(ds, 'apps/v1', 'DaemonSet');
    const created = yield* slowStartBatch(context.simulation, `${context.name} create`, create.length, function* (i) {
      const refused = yield* podControl.create(namespace, podFromTemplate(templateFor(ds.spec.template, create[i] as string, labels), ds, owner), ds);
      return refused && isNamespaceTerminating(refused) ? undefined : refused;
    });
    for (let skipped = create.length - created.successes; skipped > 0; skipped--) this.expectations.creationObserved(key);
    const refusals = yield* inParallel(context.simulation, `${context.name} delete`, remove.map((pod) => () => this.remove(key, ds, pod)));
    const failure = created.failure ?? refusals.find((r) => r !== undefined);
    const outcome = [...(create.length > 0 ? [`${counted(create.length, 'node')} lack a pod: creating ${create.length}`] : []), ...(remove.length > 0 ? [`deleting ${counted(remove.length, 'pod')}`] : [])].join('; ');
    return failure ? { outcome, error: messageOf(failure) } : { outcome };
  }

  private *remove(key: string, ds: DaemonSet, pod: Pod): Process<Status | undefined> {
    const refused = yield* this.podControl.delete(pod.metadata.namespace ?? '', pod.metadata.name, ds);
    if (refused === undefined) return undefined;
    this.expectations.deletionObserved(key, objectKey(pod));
    return isNotFound(refused) ? undefined : refused;
  }

  private *writeStatus(ds: DaemonSet, hash: string, observed: boolean): Process<Status | undefined> {
    const byNode = yield* this.podsByNode(ds);
    if (isStatus(byNode)) return byNode;
    const status = this.status(ds, byNode, hash, observed);
    const min = ds.spec.minReadySeconds ?? 0;
    const left = min > 0 ? nextAvailability([...byNode.values()].flat(), min, this.context.simulation.wallMilliseconds()) : undefined;
    if (left !== undefined) this.queue.addAfter(objectKey(ds), left, `minReadySeconds of daemon set ${ds.metadata.name}`);
    if (semanticEqual(ds.status, status)) return undefined;
    const { client } = this.context;
    const updated = yield* client.updateStatus(DAEMON_SETS, { ...ds, status });
    if (!isStatus(updated)) return undefined;
    const fresh = yield* client.get(DAEMON_SETS, ds.metadata.namespace ?? '', ds.metadata.name);
    if (isStatus(fresh)) return isNotFound(fresh) ? undefined : fresh;
    const again = yield* client.updateStatus(DAEMON_SETS, { ...fresh, status });
    return isStatus(again) ? again : undefined;
  }

  private status(ds: DaemonSet, byNode: ByNode, hash: string, observed: boolean): DaemonSetStatus {
    const now = this.context.simulation.wallMilliseconds();
    let desired = 0, current = 0, misscheduled = 0, ready = 0, updated = 0, available = 0;
    for (const node of this.nodes.list()) {
      const { shouldRun } = placementOn(ds, node);
      const pod = [...(byNode.get(node.metadata.name) ?? [])].sort(byCreation)[0];
      if (shouldRun) desired++; else if (pod) misscheduled++;
      if (!shouldRun || pod === undefined) continue;
      current++;
      if (isPodReady(pod)) ready++;
      if (isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, now)) available++;
      if (isUpdated(pod, ds, hash)) updated++;
    }
    const generation = observed ? ds.metadata.generation : ds.status?.observedGeneration;
    return {
      currentNumberScheduled: current, numberMisscheduled: misscheduled, desiredNumberScheduled: desired, numberReady: ready,
      ...(generation ? { observedGeneration: generation } : {}), ...(updated ? { updatedNumberScheduled: updated } : {}), ...(available ? { numberAvailable: available } : {}),
      ...(desired > available ? { numberUnavailable: desired - available } : {}), ...(ds.status?.collisionCount === undefined ? {} : { collisionCount: ds.status.collisionCount }),
      ...(ds.status?.conditions?.length ? { conditions: ds.status.conditions } : {}),
    };
  }
}

/** util.IsPodUpdated: by the revision, or for pods of old by the template's generation. */
function isUpdated(pod: Pod, ds: DaemonSet, hash: string): boolean {
  const generation = ds.metadata.annotations?.[TEMPLATE_GENERATION];
  return pod.metadata.labels?.[HASH_LABEL] === hash || (generation !== undefined && pod.metadata.labels?.[HASH_LABEL] === undefined && pod.metadata.labels?.[GENERATION_LABEL] === generation);
}
