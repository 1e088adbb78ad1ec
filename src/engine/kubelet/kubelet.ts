import type { Node, Pod } from '../api/generated/types';
import { Client } from '../client/client';
import { EventRecorder } from '../client/eventRecorder';
import { Informer } from '../client/informer';
import { NODES, PODS } from '../client/resources';
import { BACKGROUND, type Process, type Task } from '../simulation/process';
import { fallbackCIDR } from './addresses';
import { admit, type Rejection } from './admission';
import { BackOff } from './backOff';
import { KubeletEvents } from './events';
import { EvictionManager } from './eviction';
import { podKey, type KubeletHost } from './host';
import { NodeAgent } from './nodeAgent';
import { parsePressure, type Pressure } from './nodeStatus';
import { DEFAULT_KUBELET_SETTINGS, type KubeletOptions, type KubeletSettings } from './options';
import { PodWorker } from './podWorker';
import { resizePending } from './resize';
import { FakeRuntime } from './runtime/fakeRuntime';
import { ImageStore } from './runtime/imageStore';
import { ANNOTATION_PREFIX } from './runtime/script';
import { StatusManager } from './status/manager';
import { generationOf, isTerminal } from './status/podStatus';
import { VolumeManager } from './volumeManager';

/** Starts the kubelet of a node. */
export function startKubelet(options: KubeletOptions): Kubelet {
  const kubelet = new Kubelet(options);
  kubelet.start();
  return kubelet;
}

/** What dies with a kubelet's process. */
interface Life {
  readonly statuses: StatusManager;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly agent: NodeAgent;
  readonly evictions: EvictionManager;
  readonly tasks: Task[];
  readonly host: KubeletHost;
}

/** One node's kubelet with its machine: images and containers outlive the kubelet's process, containers do not outlive the machine's failure. */
export class Kubelet {
  readonly nodeName: string;
  readonly images: ImageStore;
  private readonly settings: KubeletSettings;
  private readonly runtime: FakeRuntime;
  private readonly client: Client;
  private readonly events: KubeletEvents;
  private readonly workers = new Map<string, PodWorker>();
  /** A point in time from which the kubelet looks for what has ended, once a period. */
  private readonly relistPhase: number;
  private life: Life | undefined;
  private startedBefore = false;

  constructor(private readonly options: KubeletOptions) {
    const { simulation, latencies, nodeName, api } = options;
    this.nodeName = nodeName;
    this.settings = { ...DEFAULT_KUBELET_SETTINGS, ...options.settings };
    this.images = new ImageStore(simulation, latencies, this.settings);
    this.runtime = new FakeRuntime(simulation, latencies, this.settings, options.podCIDR ?? fallbackCIDR(nodeName));
    this.runtime.onExit = (uid, record) => this.workers.get(uid)?.exited(record);
    this.relistPhase = simulation.random.next() * latencies.relist;
    this.client = new Client(api, {
      actor: `kubelet/${nodeName}`, userAgent: 'kubelet/v1.36.2 (linux/amd64)',
      credentials: { type: 'certificate', user: { username: `system:node:${nodeName}`, groups: ['system:nodes', 'system:authenticated'] } },
    });
    this.events = new KubeletEvents(this.settings.events === 'full' ? new EventRecorder(simulation, this.client, { component: 'kubelet', host: nodeName }) : undefined);
  }

  get running(): boolean { return this.life !== undefined; }

  /** The node as its kubelet last saw it. */
  get node(): Node | undefined { return this.life?.nodes.get(this.nodeName); }

  /** Starts the kubelet's process: it finds what the machine runs and what the API server wants. */
  start(): void {
    if (this.life) return;
    const { simulation, register } = this.options;
    const statuses = new StatusManager(simulation, this.client);
    const pods = new Informer<Pod>(simulation, this.client, PODS, { request: { fieldSelector: `spec.nodeName=${this.nodeName}` } });
    const nodes = new Informer<Node>(simulation, this.client, NODES, { request: { fieldSelector: `metadata.name=${this.nodeName}` } });
    const evictions = new EvictionManager(simulation, this.nodeName, () => this.workers.values(), () => agent.changed(true));
    const agent: NodeAgent = new NodeAgent(simulation, this.client, this.nodeName, this.images, () => nodes.get(this.nodeName), () => evictions.pressures, () => volumes.inUse());
    const volumes: VolumeManager = new VolumeManager(this.client, () => nodes.get(this.nodeName), () => agent.volumesChanged());
    const host = this.makeHost(statuses, agent, volumes);
    nodes.addHandler({ onAdd: (node) => this.nodeChanged(node, evictions), onUpdate: (_, node) => { this.nodeChanged(node, evictions); volumes.nodeChanged(); } });
    const comeBack = this.startedBefore;
    const cause = simulation.context;
    // What a kubelet that comes back finds to do is the story of whoever started it; at the beginning of a world it is nobody's.
    const added = (pod: Pod): void => (comeBack && !pods.synced ? simulation.runIn(cause, () => this.podAdded(pod)) : this.podAdded(pod));
    pods.addHandler({ onAdd: added, onUpdate: (_, pod) => this.podUpdated(pod), onDelete: (pod) => this.workers.get(pod.metadata.uid)?.remove(pod) });
    const tasks = [
      simulation.spawn(`${this.client.sender.actor} nodes`, nodes.run(), BACKGROUND),
      simulation.spawn(`${this.client.sender.actor} start`, this.open(pods, nodes, agent, volumes, comeBack, cause), BACKGROUND),
    ];
    this.life = { statuses, pods, nodes, agent, evictions, tasks, host };
    statuses.start();
    agent.start(register);
  }

  /** The node fails: power is cut, all containers end unseen, and nobody renews the lease. */
  kill(): void {
    this.stop();
    this.runtime.powerOff();
  }

  /** The kubelet's process ends; containers run on. */
  stop(): void {
    const life = this.life;
    if (life === undefined) return;
    this.life = undefined;
    for (const task of life.tasks) task.stop();
    life.pods.stop();
    life.nodes.stop();
    life.agent.stop();
    life.evictions.stop();
    life.statuses.stop();
    for (const worker of this.workers.values()) worker.halt();
    this.workers.clear();
  }

  /** What the node is to suffer from, beside what its annotation says; each with the number of evictions that ends it. */
  setPressure(pressures: ReadonlyMap<Pressure, number>): void { this.life?.evictions.set(pressures); }

  /** Waits for the node, then follows its pods. */
  private *open(pods: Informer<Pod>, nodes: Informer<Node>, agent: NodeAgent, volumes: VolumeManager, comeBack: boolean, cause: { readonly cause: number; readonly background: boolean }): Process {
    yield* nodes.waitForSync();
    if (comeBack) this.options.simulation.runIn(cause, () => agent.changed(true));
    this.life?.tasks.push(this.options.simulation.spawn(`${this.client.sender.actor} pods`, pods.run(), BACKGROUND));
    yield* pods.waitForSync();
    this.startedBefore = true;
    for (const uid of this.runtime.pods()) if (!this.workers.has(uid)) this.runtime.removePod(uid);
    yield* volumes.recover([...pods.list()].filter((pod) => !isTerminal(pod.status?.phase)), comeBack ? cause : undefined, this.options.simulation);
  }

  private makeHost(statuses: StatusManager, agent: NodeAgent, volumes: VolumeManager): KubeletHost {
    const { simulation, trace, latencies } = this.options;
    const nodeAddress = (): string => this.node?.status?.addresses?.find((a) => a.type === 'InternalIP')?.address ?? '';
    return {
      simulation, trace, latencies, client: this.client, actor: this.client.sender.actor, runtime: this.runtime, images: this.images, statuses, events: this.events, restarts: new BackOff(), pulls: new BackOff(), volumes,
      get hostIP() { return nodeAddress(); },
      untilRelist: () => latencies.relist - ((simulation.now - this.relistPhase + latencies.relist) % latencies.relist),
      gone: (uid) => { this.workers.delete(uid); for (const worker of this.workers.values()) worker.roomWasMade(); },
      resizePending: (wanted) => resizePending(wanted, this.node, this.activePods(wanted.metadata.uid)),
      imagesChanged: () => agent.changed(false),
    };
  }

  private nodeChanged(node: Node, evictions: EvictionManager): void {
    if (node.spec?.podCIDR && !this.options.podCIDR) this.runtime.setCIDR(node.spec.podCIDR);
    for (const image of node.status?.images ?? []) for (const name of image.names ?? []) if (!this.images.has(name)) this.images.add(name, image.sizeBytes);
    const said = node.metadata.annotations?.[`${ANNOTATION_PREFIX}pressure`];
    if (said !== undefined || evictions.pressures.size > 0) evictions.set(parsePressure(said));
  }

  private podAdded(pod: Pod): void {
    const life = this.life;
    if (life === undefined) return;
    const known = this.runtime.pod(pod.metadata.uid) !== undefined;
    const worker = new PodWorker(life.host, pod);
    const adopted = !known && !this.startedBefore && runsAlready(pod);
    if (adopted) {
      this.runtime.adopt(pod);
      for (const container of pod.spec?.containers ?? []) this.images.add(container.image ?? '');
    } else if (!known && pod.status?.startTime === undefined && !pod.metadata.deletionTimestamp && !isTerminal(pod.status?.phase)) {
      const rejection = admit(pod, this.node, this.activePods(), [...life.evictions.pressures]);
      if (rejection) { this.reject(pod, rejection, life); return; }
    }
    this.workers.set(pod.metadata.uid, worker);
    worker.begin(adopted);
  }

  private podUpdated(pod: Pod): void {
    const worker = this.workers.get(pod.metadata.uid);
    if (worker) { worker.update(pod); return; }
    if (pod.metadata.deletionTimestamp) this.life?.statuses.finish(pod);
  }

  private activePods(except?: string): readonly Pod[] {
    const active: Pod[] = [];
    for (const worker of this.workers.values()) if (worker.uid !== except && !worker.inactive) active.push(worker.effective);
    return active;
  }

  /** rejectPod: the pod fails without having run. */
  private reject(pod: Pod, rejection: Rejection, life: Life): void {
    const { simulation, trace } = this.options;
    const work = trace.work({ actor: this.client.sender.actor, action: 'admit', subject: podKey(pod), resource: 'pods' });
    work.endedAt = simulation.now;
    work.outcome = `rejected: ${rejection.message}`;
    this.events.pod(pod, 'Warning', rejection.reason, rejection.message);
    const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'False', reason: 'PodFailed', ...generationOf(pod) }));
    life.statuses.set(pod, { ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}), conditions, phase: 'Failed', reason: rejection.reason, message: `Pod was rejected: ${rejection.message}`, ...generationOf(pod) });
  }
}

/** A pod that the cluster's description says is running on this node. */
const runsAlready = (pod: Pod): boolean => pod.status?.phase === 'Running' && (pod.status.containerStatuses ?? []).some((status) => status.state?.running !== undefined);

