import { DEFAULT_STORAGE_CLASS, isDefaultClass, lacksClass } from '../../api/defaultClass';
import type { Node, PersistentVolumeClaim, Pod, PriorityClass } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { parseQuantity } from '../../api/quantity';
import { readyNode } from '../../bootstrap/nodes';
import { NodeInfo } from '../../scheduler/nodeInfo';
import { claimClass, claimNameOf } from '../../scheduler/plugins/volumes';
import { podRequests, toResource } from '../../scheduler/resources';
import { listText, resourceWord } from '../amounts';
import { roundDown } from './requestCandidates';
import type { Candidate, ClusterAction } from './candidate';
import type { Trial } from './trial';

const HOSTNAME = 'kubernetes.io/hostname';
export const ZONE = 'topology.kubernetes.io/zone';

/** A new node like an existing one, empty, with as much as the pod asks for and the labels it selects; in another zone if one is given. */
export function nodeCandidate(pod: Pod, like: NodeInfo, names: ReadonlySet<string>, zone?: string): Candidate | undefined {
  const node = like.node;
  if (!node) return undefined;
  const name = freeName(names);
  const selector = Object.entries(pod.spec.nodeSelector ?? {}).filter(([key, value]) => like.labels?.[key] !== value && key !== HOSTNAME);
  const asked = toResource(podRequests(pod));
  const allocatable: { [resource: string]: string } = { ...node.status.allocatable };
  const grown: string[] = [];
  const has = like.allocatable;
  for (const resource of ['cpu', 'memory', 'ephemeral-storage', ...(asked.scalar?.keys() ?? [])]) {
    if (asked.get(resource) <= has.get(resource)) continue;
    allocatable[resource] = enough(resource, asked.get(resource));
    grown.push(`${allocatable[resource]} ${resourceWord(resource)}`);
  }
  if (has.allowedPodNumber < 1) { allocatable['pods'] = '110'; grown.push('room for 110 pods'); }
  const labels = { ...node.metadata.labels, [HOSTNAME]: name, ...(zone ? { [ZONE]: zone } : {}), ...Object.fromEntries(selector) };
  const { taints: _, unschedulable: __, podCIDR: ___, podCIDRs: ____, providerID: _____, ...spec } = node.spec;
  const { volumesAttached: ______, volumesInUse: _______, ...status } = node.status;
  const made: Node = {
    apiVersion: 'v1', kind: 'Node', metadata: { name, labels } as unknown as Node['metadata'], spec, status: { ...status, allocatable, capacity: { ...status.capacity, ...allocatable }, images: [] },
  };
  const changes = [...(zone ? [`a zone of its own (${zone})`] : []), ...grown, ...(selector.length > 0 ? [`the label${selector.length > 1 ? 's' : ''} ${listText(selector.map(([k, v]) => `${k}=${v}`))}`] : []), ...(like.repellingTaints.length > 0 ? ['without its taints'] : [])];
  return {
    kind: 'addNode', title: `Add a node like ${like.name}${changes.length > 0 ? `, with ${listText(changes)}`.replace('with without', 'without').replace('and without', 'and without') : ''}`,
    detail: `${allocatable['cpu'] ?? '0'} CPU and ${allocatable['memory'] ?? '0'} memory, with nothing on it yet.`, size: 8 + changes.length, edits: [], actions: [{ type: 'addNode', node: made }],
  };
}

/** For a cluster without nodes: an ordinary one. */
export function firstNodeCandidate(pod: Pod): Candidate | undefined {
  const info = new NodeInfo('node-1', 0);
  info.setNode(readyNode({ name: 'node-1', number: 1 }, 'v1.36.2', '2026-01-01T00:00:00Z') as unknown as Node);
  const candidate = nodeCandidate(pod, info, new Set());
  return candidate && { ...candidate, title: 'Add a node' };
}

function freeName(names: ReadonlySet<string>): string {
  for (let i = names.size + 1; ; i++) if (!names.has(`node-${i}`)) return `node-${i}`;
}

/** At least the amount, as nodes are sold: whole CPUs, whole gibibytes. */
function enough(resource: string, amount: number): string {
  if (resource === 'cpu') return String(Math.ceil(amount / 1000));
  if (resource === 'memory' || resource === 'ephemeral-storage') return `${Math.ceil(amount / 2 ** 30)}Gi`;
  return roundDown(resource, amount);
}

/** A higher priority, so that others are evicted for the pod; or the will to evict at all. */
export function priorityCandidates(pod: Pod, trial: Trial): readonly Candidate[] {
  const own = pod.spec.priority ?? 0;
  const candidates: Candidate[] = [];
  if (pod.spec.preemptionPolicy === 'Never') {
    candidates.push({ kind: 'raisePriority', title: 'Let the pod evict less important ones (remove preemptionPolicy: Never)', detail: 'Pods with a lower priority then make room.', size: 4, edits: [{ fieldPath: 'spec.preemptionPolicy', operation: 'remove' }], actions: [], preempts: true });
  }
  const higher = trial.priorityClasses.filter((c) => valueOf(c) > own && !c.metadata.name.startsWith('system-') && c.preemptionPolicy !== 'Never').sort((a, b) => valueOf(a) - valueOf(b));
  for (const chosen of higher.slice(0, 3)) {
    candidates.push({ kind: 'raisePriority', title: `Give the pod the PriorityClass ${chosen.metadata.name} (${valueOf(chosen)})`, detail: 'Pods with a lower priority then make room.', size: 5, edits: [{ fieldPath: 'spec.priorityClassName', operation: 'set', value: chosen.metadata.name }], actions: [], preempts: true });
  }
  if (higher.length === 0) {
    const made = priorityClass(Math.max(1000, own + 1000), trial);
    if (made) candidates.push({ kind: 'raisePriority', title: `Create a PriorityClass ${made.metadata.name} (${valueOf(made)}) and give it to the pod`, detail: 'Pods with a lower priority then make room.', size: 6, edits: [{ fieldPath: 'spec.priorityClassName', operation: 'set', value: made.metadata.name }], actions: [create(made)], preempts: true });
  }
  return candidates;
}

const valueOf = (priorityClass: PriorityClass): number => priorityClass.value ?? 0;

function priorityClass(value: number, trial: Trial): PriorityClass | undefined {
  if (value > 1_000_000_000) return undefined;
  const taken = new Set(trial.priorityClasses.map((c) => c.metadata.name));
  const name = ['important', 'more-important', 'most-important'].find((n) => !taken.has(n));
  return name === undefined ? undefined : { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name } as unknown as PriorityClass['metadata'], value };
}

const create = (object: unknown): ClusterAction => ({ type: 'create', object: object as KubernetesObject });

/** Create the claims, classes and volumes that are missing. */
export function volumeCandidates(pod: Pod, trial: Trial): readonly Candidate[] {
  const { listers } = trial.core;
  const candidates: Candidate[] = [];
  const namespace = pod.metadata.namespace ?? '';
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    if (name === undefined || volume.ephemeral) continue;
    const claim = listers.persistentVolumeClaim(namespace, name);
    if (!claim) { candidates.push(...missingClaim(namespace, name, trial)); continue; }
    const className = claimClass(claim);
    if (!claim.spec.volumeName && lacksClass(claim)) candidates.push(...defaultClass(name, trial));
    if (claim.spec.volumeName && !listers.persistentVolume(claim.spec.volumeName)) candidates.push({ kind: 'createObject', title: `Create the PersistentVolume ${claim.spec.volumeName}`, detail: `The claim ${name} is bound to it.`, size: 6, edits: [], actions: [create(lostVolume(claim))] });
    if (!claim.spec.volumeName && className !== '' && !listers.storageClass(className)) {
      candidates.push({ kind: 'createObject', title: `Create the StorageClass ${className}`, detail: `The claim ${name} asks for it. Put in the provisioner of your cluster.`, size: 6, edits: [], actions: [create(storageClass(className))] });
    }
    if (!claim.spec.volumeName && className !== '' && listers.storageClass(className)?.volumeBindingMode === 'WaitForFirstConsumer') {
      candidates.push({ kind: 'createObject', title: `Create a PersistentVolume of ${sizeOf(claim)} and class ${className}`, detail: `It can be bound to the claim ${name}.`, size: 6, edits: [], actions: [create(volumeFor(claim))] });
    }
  }
  return candidates;
}

function missingClaim(namespace: string, name: string, trial: Trial): readonly Candidate[] {
  const claim = (storageClassName: string): unknown => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace }, spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } } });
  const late = trial.objects.filter((o) => o.kind === 'StorageClass' && (o as { readonly volumeBindingMode?: string }).volumeBindingMode === 'WaitForFirstConsumer').sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)));
  const detail = `The pod mounts a claim of this name in ${namespace}.`;
  if (late[0]) return [{ kind: 'createObject', title: `Create the PersistentVolumeClaim ${name} (class ${late[0].metadata.name})`, detail, size: 4, edits: [], actions: [create(claim(late[0].metadata.name))] }];
  return [{ kind: 'createObject', title: `Create the PersistentVolumeClaim ${name} and a StorageClass for it`, detail, size: 7, edits: [], actions: [create(storageClass('standard')), create(claim('standard'))] }];
}

/** Where there is no default class, a claim that names none waits for ever. */
function defaultClass(claim: string, trial: Trial): readonly Candidate[] {
  const classes = trial.objects.filter((o) => o.kind === 'StorageClass');
  if (classes.some(isDefault)) return [];
  const name = ['standard', 'default', 'standard-default'].find((n) => !classes.some((c) => c.metadata.name === n));
  if (name === undefined) return [];
  const made = { ...storageClass(name), metadata: { name, annotations: { [DEFAULT_STORAGE_CLASS[0]]: 'true' } } };
  return [{
    kind: 'createObject', title: `Create a default StorageClass, ${name}`, size: 5, edits: [], actions: [create(made)],
    detail: `The claim ${claim} names no class, so it gets the default one as soon as there is one. kind and minikube come with such a class; kubeadm does not.`,
  }];
}

const isDefault = (object: KubernetesObject): boolean => isDefaultClass(object, DEFAULT_STORAGE_CLASS);
const storageClass = (name: string): object => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner: 'example.com/provisioner', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer' });
const sizeOf = (claim: PersistentVolumeClaim): string => claim.spec.resources?.requests?.['storage'] ?? '1Gi';

function volumeFor(claim: PersistentVolumeClaim): unknown {
  const storage = parseQuantity(sizeOf(claim))?.text ?? '1Gi';
  return {
    apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `pv-for-${claim.metadata.name}`, labels: claim.spec.selector?.matchLabels },
    spec: { capacity: { storage }, accessModes: claim.spec.accessModes, storageClassName: claimClass(claim), persistentVolumeReclaimPolicy: 'Retain', volumeMode: claim.spec.volumeMode ?? 'Filesystem', hostPath: { path: `/data/${claim.metadata.name}` } },
    status: { phase: 'Available' },
  };
}

/** The volume that a claim has lost, as it must be to be its own. */
function lostVolume(claim: PersistentVolumeClaim): unknown {
  const made = volumeFor(claim) as { readonly metadata: object; readonly spec: object };
  return { ...made, metadata: { ...made.metadata, name: claim.spec.volumeName }, spec: { ...made.spec, claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: claim.metadata.namespace, name: claim.metadata.name, uid: claim.metadata.uid } }, status: { phase: 'Bound' } };
}

/** What keeps the pod out of the queue altogether. */
export function queueCandidates(pod: Pod, trial: Trial): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const gates = pod.spec.schedulingGates ?? [];
  if (gates.length > 0) candidates.push({ kind: 'removeGates', title: `Remove the scheduling gate${gates.length > 1 ? 's' : ''} ${listText(gates.map((g) => g.name))}`, detail: 'The scheduler then looks at the pod.', size: 1, edits: [{ fieldPath: 'spec.schedulingGates', operation: 'remove' }], actions: [] });
  if (!trial.core.frameworkFor(pod)) candidates.push({ kind: 'changeScheduler', title: `Use the scheduler ${[...trial.core.frameworks.keys()][0] ?? ''}`, detail: `Nobody here schedules pods for ${pod.spec.schedulerName ?? ''}.`, size: 1, edits: [{ fieldPath: 'spec.schedulerName', operation: 'set', value: [...trial.core.frameworks.keys()][0] ?? '' }], actions: [] });
  return candidates;
}
