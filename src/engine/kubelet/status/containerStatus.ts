import type { Container, ContainerState, ContainerStatus, Pod, ResourceRequirements, VolumeMountStatus } from '../../api/generated/types';
import { newest, type ContainerRecord, type PodRecord } from '../runtime/runtime';
import { isSidecar, shouldRestart, shouldRestartInit } from '../restartPolicy';

/** Why a container is not started now: the kubelet's reason cache. */
export interface WaitingReason { readonly reason: string; readonly message: string }

/** What the probes know of a running container. */
export interface ProbeView {
  /** The startup probe has succeeded, or there is none. */
  started(container: string): boolean;
  /** The readiness probe succeeds, or there is none. */
  ready(container: string): boolean;
}

export interface ContainerStatusInput {
  readonly pod: Pod;
  readonly record: PodRecord | undefined;
  readonly previous: readonly ContainerStatus[];
  readonly reasons: ReadonlyMap<string, WaitingReason>;
  readonly probes: ProbeView;
}

const stateOf = (record: ContainerRecord): ContainerState => {
  if (record.state === 'running') return { running: { startedAt: record.startedAt } };
  const { exitCode, reason, message, startedAt, finishedAt, id } = record;
  return { terminated: { exitCode, ...(reason ? { reason } : {}), ...(message ? { message } : {}), startedAt, finishedAt, containerID: id } };
};

const mountStatuses = (container: Container): readonly VolumeMountStatus[] | undefined =>
  container.volumeMounts?.map(({ name, mountPath, readOnly, recursiveReadOnly }) => ({
    name, mountPath, ...(readOnly ? { readOnly, recursiveReadOnly: recursiveReadOnly === 'Enabled' || recursiveReadOnly === 'IfPossible' ? 'Enabled' : 'Disabled' } : {}),
  }));

/** A running container reports a memory amount wherever it reports amounts at all (recorded: "0" where none was asked). */
function actualResources(resources: ResourceRequirements | undefined, running: boolean): ResourceRequirements {
  const withMemory = (list: { readonly [name: string]: string } | undefined): { readonly [name: string]: string } | undefined => (list && running && !('memory' in list) ? { ...list, memory: '0' } : list);
  const limits = withMemory(resources?.limits), requests = withMemory(resources?.requests);
  return { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) };
}

function withReadiness(status: ContainerStatus, container: Container, isInit: boolean, probes: ProbeView): ContainerStatus {
  const running = status.state?.running !== undefined;
  const started = running && probes.started(container.name);
  const ready = isInit && !isSidecar(container) ? status.state?.terminated?.exitCode === 0 : started && probes.ready(container.name);
  return { ...status, ready, started };
}

function fromRecord(container: Container, attempts: readonly ContainerRecord[], previous: ContainerStatus | undefined): ContainerStatus {
  const [latest, before] = attempts as readonly [ContainerRecord, ContainerRecord | undefined];
  const requests = container.resources?.requests;
  const mounts = mountStatuses(container);
  return {
    ...(requests ? { allocatedResources: requests } : {}), containerID: latest.id, image: latest.image, imageID: latest.image,
    lastState: before ? stateOf(before) : previous?.lastState ?? {}, name: container.name, ready: false, resources: actualResources(container.resources, latest.state === 'running'), restartCount: latest.attempt, state: stateOf(latest),
    ...(mounts ? { volumeMounts: mounts } : {}),
  };
}

/** A container the runtime knows nothing of: not started yet, or lost with its machine. */
function withoutRecord(pod: Pod, container: Container, previous: ContainerStatus | undefined): ContainerStatus {
  const reason = pod.spec?.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
  const mounts = mountStatuses(container);
  const waiting: ContainerStatus = {
    image: container.image ?? '', imageID: '', lastState: previous?.lastState ?? {}, name: container.name, ready: false, restartCount: previous?.restartCount ?? 0, state: { waiting: { reason } }, ...(mounts ? { volumeMounts: mounts } : {}),
  };
  if (previous?.state?.terminated) return previous;
  if (!previous?.state?.running) return waiting;
  const lost = { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was deleted.  The container used to be Running' };
  return { ...waiting, lastState: { terminated: lost }, restartCount: waiting.restartCount + (pod.metadata.deletionTimestamp ? 0 : 1) };
}

function one(input: ContainerStatusInput, container: Container, isInit: boolean): ContainerStatus {
  const previous = input.previous.find((status) => status.name === container.name);
  const attempts = input.record?.containers.get(container.name);
  let status = attempts?.length ? fromRecord(container, attempts, previous) : withoutRecord(input.pod, container, previous);
  const exit = newest(input.record, container.name);
  const again = exit === undefined ? status.state?.terminated === undefined : exit.state === 'exited' && (isInit ? shouldRestartInit : shouldRestart)(input.pod, container, exit.exitCode);
  const waiting = again ? input.reasons.get(container.name) : undefined;
  if (waiting) {
    const lastState = status.state?.terminated ? status.state : status.lastState;
    status = { ...status, ...(lastState ? { lastState } : {}), state: { waiting: { ...(waiting.message ? { message: waiting.message } : {}), reason: waiting.reason } } };
  }
  return withReadiness(status, container, isInit, input.probes);
}

/** convertToAPIContainerStatuses: the main containers' by name, the init containers' in the order they run. */
export function containerStatuses(input: ContainerStatusInput): { readonly main: readonly ContainerStatus[]; readonly init: readonly ContainerStatus[]; readonly ephemeral: readonly ContainerStatus[] } {
  const main = (input.pod.spec?.containers ?? []).map((container) => one(input, container, false));
  if (main.length > 1) main.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    main, init: (input.pod.spec?.initContainers ?? []).map((container) => one(input, container, true)),
    ephemeral: (input.pod.spec?.ephemeralContainers ?? []).map((container) => one(input, container as Container, false)),
  };
}
