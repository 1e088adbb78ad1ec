import type { ClusterRole, PolicyRule, RoleBinding } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import { forbidden, notFound, quote, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import type { UserInfo } from '../request';
import type { Authorizer } from './authorizer';
import { compactText, compacted, quotedList, uncovered } from './ruleCoverage';

const GROUP = 'rbac.authorization.k8s.io';
const FULL_AUTHORITY: readonly PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];

/** A write of a role or binding, after the mutating plugins. */
export interface RbacWrite {
  readonly user: UserInfo;
  readonly definition: ResourceDefinition;
  /** As in the request's path: '' for a creation. */
  readonly requestName: string;
  readonly namespace: string;
  readonly object: KubernetesObject;
  readonly oldObject: KubernetesObject | undefined;
}

/**
 * Nobody gives away more than they have (rbac registry's policybased storages): who writes a role must hold all of its
 * rules or the verb "escalate", who binds one must hold its rules or the verb "bind".
 */
export function escalation(write: RbacWrite, authorizer: Authorizer): Status | undefined {
  const { user, definition, object, oldObject } = write;
  if (definition.group !== GROUP || user.groups.includes('system:masters')) return undefined;
  if (oldObject && onlyGarbageFields(object, oldObject)) return undefined;
  switch (definition.resource) {
    case 'roles': case 'clusterroles': return roleEscalation(write, authorizer);
    case 'rolebindings': case 'clusterrolebindings': return bindingEscalation(write, authorizer);
    default: return undefined;
  }
}

function roleEscalation(write: RbacWrite, authorizer: Authorizer): Status | undefined {
  const { user, definition, object, oldObject, namespace, requestName } = write;
  const escalate = { verb: 'escalate', group: GROUP, resource: definition.resource, subresource: '', namespace, name: requestName };
  if (authorizer.authorize(user, escalate).allowed) return undefined;
  const role = object as unknown as ClusterRole;
  const refusal = missing(write, role.rules ?? [], authorizer);
  if (refusal) return refusal;
  if (!aggregates(role) && !aggregates(oldObject as unknown as ClusterRole | undefined)) return undefined;
  return missing(write, FULL_AUTHORITY, authorizer) ? forbidden(definition, object.metadata.name, 'must have cluster-admin privileges to use the aggregationRule') : undefined;
}

const aggregates = (role: ClusterRole | undefined): boolean => (role?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0;

function bindingEscalation(write: RbacWrite, authorizer: Authorizer): Status | undefined {
  const { user, object, namespace } = write;
  const { kind, name } = (object as unknown as RoleBinding).roleRef;
  const resource = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (authorizer.authorize(user, { verb: 'bind', group: GROUP, resource, subresource: '', namespace, name }).allowed) return undefined;
  const rules = authorizer.rulesOf(kind, namespace, name);
  return rules ? missing(write, rules, authorizer) : notFound({ group: GROUP, resource: kind.toLowerCase() }, name);
}

/** The refusal that lists what the user does not have. */
function missing({ user, definition, object, namespace }: RbacWrite, rules: readonly PolicyRule[], authorizer: Authorizer): Status | undefined {
  const lacking = uncovered(authorizer.rulesFor(user, namespace), rules);
  if (lacking.length === 0) return undefined;
  const described = [...new Set(compacted(lacking).map(compactText))].sort();
  return forbidden(definition, object.metadata.name, `user ${quote(user.username)} (groups=${quotedList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${described.join('\n')}`);
}

/** IsOnlyMutatingGCFields: the garbage collector may take finalizers and owners from what it could not write itself. */
function onlyGarbageFields(object: KubernetesObject, old: KubernetesObject): boolean {
  const rest = ({ metadata, ...fields }: KubernetesObject): unknown => {
    const { finalizers: _, ownerReferences: __, managedFields: ___, resourceVersion: ____, ...kept } = metadata;
    return { ...fields, metadata: kept };
  };
  return semanticEqual(rest(object), rest(old));
}
