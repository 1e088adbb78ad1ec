import { decodeAs } from '../engine/api/decode/decode';
import { badRequest, type Status } from '../engine/api/status';
import type { RequestOptions, RequestVerb } from '../engine/apiserver/request';
import { isTrue } from './paths';

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: RequestOptions['propagationPolicy'];
  readonly orphanDependents?: boolean;
  readonly preconditions?: RequestOptions['preconditions'];
  readonly dryRun?: readonly string[];
}

class QueryError {
  constructor(readonly status: Status) {}
}

/** Query parameters, and for a deletion the DeleteOptions of its body, as options of the request; 400 for what cannot be read. */
export function optionsOf(verb: RequestVerb, query: URLSearchParams, body: unknown): RequestOptions | Status {
  try {
    const deletion = verb === 'delete' || verb === 'deletecollection' ? deleteOptions(body) : undefined;
    return { ...fromQuery(query), ...deletion };
  } catch (thrown) {
    if (thrown instanceof QueryError) return thrown.status;
    throw thrown;
  }
}

function fromQuery(query: URLSearchParams): RequestOptions {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const integer = (name: string): number | undefined => (query.has(name) ? parseInteger(query.get(name) ?? '') : undefined);
  const flag = (name: string): boolean | undefined => (query.has(name) ? isTrue(query.get(name)) : undefined);
  const dryRunValues = query.getAll('dryRun');
  return {
    ...(dryRunValues.length > 0 ? { dryRun: true, dryRunValues } : {}), fieldValidation: text('fieldValidation') as RequestOptions['fieldValidation'], fieldManager: text('fieldManager'), force: flag('force'),
    labelSelector: text('labelSelector'), fieldSelector: text('fieldSelector'), limit: integer('limit'), continueToken: text('continue'), resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch') as RequestOptions['resourceVersionMatch'], gracePeriodSeconds: integer('gracePeriodSeconds'),
    propagationPolicy: text('propagationPolicy') as RequestOptions['propagationPolicy'], orphanDependents: flag('orphanDependents'),
    allowWatchBookmarks: flag('allowWatchBookmarks') ?? false, sendInitialEvents: flag('sendInitialEvents'), timeoutSeconds: integer('timeoutSeconds'),
  };
}

/** strconv.ParseInt with its words. */
function parseInteger(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new QueryError(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`));
}

/** A body says everything: the parameters of the query do not count beside it. */
function deleteOptions(body: unknown): RequestOptions | undefined {
  if (body === undefined) return undefined;
  const decoded = decodeAs('DeleteOptions', body);
  if ('error' in decoded) throw new QueryError(badRequest(decoded.error));
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun } = decoded.value as DeleteOptions;
  return {
    gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, ...(dryRun?.length ? { dryRun: true, dryRunValues: dryRun } : { dryRun: false, dryRunValues: undefined }),
  };
}
