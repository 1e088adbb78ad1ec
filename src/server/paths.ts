import type { PatchType, RequestOptions, RequestVerb } from '../engine/apiserver/request';

/** A URL that names a resource, as kube-apiserver reads it (RequestInfoFactory). */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
}

/** Reads "/api/v1/namespaces/NS/pods/NAME/SUB" and "/apis/GROUP/VERSION/…"; undefined for what is no resource. */
export function parsePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').filter((p) => p !== '').map(decode);
  if (parts.some((p) => p === undefined)) return undefined;
  const [root, ...rest] = parts as string[];
  const [group, version, ...tail] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  if (group === undefined || version === undefined || tail.length === 0) return undefined;
  if (tail[0] === 'namespaces' && tail.length > 2 && !(tail.length === 3 && (tail[2] === 'status' || tail[2] === 'finalize'))) {
    const [, namespace = '', resource = '', name = '', ...sub] = tail;
    return { group, version, namespace, resource, name, subresource: sub.join('/') };
  }
  const [resource = '', name = '', ...sub] = tail;
  // The namespace of a namespace is itself.
  return { group, version, namespace: '', resource, name, subresource: sub.join('/') };
}

function decode(part: string): string | undefined {
  try { return decodeURIComponent(part); } catch { return undefined; }
}

export function verbOf(method: string, path: ResourcePath, query: URLSearchParams): RequestVerb | undefined {
  switch (method) {
    case 'POST': return 'create';
    case 'PUT': return 'update';
    case 'PATCH': return 'patch';
    case 'DELETE': return path.name === '' ? 'deletecollection' : 'delete';
    case 'GET': case 'HEAD': return isTrue(query.get('watch')) ? 'watch' : path.name === '' ? 'list' : 'get';
    default: return undefined;
  }
}

export const isTrue = (value: string | null): boolean => value === 'true' || value === '1' || value === '';

const PATCH_TYPES: readonly PatchType[] = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

export function patchTypeOf(contentType: string): PatchType | undefined {
  const media = contentType.split(';')[0]?.trim();
  return PATCH_TYPES.find((t) => t === media);
}

/** Query parameters and the DeleteOptions of a body, as options of the request. */
export function optionsOf(query: URLSearchParams, body: unknown): RequestOptions {
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  const deletion = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly gracePeriodSeconds?: number; readonly propagationPolicy?: RequestOptions['propagationPolicy']; readonly orphanDependents?: boolean; readonly preconditions?: RequestOptions['preconditions']; readonly dryRun?: readonly string[];
  };
  return {
    dryRun: query.getAll('dryRun').includes('All') || (Array.isArray(deletion.dryRun) && deletion.dryRun.includes('All')),
    fieldValidation: text('fieldValidation') as RequestOptions['fieldValidation'], fieldManager: text('fieldManager'), force: query.has('force') ? isTrue(query.get('force')) : undefined,
    labelSelector: text('labelSelector'), fieldSelector: text('fieldSelector'), limit: number('limit'), continueToken: text('continue'), resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch') as RequestOptions['resourceVersionMatch'], gracePeriodSeconds: number('gracePeriodSeconds') ?? deletion.gracePeriodSeconds,
    propagationPolicy: (text('propagationPolicy') as RequestOptions['propagationPolicy']) ?? deletion.propagationPolicy, orphanDependents: deletion.orphanDependents, preconditions: deletion.preconditions,
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks') ?? 'false'), sendInitialEvents: query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined, timeoutSeconds: number('timeoutSeconds'),
  };
}
