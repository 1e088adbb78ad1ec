import type { Deployment, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus, ReplicaSet, ReplicationController, StatefulSet } from '../api/generated/types';
import { controllerOf, objectKey } from '../api/object';
import { compileLabelSelector, type Labels } from '../api/selectors';
import { isStatus } from '../api/status';
import { semanticEqual } from '../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import { DEPLOYMENTS, POD_DISRUPTION_BUDGETS, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import type { Process } from '../simulation/process';
import { setStatusCondition } from './conditions';
import { scaledValue } from './intOrPercent';
import { seconds } from './objects';
import { failed } from './outcome';
import { isPodReady, isPodTerminal } from './podUtil';

/** How long an eviction that was granted counts, though the pod is not yet seen to go. */
const DELETION_TIMEOUT = 2 * 60_000;

interface Expected {
  readonly expected: number;
  readonly desired: number;
}

/** The disruption controller: how many more pods of each budget may be evicted. */
export function disruptionController(context: ControllerContext): Controller {
  const { client, informers, simulation, events } = context;
  const budgets = informers.for(POD_DISRUPTION_BUDGETS), pods = informers.for(PODS);
  const replicaSets = informers.for(REPLICA_SETS), deployments = informers.for(DEPLOYMENTS), sets = informers.for(STATEFUL_SETS), controllers = informers.for(REPLICATION_CONTROLLERS);
  const queue = new WorkQueue(simulation);
  const enqueue = (budget: PodDisruptionBudget): void => queue.add(objectKey(budget));
  const selects = (budget: PodDisruptionBudget, pod: Pod): boolean => compileLabelSelector(budget.spec?.selector).matches(pod.metadata.labels as Labels);
  const ofPod = (pod: Pod): void => { for (const budget of budgets.inNamespace(pod.metadata.namespace ?? '')) if (selects(budget, pod)) enqueue(budget); };
  budgets.addHandler({ onAdd: enqueue, onUpdate: (_, budget) => enqueue(budget), onDelete: () => undefined });
  pods.addHandler({ onAdd: ofPod, onUpdate: (before, pod) => { ofPod(pod); if (before.metadata.labels !== pod.metadata.labels) ofPod(before); }, onDelete: ofPod });

  type Scalable = Deployment | ReplicaSet | StatefulSet | ReplicationController;

  /** The object whose spec.replicas says how many pods like this one there should be. */
  function ownerOf(pod: Pod): Scalable | undefined {
    const owner = controllerOf(pod);
    const key = `${pod.metadata.namespace}/${owner?.name}`;
    const found: Scalable | undefined = owner?.kind === 'ReplicaSet' ? replicaSets.get(key) : owner?.kind === 'StatefulSet' ? sets.get(key) : owner?.kind === 'ReplicationController' ? controllers.get(key) : undefined;
    if (found === undefined || found.metadata.uid !== owner?.uid) return undefined;
    const above = controllerOf(found);
    if (above?.kind !== 'Deployment') return found;
    const deployment = deployments.get(`${pod.metadata.namespace}/${above.name}`);
    return deployment?.metadata.uid === above.uid ? deployment : found;
  }

  function expectedScale(selected: readonly Pod[]): number | string {
    const scales = new Map<string, number>();
    for (const pod of selected) {
      const owner = ownerOf(pod);
      const ref = controllerOf(pod);
      if (ref === undefined) continue;
      if (owner === undefined) return `found no controllers for pod "${pod.metadata.name}"`;
      scales.set(owner.metadata.uid, owner.spec.replicas ?? 1);
    }
    return [...scales.values()].reduce((a, b) => a + b, 0);
  }

  function expectedCount(budget: PodDisruptionBudget, selected: readonly Pod[]): Expected | string {
    const { maxUnavailable, minAvailable } = budget.spec ?? {};
    if (maxUnavailable !== undefined) {
      const expected = expectedScale(selected);
      if (typeof expected === 'string') return expected;
      return { expected, desired: Math.max(0, expected - (scaledValue(maxUnavailable, expected, true) ?? 0)) };
    }
    if (typeof minAvailable === 'number') return { expected: selected.length, desired: minAvailable };
    if (minAvailable === undefined) return { expected: selected.length, desired: 0 };
    const expected = expectedScale(selected);
    return typeof expected === 'string' ? expected : { expected, desired: scaledValue(minAvailable, expected, true) ?? 0 };
  }

  function* sync(key: string): Process<SyncResult> {
    const budget = budgets.get(key);
    if (budget === undefined) return { outcome: `budget ${key} is gone` };
    const selected = [...pods.inNamespace(budget.metadata.namespace ?? '')].filter((pod) => selects(budget, pod));
    if (selected.length === 0) events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const counts = expectedCount(budget, selected);
    if (typeof counts === 'string') {
      events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${counts}`);
      return yield* write(budget, { ...emptyStatus(budget), disruptionsAllowed: 0, conditions: condition(budget, 'False', 'SyncFailed', counts) });
    }
    const disrupted = stillDisrupted(budget, selected);
    const healthy = selected.filter((pod) => pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isPodReady(pod) && !isPodTerminal(pod)).length;
    const allowed = counts.expected <= 0 ? 0 : Math.max(0, healthy - counts.desired);
    return yield* write(budget, {
      currentHealthy: healthy, desiredHealthy: counts.desired, disruptionsAllowed: allowed, expectedPods: counts.expected, ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      observedGeneration: budget.metadata.generation, conditions: condition(budget, allowed > 0 ? 'True' : 'False', allowed > 0 ? 'SufficientPods' : 'InsufficientPods', ''),
    } as PodDisruptionBudgetStatus);
  }

  const emptyStatus = (budget: PodDisruptionBudget): PodDisruptionBudgetStatus => budget.status ?? { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };

  function condition(budget: PodDisruptionBudget, status: string, reason: string, message: string): NonNullable<PodDisruptionBudgetStatus['conditions']> {
    const wanted = { type: 'DisruptionAllowed', status, reason, message, lastTransitionTime: simulation.timestamp(), observedGeneration: budget.metadata.generation };
    return setStatusCondition(budget.status?.conditions, wanted as NonNullable<PodDisruptionBudgetStatus['conditions']>[number]);
  }

  /** Evictions that were granted and whose pods are not yet being deleted. */
  function stillDisrupted(budget: PodDisruptionBudget, selected: readonly Pod[]): { [pod: string]: string } {
    const kept: { [pod: string]: string } = {};
    for (const pod of selected) {
      const at = budget.status?.disruptedPods?.[pod.metadata.name];
      if (at === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const left = seconds(at) + DELETION_TIMEOUT - simulation.wallMilliseconds();
      if (left <= 0) continue;
      kept[pod.metadata.name] = at;
      queue.addAfter(objectKey(budget), left, `deletion of the evicted pod ${pod.metadata.name}`);
    }
    return kept;
  }

  function* write(budget: PodDisruptionBudget, status: PodDisruptionBudgetStatus): Process<SyncResult> {
    if (semanticEqual(budget.status, status)) return { outcome: '' };
    const updated = yield* client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status });
    if (isStatus(updated)) return failed(updated);
    return { outcome: `${status.currentHealthy} healthy, ${status.desiredHealthy} wanted: ${status.disruptionsAllowed} may be disrupted` };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'poddisruptionbudgets.policy', 1, sync) };
}
