import { AuthorizerValue } from '../../../api/cel/functions/authorizer';
import type { Variables } from '../../../api/cel/library';
import type { Meter } from '../../../api/cel/meter';
import { celValue } from '../../../api/cel/values';
import { CelFailure } from '../../../api/cel/words';
import type { KubernetesObject } from '../../../api/object';
import type { AdmissionAttributes, AdmissionEnvironment } from '../plugin';
import type { CompiledPolicy } from './compiled';

/** What expressions see of a request: object, oldObject, request, params, namespaceObject, authorizer, and the policy's own variables. */
export function variablesFor({ variables }: CompiledPolicy, params: KubernetesObject | undefined, attributes: AdmissionAttributes, environment: AdmissionEnvironment, budget: Meter): Variables {
  const { definition, namespace, object, oldObject } = attributes;
  const inNamespace = definition.namespaced && namespace !== '' ? environment.get('', 'namespaces', '', namespace) : undefined;
  const own: { [name: string]: unknown } = {};
  const values: Variables = {
    object: celValue(object ?? null), oldObject: celValue(oldObject ?? null), request: celValue(requestOf(attributes)), params: celValue(params ?? null), namespaceObject: celValue(inNamespace ?? null),
    authorizer: authorizerFor(attributes, environment), variables: own,
  };
  // Each is computed when something asks for it, and once.
  for (const { name, expression } of variables) {
    let outcome: { readonly value: unknown } | CelFailure | undefined;
    Object.defineProperty(own, name, { enumerable: true, get: () => {
      outcome ??= evaluate(name, expression, values, budget);
      if (outcome instanceof CelFailure) throw outcome;
      return outcome.value;
    } });
  }
  return values;
}

function evaluate(name: string, expression: CompiledPolicy['variables'][number]['expression'], values: Variables, budget: Meter): { readonly value: unknown } | CelFailure {
  if (expression instanceof CelFailure) return new CelFailure(`composited variable ${JSON.stringify(name)} fails to compile: ${expression.message}`);
  try { return { value: expression.run(values, budget) }; } catch (thrown) { return new CelFailure(`composited variable ${JSON.stringify(name)} fails to evaluate: ${(thrown as Error).message}`); }
}

/** As in an AdmissionRequest. */
function requestOf({ operation, definition, subresource, namespace, name, user, dryRun, options }: AdmissionAttributes): object {
  const kind = { group: definition.group, version: definition.version, kind: definition.kind };
  const resource = { group: definition.group, version: definition.version, resource: definition.resource };
  const { fieldManager, fieldValidation, propagationPolicy, gracePeriodSeconds } = options;
  return {
    kind, resource, ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}), requestKind: kind, requestResource: resource, ...(name ? { name } : {}), ...(definition.namespaced && namespace ? { namespace } : {}), operation,
    userInfo: { username: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) }, dryRun,
    options: { ...(dryRun ? { dryRun: ['All'] } : {}), ...(fieldManager ? { fieldManager } : {}), ...(fieldValidation ? { fieldValidation } : {}), ...(propagationPolicy ? { propagationPolicy } : {}), ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) },
  };
}

function authorizerFor({ definition, subresource, namespace, name, user }: AdmissionAttributes, environment: AdmissionEnvironment): AuthorizerValue {
  return new AuthorizerValue(({ user: account, verb, path, group = '', resource = '', subresource: part = '', namespace: at = '', name: called = '' }) => {
    const [, , ownNamespace = ''] = account?.split(':') ?? [];
    const asked = account === undefined ? user : { username: account, groups: ['system:serviceaccounts', `system:serviceaccounts:${ownNamespace}`, 'system:authenticated'] };
    const allowed = path === undefined ? environment.authorize(asked, verb, group, resource, part, at, called) : environment.authorizePath(asked, verb, path);
    return { allowed, reason: '' };
  }, undefined, { group: definition.group, resource: definition.resource, subresource, namespace, name });
}
