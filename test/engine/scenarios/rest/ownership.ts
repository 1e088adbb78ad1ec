import type { KubernetesObject } from '../../../../src/engine/api/object';
import { isDeleting, nameOf, type RestView, type Rule } from './view';

/** Owners exist, under the identity by which they are named. */
export const owners: Rule = function* (view) {
  const everything = [...view.everything()];
  const known = new Map(everything.map((o) => [o.metadata.uid, o]));
  for (const object of everything) {
    if (isDeleting(object)) continue;
    for (const owner of object.metadata.ownerReferences ?? []) {
      const there = known.get(owner.uid);
      if (there === undefined) yield `${nameOf(object)} is owned by ${owner.kind} ${owner.name} (${owner.uid}), which does not exist`;
      else if (there.kind !== owner.kind || there.metadata.name !== owner.name) yield `${nameOf(object)} names its owner ${owner.kind} ${owner.name}, which is ${nameOf(there)}`;
    }
    if ((object.metadata.ownerReferences ?? []).filter((o) => o.controller).length > 1) yield `${nameOf(object)} has two controllers`;
  }
};

/** What is being deleted goes, unless it waits for a pod on a dead node. */
export const removals: Rule = function* (view) {
  const stuckPods = view.pods.filter((p) => isDeleting(p) && p.spec.nodeName && !view.alive(p.spec.nodeName));
  const lastUsers = view.pods.filter((p) => p.spec.nodeName && !view.alive(p.spec.nodeName));
  const deleting = [...view.everything()].filter(isDeleting);
  for (const object of deleting) {
    if (object.kind === 'Pod' || excused(view, object, stuckPods.length > 0, lastUsers.length > 0)) continue;
    // What it waits for is judged by itself.
    if (deleting.some((o) => o.metadata.ownerReferences?.some((r) => r.uid === object.metadata.uid && r.blockOwnerDeletion) || (object.kind === 'Namespace' && o.metadata.namespace === object.metadata.name))) continue;
    yield `${nameOf(object)} is still being deleted (${object.metadata.finalizers?.join() ?? JSON.stringify(object['spec'])})`;
  }
};

function excused(view: RestView, object: KubernetesObject, stuck: boolean, users: boolean): boolean {
  if (object.kind === 'PersistentVolumeClaim') return users || view.pods.some((p) => p.metadata.namespace === object.metadata.namespace && p.spec.nodeName && p.spec.volumes?.some((v) => v.persistentVolumeClaim?.claimName === object.metadata.name));
  if (object.kind === 'PersistentVolume') return (object['status'] as { phase?: string } | undefined)?.phase === 'Bound' || users;
  if (object.kind === 'VolumeAttachment') return users;
  return stuck;
}

/** Everything lives in a namespace that exists. */
export const namespaces: Rule = function* (view) {
  for (const object of view.everything()) {
    const { namespace } = object.metadata;
    if (namespace && !view.cluster.api.peek('', 'namespaces')?.get(namespace) && object.kind !== 'Event') yield `${nameOf(object)} is in a namespace that does not exist`;
  }
};
