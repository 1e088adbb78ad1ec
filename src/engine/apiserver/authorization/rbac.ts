import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacSubject, Role, RoleBinding } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { UserInfo } from '../request';

/** What is asked of the authorizer. */
export interface AuthorizationRequest {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: "pods/binding". */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** For what is no resource: "/healthz". */
  readonly path?: string;
  /** Of a list or watch, as sent. */
  readonly fieldSelector?: string;
}

export interface AuthorizationVerdict {
  readonly allowed: boolean;
  /** For an allowed request which binding and role allowed it; for a refused one what the authorizers add to the refusal, if anything. */
  readonly reason: string;
}

/** Where the authorizer reads the RBAC objects: the API server's own caches. */
export interface RbacSource {
  list(resource: 'roles' | 'clusterroles' | 'rolebindings' | 'clusterrolebindings'): readonly KubernetesObject[];
  /** Changes whenever one of them changes. */
  generation(): number;
}

interface Grant {
  readonly rule: PolicyRule;
  /** '' for a cluster-wide grant. */
  readonly namespace: string;
  readonly reason: string;
}

/** What the bindings of one user come to. */
interface Grants {
  readonly rules: readonly Grant[];
  /** Bindings to roles that are not there. */
  readonly missing: readonly { readonly namespace: string; readonly error: string }[];
}

const MAX_CACHED = 20_000;

/** The RBAC authorizer: bindings name subjects and a role, a role's rules name what is allowed. Grants are collected once a user and generation. */
export class RbacAuthorizer {
  private generation = -1;
  private readonly grants = new Map<string, Grants>();
  private readonly verdicts = new Map<string, AuthorizationVerdict>();

  constructor(private readonly source: RbacSource) {}

  authorize(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict {
    this.forgetOutdated();
    const key = `${user.username}\n${user.groups.join(',')}\n${request.verb} ${request.group} ${request.resource} ${request.subresource} ${request.namespace} ${request.name} ${request.path ?? ''}`;
    let verdict = this.verdicts.get(key);
    if (verdict === undefined) {
      verdict = this.decide(user, request);
      if (this.verdicts.size >= MAX_CACHED) this.verdicts.clear();
      this.verdicts.set(key, verdict);
    }
    return verdict;
  }

  /** The rules that hold for a user in a namespace, for SelfSubjectRulesReview. */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] {
    this.forgetOutdated();
    return this.grantsOf(user).rules.filter((g) => g.namespace === '' || g.namespace === namespace).map((g) => g.rule);
  }

  /** The rules of a role that a binding names; undefined where it is not there. */
  rulesOf(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined {
    const found = kind === 'Role'
      ? this.source.list('roles').find((r) => r.metadata.name === name && r.metadata.namespace === namespace) : this.source.list('clusterroles').find((r) => r.metadata.name === name);
    return found && ((found as unknown as Role).rules ?? []);
  }

  /** Nothing that was worked out holds once a role or binding has changed. */
  private forgetOutdated(): void {
    const generation = this.source.generation();
    if (this.generation === generation) return;
    this.generation = generation;
    this.grants.clear();
    this.verdicts.clear();
  }

  private decide(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict {
    const { rules, missing } = this.grantsOf(user);
    const holds = ({ namespace }: { readonly namespace: string }): boolean => namespace === '' || namespace === request.namespace;
    const grant = rules.find((g) => holds(g) && covers(g.rule, request));
    if (grant) return { allowed: true, reason: grant.reason };
    const errors = [...new Set(missing.filter(holds).map((m) => m.error))];
    return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`}` };
  }

  private grantsOf(user: UserInfo): Grants {
    const key = `${user.username}\n${user.groups.join(',')}`;
    let grants = this.grants.get(key);
    if (grants === undefined) {
      if (this.grants.size >= MAX_CACHED) this.grants.clear();
      this.grants.set(key, grants = this.collect(user));
    }
    return grants;
  }

  private collect(user: UserInfo): Grants {
    const grants: Grant[] = [];
    const missing: { namespace: string; error: string }[] = [];
    const clusterRoles = new Map(this.source.list('clusterroles').map((r) => [r.metadata.name, r as unknown as ClusterRole]));
    const roles = new Map(this.source.list('roles').map((r) => [`${r.metadata.namespace ?? ''}/${r.metadata.name}`, r as unknown as Role]));
    const add = (role: Role | ClusterRole | undefined, binding: RoleBinding | ClusterRoleBinding, namespace: string, who: string): void => {
      const { kind, name } = binding.roleRef;
      if (!role) missing.push({ namespace, error: `${kind.toLowerCase()}.rbac.authorization.k8s.io "${name}" not found` });
      const title = namespace ? `RoleBinding "${binding.metadata.name}/${namespace}"` : `ClusterRoleBinding "${binding.metadata.name}"`;
      const reason = `RBAC: allowed by ${title} of ${kind} "${name}" to ${who}`;
      for (const rule of role?.rules ?? []) grants.push({ rule, namespace, reason });
    };
    for (const object of this.source.list('clusterrolebindings')) {
      const binding = object as unknown as ClusterRoleBinding;
      const subject = binding.subjects?.find((s) => appliesTo(s, user, ''));
      if (subject) add(clusterRoles.get(binding.roleRef.name), binding, '', describe(subject, ''));
    }
    for (const object of this.source.list('rolebindings')) {
      const binding = object as unknown as RoleBinding;
      const namespace = binding.metadata.namespace ?? '';
      const subject = binding.subjects?.find((s) => appliesTo(s, user, namespace));
      if (subject) add(binding.roleRef.kind === 'Role' ? roles.get(`${namespace}/${binding.roleRef.name}`) : clusterRoles.get(binding.roleRef.name), binding, namespace, describe(subject, namespace));
    }
    return { rules: grants, missing };
  }
}

function appliesTo(subject: RbacSubject, user: UserInfo, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User': return user.username === subject.name;
    case 'Group': return user.groups.includes(subject.name);
    case 'ServiceAccount': return (subject.namespace || bindingNamespace) !== '' && user.username === `system:serviceaccount:${subject.namespace || bindingNamespace}:${subject.name}`;
    default: return false;
  }
}

const describe = (s: RbacSubject, bindingNamespace: string): string => (s.kind === 'ServiceAccount' ? `ServiceAccount "${s.name}/${s.namespace || bindingNamespace}"` : `${s.kind} "${s.name}"`);

/** rbac/v1 evaluation helpers: does a rule cover a request? */
export function covers(rule: PolicyRule, request: AuthorizationRequest): boolean {
  if (!has(rule.verbs, request.verb)) return false;
  if (request.path !== undefined) return rule.nonResourceURLs?.some((url) => url === '*' || url === request.path || (url.endsWith('*') && (request.path as string).startsWith(url.slice(0, -1)))) ?? false;
  if (!has(rule.apiGroups, request.group)) return false;
  const full = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
  const resource = rule.resources?.some((r) => r === '*' || r === full || (request.subresource !== '' && r === `*/${request.subresource}`)) ?? false;
  if (!resource) return false;
  return !rule.resourceNames?.length || rule.resourceNames.includes(request.name);
}

const has = (list: readonly string[] | undefined, value: string): boolean => list?.some((v) => v === '*' || v === value) ?? false;

/** "cannot …" as the API server says it; the status constructor puts `pods "x" is forbidden: ` before it. */
export function denial(user: UserInfo, request: AuthorizationRequest, reason = ''): string {
  const why = reason === '' ? '' : `: ${reason}`;
  const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
  if (request.path !== undefined) return `User "${user.username}" cannot ${request.verb} path "${request.path}"${why}`;
  const where = request.namespace ? ` in the namespace "${request.namespace}"` : ' at the cluster scope';
  return `User "${user.username}" cannot ${request.verb} resource "${resource}" in API group "${request.group}"${where}${why}`;
}
