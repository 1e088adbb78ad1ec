import type { IncomingMessage, ServerResponse } from 'node:http';
import { UNKNOWN_PATH } from '../engine/api/conversion/unknown-kind';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import { badRequest, failure, isStatus, type Status } from '../engine/api/status';
import type { ApiRequest, RequestVerb, Sender, UserInfo } from '../engine/apiserver/request';
import type { Session } from '../engine/session';
import type { Process } from '../engine/simulation/process';
import { refusedOrigin } from './access';
import { readBody } from './body';
import { Documents } from './documents';
import { senderOf } from './identity';
import { wishOf, type Wish } from './negotiate';
import type { Pacer } from './pace';
import { parsePath, verbOf, type ResourcePath } from './paths';
import { presentList, presentObject, type Presentation } from './present';
import { readRequest } from './requests';
import { addWarnings, send, sendText } from './respond';
import { streamWatch } from './watch';

const NOT_FOUND = failure(404, 'NotFound', 'the server could not find the requested resource', {});
const WRONG_METHOD = failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/.*)?$/;

export interface HandlerOptions {
  readonly session: Session;
  readonly pacer: () => Pacer;
  readonly port: () => number;
  readonly heard?: (request: HeardRequest) => void;
}

/** A request for a resource. kubectl says in headers which command it belongs to (KEP-859). */
export interface HeardRequest {
  readonly verb: RequestVerb;
  /** "kubectl apply"; '' where the client does not say. */
  readonly command: string;
  /** The same for all requests of one command; '' where the client does not say. */
  readonly session: string;
}

const headerOf = (request: IncomingMessage, name: string): string => { const value = request.headers[name]; return typeof value === 'string' ? value.slice(0, 200) : ''; };

/** Answers every HTTP request as kube-apiserver would. */
export class Handler {
  private readonly documents: Documents;

  constructor(private readonly options: HandlerOptions) {
    this.documents = new Documents(options.session.cluster.api, () => `127.0.0.1:${options.port()}`);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = refusedOrigin(request, this.options.port());
    if (foreign !== undefined) { refuse(request, response, failure(403, 'Forbidden', `forbidden: ${foreign}`, {})); return; }
    let url: URL;
    try { url = new URL(request.url ?? '/', 'http://127.0.0.1'); } catch { refuse(request, response, badRequest('malformed URL')); return; }
    this.options.pacer().pump();
    const sender = senderOf(request, this.options.session.cluster.api);
    if (isStatus(sender)) { refuse(request, response, sender); return; }
    const resource = parsePath(url.pathname);
    if (resource) await this.resource(request, response, sender as Sender, resource, url);
    else await this.nonResource(request, response, sender as Sender, url.pathname);
  }

  private async nonResource(request: IncomingMessage, response: ServerResponse, sender: Sender, path: string): Promise<void> {
    const { api } = this.options.session.cluster;
    const user = api.authenticator.authenticate(sender.credentials);
    if (isStatus(user)) { refuse(request, response, user as Status); return; }
    const refused = api.authorizePath(user as UserInfo, (request.method ?? 'GET').toLowerCase(), path);
    if (refused) { refuse(request, response, refused); return; }
    if (HEALTH.test(path)) { sendText(response, 200, 'ok'); return; }
    const document = await this.documents.get(path.replace(/\/$/, ''), request.headers.accept ?? '');
    if (document === undefined) this.unknownPath(response, path);
    else if (request.method !== 'GET') refuse(request, response, WRONG_METHOD);
    else send(response, 200, document.body, document.type);
  }

  /** What is under a group that is served is answered as an API, all else as a web server would. */
  private unknownPath(response: ServerResponse, path: string): void {
    const [, root = '', first = ''] = path.split('/');
    const known = root === 'version' || (root === 'api' && first === 'v1') || (root === 'apis' && this.options.session.cluster.api.registry.groups().some((g) => g.group === first));
    if (known) send(response, 404, NOT_FOUND);
    else sendText(response, 404, UNKNOWN_PATH);
  }

  private async resource(request: IncomingMessage, response: ServerResponse, sender: Sender, path: ResourcePath, url: URL): Promise<void> {
    const { api } = this.options.session.cluster;
    const verb = verbOf(request.method ?? 'GET', path, url.searchParams);
    if (verb === undefined) { refuse(request, response, WRONG_METHOD); return; }
    const wish = wishOf(request.headers.accept ?? '', url.searchParams.get('includeObject'));
    if (isStatus(wish)) { refuse(request, response, wish); return; }
    // Nobody who is not recognised makes the server read a body.
    const recognised = !isStatus(api.authenticator.authenticate(sender.credentials));
    const body = recognised ? await readBody(request) : '';
    if (isStatus(body)) { refuse(request, response, body); return; }
    const asked = await readRequest(verb, path, request.headers['content-type'] ?? '', body as string | Uint8Array, url.searchParams);
    if (isStatus(asked)) { send(response, asked.code, asked); return; }
    if (recognised) this.options.heard?.({ verb, command: headerOf(request, 'kubectl-command'), session: headerOf(request, 'kubectl-session') });
    const definition = api.registry.forResource(path.group, path.version, path.resource);
    if (definition === undefined && !api.registry.groups().some((g) => g.group === path.group) && recognised) this.answerUnknown(response, sender, asked as ApiRequest);
    else this.answer(response, sender, asked as ApiRequest, definition, wish as Wish);
  }

  private answer(response: ServerResponse, sender: Sender, asked: ApiRequest, definition: ResourceDefinition | undefined, wish: Wish): void {
    const { cluster } = this.options.session;
    const { api, simulation } = cluster;
    const pump = (): void => { this.options.pacer().pump(); };
    if (asked.verb === 'watch' && definition) { streamWatch({ cluster, sender, request: asked, definition, wish, response, pump }); return; }
    const presentation = (): Presentation | undefined => definition && { definition, wish, now: simulation.wallMilliseconds(), columns: api.columnsOf(definition), complete: (object) => api.present(object) };
    const process = function* (): Process {
      if (asked.verb === 'list') {
        const result = yield* api.list(sender, asked);
        const how = presentation();
        if (isStatus(result)) send(response, result.code, result);
        else send(response, 200, how ? presentList(how, result) : result, undefined, wish.encoding);
        return;
      }
      const answer = yield* api.request(sender, asked);
      const how = presentation();
      addWarnings(response, answer.warnings);
      send(response, answer.code, how ? presentObject(how, answer.object) : answer.object, undefined, wish.encoding);
    };
    simulation.spawn(sender.actor, process(), { cause: 0, background: false });
    pump();
  }

  /** A group that nobody serves: authorized as any request, and then no API at all. */
  private answerUnknown(response: ServerResponse, sender: Sender, asked: ApiRequest): void {
    const { api, simulation } = this.options.session.cluster;
    const process = function* (): Process {
      const answer = yield* api.request(sender, { ...asked, verb: asked.verb === 'list' || asked.verb === 'watch' ? 'get' : asked.verb });
      if (answer.code === 404) sendText(response, 404, UNKNOWN_PATH);
      else send(response, answer.code, answer.object);
    };
    simulation.spawn(sender.actor, process(), { cause: 0, background: false });
    this.options.pacer().pump();
  }
}

/** Answers without having read the body: what is left of it is not waited for. */
function refuse(request: IncomingMessage, response: ServerResponse, status: Status): void {
  if (!request.complete && request.headers['content-length'] !== '0' && (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)) {
    response.setHeader('Connection', 'close');
    response.once('finish', () => { request.destroy(); });
  }
  send(response, status.code, status);
}
