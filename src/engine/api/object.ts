import type { ObjectMeta, OwnerReference } from './generated/types';

/** Any stored API object: an immutable value. Kinds with known fields have an interface in generated/types. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The least an object must have to be kept in a cache: every generated kind satisfies it. */
export interface ObjectWithMeta {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object as sent to the API server: the server fills in what is missing. */
export type NewObject<T extends ObjectWithMeta = KubernetesObject> = Omit<T, 'metadata' | 'status' | 'spec'> & {
  readonly metadata: Partial<ObjectMeta>;
  readonly spec?: unknown;
  readonly status?: unknown;
};

/** A type of resource in one group and version, as in a URL. The core group is ''. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** "namespace/name", or "name" where there is no namespace: the key that informers and work queues use. */
export function objectKey(object: { readonly metadata: { readonly namespace?: string; readonly name: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** "apps/v1" → group "apps", version "v1"; "v1" → group "", version "v1". */
export function parseApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function apiVersionOf(groupVersion: { readonly group: string; readonly version: string }): string {
  return groupVersion.group ? `${groupVersion.group}/${groupVersion.version}` : groupVersion.version;
}

/** The owner that manages the object (ownerReferences with controller: true), or undefined. */
export function controllerOf(object: ObjectWithMeta): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Freezes an object and everything in it, so that sharing references is safe. Already frozen parts are not walked again. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
