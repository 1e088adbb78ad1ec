import type { Deployment, ReplicaSet } from '../../api/generated/types';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';
const MAX_HISTORY_LENGTH = 2000;

/** Annotations of a deployment that its replica sets do not get. */
const NOT_COPIED: ReadonlySet<string> = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, ROLLBACK_TO]);

export type Annotations = { readonly [key: string]: string };

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

export const revisionOf = (object: Deployment | ReplicaSet): number => integer(object.metadata.annotations?.[REVISION]) ?? 0;
export const maxRevision = (sets: readonly ReplicaSet[]): number => sets.reduce((max, rs) => Math.max(max, revisionOf(rs)), 0);
export const desiredReplicasAnnotation = (rs: ReplicaSet): number | undefined => integer(rs.metadata.annotations?.[DESIRED_REPLICAS]);
export const maxReplicasAnnotation = (rs: ReplicaSet): number | undefined => integer(rs.metadata.annotations?.[MAX_REPLICAS]);

/** The annotations with the numbers for later proportional scaling; the same object when they were there. */
export function withReplicas(annotations: Annotations | undefined, desired: number, max: number): Annotations {
  const before = annotations ?? {};
  if (before[DESIRED_REPLICAS] === String(desired) && before[MAX_REPLICAS] === String(max)) return before;
  return { ...before, [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
}

/** deploymentutil.SetNewReplicaSetAnnotations without the replica numbers. The same object when nothing changes. */
export function newReplicaSetAnnotations(d: Deployment, before: Annotations | undefined, newRevision: number): Annotations {
  const after: { [key: string]: string } = { ...before };
  let changed = false;
  for (const [key, value] of Object.entries(d.metadata.annotations ?? {})) {
    if (NOT_COPIED.has(key) || after[key] === value) continue;
    after[key] = value;
    changed = true;
  }
  const old = after[REVISION];
  const oldRevision = old === undefined || old === '' ? 0 : integer(old);
  if (oldRevision !== undefined && oldRevision < newRevision) {
    after[REVISION] = String(newRevision);
    changed = true;
    // A set that had a revision and gets another is rolled back to: its former revisions are kept.
    if (old !== undefined) after[REVISION_HISTORY] = appendRevision(after[REVISION_HISTORY], old);
  }
  return changed || before === undefined ? after : before;
}

function appendRevision(history: string | undefined, revision: string): string {
  if (!history) return revision;
  const revisions = history.split(',');
  while (revisions.length > 0 && [...revisions, revision].join(',').length > MAX_HISTORY_LENGTH) revisions.shift();
  return [...revisions, revision].join(',');
}
