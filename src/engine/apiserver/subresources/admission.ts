import type { KubernetesObject } from '../../api/object';
import type { Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { attributesOf, type RequestContext } from '../context';

/** Runs the mutating plugins on what is sent to a subresource, as on the creation of an object. */
export function admitted(context: RequestContext, body: KubernetesObject): KubernetesObject | Status {
  const { server } = context;
  return server.admission.admit({ ...attributesOf(context, 'CREATE', body, undefined), name: context.name, object: body }, server.environment(context.warnings), context.stages);
}

/** Runs the validating plugins; the result is the refusal of one of them. */
export function* refusedByAdmission(context: RequestContext, body: KubernetesObject): Process<Status | undefined> {
  const { server } = context;
  return yield* server.admission.validate({ ...attributesOf(context, 'CREATE', body, undefined), name: context.name }, server.environment(context.warnings), context.stages);
}
