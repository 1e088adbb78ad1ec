import type { PolicyRule } from '../api/generated/types';
import type { KubernetesObject, ObjectWithMeta } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import type { ResourceRegistry } from '../api/resources/registry';
import type { Status } from '../api/status';
import type { StrategyContext } from '../api/strategy/kind-strategy';
import type { Simulation } from '../simulation/simulation';
import type { RequestMessage, Stage } from '../trace/message';
import type { AdmissionChain } from './admission/chain';
import type { AdmissionAttributes, AdmissionEnvironment } from './admission/plugin';
import type { RbacWrite } from './authorization/escalation';
import type { AuthorizationRequest, AuthorizationVerdict } from './authorization/rbac';
import type { FieldManagement } from './fieldManagement';
import type { KindLogic } from './kindLogic';
import type { ApiRequest, RequestOptions, Sender, UserInfo } from './request';
import type { ResourceStorage } from './storage';

/** What the handlers share: the API server's insides. */
export interface ServerParts {
  readonly simulation: Simulation;
  readonly registry: ResourceRegistry;
  readonly kinds: KindLogic;
  readonly admission: AdmissionChain;
  readonly fields: FieldManagement;
  storageFor(definition: ResourceDefinition): ResourceStorage;
  /** By group and resource, whichever version stores it. */
  storageOf(group: string, resource: string): ResourceStorage | undefined;
  environment(warnings: string[]): AdmissionEnvironment;
  authorize(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict;
  /** The rules that hold for a user in a namespace. */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[];
  /** Why a write of a role or binding would give away more than its author has, or undefined. */
  escalation(write: RbacWrite): Status | undefined;
  /** Who a token belongs to, if it is valid. */
  authenticateToken(token: string): UserInfo | undefined;
  /** Makes a token for a service account that authenticates as it. */
  issueToken(user: UserInfo): string;
}

/** One request on its way through the pipeline. */
export interface RequestContext {
  readonly server: ServerParts;
  readonly sender: Sender;
  readonly user: UserInfo;
  readonly request: ApiRequest;
  readonly options: RequestOptions;
  /** As asked for. */
  readonly definition: ResourceDefinition;
  /** As stored: the same but for versions kept under another one. */
  readonly storage: ResourceStorage;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** What of the object the kind's own rules see changed: the subresource, but the whole object where that is a view of it (scale). */
  readonly part: string;
  readonly stages: Stage[];
  readonly warnings: string[];
  readonly message: RequestMessage;
}

/** How a handler answers. */
export interface Answer {
  readonly code: number;
  readonly object: ObjectWithMeta | Status;
  readonly revision?: number;
  readonly before?: KubernetesObject;
}

export const refusal = (status: Status): Answer => ({ code: status.code, object: status });

export function pass(context: RequestContext, name: Stage['name'], detail?: string): void {
  context.stages.push({ name, verdict: 'passed', ...(detail ? { detail } : {}) });
}

export function refuse(context: RequestContext, name: Stage['name'], status: Status): Answer {
  context.stages.push({ name, verdict: 'refused', detail: status.message });
  return refusal(status);
}

export function attributesOf(context: RequestContext, operation: AdmissionAttributes['operation'], object: KubernetesObject | undefined, oldObject: KubernetesObject | undefined): AdmissionAttributes {
  return {
    operation, definition: context.storage.definition, subresource: context.subresource, namespace: context.namespace, name: object?.metadata.name || context.name,
    object, oldObject, options: context.options, user: context.user, dryRun: context.options.dryRun === true,
  };
}

/** What a kind's strategy may know of the request. */
export function strategyContext(context: RequestContext): StrategyContext {
  const { username, uid, groups, extra } = context.user;
  return { now: context.server.simulation.timestamp(), user: { name: username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }, warn: (text) => { context.warnings.push(text); } };
}
