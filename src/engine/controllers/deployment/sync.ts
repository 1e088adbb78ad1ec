import type { Deployment, DeploymentStatus, PodTemplateSpec, ReplicaSet } from '../../api/generated/types';
import { controllerOf, objectKey, type NewObject } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import type { ControllerContext } from '../../client/controller';
import type { Lister } from '../../client/informer';
import { DEPLOYMENTS, REPLICA_SETS } from '../../client/resources';
import type { Process } from '../../simulation/process';
import { getCondition, setCondition } from '../conditions';
import { byCreation, newControllerRef } from '../objects';
import { isAlreadyExists, isNamespaceTerminating, isNotFound, messageOf, type Failure } from '../outcome';
import { computeHash } from '../podTemplateHash';
import { desiredReplicasAnnotation, maxRevision, newReplicaSetAnnotations, REVISION, revisionOf, withReplicas } from './annotations';
import { maxSurge, newReplicaSetSize, specReplicas, totalSpecReplicas } from './replicas';
import { deploymentCondition, hasProgressDeadline, hasRevisionHistoryLimit } from './status';

const HASH_LABEL = 'pod-template-hash';

export interface ReplicaSets {
  readonly newSet: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** A template without the label that the deployment controller adds, so that a set's can be compared with its deployment's. */
function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  const labels = template?.metadata?.labels;
  if (template === undefined || labels?.[HASH_LABEL] === undefined) return template;
  const { [HASH_LABEL]: _, ...rest } = labels;
  return { ...template, metadata: { ...template.metadata, labels: rest } };
}

export const sameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean => semanticEqual(withoutHash(a), withoutHash(b));

/** deploymentutil.FindNewReplicaSet: the oldest set of the deployment's own template. */
export const findNewReplicaSet = (d: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined => [...sets].sort(byCreation).find((rs) => sameTemplate(rs.spec.template, d.spec.template));

/**
 * What one sync of a deployment does to the API. It works on its own copy of the deployment, as the original does: a copy whose
 * resourceVersion is that of the cache, so that a second status update in one sync meets a conflict, and the key is tried again.
 */
export class DeploymentWriter {
  /** What this sync has done, in words. */
  readonly done: string[] = [];

  constructor(private readonly context: ControllerContext, private readonly replicaSets: Lister<ReplicaSet>, public d: Deployment) {}

  get now(): string { return this.context.simulation.timestamp(); }

  setCondition(type: string, status: string, reason: string, message: string): void {
    this.d = { ...this.d, status: { ...this.d.status, conditions: setCondition(this.d.status?.conditions, deploymentCondition(type, status, reason, message, this.now)) } };
  }

  *updateStatus(status: DeploymentStatus = this.d.status): Process<Failure> {
    this.d = { ...this.d, status };
    const updated = yield* this.context.client.updateStatus(DEPLOYMENTS, this.d);
    return isStatus(updated) ? updated : undefined;
  }

  /** Splits the sets into the new one and the old ones, and keeps the new one's revision and the deployment's in step; makes it where asked. */
  *replicaSetsAndRevision(sets: readonly ReplicaSet[], create: boolean): Process<ReplicaSets | Status> {
    const existing = findNewReplicaSet(this.d, sets);
    const old = sets.filter((rs) => rs.metadata.uid !== existing?.metadata.uid);
    const revision = maxRevision(old) + 1;
    if (existing) {
      const newSet = yield* this.syncExisting(existing, revision);
      return isStatus(newSet) ? newSet : { newSet, old };
    }
    if (!create) return { newSet: undefined, old };
    const newSet = yield* this.create(old, revision);
    return isStatus(newSet) ? newSet : { newSet, old };
  }

  private *syncExisting(rs: ReplicaSet, revision: number): Process<ReplicaSet | Status> {
    const annotations = newReplicaSetAnnotations(this.d, rs.metadata.annotations, revision);
    const minReadySeconds = this.d.spec.minReadySeconds ?? 0;
    if (annotations !== rs.metadata.annotations || minReadySeconds !== (rs.spec.minReadySeconds ?? 0)) {
      this.done.push(`replica set ${rs.metadata.name} becomes revision ${annotations[REVISION] ?? ''}`);
      return yield* this.context.client.update(REPLICA_SETS, { ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, minReadySeconds } });
    }
    let changed = this.setRevision(annotations?.[REVISION] ?? '');
    if (hasProgressDeadline(this.d) && getCondition(this.d.status?.conditions, 'Progressing') === undefined) {
      this.setCondition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${rs.metadata.name}"`);
      changed = true;
    }
    return (changed ? yield* this.updateStatus() : undefined) ?? rs;
  }

  private *create(old: readonly ReplicaSet[], revision: number): Process<ReplicaSet | Status> {
    const { d } = this;
    const made = this.newReplicaSet(old, revision);
    const size = (made.spec as { readonly replicas: number }).replicas;
    let created = yield* this.context.client.create(REPLICA_SETS, d.metadata.namespace ?? '', made);
    let existed = false;
    if (isAlreadyExists(created)) {
      const there = this.replicaSets.get(`${d.metadata.namespace}/${made.metadata.name}`);
      if (there === undefined || controllerOf(there)?.uid !== d.metadata.uid || !sameTemplate(d.spec.template, there.spec.template)) return yield* this.collision(created);
      created = there;
      existed = true;
    }
    if (isStatus(created)) return isNamespaceTerminating(created) ? created : yield* this.creationFailed(made.metadata.name as string, created);
    if (!existed && size > 0) this.scaled(created.metadata.name, 0, size);
    let changed = this.setRevision(String(revision));
    if (!existed && hasProgressDeadline(d)) {
      this.setCondition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${created.metadata.name}"`);
      changed = true;
    }
    return (changed ? yield* this.updateStatus() : undefined) ?? created;
  }

  private newReplicaSet(old: readonly ReplicaSet[], revision: number): NewObject<ReplicaSet> {
    const { d } = this;
    const hash = computeHash(d.spec.template, d.status?.collisionCount);
    const labels = { ...d.spec.template.metadata?.labels, [HASH_LABEL]: hash };
    const annotations = withReplicas(newReplicaSetAnnotations(d, undefined, revision), specReplicas(d), specReplicas(d) + maxSurge(d));
    return {
      apiVersion: 'apps/v1', kind: 'ReplicaSet',
      metadata: { name: replicaSetName(d.metadata.name, hash), namespace: d.metadata.namespace, ownerReferences: [newControllerRef(d, 'apps/v1', 'Deployment')], labels, annotations },
      spec: {
        replicas: newReplicaSetSize(d, totalSpecReplicas(old), 0), ...(d.spec.minReadySeconds ? { minReadySeconds: d.spec.minReadySeconds } : {}),
        selector: { ...d.spec.selector, matchLabels: { ...d.spec.selector.matchLabels, [HASH_LABEL]: hash } },
        template: { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } },
      },
    };
  }

  /** Another replica set has this name: the next hash takes one more collision into account. */
  private *collision(status: Status): Process<Status> {
    const collisionCount = (this.d.status?.collisionCount ?? 0) + 1;
    this.done.push(`name collision: hashing with count ${collisionCount} from now on`);
    yield* this.updateStatus({ ...this.d.status, collisionCount });
    return status;
  }

  private *creationFailed(name: string, status: Status): Process<Status> {
    const message = `Failed to create new replica set "${name}": ${messageOf(status)}`;
    if (hasProgressDeadline(this.d)) {
      this.setCondition('Progressing', 'False', 'ReplicaSetCreateError', message);
      yield* this.updateStatus();
    }
    this.context.events.event(this.d, 'Warning', 'ReplicaSetCreateError', message);
    return status;
  }

  private setRevision(revision: string): boolean {
    if (this.d.metadata.annotations?.[REVISION] === revision) return false;
    this.d = { ...this.d, metadata: { ...this.d.metadata, annotations: { ...this.d.metadata.annotations, [REVISION]: revision } } };
    return true;
  }

  /** Resizes a set where it or its annotations differ. Answers the set as it then is. */
  *scale(rs: ReplicaSet, size: number): Process<ReplicaSet | Status> {
    const before = specReplicas(rs);
    const annotations = withReplicas(rs.metadata.annotations, specReplicas(this.d), specReplicas(this.d) + maxSurge(this.d));
    if (before === size && annotations === rs.metadata.annotations) return rs;
    const updated = yield* this.context.client.update(REPLICA_SETS, { ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, replicas: size } });
    if (!isStatus(updated) && before !== size) this.scaled(rs.metadata.name, before, size);
    return updated;
  }

  private scaled(name: string, from: number, to: number): void {
    const direction = from < to ? 'up' : 'down';
    this.done.push(`scaled ${direction} ${name} from ${from} to ${to}`);
    this.context.events.event(this.d, 'Normal', 'ScalingReplicaSet', `Scaled ${direction} replica set ${name} from ${from} to ${to}`);
  }

  /** Deletes the oldest sets beyond the revision history limit that have nothing left to do. */
  *cleanup(old: readonly ReplicaSet[]): Process<Failure> {
    if (!hasRevisionHistoryLimit(this.d)) return undefined;
    const candidates = old.filter((rs) => rs.metadata.deletionTimestamp === undefined).sort((a, b) => revisionOf(a) - revisionOf(b) || byCreation(a, b));
    const surplus = candidates.length - (this.d.spec.revisionHistoryLimit ?? 0);
    for (const rs of candidates.slice(0, Math.max(0, surplus))) {
      if ((rs.status?.replicas ?? 0) !== 0 || specReplicas(rs) !== 0 || (rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0)) continue;
      const deleted = yield* this.context.client.delete(REPLICA_SETS, rs.metadata.namespace ?? '', rs.metadata.name);
      if (isStatus(deleted) && deleted.status === 'Failure' && !isNotFound(deleted)) return deleted;
      this.done.push(`deleted ${objectKey(rs)}, beyond the history of ${this.d.spec.revisionHistoryLimit}`);
    }
    return undefined;
  }

  /** A resize shows in that a set in use was last told another number. */
  isScalingEvent(sets: ReplicaSets): boolean {
    return [...sets.old, ...(sets.newSet ? [sets.newSet] : [])].some((rs) => {
      const desired = specReplicas(rs) > 0 ? desiredReplicasAnnotation(rs) : undefined;
      return desired !== undefined && desired !== specReplicas(this.d);
    });
  }
}

/** Names leave room for the suffixes of the pods. */
const replicaSetName = (deployment: string, hash: string): string => `${deployment.slice(0, 253 - hash.length - 1)}-${hash}`;
