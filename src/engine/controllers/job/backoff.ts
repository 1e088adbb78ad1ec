import type { Pod } from '../../api/generated/types';
import { seconds } from '../objects';

/** DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff, in milliseconds. */
const FIRST = 10_000, MOST = 10 * 60_000;

/** When a pod ended: its containers' end, or as near to that as can be told. */
export function finishedAt(pod: Pod): number {
  const ended = (pod.status?.containerStatuses ?? []).map((status) => seconds(status.state?.terminated?.finishedAt));
  if (ended.length > 0 && ended.every((time) => time > 0)) return Math.max(...ended);
  const notReady = pod.status?.conditions?.find((c) => c.type === 'Ready' && c.status === 'False');
  if (notReady?.lastTransitionTime) return seconds(notReady.lastTransitionTime);
  return seconds(pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp) - (pod.metadata.deletionTimestamp ? (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000 : 0);
}

interface Record {
  readonly failures: number;
  readonly lastFailure: number;
}

/** computeNewBackoffRecord for every job: failures in a row put off the next pod, a success forgets them. */
export class JobBackoff {
  private readonly records = new Map<string, Record>();

  /** Takes in pods that have newly ended. The record counts at once, but is kept only by `commit`. */
  compute(key: string, succeeded: readonly Pod[], failed: readonly Pod[]): Record {
    const before = this.records.get(key) ?? { failures: 0, lastFailure: 0 };
    if (succeeded.length === 0 && failed.length === 0) return before;
    const lastSuccess = Math.max(-1, ...succeeded.map(finishedAt));
    const after = failed.map(finishedAt).filter((time) => time > lastSuccess);
    const failures = (succeeded.length > 0 ? 0 : before.failures) + after.length;
    return { failures, lastFailure: Math.max(succeeded.length > 0 ? 0 : before.lastFailure, ...after, 0) };
  }

  commit(key: string, record: Record): void { this.records.set(key, record); }
  forget(key: string): void { this.records.delete(key); }
}

/** How long a new pod has to wait after so many failures in a row. */
export function remainingBackoff(record: Record, now: number): number {
  if (record.failures === 0) return 0;
  return Math.max(0, record.lastFailure + delayAfter(record.failures) - now);
}

const delayAfter = (failures: number): number => Math.min(MOST, FIRST * 2 ** Math.min(failures - 1, 30));

/** The same for one index of a job with backoffLimitPerIndex. */
export const remainingIndexBackoff = (failures: number, lastFailure: number, now: number): number => (failures === 0 ? 0 : Math.max(0, lastFailure + delayAfter(failures) - now));
