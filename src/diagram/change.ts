import type { ObjectWithMeta } from '../engine/api/object';
import { isStatus } from '../engine/api/status';
import type { RequestMessage } from '../engine/trace/message';
import type { Tone } from './model';

/** What a write changed, in the few words that matter. */
export interface Change {
  /** "Running, ready", "1 of 1 available", "replicas 3 → 1", "to node-2"; '' where there is nothing short to say. */
  readonly text: string;
  /** Whether it belongs in the story. */
  readonly milestone: boolean;
  /** The same for changes that are alike, whatever the numbers. */
  readonly kind: string;
  readonly tone: Tone;
}

interface Condition { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }
interface State { readonly waiting?: { readonly reason?: string }; readonly terminated?: { readonly reason?: string; readonly exitCode?: number }; readonly running?: unknown }
/** The parts of any object's status and spec that are looked at. */
interface Shown extends ObjectWithMeta {
  readonly spec?: { readonly replicas?: number; readonly unschedulable?: boolean; readonly completions?: number; readonly [field: string]: unknown };
  readonly status?: {
    readonly attached?: boolean; readonly volumesAttached?: readonly unknown[]; readonly volumesInUse?: readonly unknown[];
    readonly phase?: string; readonly conditions?: readonly Condition[]; readonly containerStatuses?: readonly { readonly state?: State }[]; readonly initContainerStatuses?: readonly { readonly state?: State }[];
    readonly availableReplicas?: number; readonly readyReplicas?: number; readonly numberReady?: number; readonly desiredNumberScheduled?: number; readonly succeeded?: number; readonly replicas?: number;
  };
}

const nothing = (kind: string): Change => ({ text: '', milestone: false, kind, tone: 'plain' });
const plain = (kind: string, text = ''): Change => ({ text, milestone: true, kind, tone: 'plain' });

/** Never part of a story: it is written about it. */
export const isEventWrite = (m: RequestMessage): boolean => m.resource === 'events' && (m.group === '' || m.group === 'events.k8s.io');
const QUIET = new Set(['leases.coordination.k8s.io', 'endpoints.', 'tokenreviews.authentication.k8s.io', 'controllerrevisions.apps']);

/** What a request changed. Reads and refusals changed nothing. */
export function changeOf(m: RequestMessage): Change {
  if (m.code >= 300 || m.verb === 'get' || m.verb === 'list' || m.verb === 'watch') return nothing(m.code >= 300 ? 'refused' : 'read');
  if (isEventWrite(m)) return nothing(`event ${eventReason(m)}`);
  if (QUIET.has(`${m.resource}.${m.group}`)) return nothing('quiet');
  if (m.subresource === 'binding') return plain('binding', `to ${targetOf(m)}`);
  if (m.subresource === 'eviction') return plain('eviction');
  if (m.subresource === 'token') return nothing('token');
  if (m.subresource === '' && m.verb === 'create') return plain('create', ownedReplicas(m));
  if (m.verb === 'delete' || m.verb === 'deletecollection') return plain('delete');
  const before = m.before as Shown | undefined;
  const after = isStatus(m.answer) ? undefined : (m.answer as Shown | undefined);
  if (!before || !after) return m.subresource === 'scale' ? plain('scale', `replicas ${after?.spec?.replicas ?? ''}`) : nothing('write');
  const status = m.subresource === 'status';
  if (before.kind === 'Pod') return podChange(before, after) ?? otherChange(before, after, status);
  return workloadChange(before, after) ?? otherChange(before, after, status);
}

/** For events: the reason that is written. */
export function eventReason(m: RequestMessage): string {
  const body = m.body as { readonly reason?: unknown; readonly count?: unknown } | undefined;
  const answer = m.answer as { readonly reason?: unknown } | undefined;
  return typeof body?.reason === 'string' ? body.reason : typeof answer?.reason === 'string' && !isStatus(answer) ? answer.reason : '';
}

function targetOf(m: RequestMessage): string {
  const body = m.body as { readonly target?: { readonly name?: unknown } } | undefined;
  return typeof body?.target?.name === 'string' ? body.target.name : '';
}

function ownedReplicas(m: RequestMessage): string {
  const replicas = isStatus(m.answer) ? undefined : (m.answer as Shown | undefined)?.spec?.replicas;
  return m.actor !== 'kubectl' && typeof replicas === 'number' ? `replicas ${replicas}` : '';
}

const QUIET_WAITS = new Set(['ContainerCreating', 'PodInitializing']);
const condition = (object: Shown, type: string): Condition | undefined => object.status?.conditions?.find((c) => c.type === type);
const became = (before: Shown, after: Shown, type: string, status: string): boolean => condition(before, type)?.status !== status && condition(after, type)?.status === status;

/** Why containers do not run: the first reason of waiting or of an end that is not a success. */
export function troubleOf(pod: { readonly status?: Pick<NonNullable<Shown['status']>, 'containerStatuses' | 'initContainerStatuses'> }): string {
  for (const { state } of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
    const reason = state?.waiting?.reason;
    if (reason && !QUIET_WAITS.has(reason)) return reason;
    if (state?.terminated && state.terminated.exitCode !== 0) return state.terminated.reason ?? 'Error';
  }
  return '';
}

/** What the first container that waits waits for. */
const waitOf = (pod: Shown): string => pod.status?.containerStatuses?.map((c) => c.state?.waiting?.reason).find(Boolean) ?? '';

function podChange(before: Shown, after: Shown): Change | undefined {
  const trouble = troubleOf(after);
  if (trouble !== '' && trouble !== troubleOf(before)) return { text: trouble, milestone: true, kind: `pod ${trouble}`, tone: 'refused' };
  const phase = after.status?.phase ?? '';
  const ready = condition(after, 'Ready')?.status === 'True';
  if (phase !== before.status?.phase || became(before, after, 'Ready', 'True')) {
    const text = phase === 'Running' ? (ready ? 'Running, ready' : 'Running, not yet ready') : phase;
    return { text, milestone: phase !== 'Pending', kind: `pod ${text}`, tone: phase === 'Failed' ? 'refused' : ready || phase === 'Succeeded' ? 'good' : 'plain' };
  }
  if (phase === 'Running' && became(before, after, 'Ready', 'False')) return { text: 'no longer ready', milestone: true, kind: 'pod unready', tone: 'waiting' };
  if (became(before, after, 'PodScheduled', 'False')) return { text: condition(after, 'PodScheduled')?.reason ?? 'Unschedulable', milestone: true, kind: 'pod unschedulable', tone: 'waiting' };
  if (after.metadata.deletionTimestamp && !before.metadata.deletionTimestamp) return plain('deleting', 'being deleted');
  if (became(before, after, 'PodReadyToStartContainers', 'True')) return { ...nothing('pod sandbox'), text: 'sandbox ready' };
  const waits = waitOf(after);
  if (waits !== '' && waits !== waitOf(before)) return { ...nothing(`pod ${waits}`), text: waits };
  if (after.status !== before.status) return nothing(`pod ${phase} status`);
  return undefined;
}

/** Desired and reached replicas, for kinds that count them. */
function counts(object: Shown): { readonly have: number; readonly want: number; readonly word: string } | undefined {
  const { spec, status } = object;
  switch (object.kind) {
    case 'Deployment': case 'ReplicaSet': case 'ReplicationController': return { have: status?.availableReplicas ?? 0, want: spec?.replicas ?? 1, word: 'available' };
    case 'StatefulSet': return { have: status?.readyReplicas ?? 0, want: spec?.replicas ?? 1, word: 'ready' };
    case 'DaemonSet': return { have: status?.numberReady ?? 0, want: status?.desiredNumberScheduled ?? 0, word: 'ready' };
    case 'Job': return { have: status?.succeeded ?? 0, want: spec?.completions ?? 1, word: 'succeeded' };
    default: return undefined;
  }
}

function workloadChange(before: Shown, after: Shown): Change | undefined {
  if (before.spec?.replicas !== after.spec?.replicas) return plain('replicas', `replicas ${before.spec?.replicas ?? 1} → ${after.spec?.replicas ?? 1}`);
  for (const [type, status] of [['Failed', 'True'], ['ReplicaFailure', 'True'], ['Progressing', 'False']] as const) {
    if (became(before, after, type, status)) return { text: condition(after, type)?.reason ?? type, milestone: true, kind: `condition ${type}`, tone: 'refused' };
  }
  const was = counts(before), is = counts(after);
  if (!was || !is) return undefined;
  const text = `${is.have} of ${is.want} ${is.word}`;
  const reached = is.have === is.want && (was.have !== was.want || was.want !== is.want) && is.want > 0;
  if (reached) return { text, milestone: after.metadata.ownerReferences === undefined || after.metadata.ownerReferences.length === 0, kind: 'complete', tone: 'good' };
  return before.status === after.status ? undefined : { text, milestone: false, kind: 'counts', tone: 'plain' };
}

/** Disks that come to a node and go: what the attacher, the attach/detach controller and the kubelet say of them. */
function volumeChange(before: Shown, after: Shown): Change | undefined {
  const was = before.status ?? {}, is = after.status ?? {};
  if (before.kind === 'VolumeAttachment' && Boolean(was.attached) !== Boolean(is.attached)) return plain(is.attached ? 'attached' : 'detached', is.attached ? 'attached' : 'detached');
  if (before.kind !== 'Node') return undefined;
  const more = (field: 'volumesAttached' | 'volumesInUse'): number => (is[field]?.length ?? 0) - (was[field]?.length ?? 0);
  if (more('volumesAttached') !== 0) return { ...nothing('volumes attached'), text: more('volumesAttached') > 0 ? 'volume attached' : 'volume to be detached' };
  return more('volumesInUse') === 0 ? undefined : { ...nothing('volumes in use'), text: more('volumesInUse') > 0 ? 'volume in use' : 'volume unmounted' };
}

const STATES = ['Ready', 'Available', 'Complete', 'Established', 'Bound'];

function otherChange(before: Shown, after: Shown, statusOnly: boolean): Change {
  if (after.metadata.deletionTimestamp && !before.metadata.deletionTimestamp) return plain('deleting', 'being deleted');
  if (before.status?.phase !== after.status?.phase && after.status?.phase) return plain(`phase ${after.status.phase}`, after.status.phase);
  if (before.kind === 'Node' && before.spec?.unschedulable !== after.spec?.unschedulable) return plain('cordon', after.spec?.unschedulable ? 'unschedulable' : 'schedulable');
  for (const type of STATES) {
    if (became(before, after, type, 'True')) return { text: type, milestone: true, kind: `condition ${type}`, tone: 'good' };
    if (type === 'Ready' && became(before, after, type, 'False')) return { text: 'not ready', milestone: true, kind: 'not ready', tone: 'refused' };
  }
  const volumes = statusOnly ? volumeChange(before, after) : undefined;
  if (volumes) return volumes;
  if (statusOnly) return nothing('details');
  if (before.metadata.generation !== after.metadata.generation) return plain('spec');
  return differsBesidesStatus(before, after) ? plain('content') : nothing('details');
}

const differsBesidesStatus = (before: Shown, after: Shown): boolean => Object.keys(after).some((field) =>
  field !== 'metadata' && field !== 'status' && before[field as keyof Shown] !== after[field as keyof Shown] && JSON.stringify(before[field as keyof Shown]) !== JSON.stringify(after[field as keyof Shown]));
