import { Action } from '../events';
import { SKIP, unresolvable, type CycleState, type EventRegistration, type Plugin, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';

/** Refuses every node but the one that spec.nodeName asks for. */
export class NodeName implements Plugin {
  readonly name = 'NodeName';
  readonly #refused = unresolvable(this.name, "node(s) didn't match the requested node name");

  preFilter(_state: CycleState, pod: PodInfo): Status | undefined { return pod.pod.spec?.nodeName ? undefined : SKIP; }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const wanted = pod.pod.spec?.nodeName;
    return wanted && wanted !== node.name ? this.#refused : undefined;
  }

  events(): readonly EventRegistration[] { return [{ event: { resource: 'Node', action: Action.Add } }]; }
}
