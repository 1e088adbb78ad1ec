import type { Pod } from '../engine/api/generated/types';
import { objectKey, type KubernetesObject } from '../engine/api/object';
import type { Status } from '../engine/api/status';
import { printTable } from '../engine/api/table/printTable';
import { explainDecision, type PodExplanation } from '../engine/explain/explain';
import type { DocumentOutcome } from '../engine/kubectl/create';
import type { SchedulingDecision } from '../engine/scheduler/decision';
import type { ActionResult, Session } from '../engine/session';
import type { TraceMessage } from '../engine/trace/message';
import type { Evidence } from './evidence';

/** A run as the diagram needs it: the messages of one action and what is known about its ending. */
export interface RunRecord {
  readonly title: string;
  /** Ascending by id, background included. */
  readonly messages: readonly TraceMessage[];
  /** Virtual milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly settled: boolean;
  readonly waiting: readonly { readonly reason: string; readonly remaining: number }[];
  readonly stoppedBy: 'rest' | 'time' | 'events';
  readonly documents: readonly DocumentOutcome[];
  readonly objects: readonly KubernetesObject[];
  readonly refusal: Status | undefined;
  /** Pods that were created or bound in this action, as they are now. */
  readonly pods: readonly Pod[];
  /** Messages of the action that were no longer kept. */
  readonly missing: number;
  /** A pod, "namespace/name", as it is now. */
  podOf(key: string): Pod | undefined;
  /** A decision about a pod in words. */
  explain(decision: SchedulingDecision, pod: Pod): Pick<PodExplanation, 'whyHere' | 'whyNot'> | undefined;
  /** 'Deployment' for ('apps', 'deployments'). */
  kindOf(group: string, resource: string): string;
  /** What `kubectl get` prints for one object: column names and cells. */
  tableOf(object: KubernetesObject): { readonly columns: readonly string[]; readonly cells: readonly string[] } | undefined;
  /** For runs on a real cluster: how each message is known, by its id. */
  readonly evidence?: ReadonlyMap<number, Evidence>;
}

/** Reads an action of a session. The record refers to the session's messages: it is to be made into a diagram where the session lives. */
export function recordOf(session: Session, action: ActionResult): RunRecord {
  const { trace, api, simulation } = session.cluster;
  const messages = within(trace.messages({ from: action.firstMessage, background: true }), action.lastMessage);
  const first = messages[0]?.id ?? action.lastMessage + 1;
  const kinds = new Map(api.registry.all().map((d) => [`${d.group}/${d.resource}`, d.kind]));
  const now = simulation.wallMilliseconds();
  return {
    title: action.title, messages, startedAt: action.startedAt, endedAt: action.endedAt, settled: action.run.settled, waiting: action.run.waiting, stoppedBy: action.run.stoppedBy,
    documents: action.documents, objects: action.objects, refusal: action.refusal, pods: podsOf(session, messages), missing: Math.max(0, first - action.firstMessage),
    podOf: (key) => api.peek('', 'pods')?.get(key) as unknown as Pod | undefined, explain: (decision, pod) => explainDecision(session, decision, pod),
    kindOf: (group, resource) => kinds.get(`${group}/${resource}`) ?? resource,
    tableOf: (object) => {
      const definition = api.registry.forObject(object.apiVersion, object.kind);
      if (!definition) return undefined;
      const table = printTable(definition, [object], { now, wide: false });
      const cells = table.rows[0]?.cells ?? [];
      return { columns: (table.columnDefinitions ?? []).map((c) => c.name), cells: cells.map((c) => (c === null ? '<none>' : String(c))) };
    },
  };
}

function within(messages: readonly TraceMessage[], last: number): readonly TraceMessage[] {
  let end = messages.length;
  while (end > 0 && (messages[end - 1] as TraceMessage).id > last) end--;
  return end === messages.length ? messages : messages.slice(0, end);
}

function podsOf(session: Session, messages: readonly TraceMessage[]): readonly Pod[] {
  const touched = new Set<string>();
  for (const m of messages) {
    if (m.kind === 'request' && m.group === '' && m.resource === 'pods' && m.verb === 'create' && m.code < 300 && !m.dryRun && (m.subresource === '' || m.subresource === 'binding')) touched.add(`${m.namespace}/${m.name}`);
  }
  const cache = session.cluster.api.peek('', 'pods');
  if (!cache || touched.size === 0) return [];
  return (cache.list() as readonly unknown[]).filter((p) => touched.has(objectKey(p as Pod))) as readonly Pod[];
}
