import type { Node, Pod } from '../api/generated/types';
import { NodeInfo, type ImageState } from './nodeInfo';
import { NodeTree } from './nodeTree';
import { PodIndex } from './podIndex';
import { podInfoOf, type PodInfo } from './podInfo';

/** What a scheduling attempt sees of the cluster. An attempt is one synchronous step, so the cache itself serves as the snapshot. */
export interface Snapshot {
  /** All nodes, going round the zones. */
  readonly nodes: readonly NodeInfo[];
  /** A node by its name. */
  get(name: string): NodeInfo | undefined;
  /** Names by NodeInfo.id; only ever appended to, so that decisions may keep a reference. */
  readonly names: readonly string[];
  readonly index: PodIndex;
  /** The values that a label has on nodes. */
  domains(topologyKey: string): ReadonlySet<string>;
  /** How many pods on nodes use the claim "namespace/name". */
  claimUsers(key: string): number;
}

interface PodState {
  readonly pod: PodInfo;
  readonly nodeName: string;
  /** Placed by this scheduler, not yet seen as bound. */
  readonly assumed: boolean;
}

/** Labels beyond this many that are used as topology keys are looked through anew. */
const MAX_DOMAIN_SETS = 64;

/** The scheduler's cache: nodes with their pods, and pods that are assumed to be where they are about to be bound. */
export class SchedulerCache implements Snapshot {
  readonly names: string[] = [];
  readonly index = new PodIndex();
  readonly #infos = new Map<string, NodeInfo>();
  readonly #tree = new NodeTree();
  readonly #pods = new Map<string, PodState>();
  readonly #images = new Map<string, ImageState>();
  readonly #claims = new Map<string, number>();
  readonly #domains = new Map<string, ReadonlySet<string>>();
  #list: readonly NodeInfo[] | undefined;

  get nodes(): readonly NodeInfo[] {
    return (this.#list ??= this.#tree.list().flatMap((name) => this.#infos.get(name) ?? []));
  }

  get(name: string): NodeInfo | undefined {
    const info = this.#infos.get(name);
    return info?.node ? info : undefined;
  }

  domains(topologyKey: string): ReadonlySet<string> {
    const known = this.#domains.get(topologyKey);
    if (known) return known;
    const made = new Set(this.nodes.flatMap((node) => node.labels?.[topologyKey] ?? []));
    if (this.#domains.size >= MAX_DOMAIN_SETS) this.#domains.clear();
    this.#domains.set(topologyKey, made);
    return made;
  }

  claimUsers(key: string): number { return this.#claims.get(key) ?? 0; }

  addNode(node: Node): NodeInfo {
    const info = this.#info(node.metadata.name);
    this.#replaceNode(info, node);
    this.#tree.add(node);
    this.#list = undefined;
    return info;
  }

  updateNode(node: Node): NodeInfo {
    const info = this.#infos.get(node.metadata.name);
    if (!info?.node) return this.addNode(node);
    this.#replaceNode(info, node);
    if (this.#tree.update(node)) this.#list = undefined;
    return info;
  }

  /** Pods of a node that is gone stay known until they are removed themselves. */
  removeNode(name: string): void {
    const info = this.#infos.get(name);
    if (!info?.node) return;
    for (const pod of info.pods) this.index.remove(info, pod);
    this.#forgetImages(info);
    info.removeNode();
    this.#domains.clear();
    if (info.pods.length === 0) this.#infos.delete(name);
    this.#tree.remove(name);
    this.#list = undefined;
  }

  #replaceNode(info: NodeInfo, node: Node): void {
    const moves = info.node === undefined || !sameLabels(info.labels, node.metadata.labels);
    if (moves && info.node) for (const pod of info.pods) this.index.remove(info, pod);
    if (moves) this.#domains.clear();
    this.#forgetImages(info);
    info.setNode(node);
    this.#rememberImages(info, node);
    if (moves) for (const pod of info.pods) this.index.add(info, pod);
  }

  #info(name: string): NodeInfo {
    const known = this.#infos.get(name);
    if (known) return known;
    const made = new NodeInfo(name, this.names.length);
    this.names.push(name);
    this.#infos.set(name, made);
    return made;
  }

  #rememberImages(info: NodeInfo, node: Node): void {
    const states = new Map<string, ImageState>();
    for (const image of node.status?.images ?? []) {
      for (const name of image.names ?? []) {
        let state = this.#images.get(name);
        if (!state) this.#images.set(name, (state = { size: image.sizeBytes ?? 0, nodes: new Set() }));
        state.nodes.add(info.name);
        states.set(name, state);
      }
    }
    info.imageStates = states;
  }

  #forgetImages(info: NodeInfo): void {
    for (const [name, state] of info.imageStates) {
      state.nodes.delete(info.name);
      if (state.nodes.size === 0) this.#images.delete(name);
    }
    info.imageStates = new Map();
  }

  /** A pod that has a node, as seen in the API. It confirms an assumed pod. */
  addPod(pod: Pod): void {
    const info = podInfoOf(pod);
    this.#place(info, pod.spec?.nodeName ?? '', false);
  }

  updatePod(pod: Pod): void { this.addPod(pod); }

  removePod(pod: Pod): void { this.#unplace(podInfoOf(pod).key); }

  /** Counts the pod on the node before the API server has heard of it. */
  assumePod(pod: PodInfo, nodeName: string): void { this.#place(pod, nodeName, true); }

  /** Takes back assumePod after a failed binding. */
  forgetPod(key: string): void { if (this.#pods.get(key)?.assumed) this.#unplace(key); }

  isAssumed(key: string): boolean { return this.#pods.get(key)?.assumed === true; }

  /** The node a pod is on or assumed to be on. */
  nodeOf(key: string): string | undefined { return this.#pods.get(key)?.nodeName; }

  get podCount(): number { return this.#pods.size; }

  #place(pod: PodInfo, nodeName: string, assumed: boolean): void {
    const known = this.#pods.get(pod.key);
    if (known?.pod === pod && known.nodeName === nodeName) {
      if (known.assumed !== assumed) this.#pods.set(pod.key, { pod, nodeName, assumed });
      return;
    }
    if (known) this.#unplace(pod.key);
    const info = this.#info(nodeName);
    info.addPod(pod);
    this.#pods.set(pod.key, { pod, nodeName, assumed });
    for (const claim of pod.claimKeys) this.#claims.set(claim, this.claimUsers(claim) + 1);
    if (info.node) this.index.add(info, pod);
  }

  #unplace(key: string): void {
    const state = this.#pods.get(key);
    if (!state) return;
    this.#pods.delete(key);
    for (const claim of state.pod.claimKeys) {
      const users = this.claimUsers(claim) - 1;
      if (users > 0) this.#claims.set(claim, users);
      else this.#claims.delete(claim);
    }
    const info = this.#infos.get(state.nodeName);
    const removed = info?.removePod(key);
    if (!info || !removed) return;
    if (info.node) this.index.remove(info, removed);
    else if (info.pods.length === 0) this.#infos.delete(state.nodeName);
  }
}

function sameLabels(a: { readonly [key: string]: string } | undefined, b: { readonly [key: string]: string } | undefined): boolean {
  if (a === b) return true;
  const keys = Object.keys(a ?? {});
  return keys.length === Object.keys(b ?? {}).length && keys.every((key) => a?.[key] === b?.[key]);
}
