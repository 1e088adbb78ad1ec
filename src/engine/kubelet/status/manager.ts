import type { Pod, PodCondition, PodStatus } from '../../api/generated/types';
import { isStatus } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import type { Client } from '../../client/client';
import { PODS } from '../../client/resources';
import { Signal, sleep, type Context, type Process, type Task } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import { KUBELET_CONDITIONS } from './conditions';
import { statusPatch } from './patch';

/** syncBatch's period: when a write that failed is tried again, at first; then less often, so that a run comes to rest. */
const RETRY = 10_000;
const MAX_RETRY = 300_000;

interface Entry {
  /** The newest form of the pod that is known: from the watch or from an answer. */
  pod: Pod;
  status: PodStatus;
  /** The containers are gone and nothing is left to do but to delete the pod, if it is to be deleted. */
  finished: boolean;
  context: Context;
}

/**
 * The kubelet's status manager: keeps what each pod's status is to be and writes it, one pod after another, only where something
 * changed; what changes again while a write is under way goes out with the next one. A finished pod that is being deleted is deleted for good.
 */
export class StatusManager {
  private readonly entries = new Map<string, Entry>();
  private readonly dirty = new Set<string>();
  private readonly arrived = new Signal();
  private readonly retries = new Map<string, { readonly delay: number; readonly cancel: () => void }>();
  private task: Task | undefined;

  constructor(private readonly simulation: Simulation, private readonly client: Client) {}

  start(): void { this.task = this.simulation.spawn(`${this.client.sender.actor} status manager`, this.run(), { cause: 0, background: true }); }

  /** The kubelet ends; what it knew is lost. */
  stop(): void {
    this.task?.stop();
    for (const { cancel } of this.retries.values()) cancel();
    this.retries.clear();
    this.entries.clear();
    this.dirty.clear();
  }

  get(uid: string): PodStatus | undefined { return this.entries.get(uid)?.status; }

  /** Sets what a pod's status is to be. Times of transition are added here; a status that says nothing new is dropped. */
  set(pod: Pod, status: PodStatus): void {
    const old = this.entries.get(pod.metadata.uid);
    const previous = old?.status ?? pod.status;
    const timed = this.withTimes(status, previous);
    if (old !== undefined && semanticEqual(old.status, timed)) return;
    const newestPod = old ? newer(old.pod, pod) : pod;
    this.entries.set(pod.metadata.uid, { pod: newestPod, status: timed, finished: old?.finished ?? false, context: this.simulation.context });
    this.wake(pod.metadata.uid);
  }

  /** The pod as the watch shows it now. Where somebody else has changed a condition of the kubelet's, it is written again (needsReconcile). */
  observe(pod: Pod): void {
    const entry = this.entries.get(pod.metadata.uid);
    if (entry === undefined) return;
    entry.pod = newer(entry.pod, pod);
    if (entry.pod !== pod || this.dirty.has(pod.metadata.uid) || sameOwnConditions(pod.status, entry.status)) return;
    entry.context = this.simulation.context;
    this.wake(pod.metadata.uid);
  }

  /** Everything of the pod has ended: delete it, if that is wanted, once its status is written. */
  finish(pod: Pod): void {
    const entry = this.entries.get(pod.metadata.uid);
    if (entry === undefined) this.entries.set(pod.metadata.uid, { pod, status: pod.status ?? {}, finished: true, context: this.simulation.context });
    else { entry.pod = newer(entry.pod, pod); entry.finished = true; entry.context = this.simulation.context; }
    this.wake(pod.metadata.uid);
  }

  forget(uid: string): void {
    this.succeeded(uid);
    this.entries.delete(uid);
    this.dirty.delete(uid);
  }

  private wake(uid: string): void {
    this.dirty.add(uid);
    this.arrived.notify();
  }

  private withTimes(status: PodStatus, previous: PodStatus | undefined): PodStatus {
    const now = this.simulation.timestamp();
    const old = new Map((previous?.conditions ?? []).map((condition) => [condition.type, condition]));
    const conditions = status.conditions?.map((condition): PodCondition => {
      const before = old.get(condition.type);
      const since = before?.status === condition.status ? before.lastTransitionTime : condition.lastTransitionTime ?? now;
      return { ...condition, lastTransitionTime: since ?? now };
    });
    return { ...status, ...(conditions ? { conditions } : {}), startTime: previous?.startTime ?? status.startTime ?? now };
  }

  private *run(): Process {
    for (;;) {
      const uid = this.dirty.values().next().value;
      if (uid === undefined) { yield* this.arrived.wait(); continue; }
      this.dirty.delete(uid);
      const entry = this.entries.get(uid);
      if (entry === undefined) continue;
      this.simulation.context = entry.context;
      yield* sleep(0.5);
      yield* this.write(uid, entry);
    }
  }

  private *write(uid: string, entry: Entry): Process {
    const pod = this.entries.get(uid)?.pod ?? entry.pod;
    const { namespace = '', name } = pod.metadata;
    const patch = statusPatch(pod.status ?? {}, merged(pod.status, entry.status));
    if (patch) {
      const answer = yield* this.client.patch(PODS, namespace, name, 'application/strategic-merge-patch+json', { metadata: { uid }, status: patch }, 'status');
      if (isStatus(answer)) { this.failed(uid, answer.code, `status of pod ${namespace}/${name}: ${answer.message ?? ''}`); return; }
      this.succeeded(uid);
      const current = this.entries.get(uid);
      if (current) current.pod = newer(current.pod, answer);
    }
    const current = this.entries.get(uid);
    if (current?.finished !== true || current.pod.metadata.deletionTimestamp === undefined || this.dirty.has(uid)) return;
    const answer = yield* this.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    if (isStatus(answer) && answer.status === 'Failure') this.failed(uid, answer.code, `deletion of pod ${namespace}/${name}: ${answer.message ?? ''}`); else this.forget(uid);
  }

  /** A refusal would be the same again; what the server could not do is tried again. */
  private failed(uid: string, code: number, what: string): void {
    if (code === 404 || code === 409) { this.forget(uid); return; }
    if (code >= 400 && code < 500 && code !== 429) return;
    const before = this.retries.get(uid);
    before?.cancel();
    const delay = before ? Math.min(MAX_RETRY, before.delay * 2) : RETRY;
    this.retries.set(uid, { delay, cancel: this.simulation.after(delay, () => { if (this.entries.has(uid)) this.wake(uid); }, `retry of ${what}`) });
  }

  private succeeded(uid: string): void {
    this.retries.get(uid)?.cancel();
    this.retries.delete(uid);
  }
}

/** Fields of the status that others write and a kubelet carries along. */
function merged(stored: PodStatus | undefined, status: PodStatus): PodStatus {
  const { nominatedNodeName, resourceClaimStatuses, extendedResourceClaimStatus } = stored ?? {};
  const own = status.conditions ?? [];
  const theirs = (stored?.conditions ?? []).filter((c) => !KUBELET_CONDITIONS.has(c.type));
  const names = new Set(theirs.map((c) => c.type));
  return {
    ...status, conditions: [...theirs, ...own.filter((c) => !names.has(c.type))], ...(nominatedNodeName ? { nominatedNodeName } : {}), ...(resourceClaimStatuses ? { resourceClaimStatuses } : {}),
    ...(extendedResourceClaimStatus ? { extendedResourceClaimStatus } : {}),
  };
}

function sameOwnConditions(stored: PodStatus | undefined, status: PodStatus): boolean {
  return (status.conditions ?? []).every((c) => !KUBELET_CONDITIONS.has(c.type) || stored?.conditions?.find((s) => s.type === c.type)?.status === c.status);
}

/** The later of two forms of a pod. */
function newer(a: Pod, b: Pod): Pod {
  return Number(b.metadata.resourceVersion ?? 0) >= Number(a.metadata.resourceVersion ?? 0) ? b : a;
}
