import type { Pod } from '../api/generated/types';
import type { SchedulingDecision } from '../scheduler/decision';
import { podInfoOf } from '../scheduler/podInfo';
import type { QueuePosition } from '../scheduler/queue';
import type { SchedulerHandle } from '../scheduler/scheduler';
import { claimsSentence } from './refusals/phrases';
import type { Session } from '../session';
import { objectsOf } from './cluster';
import { blamedField, type BlamedField } from './blamedField';
import { sourceOf, whatWouldHelp, type SourceDocument, type Suggestion } from './help/suggest';
import { queueSentence, queueSummary, queueWords, wakersByPlugin, wakingWords } from './queueSentence';
import { whyHere, type WhyHere } from './whyHere';
import { whyNot, type WhyNot } from './whyNot';

/** Where a pod waits. */
export interface QueueExplanation {
  readonly sentence: string;
  /** The sentence without what would wake the pod. */
  readonly summary: string;
  /** active, backoff, unschedulable or inFlight */
  readonly pool: string;
  /** Virtual ms; absent where only an event moves it. */
  readonly until?: number;
  readonly attempts: number;
  /** What brought it there. */
  readonly movedBy: string;
  /** Changes that may wake it, in words. */
  readonly wakenBy: readonly string[];
  /** The same by the plugins that refused the pod and say what they wait for. */
  readonly wakers: readonly { readonly plugin: string; readonly changes: readonly string[] }[];
  /** "backs off 3 s" */
  readonly words: string;
}

/** Everything the scheduler has to say of a pod; plain data. */
export interface PodExplanation {
  readonly namespace: string;
  readonly name: string;
  /** scheduled, unschedulable, gated; ignored where no decision was made. */
  readonly outcome: SchedulingDecision['outcome'];
  readonly node: string | null;
  /** The text of the pod's condition; '' for a pod that has a node. */
  readonly message: string;
  readonly whyHere?: WhyHere;
  readonly whyNot?: WhyNot;
  readonly queue?: QueueExplanation;
  /** What in the pod keeps it from the most nodes. */
  readonly blamed?: BlamedField;
}

const podOf = (session: Session, namespace: string, name: string): Pod | undefined => session.cluster.api.peek('', 'pods')?.get(`${namespace}/${name}`) as unknown as Pod | undefined;

/** Why a pod is where it is, or why it is nowhere; undefined where there is no such pod. */
export function explainPod(session: Session, namespace: string, name: string): PodExplanation | undefined {
  const pod = podOf(session, namespace, name);
  return pod && explainStoredPod(session, pod);
}

export function explainStoredPod(session: Session, pod: Pod): PodExplanation {
  const { scheduler, simulation } = session.cluster;
  const decision = scheduler?.decisionFor(pod.metadata.uid);
  const node = pod.spec.nodeName || null;
  const base = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, node };
  const nobody = scheduler !== undefined && !node && !scheduler.core.frameworkFor(pod);
  if (!decision && nobody) return { ...base, outcome: 'ignored', message: '', whyNot: whyNot(scheduler.core.attempt(pod).decision, pod, scheduler.core), blamed: { fieldPath: 'spec.schedulerName', plugin: '', nodes: 0 } };
  if (!scheduler) return { ...base, outcome: 'ignored', message: '' };
  if (!decision) return { ...base, ...(node ? undecided : gatedBy(scheduler, pod, simulation.now) ?? undecided) };
  const { outcome, message } = decision;
  if (outcome === 'scheduled') return { ...base, outcome, message, whyHere: whyHere(decision) };
  const position = node ? undefined : scheduler.positionOf(pod);
  const queue = position && queueOf(position, simulation.now);
  const blamed = blamedField(decision, pod);
  return { ...base, outcome, message, whyNot: whyNot(decision, pod, scheduler.core), ...(queue ? { queue } : {}), ...(blamed ? { blamed } : {}) };
}

const undecided = { outcome: 'ignored', message: '' } as const;

function queueOf(position: QueuePosition, now: number): QueueExplanation {
  return {
    sentence: queueSentence(position, now), summary: queueSummary(position, now), pool: position.pool, ...(position.until === undefined ? {} : { until: position.until }), attempts: position.attempts, movedBy: position.movedBy,
    wakenBy: wakingWords(position), wakers: wakersByPlugin(position), words: queueWords(position, now),
  };
}

/** A pod that a plugin keeps out of the queue before any attempt, such as one that waits for its ResourceClaims: its condition says nothing. */
function gatedBy(scheduler: SchedulerHandle, pod: Pod, now: number): Pick<PodExplanation, 'outcome' | 'message' | 'whyNot' | 'queue' | 'blamed'> | undefined {
  const position = scheduler.positionOf(pod);
  const gate = position?.gatedBy;
  const refusal = scheduler.core.frameworkFor(pod)?.at('preEnqueue').find((plugin) => plugin.name === gate)?.preEnqueue?.(podInfoOf(pod));
  if (!position || !refusal) return undefined;
  const claims = gate === 'DynamicResources';
  return {
    outcome: 'gated', message: '', whyNot: { sentence: claims ? claimsSentence(refusal.message) : `${gate ?? ''} keeps the pod out of the scheduling queue: ${refusal.message}`, groups: [], message: '' },
    queue: queueOf(position, now), blamed: { fieldPath: claims ? 'spec.resourceClaims' : 'metadata.name', plugin: gate ?? '', nodes: 0 },
  };
}

/** A decision in words: a past one too, though names and numbers of what has changed since are those of now. Undefined where nothing was decided. */
export function explainDecision(session: Session, decision: SchedulingDecision, pod: Pod): Pick<PodExplanation, 'whyHere' | 'whyNot'> | undefined {
  const { scheduler } = session.cluster;
  if (!scheduler || decision.outcome === 'ignored') return undefined;
  return decision.outcome === 'scheduled' ? { whyHere: whyHere(decision) } : { whyNot: whyNot(decision, pod, scheduler.core) };
}

export interface SuggestOptions {
  /** Documents that the pod may come from: edits are then edits of them. */
  readonly documents?: readonly SourceDocument[];
  /** Asked now and then; false ends the search with what has been found. */
  readonly proceed?: () => boolean;
}

/** Changes that place a waiting pod, each tried in a throw-away world; none for a pod that has a node or is about to get one. Takes some 10 to 200 ms in a small cluster. */
export function suggestFor(session: Session, namespace: string, name: string, options: SuggestOptions = {}): readonly Suggestion[] {
  const pod = podOf(session, namespace, name);
  const decision = pod && session.cluster.scheduler?.decisionFor(pod.metadata.uid);
  if (!pod || pod.spec.nodeName || (decision?.nominatedNode && decision.outcome !== 'scheduled')) return [];
  return whatWouldHelp({ ...options, objects: objectsOf(session.cluster.api), pod, configuration: session.cluster.options.schedulerConfiguration });
}

/** The document that a pod comes from, and what stands before the pod's own fields in it ("spec.template."). */
export function manifestOf(session: Session, pod: Pod, documents: readonly SourceDocument[]): { readonly index: number; readonly prefix: string } | undefined {
  const source = sourceOf(pod, { documents, objects: objectsOf(session.cluster.api) });
  return source && { index: source.document.index, prefix: source.prefix };
}
