import type { Node, Pod, Toleration } from '../../api/generated/types';
import { Action } from '../events';
import { defaultNormalizeScore, StateKey, unresolvable, type CycleState, type EventRegistration, type Plugin, type QueueingHint, type Scores, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { firstUntolerated, repels, tolerated } from '../tolerations';
import { ownUpdate } from './schedulingGates';

const PREFERENCES = new StateKey<readonly Toleration[]>('PreScoreTaintToleration');

/** Refuses nodes with taints that the pod does not tolerate, and prefers those with few PreferNoSchedule taints. */
export class TaintToleration implements Plugin {
  readonly name = 'TaintToleration';
  readonly #refused = unresolvable(this.name, 'node(s) had untolerated taint(s)');

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    return node.repellingTaints.length > 0 && firstUntolerated(node.repellingTaints, pod.tolerations) ? this.#refused : undefined;
  }

  preScore(state: CycleState, pod: PodInfo): undefined {
    state.write(PREFERENCES, pod.tolerations.filter((t) => !t.effect || t.effect === 'PreferNoSchedule'));
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    const tolerations = state.read(PREFERENCES) ?? [];
    for (let i = 0; i < nodes.length; i++) {
      const taints = nodes[i]?.preferenceTaints;
      if (taints?.length) scores[i] = taints.filter((taint) => !tolerated(tolerations, taint)).length;
    }
  }

  normalizeScore(_state: CycleState, _pod: PodInfo, scores: Scores): void { defaultNormalizeScore(scores, true); }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeTaint }, hint: afterNodeChange },
      { event: { resource: 'Pod', action: Action.UpdatePodToleration }, hint: ownUpdate },
    ];
  }
}

function afterNodeChange(pod: Pod, oldNode: unknown, newNode: unknown): QueueingHint {
  const refuses = (node: Node): boolean => firstUntolerated((node.spec?.taints ?? []).filter(repels), pod.spec?.tolerations ?? []) !== undefined;
  const was = oldNode as Node | undefined;
  return (was === undefined || refuses(was)) && !refuses(newNode as Node) ? 'Queue' : 'Skip';
}
