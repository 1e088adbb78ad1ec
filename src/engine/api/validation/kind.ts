import type { ObjectWithMeta } from '../object';
import type { ErrorList } from './field';

/**
 * The validation of one kind, as its registry strategy in Kubernetes runs it after defaulting and admission. The object
 * has its defaults, namespace, name and uid; on update also the resourceVersion. Nothing here throws for a decoded object.
 */
export interface KindValidation<T extends ObjectWithMeta = ObjectWithMeta> {
  create(object: T): ErrorList;
  update(object: T, old: T): ErrorList;
  /** A write to the status subresource. */
  status?(object: T, old: T): ErrorList;
  /** Other subresources whose body is the kind itself: "resize", "ephemeralcontainers". */
  readonly subresources?: { readonly [name: string]: SubresourceValidation<T> };
}

export interface SubresourceValidation<T extends ObjectWithMeta = ObjectWithMeta> {
  update(object: T, old: T): ErrorList;
}

/** Keys are "group/Kind"; the core group is '': "/Pod", "apps/Deployment". */
export type KindValidations = { readonly [groupKind: string]: KindValidation };

/** Forgets the type of the kind, so that tables of many kinds can be made. The registry only passes objects of that kind. */
export function forKind<T extends ObjectWithMeta>(validation: KindValidation<T>): KindValidation {
  return validation;
}
