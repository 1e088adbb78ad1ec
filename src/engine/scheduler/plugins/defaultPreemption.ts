import { Action } from '../events';
import { Status, unresolvable, type CycleState, type EventRegistration, type Handle, type NodeToStatus, type Plugin, type PluginArgs, type PostFilterResult } from '../framework';
import type { PodInfo } from '../podInfo';
import { preempt, type PreemptionOptions } from '../preemption';

/** Makes room for a pod by evicting pods of lower priority. */
export class DefaultPreemption implements Plugin {
  readonly name = 'DefaultPreemption';
  readonly #options: PreemptionOptions;
  /** Keys of pods whose victims are being evicted right now: they wait for that to end (KEP 4832). */
  readonly preempting = new Set<string>();

  constructor(args: PluginArgs, readonly handle: Handle) {
    this.#options = {
      plugin: this.name,
      minCandidateNodesPercentage: (args['minCandidateNodesPercentage'] as number | undefined) ?? 10,
      minCandidateNodesAbsolute: (args['minCandidateNodesAbsolute'] as number | undefined) ?? 100,
    };
  }

  preEnqueue(pod: PodInfo): Status | undefined {
    return this.preempting.has(pod.key) ? unresolvable(this.name, 'waiting for the preemption for this pod to be finished') : undefined;
  }

  postFilter(state: CycleState, pod: PodInfo, statuses: NodeToStatus): PostFilterResult {
    const result = preempt(this.handle, state, pod, statuses, this.#options);
    const { status } = result;
    return status ? { ...result, status: new Status(status.code, this.name, [`preemption: ${status.message}`]) } : result;
  }

  /** Never by itself: the plugins that refused the pod know whether the victims' end helps. */
  events(): readonly EventRegistration[] { return [{ event: { resource: 'Pod', action: Action.Delete }, hint: () => 'Skip' }]; }
}
