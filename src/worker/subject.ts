import type { Pod } from '../engine/api/generated/types';
import type { ManifestDocument } from '../engine/manifest/parse';
import { parsed, podSpecPath, valueAt } from './manifests';
import type { FileText, WorldSettings } from './protocol';
import type { LiveView } from './runningWorld';
import { findDocument, type WhatIf } from './whatIf';
import type { World } from './world';

/** The pods of a document, in the cluster or in a silent run. */
export interface Subject {
  readonly pods: readonly Pod[];
  readonly live: LiveView;
}

/** The pods that a document's present text stands for: those of the cluster where they were made from this text, else those that creating it would make. */
export async function subjectOf(document: ManifestDocument, file: FileText, { world, settings, whatIf }: { readonly world: World | undefined; readonly settings: WorldSettings; whatIf(): Promise<WhatIf> }): Promise<Subject | undefined> {
  const object = world && findDocument(world.live, document, settings);
  if (world && object && !isStale(document, file, world)) return { pods: world.live.podsOf(object), live: world.live };
  const { live } = await whatIf();
  const would = findDocument(live, document, settings);
  return would && { pods: live.podsOf(would), live };
}

/** Whether a document was created from another text than it has now. */
export function isStale(document: ManifestDocument, file: FileText, world: World): boolean {
  const record = world.documentRecord(file.file, document.index);
  return record !== undefined && record.text !== file.text;
}

/** A silent run of so many pods and nodes takes about as long as a key stroke. */
const MAX_PODS = 20;
const MAX_NODES = 100;
const MAX_WORLD_PODS = 500;

/** Whether a file has pods that are not in the cluster as they are written, and few enough to be tried while somebody types. */
export function isSmall(file: FileText, world: World | undefined, settings: WorldSettings): boolean {
  const { documents } = parsed(file);
  if (world && (world.live.nodes.length > MAX_NODES || world.live.pods.length > MAX_WORLD_PODS)) return false;
  const withPods = documents.filter((d) => podSpecPath(d.kind) !== undefined && d.kind !== 'CronJob');
  const replicas = (d: ManifestDocument): number => Number(valueAt(d.value, 'spec.replicas') ?? valueAt(d.value, 'spec.parallelism') ?? 1) || 1;
  return withPods.reduce((n, d) => n + replicas(d), 0) <= MAX_PODS && withPods.some((d) => !world || !findDocument(world.live, d, settings) || isStale(d, file, world));
}
