import type { Pod } from '../../api/generated/types';
import { Action } from '../events';
import { unresolvable, type EventRegistration, type Plugin, type QueueingHint, type Status } from '../framework';
import type { PodInfo } from '../podInfo';

/** Keeps a pod out of the queue while spec.schedulingGates is not empty (KEP 3521). */
export class SchedulingGates implements Plugin {
  readonly name = 'SchedulingGates';

  preEnqueue(pod: PodInfo): Status | undefined {
    const gates = pod.pod.spec?.schedulingGates ?? [];
    return gates.length ? unresolvable(this.name, `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`) : undefined;
  }

  events(): readonly EventRegistration[] {
    return [{ event: { resource: 'Pod', action: Action.UpdatePodSchedulingGatesEliminated }, hint: ownUpdate }];
  }
}

/** Only a change of the waiting pod itself helps it. */
export function ownUpdate(pod: Pod, _oldPod: unknown, newPod: unknown): QueueingHint {
  return (newPod as Pod).metadata.uid === pod.metadata.uid ? 'Queue' : 'Skip';
}
