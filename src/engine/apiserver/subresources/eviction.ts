import type { Pod, PodDisruptionBudget } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { compileLabelSelector } from '../../api/selectors';
import { failure, isStatus, notFound, success, tooManyRequests, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { refusal, refuse, type Answer, type RequestContext } from '../context';
import { remove } from '../handlers/delete';
import { refusedName } from '../handlers/names';
import type { RequestOptions } from '../request';
import { admitted, refusedByAdmission } from './admission';
import { bodyOf } from './body';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };

interface Eviction {
  readonly deleteOptions?: { readonly gracePeriodSeconds?: number; readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }; readonly propagationPolicy?: RequestOptions['propagationPolicy']; readonly dryRun?: readonly string[] };
}

/** How many pods a budget remembers as being disrupted (policy/v1 MaxDisruptedPodSize). */
const MAX_DISRUPTED = 2000;

/** POST pods/NAME/eviction: a deletion that disruption budgets may refuse. */
export function* evict(context: RequestContext): Process<Answer> {
  const { storage, namespace, name, server } = context;
  const pod = storage.current(namespace, name) as unknown as Pod | undefined;
  if (!pod) return refuse(context, 'storage', notFound(storage.definition, name));
  const read = bodyOf(context, EVICTION, ['policy/v1beta1']);
  if (isStatus(read)) return refuse(context, 'decoding', read);
  const misnamed = refusedName(context, read as KubernetesObject);
  if (misnamed) return refuse(context, 'decoding', misnamed);
  const object = admitted(context, read as KubernetesObject);
  if (isStatus(object)) return refusal(object);
  const refused = yield* refusedByAdmission(context, object as KubernetesObject);
  if (refused) return refusal(refused);
  const body = object as unknown as Eviction;
  const options: RequestOptions = {
    ...context.options, gracePeriodSeconds: body.deleteOptions?.gracePeriodSeconds ?? context.options.gracePeriodSeconds, preconditions: body.deleteOptions?.preconditions,
    propagationPolicy: body.deleteOptions?.propagationPolicy, dryRun: context.options.dryRun || (body.deleteOptions?.dryRun?.length ?? 0) > 0,
  };
  if (!canIgnoreBudget(pod)) {
    const budgets = budgetsOf(context, pod);
    if (budgets.length > 1) {
      return refusal(failure(500, 'InternalError', 'Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.', { causes: [{ message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.' }] }));
    }
    const budget = budgets[0];
    if (budget && !mayEvictUnready(pod, budget)) {
      const denied = yield* takeDisruption(context, budget, pod, options.dryRun === true);
      if (denied) return refuse(context, 'validating admission', denied);
    }
  }
  const answer = yield* remove({ ...context, options, server });
  if (isStatus(answer.object) && answer.object.status === 'Failure') return answer;
  return { code: 201, object: { ...success(), code: 201 }, revision: answer.revision, before: answer.before };
}

/** Pods that are over, not yet bound or already going disrupt nothing. */
function canIgnoreBudget(pod: Pod): boolean {
  const { phase } = pod.status;
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;
}

const isReady = (pod: Pod): boolean => pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** unhealthyPodEvictionPolicy: a pod that is not ready may go when enough others are, or always. */
function mayEvictUnready(pod: Pod, budget: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (budget.status.currentHealthy ?? 0) >= (budget.status.desiredHealthy ?? 0) && (budget.status.desiredHealthy ?? 0) > 0;
}

function budgetsOf(context: RequestContext, pod: Pod): readonly PodDisruptionBudget[] {
  const budgets: PodDisruptionBudget[] = [];
  for (const object of context.server.storageOf('policy', 'poddisruptionbudgets')?.cache.inNamespace(context.namespace) ?? []) {
    const budget = object as unknown as PodDisruptionBudget;
    if (budget.spec.selector && compileLabelSelector(budget.spec.selector).matches(pod.metadata.labels)) budgets.push(budget);
  }
  return budgets;
}

/** Books one disruption in the budget's status, or says why not. */
function* takeDisruption(context: RequestContext, budget: PodDisruptionBudget, pod: Pod, dryRun: boolean): Process<Status | undefined> {
  const storage = context.server.storageOf('policy', 'poddisruptionbudgets');
  if (!storage) return undefined;
  const { namespace = '', name } = budget.metadata;
  const outcome = yield* storage.update(namespace, name, function* (object): Process<KubernetesObject | Status> {
    const current = object as unknown as PodDisruptionBudget;
    const { status } = current;
    if ((status.observedGeneration ?? 0) < (current.metadata.generation ?? 0)) {
      return tooManyRequests('Cannot evict pod as it would violate the pod\'s disruption budget.', 10, [{ reason: 'DisruptionBudget', message: `The disruption budget ${name} is still being processed by the server.` }]);
    }
    if ((status.disruptionsAllowed ?? 0) <= 0) {
      return tooManyRequests('Cannot evict pod as it would violate the pod\'s disruption budget.', 0, [{ reason: 'DisruptionBudget', message: `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently` }]);
    }
    if (Object.keys(status.disruptedPods ?? {}).length > MAX_DISRUPTED) return failure(403, 'Forbidden', `poddisruptionbudgets.policy "${name}" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller`);
    if (dryRun) return object;
    const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
    const next = { ...status, disruptionsAllowed, disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: context.server.simulation.timestamp() } };
    return { ...object, status: next } as KubernetesObject;
  });
  return isStatus(outcome) ? outcome : undefined;
}
