import type { NamespaceCondition } from '../../api/generated/types';
import { compare } from '../objects';

/** What a pass over a namespace's content met with. */
export interface ContentReport {
  readonly errors: readonly string[];
  /** "pods." or "deployments.apps" → how many are left. */
  readonly remaining: ReadonlyMap<string, number>;
  /** Finalizer → how many objects wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
}

interface Row {
  readonly type: string;
  readonly okReason: string;
  readonly okMessage: string;
  readonly failure: (report: ContentReport) => { readonly reason: string; readonly message: string } | undefined;
}

/** The conditions of a namespace that is being deleted, in the order in which they are kept. */
const ROWS: readonly Row[] = [
  { type: 'NamespaceDeletionDiscoveryFailure', okReason: 'ResourcesDiscovered', okMessage: 'All resources successfully discovered', failure: () => undefined },
  { type: 'NamespaceDeletionGroupVersionParsingFailure', okReason: 'ParsedGroupVersions', okMessage: 'All legacy kube types successfully parsed', failure: () => undefined },
  {
    type: 'NamespaceDeletionContentFailure', okReason: 'ContentDeleted', okMessage: 'All content successfully deleted, may be waiting on finalization',
    failure: ({ errors }) => (errors.length === 0 ? undefined : { reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}` }),
  },
  {
    type: 'NamespaceContentRemaining', okReason: 'ContentRemoved', okMessage: 'All content successfully removed',
    failure: ({ remaining }) => (remaining.size === 0 ? undefined : { reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${listed(remaining, (resource, n) => `${resource} has ${n} resource instances`)}` }),
  },
  {
    type: 'NamespaceFinalizersRemaining', okReason: 'ContentHasNoFinalizers', okMessage: 'All content-preserving finalizers finished',
    failure: ({ finalizers }) => (finalizers.size === 0 ? undefined : { reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${listed(finalizers, (finalizer, n) => `${finalizer} in ${n} resource instances`)}` }),
  },
];

const listed = (counts: ReadonlyMap<string, number>, print: (key: string, n: number) => string): string =>
  [...counts].sort(([a], [b]) => compare(a, b)).map(([key, n]) => print(key, n)).join(', ');

/** The conditions after a pass; the same list when nothing changed. */
export function namespaceConditions(before: readonly NamespaceCondition[] | undefined, report: ContentReport, now: string): readonly NamespaceCondition[] {
  const conditions = [...(before ?? [])];
  let changed = false;
  for (const row of ROWS) {
    const failure = row.failure(report);
    const wanted = failure ? { status: 'True', ...failure } : { status: 'False', reason: row.okReason, message: row.okMessage };
    const at = conditions.findIndex((c) => c.type === row.type);
    const current = conditions[at];
    if (current === undefined) conditions.push({ type: row.type, lastTransitionTime: now, ...wanted });
    else if (current.status === wanted.status && current.reason === wanted.reason && current.message === wanted.message) continue;
    else conditions[at] = { ...current, ...wanted, lastTransitionTime: current.status === wanted.status ? current.lastTransitionTime : now };
    changed = true;
  }
  return changed ? conditions : before ?? [];
}
