import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '../../api/generated/types';

/** Keeps a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

const timestamp = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;

/** The definition with a condition; the time of transition changes with the status alone. */
export function withCondition(crd: CustomResourceDefinition, condition: Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>, now: number): CustomResourceDefinition {
  const conditions = crd.status?.conditions ?? [];
  const old = conditions.find((c) => c.type === condition.type);
  const next = { ...condition, lastTransitionTime: old?.status === condition.status && old.lastTransitionTime ? old.lastTransitionTime : timestamp(now) };
  return { ...crd, status: { ...crd.status, conditions: old ? conditions.map((c) => (c === old ? next : c)) : [...conditions, next] } };
}

/** The first deletion of a definition marks it; its objects go first. */
export function terminatingDefinition(crd: CustomResourceDefinition, now: number): CustomResourceDefinition {
  if (crd.metadata.deletionTimestamp !== undefined) return crd;
  const finalizers = crd.metadata.finalizers ?? [];
  const metadata = { ...crd.metadata, deletionTimestamp: timestamp(now), finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER] };
  return withCondition({ ...crd, metadata }, {
    type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }, now);
}
