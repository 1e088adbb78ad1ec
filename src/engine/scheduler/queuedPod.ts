import type { Pod } from '../api/generated/types';
import type { ClusterEvent } from './events';
import type { Queued } from './framework';
import { podInfoOf, type PodInfo } from './podInfo';

export type Pool = 'active' | 'backoff' | 'unschedulable' | 'inFlight';

/** What may have helped a waiting pod: an event, and the object that it is about (absent for timeouts). */
export interface Waking {
  /** "NodeAdd", "AssignedPodDelete" */
  readonly event: string;
  readonly object?: { readonly kind: string; readonly namespace: string; readonly name: string };
}

/** A pod that waits, with what the queue knows of its past attempts: framework.QueuedPodInfo. Times in ms. */
export class QueuedPod implements Queued {
  info: PodInfo;
  attempts = 0;
  /** Attempts that found no node; decides the backoff. */
  unschedulableCount = 0;
  /** Attempts in a row that broke, for example by a failed request. */
  consecutiveErrors = 0;
  /** End of the backoff, once computed. */
  backoffExpiration: number | undefined;
  initialAttempt: number | undefined;
  readonly unschedulablePlugins = new Set<string>();
  readonly pendingPlugins = new Set<string>();
  /** The PreEnqueue plugin that keeps the pod out. */
  gatingPlugin: string | undefined;
  gatingEvents: readonly ClusterEvent[] = [];
  pool: Pool | undefined;
  /** The event that brought it into its pool. */
  movedBy = '';
  /** What ended its stay among the unschedulable; undefined while nothing has, and before the first attempt. */
  wokenBy: Waking | undefined;

  constructor(pod: Pod, public timestamp: number, readonly sequence: number) { this.info = podInfoOf(pod); }
  get key(): string { return this.info.key; }
  get rejectors(): ReadonlySet<string> { return this.pendingPlugins.size ? new Set([...this.unschedulablePlugins, ...this.pendingPlugins]) : this.unschedulablePlugins; }
}
