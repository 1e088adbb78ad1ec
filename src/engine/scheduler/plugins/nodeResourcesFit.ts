import type { DeviceClass, Node, Pod } from '../../api/generated/types';
import { Action } from '../events';
import { Status, StateKey, type CycleState, type EventRegistration, type Plugin, type PluginArgs, type QueueingHint, type Scores, type Shortage } from '../framework';
import { NodeInfo } from '../nodeInfo';
import { podInfoOf, type PodInfo } from '../podInfo';
import { isExtendedResourceName, type Resource } from '../resources';
import { AllocationScorer, DEFAULT_RESOURCES, leastAllocated, mostAllocated, requestedToCapacityRatio, requestList, type ResourceScorer, type ResourceSpec, type ShapePoint } from './resourceAllocation';

const REQUESTS = new StateKey<readonly number[]>('PreScoreNodeResourcesFit');
const MAX_KEPT_STATUSES = 10_000;

interface ScoringStrategy {
  readonly type?: string;
  readonly resources?: readonly ResourceSpec[];
  readonly requestedToCapacityRatio?: { readonly shape?: readonly ShapePoint[] };
}

/** Refuses nodes without room for the pod's requests; scores by what would be left (LeastAllocated unless configured otherwise). */
export class NodeResourcesFit implements Plugin {
  readonly name = 'NodeResourcesFit';
  readonly #ignored: ReadonlySet<string>;
  readonly #ignoredGroups: ReadonlySet<string>;
  readonly #scorer: AllocationScorer;
  readonly #statuses = new Map<string, Status>();
  #last: Status | undefined;

  constructor(args: PluginArgs) {
    const strategy = (args['scoringStrategy'] ?? {}) as ScoringStrategy;
    this.#ignored = new Set((args['ignoredResources'] ?? []) as readonly string[]);
    this.#ignoredGroups = new Set((args['ignoredResourceGroups'] ?? []) as readonly string[]);
    const resources = (strategy.resources ?? DEFAULT_RESOURCES).map((r) => ({ name: r.name, weight: r.weight || 1 }));
    this.#scorer = new AllocationScorer(resources, false, scorerOf(strategy));
  }

  preFilter(): undefined { return undefined; }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const requests = pod.fitRequests;
    // The common case first, without an allocation.
    if (node.pods.length < node.allocatable.allowedPodNumber && fitsPlainly(requests, node)) return undefined;
    const shortages = this.#shortages(requests, node);
    return shortages.length ? this.#status(shortages) : undefined;
  }

  #shortages(requests: Resource, node: NodeInfo): readonly Shortage[] {
    const shortages: Shortage[] = [];
    const check = (resource: string, requested: number): void => {
      const capacity = node.allocatable.get(resource);
      const used = node.requested.get(resource);
      if (requested > 0 && requested > capacity - used) shortages.push({ resource, requested, used, capacity });
    };
    const allowed = node.allocatable.allowedPodNumber;
    if (node.pods.length + 1 > allowed) shortages.push({ resource: 'pods', requested: 1, used: node.pods.length, capacity: allowed });
    check('cpu', requests.milliCPU);
    check('memory', requests.memory);
    check('ephemeral-storage', requests.ephemeralStorage);
    for (const [resource, requested] of requests.scalar ?? []) if (!this.#ignores(resource)) check(resource, requested);
    return shortages;
  }

  #ignores(resource: string): boolean {
    return isExtendedResourceName(resource) && (this.#ignored.has(resource) || this.#ignoredGroups.has(resource.slice(0, resource.indexOf('/'))));
  }

  /** Nodes that lack the same amounts share one status. */
  #status(shortages: readonly Shortage[]): Status {
    if (this.#last && sameShortages(this.#last.shortages ?? [], shortages)) return this.#last;
    this.#last = this.#sharedStatus(shortages);
    return this.#last;
  }

  #sharedStatus(shortages: readonly Shortage[]): Status {
    let key = '';
    for (const { resource, requested, used, capacity } of shortages) key += `${resource} ${requested} ${used} ${capacity};`;
    const known = this.#statuses.get(key);
    if (known) return known;
    // More than the node has at all: no preemption can help. Too many pods never counts as that.
    const hopeless = shortages.some((s) => s.resource !== 'pods' && s.requested > s.capacity);
    const reasons = shortages.map((s) => (s.resource === 'pods' ? 'Too many pods' : `Insufficient ${s.resource}`));
    const made = new Status(hopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', this.name, reasons, shortages);
    if (this.#statuses.size >= MAX_KEPT_STATUSES) this.#statuses.clear();
    this.#statuses.set(key, made);
    return made;
  }

  preScore(state: CycleState, pod: PodInfo): undefined { state.write(REQUESTS, requestList(pod.scoreRequests, this.#scorer.resources)); }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    const requests = state.read(REQUESTS) ?? [];
    for (let i = 0; i < nodes.length; i++) scores[i] = this.#scorer.score(nodes[i] as NodeInfo, requests);
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Pod', action: Action.Delete | Action.UpdatePodScaleDown }, hint: afterPodEvent },
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeAllocatable }, hint: (pod, oldNode, newNode) => this.#afterNodeChange(pod, oldNode, newNode) },
      { event: { resource: 'DeviceClass', action: Action.Add | Action.Update }, hint: afterDeviceClassChange },
    ];
  }

  #afterNodeChange(pod: Pod, oldNode: unknown, newNode: unknown): QueueingHint {
    const requests = podInfoOf(pod).fitRequests;
    const now = emptyNode(newNode as Node);
    if (this.#shortages(requests, now).length) return 'Skip';
    if (oldNode === undefined) return 'Queue';
    const before = emptyNode(oldNode as Node).allocatable;
    const grew = (name: string): boolean => (name === 'pods' || requests.get(name) > 0) && now.allocatable.get(name) > before.get(name);
    return ['pods', 'cpu', 'memory', 'ephemeral-storage', ...(requests.scalar?.keys() ?? [])].some(grew) ? 'Queue' : 'Skip';
  }
}

function fitsPlainly(requests: Resource, node: NodeInfo): boolean {
  const { allocatable, requested } = node;
  return requests.scalar === undefined && (requests.milliCPU === 0 || requests.milliCPU <= allocatable.milliCPU - requested.milliCPU)
    && (requests.memory === 0 || requests.memory <= allocatable.memory - requested.memory)
    && (requests.ephemeralStorage === 0 || requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage);
}

function sameShortages(a: readonly Shortage[], b: readonly Shortage[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    if (x?.resource !== y?.resource || x?.requested !== y?.requested || x?.used !== y?.used || x?.capacity !== y?.capacity) return false;
  }
  return true;
}

function scorerOf(strategy: ScoringStrategy): ResourceScorer {
  switch (strategy.type) {
    case 'MostAllocated': return mostAllocated;
    case 'RequestedToCapacityRatio': return requestedToCapacityRatio(strategy.requestedToCapacityRatio?.shape ?? []);
    default: return leastAllocated;
  }
}

function emptyNode(node: Node): NodeInfo {
  const info = new NodeInfo(node.metadata.name, 0);
  info.setNode(node);
  return info;
}

function afterPodEvent(pod: Pod, oldPod: unknown, newPod: unknown): QueueingHint {
  const before = oldPod as Pod;
  const now = newPod as Pod | undefined;
  if (now === undefined) return before.spec?.nodeName || before.status?.nominatedNodeName ? 'Queue' : 'Skip';
  if (now.metadata.uid === pod.metadata.uid) return 'Queue';
  if (!now.spec?.nodeName) return 'Skip';
  const wanted = podInfoOf(pod).requests;
  const shrank = (name: string): boolean => wanted.get(name) > 0 && podInfoOf(before).requests.get(name) > podInfoOf(now).requests.get(name);
  return ['cpu', 'memory', 'ephemeral-storage', ...(wanted.scalar?.keys() ?? [])].some(shrank) ? 'Queue' : 'Skip';
}

function afterDeviceClassChange(pod: Pod, oldClass: unknown, newClass: unknown): QueueingHint {
  const before = oldClass as DeviceClass | undefined;
  const now = newClass as DeviceClass;
  const extended = now.spec.extendedResourceName;
  if (before && before.spec.extendedResourceName === extended) return 'Skip';
  const wanted = podInfoOf(pod).requests.scalar;
  const implicit = before === undefined && wanted?.has(`deviceclass.resource.kubernetes.io/${now.metadata.name}`);
  return implicit || (extended !== undefined && wanted?.has(extended)) ? 'Queue' : 'Skip';
}

