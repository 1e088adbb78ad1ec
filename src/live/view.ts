import { controllerOf, objectKey, type KubernetesObject } from '../engine/api/object';
import { typeOf, type Api, type Resource } from './api';
import type { LiveError } from './errors';
import type { LiveLimits } from './protocol';
import { Reflector, type ReflectorState } from './reflector';
import { slimNode, slimObject, slimPod } from './slim';
import { asPod, PodIndex, Store } from './store';
import { NODES, PODS, WORKLOADS } from './watched';

/** How one kind in one namespace is doing. */
interface Part { readonly resource: Resource; readonly namespace: string; state: ReflectorState | undefined; listed: boolean; hidden: number; known: number }

export interface ViewEvents {
  changed(): void;
  state(): void;
}

/** The live cluster as far as it is watched: nodes, pods, and what owns pods. */
export class ClusterView {
  readonly pods: Store;
  readonly nodes: Store;
  readonly index = new PodIndex();
  private readonly workloads = new Map<string, Store>();
  private readonly children = new Map<string, Set<string>>();
  private readonly byUid = new Map<string, { readonly store: Store; readonly key: string }>();
  private readonly parts: Part[] = [];
  private readonly reflectors: Reflector[] = [];
  private sortedNodes: readonly KubernetesObject[] | undefined;

  constructor(private readonly api: Api, readonly namespaces: readonly string[], private readonly limits: LiveLimits, private readonly events: ViewEvents) {
    this.pods = new Store(limits.pods, (before, after) => { this.index.update(asPod(before), asPod(after)); events.changed(); });
    this.nodes = new Store(limits.objects, () => { this.sortedNodes = undefined; events.changed(); });
    for (const resource of WORKLOADS) this.workloads.set(typeOf(resource), this.workloadStore());
  }

  /** Lists and watches until the signal. */
  start(signal: AbortSignal): void {
    const within = this.namespaces.length === 0 ? [''] : this.namespaces;
    this.reflect(NODES, '', this.nodes, slimNode, false, signal);
    for (const namespace of within) this.reflect(PODS, namespace, this.pods, slimPod, false, signal);
    for (const resource of WORKLOADS) for (const namespace of within) this.reflect(resource, namespace, this.workloads.get(typeOf(resource)) as Store, slimObject, true, signal);
  }

  retry(): void { for (const reflector of this.reflectors) reflector.retry(); }

  /** Nodes in order of name. */
  nodeList(): readonly KubernetesObject[] { return this.sortedNodes ??= [...this.nodes.all()].sort(byName); }

  workloadsOf(resource: Resource): Iterable<KubernetesObject> { return this.workloads.get(typeOf(resource))?.all() ?? []; }

  /** What an object controls: other workloads, and pods. */
  ownedBy(uid: string | undefined): readonly KubernetesObject[] {
    if (uid === undefined) return [];
    const found: KubernetesObject[] = [];
    for (const child of this.children.get(uid) ?? []) {
      const at = this.byUid.get(child);
      const object = at?.store.get(at.key);
      if (object) found.push(object);
    }
    for (const key of this.index.ownedBy(uid)) { const pod = this.pods.get(key); if (pod) found.push(pod); }
    return found.sort(byName);
  }

  /** True where nothing that is known owns the object. */
  isRoot(object: KubernetesObject): boolean {
    const owner = controllerOf(object);
    return !owner || !this.byUid.has(owner.uid);
  }

  /** The states of all parts, worst first. */
  get summary(): { readonly listing: readonly Part[]; readonly waiting: readonly (Part & { readonly error: LiveError; readonly retryAt: number })[]; readonly denied: readonly (Part & { readonly error: LiveError })[]; readonly ready: boolean; readonly capped: readonly Part[] } {
    const waiting = this.parts.flatMap((p) => (p.state?.type === 'waiting' ? [{ ...p, error: p.state.error, retryAt: p.state.retryAt }] : []));
    const denied = this.parts.flatMap((p) => (p.state?.type === 'denied' ? [{ ...p, error: p.state.error }] : []));
    return { listing: this.parts.filter((p) => !p.listed && p.state?.type !== 'denied'), waiting, denied, ready: this.parts.every((p) => p.listed || p.state?.type === 'denied'), capped: this.parts.filter((p) => p.hidden > 0) };
  }

  /** True where all objects of a kind that were asked for are held. */
  isComplete(resource: Resource): boolean { return this.parts.filter((p) => p.resource === resource).every((p) => p.listed && p.hidden === 0 && p.state?.type !== 'denied'); }

  private reflect(resource: Resource, namespace: string, store: Store, slim: (object: KubernetesObject) => KubernetesObject, metadataOnly: boolean, signal: AbortSignal): void {
    const part: Part = { resource, namespace, state: undefined, listed: false, hidden: 0, known: 0 };
    this.parts.push(part);
    const most = resource === PODS ? this.limits.pods : this.limits.objects;
    const reflector = new Reflector(this.api, resource, {
      replace: (objects, complete, remaining) => {
        store.hidden = 0;
        store.replace(namespace, objects);
        part.listed = true;
        part.known = objects.length;
        part.hidden = Math.max(complete ? 0 : Math.max(1, remaining), store.hidden);
        this.events.changed();
        this.events.state();
      },
      apply: (event) => { store.apply(event); },
      state: (state) => { part.state = state; this.events.state(); },
    }, { namespace, metadataOnly, page: this.limits.page, most, watchSeconds: this.limits.watchSeconds, backoff: this.limits.backoff, slim });
    this.reflectors.push(reflector);
    void reflector.run(signal);
  }

  private workloadStore(): Store {
    const store: Store = new Store(this.limits.objects, (before, after) => {
      if (before) this.unlink(before);
      if (after) this.link(after, store);
      this.events.changed();
    });
    return store;
  }

  private link(object: KubernetesObject, store: Store): void {
    const { uid } = object.metadata;
    if (!uid) return;
    this.byUid.set(uid, { store, key: objectKey(object) });
    const owner = controllerOf(object)?.uid;
    if (owner === undefined) return;
    const those = this.children.get(owner);
    if (those) those.add(uid); else this.children.set(owner, new Set([uid]));
  }

  private unlink(object: KubernetesObject): void {
    const { uid } = object.metadata;
    if (!uid) return;
    this.byUid.delete(uid);
    const owner = controllerOf(object)?.uid;
    const those = owner === undefined ? undefined : this.children.get(owner);
    if (owner !== undefined && those?.delete(uid) && those.size === 0) this.children.delete(owner);
  }
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
export const byName = (a: KubernetesObject, b: KubernetesObject): number => COLLATOR.compare(a.metadata.name, b.metadata.name) || COLLATOR.compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '');
