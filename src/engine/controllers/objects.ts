import type { ObjectMeta, OwnerReference } from '../api/generated/types';
import type { ObjectWithMeta } from '../api/object';

/** metav1.NewControllerRef */
export function newControllerRef(owner: ObjectWithMeta, apiVersion: string, kind: string): OwnerReference {
  return { apiVersion, kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true };
}

export const seconds = (timestamp: string | undefined): number => (timestamp ? Date.parse(timestamp) : 0);

/** RFC 3339 in whole seconds, as the API stores times. */
export const timestampOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** Oldest first, then by name: controller.ReplicaSetsByCreationTimestamp and its likes. */
export function byCreation(a: ObjectWithMeta, b: ObjectWithMeta): number {
  return seconds(a.metadata.creationTimestamp) - seconds(b.metadata.creationTimestamp) || compare(a.metadata.name, b.metadata.name);
}

/** Go's order of strings. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Leaves out what Go's omitempty leaves out: zeros, empty strings, false, empty lists and maps. Pointers that are set are to be added after. */
export function omitEmpty<T extends object>(value: T): T {
  const out: { [key: string]: unknown } = {};
  for (const [key, v] of Object.entries(value)) if (!isEmpty(v)) out[key] = v;
  return out as T;
}

function isEmpty(v: unknown): boolean {
  if (v === undefined || v === null || v === 0 || v === '' || v === false) return true;
  if (Array.isArray(v)) return v.length === 0;
  return typeof v === 'object' && Object.keys(v).length === 0;
}

/** Metadata with other annotations; without the field where there are none. */
export function withAnnotations(metadata: ObjectMeta, annotations: ObjectMeta['annotations']): ObjectMeta {
  const { annotations: _, ...rest } = metadata;
  return annotations && Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
}

export const byName = (a: ObjectWithMeta, b: ObjectWithMeta): number => compare(a.metadata.name, b.metadata.name);
