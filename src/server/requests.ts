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

/** What an HTTP request asks for, or the answer to what cannot be understood. */
export function readRequest(verb: RequestVerb, path: ResourcePath, contentType: string, text: string, query: URLSearchParams): ApiRequest | Status {
  const base = { verb, group: path.group, version: path.version, resource: path.resource, namespace: path.namespace, name: path.name, subresource: path.subresource };
  if (verb === 'patch') {
    const patchType = patchTypeOf(contentType);
    if (patchType === undefined) return unsupportedMediaType(Object.values(PATCH_TYPES));
    const body = parse(text, patchType === 'application/apply-patch+yaml');
    if ('error' in body) return badRequest(patchType === 'application/apply-patch+yaml' ? `error decoding YAML: ${body.error}` : body.error);
    const options = optionsOf(verb, query, undefined);
    return isStatus(options) ? options : { ...base, patchType, body: body.value, options: options as ApiRequest['options'] };
  }
  const media = contentType.split(';')[0]?.trim() ?? '';
  const yaml = media === 'application/yaml';
  if (text !== '' && media !== '' && media !== 'application/json' && !yaml) return unsupportedMediaType(READABLE);
  if (verb === 'create' || verb === 'update') {
    const body = yaml || text.length > MAX_PARSED_TWICE ? { value: undefined } : parse(text, false);
    const options = optionsOf(verb, query, undefined);
    return isStatus(options) ? options : { ...base, text, yaml, body: 'error' in body ? undefined : body.value, options: options as ApiRequest['options'] };
  }
  const body = text === '' ? { value: undefined } : parse(text, yaml);
  if ('error' in body) return badRequest(body.error);
  const options = optionsOf(verb, query, body.value);
  return isStatus(options) ? options : { ...base, body: body.value, options: options as ApiRequest['options'] };
}

function parse(text: string, yaml: boolean): { readonly value: unknown } | { readonly error: string } {
  if (!yaml) return parseJson(text);
  try { return { value: toPlain(readYaml(text).value) }; } catch (thrown) { return { error: thrown instanceof Error ? thrown.message : (thrown as { readonly message?: string }).message ?? String(thrown) }; }
}
