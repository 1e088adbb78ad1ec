import type { Pod } from '../api/generated/types';
import type { ClusterEvent } from './events';
import type { Listers } from './listers';
import type { NodeInfo } from './nodeInfo';
import type { PodInfo } from './podInfo';
import type { Snapshot } from './cache';

/** The scheduling framework: what plugins implement and what they may use. Success is `undefined` everywhere. */
export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

export const MAX_NODE_SCORE = 100;

/** Numbers behind "Insufficient …": amounts as in Resource (CPU in thousandths). */
export interface Shortage {
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
}

/** Why something is not a success. Statuses are shared: a plugin makes each distinct one once. */
export class Status {
  constructor(readonly code: Code, readonly plugin: string, readonly reasons: readonly string[], readonly shortages?: readonly Shortage[]) {}
  /** status.Message() */
  get message(): string { return this.reasons.join(', '); }
  /** Whether the pod was refused, in contrast to an error. */
  get rejected(): boolean { return this.code === 'Unschedulable' || this.code === 'UnschedulableAndUnresolvable' || this.code === 'Pending'; }
}

export const unschedulable = (plugin: string, ...reasons: readonly string[]): Status => new Status('Unschedulable', plugin, reasons);
export const unresolvable = (plugin: string, ...reasons: readonly string[]): Status => new Status('UnschedulableAndUnresolvable', plugin, reasons);
export const errorStatus = (plugin: string, message: string): Status => new Status('Error', plugin, [message]);
/** "Nothing to do for this pod": the plugin's Filter or Score is not run. */
export const SKIP = new Status('Skip', '', []);

/** A PreFilter's answer that only these nodes come into question. */
export class PreFilterResult {
  constructor(readonly nodeNames: ReadonlySet<string>) {}
}

/** Typed key of a plugin's data in a CycleState. */
export class StateKey<T> {
  /** Only there to tie the type to the key. */
  readonly type?: T;
  constructor(readonly name: string) {}
}

/** Data that a copy of the state must not share, because adding and removing pods changes it. */
export interface Cloneable {
  clone(): unknown;
}

const isCloneable = (value: unknown): value is Cloneable => typeof value === 'object' && value !== null && typeof (value as { clone?: unknown }).clone === 'function';

/** What plugins compute once per attempt and share between extension points. */
export class CycleState {
  readonly #data = new Map<StateKey<unknown>, unknown>();
  /** Plugins whose Filter this pod does not need. */
  skipFilter: ReadonlySet<string> = new Set();
  /** The others, in order; undefined until PreFilter has run. */
  filters: readonly Plugin[] | undefined;

  read<T>(key: StateKey<T>): T | undefined { return this.#data.get(key) as T | undefined; }
  write<T>(key: StateKey<T>, value: T): void { this.#data.set(key, value); }

  clone(): CycleState {
    const copy = new CycleState();
    for (const [key, value] of this.#data) copy.#data.set(key, isCloneable(value) ? value.clone() : value);
    copy.skipFilter = this.skipFilter;
    copy.filters = this.filters;
    return copy;
  }
}

/** The answer of a queueing hint: is the event worth another attempt? */
export type QueueingHint = 'Queue' | 'Skip';

/** An event a plugin waits for, with the finer question whether it may help this pod. Without a hint it always may. */
export interface EventRegistration {
  readonly event: ClusterEvent;
  readonly hint?: (pod: Pod, oldObject: unknown, newObject: unknown) => QueueingHint;
}

/** Raw and then normalised scores of the feasible nodes, in their order. */
export type Scores = Float64Array;

export interface PostFilterResult {
  /** The nominated node; '' clears a nomination; undefined leaves it as it is. */
  readonly nominatedNodeName?: string;
  /** Whom to evict from the nominated node. */
  readonly victims?: readonly PodInfo[];
  readonly status?: Status;
}

/** Statuses of the nodes that failed, for PostFilter. */
export interface NodeToStatus {
  get(nodeName: string): Status;
  /** Nodes with the given code, in node order. */
  nodesWith(code: Code): readonly NodeInfo[];
}

/** Every extension point is a method that a plugin may have: interfaces of k8s.io/kube-scheduler/framework. */
export interface Plugin {
  readonly name: string;
  preEnqueue?(pod: PodInfo): Status | undefined;
  less?(a: Queued, b: Queued): boolean;
  events?(): readonly EventRegistration[];
  preFilter?(state: CycleState, pod: PodInfo): Status | PreFilterResult | undefined;
  /** PreFilterExtensions: another pod comes to or leaves a node in a what-if. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeToStatus): PostFilterResult;
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined;
  /** Fills in the score of every node; `scores` comes as zeros. One call for all nodes, unlike Kubernetes', as it is much quicker here. */
  score?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void;
  normalizeScore?(state: CycleState, pod: PodInfo, scores: Scores, nodes: readonly NodeInfo[]): void;
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  permit?(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  /** What must be written to the API before the pod may be bound. */
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): readonly ApiWrite[];
  bind?(state: CycleState, pod: PodInfo, nodeName: string): readonly ApiWrite[];
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** What the queue's sort sees of a pod. */
export interface Queued {
  readonly info: PodInfo;
  /** When it was added, ms. */
  readonly timestamp: number;
}

/** A write that the scheduler's process carries out for a plugin: the core itself does no I/O. */
export type ApiWrite =
  | { readonly kind: 'bind'; readonly namespace: string; readonly name: string; readonly nodeName: string }
  | { readonly kind: 'bindVolume'; readonly volumeName: string; readonly claimNamespace: string; readonly claimName: string; readonly claimUid: string | undefined }
  | { readonly kind: 'selectNode'; readonly claimNamespace: string; readonly claimName: string; readonly nodeName: string };

/** A source of uniform random numbers in [0, 1): seeded, so that a run can be repeated. */
export interface Random {
  next(): number;
}

/** What the framework offers to plugins: fwk.Handle. */
export interface Handle {
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  readonly random: Random;
  /** False: no pod is nominated to any node. */
  hasNominatedPods(): boolean;
  nominatedPodsForNode(nodeName: string): readonly PodInfo[];
  /** Filter with the pods counted in that are nominated to the node with equal or higher priority. */
  runFilterPluginsWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
}

export type PluginFactory = (args: PluginArgs, handle: Handle) => Plugin;
/** Arguments as in a KubeSchedulerConfiguration; each plugin reads its own. */
export type PluginArgs = { readonly [field: string]: unknown };

/** helper.DefaultNormalizeScore: scales the largest to 100; reversed, the largest becomes 0. */
export function defaultNormalizeScore(scores: Scores, reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  if (max === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const score = Math.trunc((MAX_NODE_SCORE * (scores[i] ?? 0)) / max);
    scores[i] = reverse ? MAX_NODE_SCORE - score : score;
  }
}
