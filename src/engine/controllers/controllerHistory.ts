import type { ControllerRevision, PodTemplateSpec } from '../api/generated/types';
import { controllerOf, type NewObject, type ObjectWithMeta } from '../api/object';
import { compileLabelSelector, type Labels } from '../api/selectors';
import type { LabelSelector } from '../api/generated/types';
import { isStatus, type Status } from '../api/status';
import type { ControllerContext } from '../client/controller';
import type { Informer } from '../client/informer';
import { CONTROLLER_REVISIONS } from '../client/resources';
import type { Process } from '../simulation/process';
import { newControllerRef, seconds, compare } from './objects';
import { isAlreadyExists, isFailure, isNotFound } from './outcome';
import { fnv32, safeEncode } from './podTemplateHash';
import { BY_CONTROLLER } from './podUtil';

export interface RevisionedOwner extends ObjectWithMeta {
  readonly spec: { readonly selector?: LabelSelector; readonly template: PodTemplateSpec };
}

export type RevisionData = { readonly spec: { readonly template: { readonly [field: string]: unknown } } };

/** The part of an object that its revisions record: its template, as a patch that replaces it. */
export const revisionData = (owner: RevisionedOwner): RevisionData => ({ spec: { template: { $patch: 'replace', ...owner.spec.template } as RevisionData['spec']['template'] } });

/** The template of a revision. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (revision.data as unknown as RevisionData).spec.template;
  return template as PodTemplateSpec;
}

/** JSON with sorted keys, as Go's encoding of maps: what revisions are compared by and hashed over. */
export function canonicalJSON(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJSON).join(',')}]`;
  if (typeof value !== 'object' || value === null) return escapeHtml(JSON.stringify(value ?? null));
  const entries = Object.entries(value).filter(([, v]) => v !== undefined).sort(([a], [b]) => compare(a, b));
  return `{${entries.map(([key, v]) => `${escapeHtml(JSON.stringify(key))}:${canonicalJSON(v)}`).join(',')}}`;
}

/** encoding/json writes these as escapes. */
const escapeHtml = (json: string): string => json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

/** history.HashControllerRevision */
export const hashRevision = (data: RevisionData, collisionCount: number): string => safeEncode(String(fnv32(canonicalJSON(data) + String(collisionCount))));

export const sameData = (revision: ControllerRevision, data: RevisionData): boolean => canonicalJSON(revision.data) === canonicalJSON(data);

export function indexRevisions(revisions: Informer<ControllerRevision>): void {
  revisions.addIndex(BY_CONTROLLER, (revision) => [controllerOf(revision)?.uid ?? `orphans of ${revision.metadata.namespace}`]);
}

/** The revisions of an owner, oldest first. Those of nobody that match its selector are adopted before. */
export const sortRevisions = (revisions: Iterable<ControllerRevision>): readonly ControllerRevision[] =>
  [...revisions].sort((a, b) => a.revision - b.revision || seconds(a.metadata.creationTimestamp) - seconds(b.metadata.creationTimestamp) || compare(a.metadata.name, b.metadata.name));

export const nextRevision = (revisions: readonly ControllerRevision[]): number => (revisions[revisions.length - 1]?.revision ?? 0) + 1;

/** Reads and writes the controller revisions of one kind of owner. */
export class ControllerHistory {
  constructor(private readonly context: ControllerContext, private readonly revisions: Informer<ControllerRevision>, private readonly ownerApiVersion: string, private readonly ownerKind: string) {
    indexRevisions(revisions);
  }

  *list(owner: RevisionedOwner): Process<readonly ControllerRevision[] | Status> {
    const selector = compileLabelSelector(owner.spec.selector);
    const found = [...this.revisions.byIndex(BY_CONTROLLER, owner.metadata.uid)].filter((r) => selector.matches(r.metadata.labels as Labels));
    for (const orphan of this.revisions.byIndex(BY_CONTROLLER, `orphans of ${owner.metadata.namespace}`)) {
      if (!selector.matches(orphan.metadata.labels as Labels) || owner.metadata.deletionTimestamp !== undefined || orphan.metadata.deletionTimestamp !== undefined) continue;
      const adopted = yield* this.context.client.patch(CONTROLLER_REVISIONS, orphan.metadata.namespace ?? '', orphan.metadata.name, 'application/strategic-merge-patch+json', {
        metadata: { uid: orphan.metadata.uid, ownerReferences: [newControllerRef(owner, this.ownerApiVersion, this.ownerKind)] },
      });
      if (!isStatus(adopted)) found.push(adopted);
      else if (!isNotFound(adopted)) return adopted;
    }
    return sortRevisions(found);
  }

  /** Creates a revision. One of this name with the same data is taken as it is; with other data the next collision count is tried. */
  *create(owner: RevisionedOwner, revision: number, nameOf: (collisions: number) => { readonly hash: string; readonly labels: { readonly [key: string]: string } }, collisionCount: number): Process<{ readonly revision: ControllerRevision; readonly collisionCount: number } | Status> {
    const data = revisionData(owner);
    const namespace = owner.metadata.namespace ?? '';
    for (let collisions = collisionCount; ; collisions++) {
      const { hash, labels } = nameOf(collisions);
      const name = `${owner.metadata.name.slice(0, 223)}-${hash}`;
      const annotations = owner.metadata.annotations;
      const created = yield* this.context.client.create(CONTROLLER_REVISIONS, namespace, {
        apiVersion: 'apps/v1', kind: 'ControllerRevision',
        metadata: { name, namespace, labels: { ...owner.spec.template.metadata?.labels, ...labels }, ...(annotations ? { annotations } : {}), ownerReferences: [newControllerRef(owner, this.ownerApiVersion, this.ownerKind)] },
        data, revision,
      } as unknown as NewObject<ControllerRevision>);
      if (!isStatus(created)) return { revision: created, collisionCount: collisions };
      if (!isAlreadyExists(created)) return created;
      const there = yield* this.context.client.get(CONTROLLER_REVISIONS, namespace, name);
      if (isStatus(there)) return there;
      if (sameData(there, data)) return { revision: there, collisionCount: collisions };
    }
  }

  /** A revision that is used again becomes the newest. */
  *renumber(revision: ControllerRevision, number: number): Process<ControllerRevision | Status> {
    if (revision.revision === number) return revision;
    return yield* this.context.client.update(CONTROLLER_REVISIONS, { ...revision, revision: number });
  }

  /** Deletes the oldest revisions that no pod lives by, beyond the limit. */
  *truncate(revisions: readonly ControllerRevision[], live: ReadonlySet<string>, limit: number): Process<Status | undefined> {
    const unused = revisions.filter((r) => !live.has(r.metadata.name));
    for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) {
      const deleted = yield* this.context.client.delete(CONTROLLER_REVISIONS, revision.metadata.namespace ?? '', revision.metadata.name);
      if (isFailure(deleted) && !isNotFound(deleted)) return deleted;
    }
    return undefined;
  }
}
