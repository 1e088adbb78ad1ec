import type { KubernetesObject } from '../../api/object';
import { isStatus, notFound, success, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { attributesOf, pass, refusal, refuse, type Answer, type RequestContext } from '../context';
import { finalizersForDeletion, graceOf, hasSpecFinalizers, markedForDeletion, preconditionFailure, returnsObject } from '../deletion';

/** Attempts to delete an object that others keep changing. */
const MAX_ATTEMPTS = 30;

/** DELETE of one object: at once, after a grace period, or when its finalizers are gone. */
export function* remove(context: RequestContext): Process<Answer> {
  const { storage, namespace, name, server } = context;
  const first = storage.current(namespace, name);
  if (!first) return refuse(context, 'storage', notFound(storage.definition, name));
  const denied = yield* server.admission.validate(attributesOf(context, 'DELETE', undefined, first), server.environment(context.warnings), context.stages);
  if (denied) return refusal(denied);
  return yield* removeObject(context, namespace, name);
}

/** DELETE of a collection: each object as if it were deleted by itself. */
export function* removeCollection(context: RequestContext, objects: readonly KubernetesObject[]): Process<Answer> {
  const removed: KubernetesObject[] = [];
  for (const object of objects) {
    const answer = yield* removeObject(context, object.metadata.namespace ?? '', object.metadata.name);
    if (isStatus(answer.object) && answer.object.status === 'Failure' && answer.object.reason !== 'NotFound') return answer;
    removed.push(object);
  }
  const { definition } = context;
  const list = { apiVersion: definition.group ? `${definition.group}/${definition.version}` : definition.version, kind: definition.listKind, metadata: { resourceVersion: String(context.storage.cache.revision) }, items: removed };
  return { code: 200, object: list as unknown as KubernetesObject };
}

function* removeObject(context: RequestContext, namespace: string, name: string): Process<Answer> {
  const { storage, options, server } = context;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const current = storage.current(namespace, name);
    if (!current) return refuse(context, 'storage', notFound(storage.definition, name));
    const failed = preconditionFailure(storage.definition, current, options);
    if (failed) return refuse(context, 'storage', failed);
    const grace = graceOf(storage.definition, current, options);
    const finalizers = finalizersForDeletion(storage.definition, current, options);
    if (grace.kind === 'pending' && finalizers === current.metadata.finalizers) return { code: 200, object: current };
    const kept = grace.kind !== 'immediate' || finalizers.length > 0 || hasSpecFinalizers(current);
    if (context.options.dryRun) return kept ? { code: 200, object: current } : gone(context, current);
    if (!kept) {
      const outcome = yield* storage.remove(current);
      if (outcome === 'changed') continue;
      if (isStatus(outcome)) return refuse(context, 'storage', outcome);
      pass(context, 'storage', `revision ${outcome.revision}`);
      return { ...gone(context, current), revision: outcome.revision, before: current };
    }
    const seconds = grace.kind === 'graceful' ? grace.seconds : 0;
    const already = current.metadata.deletionTimestamp !== undefined && grace.kind !== 'graceful';
    const outcome = yield* storage.update(namespace, name, function* (latest): Process<KubernetesObject | Status> {
      if (latest !== current && preconditionFailure(storage.definition, latest, options)) return preconditionFailure(storage.definition, latest, options) as Status;
      if (already) {
        return finalizers === (latest.metadata.finalizers ?? []) || sameList(finalizers, latest.metadata.finalizers ?? []) ? latest : { ...latest, metadata: { ...latest.metadata, finalizers } };
      }
      return terminating({ ...latest, metadata: markedForDeletion(latest.metadata, server.simulation.wallMilliseconds(), seconds, finalizers) });
    });
    if (isStatus(outcome)) return refuse(context, 'storage', outcome);
    pass(context, 'storage', `revision ${outcome.revision}`);
    const accepted = options.orphanDependents === false;
    return { code: accepted ? 202 : 200, object: outcome.object, revision: outcome.revision, before: outcome.before };
  }
  return refuse(context, 'storage', notFound(storage.definition, name));
}

/** A namespace shows in its phase that it is going. */
function terminating(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') return object;
  return { ...object, status: { ...(object.status as object), phase: 'Terminating' } };
}

function gone(context: RequestContext, object: KubernetesObject): Answer {
  const { definition } = context.storage;
  if (returnsObject(definition)) return { code: 200, object };
  return { code: 200, object: success({ name: object.metadata.name, ...(definition.group ? { group: definition.group } : {}), kind: definition.resource, uid: object.metadata.uid }) };
}

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((v, i) => v === b[i]);
