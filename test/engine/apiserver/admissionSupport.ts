import type { KubernetesObject } from '../../../src/engine/api/object';
import { isStatus, type Status } from '../../../src/engine/api/status';
import type { ApiRequest, ApiResponse, Sender, UserInfo } from '../../../src/engine/apiserver/request';
import { ADMIN, type ServerWorld } from './world';

export type Json = { readonly [key: string]: unknown };

/** As kubectl would send it for an object of any kind. */
export function send(world: ServerWorld, verb: ApiRequest['verb'], object: Json, more: Partial<ApiRequest> = {}, sender: Sender = ADMIN): ApiResponse {
  const { apiVersion, kind, metadata } = object as unknown as KubernetesObject;
  const definition = world.api.registry.forObject(apiVersion, kind);
  if (!definition) throw new Error(`no kind ${kind}`);
  const { group, version, resource, namespaced } = definition;
  const namespace = namespaced ? metadata?.namespace ?? 'default' : undefined;
  return world.do(world.api.request(sender, { verb, group, version, resource, namespace, name: verb === 'create' ? undefined : metadata?.name, body: object, ...more }));
}

/** The message of a refusal, or 'created' and the like. */
export function verdict(response: ApiResponse): string {
  const { object } = response;
  return isStatus(object) && (object as Status).status === 'Failure' ? (object as Status).message ?? '' : 'passed';
}

export const create = (world: ServerWorld, object: Json, more: Partial<ApiRequest> = {}, sender: Sender = ADMIN): string => verdict(send(world, 'create', object, more, sender));

export function created<T>(world: ServerWorld, object: Json): T {
  const { object: stored } = send(world, 'create', object);
  if (isStatus(stored)) throw new Error((stored as Status).message);
  return stored as unknown as T;
}

export const current = <T>(world: ServerWorld, group: string, resource: string, key: string): T => world.api.peek(group, resource)?.get(key) as unknown as T;

export const senderOf = (username: string, ...groups: readonly string[]): Sender => {
  const user: UserInfo = { username, groups };
  return { actor: username, userAgent: 'test', credentials: { type: 'certificate', user } };
};

export function pod(name: string, spec: Json = {}, metadata: Json = {}): Json {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }], ...spec } };
}

export const container = (more: Json = {}): Json => ({ name: 'main', image: 'nginx:1.27', ...more });
