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
}

export interface AuthorizationVerdict {
  readonly allowed: boolean;
  /** For an allowed request, which binding and role allowed it. */
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

const MAX_USERS = 20_000;

/** The RBAC authorizer: bindings name subjects and a role, a role's rules name what is allowed. Grants are collected once a user and generation. */
export class RbacAuthorizer {
  private generation = -1;
  private readonly grants = new Map<string, readonly Grant[]>();
  private readonly verdicts = new Map<string, AuthorizationVerdict>();

  constructor(private readonly source: RbacSource) {}

  authorize(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict {
    if (user.groups.includes('system:masters')) return { allowed: true, reason: 'group system:masters' };
    const generation = this.source.generation();
    if (this.generation !== generation) {
      this.generation = generation;
      this.grants.clear();
      this.verdicts.clear();
    }
    const key = `${user.username}\n${user.groups.join(',')}\n${request.verb} ${request.group} ${request.resource} ${request.subresource} ${request.namespace} ${request.name} ${request.path ?? ''}`;
    let verdict = this.verdicts.get(key);
    if (verdict === undefined) {
      verdict = this.decide(user, request);
      if (this.verdicts.size >= MAX_USERS) this.verdicts.clear();
      this.verdicts.set(key, verdict);
    }
    return verdict;
  }

  /** The rules that hold for a user in a namespace, for SelfSubjectRulesReview. */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] {
    return this.grantsOf(user).filter((g) => g.namespace === '' || g.namespace === namespace).map((g) => g.rule);
  }

  private decide(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict {
    const grant = this.grantsOf(user).find((g) => (g.namespace === '' || g.namespace === request.namespace) && covers(g.rule, request));
    return grant ? { allowed: true, reason: grant.reason } : { allowed: false, reason: '' };
  }

  private grantsOf(user: UserInfo): readonly Grant[] {
    const key = `${user.username}\n${user.groups.join(',')}`;
    let grants = this.grants.get(key);
    if (grants === undefined) this.grants.set(key, grants = this.collect(user));
    return grants;
  }

  private collect(user: UserInfo): readonly Grant[] {
    const grants: Grant[] = [];
    const clusterRoles = new Map(this.source.list('clusterroles').map((r) => [r.metadata.name, r as unknown as ClusterRole]));
    const roles = new Map(this.source.list('roles').map((r) => [`${r.metadata.namespace ?? ''}/${r.metadata.name}`, r as unknown as Role]));
    for (const object of this.source.list('clusterrolebindings')) {
      const binding = object as unknown as ClusterRoleBinding;
      const subject = binding.subjects?.find((s) => appliesTo(s, user, ''));
      if (!subject) continue;
      const reason = `ClusterRoleBinding "${binding.metadata.name}" of ClusterRole "${binding.roleRef.name}" to ${describe(subject)}`;
      for (const rule of clusterRoles.get(binding.roleRef.name)?.rules ?? []) grants.push({ rule, namespace: '', reason });
    }
    for (const object of this.source.list('rolebindings')) {
      const binding = object as unknown as RoleBinding;
      const namespace = binding.metadata.namespace ?? '';
      const subject = binding.subjects?.find((s) => appliesTo(s, user, namespace));
      if (!subject) continue;
      const role = binding.roleRef.kind === 'Role' ? roles.get(`${namespace}/${binding.roleRef.name}`) : clusterRoles.get(binding.roleRef.name);
      const reason = `RoleBinding "${binding.metadata.name}/${namespace}" of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${describe(subject)}`;
      for (const rule of role?.rules ?? []) grants.push({ rule, namespace, reason });
    }
    return grants;
  }
}

function appliesTo(subject: RbacSubject, user: UserInfo, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User': return user.username === subject.name;
    case 'Group': return user.groups.includes(subject.name);
    case 'ServiceAccount': return user.username === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
    default: return false;
  }
}

const describe = (s: RbacSubject): string => (s.kind === 'ServiceAccount' ? `ServiceAccount "${s.name}/${s.namespace ?? ''}"` : `${s.kind} "${s.name}"`);

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
export function denial(user: UserInfo, request: AuthorizationRequest): string {
  const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
  if (request.path !== undefined) return `User "${user.username}" cannot ${request.verb} path "${request.path}"`;
  const where = request.namespace ? ` in the namespace "${request.namespace}"` : ' at the cluster scope';
  return `User "${user.username}" cannot ${request.verb} resource "${resource}" in API group "${request.group}"${where}`;
}
