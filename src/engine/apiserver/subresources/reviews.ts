import type { KubernetesObject } from '../../api/object';
import { isStatus } from '../../api/status';
import type { Process } from '../../simulation/process';
import type { AuthorizationRequest } from '../authorization/rbac';
import { refuse, type Answer, type RequestContext } from '../context';
import type { UserInfo } from '../request';
import { invalidStatus } from '../../api/validation/field';

interface AccessReviewSpec {
  readonly resourceAttributes?: { readonly namespace?: string; readonly verb?: string; readonly group?: string; readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly token?: string;
  readonly namespace?: string;
}

/** The kinds that are questions: nothing is stored, the answer is in the status. Undefined for all others. */
export function review(context: RequestContext): Process<Answer> | undefined {
  const { group } = context.definition;
  if (context.request.verb !== 'create' || (group !== 'authorization.k8s.io' && group !== 'authentication.k8s.io')) return undefined;
  return answer(context);
}

function* answer(context: RequestContext): Process<Answer> {
  const { server, definition, user } = context;
  const decoded = server.kinds.decode(definition, context.request);
  if (isStatus(decoded)) return refuse(context, 'decoding', decoded);
  const { object } = decoded;
  const errors = server.kinds.validateCreate(definition, { ...object, metadata: { ...object.metadata, name: object.metadata.name ?? '' } });
  if (errors.length > 0) return refuse(context, 'validation', invalidStatus(definition, object.metadata.name ?? '', errors));
  const spec = (object.spec ?? {}) as AccessReviewSpec;
  const status = ((): unknown => {
    switch (definition.kind) {
      case 'SelfSubjectAccessReview': return access(context, user, spec);
      case 'SubjectAccessReview': case 'LocalSubjectAccessReview': return access(context, { username: spec.user ?? '', groups: spec.groups ?? [], ...(spec.uid ? { uid: spec.uid } : {}) }, spec);
      case 'SelfSubjectRulesReview': return rules(context, spec.namespace ?? '');
      case 'SelfSubjectReview': return { userInfo: { username: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) } };
      case 'TokenReview': return tokenStatus(context, spec.token ?? '');
      default: return {};
    }
  })();
  const metadata = definition.kind === 'SelfSubjectReview' ? { creationTimestamp: server.simulation.timestamp() } : { ...object.metadata };
  return { code: 201, object: { ...object, metadata, status } as unknown as KubernetesObject };
}

function access(context: RequestContext, user: UserInfo, spec: AccessReviewSpec): object {
  const { resourceAttributes: r, nonResourceAttributes: n } = spec;
  const asked: AuthorizationRequest = n
    ? { verb: n.verb ?? '', group: '', resource: '', subresource: '', namespace: '', name: '', path: n.path ?? '' }
    : { verb: r?.verb ?? '', group: r?.group ?? '', resource: r?.resource ?? '', subresource: r?.subresource ?? '', namespace: r?.namespace ?? '', name: r?.name ?? '' };
  const verdict = context.server.authorize(user, asked);
  return { allowed: verdict.allowed, ...(verdict.allowed && verdict.reason.startsWith('RBAC') ? { reason: verdict.reason } : {}) };
}

function rules(context: RequestContext, namespace: string): object {
  const all = context.server.rulesFor(context.user, namespace);
  return {
    resourceRules: all.filter((rule) => rule.resources?.length).map((rule) => ({ verbs: rule.verbs, apiGroups: rule.apiGroups, resources: rule.resources, ...(rule.resourceNames?.length ? { resourceNames: rule.resourceNames } : {}) })),
    nonResourceRules: all.filter((rule) => rule.nonResourceURLs?.length).map((rule) => ({ verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs })),
    incomplete: false,
  };
}

function tokenStatus(context: RequestContext, token: string): object {
  const found = context.server.authenticateToken(token);
  return found ? { authenticated: true, user: { username: found.username, ...(found.uid ? { uid: found.uid } : {}), groups: found.groups }, audiences: ['https://kubernetes.default.svc.cluster.local'] } : { authenticated: false, error: 'invalid bearer token', user: {} };
}
