import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/generated/types';
import { podResourcesStatus } from '../resources';
import type { PodRecord } from '../runtime/runtime';
import { containersReady, initialized, KUBELET_CONDITIONS, podReady } from './conditions';
import { containerStatuses, type ProbeView, type WaitingReason } from './containerStatus';
import { getPhase, type Phase } from './phase';

/** Conditions about a resize or anything else that the kubelet keeps besides those computed here. */
export interface PodStatusInput {
  readonly pod: Pod;
  readonly record: PodRecord | undefined;
  /** The status last generated, or the API server's when there is none. */
  readonly previous: PodStatus | undefined;
  readonly reasons: ReadonlyMap<string, WaitingReason>;
  readonly probes: ProbeView;
  /** The containers will not be started again, whatever the restart policy. */
  readonly terminal: boolean;
  readonly hostIP: string;
  readonly extra?: readonly PodCondition[];
  /** The kubelet itself put an end to the pod (deadline, eviction): told once its containers have ended. */
  readonly failed?: { readonly reason: string; readonly message: string };
}

export const isTerminal = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed';

/** A main container runs or has run. */
const anyStarted = (main: readonly ContainerStatus[]): boolean => main.some((status) => status.state?.running || status.state?.terminated || status.lastState?.terminated);

/** Once terminal, always terminal (generateAPIPodStatus). */
function finalPhase(phase: Phase, input: PodStatusInput): Phase {
  if (input.failed && input.terminal) return 'Failed';
  if (isTerminal(input.pod.status?.phase)) return input.pod.status?.phase as Phase;
  return isTerminal(phase) || !isTerminal(input.previous?.phase) ? phase : (input.previous?.phase as Phase);
}

/** generateAPIPodStatus: what a pod's status is to be, without its times of transition, which the status manager adds. */
export function generatePodStatus(input: PodStatusInput): PodStatus {
  const { pod, record, previous } = input;
  const { main, init, ephemeral } = containerStatuses({ ...input, previous: [...(previous?.containerStatuses ?? []), ...(previous?.initContainerStatuses ?? []), ...(previous?.ephemeralContainerStatuses ?? [])] });
  const statuses = new Map([...init, ...main].map((status) => [status.name, status]));
  const started = anyStarted(main);
  const phase = finalPhase(getPhase(pod, [...statuses.values()], input.terminal, started), input);
  const ip = pod.spec?.hostNetwork ? input.hostIP : record?.sandbox?.ip || (started ? previous?.podIP ?? '' : '');
  // A pod shows its address once something of it runs: the recordings' endpoints wait for that.
  const podIP = ip && (pod.spec?.hostNetwork || [...statuses.values()].some((s) => s.containerID)) ? ip : '';
  const { resources, allocatedResources } = podResourcesStatus(pod);
  const samePhase = previous?.phase === phase;
  const told = input.failed && input.terminal ? input.failed : samePhase ? previous : undefined;
  const reason = told?.reason, message = told?.message;
  return {
    ...(allocatedResources ? { allocatedResources } : {}), conditions: conditions(input, statuses, phase, started), ...(main.length ? { containerStatuses: main } : {}),
    ...(ephemeral.length ? { ephemeralContainerStatuses: ephemeral } : {}), ...(input.hostIP ? { hostIP: input.hostIP, hostIPs: [{ ip: input.hostIP }] } : {}), ...(init.length ? { initContainerStatuses: init } : {}),
    ...(message ? { message } : {}), ...generationOf(pod), phase, ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}), ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
    ...(reason ? { reason } : {}), resources, ...(previous?.startTime ? { startTime: previous.startTime } : {}),
  };
}

/** KEP-5067: which generation of the spec the status is about. */
export const generationOf = (pod: Pod): { readonly observedGeneration?: number } => (pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {});

function conditions(input: PodStatusInput, statuses: ReadonlyMap<string, ContainerStatus>, phase: Phase, started: boolean): readonly PodCondition[] {
  const { pod, record, previous } = input;
  const others = (pod.status?.conditions ?? []).filter((condition) => !KUBELET_CONDITIONS.has(condition.type));
  const disruption = previous?.conditions?.find((condition) => condition.type === 'DisruptionTarget');
  const kept = disruption && !others.some((c) => c.type === 'DisruptionTarget') ? [...others, disruption] : others;
  const containers = containersReady(pod, statuses, phase);
  const owned: readonly (readonly [string, Pick<PodCondition, 'status' | 'reason' | 'message'>])[] = [
    ['PodReadyToStartContainers', { status: record?.sandbox?.ready ? 'True' : 'False' }],
    ['Initialized', initialized(pod, statuses, phase, started)],
    ['Ready', podReady(pod, containers, others)],
    ['ContainersReady', containers],
    ['PodScheduled', { status: 'True' }],
  ];
  return [...kept, ...(input.extra ?? []), ...owned.map(([type, verdict]) => ({ type, ...verdict, ...generationOf(pod) }))];
}
