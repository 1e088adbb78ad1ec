import type { PatchType, RequestVerb } from '../engine/apiserver/request';

/** A URL that names a resource, as kube-apiserver reads it (RequestInfoFactory). */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** The old form of a watch: /api/v1/watch/… */
  readonly watch: boolean;
}

/** Reads "/api/v1/namespaces/NS/pods/NAME/SUB" and "/apis/GROUP/VERSION/…"; undefined for what is no resource. */
export function parsePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').filter((p) => p !== '').map(decode);
  if (parts.some((p) => p === undefined)) return undefined;
  const [root, ...rest] = parts as string[];
  const [group, version, ...all] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  const watch = all[0] === 'watch' && all.length > 1;
  const tail = watch ? all.slice(1) : all;
  if (group === undefined || version === undefined || tail.length === 0) return undefined;
  if (tail[0] === 'namespaces' && tail.length > 2 && !(tail.length === 3 && (tail[2] === 'status' || tail[2] === 'finalize'))) {
    const [, namespace = '', resource = '', name = '', ...sub] = tail;
    return { group, version, namespace, resource, name, subresource: sub.join('/'), watch };
  }
  const [resource = '', name = '', ...sub] = tail;
  // The namespace of a namespace is itself.
  return { group, version, namespace: '', resource, name, subresource: sub.join('/'), watch };
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
    case 'GET': return path.watch || (isTrue(query.get('watch')) && path.subresource === '') ? 'watch' : path.name === '' ? 'list' : 'get';
    default: return undefined;
  }
}

/** A boolean parameter, as k8s.io/apimachinery/pkg/conversion reads it: everything but "false" and "0" is true, even nothing. */
export const isTrue = (value: string | null): boolean => value !== null && value.toLowerCase() !== 'false' && value !== '0';

const PATCH_TYPES: readonly PatchType[] = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

export function patchTypeOf(contentType: string): PatchType | undefined {
  const media = contentType.split(';')[0]?.trim();
  return PATCH_TYPES.find((t) => t === media);
}
