import { answerLine } from '../diagram/answer';
import type { AnswerLine } from '../diagram/model';
import { recordOf, type RunRecord } from '../diagram/record';
import type { KubernetesObject } from '../engine/api/object';
import type { Pod } from '../engine/api/generated/types';
import type { CreateDocument, DocumentOutcome } from '../engine/kubectl/create';
import { explanationsOf } from '../engine/report/explanations';
import { schedulingOf } from '../engine/report/scheduling';
import { Session, type ActionResult } from '../engine/session';
import { DEFAULT_LIMITS } from '../engine/simulation/simulation';
import { Canceled, paced } from '../worker/pace';
import { count, number } from '../worker/words';

export interface SimulationOptions {
  readonly title: string;
  readonly seed: number;
  readonly namespace: string;
  readonly refuseRemovedVersions: boolean;
  readonly virtualMinutes: number;
  readonly signal?: AbortSignal;
  readonly progress?: (text: string) => void;
}

/** What came of it in the simulation. */
export interface Simulated {
  readonly session: Session;
  readonly action: ActionResult;
  readonly record: RunRecord;
  readonly answer: AnswerLine;
}

/** Pods that the cluster may have in the end, beyond those it begins with. */
const MAX_NEW_PODS = 20_000;
const MAX_SENTENCES = 12;
/** A larger cluster is simulated without kubelets: pods find their nodes, but containers do not start. */
export const MAX_KUBELETS = 1500;

/** Creates documents in a simulated copy of a cluster and lets it come to rest. Throws Canceled. */
export async function simulate(objects: readonly KubernetesObject[], documents: readonly CreateDocument[], given: { readonly refused: readonly DocumentOutcome[]; readonly notes: readonly string[] }, options: SimulationOptions): Promise<Simulated> {
  const nodes = objects.reduce((n, o) => n + (o.kind === 'Node' ? 1 : 0), 0);
  options.progress?.(`Starting a simulation with ${count(nodes, 'node')}`);
  const large = nodes > MAX_KUBELETS;
  const session = new Session({ seed: options.seed, objects, epoch: Date.now(), ...(large ? { components: { kubelets: false } } : {}) });
  const pods = (): number => session.cluster.api.peek('', 'pods')?.size ?? 0;
  const most = pods() + MAX_NEW_PODS;
  let grown = false;
  const limits = { ...DEFAULT_LIMITS, milliseconds: (large ? Math.min(1, options.virtualMinutes) : options.virtualMinutes) * 60_000 };
  const action = await paced(session.creating(documents, { limits, refuseRemoved: options.refuseRemovedVersions, namespace: options.namespace }), {
    stop: () => { grown = pods() > most; return grown || options.signal?.aborted === true; },
    paused: () => options.progress?.(`Simulating: ${number(pods())} pods, ${number(Math.round(session.cluster.simulation.now / 1000))} s of virtual time`),
  });
  if (options.signal?.aborted) throw new Canceled();
  const record = recordOf(session, { ...action, title: options.title, documents: [...action.documents, ...given.refused].sort((a, b) => a.index - b.index) });
  return { session, action, record, answer: answerOf(session, record, given.notes, grown, large) };
}

/** The diagram's sentence, then whom it would evict, what keeps pods Pending and what would help. */
function answerOf(session: Session, record: RunRecord, notes: readonly string[], grown: boolean, large: boolean): AnswerLine {
  const answer = answerLine(record);
  const more = [...notes, ...victimsOf(session, record.pods), ...answer.more, ...helpFor(session, record.pods)];
  if (grown) more.unshift(`The simulation was stopped: it had more than ${number(MAX_NEW_PODS)} new pods`);
  if (large) more.push(`So many nodes (more than ${number(MAX_KUBELETS)}) are simulated without their kubelets: pods are placed, but do not start`);
  const placed = large ? placement(record) : undefined;
  return { ...answer, ...placed, more: more.length > MAX_SENTENCES ? [...more.slice(0, MAX_SENTENCES), `… and ${more.length - MAX_SENTENCES} more`] : more };
}

/** Where nothing runs, having found a node is what there is to tell. */
function placement({ pods }: RunRecord): Pick<AnswerLine, 'tone' | 'text'> | undefined {
  if (pods.length === 0) return undefined;
  const placed = pods.filter((p) => p.spec.nodeName);
  const nodes = [...new Set(placed.map((p) => p.spec.nodeName ?? ''))];
  const where = nodes.length === 0 ? '' : nodes.length <= 3 ? ` on ${nodes.join(', ')}` : ` on ${nodes.length} nodes`;
  return { tone: placed.length === pods.length ? 'good' : 'waiting', text: `${number(placed.length)} of ${count(pods.length, 'pod')} placed${where}` };
}

function victimsOf(session: Session, pods: readonly Pod[]): readonly string[] {
  const found: string[] = [];
  for (const pod of pods) {
    const { victims, nominatedNode } = schedulingOf(session, pod);
    const evicted = [...new Set([...victims, ...preemptedBy(session, pod)])];
    if (evicted.length > 0) found.push(`${pod.metadata.name} would evict ${evicted.slice(0, 4).join(', ')}${evicted.length > 4 ? ` and ${evicted.length - 4} more` : ''}${nominatedNode ? ` on ${nominatedNode}` : ''}`);
  }
  return found.slice(0, 4);
}

/** By the time a pod runs, its newest decision names no victims any more: the Events of those still do. */
function preemptedBy(session: Session, pod: Pod): readonly string[] {
  const uid = pod.metadata.uid ?? '';
  return (session.cluster.api.peek('', 'events')?.list() ?? []).flatMap((event) => {
    const { reason, message = '', involvedObject } = event as unknown as { readonly reason?: string; readonly message?: string; readonly involvedObject: { readonly namespace?: string; readonly name?: string } };
    return reason === 'Preempted' && uid !== '' && message.includes(uid) ? [`${involvedObject.namespace ?? ''}/${involvedObject.name ?? ''}`] : [];
  });
}

/** For pods without a node: what would let them be placed, each remedy tried. */
function helpFor(session: Session, pods: readonly Pod[]): readonly string[] {
  const homeless = pods.filter((p) => !p.spec.nodeName);
  if (homeless.length === 0) return [];
  const found = new Set<string>();
  for (const { suggestions = [] } of explanationsOf(session, homeless, { suggestions: true }).values()) for (const s of suggestions.slice(0, 3)) found.add(`Would help (tried): ${s.title}; it then runs on ${s.node}`);
  return [...found].slice(0, 4);
}
