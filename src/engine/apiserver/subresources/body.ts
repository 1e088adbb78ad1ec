import { decodeObject } from '../../api/decode/decode';
import type { KubernetesObject } from '../../api/object';
import type { GroupVersionKind } from '../../api/resources/definition';
import { badRequest, isStatus, type Status } from '../../api/status';
import type { RequestContext } from '../context';

/** Kinds that the schema knows by a longer name. */
const SCHEMAS: { readonly [kind: string]: string } = { TokenRequest: 'AuthenticationTokenRequest' };

/** The body of a request for a subresource of another kind than its resource, read as that kind. */
export function bodyOf(context: RequestContext, kind: GroupVersionKind, alsoAccepts: readonly string[] = []): KubernetesObject | Status {
  const body = context.request.text ?? context.request.body;
  if (body === undefined || (typeof body !== 'string' && (typeof body !== 'object' || body === null))) return badRequest('the request has no body');
  const decoded = decodeObject({ body, yaml: context.request.yaml, expected: { ...kind, schema: SCHEMAS[kind.kind] ?? kind.kind, alsoAccepts }, fieldValidation: context.options.fieldValidation });
  if (isStatus(decoded)) return decoded;
  context.warnings.push(...decoded.warnings);
  return decoded.object;
}
