import type { KubernetesObject } from '../../api/object';
import { forbidden, isStatus, notFound, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { denial } from '../authorization/rbac';
import { pass, refuse, type Answer, type RequestContext } from '../context';
import { create } from './create';
import { refusedName } from './names';
import { write } from './update';

/** How patches are computed: pure functions on objects. */
export interface Patching {
  /** JSON, merge and strategic merge patches. The result is decoded and defaulted as an update would be. */
  patch(context: RequestContext, current: KubernetesObject): KubernetesObject | Status;
  /** Server-side apply; without a current object it makes the one to create. */
  apply(context: RequestContext, current: KubernetesObject | undefined): KubernetesObject | Status;
}

/** PATCH of an object or of a subresource that is a part of it. */
export function* patch(context: RequestContext, patching: Patching): Process<Answer> {
  const { storage, namespace, name, request } = context;
  const applies = request.patchType === 'application/apply-patch+yaml';
  const current = storage.current(namespace, name);
  if (!current) return applies && context.subresource === '' ? yield* createByApply(context, patching) : refuse(context, 'storage', notFound(storage.definition, name));
  let first = true;
  const warnings = context.warnings.length;
  return yield* write(context, (latest) => {
    context.warnings.length = warnings;
    const wanted = applies ? patching.apply(context, latest) : patching.patch(context, latest);
    if (isStatus(wanted)) return wanted;
    const misnamed = refusedName(context, wanted as KubernetesObject);
    if (misnamed) return misnamed;
    if (first) pass(context, 'decoding');
    first = false;
    return wanted;
  });
}

/** An apply that makes the object needs the right to create it, too. */
function* createByApply(context: RequestContext, patching: Patching): Process<Answer> {
  const { server, user, definition, namespace, name } = context;
  const asked = { verb: 'create', group: definition.group, resource: definition.resource, subresource: '', namespace, name };
  if (!server.authorize(user, asked).allowed) return refuse(context, 'authorization', forbidden(definition, name, denial(user, asked)));
  const wanted = patching.apply(context, undefined);
  if (isStatus(wanted)) return refuse(context, 'decoding', wanted);
  const misnamed = refusedName(context, wanted as KubernetesObject);
  if (misnamed) return refuse(context, 'decoding', misnamed);
  return yield* create({ ...context, request: { ...context.request, body: wanted, text: undefined } });
}
