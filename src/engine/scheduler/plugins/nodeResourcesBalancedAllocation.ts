import { MAX_NODE_SCORE, SKIP, StateKey, type CycleState, type Plugin, type PluginArgs, type Scores, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { AllocationScorer, balancedAllocation, DEFAULT_RESOURCES, requestList, type ResourceSpec } from './resourceAllocation';

const REQUESTS = new StateKey<readonly number[]>('PreScoreNodeResourcesBalancedAllocation');

/**
 * Prefers nodes on which the pod makes the shares used of the resources more alike: 75 where it changes nothing, more where it
 * evens them out. (Since v1.36; before, only the balance afterwards counted.) Says nothing about pods that ask for nothing.
 */
export class NodeResourcesBalancedAllocation implements Plugin {
  readonly name = 'NodeResourcesBalancedAllocation';
  readonly #scorer: AllocationScorer;
  constructor(args: PluginArgs) { this.#scorer = new AllocationScorer((args['resources'] ?? DEFAULT_RESOURCES) as readonly ResourceSpec[], true, balancedAllocation); }

  preScore(state: CycleState, pod: PodInfo): Status | undefined {
    const requests = requestList(pod.requests, this.#scorer.resources);
    if (requests.every((request) => request === 0)) return SKIP;
    state.write(REQUESTS, requests);
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[], scores: Scores): void {
    const requests = state.read(REQUESTS) ?? [];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as NodeInfo;
      const after = this.#scorer.score(node, requests);
      const before = this.#scorer.scoreWithoutPod(node, requests);
      // Balance lies between 50 and 100, so that the difference does between -50 and 50.
      scores[i] = MAX_NODE_SCORE / 2 + Math.trunc((MAX_NODE_SCORE / 2 + after - before) / 2);
    }
  }
}
