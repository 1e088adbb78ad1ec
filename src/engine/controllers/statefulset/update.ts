import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../../api/generated/types';
import { isStatus, type Status } from '../../api/status';
import type { ControllerContext } from '../../client/controller';
import type { Process } from '../../simulation/process';
import { templateOf } from '../controllerHistory';
import { omitEmpty } from '../objects';
import { slowStartBatch } from '../parallel';
import type { StatefulPodControl } from './control';
import { hasEnded, identityMatches, isRunningAndAvailable, isRunningAndReady, isTerminating, newPod, ordinalOf, ordinalsOf, revisionOf } from './pods';

export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

/** How a step left the set: go on, or stop here until something changes. */
type Step = 'next' | 'stop' | Status;

/** What one sync did, the status it arrived at, and what went wrong. */
export interface Updated {
  readonly status: StatefulSetStatus;
  readonly failure: Status | undefined;
  readonly outcome: string;
}

/** updateStatefulSet: brings the pods of a set towards its spec by as much as its order allows. */
export class StatefulSetUpdate {
  private readonly replicas: (Pod | undefined)[];
  private readonly condemned: Pod[];
  private readonly done: string[] = [];
  private removedCurrent = 0;

  constructor(private readonly context: ControllerContext, private readonly control: StatefulPodControl, private readonly set: StatefulSet, private readonly revisions: Revisions, pods: readonly Pod[]) {
    const { start, count } = ordinalsOf(set);
    this.replicas = Array.from({ length: count }, () => undefined);
    this.condemned = [];
    for (const pod of pods) {
      const { ordinal } = ordinalOf(pod.metadata.name);
      if (ordinal >= start && ordinal < start + count) this.replicas[ordinal - start] = pod;
      else if (ordinal >= 0) this.condemned.push(pod);
    }
    this.condemned.sort((a, b) => ordinalOf(b.metadata.name).ordinal - ordinalOf(a.metadata.name).ordinal);
  }

  private get monotonic(): boolean { return this.set.spec.podManagementPolicy !== 'Parallel'; }
  private get now(): number { return this.context.simulation.wallMilliseconds(); }
  private get minReadySeconds(): number { return this.set.spec.minReadySeconds ?? 0; }

  *run(): Process<Updated> {
    const failure = this.set.metadata.deletionTimestamp === undefined ? yield* this.reconcile() : undefined;
    return { status: this.status(), failure, outcome: this.done.join('; ') };
  }

  private *reconcile(): Process<Status | undefined> {
    const unavailable = this.firstUnavailable();
    const living = yield* this.forAll(this.replicas.map((_, i) => () => this.processReplica(i)));
    if (living !== 'next') return isStatus(living) ? living : undefined;
    for (const pod of this.condemned) {
      const failure = yield* this.control.retain(this.set, pod, true);
      if (failure) return failure;
    }
    const condemned = yield* this.forAll(this.condemned.map((pod) => () => this.processCondemned(pod, unavailable)));
    if (condemned !== 'next') return isStatus(condemned) ? condemned : undefined;
    if ((this.set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'OnDelete') return undefined;
    return yield* this.rollingUpdate();
  }

  /** One after the other, or with podManagementPolicy Parallel in batches that grow, none of which waits for the one before to be ready. */
  private *forAll(steps: readonly (() => Process<Step>)[]): Process<Step> {
    if (!this.monotonic) {
      const { failure } = yield* slowStartBatch(this.context.simulation, `${this.context.name} pods`, steps.length, function* (i) {
        const result = yield* (steps[i] as () => Process<Step>)();
        return isStatus(result) ? result : undefined;
      });
      return failure ?? 'next';
    }
    for (const step of steps) {
      const result = yield* step();
      if (result !== 'next') return result;
    }
    return 'next';
  }

  private *processReplica(index: number): Process<Step> {
    const pod = this.replicas[index];
    const { set, control, monotonic } = this;
    if (pod === undefined) return yield* this.createReplica(index);
    const { name } = pod.metadata;
    if (hasEnded(pod)) {
      if (isTerminating(pod)) return this.waitFor(name, 'to be gone');
      this.done.push(`${name} has ended (${pod.status.phase}): deleting it, to make it anew`);
      return (yield* control.delete(set, pod)) ?? 'stop';
    }
    if (pod.status?.phase === 'Pending') {
      const failure = yield* control.createClaims(set, name);
      if (failure) return failure;
    }
    if (isTerminating(pod)) return monotonic ? this.waitFor(name, 'to terminate') : 'next';
    if (monotonic && !isRunningAndReady(pod)) return this.waitFor(name, 'to be running and ready');
    if (monotonic && !isRunningAndAvailable(pod, this.minReadySeconds, this.now)) return this.waitFor(name, 'to be available');
    if (!identityMatches(set, pod)) return (yield* control.correctIdentity(pod)) ?? 'next';
    return (yield* control.retain(set, pod, false)) ?? 'next';
  }

  private *createReplica(index: number): Process<Step> {
    const ordinal = ordinalsOf(this.set).start + index;
    const revision = this.revisionFor(ordinal);
    const pod = newPod(this.set, templateOf(revision), ordinal, revision.metadata.name);
    this.done.push(`${this.replicas.filter((p) => p !== undefined).length} of ${this.replicas.length} pods exist: creating ${pod.metadata.name}`);
    const failure = yield* this.control.create(this.set, pod);
    return failure ?? (this.monotonic ? 'stop' : 'next');
  }

  private waitFor(pod: string, what: string): Step {
    this.done.push(`waiting for ${pod} ${what}`);
    return 'stop';
  }

  /** During a rolling update pods below the partition are made from the current revision. */
  private revisionFor(ordinal: number): ControllerRevision {
    const { current, update } = this.revisions;
    const strategy = this.set.spec.updateStrategy;
    if ((strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return update;
    const kept = strategy?.rollingUpdate?.partition ?? (strategy?.rollingUpdate === undefined ? this.set.status?.currentReplicas ?? 0 : 0);
    return ordinal < ordinalsOf(this.set).start + kept ? current : update;
  }

  private isUnavailable(pod: Pod): boolean { return !isRunningAndAvailable(pod, this.minReadySeconds, this.now) || isTerminating(pod); }

  private firstUnavailable(): Pod | undefined {
    return this.replicas.find((pod) => pod === undefined || this.isUnavailable(pod)) ?? [...this.condemned].reverse().find((pod) => this.isUnavailable(pod));
  }

  private *processCondemned(pod: Pod, unavailable: Pod | undefined): Process<Step> {
    const { name } = pod.metadata;
    if (isTerminating(pod)) return this.monotonic ? this.waitFor(name, 'to terminate') : 'next';
    if (this.monotonic && pod !== unavailable && !isRunningAndReady(pod)) return this.waitFor(unavailable?.metadata.name ?? name, 'to be running and ready');
    if (this.monotonic && pod !== unavailable && !isRunningAndAvailable(pod, this.minReadySeconds, this.now)) return this.waitFor(name, 'to be available');
    this.done.push(`${name} is beyond ${this.replicas.length} replicas: deleting it`);
    return (yield* this.control.delete(this.set, pod)) ?? (this.monotonic ? 'stop' : 'next');
  }

  /**
   * From the highest ordinal down to the partition, pods of other revisions go one at a time: rollingUpdate.maxUnavailable belongs to a feature
   * gate that v1.36 has off by default (MaxUnavailableStatefulSet).
   */
  private *rollingUpdate(): Process<Status | undefined> {
    const partition = this.set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let i = this.replicas.length - 1; i >= partition; i--) {
      const pod = this.replicas[i];
      // One that was only just created is of the right revision, and not there yet.
      if (pod === undefined) return undefined;
      if (revisionOf(pod) !== this.revisions.update.metadata.name && !isTerminating(pod)) {
        this.done.push(`${pod.metadata.name} is of an old revision: deleting it`);
        const failure = yield* this.control.delete(this.set, pod);
        // Kubernetes takes one off for a pod of any revision, has its status refused where that makes it negative, and writes it a moment later.
        if (revisionOf(pod) === this.revisions.current.metadata.name && pod.status?.phase) this.removedCurrent++;
        return failure;
      }
      if (this.isUnavailable(pod)) {
        this.done.push(`waiting for ${pod.metadata.name} to update`);
        return undefined;
      }
    }
    return undefined;
  }

  private status(): StatefulSetStatus {
    const { current, update, collisionCount } = this.revisions;
    const all = [...this.replicas, ...this.condemned].filter((pod): pod is Pod => pod !== undefined && Boolean(pod.status?.phase));
    const of = (revision: ControllerRevision): number => all.filter((pod) => !isTerminating(pod) && revisionOf(pod) === revision.metadata.name).length;
    const counts = {
      replicas: all.length, ready: all.filter(isRunningAndReady).length, available: all.filter((pod) => isRunningAndReady(pod) && isRunningAndAvailable(pod, this.minReadySeconds, this.now)).length,
      current: of(current) - this.removedCurrent, updated: of(update),
    };
    const rolling = (this.set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
    const complete = rolling && counts.updated === this.replicas.length && counts.ready === this.replicas.length && counts.replicas === this.replicas.length;
    return {
      replicas: counts.replicas, availableReplicas: counts.available,
      ...omitEmpty({
        observedGeneration: this.set.metadata.generation, readyReplicas: counts.ready, currentReplicas: complete ? counts.updated : counts.current, updatedReplicas: counts.updated,
        currentRevision: (complete ? update : current).metadata.name, updateRevision: update.metadata.name, conditions: this.set.status?.conditions ?? [],
      }),
      collisionCount,
    };
  }
}
