import { isStatus } from '../../api/status';
import type { KubernetesObject } from '../../api/object';
import type { Process } from '../../simulation/process';
import { pass, refuse, type Answer, type RequestContext } from '../context';
import { refusedName } from '../handlers/names';
import { write } from '../handlers/update';
import { bodyOf } from './body';

/** PUT namespaces/NAME/finalize: the only way to change a namespace's own finalizers; without any it goes. */
export function* finalizeNamespace(context: RequestContext): Process<Answer> {
  const { storage, server } = context;
  const sent = bodyOf(context, storage.definition);
  if (isStatus(sent)) return refuse(context, 'decoding', sent);
  const misnamed = refusedName(context, sent as KubernetesObject);
  if (misnamed) return refuse(context, 'decoding', misnamed);
  pass(context, 'decoding');
  const defaulted = server.kinds.defaults(storage.definition, sent as KubernetesObject);
  return yield* write(context, () => defaulted);
}
