import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/generated/types';
import type { NewObject } from '../../api/object';
import { failure, isStatus, type Status } from '../../api/status';
import type { ControllerContext } from '../../client/controller';
import type { Lister } from '../../client/informer';
import { PERSISTENT_VOLUME_CLAIMS, PODS } from '../../client/resources';
import type { Process } from '../../simulation/process';
import { isFailure, isNotFound, messageOf } from '../outcome';
import { claimName, claimsFor, withIdentity } from './pods';

/** StatefulPodControl: creates, deletes and corrects the pods and claims of a stateful set, with events about each. */
export class StatefulPodControl {
  constructor(private readonly context: ControllerContext, private readonly claims: Lister<PersistentVolumeClaim>) {}

  *create(set: StatefulSet, pod: NewObject<Pod>): Process<Status | undefined> {
    const name = pod.metadata.name as string;
    const missing = yield* this.createClaims(set, name);
    if (missing) return missing;
    const created = yield* this.context.client.create(PODS, set.metadata.namespace ?? '', pod);
    if (isStatus(created) && created.reason === 'AlreadyExists') return created;
    this.tell(set, 'Create', name, isStatus(created) ? created : undefined);
    return isStatus(created) ? created : undefined;
  }

  *createClaims(set: StatefulSet, podName: string): Process<Status | undefined> {
    for (const claim of claimsFor(set, podName)) {
      const name = claim.metadata.name as string;
      const there = this.claims.get(`${set.metadata.namespace}/${name}`);
      if (there?.metadata.deletionTimestamp !== undefined) return failure(409, 'Conflict', `pvc ${name} is being deleted`);
      if (there) continue;
      const created = yield* this.context.client.create(PERSISTENT_VOLUME_CLAIMS, set.metadata.namespace ?? '', claim);
      if (isStatus(created) && created.reason === 'AlreadyExists') continue;
      this.tellClaim(set, name, podName, isStatus(created) ? created : undefined);
      if (isStatus(created)) return created;
    }
    return undefined;
  }

  *delete(set: StatefulSet, pod: Pod): Process<Status | undefined> {
    const deleted = yield* this.context.client.delete(PODS, pod.metadata.namespace ?? '', pod.metadata.name);
    const refused = isFailure(deleted) ? deleted : undefined;
    this.tell(set, 'Delete', pod.metadata.name, refused);
    return refused && !isNotFound(refused) ? refused : undefined;
  }

  *correctIdentity(pod: Pod): Process<Status | undefined> {
    const updated = yield* this.context.client.update(PODS, withIdentity(pod));
    return isStatus(updated) ? updated : undefined;
  }

  /**
   * persistentVolumeClaimRetentionPolicy by owner references: a claim that is to go with the set is owned by it, one that is to go
   * with a pod that is scaled away, by that pod.
   */
  *retain(set: StatefulSet, pod: Pod, condemned: boolean): Process<Status | undefined> {
    const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
    for (const template of set.spec.volumeClaimTemplates ?? []) {
      const claim = this.claims.get(`${set.metadata.namespace}/${claimName(template.metadata.name, pod.metadata.name)}`);
      if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) continue;
      const byPod = condemned && whenScaled === 'Delete';
      const bySet = !byPod && whenDeleted === 'Delete';
      const before = claim.metadata.ownerReferences ?? [];
      const owners = ownersFor(before, set, pod, bySet, byPod);
      if (JSON.stringify(owners) === JSON.stringify(before)) continue;
      const { ownerReferences: _, ...metadata } = claim.metadata;
      const updated = yield* this.context.client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) } });
      if (isStatus(updated)) return updated;
    }
    return undefined;
  }

  private tell(set: StatefulSet, verb: 'Create' | 'Delete', pod: string, refused: Status | undefined): void {
    const about = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    if (refused) this.context.events.event(set, 'Warning', `Failed${verb}`, `${about} failed error: ${messageOf(refused)}`);
    else this.context.events.event(set, 'Normal', `Successful${verb}`, `${about} successful`);
  }

  private tellClaim(set: StatefulSet, claim: string, pod: string, refused: Status | undefined): void {
    if (refused) this.context.events.event(set, 'Warning', 'FailedCreate', `Create Claim ${claim} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${messageOf(refused)}`);
    else this.context.events.event(set, 'Normal', 'SuccessfulCreate', `Create Claim ${claim} Pod ${pod} in StatefulSet ${set.metadata.name} success`);
  }
}

function ownersFor(before: readonly OwnerReference[], set: StatefulSet, pod: Pod, bySet: boolean, byPod: boolean): readonly OwnerReference[] {
  const others = before.filter((o) => o.uid !== set.metadata.uid && o.uid !== pod.metadata.uid);
  const setOwner = before.find((o) => o.uid === set.metadata.uid) ?? { apiVersion: 'apps/v1', kind: 'StatefulSet', name: set.metadata.name, uid: set.metadata.uid, controller: true, blockOwnerDeletion: true };
  const podOwner = before.find((o) => o.uid === pod.metadata.uid) ?? { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid, controller: true, blockOwnerDeletion: true };
  return [...others, ...(bySet ? [setOwner] : []), ...(byPod ? [podOwner] : [])];
}
