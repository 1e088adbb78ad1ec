import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { apiGroup, apiGroupList, apiResourceList, apiVersions, AGGREGATED_MEDIA_TYPE, aggregatedDiscovery, wantsAggregated } from '../engine/api/discovery/documents';
import { VERSION } from '../engine/api/discovery/version';
import { openAPIDocument, openAPIIndex, parseOpenAPIPath } from '../engine/api/openapi/document';
import { badRequest, failure, isStatus, type Status } from '../engine/api/status';
import { unsupportedMediaType, PATCH_TYPES } from '../engine/api/patch/errors';
import type { ApiRequest, Credentials, Sender, UserInfo } from '../engine/apiserver/request';
import type { Session } from '../engine/session';
import type { Process } from '../engine/simulation/process';
import { refusedOrigin } from './access';
import { openAPITexts } from './openapiTexts';
import type { Pacer } from './pace';
import { optionsOf, parsePath, patchTypeOf, verbOf, type ResourcePath } from './paths';
import { presentList, presentObject, wishOf } from './present';
import { streamWatch } from './watch';

/** As kube-apiserver's --max-request-bytes. */
const MAX_BODY = 3 * 1024 * 1024;
const NOT_FOUND = failure(404, 'NotFound', 'the server could not find the requested resource', {});

export interface HandlerOptions {
  readonly session: Session;
  readonly pacer: () => Pacer;
  readonly port: () => number;
}

/** Answers every HTTP request as kube-apiserver would. */
export class Handler {
  constructor(private readonly options: HandlerOptions) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = refusedOrigin(request, this.options.port());
    if (foreign !== undefined) { send(response, 403, failure(403, 'Forbidden', `forbidden: ${foreign}`, {})); return; }
    let url: URL;
    try { url = new URL(request.url ?? '/', 'http://127.0.0.1'); } catch { send(response, 400, badRequest('malformed URL')); return; }
    const path = url.pathname;
    const sender = this.senderOf(request);
    if (isStatus(sender)) { send(response, (sender as Status).code, sender); return; }
    const resource = parsePath(path);
    if (resource) { await this.resource(request, response, sender as Sender, resource, url); return; }
    this.nonResource(request, response, sender as Sender, path, url);
  }

  private nonResource(request: IncomingMessage, response: ServerResponse, sender: Sender, path: string, url: URL): void {
    const { api } = this.options.session.cluster;
    const user = api.authenticator.authenticate(sender.credentials);
    if (isStatus(user)) { send(response, 401, user); return; }
    const open = path === '/healthz' || path === '/livez' || path === '/readyz' || path === '/version' || path === '/version/';
    const refused = open ? undefined : api.authorizePath(user as UserInfo, 'get', path);
    if (refused) { send(response, refused.code, refused); return; }
    if (request.method !== 'GET' && request.method !== 'HEAD') { send(response, 404, NOT_FOUND); return; }
    if (/^\/(healthz|livez|readyz)(\/.*)?$/.test(path)) { response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end('ok'); return; }
    const document = this.document(path.replace(/\/$/, ''), request.headers.accept ?? '', url);
    if (document === undefined) send(response, 404, NOT_FOUND);
    else send(response, 200, document.body, document.type);
  }

  private document(path: string, accept: string, _url: URL): { readonly body: object; readonly type?: string } | undefined {
    const { registry } = this.options.session.cluster.api;
    if (path === '/version') return { body: VERSION };
    if ((path === '/api' || path === '/apis') && wantsAggregated(accept)) return { body: aggregatedDiscovery(registry, path === '/api' ? 'api' : 'apis'), type: AGGREGATED_MEDIA_TYPE };
    if (path === '/api') return { body: apiVersions(registry, `127.0.0.1:${this.options.port()}`) };
    if (path === '/apis') return { body: apiGroupList(registry) };
    if (path === '/openapi/v3') return { body: openAPIIndex(registry) };
    const openapi = parseOpenAPIPath(path);
    if (openapi) { const body = openAPIDocument(registry, openapi.group, openapi.version, openAPITexts()); return body && { body }; }
    const parts = path.split('/').slice(1);
    const body = parts[0] === 'api' && parts.length === 2 ? apiResourceList(registry, '', parts[1] ?? '')
      : parts[0] === 'apis' && parts.length === 2 ? apiGroup(registry, parts[1] ?? '')
      : parts[0] === 'apis' && parts.length === 3 ? apiResourceList(registry, parts[1] ?? '', parts[2] ?? '')
      : path === '' ? { paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] } : undefined;
    return body && { body };
  }

  private async resource(request: IncomingMessage, response: ServerResponse, sender: Sender, path: ResourcePath, url: URL): Promise<void> {
    const { cluster } = this.options.session;
    const verb = verbOf(request.method ?? 'GET', path, url.searchParams);
    if (verb === undefined) { send(response, 405, failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})); return; }
    const body = await readBody(request);
    if (isStatus(body)) { send(response, (body as Status).code, body); return; }
    const read = readRequest(verb, path, request, body as string, url);
    if (isStatus(read)) { send(response, (read as Status).code, read); return; }
    const asked = read as ApiRequest;
    const definition = cluster.api.registry.forResource(path.group, path.version, path.resource);
    const wish = wishOf(request.headers.accept ?? '', url.searchParams.get('includeObject'));
    const complete = (object: Parameters<typeof cluster.api.present>[0]): ReturnType<typeof cluster.api.present> => cluster.api.present(object);
    const now = (): number => cluster.simulation.wallMilliseconds();
    this.options.pacer().pump();
    if (verb === 'watch' && definition) { streamWatch({ cluster, sender, request: asked, definition, wish, response, pump: () => this.options.pacer().pump() }); return; }
    const process = function* (): Process {
      if (verb === 'list') {
        const result = yield* cluster.api.list(sender, asked);
        if (isStatus(result)) send(response, result.code, result);
        else send(response, 200, definition ? presentList(definition, result, wish, now(), complete) : result);
        return;
      }
      const answer = yield* cluster.api.request(sender, asked);
      for (const warning of answer.warnings) response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
      send(response, answer.code, definition ? presentObject(definition, answer.object, wish, now(), complete) : answer.object);
    };
    cluster.simulation.spawn(sender.actor, process(), { cause: 0, background: false });
    this.options.pacer().pump();
  }

  private senderOf(request: IncomingMessage): Sender | Status {
    const { authenticator } = this.options.session.cluster.api;
    const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const credentials: Credentials = bearer === undefined ? { type: 'anonymous' } : { type: 'token', token: bearer };
    const userAgent = request.headers['user-agent'] ?? '';
    const user = authenticator.authenticate(credentials);
    const impersonated = request.headers['impersonate-user'];
    if (isStatus(user) || impersonated === undefined) return { actor: 'kubectl', credentials, userAgent };
    if (!(user as UserInfo).groups.includes('system:masters')) return failure(403, 'Forbidden', `users "${String(impersonated)}" is forbidden: User "${(user as UserInfo).username}" cannot impersonate resource "users" in API group "" at the cluster scope`, { name: String(impersonated), kind: 'users' });
    return { actor: 'kubectl', credentials: { type: 'certificate', user: impersonatedUser(String(impersonated), request.headers['impersonate-group']) }, userAgent };
  }
}

/** Service accounts are in their groups by their name; everybody but the anonymous user is authenticated. */
function impersonatedUser(username: string, groups: string | readonly string[] | undefined): UserInfo {
  const said = groups === undefined ? [] : typeof groups === 'string' ? groups.split(',').map((g) => g.trim()) : groups;
  const account = /^system:serviceaccount:([^:]+):/.exec(username);
  const own = account && said.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`] : [];
  return { username, groups: [...said, ...own, username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'] };
}

function readRequest(verb: ApiRequest['verb'], path: ResourcePath, request: IncomingMessage, text: string, url: URL): ApiRequest | Status {
  const contentType = request.headers['content-type'] ?? 'application/json';
  const base = { verb, group: path.group, version: path.version, resource: path.resource, namespace: path.namespace, name: path.name, subresource: path.subresource };
  if (verb === 'patch') {
    const patchType = patchTypeOf(contentType);
    if (patchType === undefined) return unsupportedMediaType(Object.values(PATCH_TYPES));
    const body = parse(text, patchType === 'application/apply-patch+yaml');
    if ('error' in body) return badRequest(body.error);
    return { ...base, patchType, body: body.value, options: optionsOf(url.searchParams, undefined) };
  }
  if (verb === 'create' || verb === 'update') {
    if (!/json|yaml/.test(contentType)) return unsupportedMediaType(['application/json', 'application/yaml']);
    const yaml = /yaml/.test(contentType);
    const body = parse(text, yaml);
    return { ...base, text, yaml, body: 'error' in body ? undefined : body.value, options: optionsOf(url.searchParams, undefined) };
  }
  const body = text === '' ? { value: undefined } : parse(text, false);
  return { ...base, body: 'error' in body ? undefined : body.value, options: optionsOf(url.searchParams, 'error' in body ? undefined : body.value) };
}

function parse(text: string, yaml: boolean): { readonly value: unknown } | { readonly error: string } {
  try { return { value: yaml ? (parseYaml(text, { version: '1.1', maxAliasCount: 100 }) as unknown) : (JSON.parse(text) as unknown) }; }
  catch (thrown) { return { error: thrown instanceof Error ? thrown.message : String(thrown) }; }
}

async function readBody(request: IncomingMessage): Promise<string | Status> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, code: number, body: object, type = 'application/json'): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(code, { 'Content-Type': type, 'Cache-Control': 'no-cache, private' });
  response.end(`${JSON.stringify(body)}\n`);
}
