import type { Container, Node, Pod, PodCondition } from '../api/generated/types';
import { parseQuantity } from '../api/quantity';
import { semanticEqual } from '../api/validation/equal';
import { amount, insufficient } from './admission';
import { podRequests } from './resources';
import { generationOf } from './status/podStatus';

/** Containers whose resources were changed since they were allocated. */
export function resizedContainers(allocated: Pod, wanted: Pod): readonly Container[] {
  const before = new Map([...(allocated.spec?.containers ?? []), ...(allocated.spec?.initContainers ?? [])].map((c) => [c.name, c]));
  return [...(wanted.spec?.containers ?? []), ...(wanted.spec?.initContainers ?? [])].filter((c) => before.has(c.name) && !semanticEqual(before.get(c.name)?.resources, c.resources));
}

/** The pod as it is, with the resources it has been given. */
export function withAllocated(pod: Pod, allocated: Pod): Pod {
  if (pod.spec === undefined || pod === allocated || resizedContainers(allocated, pod).length === 0) return pod;
  const given = new Map([...(allocated.spec?.containers ?? []), ...(allocated.spec?.initContainers ?? [])].map((c) => [c.name, c.resources]));
  const keep = (container: Container): Container => { const resources = given.get(container.name); return { ...container, ...(resources ? { resources } : {}) }; };
  const { containers, initContainers } = pod.spec;
  return { ...pod, spec: { ...pod.spec, containers: containers.map(keep), ...(initContainers ? { initContainers: initContainers.map(keep) } : {}) } };
}

/** Why a resize cannot be allocated (KEP-1287): Infeasible on this node whatever happens, or Deferred until others make room. */
export function resizePending(wanted: Pod, node: Node | undefined, others: readonly Pod[]): PodCondition | undefined {
  if (node === undefined) return undefined;
  const told = (reason: 'Infeasible' | 'Deferred', message: string): PodCondition => ({ type: 'PodResizePending', status: 'True', reason, message, ...generationOf(wanted) });
  for (const [name, quantity] of podRequests(wanted)) {
    if (name !== 'cpu' && name !== 'memory') continue;
    const requested = amount(name, quantity), capacity = amount(name, parseQuantity(node.status?.allocatable?.[name] ?? '0'));
    if (requested > capacity) return told('Infeasible', `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`);
  }
  const short = insufficient(wanted, node, others);
  return short && told('Deferred', short.message);
}

/** Whether the change can only be had by restarting the container (resizePolicy RestartContainer). */
export function needsRestart(allocated: Pod, container: Container): boolean {
  const before = allocated.spec?.containers.find((c) => c.name === container.name)?.resources;
  return (container.resizePolicy ?? []).some(({ resourceName, restartPolicy }) =>
    restartPolicy === 'RestartContainer' && (before?.requests?.[resourceName] !== container.resources?.requests?.[resourceName] || before?.limits?.[resourceName] !== container.resources?.limits?.[resourceName]));
}
