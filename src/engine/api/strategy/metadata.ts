import type { ObjectMeta } from '../generated/types';

const KEPT_BY_STATUS = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink', 'labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

/** metav1.ResetObjectMetaForStatus: a status update changes nothing of the metadata but what the server itself sets. */
export function resetMetadataForStatus(metadata: ObjectMeta, old: ObjectMeta): ObjectMeta {
  return keepMetadata(metadata, old, KEPT_BY_STATUS);
}

/** The metadata with the named fields as they were. The same reference where they did not change. */
export function keepMetadata(metadata: ObjectMeta, old: ObjectMeta, names: readonly string[]): ObjectMeta {
  const given = metadata as unknown as { readonly [name: string]: unknown };
  const before = old as unknown as { readonly [name: string]: unknown };
  let out: Record<string, unknown> | undefined;
  for (const name of names) {
    if (given[name] === before[name]) continue;
    out ??= { ...given };
    if (before[name] === undefined) delete out[name];
    else out[name] = before[name];
  }
  return (out ?? metadata) as ObjectMeta;
}
