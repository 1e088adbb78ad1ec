import type { CustomResourceDefinition } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { MODIFIED, conflict, isStatus, methodNotSupported, notFound, success, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { attributesOf, pass, refusal, refuse, type Answer, type RequestContext } from '../context';
import { terminatingDefinition } from '../customResources/conditions';
import { deletionWarning, finalizersForDeletion, graceOf, hasSpecFinalizers, markedForDeletion, preconditionFailure, returnsObject, type Grace } from '../deletion';

/** Attempts to delete an object that others keep changing. */
const MAX_ATTEMPTS = 30;

/** DELETE of one object: at once, after a grace period, or when its finalizers are gone. */
export function* remove(context: RequestContext): Process<Answer> {
  const { definition } = context.storage;
  const warning = deletionWarning(definition, context.options);
  if (warning !== undefined) context.warnings.push(warning);
  return yield* removeObject(context, context.namespace, context.name);
}

/** DELETE of a collection: each object as if it were deleted by itself. */
export function* removeCollection(context: RequestContext, objects: readonly KubernetesObject[]): Process<Answer> {
  const { definition, storage } = context;
  if (definition.namespaced && context.namespace === '') return refuse(context, 'storage', methodNotSupported(definition, 'deletecollection'));
  const warning = deletionWarning(definition, context.options);
  if (warning !== undefined) context.warnings.push(warning);
  const removed: KubernetesObject[] = [];
  for (const object of objects) {
    const answer = yield* removeObject(context, object.metadata.namespace ?? '', object.metadata.name);
    if (isStatus(answer.object) && answer.object.status === 'Failure' && answer.object.reason !== 'NotFound') return answer;
    removed.push(object);
  }
  const list = { apiVersion: definition.group ? `${definition.group}/${definition.version}` : definition.version, kind: definition.listKind, metadata: { resourceVersion: String(storage.cache.revision) }, items: removed };
  return { code: 200, object: list as unknown as KubernetesObject };
}

/** registry.Store.Delete */
function* removeObject(context: RequestContext, namespace: string, name: string): Process<Answer> {
  const { storage, options } = context;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const current = storage.current(namespace, name);
    if (!current) return refuse(context, 'storage', notFound(storage.definition, name));
    const failed = preconditionFailure(storage.definition, current, options);
    if (failed) return refuse(context, 'storage', failed);
    const denied = yield* context.server.admission.validate({ ...attributesOf(context, 'DELETE', undefined, current), namespace, name }, context.server.environment(context.warnings), context.stages);
    if (denied) return refusal(denied);
    const answer = yield* removeSeen(context, current);
    if (answer !== 'changed') return answer;
  }
  return refuse(context, 'storage', conflict(storage.definition, name, MODIFIED));
}

/** Marks the object, removes it, or both: as far as it can go now. */
function* removeSeen(context: RequestContext, seen: KubernetesObject): Process<Answer | 'changed'> {
  const { storage, options, server } = context;
  const grace = graceOf(storage.definition, seen, options, server.simulation.wallMilliseconds());
  if (grace.kind === 'pending') return accepted(context, ended(context, seen));
  const marked = marking(context, seen, grace);
  const kept = (marked.metadata.finalizers?.length ?? 0) > 0 || hasSpecFinalizers(marked) || (grace.kind === 'graceful' && grace.seconds > 0);
  if (options.dryRun) return kept ? accepted(context, { code: 200, object: marked }) : ended(context, seen);
  let last = seen, revision: number | undefined;
  if (marked !== seen) {
    const outcome = yield* storage.update(seen.metadata.namespace ?? '', seen.metadata.name, function* (latest): Process<KubernetesObject | Status> {
      return latest === seen ? marked : conflict(storage.definition, seen.metadata.name, MODIFIED);
    });
    if (isStatus(outcome)) return outcome.reason === 'Conflict' ? 'changed' : refuse(context, 'storage', outcome);
    ({ object: last, revision } = outcome);
  }
  if (kept) {
    pass(context, 'storage', revision === undefined ? 'unchanged' : `revision ${revision}`);
    return accepted(context, { code: 200, object: last, ...(revision === undefined ? {} : { revision }), before: seen });
  }
  const outcome = yield* storage.remove(last);
  if (outcome === 'changed') return 'changed';
  if (isStatus(outcome)) return outcome.reason === 'NotFound' && last !== seen ? ended(context, last) : refuse(context, 'storage', outcome);
  pass(context, 'storage', `revision ${outcome.revision}`);
  yield* removeEndpoints(context, last);
  return { ...ended(context, last), revision: outcome.revision, before: last };
}

/** A service takes the Endpoints of its name with it (registry/core/service: DeleteEndpoints); their controller then finds them gone. */
function* removeEndpoints(context: RequestContext, removed: KubernetesObject): Process<void> {
  const { definition } = context.storage;
  if (definition.group !== '' || definition.resource !== 'services') return;
  const endpoints = context.server.storageOf('', 'endpoints');
  const found = endpoints?.current(removed.metadata.namespace ?? '', removed.metadata.name);
  if (endpoints && found) yield* endpoints.remove(found);
}

/** The object as it is stored until it can go; itself where it can go at once, or is marked already. */
function marking(context: RequestContext, seen: KubernetesObject, grace: Grace): KubernetesObject {
  const { definition } = context.storage;
  const now = context.server.simulation.wallMilliseconds();
  if (definition.kind === 'CustomResourceDefinition' && definition.group === 'apiextensions.k8s.io') return terminatingDefinition(seen as unknown as CustomResourceDefinition, now) as unknown as KubernetesObject;
  const finalizers = finalizersForDeletion(definition, seen, context.options);
  if (isNamespace(seen)) return terminatingNamespace(seen, now, finalizers);
  if (grace.kind === 'graceful') return { ...seen, metadata: markedForDeletion(seen.metadata, grace.seconds, grace.until, finalizers) };
  if (finalizers.length === 0) return seen;
  const { deletionTimestamp, deletionGracePeriodSeconds } = seen.metadata;
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers === seen.metadata.finalizers) return seen;
  const until = deletionTimestamp === undefined ? now : Math.min(now, Date.parse(deletionTimestamp));
  return { ...seen, metadata: markedForDeletion(seen.metadata, 0, until, finalizers) };
}

const isNamespace = (object: KubernetesObject): boolean => object.kind === 'Namespace' && object.apiVersion === 'v1';

/** A namespace shows in its phase that it is going; what is in it keeps it until then. */
function terminatingNamespace(seen: KubernetesObject, now: number, finalizers: readonly string[]): KubernetesObject {
  if (seen.metadata.deletionTimestamp !== undefined || (!hasSpecFinalizers(seen) && finalizers.length === 0)) return seen;
  const { deletionGracePeriodSeconds: _, ...metadata } = markedForDeletion(seen.metadata, 0, now, finalizers);
  return { ...seen, metadata, status: { ...(seen.status as object), phase: 'Terminating' } };
}

/** A deletion that goes on is answered with 202 where the client asked for its dependents to go too, in the old way. */
const accepted = (context: RequestContext, answer: Answer): Answer => (context.options.orphanDependents === false ? { ...answer, code: 202 } : answer);

/** registry.Store.finalizeDelete: the object, or a Status that names it. */
function ended(context: RequestContext, object: KubernetesObject): Answer {
  const { definition } = context.storage;
  if (returnsObject(definition)) return { code: 200, object };
  const { code: _, ...status } = success({ name: object.metadata.name, ...(definition.group ? { group: definition.group } : {}), kind: definition.resource, uid: object.metadata.uid });
  return { code: 200, object: status as Status };
}
