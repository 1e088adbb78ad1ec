import type { Node, Pod } from '../../engine/api/generated/types';
import type { KubernetesObject } from '../../engine/api/object';
import type { Tone } from '../../diagram/model';
import { code, paragraphs, plain } from '../hover/markdown';
import { explanationOf, helpFor, PATIENCE } from '../advice';
import { helpText, queueText, whyHereText, whyNotText } from '../hover/explanation';
import type { LiveView } from '../runningWorld';
import { stateOf } from '../outline';
import type { HelpTarget, TreeColor, TreeEntry } from '../protocol';
import type { World } from '../world';
import { count, cpu, firstSentence, memory, number, podState, whyUnscheduled } from '../words';

const COLORS: { readonly [T in Tone]: TreeColor } = { good: 'good', chosen: 'good', waiting: 'waiting', refused: 'bad', plain: 'muted' };
const SCALABLE = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

/** A pod under a node, a workload, or nothing. */
export function podEntry(pod: Pod, live: LiveView, parent: string): TreeEntry {
  const { metadata: { name, namespace = '' } } = pod;
  const state = podState(pod);
  const containers = pod.spec.containers.length;
  const ready = pod.status?.containerStatuses?.filter((c) => c.ready).length ?? 0;
  const where = parent.startsWith('node:') ? namespaceOf(namespace) : pod.spec.nodeName ? `on ${pod.spec.nodeName}` : 'no node';
  const icon = { good: state.word === 'Completed' ? 'check' : 'pass-filled', chosen: 'pass-filled', waiting: whyUnscheduled(pod) ? 'warning' : 'sync', refused: 'error', plain: 'circle-slash' }[state.tone];
  const why = parent === 'unscheduled' ? [firstSentence(whyUnscheduled(pod)).replace(/^0\/\d+ nodes are available: /, '').replace(/\.$/, ''), live.waiting(pod)].filter(Boolean).join(' · ') : '';
  const description = why || [state.word, containers > 1 ? `${ready}/${containers} ready` : '', where].filter(Boolean).join(' · ');
  return {
    id: `${parent}/pod:${namespace}/${name}`, label: continued(name, parent), description, tooltip: undefined, icon, color: COLORS[state.tone], context: 'pod object',
    expandable: false, expanded: false, object: live.refOf(pod), spoken: `Pod ${name}, ${description}`,
  };
}

/** "…d7tvv" below "web-7c5b898c98": what the line above says already is left out, so that the state stays in sight. */
function continued(name: string, parent: string): string {
  const owner = /:[^/]*\/([^/]+)$/.exec(parent)?.[1];
  return owner && name.startsWith(`${owner}-`) ? `…${name.slice(owner.length + 1)}` : name;
}

const namespaceOf = (namespace: string): string => (namespace === 'default' ? '' : namespace);

/** Why a pod is where it is, or is nowhere, where it waits and what would help. */
export function podTooltip(pod: Pod, world: World): string {
  const { live, settings } = world;
  const state = podState(pod);
  const head = `**${plain(pod.metadata.name)}** ${plain(state.word)}${pod.spec.nodeName ? ` on ${plain(pod.spec.nodeName)}` : ''}`;
  const images = `Images: ${pod.spec.containers.slice(0, 5).map((c) => code(c.image ?? '')).join(', ')}`;
  const explanation = explanationOf(pod, live);
  if (!explanation.whyNot || pod.spec.nodeName) return paragraphs(head, pod.spec.nodeName && whyHereText(explanation), images);
  const source = world.sourceOf(pod);
  const target: HelpTarget = source ? { file: source.file.file, document: source.document } : { pod: live.refOf(pod) };
  const help = helpText(helpFor(pod, live, { file: source?.file, namespace: settings.namespace, patience: PATIENCE.passing }), target);
  return paragraphs(head, whyNotText('No node takes it', explanation.whyNot, help), explanation.queue && queueText(explanation.queue), images);
}

/** A node with what it has and what is used. */
export function nodeEntry(node: Node, live: LiveView): TreeEntry {
  const { name } = node.metadata;
  // What pods request in all is known to the scheduler, of now.
  const info = live.isPast ? undefined : live.session.cluster.scheduler?.core.cache.get(name);
  const pods = live.podsOn(name).length;
  const state = nodeState(node, live);
  const used = info ? `${count(pods, 'pod')} · CPU ${cpu(info.requested.milliCPU)} of ${cpu(info.allocatable.milliCPU)} · ${share(info.requested.memory, info.allocatable.memory)}` : count(pods, 'pod');
  const description = [state.word, used].filter(Boolean).join(' · ');
  return {
    id: `node:${name}`, label: name, description, tooltip: nodeTooltip(node, live, used), icon: state.icon, color: state.color, context: `node object ${state.context}`, expandable: pods > 0, expanded: true,
    object: live.refOf(node), spoken: `Node ${name}, ${description}`,
  };
}

/** "2 of 16 GiB": the unit is said once. */
function share(used: number, whole: number): string {
  const [amount = '', unit = ''] = memory(whole).split(' ');
  const scale = whole > 0 ? Number(amount) / whole : 0;
  return `${Math.round(used * scale * 10) / 10} of ${amount} ${unit}`;
}

function nodeState(node: Node, live: LiveView): { readonly word: string; readonly icon: string; readonly color: TreeColor; readonly context: string } {
  const down = !live.isPast && live.session.cluster.kubelets.get(node.metadata.name)?.running === false;
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready');
  const cordoned = node.spec.unschedulable === true;
  const context = `${cordoned ? 'cordoned' : 'schedulable'} ${down ? 'down' : 'up'}`;
  if (down) return { word: ready?.status === 'True' ? 'down, not noticed yet' : 'down', icon: 'vm-outline', color: 'bad', context };
  if (ready?.status !== 'True') return { word: 'not ready', icon: 'vm-outline', color: 'bad', context };
  if (cordoned) return { word: 'cordoned', icon: 'vm-active', color: 'waiting', context };
  const tainted = (node.spec.taints ?? []).some((t) => t.effect !== 'PreferNoSchedule');
  return { word: tainted ? 'tainted' : '', icon: 'vm', color: tainted ? 'waiting' : 'good', context };
}

function nodeTooltip(node: Node, live: LiveView, used: string): string {
  const taints = (node.spec.taints ?? []).map((t) => code(`${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`));
  const conditions = (node.status?.conditions ?? []).filter((c) => (c.type === 'Ready') === (c.status !== 'True')).map((c) => `${plain(c.type)} is ${c.status}: ${plain(c.message ?? c.reason ?? '')}`);
  const zone = node.metadata.labels?.['topology.kubernetes.io/zone'];
  return paragraphs(
    `**${plain(node.metadata.name)}**${zone ? ` in ${plain(zone)}` : ''}`, `Requested: ${used}; it may hold ${number(live.session.cluster.scheduler?.core.cache.get(node.metadata.name)?.allocatable.allowedPodNumber ?? 0)} pods`,
    taints.length > 0 ? `Taints: ${taints.join(', ')}` : undefined, node.spec.unschedulable ? 'Cordoned: takes no new pods' : undefined, conditions.length > 0 ? conditions.map((c) => `- ${c}`).join('\n') : undefined,
  );
}

const ICONS: { readonly [kind: string]: string } = {
  Deployment: 'rocket', ReplicaSet: 'layers', ReplicationController: 'layers', StatefulSet: 'database', DaemonSet: 'server', Job: 'tools', CronJob: 'watch', Service: 'globe', Ingress: 'globe', ConfigMap: 'settings',
  Secret: 'key', Namespace: 'folder', PersistentVolumeClaim: 'save', PersistentVolume: 'save', ServiceAccount: 'account', HorizontalPodAutoscaler: 'graph', PodDisruptionBudget: 'shield', NetworkPolicy: 'shield',
};

/** A workload, what it owns, or anything else that a person created. */
export function objectEntry(object: KubernetesObject, live: LiveView, parent: string, expanded: boolean): TreeEntry {
  const { name, namespace = '', uid } = object.metadata;
  const state = stateOf(object, live);
  const children = live.ownedBy(uid).length;
  const place = parent ? '' : namespaceOf(namespace);
  const description = [state.text, object.kind, place].filter(Boolean).join(' · ');
  return {
    id: `${parent}/${object.kind}:${namespace}/${name}`, label: continued(name, parent), description, tooltip: paragraphs(`**${plain(object.kind)} ${plain(name)}** ${plain(state.text)}`, ...live.rolloutOf(object).map(plain), namespace ? `Namespace ${plain(namespace)}` : undefined),
    icon: ICONS[object.kind] ?? 'symbol-object', color: COLORS[state.tone], context: `object workload${SCALABLE.has(object.kind) ? ' scalable' : ''}`, expandable: children > 0, expanded, object: live.refOf(object), spoken: `${object.kind} ${name}, ${description}`,
  };
}

/** The pods that no node has taken. */
export function unscheduledEntry(pods: readonly Pod[]): TreeEntry {
  const description = count(pods.length, 'pod');
  return {
    id: 'unscheduled', label: 'Unscheduled', description, tooltip: 'Pods that no node has taken, with the reason at each', icon: 'warning', color: 'waiting', context: 'unscheduled', expandable: true, expanded: true, spoken: `Unscheduled, ${description}`,
  };
}
