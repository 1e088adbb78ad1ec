import type { Container, ContainerStatus, Pod, Probe } from '../api/generated/types';
import type { Simulation } from '../simulation/simulation';
import type { TraceRecorder } from '../trace/recorder';
import { probeAt, probeScript, type ProbeScript } from './runtime/script';
import type { ContainerRecord } from './runtime/runtime';
import type { ProbeView } from './status/containerStatus';

type Kind = 'startup' | 'readiness' | 'liveness';

/** What a prober tells its pod worker. All in the context of the probe. */
export interface ProbeListener {
  /** A container became started, ready or unready: its pod's status is to be made anew. */
  changed(container: string): void;
  /** A liveness or startup probe failed for good: the container is to be killed. */
  failed(container: string, kind: 'liveness' | 'startup', probe: Probe): void;
  /** A single failure, for the Unhealthy event. */
  unhealthy(container: string, kind: Kind, message: string): void;
}

interface ContainerProbes {
  readonly container: Container;
  readonly record: ContainerRecord;
  started: boolean;
  ready: boolean;
  readonly cancels: Set<() => void>;
}

const successThreshold = (probe: Probe): number => probe.successThreshold ?? 1;
const failureThreshold = (probe: Probe): number => probe.failureThreshold ?? 3;
const period = (probe: Probe): number => (probe.periodSeconds ?? 10) * 1000;
const delay = (probe: Probe): number => (probe.initialDelaySeconds ?? 0) * 1000;

/**
 * The probes of one pod. What a probe finds follows the pod's annotations (see ANNOTATION_PREFIX). Only probes that may still change
 * something are run: once a probe has come to a result that its script keeps, its further runs are skipped until the script changes its mind.
 */
export class Prober implements ProbeView {
  private readonly containers = new Map<string, ContainerProbes>();

  constructor(private readonly simulation: Simulation, private readonly trace: TraceRecorder, private readonly actor: string, private readonly pod: Pod, private readonly listener: ProbeListener) {}

  started(container: string): boolean { return this.containers.get(container)?.started ?? true; }
  ready(container: string): boolean { return this.containers.get(container)?.ready ?? true; }

  /** Begins to probe a container that has been started, or goes on where a former kubelet left off. Containers without probes cost nothing. */
  add(container: Container, record: ContainerRecord, known?: ContainerStatus): void {
    this.remove(container.name);
    const { startupProbe, readinessProbe, livenessProbe } = container;
    if (!startupProbe && !readinessProbe && !livenessProbe) return;
    const state: ContainerProbes = { container, record, started: startupProbe === undefined || known?.started === true, ready: readinessProbe === undefined || known?.ready === true, cancels: new Set() };
    this.containers.set(container.name, state);
    if (startupProbe && !state.started) this.begin(state, 'startup', startupProbe); else this.afterStart(state);
  }

  remove(container: string): void {
    const state = this.containers.get(container);
    if (state === undefined) return;
    for (const cancel of state.cancels) cancel();
    this.containers.delete(container);
  }

  /** Termination begins: liveness and startup probes stop; readiness is of no more interest here. */
  stop(): void { for (const name of [...this.containers.keys()]) { for (const cancel of this.containers.get(name)?.cancels ?? []) cancel(); } }

  private afterStart(state: ContainerProbes): void {
    const { readinessProbe, livenessProbe } = state.container;
    if (readinessProbe) this.begin(state, 'readiness', readinessProbe);
    if (livenessProbe) this.begin(state, 'liveness', livenessProbe);
  }

  private begin(state: ContainerProbes, kind: Kind, probe: Probe): void {
    const script = probeScript(this.pod, kind, state.container.name);
    const age = this.simulation.now - state.record.startedMilliseconds;
    // A readiness probe is run as soon as the container runs; the others with the period's ticks, the first of them at once.
    const first = Math.max(0, delay(probe) - age);
    this.schedule(state, kind, first, () => this.run(state, kind, probe, script, 0, 0));
  }

  private schedule(state: ContainerProbes, kind: Kind, milliseconds: number, run: () => void): void {
    const reason = milliseconds > 0 ? `${kind} probe of container ${state.container.name} of pod ${this.pod.metadata.namespace}/${this.pod.metadata.name}` : undefined;
    const cancel = this.simulation.after(milliseconds, () => { state.cancels.delete(cancel); run(); }, reason);
    state.cancels.add(cancel);
  }

  private run(state: ContainerProbes, kind: Kind, probe: Probe, script: ProbeScript, successes: number, failures: number): void {
    const age = this.simulation.now - state.record.startedMilliseconds;
    const found = probeAt(script, age);
    const [good, bad] = found.succeeds ? [successes + 1, 0] : [0, failures + 1];
    if (!found.succeeds) this.listener.unhealthy(state.container.name, kind, probeFailure(kind, probe));
    if (found.succeeds && good === successThreshold(probe)) { if (this.succeeded(state, kind)) return; }
    if (!found.succeeds && bad === failureThreshold(probe)) { if (this.failedForGood(state, kind, probe)) return; }
    const settled = found.succeeds ? good >= successThreshold(probe) : bad >= failureThreshold(probe);
    const every = period(probe);
    // Ticks that cannot change the result are left out.
    const skip = settled ? Math.ceil((found.until - age) / every) : 1;
    if (skip !== Infinity) this.schedule(state, kind, every * Math.max(1, skip), () => this.run(state, kind, probe, script, good, bad));
  }

  /** Returns true when this probe need not go on. */
  private succeeded(state: ContainerProbes, kind: Kind): boolean {
    if (kind === 'startup' && !state.started) {
      state.started = true;
      this.say(state, 'startup probe succeeded');
      this.afterStart(state);
      this.listener.changed(state.container.name);
      return true;
    }
    if (kind === 'readiness' && !state.ready) {
      state.ready = true;
      this.say(state, 'readiness probe succeeded: ready');
      this.listener.changed(state.container.name);
    }
    return false;
  }

  private failedForGood(state: ContainerProbes, kind: Kind, probe: Probe): boolean {
    if (kind === 'readiness') {
      if (state.ready) {
        state.ready = false;
        this.say(state, `readiness probe failed ${failureThreshold(probe)} times: not ready`);
        this.listener.changed(state.container.name);
      }
      return false;
    }
    this.say(state, `${kind} probe failed ${failureThreshold(probe)} times: to be killed`);
    for (const cancel of state.cancels) cancel();
    this.listener.failed(state.container.name, kind, probe);
    return true;
  }

  private say(state: ContainerProbes, outcome: string): void {
    const work = this.trace.work({ actor: this.actor, action: 'probe', subject: `${this.pod.metadata.namespace}/${this.pod.metadata.name}`, resource: 'pods' });
    work.endedAt = this.simulation.now;
    work.outcome = `container ${state.container.name}: ${outcome}`;
  }
}

/** What the Unhealthy event says, by the kind of check. */
function probeFailure(kind: Kind, probe: Probe): string {
  const name = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }[kind];
  if (probe.httpGet) return `${name} probe failed: HTTP probe failed with statuscode: 503`;
  if (probe.tcpSocket) return `${name} probe failed: dial tcp: connect: connection refused`;
  if (probe.grpc) return `${name} probe failed: service unhealthy (responded with "NOT_SERVING")`;
  return `${name} probe failed: `;
}
