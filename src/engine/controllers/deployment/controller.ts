import type { Deployment, Pod, ReplicaSet } from '../../api/generated/types';
import { controllerOf, objectKey } from '../../api/object';
import { compileLabelSelector, type Labels } from '../../api/selectors';
import { isStatus } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { getCondition } from '../conditions';
import { claim } from '../controllerRefManager';
import { atMost, isNamespaceTerminating, messageOf, type Failure } from '../outcome';
import { BY_CONTROLLER, indexByController } from '../podUtil';
import { rolloutRecreate, rolloutRolling, syncScale, syncStatusOnly } from './rollout';
import { isRollingUpdate, maxSurge, maxUnavailable, specReplicas } from './replicas';
import { hasProgressDeadline, untilDeadline } from './status';
import { DeploymentWriter } from './sync';

const WORKERS = 5;
const MAX_RETRIES = 15;

/** The deployment controller: keeps replica sets so that the pods of a deployment have its template, and moves from one template to the next. */
export function deploymentController(context: ControllerContext): Controller {
  const controller = new DeploymentController(context);
  return { name: context.name, start: () => startWorkers(context, controller.queue, 'deployments.apps', WORKERS, (key) => controller.sync(key)) };
}

class DeploymentController {
  readonly queue: WorkQueue;
  private readonly deployments: Informer<Deployment>;
  private readonly replicaSets: Informer<ReplicaSet>;
  private readonly pods: Informer<Pod>;

  constructor(private readonly context: ControllerContext) {
    this.queue = new WorkQueue(context.simulation);
    this.deployments = context.informers.for(DEPLOYMENTS);
    this.replicaSets = context.informers.for(REPLICA_SETS);
    this.pods = context.informers.for(PODS);
    indexByController(this.pods);
    this.replicaSets.addIndex(BY_CONTROLLER, (rs) => [controllerOf(rs)?.uid ?? `orphans of ${rs.metadata.namespace}`]);
    const enqueue = (d: Deployment): void => this.queue.add(objectKey(d));
    this.deployments.addHandler({ onAdd: enqueue, onUpdate: (_, d) => enqueue(d), onDelete: enqueue });
    this.replicaSets.addHandler({ onAdd: (rs) => this.replicaSetAdded(rs), onUpdate: (before, rs) => this.replicaSetUpdated(before, rs), onDelete: (rs) => this.enqueueOwner(rs) });
    this.pods.addHandler({ onDelete: (pod) => this.podDeleted(pod) });
  }

  private ownerOf(rs: ReplicaSet): Deployment | undefined {
    const owner = controllerOf(rs);
    if (owner?.kind !== 'Deployment') return undefined;
    const d = this.deployments.get(`${rs.metadata.namespace}/${owner.name}`);
    return d?.metadata.uid === owner.uid ? d : undefined;
  }

  private enqueueOwner(rs: ReplicaSet): void {
    const d = this.ownerOf(rs);
    if (d) this.queue.add(objectKey(d));
  }

  private replicaSetAdded(rs: ReplicaSet): void {
    if (controllerOf(rs) !== undefined || rs.metadata.deletionTimestamp !== undefined) this.enqueueOwner(rs);
    else this.enqueueMatching(rs);
  }

  private replicaSetUpdated(before: ReplicaSet, rs: ReplicaSet): void {
    const owner = controllerOf(rs), formerOwner = controllerOf(before);
    if (formerOwner !== undefined && formerOwner.uid !== owner?.uid) this.enqueueOwner(before);
    if (owner !== undefined) this.enqueueOwner(rs);
    else if (formerOwner !== undefined || rs.metadata.labels !== before.metadata.labels) this.enqueueMatching(rs);
  }

  /** An orphan: every deployment that might adopt it. */
  private enqueueMatching(rs: ReplicaSet): void {
    if (rs.metadata.labels === undefined) return;
    for (const d of this.deployments.inNamespace(rs.metadata.namespace ?? '')) {
      if (compileLabelSelector(d.spec.selector).matches(rs.metadata.labels as Labels)) this.queue.add(objectKey(d));
    }
  }

  /** Recreate waits for the last old pod to be gone. */
  private podDeleted(pod: Pod): void {
    const owner = controllerOf(pod);
    const rs = owner?.kind === 'ReplicaSet' ? this.replicaSets.get(`${pod.metadata.namespace}/${owner.name}`) : undefined;
    const d = rs?.metadata.uid === owner?.uid && rs ? this.ownerOf(rs) : undefined;
    if (d === undefined || d.spec.strategy?.type !== 'Recreate') return;
    for (const set of this.replicaSets.byIndex(BY_CONTROLLER, d.metadata.uid)) for (const _ of this.podsOf(set)) return;
    this.queue.add(objectKey(d));
  }

  private podsOf(rs: ReplicaSet): Iterable<Pod> { return this.pods.byIndex(BY_CONTROLLER, rs.metadata.uid); }

  *sync(key: string): Process<SyncResult> {
    const d = this.deployments.get(key);
    if (d === undefined) return { outcome: `deployment ${key} is gone` };
    const writer = new DeploymentWriter(this.context, this.replicaSets, d);
    const failure = yield* this.syncDeployment(writer);
    if (failure === undefined) return { outcome: writer.done.length > 0 ? writer.done.join('; ') : summary(writer.d) };
    if (isNamespaceTerminating(failure)) return { outcome: messageOf(failure) };
    return atMost(MAX_RETRIES, this.queue, key, { error: [...writer.done, messageOf(failure)].join('; ') });
  }

  private *syncDeployment(writer: DeploymentWriter): Process<Failure> {
    const { d } = writer;
    if (selectsEverything(d)) return yield* this.refuseSelectingAll(writer);
    const list = yield* this.claimReplicaSets(d);
    if ('kind' in list) return list;
    if (d.metadata.deletionTimestamp !== undefined) return yield* syncStatusOnly(writer, list);
    const failure = yield* this.checkPaused(writer);
    if (failure) return failure;
    if (d.spec.paused) return yield* syncScale(writer, list);
    const sets = yield* writer.replicaSetsAndRevision(list, false);
    if (isStatus(sets)) return sets;
    if (writer.isScalingEvent(sets)) return yield* syncScale(writer, list);
    const now = (): number => this.context.simulation.wallMilliseconds();
    const wait = (w: DeploymentWriter): void => this.waitForDeadline(w);
    if (d.spec.strategy?.type === 'Recreate') return yield* rolloutRecreate(writer, list, (rs) => this.podsOf(rs), wait, now);
    return yield* rolloutRolling(writer, list, wait, now);
  }

  private *claimReplicaSets(d: Deployment): Process<readonly ReplicaSet[] | NonNullable<Failure>> {
    const candidates = [...this.replicaSets.byIndex(BY_CONTROLLER, d.metadata.uid), ...this.replicaSets.byIndex(BY_CONTROLLER, `orphans of ${d.metadata.namespace}`)];
    const { client } = this.context;
    return yield* claim({
      client, resource: REPLICA_SETS, owner: d, ownerApiVersion: 'apps/v1', ownerKind: 'Deployment', freshOwner: () => client.get(DEPLOYMENTS, d.metadata.namespace ?? '', d.metadata.name),
    }, compileLabelSelector(d.spec.selector), candidates);
  }

  private *refuseSelectingAll(writer: DeploymentWriter): Process<Failure> {
    const { d } = writer;
    this.context.events.event(d, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
    if ((d.status?.observedGeneration ?? 0) < (d.metadata.generation ?? 0)) yield* writer.updateStatus({ ...d.status, observedGeneration: d.metadata.generation });
    return undefined;
  }

  /** Pausing and resuming show in the Progressing condition, unless the rollout has failed already. */
  private *checkPaused(writer: DeploymentWriter): Process<Failure> {
    const { d } = writer;
    const condition = getCondition(d.status?.conditions, 'Progressing');
    if (!hasProgressDeadline(d) || condition?.reason === 'ProgressDeadlineExceeded') return undefined;
    const shown = condition?.reason === 'DeploymentPaused';
    if (Boolean(d.spec.paused) === shown) return undefined;
    if (d.spec.paused) writer.setCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused');
    else writer.setCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
    return yield* writer.updateStatus();
  }

  private waitForDeadline(writer: DeploymentWriter): void {
    const { d } = writer;
    const left = untilDeadline(d, d.status ?? {}, this.context.simulation.wallMilliseconds());
    const key = objectKey(d);
    if (left === undefined) { this.queue.cancelDelayed(key); return; }
    if (left < 1000) this.queue.addRateLimited(key);
    else this.queue.addAfter(key, left + 1000, `progress deadline of deployment ${d.metadata.name}`);
  }
}

const selectsEverything = (d: Deployment): boolean => Object.keys(d.spec.selector.matchLabels ?? {}).length === 0 && (d.spec.selector.matchExpressions ?? []).length === 0;

/** What was compared: in the middle of a rolling update also what keeps it where it is. */
function summary(d: Deployment): string {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = d.status ?? {};
  const counts = `${updatedReplicas} of ${specReplicas(d)} replicas are up to date, ${availableReplicas} available`;
  if (replicas <= updatedReplicas || d.spec.paused || !isRollingUpdate(d)) return counts;
  const least = specReplicas(d) - maxUnavailable(d), most = specReplicas(d) + maxSurge(d);
  const stops = [availableReplicas <= least ? `no more old pods may go (${least} must be available)` : '', replicas >= most && updatedReplicas < specReplicas(d) ? `no more new ones may come (${most} at most)` : ''].filter(Boolean);
  return stops.length > 0 ? `${counts}: ${stops.join(', ')}` : counts;
}
