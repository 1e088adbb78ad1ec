import type { Container, ContainerStatus, Pod } from '../../api/generated/types';
import { vary, type Latencies } from '../../simulation/latency';
import { sleep, waitFor, type Process } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import { AddressPool } from '../addresses';
import type { KubeletSettings } from '../options';
import { isSidecar } from '../restartPolicy';
import type { ContainerRecord, ContainerRuntime, PodRecord, Sandbox } from './runtime';
import { runScript, stopScript, terminationMessage, type RunScript } from './script';

/** How long an init container takes that is told nothing. */
const INIT_MILLISECONDS = 100;

interface PodState {
  sandbox: Sandbox | undefined;
  readonly containers: Map<string, readonly ContainerRecord[]>;
  /** What ends running containers by themselves, by container. */
  readonly ends: Map<string, () => void>;
}

/** A runtime without processes: containers run and end as their pod's annotations tell (see ANNOTATION_PREFIX). It outlives its kubelet. */
export class FakeRuntime implements ContainerRuntime {
  private readonly states = new Map<string, PodState>();
  private addresses: AddressPool;
  /** Told of each container that ended by itself, in the context of its start. Set by the kubelet. */
  onExit: (uid: string, record: ContainerRecord) => void = () => undefined;

  constructor(private readonly simulation: Simulation, private readonly latencies: Latencies, private readonly settings: KubeletSettings, cidr: string) {
    this.addresses = new AddressPool(cidr);
  }

  /** Takes pod addresses from another range from now on. */
  setCIDR(cidr: string): void { if (cidr !== this.addresses.cidr) this.addresses = new AddressPool(cidr); }

  pod(uid: string): PodRecord | undefined { return this.states.get(uid); }
  pods(): Iterable<string> { return [...this.states.keys()]; }

  *createSandbox(pod: Pod): Process<Sandbox> {
    yield* sleep(vary(this.simulation.random, this.latencies, this.latencies.sandbox));
    const state = this.state(pod);
    const attempt = state.sandbox === undefined ? 0 : state.sandbox.attempt + 1;
    const ip = pod.spec?.hostNetwork ? '' : this.addresses.take() ?? '';
    state.sandbox = { id: `${podName(pod)}_${attempt}`, attempt, ready: true, ip };
    return state.sandbox;
  }

  stopSandbox(uid: string): void {
    const state = this.states.get(uid);
    if (state?.sandbox?.ready) state.sandbox = { ...state.sandbox, ready: false };
  }

  *startContainer(pod: Pod, container: Container, attempt: number): Process<ContainerRecord> {
    yield* sleep(vary(this.simulation.random, this.latencies, this.latencies.containerStart));
    const state = this.state(pod);
    const startedAt = this.simulation.timestamp();
    const record: ContainerRecord = {
      id: `fakeRuntime://${state.sandbox?.id ?? `${podName(pod)}_0`}_${container.name}_${attempt}`, name: container.name, image: container.image ?? '', attempt, state: 'running', startedAt,
      startedMilliseconds: this.simulation.now, finishedAt: '', finishedMilliseconds: 0, exitCode: 0, reason: '', message: '',
    };
    this.keep(state, record);
    this.scheduleEnd(pod, container, state, record);
    return record;
  }

  *stopContainer(pod: Pod, name: string, graceMilliseconds: number): Process {
    const state = this.states.get(pod.metadata.uid);
    if (state?.containers.get(name)?.[0]?.state !== 'running') return;
    const script = stopScript(pod, name);
    const obeys = script !== undefined && script.milliseconds <= graceMilliseconds;
    const time = obeys ? script.milliseconds : graceMilliseconds;
    if (time > 1000) yield* waitFor(time, `termination of container ${name} of pod ${pod.metadata.namespace}/${pod.metadata.name}`); else if (time > 0) yield* sleep(time);
    const current = state.containers.get(name)?.[0];
    if (current?.state !== 'running') return;
    const exitCode = obeys ? script.exitCode : 137;
    this.end(state, current, { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', message: '' });
  }

  removePod(uid: string): void {
    const state = this.states.get(uid);
    if (state === undefined) return;
    for (const cancel of state.ends.values()) cancel();
    if (state.sandbox?.ip) this.addresses.release(state.sandbox.ip);
    this.states.delete(uid);
  }

  /** Takes over a pod that the cluster's description says is running: as if this runtime had started it. */
  adopt(pod: Pod): void {
    const state = this.state(pod);
    const ip = pod.status?.podIP ?? '';
    state.sandbox = { id: `${podName(pod)}_0`, attempt: 0, ready: true, ip: pod.spec?.hostNetwork ? '' : ip };
    if (ip && !pod.spec?.hostNetwork) this.addresses.claim(ip);
    for (const status of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
      const record = adoptedRecord(status);
      if (record) state.containers.set(status.name, [record]);
    }
  }

  /** The machine loses power: every container ends at once, every sandbox is gone. */
  powerOff(): void {
    for (const state of this.states.values()) {
      if (state.sandbox) state.sandbox = { ...state.sandbox, ready: false };
      for (const [record] of state.containers.values()) if (record?.state === 'running') this.end(state, record, { exitCode: 255, reason: 'Unknown', message: '' });
    }
  }

  private scheduleEnd(pod: Pod, container: Container, state: PodState, record: ContainerRecord): void {
    const run = runScript(pod, container.name, record.attempt, this.usualRun(pod, container));
    if (run === undefined) return;
    const end = (): void => {
      const current = state.containers.get(record.name)?.[0];
      if (current?.id !== record.id || current.state !== 'running') return;
      const ended = this.end(state, current, { exitCode: run.exitCode, reason: run.reason, message: terminationMessage(pod, record.name) });
      this.onExit(pod.metadata.uid, ended);
    };
    const reason = run.milliseconds > 1000 ? `end of container ${record.name} of pod ${pod.metadata.namespace}/${pod.metadata.name}` : undefined;
    state.ends.set(record.name, this.simulation.after(run.milliseconds, end, reason));
  }

  private usualRun(pod: Pod, container: Container): RunScript | undefined {
    const completed = { exitCode: 0, reason: 'Completed' };
    const isInit = pod.spec?.initContainers?.some((c) => c.name === container.name) === true;
    if (isInit) return isSidecar(container) ? undefined : { milliseconds: INIT_MILLISECONDS, ...completed };
    const seconds = this.settings.completeAfterSeconds;
    return seconds !== undefined && pod.spec?.restartPolicy !== 'Always' ? { milliseconds: seconds * 1000, ...completed } : undefined;
  }

  private end(state: PodState, record: ContainerRecord, how: { readonly exitCode: number; readonly reason: string; readonly message: string }): ContainerRecord {
    state.ends.get(record.name)?.();
    state.ends.delete(record.name);
    const ended: ContainerRecord = { ...record, ...how, state: 'exited', finishedAt: this.simulation.timestamp(), finishedMilliseconds: this.simulation.now };
    const [, ...older] = state.containers.get(record.name) ?? [];
    state.containers.set(record.name, [ended, ...older]);
    return ended;
  }

  private keep(state: PodState, record: ContainerRecord): void {
    const previous = state.containers.get(record.name)?.[0];
    state.containers.set(record.name, previous ? [record, previous] : [record]);
  }

  private state(pod: Pod): PodState {
    let state = this.states.get(pod.metadata.uid);
    if (state === undefined) this.states.set(pod.metadata.uid, state = { sandbox: undefined, containers: new Map(), ends: new Map() });
    return state;
  }
}

/** As the recorded runtime names sandboxes. */
const podName = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}_${pod.metadata.uid}`;

function adoptedRecord(status: ContainerStatus): ContainerRecord | undefined {
  const { running, terminated } = status.state ?? {};
  if (!running && !terminated) return undefined;
  return {
    id: status.containerID ?? '', name: status.name, image: status.image, attempt: status.restartCount, state: running ? 'running' : 'exited', startedAt: running?.startedAt ?? terminated?.startedAt ?? '',
    startedMilliseconds: 0, finishedAt: terminated?.finishedAt ?? '', finishedMilliseconds: 0, exitCode: terminated?.exitCode ?? 0, reason: terminated?.reason ?? '', message: terminated?.message ?? '',
  };
}
