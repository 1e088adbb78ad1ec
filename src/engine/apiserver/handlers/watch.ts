import type { KubernetesObject } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import type { Simulation } from '../../simulation/simulation';
import type { RequestContext } from '../context';
import type { WatchHandle, WatchHandler } from '../request';
import { presentedInAnotherVersion } from '../versions';
import type { Filter, Watcher } from '../watchCache';
import { filterOf, select, tooOld } from './read';

/** How often a quiet watch is told the newest revision, where it asked for bookmarks. */
const BOOKMARK_MILLISECONDS = 60_000;

/** Begins a watch: from a revision that was listed, or with what is there now as additions. */
export function startWatch(context: RequestContext, handler: WatchHandler, simulation: Simulation, currentRevision: number): WatchHandle | Status {
  const { definition, storage, options, sender } = context;
  const filter = filterOf(definition, context.namespace, options);
  if (isStatus(filter)) return filter as Status;
  const asked = options.resourceVersion ?? '';
  const initial = asked === '' || asked === '0' || options.sendInitialEvents === true;
  const after = initial ? currentRevision : Number(asked);
  const present = definition.storedAs ? (object: KubernetesObject) => presentedInAnotherVersion(definition, object) : (object: KubernetesObject) => object;
  let cancelBookmarks = (): void => undefined;
  const stop = (): void => { cancelBookmarks(); storage.cache.unwatch(watcher); };
  const watcher: Watcher = {
    actor: sender.actor, background: false, filter: filter as Filter, after, present, bookmarks: options.allowWatchBookmarks === true,
    handler: { onEvent: (event) => handler.onEvent(event), onEnd: (status) => { cancelBookmarks(); handler.onEnd(status); } },
  };
  if (initial && options.sendInitialEvents !== false) {
    for (const object of select(storage.cache.list(), filter as Filter)) handler.onEvent({ type: 'ADDED', object: present(object), previous: undefined, revision: Number(object.metadata.resourceVersion) });
    if (options.sendInitialEvents && watcher.bookmarks) handler.onEvent(bookmark(context, currentRevision, true));
  }
  if (!storage.cache.watch(watcher)) return tooOld(after, currentRevision);
  const remind = (): void => {
    simulation.runIn({ cause: 0, background: true }, () => {
      cancelBookmarks = simulation.after(BOOKMARK_MILLISECONDS, () => { handler.onEvent(bookmark(context, storage.cache.revision, false)); remind(); });
    });
  };
  // Informers in this process need no reminding: nothing is compacted under them.
  if (watcher.bookmarks && sender.actor === 'kubectl') remind();
  return { stop };
}

function bookmark(context: RequestContext, revision: number, initialEventsEnd: boolean): Parameters<WatchHandler['onEvent']>[0] {
  const { definition } = context;
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}) };
  const object = { apiVersion: definition.group ? `${definition.group}/${definition.version}` : definition.version, kind: definition.kind, metadata } as unknown as KubernetesObject;
  return { type: 'BOOKMARK', object, previous: undefined, revision };
}
