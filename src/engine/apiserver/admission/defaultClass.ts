import type { KubernetesObject } from '../../api/object';

/** Of the classes that say they are the default, the newest counts, and of equally old ones the first by name. */
export function defaultOf(classes: Iterable<KubernetesObject>, annotations: readonly string[]): KubernetesObject | undefined {
  let chosen: KubernetesObject | undefined;
  for (const candidate of classes) {
    if (!annotations.some((a) => candidate.metadata.annotations?.[a] === 'true')) continue;
    if (chosen === undefined || isBefore(candidate, chosen)) chosen = candidate;
  }
  return chosen;
}

function isBefore(a: KubernetesObject, b: KubernetesObject): boolean {
  const { creationTimestamp: at = '', name } = a.metadata;
  const { creationTimestamp: bt = '', name: other } = b.metadata;
  return at === bt ? name < other : at > bt;
}
