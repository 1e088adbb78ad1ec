import type { Namespace } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { isStatus, notFound, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { pass, refuse, type Answer, type RequestContext } from '../context';
import { conflict, MODIFIED } from '../../api/status';
import { deletesOnUpdate } from '../deletion';

/** PUT namespaces/NAME/finalize: the only way to change a namespace's own finalizers; without any it goes. */
export function* finalizeNamespace(context: RequestContext): Process<Answer> {
  const { storage, namespace, name } = context;
  const sent = context.request.body as Namespace | undefined;
  const outcome = yield* storage.update(namespace, name, function* (current): Process<KubernetesObject | Status> {
    const version = sent?.metadata?.resourceVersion;
    if (version && version !== current.metadata.resourceVersion) return conflict(storage.definition, name, MODIFIED);
    const { finalizers: _, ...spec } = (current as unknown as Namespace).spec;
    const finalizers = sent?.spec?.finalizers ?? [];
    return { ...current, spec: finalizers.length > 0 ? { ...spec, finalizers } : spec } as KubernetesObject;
  });
  if (isStatus(outcome)) return refuse(context, 'storage', outcome.reason === 'NotFound' ? notFound(storage.definition, name) : outcome);
  pass(context, 'storage', `revision ${outcome.revision}`);
  if (deletesOnUpdate(outcome.object)) yield* storage.remove(outcome.object);
  return { code: 200, object: outcome.object, revision: outcome.revision, before: outcome.before };
}
