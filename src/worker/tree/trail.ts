import { controllerOf, type KubernetesObject } from '../../engine/api/object';
import type { Node, Pod } from '../../engine/api/generated/types';
import type { Trails, TreeEntry } from '../protocol';
import type { World } from '../world';
import { nodeEntry, objectEntry, podEntry, unscheduledEntry } from './entries';
import { unscheduled, workloadRoots } from './tree';

/** Owners looked for above an object. */
const MAX_DEPTH = 8;

export const NOWHERE: Trails = { nodes: [], workloads: [] };

/** The lines of the trees that lead to an object, from the top down to its own; empty where a tree does not show it. */
export function trailsTo(object: KubernetesObject, world: World): Trails {
  return { nodes: onNode(object, world), workloads: byOwner(object, world) };
}

function onNode(object: KubernetesObject, world: World): readonly TreeEntry[] {
  const { shown: live } = world;
  if (object.kind === 'Node') return [nodeEntry(object as unknown as Node, live)];
  if (object.kind !== 'Pod') return [];
  const pod = object as unknown as Pod;
  if (pod.spec.nodeName) {
    const node = live.find({ group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespace: '', name: pod.spec.nodeName }) as Node | undefined;
    const above = node && nodeEntry(node, live);
    return above ? [above, podEntry(pod, live, above.id)] : [];
  }
  const homeless = unscheduled(live.pods);
  if (!homeless.includes(pod)) return [];
  const above = unscheduledEntry(homeless);
  return [above, podEntry(pod, live, above.id)];
}

function byOwner(object: KubernetesObject, world: World): readonly TreeEntry[] {
  const { shown: live } = world;
  const chain = [object];
  for (let owner = controllerOf(object); owner && chain.length < MAX_DEPTH; owner = controllerOf(chain[0] as KubernetesObject)) {
    const found = live.find({ ...live.refOf({ apiVersion: owner.apiVersion, kind: owner.kind, metadata: { name: owner.name } }), namespace: object.metadata.namespace ?? '' });
    if (!found) break;
    chain.unshift(found);
  }
  // The tree's top has workloads and what a person created, not all there is.
  if (!workloadRoots(world).includes(chain[0] as KubernetesObject)) return [];
  const trail: TreeEntry[] = [];
  for (const step of chain) {
    const parent = trail.at(-1)?.id ?? '';
    trail.push(step.kind === 'Pod' ? podEntry(step as unknown as Pod, live, parent) : objectEntry(step, live, parent, true));
  }
  return trail;
}
