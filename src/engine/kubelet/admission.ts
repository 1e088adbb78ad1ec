import type { Node, Pod, Taint, Toleration } from '../api/generated/types';
import { parseQuantity, type Quantity } from '../api/quantity';
import { compileNodeSelector } from '../api/nodeSelectors';
import { podRequests } from './resources';

/** Why a kubelet turns a pod away that was bound to its node. */
export interface Rejection { readonly reason: string; readonly message: string }

/** How admission counts an amount: CPU in thousandths. */
export const amount = (name: string, quantity: Quantity | undefined): number => (quantity === undefined ? 0 : name === 'cpu' ? quantity.milliValue : quantity.value);

const predicate = (name: string, why: string): Rejection => ({ reason: name, message: `Predicate ${name} failed: ${why}` });

/** The first resource of which the node has too little for the pod beside the others. */
export function insufficient(pod: Pod, node: Node, others: readonly Pod[]): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {};
  const refuse = (name: string, requested: number, used: number, capacity: number): Rejection =>
    ({ reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}` });
  const pods = amount('pods', parseQuantity(allocatable.pods ?? '0'));
  if (others.length + 1 > pods) return refuse('pods', 1, others.length, pods);
  const wanted = podRequests(pod);
  if (wanted.size === 0) return undefined;
  const used = new Map<string, number>();
  for (const other of others) for (const [name, quantity] of podRequests(other)) used.set(name, (used.get(name) ?? 0) + amount(name, quantity));
  const first = ['cpu', 'memory', 'ephemeral-storage'];
  for (const name of [...first, ...[...wanted.keys()].filter((n) => !first.includes(n)).sort()]) {
    const requested = amount(name, wanted.get(name));
    // Extended resources that the node does not have are left to their plugins (removeMissingExtendedResources).
    if (requested === 0 || (name.includes('/') && !(name in allocatable))) continue;
    const capacity = amount(name, parseQuantity(allocatable[name] ?? '0'));
    if (requested > capacity - (used.get(name) ?? 0)) return refuse(name, requested, used.get(name) ?? 0, capacity);
  }
  return undefined;
}

function matchesNode(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || compileNodeSelector(required).matches(node);
}

function portsOf(pod: Pod): readonly string[] {
  const ports: string[] = [];
  for (const container of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')]) {
    for (const port of container.ports ?? []) if (port.hostPort) ports.push(`${port.protocol ?? 'TCP'} ${port.hostPort} ${port.hostIP || '0.0.0.0'}`);
  }
  return ports;
}

function portsClash(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = portsOf(pod);
  if (wanted.length === 0) return false;
  const taken = others.flatMap(portsOf);
  const clash = (a: string, b: string): boolean => {
    const [protocolA, portA, ipA] = a.split(' '), [protocolB, portB, ipB] = b.split(' ');
    return protocolA === protocolB && portA === portB && (ipA === ipB || ipA === '0.0.0.0' || ipB === '0.0.0.0');
  };
  return wanted.some((a) => taken.some((b) => clash(a, b)));
}

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some((t) => {
    if (t.effect && t.effect !== taint.effect) return false;
    if (t.key && t.key !== taint.key) return false;
    return t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '');
  });
}

/** Pressure as the eviction manager's admission knows it. */
function underPressure(pod: Pod, pressures: readonly string[]): Rejection | undefined {
  if (pressures.length === 0 || (pod.spec?.priority ?? 0) >= 2_000_000_000) return undefined;
  const memoryOnly = pressures.length === 1 && pressures[0] === 'MemoryPressure';
  if (memoryOnly && (pod.status?.qosClass !== 'BestEffort' || tolerates(pod.spec?.tolerations, { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }))) return undefined;
  return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` };
}

/** canAdmitPod: whether a bound pod may run here beside the others. The first reason against it counts. */
export function admit(pod: Pod, node: Node | undefined, others: readonly Pod[], pressures: readonly string[]): Rejection | undefined {
  const pressed = underPressure(pod, pressures);
  if (pressed !== undefined || node === undefined) return pressed;
  const short = insufficient(pod, node, others);
  if (short) return short;
  if (!matchesNode(pod, node)) return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (portsClash(pod, others)) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  const unbearable = (node.spec?.taints ?? []).some((taint) => taint.effect === 'NoExecute' && !tolerates(pod.spec?.tolerations, taint));
  return unbearable ? predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate") : undefined;
}
