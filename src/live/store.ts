import { controllerOf, objectKey, type KubernetesObject } from '../engine/api/object';
import type { WatchEvent } from './api';
import type { Amounts, SlimNode, SlimPod } from './slim';

/** Something about objects changed: called for every one that comes, is replaced or goes. */
type OnChange = (before: KubernetesObject | undefined, after: KubernetesObject | undefined) => void;

/** The objects of one kind, by namespace and name; each is there once. */
export class Store {
  private readonly objects = new Map<string, KubernetesObject>();
  /** Objects that exist but are not held, because there are too many. */
  hidden = 0;

  constructor(private readonly most: number, private readonly changed: OnChange) {}

  get size(): number { return this.objects.size; }
  all(): Iterable<KubernetesObject> { return this.objects.values(); }
  get(key: string): KubernetesObject | undefined { return this.objects.get(key); }

  /** Takes a list as the truth about a namespace ('' for all of them). */
  replace(namespace: string, objects: readonly KubernetesObject[]): void {
    const next = new Map(objects.map((o) => [objectKey(o), o]));
    for (const [key, before] of this.objects) {
      if (namespace !== '' && before.metadata.namespace !== namespace) continue;
      if (!next.has(key)) { this.objects.delete(key); this.changed(before, undefined); }
    }
    for (const [key, after] of next) this.put(key, after);
  }

  apply({ type, object }: WatchEvent): void {
    const key = objectKey(object);
    const before = this.objects.get(key);
    if (type !== 'DELETED') { this.put(key, object); return; }
    // An object of the same name that came after it stays.
    if (before && (before.metadata.uid === object.metadata.uid || object.metadata.uid === undefined)) { this.objects.delete(key); this.changed(before, undefined); }
    else if (!before && this.hidden > 0) this.hidden--;
  }

  private put(key: string, after: KubernetesObject): void {
    const before = this.objects.get(key);
    if (!before && this.objects.size >= this.most) { this.hidden++; return; }
    this.objects.set(key, after);
    this.changed(before, after);
  }
}

interface OnNode { readonly pods: Map<string, SlimPod>; milliCPU: number; memory: number }

/** What the tree asks about pods, kept up to date pod by pod so that no question costs a walk over all of them. */
export class PodIndex {
  private readonly nodes = new Map<string, OnNode>();
  /** Neither on a node nor ended. */
  readonly homeless = new Map<string, SlimPod>();
  private readonly owned = new Map<string, Set<string>>();

  update(before: SlimPod | undefined, after: SlimPod | undefined): void {
    if (before) this.remove(before);
    if (after) this.add(after);
  }

  on(node: string): readonly SlimPod[] { return [...(this.nodes.get(node)?.pods.values() ?? [])]; }
  countOn(node: string): number { return this.nodes.get(node)?.pods.size ?? 0; }
  usedOn(node: string): Amounts { return this.nodes.get(node) ?? { milliCPU: 0, memory: 0 }; }
  /** Keys of the pods that an object controls. */
  ownedBy(uid: string): ReadonlySet<string> { return this.owned.get(uid) ?? new Set(); }
  /** Nodes that have pods, those among them that no Node object stands for included. */
  nodeNames(): Iterable<string> { return this.nodes.keys(); }

  private add(pod: SlimPod): void {
    const key = objectKey(pod);
    const { nodeName } = pod.spec;
    if (nodeName) {
      let on = this.nodes.get(nodeName);
      if (!on) this.nodes.set(nodeName, on = { pods: new Map(), milliCPU: 0, memory: 0 });
      on.pods.set(key, pod);
      if (!isOver(pod)) { on.milliCPU += pod.requests.milliCPU; on.memory += pod.requests.memory; }
    } else if (!isOver(pod)) this.homeless.set(key, pod);
    const owner = controllerOf(pod)?.uid;
    if (owner === undefined) return;
    const those = this.owned.get(owner);
    if (those) those.add(key); else this.owned.set(owner, new Set([key]));
  }

  private remove(pod: SlimPod): void {
    const key = objectKey(pod);
    const { nodeName } = pod.spec;
    const on = nodeName ? this.nodes.get(nodeName) : undefined;
    if (nodeName && on?.pods.delete(key)) {
      if (!isOver(pod)) { on.milliCPU -= pod.requests.milliCPU; on.memory -= pod.requests.memory; }
      if (on.pods.size === 0) this.nodes.delete(nodeName);
    }
    this.homeless.delete(key);
    const owner = controllerOf(pod)?.uid;
    const those = owner === undefined ? undefined : this.owned.get(owner);
    if (owner !== undefined && those?.delete(key) && those.size === 0) this.owned.delete(owner);
  }
}

const isOver = (pod: SlimPod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

export const asPod = (object: KubernetesObject | undefined): SlimPod | undefined => object as unknown as SlimPod | undefined;
export const asNode = (object: KubernetesObject | undefined): SlimNode | undefined => object as unknown as SlimNode | undefined;
