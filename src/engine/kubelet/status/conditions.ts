import type { ContainerStatus, Pod, PodCondition } from '../../api/generated/types';
import { isSidecar } from '../restartPolicy';
import type { Phase } from './phase';

/** A condition before the status manager gives it its times. */
type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

/** The conditions that a kubelet owns; others are left as they are (kubetypes.PodConditionsByKubelet). */
export const KUBELET_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized', 'ContainersReady', 'PodReadyToStartContainers', 'PodResizeInProgress', 'PodResizePending', 'AllContainersRestarting']);

const TRUE: Verdict = { status: 'True' };
const no = (reason: string, message?: string): Verdict => ({ status: 'False', reason, ...(message ? { message } : {}) });

/** What a terminal phase makes of Ready and ContainersReady. */
export const terminalVerdict = (phase: Phase): Verdict => no(phase === 'Failed' ? 'PodFailed' : 'PodCompleted');

function complaints(unknown: readonly string[], unready: readonly string[], word: string): string {
  const parts: string[] = [];
  if (unknown.length) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (unready.length) parts.push(`containers with ${word} status: [${unready.join(' ')}]`);
  return parts.join(', ');
}

function sort(names: readonly string[], statuses: ReadonlyMap<string, ContainerStatus>, holds: (status: ContainerStatus) => boolean): { readonly unknown: readonly string[]; readonly unready: readonly string[] } {
  const unknown: string[] = [], unready: string[] = [];
  for (const name of names) {
    const status = statuses.get(name);
    if (status === undefined) unknown.push(name); else if (!holds(status)) unready.push(name);
  }
  return { unknown, unready };
}

/** GenerateContainersReadyCondition: main containers and sidecars. */
export function containersReady(pod: Pod, statuses: ReadonlyMap<string, ContainerStatus>, phase: Phase): Verdict {
  if (statuses.size === 0) return no('UnknownContainerStatuses');
  const names = [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])].map((c) => c.name);
  const { unknown, unready } = sort(names, statuses, (status) => status.ready);
  if (phase === 'Failed' || (phase === 'Succeeded' && unknown.length === 0)) return terminalVerdict(phase);
  const message = complaints(unknown, unready, 'unready');
  return message ? no('ContainersNotReady', message) : TRUE;
}

/** GeneratePodReadyCondition: its containers, then its readiness gates among the conditions others have set. */
export function podReady(pod: Pod, containers: Verdict, others: readonly PodCondition[]): Verdict {
  if (containers.status !== 'True') return containers;
  const messages: string[] = [];
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const condition = others.find((c) => c.type === conditionType);
    if (condition === undefined) messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (condition.status !== 'True') messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`);
  }
  return messages.length ? no('ReadinessGatesNotReady', messages.join(', ')) : TRUE;
}

/** GeneratePodInitializedCondition. */
export function initialized(pod: Pod, statuses: ReadonlyMap<string, ContainerStatus>, phase: Phase, started: boolean): Verdict {
  const init = pod.spec?.initContainers ?? [];
  if (statuses.size === 0 && init.length > 0) return no('UnknownContainerStatuses');
  const sidecars = new Set(init.filter(isSidecar).map((c) => c.name));
  const { unknown, unready } = sort(init.map((c) => c.name), statuses, (status) => (sidecars.has(status.name) ? status.started === true : status.ready));
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  if (started) return TRUE;
  const message = complaints(unknown, unready, 'incomplete');
  return message ? no('ContainersNotInitialized', message) : TRUE;
}
