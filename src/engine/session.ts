import type { KubernetesObject } from './api/object';
import { isStatus, type Status } from './api/status';
import { Client } from './client/client';
import { Cluster, KUBECTL, type ClusterOptions } from './cluster';
import { createDocuments, type CreateDocument, type DocumentOutcome } from './kubectl/create';
import { deleteDocuments } from './kubectl/delete';
import { getCreated } from './kubectl/get';
import type { Process } from './simulation/process';
import { DEFAULT_LIMITS, type RunLimits, type RunResult } from './simulation/simulation';

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
  create(documents: readonly CreateDocument[], options: ActionOptions = {}): ActionResult {
    const { api } = this.cluster;
    const asked = { api, registry: api.registry, sender: KUBECTL, refuseRemoved: options.refuseRemoved, namespace: options.namespace };
    const begin = this.begin();
    const outcomes = this.finish(createDocuments(documents, asked), options) ?? [];
    const run = this.cluster.run(options.limits ?? DEFAULT_LIMITS, options.proceed);
    const objects = this.finish(getCreated(outcomes, asked), options) ?? [];
    return { title: 'kubectl create', ...begin(), run, documents: outcomes, objects, refusal: undefined };
  }

  /** kubectl delete -f. */
  delete(documents: readonly CreateDocument[], options: ActionOptions = {}): ActionResult {
    const { api } = this.cluster;
    const begin = this.begin();
    const outcomes = this.finish(deleteDocuments(documents, { api, registry: api.registry, sender: KUBECTL, refuseRemoved: options.refuseRemoved, namespace: options.namespace }), options) ?? [];
    const run = this.cluster.run(options.limits ?? DEFAULT_LIMITS, options.proceed);
    return { title: 'kubectl delete', ...begin(), run, documents: outcomes, objects: [], refusal: undefined };
  }

  /** Any other thing a person does at the command line, e.g. cordon(session.kubectl, 'node-1', true). */
  act<T>(title: string, process: Process<T | Status>, options: ActionOptions = {}): ActionResult {
    const begin = this.begin();
    const answer = this.finish(process, options);
    const run = this.cluster.run(options.limits ?? DEFAULT_LIMITS, options.proceed);
    return { title, ...begin(), run, documents: [], objects: [], refusal: isStatus(answer) && answer.status === 'Failure' ? answer : undefined };
  }

  /** Lets virtual time pass: what waits (deadlines, tolerations, back-offs) happens. */
  advance(milliseconds: number): ActionResult {
    const begin = this.begin();
    const { simulation } = this.cluster;
    const before = simulation.now;
    simulation.runUntil(before + milliseconds, MAX_EVENTS_PER_ACTION);
    const waiting = simulation.waits();
    return { title: `${milliseconds / 1000} s later`, ...begin(), run: { settled: waiting.length === 0, waiting, stoppedBy: 'time' }, documents: [], objects: [], refusal: undefined };
  }

  private begin(): () => Pick<ActionResult, 'firstMessage' | 'lastMessage' | 'startedAt' | 'endedAt'> {
    const { trace, simulation } = this.cluster;
    const firstMessage = trace.next, startedAt = simulation.now;
    return () => ({ firstMessage, lastMessage: trace.next - 1, startedAt, endedAt: simulation.now });
  }

  /** Runs a person's requests to their answers; undefined when they were stopped or never answered. */
  private finish<T>(process: Process<T>, options: ActionOptions): T | undefined {
    const { simulation } = this.cluster;
    const task = simulation.spawn('kubectl', process, { cause: 0, background: false });
    for (let n = 0; !task.done && n < MAX_EVENTS_PER_ACTION; n++) {
      if (!simulation.step()) break;
      if (options.proceed && n % 4096 === 4095 && !options.proceed()) break;
    }
    if (!task.done) task.stop();
    return task.result;
  }
}
