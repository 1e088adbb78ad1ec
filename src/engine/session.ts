import type { KubernetesObject } from './api/object';
import { isStatus, type Status } from './api/status';
import { Client } from './client/client';
import { Cluster, KUBECTL, type ClusterOptions } from './cluster';
import { createDocuments, type CreateDocument, type CreateOptions, type DocumentOutcome } from './kubectl/create';
import { deleteDocuments } from './kubectl/delete';
import { getCreated } from './kubectl/get';
import type { EtcdSnapshot } from './etcd/snapshot';
import { restoreSnapshot, takeSnapshot } from './restore';
import { applyFault, faultWords, type Fault } from './faults';
import { NO_CONTEXT, sleep, type Process } from './simulation/process';
import { DEFAULT_LIMITS, drive, EVENTS_PER_STEP, type RunLimits, type RunResult, type Steps } from './simulation/simulation';

/** What one action of a person did: everything in the trace between two messages. */
export interface ActionResult {
  readonly title: string;
  /** Ids of the first and the last trace message of the action, both inclusive. */
  readonly firstMessage: number;
  readonly lastMessage: number;
  /** Virtual milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly run: RunResult;
  /** For create and delete: one for each document. */
  readonly documents: readonly DocumentOutcome[];
  /** For create: what `kubectl get` showed at the end. */
  readonly objects: readonly KubernetesObject[];
  /** For the other actions: the API server's refusal, if it refused. */
  readonly refusal: Status | undefined;
}

export interface ActionOptions {
  readonly limits?: RunLimits;
  /** Asked now and then; false stops the run. */
  readonly proceed?: () => boolean;
  readonly refuseRemoved?: boolean;
  readonly namespace?: string;
  /** What breaks, so many virtual milliseconds after the action began. */
  readonly faults?: readonly TimedFault[];
}

export interface TimedFault {
  readonly after: number;
  readonly fault: Fault;
}

/** Virtual time in which a new world's components list and watch, before anybody does anything. */
const BOOT_MILLISECONDS = 3000;
/** No single request of a person takes longer than this many events. */
const MAX_EVENTS_PER_ACTION = 20_000_000;

/** A world and what a person does to it, one action after the other. A second action acts on what the first one left. */
export class Session {
  readonly cluster: Cluster;
  readonly kubectl: Client;

  constructor(options: ClusterOptions = {}) {
    this.cluster = new Cluster(options);
    this.kubectl = new Client(this.cluster.api, KUBECTL);
    this.cluster.simulation.runUntil(BOOT_MILLISECONDS);
  }

  /** kubectl create -f, then whatever follows from it until nothing but background work is left, then kubectl get. */
  create(documents: readonly CreateDocument[], options: ActionOptions = {}): ActionResult { return drive(this.creating(documents, options), options.proceed); }

  /** kubectl delete -f. */
  delete(documents: readonly CreateDocument[], options: ActionOptions = {}): ActionResult { return drive(this.deleting(documents, options), options.proceed); }

  /** Any other thing a person does at the command line, e.g. cordon(session.kubectl, 'node-1', true). */
  act<T>(title: string, process: Process<T | Status>, options: ActionOptions = {}): ActionResult { return drive(this.acting(title, process, options), options.proceed); }

  /** Breaks or repairs something, and follows what comes of it for so many virtual milliseconds. */
  *breaking(fault: Fault, follow: number, options: ActionOptions = {}): Steps<ActionResult> {
    const { cluster } = this;
    return yield* this.acting(faultWords(fault), (function* (): Process<Status | null> {
      const refused = applyFault(cluster, fault);
      if (!refused) yield* sleep(follow);
      return refused ?? null;
    })(), options);
  }

  /** Takes the cluster back to a snapshot; the members may be alive or dead. */
  *restoring(snapshot: EtcdSnapshot, options: ActionOptions = {}): Steps<ActionResult> {
    return yield* this.acting(`restore etcd at revision ${snapshot.revision}`, restoreSnapshot(this.cluster, snapshot), options);
  }

  /** restoring() at once. */
  restore(snapshot: EtcdSnapshot, options: ActionOptions = {}): ActionResult { return drive(this.restoring(snapshot, options), options.proceed); }

  snapshot(): EtcdSnapshot { return takeSnapshot(this.cluster); }

  /** breaking() at once. */
  break(fault: Fault, follow = 5000, options: ActionOptions = {}): ActionResult { return drive(this.breaking(fault, follow, options), options.proceed); }

  /** Lets virtual time pass: what waits (deadlines, tolerations, back-offs) happens. */
  advance(milliseconds: number): ActionResult { return drive(this.advancing(milliseconds)); }

  /** create() in steps. */
  *creating(documents: readonly CreateDocument[], options: ActionOptions = {}): Steps<ActionResult> {
    const asked = this.asked(options);
    const begin = this.begin(options);
    const outcomes = (yield* this.finish(createDocuments(documents, asked))) ?? [];
    const run = yield* this.cluster.simulation.steps(options.limits ?? DEFAULT_LIMITS);
    const objects = (yield* this.finish(getCreated(outcomes, asked))) ?? [];
    return { title: 'kubectl create', ...begin(), run, documents: outcomes, objects, refusal: undefined };
  }

  /** delete() in steps. */
  *deleting(documents: readonly CreateDocument[], options: ActionOptions = {}): Steps<ActionResult> {
    const begin = this.begin(options);
    const outcomes = (yield* this.finish(deleteDocuments(documents, this.asked(options)))) ?? [];
    const run = yield* this.cluster.simulation.steps(options.limits ?? DEFAULT_LIMITS);
    return { title: 'kubectl delete', ...begin(), run, documents: outcomes, objects: [], refusal: undefined };
  }

  /** act() in steps. */
  *acting<T>(title: string, process: Process<T | Status>, options: ActionOptions = {}): Steps<ActionResult> {
    const begin = this.begin(options);
    const answer = yield* this.finish(process);
    const run = yield* this.cluster.simulation.steps(options.limits ?? DEFAULT_LIMITS);
    return { title, ...begin(), run, documents: [], objects: [], refusal: isStatus(answer) && answer.status === 'Failure' ? answer : undefined };
  }

  /** advance() in steps. */
  *advancing(milliseconds: number): Steps<ActionResult> {
    const begin = this.begin();
    const { simulation } = this.cluster;
    const until = simulation.now + milliseconds;
    while (simulation.runUntil(until, EVENTS_PER_STEP) === EVENTS_PER_STEP) if (!(yield)) break;
    const waiting = simulation.waits();
    return { title: `${milliseconds / 1000} s later`, ...begin(), run: { settled: waiting.length === 0, waiting, stoppedBy: 'time' }, documents: [], objects: [], refusal: undefined };
  }

  private asked(options: ActionOptions): CreateOptions {
    const { api } = this.cluster;
    return { api, registry: api.registry, sender: KUBECTL, refuseRemoved: options.refuseRemoved, namespace: options.namespace };
  }

  private begin({ faults = [] }: ActionOptions = {}): () => Pick<ActionResult, 'firstMessage' | 'lastMessage' | 'startedAt' | 'endedAt'> {
    const { trace, simulation } = this.cluster;
    const firstMessage = trace.next, startedAt = simulation.now;
    // What is to break counts as work: a run does not end before it.
    for (const { after, fault } of faults) simulation.runIn(NO_CONTEXT, () => { simulation.after(after, () => { applyFault(this.cluster, fault); }); });
    return () => ({ firstMessage, lastMessage: trace.next - 1, startedAt, endedAt: simulation.now });
  }

  /** Runs a person's requests to their answers; undefined when they were stopped or never answered. */
  private *finish<T>(process: Process<T>): Steps<T | undefined> {
    const { simulation } = this.cluster;
    const task = simulation.spawn('kubectl', process, { cause: 0, background: false });
    for (let n = 0; !task.done && n < MAX_EVENTS_PER_ACTION; n++) {
      if (!simulation.step()) break;
      if (n % EVENTS_PER_STEP === EVENTS_PER_STEP - 1 && !(yield)) break;
    }
    if (!task.done) task.stop();
    return task.result;
  }
}
