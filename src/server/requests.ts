import { parseJson } from '../engine/api/decode/decode';
import { toPlain } from '../engine/api/decode/json-reader';
import { readYaml } from '../engine/api/decode/yaml-reader';
import { unsupportedMediaType, PATCH_TYPES } from '../engine/api/patch/errors';
import { badRequest, isStatus, type Status } from '../engine/api/status';
import type { ApiRequest, RequestVerb } from '../engine/apiserver/request';
import { patchTypeOf, type ResourcePath } from './paths';
import { optionsOf } from './query';

const READABLE = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
/** Beyond this, a body is kept as text in the trace: nobody looks at it as an object. */
const MAX_PARSED_TWICE = 256 * 1024;

/** What an HTTP request asks for, or the answer to what cannot be understood. The tables of protobuf are loaded when somebody sends it. */
export async function readRequest(verb: RequestVerb, path: ResourcePath, contentType: string, body: string | Uint8Array, query: URLSearchParams): Promise<ApiRequest | Status> {
  if (typeof body === 'string') return readText(verb, path, contentType, body, query);
  const read = body.length === 0 ? { value: undefined } : (await import('./protobuf/decode')).decodeProtobuf(body);
  if ('error' in read) return badRequest(read.error);
  return withOptions(verb, path, query, { body: read.value });
}

/** A request of which the body came as JSON or YAML. */
export function readText(verb: RequestVerb, path: ResourcePath, contentType: string, text: string, query: URLSearchParams): ApiRequest | Status {
  if (verb === 'patch') return readPatch(path, contentType, text, query);
  const media = contentType.split(';')[0]?.trim() ?? '';
  const yaml = media === 'application/yaml';
  if (text !== '' && media !== '' && media !== 'application/json' && !yaml) return unsupportedMediaType(READABLE);
  if (verb === 'create' || verb === 'update') {
    const body = yaml || text.length > MAX_PARSED_TWICE ? { value: undefined } : parse(text, false);
    return withOptions(verb, path, query, { text, yaml, body: 'error' in body ? undefined : body.value });
  }
  const body = text === '' ? { value: undefined } : parse(text, yaml);
  return 'error' in body ? badRequest(body.error) : withOptions(verb, path, query, { body: body.value });
}

function readPatch(path: ResourcePath, contentType: string, text: string, query: URLSearchParams): ApiRequest | Status {
  const patchType = patchTypeOf(contentType);
  if (patchType === undefined) return unsupportedMediaType(Object.values(PATCH_TYPES));
  const yaml = patchType === 'application/apply-patch+yaml';
  const body = parse(text, yaml);
  return 'error' in body ? badRequest(yaml ? `error decoding YAML: ${body.error}` : body.error) : withOptions('patch', path, query, { patchType, body: body.value });
}

function withOptions(verb: RequestVerb, path: ResourcePath, query: URLSearchParams, more: Partial<ApiRequest>): ApiRequest | Status {
  const { group, version, resource, namespace, name, subresource } = path;
  const options = optionsOf(verb, query, more.body);
  return isStatus(options) ? options : { verb, group, version, resource, namespace, name, subresource, ...more, options: options as ApiRequest['options'] };
}

function parse(text: string, yaml: boolean): { readonly value: unknown } | { readonly error: string } {
  if (!yaml) return parseJson(text);
  try { return { value: toPlain(readYaml(text).value) }; } catch (thrown) { return { error: thrown instanceof Error ? thrown.message : (thrown as { readonly message?: string }).message ?? String(thrown) }; }
}
