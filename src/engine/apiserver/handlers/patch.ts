import type { KubernetesObject } from '../../api/object';
import { failure, isStatus, notFound, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { pass, refuse, type Answer, type RequestContext } from '../context';
import { create } from './create';
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
  if (applies && !context.options.fieldManager) {
    return refuse(context, 'decoding', failure(422, 'Invalid', 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch', { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }] }));
  }
  if (!current) return applies && context.subresource === '' ? yield* createByApply(context, patching) : refuse(context, 'storage', notFound(storage.definition, name));
  let first = true;
  const answer = yield* write(context, (latest) => {
    const wanted = applies ? patching.apply(context, latest) : patching.patch(context, latest);
    if (first && !isStatus(wanted)) pass(context, 'decoding');
    first = false;
    return wanted;
  }, undefined);
  return answer;
}

function* createByApply(context: RequestContext, patching: Patching): Process<Answer> {
  const wanted = patching.apply(context, undefined);
  if (isStatus(wanted)) return refuse(context, 'decoding', wanted);
  return yield* create({ ...context, request: { ...context.request, body: wanted, text: undefined } });
}
