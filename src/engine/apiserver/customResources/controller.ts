import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { ResourceRegistry } from '../../api/resources/registry';
import { isStatus, type Status } from '../../api/status';
import { sleep, type Process } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import type { ApiRequest, ApiResponse } from '../request';
import type { WatchCache } from '../watchCache';
import { CLEANUP_FINALIZER, withCondition } from './conditions';
import { conditionOf, definitionsOf, isEstablished } from './definitions';
import type { CustomKinds } from './kinds';

/** What the API server lends to the controllers of definitions that run inside it. */
export interface CustomResourceHost {
  readonly simulation: Simulation;
  readonly registry: ResourceRegistry;
  readonly kinds: CustomKinds;
  /** All definitions. */
  definitions(): readonly KubernetesObject[];
  cacheOf(group: string, resource: string): WatchCache | undefined;
  /** Through the server's own client. */
  request(request: ApiRequest): Process<ApiResponse>;
}

const GROUP = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };
/** How long the informers of these controllers take to hear of a change. */
const REACTION_MILLISECONDS = 5;
const CLEANUP_POLL_MILLISECONDS = 5000;
const CLEANUP_POLLS = 12;
const MAX_ATTEMPTS = 5;

/**
 * The controllers of apiextensions-apiserver: they accept the names of a definition, establish it, make its resources
 * served, and delete its objects before it goes.
 */
export class CustomResourceController {
  /** What is registered, by name of the definition. */
  private readonly served = new Map<string, readonly ResourceDefinition[]>();
  private readonly cleaning = new Set<string>();

  constructor(private readonly host: CustomResourceHost) {}

  /** A definition was written or removed. `cause` is the message that committed it. */
  changed(object: KubernetesObject, removed: boolean, cause: number): void {
    const crd = object as unknown as CustomResourceDefinition;
    const { name } = crd.metadata;
    if (removed) { this.withdraw(name); return; }
    if (isEstablished(crd)) this.serve(crd);
    const start = (process: Process): void => { this.host.simulation.spawn('kube-apiserver', process, { cause, background: false }); };
    if (crd.metadata.deletionTimestamp !== undefined) {
      if (!crd.metadata.finalizers?.includes(CLEANUP_FINALIZER) || this.cleaning.has(name)) return;
      this.cleaning.add(name);
      start(this.clean(name));
    } else if (!isEstablished(crd)) start(this.establish(name));
  }

  private serve(crd: CustomResourceDefinition): void {
    const definitions = definitionsOf(crd);
    const before = this.served.get(crd.metadata.name) ?? [];
    for (const old of before) if (!definitions.some((d) => d.resource === old.resource)) this.host.registry.unregister(old.group, old.resource);
    this.host.kinds.unregister(before);
    this.host.kinds.register(crd, definitions);
    if (before.length > definitions.length) this.host.registry.unregister(crd.spec.group, crd.spec.names.plural);
    this.host.registry.register(definitions);
    this.served.set(crd.metadata.name, definitions);
  }

  private withdraw(name: string): void {
    const definitions = this.served.get(name) ?? [];
    for (const { group, resource } of definitions) {
      this.host.cacheOf(group, resource)?.endAll(undefined);
      this.host.registry.unregister(group, resource);
    }
    this.host.kinds.unregister(definitions);
    this.served.delete(name);
    this.cleaning.delete(name);
  }

  /** The naming controller and, where it found no conflict, the establishing controller. */
  private *establish(name: string): Process {
    yield* sleep(REACTION_MILLISECONDS);
    const accepted = yield* this.updateStatus(name, (crd) => this.named(crd));
    if (accepted === undefined || conditionOf(accepted, 'NamesAccepted') !== 'True') return;
    yield* sleep(REACTION_MILLISECONDS);
    yield* this.updateStatus(name, (crd) => (isEstablished(crd) || conditionOf(crd, 'NamesAccepted') !== 'True' ? crd
      : withCondition(crd, { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }, this.now())));
  }

  /** The definition with its names accepted, or with the reason why they are not. */
  private named(crd: CustomResourceDefinition): CustomResourceDefinition {
    const taken = this.conflict(crd);
    const condition = taken ? { type: 'NamesAccepted', status: 'False', ...taken } : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
    if (conditionOf(crd, 'NamesAccepted') === condition.status && (taken || crd.status?.acceptedNames?.plural)) return crd;
    const named = taken ? crd : { ...crd, status: { ...crd.status, acceptedNames: crd.spec.names } };
    const judged = withCondition(named, condition, this.now());
    return conditionOf(judged, 'Established') ? judged : withCondition(judged, {
      type: 'Established', status: 'False', reason: taken ? 'NotAccepted' : 'Installing', message: taken ? 'not all names are accepted' : 'the initial names have been accepted',
    }, this.now());
  }

  private conflict(crd: CustomResourceDefinition): { readonly reason: string; readonly message: string } | undefined {
    const resources = new Set<string>(), kinds = new Set<string>();
    for (const object of this.host.definitions()) {
      const other = object as unknown as CustomResourceDefinition;
      const names = other.status?.acceptedNames;
      if (other.spec.group !== crd.spec.group || other.metadata.name === crd.metadata.name || !names) continue;
      for (const resource of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) resources.add(resource);
      for (const kind of [names.kind, names.listKind ?? '']) kinds.add(kind);
    }
    return conflictWith(crd.spec.names, resources, kinds);
  }

  /** The finalizer: deletes all objects of the definition, waits until they are gone, and lets it go. */
  private *clean(name: string): Process {
    yield* sleep(REACTION_MILLISECONDS);
    const crd = yield* this.updateStatus(name, (c) => withCondition(c, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }, this.now()));
    if (crd === undefined) { this.cleaning.delete(name); return; }
    const left = yield* this.deleteInstances(crd);
    if (left > 0) {
      yield* this.updateStatus(name, (c) => withCondition(c, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionCheck', message: `could not confirm zero CustomResources remaining: timed out waiting for the condition` }, this.now()));
      yield* sleep(CLEANUP_POLL_MILLISECONDS);
      // Whatever changes the definition starts the next attempt; so does this.
      this.host.simulation.spawn('kube-apiserver', this.clean(name), { cause: 0, background: true });
      return;
    }
    yield* this.updateStatus(name, (c) => withCondition(c, { type: 'Terminating', status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }, this.now()));
    yield* this.update(name, '', (c) => ({ ...c, metadata: { ...c.metadata, finalizers: (c.metadata.finalizers ?? []).filter((f) => f !== CLEANUP_FINALIZER) } }));
    this.cleaning.delete(name);
  }

  /** How many objects are left after a minute at the most. */
  private *deleteInstances(crd: CustomResourceDefinition): Process<number> {
    const definition = this.served.get(crd.metadata.name)?.find((d) => d.storedAs === undefined);
    const cache = definition && this.host.cacheOf(definition.group, definition.resource);
    if (!definition || !cache) return 0;
    const { group, version, resource, namespaced } = definition;
    const namespaces = namespaced ? [...new Set(cache.list().map((o) => o.metadata.namespace ?? ''))] : [''];
    if (cache.size > 0) for (const namespace of namespaces) yield* this.host.request({ verb: 'deletecollection', group, version, resource, namespace });
    for (let i = 0; i < CLEANUP_POLLS && cache.size > 0; i++) yield* sleep(CLEANUP_POLL_MILLISECONDS);
    return cache.size;
  }

  private updateStatus(name: string, change: (crd: CustomResourceDefinition) => CustomResourceDefinition): Process<CustomResourceDefinition | undefined> {
    return this.update(name, 'status', change);
  }

  /** The changed definition; undefined where it is gone or others change it all the time. */
  private *update(name: string, subresource: string, change: (crd: CustomResourceDefinition) => CustomResourceDefinition): Process<CustomResourceDefinition | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const current = this.host.definitions().find((o) => o.metadata.name === name) as unknown as CustomResourceDefinition | undefined;
      if (!current) return undefined;
      const wanted = change(current);
      if (wanted === current) return current;
      const answer = yield* this.host.request({ verb: 'update', ...GROUP, name, subresource, body: wanted });
      const refused = isStatus(answer.object) ? (answer.object as Status) : undefined;
      if (refused === undefined) return answer.object as unknown as CustomResourceDefinition;
      if (refused.reason !== 'Conflict') return undefined;
    }
    return undefined;
  }

  private now(): number { return this.host.simulation.wallMilliseconds(); }
}

function conflictWith(names: CustomResourceDefinitionNames, resources: ReadonlySet<string>, kinds: ReadonlySet<string>): { readonly reason: string; readonly message: string } | undefined {
  const inUse = (text: string): string => `${JSON.stringify(text)} is already in use`;
  if (resources.has(names.plural)) return { reason: 'PluralConflict', message: inUse(names.plural) };
  if (names.singular && resources.has(names.singular)) return { reason: 'SingularConflict', message: inUse(names.singular) };
  const short = (names.shortNames ?? []).filter((s) => resources.has(s));
  if (short.length > 0) return { reason: 'ShortNamesConflict', message: short.map(inUse).join(', ') };
  if (kinds.has(names.kind)) return { reason: 'KindConflict', message: inUse(names.kind) };
  if (names.listKind && kinds.has(names.listKind)) return { reason: 'ListKindConflict', message: inUse(names.listKind) };
  return undefined;
}
