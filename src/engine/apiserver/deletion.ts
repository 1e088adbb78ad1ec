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

/** Why a deletion is refused before anything is done (rest.BeforeDelete), or undefined. The kind stands where the resource should: Kubernetes keeps this. */
export function preconditionFailure(definition: ResourceDefinition, object: KubernetesObject, options: RequestOptions): Status | undefined {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = object;
  const resource = { group: definition.group, resource: definition.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    return conflict(resource, metadata.name, `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return conflict(resource, metadata.name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`);
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

/** What a deletion has to do (rest.BeforeDelete with the strategy's CheckGracefulDelete). */
export type Grace =
  /** The kind has no grace, or it is over. */
  | { readonly kind: 'none' }
  /** A deletion with as much or less grace is under way: nothing changes. */
  | { readonly kind: 'pending' }
  /** The object gets this much grace, 0 included, until this time (milliseconds since 1970). */
  | { readonly kind: 'graceful'; readonly seconds: number; readonly until: number };

/** Pods alone have a grace period. */
export function graceOf(definition: ResourceDefinition, object: KubernetesObject, options: RequestOptions, now: number): Grace {
  if (id(definition) !== '/pods') return { kind: 'none' };
  const asked = options.gracePeriodSeconds === undefined ? undefined : options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  if (object.metadata.deletionTimestamp !== undefined) return shortened(object.metadata, asked, now);
  const { spec = {}, status = {} } = object as { spec?: { terminationGracePeriodSeconds?: number; nodeName?: string }; status?: { phase?: string } };
  const atOnce = !spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded';
  const wanted = asked ?? spec.terminationGracePeriodSeconds ?? 0;
  const seconds = atOnce ? 0 : wanted < 0 ? 1 : wanted;
  return { kind: 'graceful', seconds, until: now + seconds * 1000 };
}

/** Only a shorter period changes what is under way, and it never ends in the past. */
function shortened(metadata: ObjectMeta, asked: number | undefined, now: number): Grace {
  const held = metadata.deletionGracePeriodSeconds ?? 0;
  if (held === 0) return { kind: 'none' };
  if (asked === undefined || asked >= held) return { kind: 'pending' };
  const until = Date.parse(metadata.deletionTimestamp ?? '') - held * 1000 + asked * 1000;
  return until < now ? { kind: 'graceful', seconds: asked === 0 ? 0 : 1, until: now } : { kind: 'graceful', seconds: asked, until };
}

/** The object's metadata once its deletion has begun, or has been brought forward. */
export function markedForDeletion(metadata: ObjectMeta, seconds: number, until: number, finalizers: readonly string[]): ObjectMeta {
  const { finalizers: _, ...rest } = metadata;
  return {
    ...rest, ...(finalizers.length > 0 ? { finalizers } : {}), deletionTimestamp: `${new Date(until).toISOString().slice(0, 19)}Z`, deletionGracePeriodSeconds: seconds,
    ...(metadata.deletionTimestamp === undefined && metadata.generation ? { generation: metadata.generation + 1 } : {}),
  };
}

/** An update that leaves an object without finalizers removes it, where its deletion was asked for and its grace is over. */
export function deletesOnUpdate(object: KubernetesObject, current: KubernetesObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = current.metadata;
  return deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0 && (deletionGracePeriodSeconds ?? 0) === 0 && !hasSpecFinalizers(object);
}

/** A namespace is kept by its own finalizers, in its spec. */
export function hasSpecFinalizers(object: KubernetesObject): boolean {
  return object.kind === 'Namespace' && object.apiVersion === 'v1' && ((object.spec as { finalizers?: readonly string[] } | undefined)?.finalizers?.length ?? 0) > 0;
}

/** What the answer to a deletion warns of. */
export function deletionWarning(definition: ResourceDefinition, options: RequestOptions): string | undefined {
  if (id(definition) !== 'batch/jobs' || options.propagationPolicy !== undefined || options.orphanDependents !== undefined) return undefined;
  return 'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';
}
