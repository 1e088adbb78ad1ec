import type { Container, ContainerStatus, Pod, PodStatus } from '../generated/types';
import { since } from './humanDuration';

/** A cell of a Table: JSON. */
export type Cell = string | number | boolean | null;
export interface RowCondition { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }

export function podConditions(pod: Pod): readonly RowCondition[] | undefined {
  switch (pod.status?.phase) {
    case 'Succeeded': return [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }];
    case 'Failed': return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];
    default: return undefined;
  }
}

/** What the columns Ready, Status and Restarts say of a pod. */
interface Summary { reason: string; ready: number; total: number; restarts: number; lastRestart: string | undefined }

const isRestartable = (container: Container | undefined): boolean => container?.restartPolicy === 'Always';
const later = (a: string | undefined, b: string | undefined): string | undefined => (b !== undefined && (a === undefined || Date.parse(a) < Date.parse(b)) ? b : a);
const isTrue = (status: PodStatus | undefined, type: string): boolean => status?.conditions?.find((c) => c.type === type)?.status === 'True';

/** "ExitCode:1", "Signal:9" or the reason itself. */
function terminationReason(status: ContainerStatus): string {
  const terminated = status.state?.terminated;
  if (terminated?.reason) return terminated.reason;
  return terminated?.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated?.exitCode ?? 0}`;
}

/** The state of an init container that is not done: "Init:Error", "Init:0/2"; undefined where it holds nothing up. */
function initReason(status: ContainerStatus, index: number, total: number, restartable: boolean): string | undefined {
  const { terminated, waiting } = status.state ?? {};
  if (terminated && terminated.exitCode === 0) return undefined;
  if (restartable && status.started === true) return undefined;
  if (terminated) return `Init:${terminationReason(status)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${index}/${total}`;
}

function summarizeInit(pod: Pod, summary: Summary): { initializing: boolean; sidecars: Pick<Summary, 'restarts' | 'lastRestart'> } {
  const containers = new Map((pod.spec?.initContainers ?? []).map((c) => [c.name, c]));
  for (const container of containers.values()) if (isRestartable(container)) summary.total++;
  const sidecars: Pick<Summary, 'restarts' | 'lastRestart'> = { restarts: 0, lastRestart: undefined };
  let index = 0;
  for (const status of pod.status?.initContainerStatuses ?? []) {
    const restartable = isRestartable(containers.get(status.name));
    for (const target of restartable ? [summary, sidecars] : [summary]) {
      target.restarts += status.restartCount;
      target.lastRestart = later(target.lastRestart, status.lastState?.terminated?.finishedAt);
    }
    const reason = initReason(status, index, pod.spec?.initContainers?.length ?? 0, restartable);
    if (reason !== undefined) {
      summary.reason = reason;
      return { initializing: true, sidecars };
    }
    if (restartable && status.started === true && status.ready && status.state?.terminated?.exitCode !== 0) summary.ready++;
    index++;
  }
  return { initializing: false, sidecars };
}

function summarizeContainers(pod: Pod, summary: Summary): void {
  let hasRunning = false;
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    summary.restarts += status.restartCount;
    summary.lastRestart = later(summary.lastRestart, status.lastState?.terminated?.finishedAt);
    if (status.state?.waiting?.reason) summary.reason = status.state.waiting.reason;
    else if (status.state?.terminated) summary.reason = terminationReason(status);
    else if (status.ready && status.state?.running) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.reason === 'Completed' && hasRunning) summary.reason = isTrue(pod.status, 'Ready') ? 'Running' : 'NotReady';
}

function summarize(pod: Pod): Summary {
  const { status } = pod;
  const gated = status?.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated');
  const summary: Summary = { reason: gated ? 'SchedulingGated' : status?.reason || status?.phase || '', ready: 0, total: pod.spec?.containers?.length ?? 0, restarts: 0, lastRestart: undefined };
  const { initializing, sidecars } = summarizeInit(pod, summary);
  if (!initializing || isTrue(status, 'Initialized')) {
    Object.assign(summary, sidecars);
    summarizeContainers(pod, summary);
  }
  if (pod.metadata.deletionTimestamp) {
    if (status?.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (status?.phase !== 'Succeeded' && status?.phase !== 'Failed') summary.reason = 'Terminating';
  }
  return summary;
}

/** The word of the column STATUS: "Running", "CrashLoopBackOff", "Init:0/1", "Terminating" … */
export const podStatusWord = (pod: Pod): string => summarize(pod).reason;

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => isTrue(pod.status, gate.conditionType)).length}/${gates.length}`;
}

export function podCells(pod: Pod, now: number): readonly Cell[] {
  const summary = summarize(pod);
  const restarts = summary.restarts !== 0 && summary.lastRestart ? `${summary.restarts} (${since(summary.lastRestart, now)} ago)` : String(summary.restarts);
  return [
    pod.metadata.name, `${summary.ready}/${summary.total}`, summary.reason, restarts, since(pod.metadata.creationTimestamp, now),
    pod.status?.podIPs?.[0]?.ip || '<none>', pod.spec?.nodeName || '<none>', pod.status?.nominatedNodeName || '<none>', readinessGates(pod),
  ];
}
