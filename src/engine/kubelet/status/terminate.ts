import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../api/generated/types';

/** What is said of a container of which nothing was found when its pod had ended. */
const UNKNOWN: ContainerState = { terminated: { reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated', exitCode: 137 } };

/** Whether the container has ever been more than waiting. */
const hasRun = (status: ContainerStatus): boolean => status.lastState?.terminated !== undefined || status.state?.waiting === undefined;

const located = (status: ContainerStatus): ContainerStatus => (status.state?.terminated ? status : { ...status, ready: false, started: false, state: UNKNOWN });

function hasInitialized(pod: Pod, { containerStatuses = [], initContainerStatuses = [] }: PodStatus): boolean {
  if ((pod.spec?.initContainers ?? []).length === 0 || containerStatuses.some(hasRun)) return true;
  const last = initContainerStatuses.at(-1);
  return last?.lastState?.terminated?.exitCode === 0 || last?.state?.terminated?.exitCode === 0;
}

/**
 * status.Manager.TerminatePod: the last status of a pod. One that never came to run has failed, and so have its containers: those of init up to the last
 * that was tried, the others if it came to them.
 */
export function terminated(pod: Pod, status: PodStatus): PodStatus {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  const tried = Math.max(1, initContainerStatuses.findLastIndex(hasRun) + 1);
  return {
    ...status, ...(containerStatuses.length > 0 && hasInitialized(pod, status) ? { containerStatuses: containerStatuses.map(located) } : {}),
    ...(initContainerStatuses.length > 0 ? { initContainerStatuses: initContainerStatuses.map((s, i) => (i < tried ? located(s) : s)) } : {}),
    phase: status.phase === 'Succeeded' ? 'Succeeded' : 'Failed',
  };
}
