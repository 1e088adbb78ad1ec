import type { Container, ContainerStatus, Pod } from '../../api/generated/types';
import { isSidecar, shouldRestart } from '../restartPolicy';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** The end a container came to, were it the last thing it did: its state, or what it waits to be restarted after. */
const lastExit = (status: ContainerStatus): number | undefined =>
  status.state?.terminated?.exitCode ?? (status.state?.waiting ? status.lastState?.terminated?.exitCode : undefined);

interface InitTally { pending: number; failedForGood: number; sidecarsPending: number; running: number; waiting: number; unknown: number }

function tallyInit(pod: Pod, statuses: ReadonlyMap<string, ContainerStatus>): InitTally {
  const tally: InitTally = { pending: 0, failedForGood: 0, sidecarsPending: 0, running: 0, waiting: 0, unknown: 0 };
  for (const container of pod.spec?.initContainers ?? []) {
    const status = statuses.get(container.name);
    if (isSidecar(container)) tallySidecar(tally, status); else tallyRegular(tally, pod, container, status);
  }
  return tally;
}

function tallyRegular(tally: InitTally, pod: Pod, container: Container, status: ContainerStatus | undefined): void {
  const exit = status && lastExit(status);
  if (status === undefined || status.state?.running || exit === undefined) tally.pending++;
  else if (exit !== 0 && !shouldRestart(pod, container, exit)) tally.failedForGood++;
  else if (exit !== 0) tally.pending++;
}

function tallySidecar(tally: InitTally, status: ContainerStatus | undefined): void {
  if (status === undefined) { tally.unknown++; return; }
  if (status.state?.running) { if (!status.started) tally.sidecarsPending++; tally.running++; return; }
  if (lastExit(status) === undefined) { tally.sidecarsPending++; tally.waiting++; }
}

/**
 * getPhase (kubelet_pods.go): a pod's phase from the states of its containers. `terminal`: its containers will not be started again whatever the
 * policy; `initialized`: a main container has been started, so that a restarting sidecar does not make the pod Pending again.
 */
export function getPhase(pod: Pod, all: readonly ContainerStatus[], terminal: boolean, initialized: boolean): Phase {
  const statuses = new Map(all.map((status) => [status.name, status]));
  const init = tallyInit(pod, statuses);
  let { running, waiting, unknown } = init, stopped = 0, restartable = 0, succeeded = 0;
  for (const container of pod.spec?.containers ?? []) {
    const status = statuses.get(container.name);
    const exit = status && lastExit(status);
    if (status === undefined) unknown++;
    else if (status.state?.running) running++;
    else if (exit === undefined) waiting++;
    else {
      stopped++;
      if (exit === 0 && status.state?.terminated) succeeded++;
      if (shouldRestart(pod, container, exit)) restartable++;
    }
  }
  if (init.failedForGood > 0) return 'Failed';
  if (init.pending > 0 || (init.sidecarsPending > 0 && !initialized) || waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running > 0 || stopped === 0 || unknown > 0) return 'Pending';
  if (!terminal && restartable > 0) return 'Running';
  return stopped === succeeded ? 'Succeeded' : 'Failed';
}
