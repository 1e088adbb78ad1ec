import type { KubernetesObject } from '../../api/object';
import { MODIFIED, conflict, isStatus, notFound, type Status } from '../../api/status';
import { Path, invalidStatus } from '../../api/validation/field';
import type { Process } from '../../simulation/process';
import { attributesOf, pass, refusal, refuse, strategyContext, type Answer, type RequestContext } from '../context';
import { deletesOnUpdate } from '../deletion';
import { sameObject } from '../equality';
import { storageKey } from '../storageKey';
import { createdInAnotherVersion } from '../versions';
import { create } from './create';
import { refusedEscalation } from './escalation';
import { refusedName } from './names';

/** Resources that a PUT may create (rest.AllowCreateOnUpdate). */
const CREATE_ON_UPDATE = new Set([
  '/endpoints', '/limitranges', '/events', 'coordination.k8s.io/leases', 'rbac.authorization.k8s.io/roles', 'rbac.authorization.k8s.io/rolebindings', 'rbac.authorization.k8s.io/clusterroles',
  'rbac.authorization.k8s.io/clusterrolebindings',
]);
/** Groups and resources of which an update has to name the version that it replaces (AllowUnconditionalUpdate is false). */
const CONDITIONAL = new Set([
  'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'coordination.k8s.io', 'flowcontrol.apiserver.k8s.io', 'policy', 'node.k8s.io', 'scheduling.k8s.io/priorityclasses',
  'storage.k8s.io/csidrivers', 'storage.k8s.io/csinodes', 'storage.k8s.io/csistoragecapacities', 'storage.k8s.io/volumeattachments', 'storage.k8s.io/volumeattributesclasses',
]);
/** Writes of one request until the object stays as it was read: more attempts than anybody needs. */
const MAX_DELETIONS = 30;

/** PUT of an object or of its status. */
export function* update(context: RequestContext): Process<Answer> {
  const { server, storage, request, namespace, name } = context;
  const base = context.definition === storage.definition ? storage.current(namespace, name) : undefined;
  const decoded = server.kinds.decode(context.definition, request, base);
  if (isStatus(decoded)) return refuse(context, 'decoding', decoded);
  context.warnings.push(...decoded.warnings);
  const misnamed = refusedName(context, decoded.object);
  if (misnamed) return refuse(context, 'decoding', misnamed);
  pass(context, 'decoding');
  const complete = createdInAnotherVersion(context.definition, decoded.object);
  const defaulted = server.kinds.defaults(storage.definition, complete, base);
  context.stages.push({ name: 'defaulting', verdict: defaulted === complete ? 'passed' : 'changed' });
  if (!storage.current(namespace, name) && context.subresource === '' && CREATE_ON_UPDATE.has(`${storage.definition.group}/${storage.definition.resource}`)) return yield* create(context);
  return yield* write(context, () => defaulted);
}

interface Attempt {
  /** What a dry run would have stored. */
  tried?: KubernetesObject;
  /** What a client is told of an object that went because this update took its last finalizer. */
  deleted?: KubernetesObject;
}

/**
 * The common end of every update and patch: `change` gives the wanted object from the current one; then come admission,
 * the kind's own rules, validation and the compare-and-swap, again from the start when somebody else was quicker
 * (unless the wanted object names the version it replaces: then that is a conflict).
 */
export function* write(context: RequestContext, change: (current: KubernetesObject) => KubernetesObject | Status): Process<Answer> {
  const held: (() => void)[] = [];
  try {
    for (let n = 0; n < MAX_DELETIONS; n++) {
      const answer = yield* writeOnce(context, change, held);
      if (answer !== 'changed') return answer;
    }
    return refuse(context, 'storage', conflict(context.storage.definition, context.name, MODIFIED));
  } finally {
    for (const release of held) release();
  }
}

function* writeOnce(context: RequestContext, change: (current: KubernetesObject) => KubernetesObject | Status, held: (() => void)[]): Process<Answer | 'changed'> {
  const { storage, namespace, name } = context;
  const firstStage = context.stages.length;
  let attempt: Attempt = {};
  const outcome = yield* storage.update(namespace, name, function* (current): Process<KubernetesObject | Status> {
    context.stages.length = firstStage;
    attempt = {};
    const wanted = change(current);
    if (isStatus(wanted)) return wanted;
    const stale = conflictOf(context, wanted as KubernetesObject, current);
    if (stale) return stale;
    const tracked = context.server.fields.track(context, current, keepSystemMetadata(wanted as KubernetesObject, current));
    const next = yield* admitted(context, tracked, current, held);
    if (isStatus(next)) return next;
    if (unchanged(context, next as KubernetesObject, current)) return current;
    if (deletesOnUpdate(next as KubernetesObject, current)) attempt.deleted = next as KubernetesObject;
    if (context.options.dryRun) attempt.tried = next as KubernetesObject;
    return attempt.tried || attempt.deleted ? current : next;
  });
  if (isStatus(outcome)) return context.stages.at(-1)?.verdict === 'refused' ? refusal(outcome) : refuse(context, 'storage', outcome);
  if (attempt.tried) return { code: 200, object: attempt.tried, before: outcome.before };
  if (attempt.deleted) return yield* deleteInstead(context, outcome.before, attempt.deleted);
  pass(context, 'storage', outcome.object === outcome.before ? 'unchanged' : `revision ${outcome.revision}`);
  return { code: 200, object: outcome.object, revision: outcome.revision, before: outcome.before };
}

/** Without its last finalizer an object on its way out is not written again, but removed. */
function* deleteInstead(context: RequestContext, stored: KubernetesObject, wanted: KubernetesObject): Process<Answer | 'changed'> {
  const removed = yield* context.storage.remove(stored);
  if (removed === 'changed') return 'changed';
  if (isStatus(removed) && removed.reason !== 'NotFound') return refuse(context, 'storage', removed);
  const revision = isStatus(removed) ? undefined : removed.revision;
  pass(context, 'storage', revision === undefined ? 'already gone' : `revision ${revision}, deleted`);
  return { code: 200, object: wanted, ...(revision === undefined ? {} : { revision }), before: stored };
}

/** Why the object that is replaced is not the one that the client meant. */
function conflictOf(context: RequestContext, wanted: KubernetesObject, current: KubernetesObject): Status | undefined {
  const { definition } = context.storage;
  const { uid, resourceVersion } = wanted.metadata;
  if (uid && uid !== current.metadata.uid) {
    const key = storageKey(definition, context.namespace, context.name);
    return conflict(definition, context.name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
  }
  if (resourceVersion && resourceVersion !== '0') return resourceVersion === current.metadata.resourceVersion ? undefined : conflict(definition, context.name, MODIFIED);
  const conditional = definition.schema === '' || CONDITIONAL.has(definition.group) || CONDITIONAL.has(`${definition.group}/${definition.resource}`);
  if (!conditional || context.request.verb !== 'update') return undefined;
  return invalidStatus(definition, context.name, [{ type: 'Invalid', field: Path.of('metadata', 'resourceVersion').toString(), body: 'Invalid value: 0x0: must be specified for an update' }]);
}

function unchanged(context: RequestContext, next: KubernetesObject, current: KubernetesObject): boolean {
  return next === current || (sameObject(next, current) && context.server.fields.sameManagers(current, next));
}

function* admitted(context: RequestContext, wanted: KubernetesObject, current: KubernetesObject, held: (() => void)[]): Process<KubernetesObject | Status> {
  const { server, storage, part } = context;
  const environment = server.environment(context.warnings);
  const mutated = server.admission.admit({ ...attributesOf(context, 'UPDATE', wanted, current), object: wanted }, environment, context.stages);
  if (isStatus(mutated)) return mutated;
  const escalating = refusedEscalation(context, mutated, current);
  if (escalating) return escalating;
  const { object: prepared, errors: unallocated, release } = server.kinds.prepareForUpdate(storage.definition, part, mutated, current, strategyContext(context));
  if (release) held.push(release);
  if (unallocated.length === 0 && unchanged(context, prepared, current)) return current;
  const errors = unallocated.length > 0 ? unallocated : server.kinds.validateUpdate(storage.definition, part, prepared, current, context.definition);
  if (errors.length > 0) {
    const status = invalidStatus(storage.definition, context.name, errors);
    refuse(context, 'validation', status);
    return status;
  }
  pass(context, 'validation');
  if (part === '') context.warnings.push(...server.kinds.warnings(storage.definition, prepared, current));
  const denied = yield* server.admission.validate(attributesOf(context, 'UPDATE', prepared, current), environment, context.stages);
  if (denied) return denied;
  return prepared;
}

/** What no client can change (rest.BeforeUpdate); what a client left out of them is taken over. */
function keepSystemMetadata(wanted: KubernetesObject, current: KubernetesObject): KubernetesObject {
  const { metadata: old } = current;
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, selfLink: ___, ...said } = wanted.metadata;
  const metadata = {
    ...said, name: old.name, ...(old.namespace ? { namespace: old.namespace } : {}), uid: said.uid || old.uid, resourceVersion: old.resourceVersion,
    creationTimestamp: old.creationTimestamp, ...(old.generation !== undefined ? { generation: old.generation } : {}),
    ...(old.deletionTimestamp !== undefined ? { deletionTimestamp: old.deletionTimestamp } : {}),
    ...(old.deletionGracePeriodSeconds !== undefined ? { deletionGracePeriodSeconds: old.deletionGracePeriodSeconds } : {}),
  };
  return { ...wanted, apiVersion: current.apiVersion, kind: current.kind, metadata };
}

/** The object a subresource belongs to, or the 404. */
export function parentOf(context: RequestContext): KubernetesObject | Status {
  return context.storage.current(context.namespace, context.name) ?? notFound(context.storage.definition, context.name);
}
