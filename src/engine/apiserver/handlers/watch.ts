import { apiVersionOf, type KubernetesObject } from '../../api/object';
import { expired, isStatus, type Status } from '../../api/status';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { RequestContext } from '../context';
import { parseRevision } from '../options';
import type { WatchEvent, WatchHandle, WatchHandler } from '../request';
import { presentedInAnotherVersion } from '../versions';
import type { Filter, Watcher } from '../watchCache';
import { filterOf, select } from './filter';
import { tooLarge } from './read';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Begins a watch: from a revision that was listed, or with what is there now as additions. */
export function startWatch(context: RequestContext, handler: WatchHandler, currentRevision: number): WatchHandle | Status {
  const { definition, storage, options, sender } = context;
  const filter = filterOf(context);
  if (isStatus(filter)) return filter as Status;
  const asked = parseRevision(options.resourceVersion);
  if (isStatus(asked)) return asked;
  if (asked > currentRevision) return tooLarge(asked as number, currentRevision);
  // Without a revision, or with 0, a watch begins with what there is, unless it says that it does not want that.
  const initial = options.sendInitialEvents ?? asked === 0;
  const after = initial || asked === 0 ? currentRevision : (asked as number);
  const present = definition.storedAs ? (object: KubernetesObject) => presentedInAnotherVersion(definition, object) : (object: KubernetesObject) => object;
  const bookmarks = options.allowWatchBookmarks === true;
  const watcher: Watcher = {
    actor: sender.actor, background: false, filter: filter as Filter, after, present, handler,
    bookmark: bookmarks ? (revision) => bookmarkEvent(definition, revision, false) : undefined,
  };
  if (initial) {
    for (const object of select(storage.cache.list(), filter as Filter)) handler.onEvent({ type: 'ADDED', object: present(object), previous: undefined, revision: Number(object.metadata.resourceVersion) });
    if (options.sendInitialEvents && bookmarks) handler.onEvent(bookmarkEvent(definition, currentRevision, true));
  }
  if (!storage.cache.watch(watcher)) return expired(`too old resource version: ${after} (${storage.cache.oldest})`);
  return { stop: () => storage.cache.unwatch(watcher) };
}

/** An event that carries nothing but a revision: up to it, the watcher has seen everything. */
function bookmarkEvent(definition: ResourceDefinition, revision: number, initialEventsEnd: boolean): WatchEvent {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(initialEventsEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}) };
  const object = { apiVersion: apiVersionOf(definition), kind: definition.kind, metadata } as unknown as KubernetesObject;
  return { type: 'BOOKMARK', object, previous: undefined, revision };
}
