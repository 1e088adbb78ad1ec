import type { Deployment, Pod, ReplicaSet, ReplicationController } from '../../../../src/engine/api/generated/types';
import type { ObjectWithMeta } from '../../../../src/engine/api/object';
import { compileLabelSelector, type Labels } from '../../../../src/engine/api/selectors';
import { DAEMON_SETS, DEPLOYMENTS, JOBS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS } from '../../../../src/engine/client/resources';
import { figures, isActive, isDeleting, isReady, isTerminal, nameOf, type RestView, type Rule } from './view';

/** What is ready and has been so for long enough. */
function available(view: RestView, pods: readonly Pod[], minReadySeconds = 0): number {
  const now = view.cluster.simulation.wallMilliseconds();
  return pods.filter((pod) => isReady(pod) && Date.parse(pod.status?.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime ?? '') + minReadySeconds * 1000 <= now).length;
}

/** Of what is being deleted, the status is nobody's concern. */
const settled = (view: RestView, object: ObjectWithMeta): boolean => !isDeleting(object) && !view.namespaceTerminating(object.metadata.namespace);

/** Whether the API server keeps an owner from having the pods it wants: it says so, and tries again. */
const hindered = (view: RestView, owner: ObjectWithMeta): boolean => view.waitsFor(new RegExp(`(retry of|back-off of|activeDeadlineSeconds of) .*${owner.metadata.name}`));

const replicas: Rule = function* (view) {
  for (const set of [...view.list(REPLICA_SETS), ...view.list(REPLICATION_CONTROLLERS)] as readonly (ReplicaSet | ReplicationController)[]) {
    if (!settled(view, set)) continue;
    const pods = view.podsOf(set).filter(isActive);
    const wanted = set.spec?.replicas ?? 1;
    const failing = set.status?.conditions?.some((c) => c.type === 'ReplicaFailure' && c.status === 'True');
    if (pods.length !== wanted && !(failing && hindered(view, set))) yield `${nameOf(set)} wants ${wanted} pods and has ${pods.length}`;
    if (set.status?.observedGeneration !== set.metadata.generation) yield `${nameOf(set)}: generation ${set.metadata.generation} was never observed`;
    yield* figures(set, set.status, { replicas: pods.length, readyReplicas: pods.filter(isReady).length, availableReplicas: available(view, pods, set.spec?.minReadySeconds) });
    // One that is relabelled while it is being deleted keeps its owner, and is no longer counted.
    const selector = compileLabelSelector(set.kind === 'ReplicaSet' ? (set as ReplicaSet).spec?.selector : undefined);
    if (set.kind === 'ReplicaSet') yield* figures(set, set.status, { terminatingReplicas: view.podsOf(set).filter((p) => isDeleting(p) && !isTerminal(p) && selector.matches(p.metadata.labels as Labels)).length });
  }
};

const deployments: Rule = function* (view) {
  for (const deployment of view.list(DEPLOYMENTS)) {
    if (!settled(view, deployment)) continue;
    const sets = view.list(REPLICA_SETS).filter((s) => s.metadata.ownerReferences?.some((o) => o.uid === deployment.metadata.uid));
    const sum = (of: (s: ReplicaSet) => number | undefined): number => sets.reduce((n, s) => n + (of(s) ?? 0), 0);
    if (deployment.status?.observedGeneration !== deployment.metadata.generation) yield `${nameOf(deployment)}: generation ${deployment.metadata.generation} was never observed`;
    yield* figures(deployment, deployment.status, { replicas: sum((s) => s.status?.replicas), readyReplicas: sum((s) => s.status?.readyReplicas), availableReplicas: sum((s) => s.status?.availableReplicas) });
    // Recreate waits until the last old pod is gone, wherever it is.
    const old = deployment.spec.strategy?.type === 'Recreate' && sets.some((s) => view.podsOf(s).some((p) => isDeleting(p)));
    if (!old) yield* rolled(deployment, sets);
  }
};

/** At rest a rollout is complete, or something keeps it: pods that do not become available, a pause, a quota. */
function* rolled(deployment: Deployment, sets: readonly ReplicaSet[]): Iterable<string> {
  const { spec, status } = deployment;
  if (spec.paused) return;
  const wanted = spec.replicas ?? 1;
  const all = sets.reduce((n, s) => n + (s.spec?.replicas ?? 0), 0);
  const surge = spec.strategy?.type === 'Recreate' ? 0 : bound(spec.strategy?.rollingUpdate?.maxSurge ?? '25%', wanted);
  // Who resizes the new set by hand can have more for a time: old pods go only as new ones become available.
  const current = sets.find((s) => s.metadata.annotations?.[REVISION] === deployment.metadata.annotations?.[REVISION]);
  const mayGo = all - (wanted - bound(spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', wanted, Math.floor)) - ((current?.spec?.replicas ?? 0) - (current?.status?.availableReplicas ?? 0));
  if (all > wanted + Math.max(surge, 1) && mayGo > 0) yield `${nameOf(deployment)}: ${all} pods are wanted by its sets, it wants ${wanted} and ${surge} more at most`;
  const live = sets.filter((s) => (s.spec?.replicas ?? 0) > 0);
  if ((status?.availableReplicas ?? 0) === all && all > 0 && (live.length > 1 || all !== wanted)) yield `${nameOf(deployment)}: all of ${all} pods are available and the rollout does not go on (wants ${wanted}, ${live.length} sets)`;
  if (all === 0 && wanted > 0) yield `${nameOf(deployment)} wants ${wanted} pods and its sets none`;
}

const REVISION = 'deployment.kubernetes.io/revision';
const bound = (value: number | string, of: number, round = Math.ceil): number => (typeof value === 'number' ? value : round((parseInt(value, 10) * of) / 100));

const statefulSets: Rule = function* (view) {
  for (const set of view.list(STATEFUL_SETS)) {
    if (!settled(view, set)) continue;
    const pods = view.podsOf(set).filter((p) => p.status?.phase);
    if (set.status?.observedGeneration !== set.metadata.generation) yield `${nameOf(set)}: generation ${set.metadata.generation} was never observed`;
    yield* figures(set, set.status, { replicas: pods.length, readyReplicas: pods.filter((p) => p.status?.phase === 'Running' && isReady(p)).length });
    const ordinals = pods.map((p) => Number(p.metadata.name.replace(/.*-/, '')));
    const start = set.spec.ordinals?.start ?? 0, wanted = set.spec.replicas ?? 1;
    const hale = pods.every((p) => isActive(p) && isReady(p));
    if (hale && !hindered(view, set) && !(ordinals.length === wanted && ordinals.every((o) => o >= start && o < start + wanted))) yield `${nameOf(set)}: wants ${wanted} from ${start}, has ${ordinals.join()} and all are ready`;
    if (new Set(ordinals).size !== ordinals.length) yield `${nameOf(set)} has an ordinal twice: ${ordinals.join()}`;
  }
};

const daemonSets: Rule = function* (view) {
  for (const set of view.list(DAEMON_SETS)) {
    if (!settled(view, set)) continue;
    const pods = view.podsOf(set);
    if (set.status?.observedGeneration !== set.metadata.generation) yield `${nameOf(set)}: generation ${set.metadata.generation} was never observed`;
    const nodeOf = (pod: Pod): string => pod.spec.nodeName ?? pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0] ?? '';
    const surge = Number(set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0) > 0;
    for (const node of view.nodes) {
      const here = pods.filter((p) => isActive(p) && nodeOf(p) === node.metadata.name);
      if (here.length > (surge ? 2 : 1)) yield `${nameOf(set)} has ${here.length} pods for ${node.metadata.name}`;
    }
    const { desiredNumberScheduled = 0, currentNumberScheduled = 0, numberReady = 0, numberAvailable = 0, numberMisscheduled = 0 } = set.status ?? {};
    // A pod that was adopted before it had a node is on nobody's account.
    const held = new Set(pods.filter((p) => !isDeleting(p) && nodeOf(p) !== '').map(nodeOf)).size;
    if (currentNumberScheduled + numberMisscheduled < held && !hindered(view, set)) yield `${nameOf(set)}: pods for ${held} nodes, status says ${currentNumberScheduled} and ${numberMisscheduled} misscheduled`;
    if (currentNumberScheduled < desiredNumberScheduled && !hindered(view, set)) yield `${nameOf(set)}: ${desiredNumberScheduled} nodes should have a pod, ${currentNumberScheduled} have`;
    if (numberReady > desiredNumberScheduled || numberAvailable > numberReady) yield `${nameOf(set)}: ${numberReady} ready, ${numberAvailable} available of ${desiredNumberScheduled}`;
    const ready = new Set(pods.filter(isReady).map(nodeOf)).size;
    if (ready < numberReady) yield `${nameOf(set)}: status says ${numberReady} ready, counted ${ready}`;
  }
};

const jobs: Rule = function* (view) {
  for (const job of view.list(JOBS)) {
    if (!settled(view, job)) continue;
    const pods = view.podsOf(job);
    const over = job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
    const uncounted = job.status?.uncountedTerminatedPods;
    const dead = pods.some((p) => !isTerminal(p) && isDeleting(p));
    yield* figures(job, job.status, { active: pods.filter(isActive).length });
    if ((uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0) yield `${nameOf(job)} has pods that it never counted`;
    if (job.spec.backoffLimitPerIndex === undefined && pods.some((p) => isTerminal(p) && p.metadata.finalizers?.length)) yield `${nameOf(job)} keeps the finalizer of a pod that has ended`;
    if (over) {
      if (pods.some(isActive)) yield `${nameOf(job)} is ${over.type} and has active pods`;
      if (over.type === 'Complete' && over.reason === 'CompletionsReached' && (job.status?.succeeded ?? 0) < (job.spec.completions ?? 1)) yield `${nameOf(job)} is Complete with ${job.status?.succeeded ?? 0} of ${job.spec.completions}`;
      continue;
    }
    if (job.spec.suspend) { if (pods.some(isActive)) yield `${nameOf(job)} is suspended and has active pods`; continue; }
    const succeeded = job.status?.succeeded ?? 0;
    if (job.status?.conditions?.some((c) => c.status === 'True' && (c.type === 'SuccessCriteriaMet' || c.type === 'FailureTarget'))) { if (!dead) yield `${nameOf(job)} is about to end and does not`; continue; }
    const wanted = Math.min(job.spec.parallelism ?? 1, Math.max(0, (job.spec.completions ?? 1) - succeeded));
    const indexes = job.spec.completionMode === 'Indexed';
    if (!indexes && pods.filter(isActive).length < wanted && !hindered(view, job) && !dead) yield `${nameOf(job)} should have ${wanted} active pods and has ${pods.filter(isActive).length}`;
  }
};

export const WORKLOAD_RULES: readonly Rule[] = [replicas, deployments, statefulSets, daemonSets, jobs];
