import type { Node, Pod, Taint } from '../../api/generated/types';
import { Action } from '../events';
import { unresolvable, type CycleState, type EventRegistration, type Plugin, type QueueingHint, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { tolerated } from '../tolerations';

const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Refuses cordoned nodes, except for pods that tolerate the taint which cordoning implies. */
export class NodeUnschedulable implements Plugin {
  readonly name = 'NodeUnschedulable';
  readonly #refused = unresolvable(this.name, 'node(s) were unschedulable');

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    return node.unschedulable && !tolerated(pod.tolerations, UNSCHEDULABLE_TAINT) ? this.#refused : undefined;
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeTaint }, hint: afterNodeChange },
      { event: { resource: 'Pod', action: Action.UpdatePodToleration }, hint: afterTolerationChange },
    ];
  }
}

function afterNodeChange(_pod: Pod, oldNode: unknown, newNode: unknown): QueueingHint {
  const was = oldNode as Node | undefined;
  return !(newNode as Node).spec?.unschedulable && (was === undefined || was.spec?.unschedulable) ? 'Queue' : 'Skip';
}

function afterTolerationChange(pod: Pod, _oldPod: unknown, newPod: unknown): QueueingHint {
  const changed = newPod as Pod;
  return changed.metadata.uid === pod.metadata.uid && tolerated(changed.spec?.tolerations ?? [], UNSCHEDULABLE_TAINT) ? 'Queue' : 'Skip';
}
