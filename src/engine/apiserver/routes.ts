import { failure, methodNotSupported, type Status } from '../api/status';
import type { RequestContext } from './context';
import { optionsStatus } from './options';

const NO_ROUTE = failure(404, 'NotFound', 'the server could not find the requested resource', {});
const WRONG_METHOD = failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
const COLLECTION_VERBS = new Set(['list', 'create', 'deletecollection']);

/** Why a request reaches no handler: there is no such path, the method is not for it, or its parameters make no sense. */
export function refusedByRoute(context: RequestContext): Status | undefined {
  const { definition, request, name, subresource } = context;
  const { verb } = request;
  if (!definition.namespaced && request.namespace && definition.resource !== 'namespaces') return NO_ROUTE;
  if (subresource !== '') {
    const known = definition.subresources.find((s) => s.name === subresource);
    if (!known || name === '') return NO_ROUTE;
    return known.verbs.includes(verb as never) ? optionsStatus(request) : WRONG_METHOD;
  }
  if (definition.namespaced && !request.namespace && verb !== 'list' && verb !== 'watch' && verb !== 'create') return name === '' ? WRONG_METHOD : NO_ROUTE;
  if (definition.namespaced && !request.namespace && verb === 'create' && definition.verbs.length > 1) return WRONG_METHOD;
  if (!definition.verbs.includes(verb)) return methodNotSupported(definition, verb);
  if (COLLECTION_VERBS.has(verb) !== (name === '') && verb !== 'watch') return WRONG_METHOD;
  return optionsStatus(request);
}
