import type { Scale } from '../../api/generated/types';
import { failure, isStatus } from '../../api/status';
import type { Process } from '../../simulation/process';
import type { Answer, RequestContext } from '../context';
import type { Patching } from '../handlers/patch';
import { bind } from './binding';
import { evict } from './eviction';
import { finalizeNamespace } from './finalize';
import { getScale, sentScale, updateScale } from './scale';
import { createToken } from './token';

/** What needs a container, or a program that listens. */
const CONNECTIONS = new Set(['/pods/log', '/pods/exec', '/pods/attach', '/pods/portforward', '/pods/proxy', '/services/proxy', '/nodes/proxy']);

/** The subresources that are not just a part of the object; undefined for those that are. */
export function handleSubresource(context: RequestContext, patching: Patching): Process<Answer> | undefined {
  const { request, definition, subresource } = context;
  const known = definition.subresources.find((s) => s.name === subresource);
  if (!known) return undefined;
  if (known.scale) {
    const paths = known.scale;
    if (request.verb === 'get') return getScale(context, paths);
    if (request.verb === 'update') return updateScale(context, paths, () => sentScale(context));
    if (request.verb === 'patch') return updateScale(context, paths, (current) => {
      const patched = patching.patch(context, current as never);
      return isStatus(patched) ? patched : (patched as unknown as Scale);
    });
  }
  const key = `${definition.group}/${definition.resource}/${subresource}`;
  if (request.verb === 'create') {
    if (key === '/pods/binding') return bind(context);
    if (key === '/pods/eviction') return evict(context);
    if (key === '/serviceaccounts/token') return createToken(context);
  }
  if (key === '/namespaces/finalize' && request.verb === 'update') return finalizeNamespace(context);
  if (CONNECTIONS.has(key)) return noContainers(context);
  return undefined;
}

/** Simulated containers have no output and nothing to attach to. */
function* noContainers(context: RequestContext): Process<Answer> {
  const status = failure(501, '', `${context.subresource} is not available: the containers of this simulated cluster do not run`, {});
  return { code: status.code, object: status };
}
