import type { CoreEvent, Deployment, Pod, ReplicaSet } from '../api/generated/types';
import { KUBERNETES_VERSION } from '../cluster';
import { explainRollout } from '../explain/rollout';
import type { DocumentOutcome } from '../kubectl/create';
import type { ActionResult, Session } from '../session';
import type { RequestMessage } from '../trace/message';
import type { TraceRecorder } from '../trace/recorder';
import { explanationsOf, type ExplanationOptions, type ExplanationReport } from './explanations';
import { schedulingOf, type SchedulingReport } from './scheduling';

/** What the command line prints with `-o json`. An interface: fields are added, never changed. */
export interface Report {
  readonly kubernetes: string;
  readonly seed: number;
  /** True when nothing but background work was left at the end. */
  readonly settled: boolean;
  /** What was still being waited for at the end, soonest first. */
  readonly waiting: readonly { readonly reason: string; readonly milliseconds: number }[];
  /** From the first request to the end of the run. */
  readonly virtualMilliseconds: number;
  readonly documents: readonly DocumentReport[];
  readonly pods: readonly PodReport[];
  /** Deployments whose rollout has not come to its end, each with the reason in sentences (without their full stops). */
  readonly rollouts: readonly RolloutReport[];
  readonly requests: readonly RequestReport[];
  readonly events: readonly EventReport[];
}

export interface DocumentReport {
  readonly file: string;
  readonly index: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** HTTP status; 201 when created. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly warnings: readonly string[];
}

export interface PodReport {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly node: string;
  readonly scheduling: SchedulingReport;
  /** In words; absent for pods that the scheduler never looked at, and for all but the first 2,000. */
  readonly explanation?: ExplanationReport;
}

export interface RolloutReport {
  readonly namespace: string;
  readonly name: string;
  readonly explanation: readonly string[];
}

export interface RequestReport {
  readonly id: number;
  /** The id of the request whose effect led to this one; null for a person's own. */
  readonly cause: number | null;
  /** Virtual milliseconds since the action began. */
  readonly at: number;
  readonly actor: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly revision: number;
}

export interface EventReport {
  readonly at: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly source: string;
}

/** Everything an action did, as data. */
export function reportOf(session: Session, action: ActionResult, options: ExplanationOptions = {}): Report {
  const { cluster } = session;
  const requests = requestsOf(cluster.trace, action);
  return {
    kubernetes: KUBERNETES_VERSION, seed: cluster.seed, settled: action.run.settled,
    waiting: action.run.waiting.map((w) => ({ reason: w.reason, milliseconds: round(w.remaining) })),
    virtualMilliseconds: round(action.endedAt - action.startedAt),
    documents: action.documents.map(documentReport), pods: podsOf(session, options), rollouts: rolloutsOf(session), requests, events: eventsOf(session, action),
  };
}

/** Requests of the action, without reads by components and without heartbeats. */
export function requestsOf(trace: TraceRecorder, action: ActionResult): readonly RequestReport[] {
  const requests: RequestReport[] = [];
  for (const message of trace.messages({ from: action.firstMessage })) {
    if (message.id > action.lastMessage) break;
    if (message.kind !== 'request' || message.verb === 'list' || message.verb === 'watch') continue;
    requests.push(requestReport(trace, message, action.startedAt));
  }
  return requests;
}

function requestReport(trace: TraceRecorder, m: RequestMessage, startedAt: number): RequestReport {
  return {
    id: m.id, cause: causingRequest(trace, m.cause), at: round(m.at - startedAt), actor: m.actor, verb: m.verb, group: m.group, resource: m.resource, subresource: m.subresource,
    namespace: m.namespace, name: m.name, code: m.code, revision: m.revision,
  };
}

/** Chains of causes are short; this bounds a broken one. */
const MAX_STEPS = 1000;

/** The nearest request up the chain of causes. */
export function causingRequest(trace: TraceRecorder, cause: number): number | null {
  let id = cause;
  for (let i = 0; i < MAX_STEPS && id !== 0; i++) {
    const message = trace.get(id);
    if (!message) return null;
    if (message.kind === 'request') return message.id;
    id = message.cause;
  }
  return null;
}

function documentReport(d: DocumentOutcome): DocumentReport {
  return { file: d.file, index: d.index, apiVersion: d.apiVersion, kind: d.kind, namespace: d.namespace, name: d.name, code: d.code, reason: d.reason, message: d.message, warnings: d.warnings };
}

function podsOf(session: Session, options: ExplanationOptions): readonly PodReport[] {
  const pods = (session.cluster.api.peek('', 'pods')?.list() ?? []) as unknown as readonly Pod[];
  const explanations = explanationsOf(session, pods, options);
  return pods.map((pod) => {
    const explanation = explanations.get(pod);
    return {
      namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, phase: pod.status.phase ?? '', node: pod.spec.nodeName ?? '', scheduling: schedulingOf(session, pod), ...(explanation ? { explanation } : {}),
    };
  });
}

/** Every deployment that is on its way, or stuck on it. */
export function rolloutsOf(session: Session): readonly RolloutReport[] {
  const list = <T>(group: string, resource: string): readonly T[] => (session.cluster.api.peek(group, resource)?.list() ?? []) as unknown as readonly T[];
  const sets = list<ReplicaSet>('apps', 'replicasets'), pods = list<Pod>('', 'pods');
  return list<Deployment>('apps', 'deployments').flatMap((deployment) => {
    const explanation = explainRollout(deployment, sets.filter((s) => s.metadata.ownerReferences?.some((o) => o.uid === deployment.metadata.uid)), pods);
    return explanation ? [{ namespace: deployment.metadata.namespace ?? '', name: deployment.metadata.name, explanation }] : [];
  });
}

function eventsOf(session: Session, action: ActionResult): readonly EventReport[] {
  const { simulation, api } = session.cluster;
  const events: EventReport[] = [];
  for (const object of api.peek('', 'events')?.list() ?? []) {
    const event = object as unknown as CoreEvent;
    const at = Date.parse(event.eventTime || event.lastTimestamp || event.metadata.creationTimestamp) - simulation.epoch;
    if (at < Math.floor(action.startedAt / 1000) * 1000) continue;
    events.push({
      at: round(Math.max(0, at - action.startedAt)), kind: event.involvedObject.kind ?? '', namespace: event.involvedObject.namespace ?? '', name: event.involvedObject.name ?? '', type: event.type ?? '',
      reason: event.reason ?? '', message: event.message ?? '', source: event.source?.component || event.reportingComponent || '',
    });
  }
  return events.sort((a, b) => a.at - b.at);
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
