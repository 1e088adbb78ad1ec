import type { Deployment, Pod, ReplicaSet } from '../api/generated/types';

const REVISION = 'deployment.kubernetes.io/revision';

/** Where a rollout is, and what it waits for, in numbers. */
interface Rollout {
  readonly wanted: number;
  readonly surge: number;
  readonly unavailable: number;
  readonly newPods: number;
  readonly newAvailable: number;
  readonly oldPods: number;
  readonly oldAvailable: number;
  /** What is wrong with the new pods, in Kubernetes' words: "ImagePullBackOff", "not ready" … */
  readonly trouble: string;
}

const replicasOf = (object: { readonly spec?: { readonly replicas?: number } }): number => object.spec?.replicas ?? 1;

/** intstr.GetScaledValueFromIntOrPercent */
function scaled(value: number | string | undefined, of: number, round: (n: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(value ?? '0', 10) * of) / 100);
}

function measure(deployment: Deployment, sets: readonly ReplicaSet[], pods: readonly Pod[]): Rollout | undefined {
  const revision = deployment.metadata.annotations?.[REVISION];
  const current = sets.find((s) => s.metadata.annotations?.[REVISION] === revision);
  if (revision === undefined || current === undefined) return undefined;
  const old = sets.filter((s) => s !== current);
  const sum = (of: (s: ReplicaSet) => number | undefined): number => old.reduce((n, s) => n + (of(s) ?? 0), 0);
  const wanted = replicasOf(deployment);
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, wanted, Math.ceil), unavailable = scaled(maxUnavailable, wanted, Math.floor);
  const fresh = pods.filter((p) => p.metadata.deletionTimestamp === undefined && p.metadata.ownerReferences?.some((o) => o.uid === current.metadata.uid));
  return {
    wanted, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, wanted), newPods: replicasOf(current), newAvailable: current.status?.availableReplicas ?? 0,
    oldPods: sum(replicasOf), oldAvailable: sum((s) => s.status?.availableReplicas), trouble: troubleOf(fresh),
  };
}

/** What most of the unready pods suffer from. */
function troubleOf(pods: readonly Pod[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    if (pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')) continue;
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const waiting = statuses.map((s) => s.state?.waiting?.reason ?? s.state?.terminated?.reason).find((r) => r !== undefined && r !== 'PodInitializing' && r !== 'Completed');
    const word = !pod.spec.nodeName ? 'no node takes them' : waiting ?? (pod.status?.phase === 'Running' ? 'they run, but are not ready' : 'they do not start');
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'they are not available yet';
}

const pods = (n: number, kind: string): string => `${n} ${kind} ${n === 1 ? 'pod' : 'pods'}`;
const said = (value: number | string | undefined, n: number): string => (typeof value === 'string' ? `${value}, that is ${n}` : String(n));

/**
 * Why a rolling update stands where it stands, in sentences; undefined when none is under way: which new pods do not become available, why no more old pods
 * may go and no more new ones may come, and what would help.
 */
export function explainRollout(deployment: Deployment, sets: readonly ReplicaSet[], all: readonly Pod[]): readonly string[] | undefined {
  const rollout = measure(deployment, sets, all);
  if (rollout === undefined || deployment.metadata.deletionTimestamp !== undefined || (rollout.oldPods === 0 && rollout.newAvailable >= rollout.wanted)) return undefined;
  const progressing = deployment.status?.conditions?.find((c) => c.type === 'Progressing');
  if (deployment.spec.paused) return rollout.oldPods === 0 ? undefined : [`The rollout is paused with ${pods(rollout.newPods, 'new')} and ${rollout.oldPods} old`];
  const { newPods, newAvailable, trouble } = rollout;
  const late = progressing?.reason === 'ProgressDeadlineExceeded';
  // Pods of a first rollout speak for themselves until its deadline has passed.
  if (rollout.oldPods === 0 && !late) return undefined;
  const lines = [`${late ? `The rollout has failed: nothing got further for ${deployment.spec.progressDeadlineSeconds ?? 600} seconds (ProgressDeadlineExceeded)` : 'The rollout waits'}: `
    + `${newAvailable === 0 ? 'none' : newAvailable} of ${pods(newPods, 'new')} ${newAvailable > 1 ? 'are' : 'is'} available (${trouble})`];
  if (rollout.oldPods > 0 && deployment.spec.strategy?.type !== 'Recreate') lines.push(...limits(deployment, rollout));
  if (rollout.oldPods > 0) lines.push(`${pods(rollout.oldAvailable, 'old')} ${rollout.oldAvailable === 1 ? 'goes' : 'go'} on serving. Correct the template, or go back: kubectl rollout undo deployment/${deployment.metadata.name}`);
  return lines;
}

/** The two bounds between which a rolling update moves, where it touches them. */
function limits(deployment: Deployment, r: Rollout): readonly string[] {
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
  const lines: string[] = [];
  const least = r.wanted - r.unavailable, most = r.wanted + r.surge, available = r.oldAvailable + r.newAvailable, there = r.oldPods + r.newPods;
  if (available <= least) lines.push(`No more old pods may go: ${available} are available, and ${least} must be (${r.wanted} replicas less maxUnavailable ${said(maxUnavailable, r.unavailable)})`);
  if (there >= most && r.newPods < r.wanted) lines.push(`No more new pods may come: there are ${there}, and ${most} is the most (${r.wanted} replicas and maxSurge ${said(maxSurge, r.surge)})`);
  return lines;
}
