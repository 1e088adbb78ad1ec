import type { ContainerImage, Node, NodeCondition, NodeStatus } from '../api/generated/types';

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** reason and message of each condition a kubelet sets, when it is True and when it is False. */
const WORDS: { readonly [type in Pressure]: { readonly on: readonly [string, string]; readonly off: readonly [string, string] } } = {
  MemoryPressure: { on: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'], off: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'] },
  DiskPressure: { on: ['KubeletHasDiskPressure', 'kubelet has disk pressure'], off: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'] },
  PIDPressure: { on: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'], off: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'] },
};
const PRESSURES = Object.keys(WORDS) as readonly Pressure[];

export interface NodeStatusInput {
  readonly node: Node;
  readonly pressures: ReadonlySet<Pressure>;
  readonly images: readonly ContainerImage[];
  /** RFC 3339 */
  readonly now: string;
  /** The attachable volumes that the node's pods use; undefined: as the node says. */
  readonly volumesInUse?: readonly string[];
}

function condition(type: string, status: boolean, reason: string, message: string, input: NodeStatusInput): NodeCondition {
  const before = input.node.status?.conditions?.find((c) => c.type === type);
  const value = status ? 'True' : 'False';
  return { type, status: value, lastHeartbeatTime: input.now, lastTransitionTime: before?.status === value ? before.lastTransitionTime ?? input.now : input.now, reason, message };
}

/** A node's status as its kubelet posts it: its four conditions, the others as they are, and the images. */
export function nodeStatus(input: NodeStatusInput): NodeStatus {
  const own = new Map<string, NodeCondition>();
  for (const type of PRESSURES) {
    const on = input.pressures.has(type);
    own.set(type, condition(type, on, ...WORDS[type][on ? 'on' : 'off'], input));
  }
  own.set('Ready', condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status', input));
  const kept = (input.node.status?.conditions ?? []).map((c) => own.get(c.type) ?? c);
  const added = [...own.values()].filter((c) => !kept.includes(c));
  const { volumesInUse: before, ...status } = input.node.status ?? {};
  const volumesInUse = input.volumesInUse ?? before ?? [];
  return { ...status, conditions: [...kept, ...added], ...(input.images.length || status.images ? { images: input.images } : {}), ...(volumesInUse.length > 0 ? { volumesInUse } : {}) };
}

/** Whether a status says anything but the time anew: what makes a kubelet post it before its five minutes are over. */
export function saysNews(node: Node, status: NodeStatus, imagesChanged: boolean): boolean {
  if (imagesChanged || (node.status?.volumesInUse ?? []).join() !== (status.volumesInUse ?? []).join()) return true;
  const before = new Map((node.status?.conditions ?? []).map((c) => [c.type, c]));
  return (status.conditions ?? []).some((c) => { const b = before.get(c.type); return b?.status !== c.status || b.reason !== c.reason || b.message !== c.message; });
}

/** `controlplane.dev/pressure` on a node: "memory", "memory,disk", "memory 2" (over when two pods have been evicted). */
export function parsePressure(text: string | undefined): ReadonlyMap<Pressure, number> {
  const found = new Map<Pressure, number>();
  for (const item of text?.split(',') ?? []) {
    const [word = '', count] = item.trim().split(/\s+/);
    const type = PRESSURES.find((p) => p.toLowerCase() === `${word.toLowerCase()}pressure`);
    if (type) found.set(type, count === undefined ? Infinity : Number(count) || 0);
  }
  return found;
}
