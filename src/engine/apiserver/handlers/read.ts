import type { KubernetesObject } from '../../api/object';
import { apiVersionOf, objectKey } from '../../api/object';
import { expired, failure, isStatus, notFound, type Status } from '../../api/status';
import { isEtcdError, prefixEnd, type EtcdClient } from '../../etcd/types';
import type { Process } from '../../simulation/process';
import { refuse, type Answer, type RequestContext } from '../context';
import { decodeContinue, encodeContinue, type Continue } from '../continueToken';
import { parseRevision } from '../options';
import type { ListResult } from '../request';
import { etcdFailure, objectFrom } from '../storage';
import { presentedInAnotherVersion } from '../versions';
import type { Filter } from '../watchCache';
import { filterOf, select } from './filter';

const TOO_OLD = 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
const COMPACTED = 'The resourceVersion for the provided list is too old.';

/** GET of one object. */
export function* get(context: RequestContext, currentRevision: number): Process<Answer> {
  const { storage, namespace, name } = context;
  const asked = parseRevision(context.options.resourceVersion);
  if (isStatus(asked)) return refuse(context, 'storage', asked);
  if (asked > currentRevision) return refuse(context, 'storage', tooLarge(asked as number, currentRevision));
  const object = storage.current(namespace, name);
  if (!object) return refuse(context, 'storage', notFound(storage.definition, name));
  return { code: 200, object, revision: storage.cache.revision };
}

/** GET of a collection: from the cache, or from etcd where a past revision is asked for. */
export function* list(context: RequestContext, etcd: EtcdClient): Process<ListResult | Status> {
  const { options } = context;
  const filter = filterOf(context);
  if (isStatus(filter)) return filter as Status;
  const from = options.continueToken ? decodeContinue(options.continueToken) : { revision: 0, after: '' };
  if (isStatus(from)) return from;
  const asked = parseRevision(options.resourceVersion);
  if (isStatus(asked)) return asked;
  if (asked > etcd.revision) return tooLarge(asked as number, etcd.revision);
  const start = from as Continue;
  const exact = start.revision > 0 ? start.revision : start.revision === 0 && options.resourceVersionMatch === 'Exact' ? (asked as number) : 0;
  const source = exact > 0 && exact !== etcd.revision ? yield* past(context, etcd, exact, start) : { objects: context.storage.cache.list(), revision: etcd.revision };
  return isStatus(source) ? source : pageOf(context, filter as Filter, source as Source, start.after);
}

interface Source {
  readonly objects: readonly KubernetesObject[];
  readonly revision: number;
}

/** The objects of a resource as of a revision, while etcd still knows it. */
function* past(context: RequestContext, etcd: EtcdClient, revision: number, start: Continue): Process<Source | Status> {
  const { prefix } = context.storage;
  const response = yield* etcd.range({ key: prefix, rangeEnd: prefixEnd(prefix), revision });
  if (!isEtcdError(response)) return { objects: response.keyValues.map(objectFrom), revision };
  if (response.error === 'future revision') return tooLarge(revision, etcd.revision);
  if (response.error !== 'compacted') return etcdFailure(response);
  if (start.revision === 0) return expired(COMPACTED);
  // The client may go on with what is there now.
  const metadata = { continue: encodeContinue({ revision: -1, after: start.after }) };
  return { ...expired(TOO_OLD), metadata: metadata as unknown as Status['metadata'] };
}

function pageOf(context: RequestContext, filter: Filter, { objects, revision }: Source, after: string): ListResult {
  const { definition, options } = context;
  const all = select(objects, filter);
  const rest = after === '' ? all : all.filter((o) => objectKey(o) > after);
  const limit = options.limit ?? 0;
  const page = limit > 0 && rest.length > limit ? rest.slice(0, limit) : rest;
  const items = definition.storedAs ? page.map((o) => presentedInAnotherVersion(definition, o)) : page;
  const last = page.length < rest.length ? page.at(-1) : undefined;
  return {
    apiVersion: apiVersionOf(definition), kind: definition.listKind, items, resourceVersion: String(revision),
    ...(last ? { continueToken: encodeContinue({ revision, after: objectKey(last) }), ...(filter.matches ? {} : { remainingItemCount: rest.length - page.length }) } : {}),
  };
}

/** storage.NewTooLargeResourceVersionError: the client is ahead of the server. */
export const tooLarge = (asked: number, current: number): Status => ({
  ...failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 }),
});
