import type { Node, Pod } from '../api/generated/types';
import { podRequests } from './resources';

/** What changed in the cluster, as precisely as the scheduler tells changes apart: fwk.ClusterEvent. */
export type EventResource =
  | '*' | 'Pod' | 'AssignedPod' | 'UnschedulablePod' | 'Node' | 'PersistentVolume' | 'PersistentVolumeClaim' | 'CSINode' | 'CSIDriver' | 'CSIStorageCapacity'
  | 'StorageClass' | 'VolumeAttachment' | 'ResourceClaim' | 'ResourceSlice' | 'DeviceClass';

/** Bits of fwk.ActionType: plugins register unions of them. */
export const Action = {
  Add: 1, Delete: 1 << 1,
  UpdateNodeAllocatable: 1 << 2, UpdateNodeLabel: 1 << 3, UpdateNodeTaint: 1 << 4, UpdateNodeCondition: 1 << 5, UpdateNodeAnnotation: 1 << 6,
  UpdatePodLabel: 1 << 7, UpdatePodScaleDown: 1 << 8, UpdatePodToleration: 1 << 9, UpdatePodSchedulingGatesEliminated: 1 << 10, UpdatePodGeneratedResourceClaim: 1 << 11,
  /** Any update: for resources whose updates are not told apart, and for a pod's update that is none of the above. */
  Update: (1 << 12) - (1 << 2),
  All: (1 << 12) - 1,
} as const;

export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: number;
  /** Replaces the name made of resource and action. */
  readonly label?: string;
}

const ACTION_NAMES = Object.entries(Action);

/** "NodeAdd", "AssignedPodDelete", "NodeUpdateNodeTaint": the label in metrics and logs. */
export function eventLabel(event: ClusterEvent): string {
  if (event.label !== undefined) return event.label;
  const exact = ACTION_NAMES.find(([, bits]) => bits === event.action);
  return event.resource + (exact?.[0] ?? actionNames(event.action).join('|'));
}

/** The names in a union; "Update" where all updates are in it. */
function actionNames(action: number): readonly string[] {
  const all = (action & Action.Update) === Action.Update;
  return ACTION_NAMES.filter(([name, bits]) => (all ? name === 'Update' || bits < Action.UpdateNodeAllocatable : bits < Action.Update) && (bits & action) === bits).map(([name]) => name);
}

const wildcard = (label: string): ClusterEvent => ({ resource: '*', action: Action.All, label });
export const UNSCHEDULABLE_TIMEOUT = wildcard('UnschedulableTimeout');
export const FORCE_ACTIVATE = wildcard('ForceActivate');
export const ASSIGNED_POD_ADD: ClusterEvent = { resource: 'AssignedPod', action: Action.Add };
export const ASSIGNED_POD_DELETE: ClusterEvent = { resource: 'AssignedPod', action: Action.Delete };
export const UNSCHEDULED_POD_ADD: ClusterEvent = { resource: 'UnschedulablePod', action: Action.Add };
export const UNSCHEDULED_POD_UPDATE: ClusterEvent = { resource: 'UnschedulablePod', action: Action.Update };
export const NODE_ADD: ClusterEvent = { resource: 'Node', action: Action.Add };
export const NODE_DELETE: ClusterEvent = { resource: 'Node', action: Action.Delete };

export const isWildcard = (event: ClusterEvent): boolean => event.resource === '*' && event.action === Action.All;

/** framework.MatchClusterEvents: whether an incoming event is the registered one or a more specific one. */
export function matchesEvent(registered: ClusterEvent, incoming: ClusterEvent): boolean {
  if (isWildcard(registered)) return true;
  const { resource } = registered;
  const same = resource === '*' || resource === incoming.resource || (resource === 'Pod' && (incoming.resource === 'AssignedPod' || incoming.resource === 'UnschedulablePod'));
  return same && (registered.action & incoming.action) !== 0 && incoming.action <= registered.action;
}

/** framework.PodSchedulingPropertiesChange: which changes that matter for scheduling an update of a pod brings. */
export function podUpdateEvents(newPod: Pod, oldPod: Pod): readonly ClusterEvent[] {
  const resource: EventResource = newPod.spec?.nodeName ? 'AssignedPod' : 'UnschedulablePod';
  const actions: number[] = [];
  if (!sameValue(newPod.metadata.labels, oldPod.metadata.labels)) actions.push(Action.UpdatePodLabel);
  if (isScaledDown(newPod, oldPod)) actions.push(Action.UpdatePodScaleDown);
  if (!newPod.spec?.schedulingGates?.length && oldPod.spec?.schedulingGates?.length) actions.push(Action.UpdatePodSchedulingGatesEliminated);
  if ((newPod.spec?.tolerations?.length ?? 0) !== (oldPod.spec?.tolerations?.length ?? 0)) actions.push(Action.UpdatePodToleration);
  if (!sameValue(newPod.status?.resourceClaimStatuses, oldPod.status?.resourceClaimStatuses)) actions.push(Action.UpdatePodGeneratedResourceClaim);
  return (actions.length ? actions : [Action.Update]).map((action) => ({ resource, action }));
}

function isScaledDown(newPod: Pod, oldPod: Pod): boolean {
  if (newPod.spec === oldPod.spec && newPod.status?.containerStatuses === oldPod.status?.containerStatuses) return false;
  const now = podRequests(newPod, { useStatus: true });
  for (const [name, before] of podRequests(oldPod, { useStatus: true })) {
    const after = now.get(name);
    if (!after || before.milliValue > after.milliValue) return true;
  }
  return false;
}

/** framework.NodeSchedulingPropertiesChange: the same for a node; none where nothing of interest changed. */
export function nodeUpdateEvents(newNode: Node, oldNode: Node): readonly ClusterEvent[] {
  const actions: number[] = [];
  if (oldNode.spec?.unschedulable && !newNode.spec?.unschedulable) actions.push(Action.UpdateNodeTaint);
  if (!sameValue(oldNode.status?.allocatable, newNode.status?.allocatable)) actions.push(Action.UpdateNodeAllocatable);
  if (!sameValue(oldNode.metadata.labels, newNode.metadata.labels)) actions.push(Action.UpdateNodeLabel);
  if (!sameValue(oldNode.spec?.taints, newNode.spec?.taints)) actions.push(Action.UpdateNodeTaint);
  if (!sameValue(conditionStatuses(oldNode), conditionStatuses(newNode))) actions.push(Action.UpdateNodeCondition);
  if (!sameValue(oldNode.metadata.annotations, newNode.metadata.annotations)) actions.push(Action.UpdateNodeAnnotation);
  return actions.map((action) => ({ resource: 'Node', action }));
}

const conditionStatuses = (node: Node): { readonly [type: string]: string } => Object.fromEntries((node.status?.conditions ?? []).map((c) => [c.type, c.status]));

/** Deep equality of JSON values; absent, null and empty lists and objects are equal, as for equality.Semantic. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = b as { readonly [key: string]: unknown };
  return Array.isArray(a) === Array.isArray(b) && left.length === Object.keys(b).length && left.every(([key, value]) => key in right && sameValue(value, right[key]));
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
