import type { PersistentVolumeClaim } from './generated/types';
import type { KubernetesObject } from './object';

/** What marks a StorageClass as the default. */
export const DEFAULT_STORAGE_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'] as const;

/** Whether a claim says nothing of classes ("" says that it wants none): it gets the default one, now or when there is one. */
export const lacksClass = (claim: PersistentVolumeClaim): boolean => claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] === undefined && claim.spec?.storageClassName === undefined;

/** Whether a class says of itself that it is the default. */
export const isDefaultClass = ({ metadata }: Pick<KubernetesObject, 'metadata'>, annotations: readonly string[]): boolean => annotations.some((a) => metadata.annotations?.[a] === 'true');

/** Of the classes that say they are the default, the newest counts, and of equally old ones the first by name. */
export function defaultOf<T extends Pick<KubernetesObject, 'metadata'>>(classes: Iterable<T>, annotations: readonly string[]): T | undefined {
  let chosen: T | undefined;
  for (const candidate of classes) {
    if (!isDefaultClass(candidate, annotations)) continue;
    if (chosen === undefined || isBefore(candidate, chosen)) chosen = candidate;
  }
  return chosen;
}

function isBefore(a: Pick<KubernetesObject, 'metadata'>, b: Pick<KubernetesObject, 'metadata'>): boolean {
  const { creationTimestamp: at = '', name } = a.metadata;
  const { creationTimestamp: bt = '', name: other } = b.metadata;
  return at === bt ? name < other : at > bt;
}
