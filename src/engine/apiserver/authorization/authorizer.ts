import type { PolicyRule } from '../../api/generated/types';
import type { UserInfo } from '../request';
import type { NodeAuthorizer } from './nodeAuthorizer';
import { nodeOf } from './nodeAuthorizer';
import type { AuthorizationRequest, AuthorizationVerdict, RbacAuthorizer } from './rbac';

const SUPERUSER: AuthorizationVerdict = { allowed: true, reason: '' };

/** --authorization-mode=Node,RBAC: the first that allows decides; a refusal has what each had to say. system:masters may do anything. */
export class Authorizer {
  constructor(private readonly node: NodeAuthorizer, private readonly rbac: RbacAuthorizer) {}

  authorize(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict {
    if (user.groups.includes('system:masters')) return SUPERUSER;
    if (nodeOf(user) === undefined) return this.rbac.authorize(user, request);
    const first = this.node.authorize(user, request);
    if (first.allowed) return first;
    const second = this.rbac.authorize(user, request);
    return second.allowed ? second : { allowed: false, reason: [first.reason, second.reason].filter(Boolean).join('\n') };
  }

  /** The rules that hold for a user in a namespace, as far as they can be told (those of nodes cannot). */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] { return this.rbac.rulesFor(user, namespace); }

  /** Of the roles that a binding may name, the rules; undefined for one that is not there. */
  rulesOf(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined { return this.rbac.rulesOf(kind, namespace, name); }
}
