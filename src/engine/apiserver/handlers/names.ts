import type { KubernetesObject } from '../../api/object';
import { badRequest, type Status } from '../../api/status';
import type { RequestContext } from '../context';

const WRONG_NAMESPACE = 'the namespace of the provided object does not match the namespace sent on the request';

/** rest.EnsureObjectNamespaceMatchesRequestNamespace: refused where they differ; what is in no namespace loses the one it names. */
export function refusedNamespace(context: RequestContext, object: KubernetesObject): Status | undefined {
  const said = object.metadata?.namespace ?? '';
  return context.namespace !== '' && said !== '' && said !== context.namespace ? badRequest(WRONG_NAMESPACE) : undefined;
}

/** An update or patch is of the object that the path names. */
export function refusedName(context: RequestContext, object: KubernetesObject): Status | undefined {
  const said = object.metadata?.name ?? '';
  if (said !== '' && said !== context.name) return badRequest(`the name of the object (${said}) does not match the name on the URL (${context.name})`);
  return refusedNamespace(context, object);
}

/** With the namespace of the request, or without one. */
export function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  const { namespace: said, ...rest } = object.metadata;
  if ((said ?? '') === namespace && (said !== undefined || namespace === '')) return object;
  return { ...object, metadata: namespace === '' ? (rest as KubernetesObject['metadata']) : { ...object.metadata, namespace } };
}
