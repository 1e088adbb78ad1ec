import type { Pod } from '../../api/generated/types';
import { Action } from '../events';
import { SKIP, unschedulable, type CycleState, type EventRegistration, type Plugin, type QueueingHint, type Status } from '../framework';
import { HostPorts } from '../hostPorts';
import type { NodeInfo } from '../nodeInfo';
import { podInfoOf, type PodInfo } from '../podInfo';

/** Refuses nodes where a host port the pod asks for is taken. */
export class NodePorts implements Plugin {
  readonly name = 'NodePorts';
  readonly #refused = unschedulable(this.name, "node(s) didn't have free ports for the requested pod ports");

  preFilter(_state: CycleState, pod: PodInfo): Status | undefined { return pod.hostPorts.length === 0 ? SKIP : undefined; }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    return pod.hostPorts.some((port) => node.usedPorts.conflicts(port)) ? this.#refused : undefined;
  }

  events(): readonly EventRegistration[] {
    return [{ event: { resource: 'Pod', action: Action.Delete }, hint: afterPodDelete }, { event: { resource: 'Node', action: Action.Add } }];
  }
}

function afterPodDelete(pod: Pod, oldPod: unknown): QueueingHint {
  const deleted = oldPod as Pod;
  if (!deleted.spec?.nodeName && !deleted.status?.nominatedNodeName) return 'Skip';
  const freed = new HostPorts();
  for (const port of podInfoOf(deleted).hostPorts) freed.add(port);
  return podInfoOf(pod).hostPorts.some((port) => freed.conflicts(port)) ? 'Queue' : 'Skip';
}
