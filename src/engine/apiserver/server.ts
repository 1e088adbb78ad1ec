import type { KubernetesObject, ObjectWithMeta } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import type { ResourceRegistry } from '../api/resources/registry';
import type { JsonObject } from '../api/patch/json';
import type { AdditionalPrinterColumn } from '../api/table/printTable';
import { failure, forbidden, internalError, isStatus, methodNotSupported, type Status } from '../api/status';
import { isEtcdError, prefixEnd, type EtcdClient, type KeyValue } from '../etcd/types';
import { BACKGROUND, sleep, type Process } from '../simulation/process';
import { vary, type Latencies } from '../simulation/latency';
import type { Simulation } from '../simulation/simulation';
import type { RequestMessage, Stage } from '../trace/message';
import type { TraceRecorder } from '../trace/recorder';
import type { AdmissionChain } from './admission/chain';
import type { AdmissionEnvironment } from './admission/plugin';
import type { Authenticator } from './authentication';
import { Authorizer } from './authorization/authorizer';
import { escalation } from './authorization/escalation';
import { NodeAuthorizer } from './authorization/nodeAuthorizer';
import { RbacAuthorizer, denial, type AuthorizationRequest } from './authorization/rbac';
import { refusal, refuse, type Answer, type RequestContext, type ServerParts } from './context';
import { CustomResourceController } from './customResources/controller';
import type { FieldManagement } from './fieldManagement';
import { create } from './handlers/create';
import { remove, removeCollection } from './handlers/delete';
import { patch, type Patching } from './handlers/patch';
import { filterOf, select } from './handlers/filter';
import { get, list } from './handlers/read';
import { update } from './handlers/update';
import type { KindLogic } from './kindLogic';
import type { ApiRequest, ApiResponse, ApiServer, ListResult, Sender, UserInfo, WatchHandle, WatchHandler } from './request';
import { CONNECTION_REFUSED, STARTING } from './outage';
import { refusedByRoute } from './routes';
import { startWatch } from './handlers/watch';
import { ResourceStorage, etcdFailure } from './storage';
import { bind } from './subresources/binding';
import { bodyOf } from './subresources/body';
import { handleSubresource } from './subresources/dispatch';
import { review } from './subresources/reviews';
import { WatchCache, type Filter } from './watchCache';
import { presentedInAnotherVersion } from './versions';

export interface ServerOptions {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  readonly etcd: EtcdClient;
  readonly registry: ResourceRegistry;
  readonly kinds: KindLogic;
  readonly patching: Patching;
  readonly fields: FieldManagement;
  readonly admission: AdmissionChain;
  readonly authenticator: Authenticator;
  /** For tests: mistakes are thrown, not answered. */
  readonly throwing?: boolean;
}

/** What an audit log needs to know of a request that was answered. */
export interface AuditRecord {
  readonly message: RequestMessage;
  readonly user: UserInfo;
  readonly sender: Sender;
  readonly request: ApiRequest;
  /** Virtual milliseconds at which the server got it. */
  readonly receivedAt: number;
  readonly answeredAt: number;
  readonly code: number;
  readonly object: ObjectWithMeta | Status;
}

const RBAC_RESOURCES = new Set(['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings']);

const NAME_SELECTOR = /(?:^|,)metadata\.name==?([^,]+)(?:,|$)/;

/** What authorization is asked; a collection that is narrowed to one name is asked for by that name, as in Kubernetes' RequestInfo. */
function askedBy({ verb, group, resource, subresource = '', namespace = '', name = '', options }: ApiRequest): AuthorizationRequest {
  const asked = { verb, group, resource, subresource, namespace, name };
  const fieldSelector = options?.fieldSelector;
  if (!fieldSelector || (verb !== 'list' && verb !== 'watch' && verb !== 'deletecollection')) return asked;
  return { ...asked, name: name || NAME_SELECTOR.exec(fieldSelector)?.[1] || '', fieldSelector };
}

/** The API server as its own client. */
const LOOPBACK: Sender = {
  actor: 'kube-apiserver', userAgent: 'kube-apiserver/v1.36.2', credentials: { type: 'certificate', user: { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] } },
};

/** The API server: one pipeline for every request, and the only component that talks to etcd. */
export class KubeApiServer implements ApiServer {
  private readonly storages = new Map<string, ResourceStorage>();
  private readonly byPrefix = new Map<string, ResourceStorage>();
  private readonly authorizer: Authorizer;
  private readonly parts: ServerParts;
  private readonly pluginState = new Map<string, object>();
  private readonly customResources: CustomResourceController;
  private readonly auditors = new Set<(record: AuditRecord) => void>();
  private rbacGeneration = 0;
  private tokens = 0;
  /** What every request is answered while nothing can be served. */
  private outage: Status | undefined;
  private stopped = false;
  private reloading = false;
  private unfollow = (): void => undefined;

  constructor(private readonly options: ServerOptions) {
    const { simulation, registry, kinds, admission, fields, authenticator } = options;
    const nodes = new NodeAuthorizer({
      get: (group, resource, namespace, name) => this.storageOf(group, resource)?.current(namespace, name),
      inNamespace: (group, resource, namespace) => this.storageOf(group, resource)?.cache.inNamespace(namespace) ?? [],
    });
    this.authorizer = new Authorizer(nodes, new RbacAuthorizer({
      list: (resource) => this.storageOf('rbac.authorization.k8s.io', resource)?.cache.list() ?? [],
      generation: () => this.rbacGeneration,
    }));
    this.parts = {
      simulation, registry, kinds, admission, fields,
      storageFor: (definition) => this.storageFor(definition),
      storageOf: (group, resource) => this.storageOf(group, resource),
      environment: (warnings) => this.environment(warnings),
      authorize: (user, request) => this.authorizer.authorize(user, request),
      rulesFor: (user, namespace) => this.authorizer.rulesFor(user, namespace),
      escalation: (write) => escalation(write, this.authorizer),
      authenticateToken: (token) => {
        const user = authenticator.authenticate({ type: 'token', token });
        return isStatus(user) ? undefined : (user as UserInfo);
      },
      issueToken: (user) => {
        const token = `token-${++this.tokens}-${simulation.random.uuid()}`;
        authenticator.addToken(token, user);
        return token;
      },
    };
    this.customResources = new CustomResourceController({
      simulation, registry, kinds: kinds.custom, definitions: () => this.storageOf('apiextensions.k8s.io', 'customresourcedefinitions')?.cache.list() ?? [],
      cacheOf: (group, resource) => this.storageOf(group, resource)?.cache, request: (request) => this.request(LOOPBACK, request),
    });
    this.follow(1);
  }

  /** The process ends: connections are refused, watches break off. */
  stop(): void {
    this.outage = CONNECTION_REFUSED;
    this.stopped = true;
    for (const storage of this.storages.values()) storage.cache.endAll(undefined);
  }

  /** A new process fills its caches from etcd, then serves. */
  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.reload();
  }

  get running(): boolean { return !this.stopped; }

  /** Takes over every commit from a revision on. When etcd cannot continue (compacted, restored), everything is read again. */
  private follow(from: number): void {
    this.unfollow();
    this.unfollow = this.options.etcd.watch('/registry/', from, (event) => {
      const storage = this.storageOfKey(event.keyValue.key);
      if (!storage) return;
      storage.cache.apply(event);
      this.noticed(storage, event.keyValue.value as KubernetesObject, event.type === 'delete', event.cause);
    }, () => this.reload());
  }

  private noticed({ definition }: ResourceStorage, object: KubernetesObject, deleted: boolean, cause: number): void {
    if (definition.group === 'apiextensions.k8s.io') this.customResources.changed(object, deleted, cause);
    if (definition.group === 'rbac.authorization.k8s.io' && RBAC_RESOURCES.has(definition.resource)) this.rbacGeneration++;
  }

  private reload(): void {
    this.outage ??= STARTING;
    if (this.stopped || this.reloading) return;
    this.outage = STARTING;
    this.reloading = true;
    this.options.simulation.spawn('kube-apiserver', this.fillCaches(), BACKGROUND);
  }

  private *fillCaches(): Process {
    const { etcd } = this.options;
    for (;;) {
      const range = yield* etcd.range({ key: '/registry/', rangeEnd: prefixEnd('/registry/') });
      if (this.stopped) break;
      if (isEtcdError(range)) { yield* sleep(1000); continue; }
      const contents = new Map<ResourceStorage, KeyValue[]>();
      for (const storage of this.storages.values()) contents.set(storage, []);
      for (const keyValue of range.keyValues) {
        const storage = this.storageOfKey(keyValue.key);
        if (!storage) continue;
        const list = contents.get(storage);
        if (list) list.push(keyValue); else contents.set(storage, [keyValue]);
      }
      for (const [storage, keyValues] of contents) {
        const gone = storage.cache.reset(keyValues, range.revision);
        for (const object of gone) this.noticed(storage, object, true, 0);
        for (const { value } of keyValues) this.noticed(storage, value as KubernetesObject, false, 0);
      }
      this.follow(range.revision + 1);
      this.outage = undefined;
      break;
    }
    this.reloading = false;
  }

  get registry(): ResourceRegistry { return this.options.registry; }
  get authenticator(): Authenticator { return this.options.authenticator; }

  /** Hears of every request once it is answered. */
  onAudit(listener: (record: AuditRecord) => void): () => void {
    this.auditors.add(listener);
    return () => this.auditors.delete(listener);
  }

  /** What is stored now, for the inside of the process only (views, tests): no request, no latency, no trace. */
  peek(group: string, resource: string): WatchCache | undefined { return this.storageOf(group, resource)?.cache; }

  *request(sender: Sender, request: ApiRequest): Process<ApiResponse> {
    const { simulation, latencies } = this.options;
    const message = this.record(sender, request);
    const outer = simulation.context;
    simulation.context = { cause: message.id, background: message.background };
    yield* sleep(vary(simulation.random, latencies, latencies.network));
    const receivedAt = simulation.now;
    const stages: Stage[] = [];
    const warnings: string[] = [];
    message.stages = stages;
    const admitted = this.outage ?? this.recognise(sender, request, stages, message);
    const answer: Answer = isStatus(admitted) ? { code: (admitted as Status).code, object: admitted as Status } : yield* this.recovering(this.handle(sender, admitted.user, admitted.definition, request, message, stages, warnings));
    const presented = isStatus(admitted) || isStatus(answer.object) ? answer.object : presentedInAnotherVersion(admitted.definition, answer.object as KubernetesObject);
    const answeredAt = simulation.now;
    this.audit({ message, user: isStatus(admitted) ? this.userOf(sender) : admitted.user, sender, request, receivedAt, answeredAt, code: answer.code, object: presented });
    yield* sleep(vary(simulation.random, latencies, latencies.network));
    message.answeredAt = simulation.now;
    message.code = answer.code;
    message.revision = answer.revision ?? 0;
    message.before = answer.before;
    message.answer = presented;
    message.warnings = warnings;
    if (message.name === '') message.name = (isStatus(presented) ? presented.details?.name : (presented as ObjectWithMeta).metadata?.name) ?? '';
    simulation.context = outer;
    return { code: answer.code, object: presented, warnings, message: message.id };
  }

  *list(sender: Sender, request: ApiRequest): Process<ListResult | Status> {
    const { simulation, latencies, etcd } = this.options;
    const serve = (context: RequestContext): Process<ListResult | Status> => list(context, etcd);
    const confirmed = this.confirmed.bind(this);
    const { message, result } = yield* this.read(sender, request, function* (context) { return (yield* confirmed(request)) ?? (yield* serve(context)); });
    yield* sleep(vary(simulation.random, latencies, latencies.network));
    this.answered(message, result);
    return result;
  }

  /** The handle comes back at once: what it hears of travels on its own. */
  *watch(sender: Sender, request: ApiRequest, handler: WatchHandler): Process<WatchHandle | Status> {
    const { etcd } = this.options;
    const { message, result } = yield* this.read(sender, request, function* (context) { return startWatch(context, handler, etcd.revision); });
    this.answered(message, result);
    return result;
  }

  /** A list or a watch, from the wire to the audit log. */
  private *read<T extends object>(sender: Sender, request: ApiRequest, serve: (context: RequestContext) => Process<T | Status>): Process<{ readonly message: RequestMessage; readonly result: T | Status }> {
    const { simulation, latencies } = this.options;
    const message = this.record(sender, request);
    yield* sleep(vary(simulation.random, latencies, latencies.network));
    const stages: Stage[] = [];
    message.stages = stages;
    const receivedAt = simulation.now;
    const admitted = this.outage ?? this.recognise(sender, request, stages, message);
    const context = isStatus(admitted) ? undefined : this.contextOf(sender, admitted.user, admitted.definition, request, message, stages, []);
    const result = context === undefined ? (admitted as Status) : refusedByRoute(context) ?? (yield* serve(context));
    const code = isStatus(result) ? (result as Status).code : 200;
    this.audit({ message, user: isStatus(admitted) ? this.userOf(sender) : admitted.user, sender, request, receivedAt, answeredAt: simulation.now, code, object: result as unknown as ObjectWithMeta });
    return { message, result };
  }

  private answered(message: RequestMessage, result: object): void {
    message.answeredAt = this.options.simulation.now;
    message.code = isStatus(result) ? (result as Status).code : 200;
    if (isStatus(result)) message.answer = result as Status;
  }

  /** Makes etcd and the watch caches forget what was before a revision, as kube-apiserver does every five minutes: whoever is behind it has to list again. */
  *compact(revision: number): Process {
    yield* this.options.etcd.compact(revision);
    for (const storage of this.storages.values()) storage.cache.forgetBefore(revision);
  }

  /** An object read and with its defaults, as it would be stored: for loading what was stored elsewhere. */
  complete(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject | Status {
    const { kinds } = this.options;
    const decoded = kinds.decode(definition, { verb: 'create', ...definition, subresource: undefined, body: object, options: { fieldValidation: 'Ignore' } });
    return isStatus(decoded) ? decoded : kinds.defaults(definition, decoded.object);
  }

  /** An object as a client outside the process sees it: with its managedFields. */
  present(object: KubernetesObject): KubernetesObject { return this.options.fields.complete(object); }

  /** Whether a user may send a request, for everything that is not a resource too ("/healthz"). */
  authorizePath(user: UserInfo, verb: string, path: string): Status | undefined {
    const asked: AuthorizationRequest = { verb, group: '', resource: '', subresource: '', namespace: '', name: '', path };
    const verdict = this.authorizer.authorize(user, asked);
    return verdict.allowed ? undefined : failure(403, 'Forbidden', `forbidden: ${denial(user, asked, verdict.reason)}`, {});
  }

  /** Why a user may not do something, or undefined. */
  denialOf(user: UserInfo, asked: AuthorizationRequest): string | undefined {
    const verdict = this.authorizer.authorize(user, asked);
    return verdict.allowed ? undefined : denial(user, asked, verdict.reason);
  }

  /** The printer columns of a custom resource's version. */
  columnsOf(definition: ResourceDefinition): readonly AdditionalPrinterColumn[] | undefined { return definition.schema === '' ? this.options.kinds.custom.columnsOf(definition) : undefined; }

  /** The schema of a custom resource's version. */
  customSchemaOf(definition: ResourceDefinition): JsonObject | undefined { return this.options.kinds.custom.schemaOf(definition) as JsonObject | undefined; }

  storageOf(group: string, resource: string): ResourceStorage | undefined {
    const found = this.storages.get(`${group}/${resource}`);
    if (found && found.definition.schema !== '') return found;
    const definition = this.options.registry.all().find((d) => d.group === group && d.resource === resource);
    return definition ? this.storageFor(definition) : found;
  }

  private record(sender: Sender, request: ApiRequest): RequestMessage {
    return this.options.trace.request({
      kind: 'request', actor: sender.actor, user: sender.credentials.type === 'certificate' ? sender.credentials.user.username : '', verb: request.verb, group: request.group, version: request.version,
      resource: request.resource, subresource: request.subresource ?? '', namespace: request.namespace ?? '', name: request.name ?? '', dryRun: request.options?.dryRun === true,
      body: request.body ?? request.text, stages: [], answeredAt: undefined, code: 0, revision: 0, before: undefined, answer: undefined, warnings: [],
    });
  }

  /** Authentication and authorization, and finding the resource. */
  private recognise(sender: Sender, request: ApiRequest, stages: Stage[], message: RequestMessage): { readonly user: UserInfo; readonly definition: ResourceDefinition } | Status {
    const user = this.options.authenticator.authenticate(sender.credentials);
    if (isStatus(user)) { stages.push({ name: 'authentication', verdict: 'refused', detail: user.message }); return user; }
    const recognised = user as UserInfo;
    (message as { user: string }).user = recognised.username;
    stages.push({ name: 'authentication', verdict: 'passed', detail: recognised.username });
    const asked = askedBy(request);
    const verdict = this.authorizer.authorize(recognised, asked);
    if (!verdict.allowed) {
      const status = forbidden({ group: request.group, resource: request.resource }, request.name ?? '', denial(recognised, asked, verdict.reason));
      stages.push({ name: 'authorization', verdict: 'refused', detail: status.message });
      return status;
    }
    stages.push({ name: 'authorization', verdict: 'passed', detail: verdict.reason });
    const definition = this.options.registry.forResource(request.group, request.version, request.resource);
    if (!definition || !definition.served) return failure(404, 'NotFound', 'the server could not find the requested resource', {});
    return { user: recognised, definition };
  }

  /** A mistake in a handler is answered, as kube-apiserver's panic recovery does; the world goes on. */
  private *recovering(handled: Process<Answer>): Process<Answer> {
    try {
      return yield* handled;
    } catch (thrown) {
      if (DEVELOPMENT && this.options.throwing) throw thrown;
      const status = internalError(thrown instanceof Error ? thrown.message : String(thrown));
      return { code: status.code, object: status };
    }
  }

  private *handle(sender: Sender, user: UserInfo, definition: ResourceDefinition, request: ApiRequest, message: RequestMessage, stages: Stage[], warnings: string[]): Process<Answer> {
    const context = this.contextOf(sender, user, definition, request, message, stages, warnings);
    const unrouted = refusedByRoute(context);
    if (unrouted) return { code: unrouted.code, object: unrouted };
    const reviewed = review(context);
    if (reviewed) return yield* reviewed;
    if (definition.group === '' && definition.resource === 'bindings') return yield* this.bindByCollection(context);
    if (request.subresource && request.subresource !== 'status') {
      const answer = handleSubresource(context, this.options.patching);
      if (answer) return yield* answer;
    }
    switch (request.verb) {
      case 'get': {
        const unconfirmed = yield* this.confirmed(request);
        return unconfirmed ? refuse(context, 'storage', unconfirmed) : yield* get(context, this.options.etcd.revision);
      }
      case 'create': return yield* create(context);
      case 'update': return yield* update(context);
      case 'patch': return yield* patch(context, this.options.patching);
      case 'delete': return yield* remove(context);
      case 'deletecollection': {
        const filter = filterOf(context);
        if (isStatus(filter)) return { code: (filter as Status).code, object: filter as Status };
        return yield* removeCollection(context, select(context.storage.cache.list(), filter as Filter));
      }
      case 'list': case 'watch': return { code: 405, object: methodNotSupported(definition, request.verb) };
    }
  }

  /** A read that names no revision is consistent: etcd is asked whether the cache knows everything (KEP-2340). */
  private *confirmed({ options }: ApiRequest): Process<Status | undefined> {
    const { etcd } = this.options;
    if (etcd.confirm === undefined || options?.resourceVersion !== undefined) return undefined;
    const error = yield* etcd.confirm();
    return error && etcdFailure(error);
  }

  /** POST of a Binding to its own collection, the old way: the body names the pod. */
  private *bindByCollection(context: RequestContext): Process<Answer> {
    const body = bodyOf(context, context.definition);
    if (isStatus(body)) return refusal(body as Status);
    const pods = this.storageOf('', 'pods');
    if (!pods) return refusal(failure(404, 'NotFound', 'the server could not find the requested resource', {}));
    return yield* bind({ ...context, definition: pods.definition, storage: pods, name: (body as KubernetesObject).metadata?.name ?? '', subresource: 'binding', part: 'binding' });
  }

  private contextOf(sender: Sender, user: UserInfo, definition: ResourceDefinition, request: ApiRequest, message: RequestMessage, stages: Stage[], warnings: string[]): RequestContext {
    // A namespace is the namespace of requests to itself.
    const namespace = definition.namespaced ? request.namespace ?? '' : '';
    return {
      server: this.parts, sender, user, request, options: request.options ?? {}, definition, storage: this.storageFor(definition), namespace, name: request.name ?? '',
      subresource: request.subresource ?? '', part: request.subresource ?? '', stages, warnings, message,
    };
  }

  private storageFor(definition: ResourceDefinition): ResourceStorage {
    const stored = this.options.registry.storageOf(definition);
    const key = `${stored.group}/${stored.resource}`;
    let storage = this.storages.get(key);
    if (storage === undefined || storage.definition !== stored) {
      const { simulation, trace, latencies, etcd } = this.options;
      // A changed CustomResourceDefinition keeps its objects and whoever watches them.
      storage = new ResourceStorage(stored, etcd, storage?.cache ?? new WatchCache(simulation, trace, latencies, stored.group, stored.resource));
      this.storages.set(key, storage);
      this.byPrefix.set(storage.prefix, storage);
    }
    return storage;
  }

  private storageOfKey(key: string): ResourceStorage | undefined {
    // Prefixes have two or three parts: "/registry/pods/", "/registry/services/specs/".
    const second = key.indexOf('/', 10);
    const third = key.indexOf('/', second + 1);
    const found = this.byPrefix.get(key.slice(0, second + 1)) ?? this.byPrefix.get(key.slice(0, third + 1));
    if (found) return found;
    for (const definition of this.options.registry.all()) {
      const storage = this.storageFor(definition);
      if (key.startsWith(storage.prefix)) return storage;
    }
    return undefined;
  }

  /** Who a refused request is from, for the audit log: nobody, when not even that is known. */
  private userOf(sender: Sender): UserInfo {
    const user = this.options.authenticator.authenticate(sender.credentials);
    return isStatus(user) ? { username: '', groups: [] } : (user as UserInfo);
  }

  private audit(record: AuditRecord): void {
    for (const auditor of this.auditors) auditor(record);
  }

  private environment(warnings: string[]): AdmissionEnvironment {
    const { simulation } = this.options;
    return {
      get: (group, resource, namespace, name) => this.storageOf(group, resource)?.current(namespace, name),
      list: (group, resource, namespace) => {
        const cache = this.storageOf(group, resource)?.cache;
        return namespace === undefined ? cache?.list() ?? [] : cache?.inNamespace(namespace) ?? [];
      },
      timestamp: () => simulation.timestamp(),
      random: () => simulation.random.next(),
      authorize: (user, verb, group, resource, subresource, namespace, name) => this.authorizer.authorize(user, { verb, group, resource, subresource, namespace, name }).allowed,
      authorizePath: (user, verb, path) => this.authorizePath(user, verb, path) === undefined,
      definitionOf: (apiVersion, kind) => this.registry.forObject(apiVersion, kind),
      updateStatus: (group, resource, object) => this.updateStatus(group, resource, object),
      shared: <T extends object>(plugin: string, make: () => T): T => {
        let state = this.pluginState.get(plugin) as T | undefined;
        if (state === undefined) this.pluginState.set(plugin, state = make());
        return state;
      },
      warn: (text) => { warnings.push(text); },
    };
  }

  /** What admission writes: a request of the API server to itself, as through its loopback client. */
  private *updateStatus(group: string, resource: string, object: KubernetesObject): Process<KubernetesObject | Status> {
    const definition = this.storageOf(group, resource)?.definition;
    if (!definition) return failure(404, 'NotFound', 'the server could not find the requested resource', {});
    const { namespace, name } = object.metadata;
    const response = yield* this.request(LOOPBACK, { verb: 'update', group, version: definition.version, resource, subresource: 'status', namespace, name, body: object });
    return response.object as KubernetesObject | Status;
  }
}
