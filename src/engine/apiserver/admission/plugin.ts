import type { KubernetesObject } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import type { RequestOptions, UserInfo } from '../request';

/** What an admission plugin is asked about. */
export interface AdmissionAttributes {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly definition: ResourceDefinition;
  /** '' for the resource itself. */
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Undefined for a deletion. */
  readonly object: KubernetesObject | undefined;
  readonly oldObject: KubernetesObject | undefined;
  readonly options: RequestOptions;
  readonly user: UserInfo;
  readonly dryRun: boolean;
}

/** What plugins may look at: the API server's own caches, its clock and its chance; and the one thing that quota writes. */
export interface AdmissionEnvironment {
  get(group: string, resource: string, namespace: string, name: string): KubernetesObject | undefined;
  /** All objects of a resource, or those of one namespace. */
  list(group: string, resource: string, namespace?: string): Iterable<KubernetesObject>;
  /** RFC 3339. */
  timestamp(): string;
  /** From 0 to 1. */
  random(): number;
  /** Whether a user may do something, as RBAC says. */
  authorize(user: UserInfo, verb: string, group: string, resource: string, subresource: string, namespace: string, name: string): boolean;
  /** Whether a user may send a request that is for no resource ("/healthz"). */
  authorizePath(user: UserInfo, verb: string, path: string): boolean;
  /** What is known of a kind, built in or custom. */
  definitionOf(apiVersion: string, kind: string): ResourceDefinition | undefined;
  /** Writes an object's status as the API server itself, by a request like any other; the result is the stored object or a refusal (a conflict, most of all). */
  updateStatus(group: string, resource: string, object: KubernetesObject): Process<KubernetesObject | Status>;
  /** What a plugin keeps between requests: made once a server. */
  shared<T extends object>(plugin: string, make: () => T): T;
  /** Adds a warning to the answer. */
  warn(text: string): void;
}

/** What a plugin leaves behind for the audit log. */
export interface AdmissionNotes {
  annotate(key: string, value: string): void;
}

/**
 * One admission plugin. Mutating plugins run before validation, validating ones after it; `charge` runs last and may
 * take time, as ResourceQuota does when it books usage.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** Quick filter on group/resource and operation, so that a plugin costs nothing where it does not apply. */
  handles(attributes: AdmissionAttributes): boolean;
  /** Whether there is anything to do at all, where that depends on what is stored; without it there is. */
  applies?(environment: AdmissionEnvironment): boolean;
  /** The object as it should be (the same reference when nothing changes), or the refusal. */
  admit?(attributes: AdmissionAttributes & { readonly object: KubernetesObject }, environment: AdmissionEnvironment): KubernetesObject | Status;
  validate?(attributes: AdmissionAttributes, environment: AdmissionEnvironment, notes: AdmissionNotes): Status | undefined;
  charge?(attributes: AdmissionAttributes, environment: AdmissionEnvironment): Process<Status | undefined>;
}
