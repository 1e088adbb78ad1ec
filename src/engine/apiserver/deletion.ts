import type { ObjectMeta } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import { conflict, type Status } from '../api/status';
import type { RequestOptions } from './request';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Resources that answer a deletion with the object, not with a Status (registry.Store.ReturnDeletedObject). */
const RETURN_OBJECT = new Set(['/pods', '/services', '/serviceaccounts', '/persistentvolumeclaims', '/persistentvolumes', '/podtemplates', '/resourcequotas', 'policy/podsecuritypolicies']);
/** rest.GarbageCollectionPolicy: what happens to dependents when nobody says. */
const ORPHAN_BY_DEFAULT = new Set(['/replicationcontrollers', 'batch/jobs']);

const id = (definition: ResourceDefinition): string => `${definition.group}/${definition.resource}`;

export const returnsObject = (definition: ResourceDefinition): boolean => RETURN_OBJECT.has(id(definition));

/** Why a deletion's preconditions do not hold, or undefined. */
export function preconditionFailure(definition: ResourceDefinition, object: KubernetesObject, options: RequestOptions): Status | undefined {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = object;
  if (uid !== undefined && uid !== metadata.uid) return conflict(definition, metadata.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return conflict(definition, metadata.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`);
  }
  return undefined;
}

/** The finalizers an object has once its deletion is asked for with a propagation policy (store.go deletionFinalizersForGarbageCollection). */
export function finalizersForDeletion(definition: ResourceDefinition, object: KubernetesObject, options: RequestOptions): readonly string[] {
  const present = object.metadata.finalizers ?? [];
  const orphan = shouldOrphan(definition, present, options);
  const foreground = shouldBlock(present, options) && !orphan;
  const others = present.filter((f) => f !== ORPHAN && f !== FOREGROUND);
  const wanted = [...others, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])];
  return wanted.length === present.length && wanted.every((f) => present.includes(f)) ? present : wanted;
}

function shouldOrphan(definition: ResourceDefinition, present: readonly string[], options: RequestOptions): boolean {
  if (options.orphanDependents !== undefined) return options.orphanDependents;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan';
  if (present.includes(ORPHAN)) return true;
  if (present.includes(FOREGROUND)) return false;
  return ORPHAN_BY_DEFAULT.has(id(definition));
}

function shouldBlock(present: readonly string[], options: RequestOptions): boolean {
  if (options.orphanDependents !== undefined) return false;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground';
  return present.includes(FOREGROUND);
}

/** How a graceful deletion goes on: at once, later, or it is under way already. */
export type Grace =
  | { readonly kind: 'immediate' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'graceful'; readonly seconds: number };

/** rest.BeforeDelete for pods, the only kind with a grace period. */
export function graceOf(definition: ResourceDefinition, object: KubernetesObject, options: RequestOptions): Grace {
  if (id(definition) !== '/pods') return { kind: 'immediate' };
  const { metadata } = object;
  const { spec = {}, status = {} } = object as { spec?: { terminationGracePeriodSeconds?: number; nodeName?: string }; status?: { phase?: string } };
  if (metadata.deletionTimestamp !== undefined) {
    // Only a shorter period changes what is under way.
    const asked = options.gracePeriodSeconds;
    if (asked === undefined || asked >= (metadata.deletionGracePeriodSeconds ?? 0)) return metadata.deletionGracePeriodSeconds === 0 ? { kind: 'immediate' } : { kind: 'pending' };
    return asked === 0 ? { kind: 'immediate' } : { kind: 'graceful', seconds: asked };
  }
  let seconds = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  if (!spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded') seconds = 0;
  return seconds > 0 ? { kind: 'graceful', seconds } : { kind: 'immediate' };
}

/** The object's metadata once its deletion has begun. */
export function markedForDeletion(metadata: ObjectMeta, now: number, seconds: number, finalizers: readonly string[]): ObjectMeta {
  const at = new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const { finalizers: _, ...rest } = metadata;
  return {
    ...rest, ...(finalizers.length > 0 ? { finalizers } : {}), deletionTimestamp: at, deletionGracePeriodSeconds: seconds,
    ...(metadata.deletionTimestamp === undefined && metadata.generation ? { generation: metadata.generation + 1 } : {}),
  };
}

/** An update that takes the last finalizer from an object being deleted removes it. */
export function deletesOnUpdate(object: KubernetesObject): boolean {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds } = object.metadata;
  return deletionTimestamp !== undefined && finalizers.length === 0 && (deletionGracePeriodSeconds ?? 0) === 0 && !hasSpecFinalizers(object);
}

/** A namespace is kept by its own finalizers, in its spec. */
export function hasSpecFinalizers(object: KubernetesObject): boolean {
  return object.kind === 'Namespace' && object.apiVersion === 'v1' && ((object.spec as { finalizers?: readonly string[] } | undefined)?.finalizers?.length ?? 0) > 0;
}
