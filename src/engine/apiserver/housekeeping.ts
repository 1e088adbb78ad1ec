import type { CoreEvent } from '../api/generated/types';
import { isStatus } from '../api/status';
import { sleep, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import type { KubeApiServer } from './server';

/** As kube-apiserver's --etcd-compaction-interval. */
const COMPACTION_MILLISECONDS = 5 * 60_000;
/** As kube-apiserver's --event-ttl. */
const EVENT_TTL_MILLISECONDS = 60 * 60_000;
const EVENT_CHECK_MILLISECONDS = 60_000;
/** Events that are removed in one go: the rest waits for the next look. */
const MAX_REMOVED = 2_000;

/** What the housekeeping needs to know of storage besides the API server. */
export interface Revisions { readonly revision: number }

/**
 * Every five minutes, forgets what was older than the five minutes before: a client that comes back with an older resourceVersion is told
 * 410 and lists again. To be spawned as background work, in worlds that go on for long.
 */
export function* compacting(api: KubeApiServer, etcd: Revisions): Process {
  let seen = etcd.revision;
  for (;;) {
    yield* sleep(COMPACTION_MILLISECONDS);
    const next = etcd.revision;
    yield* api.compact(seen);
    seen = next;
  }
}

/** Removes events an hour after they were last written. kube-apiserver leaves that to a lease of etcd. */
export function* expiringEvents(api: KubeApiServer, simulation: Simulation): Process {
  for (;;) {
    yield* sleep(EVENT_CHECK_MILLISECONDS);
    const storage = api.storageOf('', 'events');
    const before = simulation.wallMilliseconds() - EVENT_TTL_MILLISECONDS;
    const old = (storage?.cache.list() ?? []).filter((event) => lastWritten(event as unknown as CoreEvent) < before).slice(0, MAX_REMOVED);
    for (const event of old) {
      const removed = yield* storage?.remove(event) ?? [];
      if (removed !== undefined && removed !== 'changed' && isStatus(removed)) break;
    }
  }
}

/** Milliseconds since 1970. */
function lastWritten({ lastTimestamp, series, eventTime, metadata }: CoreEvent): number {
  return Math.max(...[lastTimestamp, series?.lastObservedTime, eventTime, metadata.creationTimestamp].map((time) => (time ? Date.parse(time) : 0)));
}
