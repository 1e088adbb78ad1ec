import type { Pod } from '../api/generated/types';
import { Client, type ApiServer, type Sender } from '../client/client';
import { NewEventRecorder } from '../client/eventRecorder';
import { InformerFactory } from '../client/informer';
import { BACKGROUND, NO_CONTEXT, Signal, sleep, type Context, type Process } from '../simulation/process';
import { vary, type Latencies } from '../simulation/latency';
import type { Simulation } from '../simulation/simulation';
import type { WorkMessage } from '../trace/message';
import type { TraceRecorder } from '../trace/recorder';
import type { SchedulerConfiguration } from './configuration';
import { SchedulerCore } from './core';
import type { SchedulingDecision } from './decision';
import { EventFeed, type FeedListener } from './eventFeed';
import { ASSIGNED_POD_DELETE } from './events';
import { InformerListers } from './informerListers';
import { DefaultPreemption } from './plugins/defaultPreemption';
import { podInfoOf, type PodInfo } from './podInfo';
import { SchedulingQueue, type Move, type QueuePosition } from './queue';
import type { QueuedPod } from './queuedPod';
import { Writer } from './writer';

export interface SchedulerOptions {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  readonly api: ApiServer;
  readonly configuration?: SchedulerConfiguration;
  /** How often each pod is tried at the most; without it as often as the queue says. */
  readonly attempts?: number;
}

export interface SchedulerHandle {
  /** The newest decision about a pod. */
  decisionFor(uid: string): SchedulingDecision | undefined;
  /** Where a waiting pod is in the queue, until when, and which changes would wake it. */
  positionOf(pod: Pod): QueuePosition | undefined;
  readonly core: SchedulerCore;
  stop(): void;
}

const SENDER: Sender = {
  actor: 'kube-scheduler', userAgent: 'kube-scheduler/v1.36.2 (linux/amd64) scheduler',
  credentials: { type: 'certificate', user: { username: 'system:kube-scheduler', groups: ['system:authenticated'] } },
};

/** Decisions that are kept, the oldest forgotten first. */
const MAX_DECISIONS = 60_000;
/** How often pods that have waited too long are tried again anyway. */
const FLUSH_MILLISECONDS = 30_000;

/** Starts kube-scheduler. */
export function startScheduler(options: SchedulerOptions): SchedulerHandle {
  const scheduler = new Scheduler(options);
  scheduler.start();
  return scheduler;
}

/** kube-scheduler as a process: informers feed the cache and the queue, one loop takes pods from it, bindings go on beside it. */
class Scheduler implements SchedulerHandle, FeedListener {
  readonly core: SchedulerCore;
  private readonly informers: InformerFactory;
  private readonly writer: Writer;
  private readonly queue: SchedulingQueue;
  private readonly decisions = new Map<string, SchedulingDecision>();
  private readonly attempts = new Map<string, number>();
  /** What brought each waiting pod into the queue: the cause of its next attempt. */
  private readonly contexts = new Map<string, Context>();
  private readonly arrived = new Signal();
  private cancelFlush = (): void => undefined;

  constructor(private readonly options: SchedulerOptions) {
    const { simulation, api } = options;
    const client = new Client(api, SENDER);
    this.informers = new InformerFactory(simulation, client);
    this.core = new SchedulerCore({
      configuration: options.configuration, listers: new InformerListers(this.informers), random: simulation.random, nominatedPodsForNode: (node) => this.queue.nominator.podsForNode(node),
      hasNominatedPods: () => this.queue.nominator.size > 0,
    });
    const { podInitialBackoffSeconds, podMaxBackoffSeconds } = this.core.configuration;
    this.queue = new SchedulingQueue({
      profileFor: (pod) => this.core.frameworkFor(pod), profiles: [...this.core.frameworks.values()], initialBackoffMs: podInitialBackoffSeconds * 1000, maxBackoffMs: podMaxBackoffSeconds * 1000,
    });
    this.writer = new Writer(simulation, client, this.informers, new NewEventRecorder(simulation, client, 'default-scheduler', 'default-scheduler-control-plane'));
    new EventFeed(this.core, this.queue, () => simulation.now, this).connect(this.informers);
  }

  start(): void {
    const { simulation } = this.options;
    this.informers.start();
    simulation.spawn('kube-scheduler', this.run(), BACKGROUND);
    simulation.spawn('kube-scheduler flush', this.flushUnschedulable(), BACKGROUND);
  }

  stop(): void { this.informers.stop(); }
  decisionFor(uid: string): SchedulingDecision | undefined { return this.decisions.get(uid); }
  positionOf(pod: Pod): QueuePosition | undefined { return this.queue.inspect(pod); }

  wake(): void { this.arrived.notify(); this.planFlush(); }
  queued(pod: Pod): void { this.contexts.set(podInfoOf(pod).key, this.options.simulation.context); }
  moved(moves: readonly Move[]): void { for (const move of moves) this.contexts.set(move.pod.key, this.options.simulation.context); }
  gated(pod: Pod): void { this.keep(pod, this.core.attempt(pod).decision); }
  gone(pod: Pod): void {
    this.contexts.delete(podInfoOf(pod).key);
    this.attempts.delete(pod.metadata.uid);
  }

  private *run(): Process {
    yield* this.informers.waitForSync();
    const { simulation, latencies, trace } = this.options;
    for (;;) {
      const queued = this.queue.pop();
      if (queued === undefined) {
        simulation.context = BACKGROUND;
        yield* this.arrived.wait();
        continue;
      }
      const { pod } = queued.info;
      simulation.context = this.contextOf(queued);
      yield* sleep(vary(simulation.random, latencies, latencies.schedule));
      if (queued.info.pod.metadata.deletionTimestamp || this.triedEnough(pod)) { this.queue.done(queued.key); continue; }
      const work = trace.work({ actor: 'kube-scheduler', action: 'schedule', subject: `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, resource: 'pods', ...(queued.attempts > 1 ? { retry: { attempt: queued.attempts, event: queued.wokenBy?.event ?? '', ...(queued.wokenBy?.object ? { object: queued.wokenBy.object } : {}) } } : {}) });
      this.scheduleOne(queued, work);
      work.endedAt = simulation.now;
    }
  }

  private contextOf(queued: QueuedPod): Context {
    const context = this.contexts.get(queued.key) ?? NO_CONTEXT;
    this.contexts.delete(queued.key);
    return context;
  }

  private scheduleOne(queued: QueuedPod, work: WorkMessage): void {
    const { simulation } = this.options;
    const { pod } = queued.info;
    this.attempts.set(pod.metadata.uid, (this.attempts.get(pod.metadata.uid) ?? 0) + 1);
    const attempt = this.core.attempt(pod);
    const { decision } = attempt;
    this.keep(pod, decision);
    work.outcome = decision.outcome === 'scheduled' ? `${decision.feasibleNodes} of ${decision.evaluatedNodes} nodes fit; chose ${decision.node ?? ''}` : decision.message;
    work.decision = { kind: 'scheduling', summary: work.outcome, data: decision };
    if (!('state' in attempt)) { this.queue.done(queued.key); return; }
    if (decision.outcome === 'scheduled' && decision.node) {
      const node = decision.node;
      const refused = this.core.assume(pod, node, attempt.state);
      if (refused) { this.failed(queued, { ...decision, outcome: 'unschedulable', message: refused.message, unschedulablePlugins: [refused.plugin] }); return; }
      this.queue.nominator.delete(queued.key);
      const { preBind, bind } = this.core.bindWrites(pod, node, attempt.state);
      simulation.spawn('bind', this.bind(queued, node, attempt.state, [...preBind, ...bind]));
      return;
    }
    if (decision.nominatedNode !== undefined) this.queue.nominator.set(queued.info, decision.nominatedNode);
    // A pod whose victims are being evicted stays out of the active queue: this must be known before it is taken back.
    const evicting = decision.nominatedNode ? this.startPreemption(queued, attempt.victims, decision.nominatedNode) : undefined;
    this.failed(queued, decision);
    if (evicting) simulation.spawn('preempt', evicting);
  }

  /** prepareCandidateAsync: others' nominations to the node end, then the victims do. */
  private startPreemption({ info, key }: QueuedPod, chosen: readonly PodInfo[], node: string): Process | undefined {
    const victims = chosen.filter((victim) => !victim.terminating);
    if (victims.length === 0) return undefined;
    const plugin = this.core.frameworkFor(info.pod)?.plugins.get('DefaultPreemption');
    const preempting = plugin instanceof DefaultPreemption ? plugin.preempting : undefined;
    preempting?.add(key);
    return this.evict(info, victims, node, () => preempting?.delete(key));
  }

  /** All victims but one at once; the pod may be tried again as soon as the deletion of the last one is asked for. */
  private *evict(preemptor: PodInfo, victims: readonly PodInfo[], node: string, finished: () => void): Process {
    const { simulation } = this.options;
    for (const other of this.queue.nominator.lowerPriority(node, preemptor.priority)) yield* this.writer.clearNomination(other.pod);
    const others = victims.slice(0, -1).map((victim) => simulation.spawn('preempt', this.writer.preempt(preemptor.pod, victim.pod, node)));
    let failed = false;
    for (const task of others) if ((yield* task.join()) !== true) failed = true;
    const last = victims.at(-1);
    if (last && (yield* this.writer.preempt(preemptor.pod, last.pod, node, finished)) !== true) failed = true;
    finished();
    // Nobody's end may wake the pod now.
    if (failed) { this.queue.activate(preemptor.pod, simulation.now); this.wake(); }
  }

  private *bind(queued: QueuedPod, node: string, state: Parameters<SchedulerCore['forget']>[2], writes: Parameters<Writer['bind']>[1]): Process {
    const { pod } = queued.info;
    const failure = yield* this.writer.bind(pod, writes, node);
    if (failure === undefined) { this.queue.done(queued.key); return; }
    this.core.forget(pod, node, state);
    // handleBindingCycleError: what was held for the pod may serve others.
    const moves = this.queue.moveAll(ASSIGNED_POD_DELETE, pod, undefined, this.options.simulation.now, (other) => other.key !== queued.key);
    if (moves.length > 0) { this.moved(moves); this.wake(); }
    this.requeue(queued, []);
  }

  /** handleSchedulingFailure */
  private failed(queued: QueuedPod, decision: SchedulingDecision): void {
    this.requeue(queued, decision.reason === 'SchedulerError' ? [] : decision.unschedulablePlugins);
    this.options.simulation.spawn('scheduling failed', this.writer.failed(queued.info.pod, decision));
  }

  private requeue(queued: QueuedPod, plugins: readonly string[]): void {
    const { pod } = queued.info;
    if (this.triedEnough(pod)) { this.queue.done(queued.key); return; }
    const latest = this.writer.latest(pod);
    if (!latest || latest.spec.nodeName) { this.queue.done(queued.key); return; }
    this.queue.addUnschedulable(queued, latest, plugins, this.options.simulation.now);
    this.contexts.set(queued.key, this.options.simulation.context);
    this.wake();
  }

  private triedEnough(pod: Pod): boolean { return (this.attempts.get(pod.metadata.uid) ?? 0) >= (this.options.attempts ?? Infinity); }

  private keep(pod: Pod, decision: SchedulingDecision): void {
    const { uid } = pod.metadata;
    this.decisions.delete(uid);
    this.decisions.set(uid, decision);
    if (this.decisions.size > MAX_DECISIONS) this.decisions.delete(this.decisions.keys().next().value as string);
  }

  /** Wakes the loop when a back-off ends. */
  private planFlush(): void {
    this.cancelFlush();
    const at = this.queue.nextFlush();
    if (at === undefined) return;
    const { simulation } = this.options;
    this.cancelFlush = simulation.after(at - simulation.now, () => {
      if (this.queue.flushBackoff(simulation.now).length > 0) this.arrived.notify();
      this.planFlush();
    }, 'scheduling back-off');
  }

  private *flushUnschedulable(): Process {
    for (;;) {
      yield* sleep(FLUSH_MILLISECONDS);
      if (this.queue.flushUnschedulable(this.options.simulation.now).length > 0) this.wake();
    }
  }
}
