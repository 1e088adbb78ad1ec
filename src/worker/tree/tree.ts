import { controllerOf, type KubernetesObject } from '../../engine/api/object';
import type { Pod } from '../../engine/api/generated/types';
import { byName } from '../runningWorld';
import type { ObjectRef, TreeEntry, TreePage, TreeView } from '../protocol';
import type { World } from '../world';
import { nodeEntry, objectEntry, podEntry, unscheduledEntry } from './entries';

/** What a tree view shows below one of its lines ('' for the top), at most `limit` lines. */
export function childrenOf(view: TreeView, parent: string, limit: number, world: World): TreePage {
  return view === 'nodes' ? nodesTree(parent, limit, world) : workloadsTree(parent, limit, world);
}

function page<T>(things: readonly T[], limit: number, entry: (thing: T) => TreeEntry): TreePage {
  return { entries: things.slice(0, limit).map(entry), total: things.length };
}

function nodesTree(parent: string, limit: number, { shown: live }: World): TreePage {
  if (parent === 'unscheduled') return page(unscheduled(live.pods), limit, (pod) => podEntry(pod, live, parent));
  if (parent.startsWith('node:')) return page(live.podsOn(parent.slice('node:'.length)), limit, (pod) => podEntry(pod, live, parent));
  const homeless = unscheduled(live.pods);
  const nodes = page(live.nodes, limit, (node) => nodeEntry(node, live));
  return homeless.length === 0 ? nodes : { entries: [unscheduledEntry(homeless), ...nodes.entries], total: nodes.total + 1 };
}

/** The pods under "Unscheduled". */
export const unscheduled = (pods: readonly Pod[]): readonly Pod[] => byName(pods.filter((p) => !p.spec.nodeName && p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed'));

const WORKLOADS: readonly (readonly [string, string])[] = [
  ['apps', 'deployments'], ['apps', 'statefulsets'], ['apps', 'daemonsets'], ['batch', 'cronjobs'], ['batch', 'jobs'], ['apps', 'replicasets'], ['', 'replicationcontrollers'], ['', 'pods'],
];

function workloadsTree(parent: string, limit: number, world: World): TreePage {
  const { shown: live } = world;
  const entry = (object: KubernetesObject): TreeEntry => (object.kind === 'Pod' ? podEntry(object as unknown as Pod, live, parent) : objectEntry(object, live, parent, true));
  if (parent !== '') {
    const ref = refOfId(parent);
    const owner = ref && live.find({ ...ref, ...whereIs(ref.kind, world) });
    return page(owner ? live.ownedBy(owner.metadata.uid) : [], limit, entry);
  }
  return page(workloadRoots(world), limit, entry);
}

/** What stands at the top of the workloads: what nobody controls, and what a person created. */
export function workloadRoots(world: World): readonly KubernetesObject[] {
  const { shown: live } = world;
  const roots = WORKLOADS.flatMap(([group, resource]) => byName(live.list(group, resource).filter((o) => !controllerOf(o))));
  const known = new Set(roots.map((o) => `${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`));
  const others = world.createdObjects().filter((ref: ObjectRef) => !known.has(`${ref.kind} ${ref.namespace}/${ref.name}`)).flatMap((ref) => live.find(ref) ?? []).filter((o) => !controllerOf(o));
  return [...roots, ...byName(others)];
}

function whereIs(kind: string, { shown: live }: World): { readonly group: string; readonly resource: string } {
  const definition = live.session.cluster.api.registry.all().find((d) => d.kind === kind && WORKLOADS.some(([group, resource]) => d.group === group && d.resource === resource));
  return { group: definition?.group ?? '', resource: definition?.resource ?? '' };
}

/** The last step of "…/ReplicaSet:default/web-1" */
function refOfId(id: string): ObjectRef | undefined {
  const match = /\/([A-Z]\w*):([^/]*)\/([^/]+)$/.exec(id);
  return match ? { group: '', version: '', resource: '', kind: match[1] ?? '', namespace: match[2] ?? '', name: match[3] ?? '' } : undefined;
}
