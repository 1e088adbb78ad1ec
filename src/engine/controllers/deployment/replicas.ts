import type { Deployment, ReplicaSet } from '../../api/generated/types';
import { byCreation } from '../objects';
import { scaledValue } from '../intOrPercent';
import { maxReplicasAnnotation } from './annotations';

export const specReplicas = (object: Deployment | ReplicaSet): number => object.spec.replicas ?? 1;
export const isActive = (rs: ReplicaSet | undefined): rs is ReplicaSet => rs !== undefined && specReplicas(rs) > 0;
export const isRollingUpdate = (d: Deployment): boolean => (d.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

const sum = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number => sets.reduce((total, rs) => total + of(rs), 0);
export const totalSpecReplicas = (sets: readonly ReplicaSet[]): number => sum(sets, specReplicas);
export const totalReplicas = (sets: readonly ReplicaSet[]): number => sum(sets, (rs) => rs.status?.replicas ?? 0);
export const totalReady = (sets: readonly ReplicaSet[]): number => sum(sets, (rs) => rs.status?.readyReplicas ?? 0);
export const totalAvailable = (sets: readonly ReplicaSet[]): number => sum(sets, (rs) => rs.status?.availableReplicas ?? 0);

/** Undefined while one of the replica sets has not counted yet. */
export function totalTerminating(sets: readonly ReplicaSet[]): number | undefined {
  return sets.some((rs) => rs.status?.terminatingReplicas === undefined) ? undefined : sum(sets, (rs) => rs.status.terminatingReplicas ?? 0);
}

/** deploymentutil.ResolveFenceposts: both cannot be nothing, or a rollout could not move. */
export function resolveFenceposts(maxSurge: string | number | undefined, maxUnavailable: string | number | undefined, replicas: number): { readonly surge: number; readonly unavailable: number } {
  const surge = scaledValue(maxSurge ?? 0, replicas, true) ?? 0;
  const unavailable = scaledValue(maxUnavailable ?? 0, replicas, false) ?? 0;
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

const fenceposts = (d: Deployment): { readonly surge: number; readonly unavailable: number } =>
  resolveFenceposts(d.spec.strategy?.rollingUpdate?.maxSurge, d.spec.strategy?.rollingUpdate?.maxUnavailable, specReplicas(d));

/** How many pods above the wanted number there may be during a rollout. */
export const maxSurge = (d: Deployment): number => (isRollingUpdate(d) ? fenceposts(d).surge : 0);

/** How many pods below the wanted number there may be during a rollout. */
export function maxUnavailable(d: Deployment): number {
  if (!isRollingUpdate(d) || specReplicas(d) === 0) return 0;
  return Math.min(fenceposts(d).unavailable, specReplicas(d));
}

/** deploymentutil.NewRSNewReplicas: how many replicas the new set may have now. `current` is what it has. */
export function newReplicaSetSize(d: Deployment, allSpecReplicas: number, current: number): number {
  const wanted = specReplicas(d);
  if (!isRollingUpdate(d)) return wanted;
  const most = wanted + (scaledValue(d.spec.strategy?.rollingUpdate?.maxSurge, wanted, true) ?? 0);
  if (allSpecReplicas >= most) return current;
  return current + Math.min(most - allSpecReplicas, wanted - current);
}

/** How many pods of old replica sets may go now, without regard to their health. */
export function mayScaleDown(d: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const minAvailable = specReplicas(d) - maxUnavailable(d);
  const newUnavailable = specReplicas(newSet) - (newSet.status?.availableReplicas ?? 0);
  return totalSpecReplicas(all) - minAvailable - newUnavailable;
}

/** The sizes that a deployment's replica sets get when it is resized in the middle of a rollout: in proportion to what they have. */
export function proportionalSizes(d: Deployment, active: readonly ReplicaSet[]): ReadonlyMap<string, number> {
  const allowed = specReplicas(d) > 0 ? specReplicas(d) + maxSurge(d) : 0;
  const toAdd = allowed - totalSpecReplicas(active);
  const sets = sortForScaling(active, toAdd);
  const sizes = new Map<string, number>();
  let added = 0;
  for (const rs of sets) {
    const proportion = toAdd === 0 ? 0 : replicaSetProportion(d, rs, toAdd, added);
    sizes.set(rs.metadata.name, specReplicas(rs) + proportion);
    added += proportion;
  }
  const largest = sets[0];
  // What rounding left over goes to the largest.
  if (largest && toAdd !== 0) sizes.set(largest.metadata.name, Math.max(0, (sizes.get(largest.metadata.name) ?? 0) + toAdd - added));
  return sizes;
}

/** Largest first; of equals the newer first when growing, the older first when shrinking. */
function sortForScaling(sets: readonly ReplicaSet[], toAdd: number): readonly ReplicaSet[] {
  if (toAdd === 0) return sets;
  return [...sets].sort((a, b) => specReplicas(b) - specReplicas(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)));
}

function replicaSetProportion(d: Deployment, rs: ReplicaSet, toAdd: number, added: number): number {
  if (specReplicas(rs) === 0 || toAdd === added) return 0;
  const fraction = replicaSetFraction(d, rs);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function replicaSetFraction(d: Deployment, rs: ReplicaSet): number {
  const size = specReplicas(rs);
  if (specReplicas(d) === 0) return -size;
  const before = maxReplicasAnnotation(rs) || (d.status?.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((size * (specReplicas(d) + maxSurge(d))) / before) - size;
}

const roundHalfAway = (n: number): number => (n < 0 ? Math.trunc(n - 0.5) : Math.trunc(n + 0.5));

/** deploymentutil.FindActiveOrLatest: the one set to scale when no rollout is under way; undefined during one. */
export function activeOrLatest(newSet: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const active = [...old, ...(newSet ? [newSet] : [])].filter(isActive);
  if (active.length > 1) return undefined;
  if (active.length === 1) return active[0];
  return newSet ?? [...old].sort(byCreation).pop();
}

/** deploymentutil.IsSaturated: the new set has all it was asked for, and it is available. */
export function isSaturated(d: Deployment, newSet: ReplicaSet | undefined): boolean {
  const desired = newSet === undefined ? undefined : Number.parseInt(newSet.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? '', 10);
  return newSet !== undefined && specReplicas(newSet) === specReplicas(d) && desired === specReplicas(d) && (newSet.status?.availableReplicas ?? 0) === specReplicas(d);
}
