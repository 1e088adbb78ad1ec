import type { Pod, PodCondition } from '../api/generated/types';
import { controllerOf } from '../api/object';
import type { Informer } from '../client/informer';
import { seconds } from './objects';

export const podCondition = (pod: Pod, type: string): PodCondition | undefined => pod.status?.conditions?.find((c) => c.type === type);
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';
export const isPodTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
/** controller.IsPodActive */
export const isPodActive = (pod: Pod): boolean => pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);
/** controller.IsPodTerminating */
export const isPodTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod);

/** podutil.IsPodAvailable: ready, and for at least so many seconds. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMilliseconds: number): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  return minReadySeconds === 0 || (ready.lastTransitionTime !== undefined && seconds(ready.lastTransitionTime) + minReadySeconds * 1000 <= nowMilliseconds);
}

/** Milliseconds until the next of the pods counts as available, or undefined when none will by waiting alone. */
export function nextAvailability(pods: Iterable<Pod>, minReadySeconds: number, nowMilliseconds: number): number | undefined {
  let next: number | undefined;
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready');
    if (ready?.status !== 'True') continue;
    const left = seconds(ready.lastTransitionTime) + minReadySeconds * 1000 - nowMilliseconds;
    if (left > 0 && (next === undefined || left < next)) next = left;
  }
  return next;
}

export const maxContainerRestarts = (pod: Pod): number => Math.max(0, ...(pod.status?.containerStatuses ?? []).map((c) => c.restartCount));

/** The index of pods by the UID of their controller; those without one are under orphansOf(namespace). */
export const BY_CONTROLLER = 'controller';
export const orphansOf = (namespace: string): string => `orphans of ${namespace}`;

export function indexByController(pods: Informer<Pod>): void {
  pods.addIndex(BY_CONTROLLER, (pod) => [controllerOf(pod)?.uid ?? orphansOf(pod.metadata.namespace ?? '')]);
}

/** controller.FilterPodsByOwner with orphans: the pods that the owner controls and those it might adopt. */
export const ownedAndOrphans = (pods: Informer<Pod>, namespace: string, uid: string): readonly Pod[] =>
  [...pods.byIndex(BY_CONTROLLER, uid), ...pods.byIndex(BY_CONTROLLER, orphansOf(namespace))];
