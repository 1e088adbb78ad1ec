import type { KubernetesObject } from '../../api/object';
import { refuse, type RequestContext } from '../context';
import type { Status } from '../../api/status';

/** The refusal of a write that would give away more rights than its author has; for everything but roles and bindings there is none. */
export function refusedEscalation(context: RequestContext, object: KubernetesObject, oldObject: KubernetesObject | undefined): Status | undefined {
  const { server, user, storage, namespace, name } = context;
  const refusal = server.escalation({ user, definition: storage.definition, requestName: name, namespace, object, oldObject });
  if (refusal) refuse(context, 'authorization', refusal);
  return refusal;
}
