import type { Container, Pod, PodCondition, Probe } from '../api/generated/types';
import { vary } from '../simulation/latency';
import { sleep, type Context, type Process, type Task } from '../simulation/process';
import { ContainerPlan } from './containerPlan';
import { ContainerStarter } from './containerStarter';
import { stopAll, stopContainer } from './containerStopper';
import { podKey, type KubeletHost } from './host';
import { Prober } from './probes';
import { unmountable } from './references';
import { needsRestart, resizedContainers, withAllocated } from './resize';
import { isSidecar } from './restartPolicy';
import { anyRunning, newest, type ContainerRecord } from './runtime/runtime';
import type { WaitingReason } from './status/containerStatus';
import { generatePodStatus, generationOf, isTerminal } from './status/podStatus';
import { terminated } from './status/terminate';

/** Why the kubelet itself puts an end to a pod. */
export interface Termination {
  readonly reason: string;
  readonly message: string;
  /** Seconds; undefined: the pod's own. */
  readonly graceSeconds?: number;
  readonly condition?: PodCondition;
}

interface Kill { readonly message: string; readonly graceSeconds: number | undefined }

/** The longest back-off between attempts to mount volumes. */
const MAX_MOUNT_BACK_OFF = 122_000;

/**
 * One pod on its node, as kubelet's pod worker: brings what runs in line with what is wanted, one sync after another, then
 * terminates it. It is idle, and no process at all, until something wakes it.
 */
export class PodWorker {
  private state: 'syncing' | 'terminating' | 'terminated' = 'syncing';
  private task: Task | undefined;
  private busy = false;
  private again: Context | undefined;
  private removed = false;
  private stopped = false;
  private termination: Termination | undefined;
  private readonly reasons = new Map<string, WaitingReason>();
  private readonly kills = new Map<string, Kill>();
  private readonly restartAtOnce = new Set<string>();
  private readonly alarms = new Map<string, () => void>();
  private readonly prober: Prober;
  private readonly starter: ContainerStarter;
  private mountFailures = 0;
  private deletionAsked = false;
  /** The pod with the resources that the node has given it, and why it has not given what is now asked for. */
  private allocated: Pod;
  private pendingResize: PodCondition | undefined;

  constructor(private readonly host: KubeletHost, public pod: Pod) {
    this.prober = new Prober(host.simulation, host.trace, host.actor, pod, {
      changed: () => this.wake(),
      failed: (container, kind, probe) => this.probeFailed(container, kind, probe),
      unhealthy: (container, _, message) => this.onContainer(container, (c) => host.events.container(this.pod, c, 'Warning', 'Unhealthy', message)),
    });
    this.starter = new ContainerStarter(host);
    this.allocated = pod;
  }

  /**
   * Begins. A pod that has come to its end needs nothing; one that runs already (the kubelet was restarted, or the cluster's description says so)
   * is looked at only where something is amiss. `adopted`: it stands in the cluster's description, and is reported only when something happens to it.
   */
  begin(adopted: boolean): void {
    const record = this.host.runtime.pod(this.uid);
    if (isTerminal(this.pod.status?.phase) && !anyRunning(record)) {
      this.state = 'terminated';
      this.finish();
      return;
    }
    this.resumeProbes();
    if (this.pod.metadata.deletionTimestamp) this.terminate(); else if (!adopted || this.plan.wantsStarts() || this.pod.spec?.activeDeadlineSeconds !== undefined) this.wake();
  }

  /** Has the pod deleted for good, once: finalizers may keep it for long after. */
  private finish(): void {
    if (this.deletionAsked || !this.pod.metadata.deletionTimestamp) return;
    this.deletionAsked = true;
    this.host.statuses.finish(this.pod);
  }

  private resumeProbes(): void {
    const known = new Map([...(this.pod.status?.initContainerStatuses ?? []), ...(this.pod.status?.containerStatuses ?? [])].map((s) => [s.name, s]));
    for (const container of [...(this.pod.spec?.initContainers ?? []), ...(this.pod.spec?.containers ?? [])]) {
      const record = this.record(container.name);
      if (record?.state === 'running') this.prober.add(container, record, known.get(container.name));
    }
  }

  get uid(): string { return this.pod.metadata.uid; }
  /** Whether the pod no longer counts for the node's resources: it is not at the API server any more, or its phase is final and nothing of it runs. */
  get inactive(): boolean { return this.removed || (isTerminal(this.host.statuses.get(this.uid)?.phase ?? this.pod.status?.phase) && !anyRunning(this.host.runtime.pod(this.uid))); }

  /** Whether the node may still put an end to it. */
  get evictable(): boolean { return this.state === 'syncing' && !this.removed; }

  /** The pod as the node runs it: with the resources it has, not those it asks for. */
  get effective(): Pod { return withAllocated(this.pod, this.allocated); }

  /** Another pod has left: a resize that was put off may go on. */
  roomWasMade(): void { if (this.pendingResize?.reason === 'Deferred' && this.state === 'syncing') this.wake(); }

  /** The pod as the watch shows it now. */
  update(pod: Pod): void {
    const before = this.pod;
    this.pod = pod;
    this.host.statuses.observe(pod);
    if (this.state === 'terminated') this.finish();
    else if (pod.metadata.deletionTimestamp && this.state === 'syncing') this.terminate();
    else if (this.state === 'terminating') { if ((pod.metadata.deletionGracePeriodSeconds ?? 0) < (before.metadata.deletionGracePeriodSeconds ?? 0)) this.terminate(); }
    else if (pod.metadata.generation !== before.metadata.generation || gatesChanged(before, pod) || isTerminal(pod.status?.phase) !== isTerminal(before.status?.phase)) this.wake();
  }

  /** The pod is no longer at the API server. What still runs is ended. */
  remove(last: Pod): void {
    this.pod = last;
    this.removed = true;
    this.host.statuses.forget(this.uid);
    if (this.state === 'terminated' || (this.state === 'syncing' && !anyRunning(this.host.runtime.pod(this.uid)) && !this.busy)) { this.halt(); this.leave(); return; }
    if (this.state === 'syncing' || last.metadata.deletionGracePeriodSeconds === 0) this.terminate();
  }

  /** Puts an end to the pod from the node's side. */
  end(termination: Termination): void {
    if (this.state !== 'syncing') return;
    this.termination = termination;
    this.terminate();
  }

  /** The kubelet dies: nothing is undone, everything stops. */
  halt(): void {
    this.stopped = true;
    this.interrupt();
  }

  /** A container ended by itself; the kubelet sees it when it next looks. */
  exited(record: ContainerRecord): void {
    this.prober.remove(record.name);
    this.alarm(`exit of ${record.name}`, this.host.untilRelist(), undefined);
  }

  wake(): void {
    if (this.stopped || this.state === 'terminated') return;
    if (this.busy) { this.again = this.host.simulation.context; return; }
    this.busy = true;
    const task = this.host.simulation.spawn(`${this.host.actor} pod ${podKey(this.pod)}`, this.loop());
    if (!task.done) this.task = task;
  }

  private *loop(): Process {
    for (;;) {
      this.again = undefined;
      // A pod that is to end has no sandbox to prepare: it is taken up sooner.
      const { random } = this.host.simulation, { podSync } = this.host.latencies;
      yield* sleep(vary(random, this.host.latencies, this.state === 'terminating' ? podSync / 2 : podSync));
      if (this.state === 'terminating') yield* this.runTermination(); else yield* this.sync();
      if (this.again === undefined || this.isTerminated()) break;
      this.host.simulation.context = this.again;
    }
    this.busy = false;
    this.task = undefined;
  }

  private isTerminated(): boolean { return this.state === 'terminated'; }

  private interrupt(): void {
    const task = this.task;
    this.task = undefined;
    this.busy = false;
    this.again = undefined;
    this.quiet();
    task?.stop();
  }

  /** Nothing wakes the worker by itself any more. */
  private quiet(): void {
    for (const cancel of this.alarms.values()) cancel();
    this.alarms.clear();
    this.prober.stop();
  }

  private terminate(): void {
    this.interrupt();
    this.state = 'terminating';
    this.wake();
  }

  /** Wakes the worker later; one alarm a name. */
  private alarm(name: string, milliseconds: number, reason: string | undefined): void {
    this.alarms.get(name)?.();
    this.alarms.set(name, this.host.simulation.after(milliseconds, () => { this.alarms.delete(name); this.wake(); }, reason));
  }

  /** Says how the pod is. `terminal`: its containers will not be started again; `over`: nor is anything left of it. */
  private report(terminal: boolean, over = false): string {
    const { statuses, runtime, hostIP } = this.host;
    const previous = statuses.get(this.uid) ?? this.pod.status;
    const condition = this.termination?.condition ?? (terminal ? undefined : this.pendingResize);
    const generated = generatePodStatus({
      pod: this.effective, record: runtime.pod(this.uid), previous, reasons: this.reasons, probes: this.prober, terminal, hostIP,
      ...(condition ? { extra: [{ ...condition, ...generationOf(this.pod) }] } : {}), ...(this.termination ? { failed: this.termination } : {}),
    });
    const status = over ? terminated(this.pod, generated) : generated;
    if (!this.removed) statuses.set(this.pod, status);
    return status.phase ?? '';
  }

  private *sync(): Process {
    const { simulation, trace, actor, runtime } = this.host;
    const work = trace.work({ actor, action: 'sync', subject: podKey(this.pod), resource: 'pods' });
    try {
      this.allocate();
      const phase = this.report(false);
      if (isTerminal(phase) || this.plan.mainDone()) {
        work.outcome = isTerminal(phase) ? `all containers have ended: ${phase}` : 'all main containers have ended; the sidecars follow';
        this.state = 'terminating';
        this.again = simulation.context;
        return;
      }
      this.watchDeadline();
      this.condemnChanged();
      if (!this.plan.wantsStarts() && this.kills.size === 0) { work.outcome = `${phase}: nothing to start`; return; }
      // What has a sandbox has its volumes.
      const held = runtime.pod(this.uid)?.sandbox?.ready ? undefined : yield* this.host.volumes.await(this.pod, () => this.wake());
      const unmounted = held?.retry ? held.why : yield* unmountable(this.host.client, this.pod);
      if (unmounted) { work.outcome = this.mountFailed(unmounted); return; }
      if (held) { work.outcome = held.why; return; }
      if (!runtime.pod(this.uid)?.sandbox?.ready) {
        yield* runtime.createSandbox(this.pod);
        this.report(false);
      }
      yield* this.runKills();
      work.outcome = yield* this.startContainers();
    } finally { work.endedAt = simulation.now; }
  }

  private mountFailed(message: string): string {
    this.host.events.pod(this.pod, 'Warning', 'FailedMount', message);
    this.alarm('mount', Math.min(MAX_MOUNT_BACK_OFF, 500 * 2 ** this.mountFailures++), `volumes of pod ${podKey(this.pod)}: ${message}`);
    return message;
  }

  private watchDeadline(): void {
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    const { simulation, statuses } = this.host;
    if (seconds === undefined || this.alarms.has('deadline')) return;
    const started = Date.parse(statuses.get(this.uid)?.startTime ?? '') - simulation.epoch || simulation.now;
    const message = 'Pod was active on the node longer than the specified deadline';
    const expire = (): void => { this.alarms.delete('deadline'); this.host.events.pod(this.pod, 'Normal', 'DeadlineExceeded', message); this.end({ reason: 'DeadlineExceeded', message }); };
    this.alarms.set('deadline', simulation.after(Math.max(0, started + seconds * 1000 - simulation.now), expire, `active deadline of pod ${podKey(this.pod)}`));
  }

  private record(name: string): ContainerRecord | undefined { return newest(this.host.runtime.pod(this.uid), name); }

  private get plan(): ContainerPlan { return new ContainerPlan(this.pod, this.host.runtime.pod(this.uid), this.prober, this.restartAtOnce); }

  private *startContainers(): Process<string> {
    const said: string[] = [];
    for (let next = this.plan.nextInit(); next !== undefined; next = this.plan.nextInit()) {
      const { container, start } = next;
      if (!start) return [...said, `waiting for init container ${container.name}`].join('; ');
      const begun = yield* this.startOne(container, said);
      if (begun && isSidecar(container) && this.prober.started(container.name)) continue;
      // A sidecar that cannot be restarted does not hold up what already runs.
      if (!begun && isSidecar(container) && this.plan.mainStarted()) break;
      return said.join('; ');
    }
    for (const container of this.plan.mainToStart()) yield* this.startOne(container, said);
    return said.join('; ') || 'nothing to start';
  }

  private *startOne(container: Container, said: string[]): Process<boolean> {
    const { host } = this;
    const result = yield* this.starter.start(this.pod, container, this.restartAtOnce.has(container.name));
    if (result.started) {
      this.restartAtOnce.delete(container.name);
      this.reasons.delete(container.name);
      const record = this.record(container.name);
      if (record?.state === 'running') this.prober.add(container, record);
      said.push(`started ${container.name}`);
      this.alarm('notice', vary(host.simulation.random, host.latencies, host.latencies.containerNotice), undefined);
      return true;
    }
    const known = this.reasons.get(container.name);
    this.reasons.set(container.name, result.reason);
    said.push(`${container.name}: ${result.reason.reason}`);
    if (result.retry) this.alarm(`start of ${container.name}`, result.retry.milliseconds, result.retry.why || undefined);
    if (known?.reason !== result.reason.reason || known.message !== result.reason.message) this.report(false);
    return false;
  }

  private onContainer(name: string, use: (container: Container) => void): void {
    const container = [...(this.pod.spec?.initContainers ?? []), ...(this.pod.spec?.containers ?? [])].find((c) => c.name === name);
    if (container) use(container);
  }

  private probeFailed(name: string, kind: 'liveness' | 'startup', probe: Probe): void {
    this.kills.set(name, { message: `Container ${name} failed ${kind} probe, will be restarted`, graceSeconds: probe.terminationGracePeriodSeconds });
    this.wake();
  }

  /** Gives the pod the resources it asks for, if the node can (KEP-1287). */
  private allocate(): void {
    const resized = resizedContainers(this.allocated, this.pod);
    this.pendingResize = resized.length > 0 ? this.host.resizePending(this.pod) : undefined;
    if (resized.length === 0 || this.pendingResize) return;
    for (const container of resized) {
      if (this.record(container.name)?.state !== 'running' || !needsRestart(this.allocated, container)) continue;
      this.kills.set(container.name, { message: `Container ${container.name} resize requires restart`, graceSeconds: undefined });
      this.restartAtOnce.add(container.name);
    }
    this.allocated = this.pod;
  }

  /** A running container whose image was changed in the spec is restarted with the new one. */
  private condemnChanged(): void {
    for (const container of this.pod.spec?.containers ?? []) {
      const running = this.record(container.name);
      if (running?.state !== 'running' || running.image === container.image) continue;
      this.kills.set(container.name, { message: `Container ${container.name} definition changed, will be restarted`, graceSeconds: undefined });
      this.restartAtOnce.add(container.name);
    }
  }

  /** Ends the containers that a probe or a changed definition condemned. */
  private *runKills(): Process {
    for (const [name, kill] of [...this.kills]) {
      this.kills.delete(name);
      const container = [...(this.pod.spec?.initContainers ?? []), ...(this.pod.spec?.containers ?? [])].find((c) => c.name === name);
      if (container === undefined) continue;
      const work = this.host.trace.work({ actor: this.host.actor, action: 'stop', subject: podKey(this.pod), resource: 'pods' });
      this.prober.remove(name);
      yield* stopContainer(this.host, this.pod, container, (kill.graceSeconds ?? this.pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000, kill.message);
      work.endedAt = this.host.simulation.now;
      work.outcome = kill.message;
      // What the kubelet kills for a probe is restarted under OnFailure too, whatever its exit code.
      if (this.pod.spec?.restartPolicy === 'OnFailure') this.restartAtOnce.add(name);
    }
  }

  /** Seconds that the containers have to end by themselves. */
  private graceSeconds(): number {
    const { deletionTimestamp, deletionGracePeriodSeconds } = this.pod.metadata;
    if (this.termination?.graceSeconds !== undefined) return this.termination.graceSeconds;
    if (deletionTimestamp || this.removed) return Math.max(1, deletionGracePeriodSeconds ?? this.pod.spec?.terminationGracePeriodSeconds ?? 30);
    return this.pod.spec?.terminationGracePeriodSeconds ?? 30;
  }

  private *runTermination(): Process {
    const { simulation, trace, actor, runtime } = this.host;
    const work = trace.work({ actor, action: 'stop', subject: podKey(this.pod), resource: 'pods' });
    try {
      this.quiet();
      this.reasons.clear();
      this.report(false);
      yield* sleep(vary(simulation.random, this.host.latencies, this.host.latencies.containerNotice));
      yield* stopAll(this.host, this.pod, this.graceSeconds() * 1000);
      runtime.stopSandbox(this.uid);
      const phase = this.report(true);
      work.outcome = `all containers have ended: ${phase}`;
    } finally { work.endedAt = simulation.now; }
    yield* sleep(this.host.untilRelist() + vary(simulation.random, this.host.latencies, this.host.latencies.cleanUp));
    this.host.volumes.release(this.uid);
    this.state = 'terminated';
    if (this.removed) { this.leave(); return; }
    this.report(true, true);
    this.finish();
  }

  private leave(): void {
    this.host.volumes.release(this.uid);
    this.host.restarts.forget(this.uid);
    this.host.pulls.forget(this.uid);
    this.host.runtime.removePod(this.uid);
    this.host.gone(this.uid);
  }
}

/** Conditions that readiness gates name have changed: Ready is to be computed anew. */
function gatesChanged(before: Pod, after: Pod): boolean {
  const gates = after.spec?.readinessGates;
  if (!gates?.length || before.status?.conditions === after.status?.conditions) return false;
  const status = (pod: Pod, type: string): string | undefined => pod.status?.conditions?.find((c) => c.type === type)?.status;
  return gates.some(({ conditionType }) => status(before, conditionType) !== status(after, conditionType));
}
