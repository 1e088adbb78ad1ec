import type { Labels, Selector } from '../api/selectors';
import { controllerOf, type ObjectWithMeta } from '../api/object';
import { failure, isStatus, type Status } from '../api/status';
import type { Client, Result } from '../client/client';
import type { Resource } from '../client/resources';
import type { Process } from '../simulation/process';

export interface Claimer<T extends ObjectWithMeta> {
  readonly client: Client;
  /** The kind of what is claimed. */
  readonly resource: Resource<T>;
  readonly owner: ObjectWithMeta;
  readonly ownerApiVersion: string;
  readonly ownerKind: string;
  /** Reads the owner anew: only one that still lives may adopt. */
  readonly freshOwner: () => Process<Result<ObjectWithMeta>>;
  /** Finalizers that an adopted object gets. */
  readonly finalizers?: readonly string[];
}

/**
 * controller.BaseControllerRefManager: of the objects given, those that the owner controls. Orphans that match are adopted, owned objects
 * that match no more are released, each by a patch.
 */
export function* claim<T extends ObjectWithMeta>(claimer: Claimer<T>, selector: Selector, objects: Iterable<T>): Process<readonly T[] | Status> {
  const claimed: T[] = [];
  const { owner } = claimer;
  let problem: Status | undefined;
  let mayAdopt: true | Status | undefined;
  for (const object of objects) {
    const controller = controllerOf(object);
    const matches = selector.matches(object.metadata.labels as Labels);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) claimed.push(object);
      else if (owner.metadata.deletionTimestamp === undefined) problem ??= yield* release(claimer, object);
      continue;
    }
    if (owner.metadata.deletionTimestamp !== undefined || !matches || object.metadata.deletionTimestamp !== undefined) continue;
    mayAdopt ??= yield* canAdopt(claimer);
    if (mayAdopt !== true) { problem ??= mayAdopt; continue; }
    const adopted = yield* adopt(claimer, object);
    if (isStatus(adopted)) { if (adopted.reason !== 'NotFound') problem ??= adopted; continue; }
    claimed.push(object);
  }
  return problem ?? claimed;
}

/** controller.FilterClaimedPods: what is owned and matches, with nothing adopted or released. */
export function filterClaimed<T extends ObjectWithMeta>(owner: ObjectWithMeta, selector: Selector, objects: Iterable<T>): readonly T[] {
  const claimed: T[] = [];
  for (const object of objects) if (controllerOf(object)?.uid === owner.metadata.uid && selector.matches(object.metadata.labels as Labels)) claimed.push(object);
  return claimed;
}

function* canAdopt(claimer: Claimer<ObjectWithMeta>): Process<true | Status> {
  const { owner } = claimer;
  const fresh = yield* claimer.freshOwner();
  if (isStatus(fresh)) return fresh;
  const name = `${owner.metadata.namespace}/${owner.metadata.name}`;
  if (fresh.metadata.uid !== owner.metadata.uid) return failure(409, 'Conflict', `original ${claimer.ownerKind} ${name} is gone: got uid ${fresh.metadata.uid}, wanted ${owner.metadata.uid}`);
  if (fresh.metadata.deletionTimestamp !== undefined) return failure(409, 'Conflict', `${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
  return true;
}

function adopt<T extends ObjectWithMeta>(claimer: Claimer<T>, object: T): Process<Result<T>> {
  const { owner, ownerApiVersion: apiVersion, ownerKind: kind } = claimer;
  return claimer.client.patch(claimer.resource, object.metadata.namespace ?? '', object.metadata.name, 'application/strategic-merge-patch+json', {
    metadata: {
      ownerReferences: [{ apiVersion, kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true }],
      uid: object.metadata.uid, ...(claimer.finalizers ? { finalizers: claimer.finalizers } : {}),
    },
  });
}

function* release<T extends ObjectWithMeta>(claimer: Claimer<T>, object: T): Process<Status | undefined> {
  const patched = yield* claimer.client.patch(claimer.resource, object.metadata.namespace ?? '', object.metadata.name, 'application/strategic-merge-patch+json', {
    metadata: {
      uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: claimer.owner.metadata.uid }],
      ...(claimer.finalizers ? { '$deleteFromPrimitiveList/finalizers': claimer.finalizers } : {}),
    },
  });
  // Gone, or without the reference already (the UID does not fit): nothing to release.
  return isStatus(patched) && patched.reason !== 'NotFound' && patched.reason !== 'Invalid' ? patched : undefined;
}
