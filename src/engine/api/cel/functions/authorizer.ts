import type { Environment } from '@marcbachmann/cel-js';

/** What an authorization check of an expression asks. */
export interface AuthorizationCheck {
  readonly user: string | undefined;
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}
/** Whether it is allowed; `user` is a service account's name, or undefined for who sent the request. */
export type Authorize = (check: AuthorizationCheck) => { readonly allowed: boolean; readonly reason: string };

export class AuthorizerValue {
  /** @param requested what the request is about, for authorizer.requestResource */
  constructor(readonly authorize: Authorize, readonly user: string | undefined, readonly requested: Omit<AuthorizationCheck, 'user' | 'verb'>) {}
  get requestResource(): ResourceCheck { return new ResourceCheck(this, this.requested); }
}
class PathCheck { constructor(readonly authorizer: AuthorizerValue, readonly path: string) {} }
class GroupCheck { constructor(readonly authorizer: AuthorizerValue, readonly group: string) {} }
class ResourceCheck {
  constructor(readonly authorizer: AuthorizerValue, readonly about: Omit<AuthorizationCheck, 'user' | 'verb'>) {}
  with(more: Partial<AuthorizationCheck>): ResourceCheck { return new ResourceCheck(this.authorizer, { ...this.about, ...more }); }
}
class Decision { constructor(readonly allowed: boolean, readonly reason: string) {} }

const decide = ({ authorize, user }: AuthorizerValue, check: Omit<AuthorizationCheck, 'user'>): Decision => {
  const { allowed, reason } = authorize({ ...check, user });
  return new Decision(allowed, reason);
};

const AUTHORIZER = 'kubernetes.authorization.Authorizer';
const PATH = 'kubernetes.authorization.PathCheck';
const GROUP = 'kubernetes.authorization.GroupCheck';
const RESOURCE = 'kubernetes.authorization.ResourceCheck';
const DECISION = 'kubernetes.authorization.Decision';

/** Kubernetes' authorizer: authorizer.group('apps').resource('deployments').namespace('a').check('create').allowed(). */
export function authorization(environment: Environment): void {
  environment
    .registerType(PATH, PathCheck).registerType(GROUP, GroupCheck).registerType(RESOURCE, ResourceCheck).registerType(DECISION, Decision)
    .registerType(AUTHORIZER, { ctor: AuthorizerValue, fields: { requestResource: RESOURCE } })
    .registerFunction(`${AUTHORIZER}.path(string): ${PATH}`, (a: AuthorizerValue, path: string) => new PathCheck(a, path))
    .registerFunction(`${PATH}.check(string): ${DECISION}`, (p: PathCheck, verb: string) => decide(p.authorizer, { verb, path: p.path }))
    .registerFunction(`${AUTHORIZER}.serviceAccount(string, string): ${AUTHORIZER}`, (a: AuthorizerValue, namespace: string, name: string) => new AuthorizerValue(a.authorize, `system:serviceaccount:${namespace}:${name}`, a.requested))
    .registerFunction(`${AUTHORIZER}.group(string): ${GROUP}`, (a: AuthorizerValue, group: string) => new GroupCheck(a, group))
    .registerFunction(`${GROUP}.resource(string): ${RESOURCE}`, (g: GroupCheck, resource: string) => new ResourceCheck(g.authorizer, { group: g.group, resource }))
    .registerFunction(`${RESOURCE}.subresource(string): ${RESOURCE}`, (r: ResourceCheck, subresource: string) => r.with({ subresource }))
    .registerFunction(`${RESOURCE}.namespace(string): ${RESOURCE}`, (r: ResourceCheck, namespace: string) => r.with({ namespace }))
    .registerFunction(`${RESOURCE}.name(string): ${RESOURCE}`, (r: ResourceCheck, name: string) => r.with({ name }))
    .registerFunction(`${RESOURCE}.check(string): ${DECISION}`, (r: ResourceCheck, verb: string) => decide(r.authorizer, { ...r.about, verb }))
    .registerFunction(`${DECISION}.allowed(): bool`, (d: Decision) => d.allowed)
    .registerFunction(`${DECISION}.reason(): string`, (d: Decision) => d.reason)
    .registerFunction(`${DECISION}.errored(): bool`, () => false)
    .registerFunction(`${DECISION}.error(): string`, () => '');
}
