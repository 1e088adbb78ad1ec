import type { Pod } from '../../api/generated/types';

export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

/** The completion index of a pod of an indexed job, or undefined. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX_ANNOTATION];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** "1,3-5" → the numbers below the limit. What is no number is passed over. */
export function parseIndexes(text: string | undefined, limit: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) continue;
    const last = Math.min(Number(match[2] ?? match[1]), limit - 1);
    for (let i = Number(match[1]); i <= last; i++) indexes.add(i);
  }
  return indexes;
}

/** 1, 3, 4, 5 → "1,3-5"; two in a row are written "1,2". */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (sorted[j + 1] === (sorted[j] as number) + 1) j++;
    if (j - i >= 2) parts.push(`${sorted[i]}-${sorted[j]}`); else for (let k = i; k <= j; k++) parts.push(String(sorted[k]));
    i = j + 1;
  }
  return parts.join(',');
}

/** The lowest indexes that are neither done, failed for good, nor being worked on. */
export function firstPending(count: number, completions: number, taken: (index: number) => boolean): readonly number[] {
  const pending: number[] = [];
  for (let i = 0; i < completions && pending.length < count; i++) if (!taken(i)) pending.push(i);
  return pending;
}

/** appendDuplicatedIndexPodsForRemoval: of pods with the same index all but one go. */
export function duplicates(pods: readonly Pod[], better: (a: Pod, b: Pod) => number): readonly Pod[] {
  const byIndex = new Map<number, Pod[]>();
  for (const pod of pods) { const index = indexOf(pod); if (index !== undefined) byIndex.set(index, [...(byIndex.get(index) ?? []), pod]); }
  return [...byIndex.values()].flatMap((same) => (same.length > 1 ? [...same].sort(better).slice(0, same.length - 1) : []));
}
