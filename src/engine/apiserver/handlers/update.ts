import type { KubernetesObject } from '../../api/object';
import { MODIFIED, badRequest, conflict, isStatus, notFound, type Status } from '../../api/status';
import { invalidStatus } from '../../api/validation/field';
import type { Process } from '../../simulation/process';
import { attributesOf, pass, refusal, refuse, strategyContext, type Answer, type RequestContext } from '../context';
import { deletesOnUpdate } from '../deletion';
import { sameObject } from '../equality';
import { createdInAnotherVersion } from '../versions';
import { create } from './create';

/** Resources that a PUT may create (rest.AllowCreateOnUpdate). */
const CREATE_ON_UPDATE = new Set(['/endpoints', '/limitranges', '/events', 'coordination.k8s.io/leases', 'rbac.authorization.k8s.io/none']);

/** PUT of an object or of its status. */
export function* update(context: RequestContext): Process<Answer> {
  const { server, storage, request, namespace, name } = context;
  const base = context.definition === storage.definition ? storage.current(namespace, name) : undefined;
  const decoded = server.kinds.decode(context.definition, request, base);
  if (isStatus(decoded)) return refuse(context, 'decoding', decoded);
  context.warnings.push(...decoded.warnings);
  const said = decoded.object.metadata;
  if (said.name !== '' && said.name !== undefined && said.name !== name) return refuse(context, 'decoding', badRequest(`the name of the object (${said.name}) does not match the name on the URL (${name})`));
  if ((said.namespace ?? '') !== '' && said.namespace !== namespace) return refuse(context, 'decoding', badRequest('the namespace of the provided object does not match the namespace sent on the request'));
  pass(context, 'decoding');
  const complete = createdInAnotherVersion(context.definition, decoded.object);
  const defaulted = server.kinds.defaults(storage.definition, complete, base);
  context.stages.push({ name: 'defaulting', verdict: defaulted === complete ? 'passed' : 'changed' });
  if (!storage.current(namespace, name) && context.subresource === '' && CREATE_ON_UPDATE.has(`${storage.definition.group}/${storage.definition.resource}`)) return yield* create(context);
  return yield* write(context, () => defaulted, said.resourceVersion);
}

/**
 * The common end of every update and patch: `change` gives the wanted object from the current one; then come admission,
 * the kind's own rules, validation and the compare-and-swap, again from the start when somebody else was quicker
 * (unless a resourceVersion was given: then that is a conflict).
 */
export function* write(context: RequestContext, change: (current: KubernetesObject) => KubernetesObject | Status, resourceVersion: string | undefined): Process<Answer> {
  const { storage, namespace, name } = context;
  const firstStage = context.stages.length;
  let deleted = false;
  let tried: KubernetesObject | undefined;
  const outcome = yield* storage.update(namespace, name, function* (current): Process<KubernetesObject | Status> {
    context.stages.length = firstStage;
    deleted = false;
    if (resourceVersion && resourceVersion !== '0' && resourceVersion !== current.metadata.resourceVersion) return conflict(storage.definition, name, MODIFIED);
    const wanted = change(current);
    if (isStatus(wanted)) return wanted;
    const tracked = context.server.fields.track(context, current, keepSystemMetadata(wanted as KubernetesObject, current));
    const next = yield* admitted(context, tracked, current);
    if (isStatus(next)) return next;
    if (sameObject(next as KubernetesObject, current)) return current;
    if (context.options.dryRun) { tried = next as KubernetesObject; return current; }
    deleted = deletesOnUpdate(next as KubernetesObject);
    return next;
  });
  if (isStatus(outcome)) return context.stages.at(-1)?.verdict === 'refused' ? refusal(outcome) : refuse(context, 'storage', outcome);
  if (tried) return { code: 200, object: tried, before: outcome.before };
  pass(context, 'storage', outcome.object === outcome.before ? 'unchanged' : `revision ${outcome.revision}`);
  if (deleted) yield* storage.remove(outcome.object);
  return { code: 200, object: outcome.object, revision: outcome.revision, before: outcome.before };
}

function* admitted(context: RequestContext, wanted: KubernetesObject, current: KubernetesObject): Process<KubernetesObject | Status> {
  const { server, storage, subresource } = context;
  if (wanted.metadata.uid !== current.metadata.uid) {
    return conflict(storage.definition, context.name, `Precondition failed: UID in precondition: ${wanted.metadata.uid}, UID in object meta: ${current.metadata.uid}`);
  }
  const environment = server.environment(context.warnings);
  const mutated = server.admission.admit({ ...attributesOf(context, 'UPDATE', wanted, current), object: wanted }, environment, context.stages);
  if (isStatus(mutated)) return mutated;
  const { object: prepared, errors: unallocated } = server.kinds.prepareForUpdate(storage.definition, subresource, mutated, current, strategyContext(context));
  if (unallocated.length === 0 && sameObject(prepared, current)) return current;
  const errors = [...unallocated, ...server.kinds.validateUpdate(storage.definition, subresource, prepared, current)];
  if (errors.length > 0) {
    const status = invalidStatus(storage.definition, context.name, errors);
    refuse(context, 'validation', status);
    return status;
  }
  pass(context, 'validation');
  if (subresource === '') context.warnings.push(...server.kinds.warnings(storage.definition, prepared, current));
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
