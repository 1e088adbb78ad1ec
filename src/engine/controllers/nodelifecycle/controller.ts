import type { Lease, Node, Pod } from '../../api/generated/types';
import { isStatus } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { LEASES, NODES, PODS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { NO_CONTEXT, sleep, type Process } from '../../simulation/process';
import { failed, isNotFound } from '../outcome';
import { inParallel } from '../parallel';
import { BY_NODE, indexByNode } from '../podGarbage';
import { podCondition } from '../podUtil';
import { GRACE_PERIOD, observe, readyCondition, silentConditions, zoneOf, zoneState, type NodeHealth } from './health';
import { noExecuteChange, noScheduleChange, swapTaints } from './taints';
import { ZoneQueue } from './zoneQueue';

const WORKERS = 8;
/** --node-monitor-period */
const MONITOR_PERIOD = 5000;
/** --node-eviction-rate, --secondary-node-eviction-rate, --large-cluster-size-threshold */
const EVICTION_RATE = 0.1;
const SECONDARY_EVICTION_RATE = 0.01;
const LARGE_CLUSTER = 50;
const LEASE_NAMESPACE = 'kube-node-lease';
/** How often a kubelet renews its lease: a quarter of nodeLeaseDurationSeconds. */
const LEASE_RENEWAL = 10_000;

/** The node lifecycle controller: notices silent nodes and taints nodes by what is wrong with them. */
export function nodeLifecycleController(context: ControllerContext): Controller {
  const controller = new NodeLifecycle(context);
  return { name: context.name, start: () => controller.start() };
}

class NodeLifecycle {
  private readonly queue: WorkQueue;
  private readonly nodes: Informer<Node>;
  private readonly leases: Informer<Lease>;
  private readonly pods: Informer<Pod>;
  private readonly health = new Map<string, NodeHealth>();
  private readonly zones = new Map<string, ZoneQueue>();
  private readonly zoneOfNode = new Map<string, string>();

  constructor(private readonly context: ControllerContext) {
    this.queue = new WorkQueue(context.simulation);
    this.nodes = context.informers.for(NODES);
    this.leases = context.informers.for(LEASES);
    this.pods = context.informers.for(PODS);
    indexByNode(this.pods);
    this.nodes.addHandler({
      onAdd: (node) => this.queue.add(node.metadata.name),
      onUpdate: (before, node) => { if (taintInputs(before) !== taintInputs(node)) this.queue.add(node.metadata.name); },
      onDelete: (node) => this.removed(node),
    });
    this.pods.addHandler({ onUpdate: (before, pod) => { if (!before.spec.nodeName && pod.spec.nodeName) this.podBound(pod); } });
  }

  start(): void {
    startWorkers(this.context, this.queue, 'nodes', WORKERS, (name) => this.taintByCondition(name));
    this.context.simulation.spawn(`${this.context.name} monitor`, this.monitor(), { cause: 0, background: true });
  }

  private removed(node: Node): void {
    const name = node.metadata.name;
    this.health.delete(name);
    this.zones.get(this.zoneOfNode.get(name) ?? '')?.remove(name);
    this.zoneOfNode.delete(name);
    this.context.events.eventOn({ kind: 'Node', name, uid: node.metadata.uid }, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
  }

  /** doNoScheduleTaintingPass */
  private *taintByCondition(name: string): Process<SyncResult> {
    const node = this.nodes.get(name);
    if (node === undefined) return { outcome: `node ${name} is gone` };
    const change = noScheduleChange(node);
    if (change.add.length === 0 && change.remove.length === 0) return { outcome: '' };
    const failure = yield* swapTaints(this.context, name, change);
    if (failure) return failed(failure);
    return { outcome: [...change.add.map((t) => `tainted ${t.key}:${t.effect}`), ...change.remove.map((t) => `removed taint ${t.key}:${t.effect}`)].join(', ') };
  }

  private *monitor(): Process {
    for (;;) {
      const names = [...this.nodes.list()].map((node) => node.metadata.name);
      for (const name of names) this.examine(name);
      this.examineZones();
      this.drainZones();
      yield* sleep(MONITOR_PERIOD);
    }
  }

  /** One node in one pass of the monitor. What has to be written is somebody's story, not background. */
  private examine(name: string): void {
    const node = this.nodes.get(name);
    if (node === undefined) return;
    const { simulation } = this.context;
    const isNew = !this.zoneOfNode.has(name);
    if (isNew) this.registered(node);
    const health = observe(this.health.get(name), node, this.leases.get(`${LEASE_NAMESPACE}/${name}`), simulation.now);
    this.health.set(name, health);
    const conditions = silentConditions(node, health, simulation.now, simulation.timestamp());
    const observed = readyCondition(node)?.status;
    if (conditions) simulation.spawn(`${this.context.name} ${name}`, this.markSilent(node, conditions, observed, simulation.now - health.probed), NO_CONTEXT);
    if (observed !== undefined) this.taintForEviction(node, observed);
  }

  private registered(node: Node): void {
    const name = node.metadata.name;
    const zone = zoneOf(node);
    this.zoneOfNode.set(name, zone);
    if (!this.zones.has(zone)) this.zones.set(zone, new ZoneQueue(EVICTION_RATE, this.context.simulation.now));
    this.context.events.eventOn({ kind: 'Node', name, uid: node.metadata.uid }, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
  }

  private *markSilent(node: Node, conditions: NonNullable<Node['status']['conditions']>, observed: string | undefined, silence: number): Process {
    const { client, trace, simulation, events, name: actor } = this.context;
    const name = node.metadata.name;
    const work = trace.work({ actor, action: 'monitor', subject: name, resource: 'nodes' });
    const updated = yield* client.updateStatus(NODES, { ...node, status: { ...node.status, conditions } });
    if (!isStatus(updated) && observed === 'True') {
      events.eventOn({ kind: 'Node', name, uid: node.metadata.uid }, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
      yield* this.markPodsNotReady([...this.pods.byIndex(BY_NODE, name)]);
    }
    work.endedAt = simulation.now;
    work.outcome = isStatus(updated) ? updated.message ?? '' : `${name} missed ${Math.floor(silence / LEASE_RENEWAL)} lease renewals (${Math.floor(silence / 1000)} s without one, ${GRACE_PERIOD / 1000} s of grace): its conditions are Unknown, its pods not ready`;
  }

  /** A pod on a silent node cannot be known to be ready. */
  private *markPodsNotReady(pods: readonly Pod[]): Process {
    yield* inParallel(this.context.simulation, `${this.context.name} pods`, pods.map((pod) => () => this.markPodNotReady(pod)));
  }

  private *markPodNotReady(pod: Pod): Process {
    const { client, simulation, events } = this.context;
    if (podCondition(pod, 'Ready')?.status !== 'True') return;
    const conditions = (pod.status.conditions ?? []).map((c) => (c.type === 'Ready' ? { ...c, status: 'False', lastTransitionTime: simulation.timestamp() } : c));
    const updated = yield* client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } });
    if (isStatus(updated) && isNotFound(updated)) return;
    events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }

  private podBound(pod: Pod): void {
    const node = this.nodes.get(pod.spec.nodeName ?? '');
    if (node && readyCondition(node)?.status !== 'True') this.context.simulation.spawn(`${this.context.name} pod`, this.markPodNotReady(pod));
  }

  /** processTaintBaseEviction: by what the node's Ready condition was before this pass. */
  private taintForEviction(node: Node, ready: string): void {
    const name = node.metadata.name;
    const { simulation } = this.context;
    const zone = this.zones.get(this.zoneOfNode.get(name) ?? '');
    const change = noExecuteChange(node, ready);
    if (ready === 'True') {
      zone?.remove(name);
      if (change.remove.length > 0) simulation.spawn(`${this.context.name} ${name}`, this.swap(node, change, 'is reachable again'), NO_CONTEXT);
    } else if (change.remove.length > 0) simulation.spawn(`${this.context.name} ${name}`, this.swap(node, change, `is Ready=${ready}`), NO_CONTEXT);
    else if (change.add.length > 0) zone?.add(name);
  }

  private *swap(node: Node, change: Parameters<typeof swapTaints>[2], why: string): Process {
    const { trace, simulation, name: actor } = this.context;
    const work = trace.work({ actor, action: 'monitor', subject: node.metadata.name, resource: 'nodes' });
    const failure = yield* swapTaints(this.context, node.metadata.name, change);
    work.endedAt = simulation.now;
    work.outcome = failure?.message ?? `${[...change.add.map((t) => `tainted ${t.key}:${t.effect}`), ...change.remove.map((t) => `removed taint ${t.key}:${t.effect}`)].join(', ')}: node ${node.metadata.name} ${why}`;
  }

  /** handleDisruption: how fast nodes of each zone may be tainted; not at all when no zone has a ready node. */
  private examineZones(): void {
    const counts = new Map<string, { ready: number; notReady: number }>();
    for (const node of this.nodes.list()) {
      const zone = zoneOf(node);
      const count = counts.get(zone) ?? { ready: 0, notReady: 0 };
      if (readyCondition(node)?.status === 'True') count.ready++; else count.notReady++;
      counts.set(zone, count);
    }
    const states = new Map([...counts].map(([zone, { ready, notReady }]) => [zone, zoneState(ready, notReady)]));
    const allDown = states.size > 0 && [...states.values()].every((state) => state === 'FullDisruption');
    for (const [zone, state] of states) {
      const size = (counts.get(zone)?.ready ?? 0) + (counts.get(zone)?.notReady ?? 0);
      const rate = allDown ? 0 : state === 'PartialDisruption' ? (size > LARGE_CLUSTER ? SECONDARY_EVICTION_RATE : 0) : EVICTION_RATE;
      this.zones.get(zone)?.setRate(rate, this.context.simulation.now);
    }
  }

  /** doNoExecuteTaintingPass: taints those whose turn it is, and comes back for the next. */
  private drainZones(): void {
    const { simulation } = this.context;
    for (const queue of this.zones.values()) {
      for (let name = queue.take(simulation.now); name !== undefined; name = queue.take(simulation.now)) {
        const node = this.nodes.get(name);
        const ready = node && readyCondition(node)?.status;
        if (node === undefined || ready === undefined || ready === 'True') continue;
        simulation.spawn(`${this.context.name} ${name}`, this.swap(node, noExecuteChange(node, ready), `is Ready=${ready}`), NO_CONTEXT);
      }
    }
  }
}

/** What the NoSchedule taints are computed from, and the taints themselves, as one value to compare. */
const taintInputs = (node: Node): string =>
  JSON.stringify([node.spec?.unschedulable ?? false, node.spec?.taints ?? [], (node.status?.conditions ?? []).map((c) => [c.type, c.status])]);
