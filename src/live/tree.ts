import type { Tone } from '../diagram/model';
import { parseApiVersion, type KubernetesObject } from '../engine/api/object';
import { code, paragraphs, plain } from '../worker/hover/markdown';
import type { ObjectRef, TreeColor, TreeEntry, TreePage } from '../worker/protocol';
import { count, cpu, firstSentence, memory, number, podState, podsSummary, whyUnscheduled } from '../worker/words';
import { stateEntry } from './stateEntry';
import type { ConnectionState } from './protocol';
import type { SlimNode, SlimPod } from './slim';
import { asNode, asPod } from './store';
import { byName, type ClusterView } from './view';
import { WORKLOADS } from './watched';

const COLORS: { readonly [T in Tone]: TreeColor } = { good: 'good', chosen: 'good', waiting: 'waiting', refused: 'bad', plain: 'muted' };

/** The lines below one line of the live tree ('' for the top), at most `limit`. */
export function liveChildren(view: ClusterView | undefined, state: ConnectionState, parent: string, limit: number): TreePage {
  if (!view) return { entries: [], total: 0 };
  if (parent === '') return top(view, state, limit);
  if (parent === 'unscheduled') return page([...view.index.homeless.values()].sort(byPod), limit, (p) => podEntry(p, view, parent));
  if (parent === 'workloads') return page(roots(view), limit, (o) => anyEntry(o, view, parent));
  if (parent.startsWith('node:')) return page([...view.index.on(parent.slice('node:'.length))].sort(byPod), limit, (p) => podEntry(p, view, parent));
  const [, kind = '', namespace = '', name = ''] = /\/([A-Z]\w*):([^/]*)\/([^/]+)$/.exec(parent) ?? [];
  const resource = WORKLOADS.find((w) => w.kind === kind);
  const owner = resource && [...view.workloadsOf(resource)].find((o) => o.metadata.name === name && (o.metadata.namespace ?? '') === namespace);
  return page(owner ? view.ownedBy(owner.metadata.uid) : [], limit, (o) => anyEntry(o, view, parent));
}

const byPod = (a: SlimPod, b: SlimPod): number => byName(a as unknown as KubernetesObject, b as unknown as KubernetesObject);

function page<T>(things: readonly T[], limit: number, entry: (thing: T) => TreeEntry): TreePage {
  return { entries: things.slice(0, limit).map(entry), total: things.length };
}

function top(view: ClusterView, state: ConnectionState, limit: number): TreePage {
  const nodes = view.nodeList();
  const head: TreeEntry[] = [stateEntry(state)];
  if (view.index.homeless.size > 0) head.push(unscheduledEntry(view.index.homeless.size));
  const workloads = roots(view);
  if (workloads.length > 0) head.push(workloadsEntry(workloads.length));
  return { entries: [...head, ...nodes.slice(0, limit).map((n) => nodeEntry(asNode(n) as SlimNode, view))], total: nodes.length + head.length };
}

function unscheduledEntry(n: number): TreeEntry {
  const description = count(n, 'pod');
  return { id: 'unscheduled', label: 'Unscheduled', description, tooltip: 'Pods that no node has taken, with the reason at each', icon: 'warning', color: 'waiting', context: 'live unscheduled', expandable: true, expanded: true, spoken: `Unscheduled, ${description}` };
}

function workloadsEntry(n: number): TreeEntry {
  const description = number(n);
  return { id: 'workloads', label: 'Workloads', description, tooltip: 'Deployments and other workloads, and pods that nothing controls', icon: 'layers', color: 'none', context: 'live workloads', expandable: true, expanded: false, spoken: `Workloads, ${description}` };
}

/** Workloads that nothing known controls, then pods likewise. */
function roots(view: ClusterView): readonly KubernetesObject[] {
  const workloads = WORKLOADS.flatMap((w) => [...view.workloadsOf(w)].filter((o) => view.isRoot(o)).sort(byName));
  const pods = [...view.pods.all()].filter((p) => view.isRoot(p)).sort(byName);
  return [...workloads, ...pods];
}

const anyEntry = (object: KubernetesObject, view: ClusterView, parent: string): TreeEntry => (object.kind === 'Pod' ? podEntry(asPod(object) as SlimPod, view, parent) : workloadEntry(object, view, parent));

function refOf(object: KubernetesObject): ObjectRef {
  const { group, version } = parseApiVersion(object.apiVersion);
  const resource = object.kind === 'Pod' ? 'pods' : object.kind === 'Node' ? 'nodes' : WORKLOADS.find((w) => w.kind === object.kind)?.resource ?? '';
  return { group, version, resource, kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

export function podEntry(pod: SlimPod, view: ClusterView, parent: string): TreeEntry {
  const { name, namespace = '' } = pod.metadata;
  const state = podState(pod);
  const why = whyUnscheduled(pod);
  const statuses = pod.status?.containerStatuses ?? [];
  const where = parent.startsWith('node:') ? '' : pod.spec.nodeName ? `on ${pod.spec.nodeName}` : 'no node';
  const several = pod.spec.containers.length > 1 ? `${statuses.filter((s) => s.ready).length}/${pod.spec.containers.length} ready` : '';
  const short = firstSentence(why).replace(/^0\/\d+ nodes are available: /, '');
  const place = namespace === 'default' || parent.includes('/') ? '' : namespace;
  const scheduler = parent === 'unscheduled' && !why && pod.spec.schedulerName ? `waits for ${pod.spec.schedulerName}` : '';
  const description = (parent === 'unscheduled' ? [short || scheduler || state.word, place] : [state.word, several, where, place]).filter(Boolean).join(' · ');
  const icon = { good: state.word === 'Completed' ? 'check' : 'pass-filled', chosen: 'pass-filled', waiting: why ? 'warning' : 'sync', refused: 'error', plain: 'circle-slash' }[state.tone];
  return {
    id: `${parent}/Pod:${namespace}/${name}`, label: continued(name, parent), description, tooltip: podTooltip(pod, view), icon, color: COLORS[state.tone], context: 'live pod object', expandable: false, expanded: false,
    object: refOf(pod as unknown as KubernetesObject), spoken: `Live pod ${name}, ${description}`,
  };
}

function podTooltip(pod: SlimPod, view: ClusterView): string {
  const state = podState(pod);
  const why = whyUnscheduled(pod);
  const waiting = pod.status?.containerStatuses?.map((s) => s.state?.waiting?.message).find(Boolean);
  const node = pod.spec.nodeName;
  return paragraphs(
    `**${plain(pod.metadata.name)}** ${plain(state.word)}`, node ? `On ${plain(node)}${view.nodes.get(node) ? '' : ', a node that is not there'}` : why ? plain(why) : 'No node has been chosen yet', waiting ? plain(waiting) : undefined,
    `Requests ${cpu(pod.requests.milliCPU)} CPU and ${memory(pod.requests.memory)}`, `Images: ${pod.spec.containers.slice(0, 5).map((c) => code(c.image ?? '')).join(', ')}`,
  );
}

/** "…d7tvv" below "web-7c5b898c98". */
function continued(name: string, parent: string): string {
  const owner = /:[^/]*\/([^/]+)$/.exec(parent)?.[1];
  return owner && name.startsWith(`${owner}-`) ? `…${name.slice(owner.length + 1)}` : name;
}

function nodeEntry(node: SlimNode, view: ClusterView): TreeEntry {
  const { name } = node.metadata;
  const pods = view.index.countOn(name);
  const used = view.index.usedOn(name);
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready');
  const tainted = (node.spec?.taints ?? []).some((t) => t.effect !== 'PreferNoSchedule');
  const [word, icon, color]: readonly [string, string, TreeColor] = ready?.status !== 'True' ? ['not ready', 'vm-outline', 'bad'] : node.spec?.unschedulable ? ['cordoned', 'vm-active', 'waiting'] : tainted ? ['tainted', 'vm', 'waiting'] : ['', 'vm', 'good'];
  const amounts = `${count(pods, 'pod')} · CPU ${cpu(used.milliCPU)} of ${cpu(node.allocatable.milliCPU)} · ${share(used.memory, node.allocatable.memory)}`;
  const description = [word, amounts].filter(Boolean).join(' · ');
  return {
    id: `node:${name}`, label: name, description, tooltip: nodeTooltip(node, amounts), icon, color, context: 'live node object', expandable: pods > 0, expanded: false, object: refOf(node as unknown as KubernetesObject), spoken: `Live node ${name}, ${description}`,
  };
}

/** "2 of 16 GiB": the unit is said once. */
function share(used: number, whole: number): string {
  const [amount = '', unit = ''] = memory(whole).split(' ');
  const scale = whole > 0 ? Number(amount) / whole : 0;
  return `${Math.round(used * scale * 10) / 10} of ${amount} ${unit}`;
}

function nodeTooltip(node: SlimNode, amounts: string): string {
  const taints = (node.spec?.taints ?? []).map((t) => code(`${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`));
  const bad = (node.status?.conditions ?? []).filter((c) => (c.type === 'Ready') === (c.status !== 'True')).map((c) => `- ${plain(c.type)} is ${plain(c.status)}: ${plain(c.message ?? c.reason ?? '')}`);
  const zone = node.metadata.labels?.['topology.kubernetes.io/zone'];
  return paragraphs(
    `**${plain(node.metadata.name)}**${zone ? ` in ${plain(zone)}` : ''}`, `Requested by pods: ${amounts}; it may hold ${number(node.allocatable.pods)} pods`, taints.length > 0 ? `Taints: ${taints.join(', ')}` : undefined,
    node.spec?.unschedulable ? 'Cordoned: takes no new pods' : undefined, bad.length > 0 ? bad.join('\n') : undefined,
  );
}

const ICONS: { readonly [kind: string]: string } = { Deployment: 'rocket', ReplicaSet: 'layers', ReplicationController: 'layers', StatefulSet: 'database', DaemonSet: 'server', Job: 'tools', CronJob: 'watch' };
/** Owners below owners that pods are looked for under. */
const MAX_STEPS = 5000;

function podsBelow(object: KubernetesObject, view: ClusterView): readonly SlimPod[] {
  const pods: SlimPod[] = [];
  const queue: KubernetesObject[] = [object];
  for (let i = 0; i < queue.length && i < MAX_STEPS; i++) {
    for (const child of view.ownedBy(queue[i]?.metadata.uid)) if (child.kind === 'Pod') pods.push(asPod(child) as SlimPod); else queue.push(child);
  }
  return pods;
}

function workloadEntry(object: KubernetesObject, view: ClusterView, parent: string): TreeEntry {
  const { name, namespace = '' } = object.metadata;
  const pods = podsBelow(object, view);
  const state = pods.length === 0 ? { text: 'no pods', tone: 'plain' as const } : podsSummary(pods);
  const children = view.ownedBy(object.metadata.uid).length;
  const description = [state.text, object.kind, parent === 'workloads' && namespace !== 'default' ? namespace : ''].filter(Boolean).join(' · ');
  return {
    id: `${parent}/${object.kind}:${namespace}/${name}`, label: continued(name, parent), description, tooltip: paragraphs(`**${plain(object.kind)} ${plain(name)}** ${plain(state.text)}`, namespace ? `Namespace ${plain(namespace)}` : undefined),
    icon: ICONS[object.kind] ?? 'symbol-object', color: COLORS[state.tone], context: 'live workload object', expandable: children > 0, expanded: false, object: refOf(object), spoken: `Live ${object.kind} ${name}, ${description}`,
  };
}

