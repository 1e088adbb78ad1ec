import { DEFAULT_STORAGE_CLASS, isDefaultClass, lacksClass } from '../../api/defaultClass';
import type { PersistentVolumeClaim } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';

/** The claims that a new object gives a class to, as they then are: the volume binder gives a new default class to those that name none. Empty for other objects. */
export function claimsWithClass(created: KubernetesObject, objects: readonly KubernetesObject[]): ReadonlyMap<KubernetesObject, KubernetesObject> {
  const changed = new Map<KubernetesObject, KubernetesObject>();
  if (created.kind !== 'StorageClass' || !isDefaultClass(created, DEFAULT_STORAGE_CLASS)) return changed;
  for (const object of objects) {
    if (object.kind !== 'PersistentVolumeClaim') continue;
    const claim = object as unknown as PersistentVolumeClaim;
    if (claim.spec.volumeName || !lacksClass(claim)) continue;
    changed.set(object, { ...claim, spec: { ...claim.spec, storageClassName: created.metadata.name } } as unknown as KubernetesObject);
  }
  return changed;
}
