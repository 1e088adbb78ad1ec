import type { Pod } from '../engine/api/generated/types';
import type { DocumentOutcome } from '../engine/kubectl/create';
import { troubleOf } from './change';
import { duration } from './duration';
import { firstSentence } from './labels';
import type { AnswerLine, Tone } from './model';
import type { RunRecord } from './record';

/** Sentences after the first. */
const MAX_MORE = 8;

/** How a run ended, in a sentence: what came of it, or what stands in the way. */
export function answerLine(record: RunRecord): AnswerLine {
  const refused = record.documents.filter((d) => d.code >= 300);
  const made = record.documents.filter((d) => d.code < 300);
  const { tone, text, more: reasons = [] } = sentence(record, made, refused);
  const more = [...reasons, ...refused.slice(made.length > 0 ? 0 : 1).map(refusalWords), ...record.documents.flatMap((d) => d.warnings.map((w) => `Warning: ${w}`))];
  const waiting = record.waiting[0];
  if (waiting) more.push(`Still waiting: ${waiting.reason} in ${duration(waiting.remaining)}`);
  if (record.stoppedBy === 'events') more.push('The run was stopped before it came to rest.');
  if (record.stoppedBy === 'time' && !record.settled) more.push('The run reached its time limit before it came to rest.');
  return { tone, text, more: more.length > MAX_MORE ? [...more.slice(0, MAX_MORE), `… and ${more.length - MAX_MORE} more`] : more };
}

type Sentence = Pick<AnswerLine, 'tone' | 'text'> & { readonly more?: readonly string[] };

function sentence(record: RunRecord, made: readonly DocumentOutcome[], refused: readonly DocumentOutcome[]): Sentence {
  if (record.refusal) return { tone: 'refused', text: `${record.title}: refused: ${record.refusal.message ?? record.refusal.reason ?? ''}` };
  if (record.documents.length === 0) return record.pods.length > 0 ? podsSentence(record, record.title) : { tone: 'good', text: `${record.title}: done after ${took(record)}` };
  const firstRefusal = refused[0];
  if (made.length === 0 && firstRefusal) return { tone: 'refused', text: refusalWords(firstRefusal) };
  const names = made.length === 1 ? made[0]?.name ?? '' : `${made.length} objects created`;
  const created = made.some((d) => d.object);
  const result: Sentence = created && record.pods.length > 0 ? podsSentence(record, names) : { tone: 'good' as const, text: `${made.length === 1 ? made[0]?.message ?? '' : `${made.length} objects ${created ? 'created' : 'deleted'}`} after ${took(record)}` };
  return refused.length > 0 ? { ...result, tone: 'refused', text: `${result.text}; ${refused.length} of ${record.documents.length} documents refused` } : result;
}

function refusalWords(d: DocumentOutcome): string {
  const what = d.kind ? `${d.kind} ${d.name}`.trim() : d.name || `document ${d.index + 1}`;
  return `${what} was refused: ${d.message}`;
}

function podsSentence(record: RunRecord, subject: string): Sentence {
  const { pods } = record;
  const running = pods.filter((p) => p.status?.phase === 'Running' && isReady(p));
  const succeeded = pods.filter((p) => p.status?.phase === 'Succeeded');
  const good = running.length + succeeded.length;
  const word = running.length === 0 && succeeded.length > 0 ? 'completed' : 'running';
  const head = `${subject}: ${good} of ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'} ${word}`;
  if (good === pods.length) return { tone: 'good', text: `${head}${onNodes(pods)} after ${took(record)}` };
  const { tone, text, reasons } = obstacle(pods);
  if (!text) return { tone, text: `${head} after ${took(record)}` };
  const [first, ...others] = reasons;
  if (!first || others.length > 0) return { tone, text: `${head}; ${text}`, more: reasons.map(({ who, reason }) => `${who}: ${reason}`) };
  const short = firstSentence(first.reason);
  return { tone, text: `${head}; ${text}${short ? `: ${short}` : ''}`, more: short === first.reason.replace(/\.$/, '') ? [] : [first.reason] };
}

const isReady = (pod: Pod): boolean => pod.status?.conditions?.find((c) => c.type === 'Ready')?.status !== 'False';
const took = (record: RunRecord): string => duration(record.endedAt - record.startedAt);

function onNodes(pods: readonly Pod[]): string {
  const nodes = [...new Set(pods.map((p) => p.spec.nodeName ?? ''))].filter(Boolean).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (nodes.length === 0) return '';
  if (nodes.length <= 3) return ` on ${nodes.length === 1 ? nodes[0] ?? '' : `${nodes.slice(0, -1).join(', ')} and ${nodes.at(-1) ?? ''}`}`;
  return ` on ${nodes.length} nodes`;
}

interface Reason { readonly who: string; readonly reason: string }

/** Each reason once, with the pods that have it. */
function grouped(pods: readonly Pod[], reasonOf: (pod: Pod) => string): readonly Reason[] {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const reason = reasonOf(pod);
    const group = groups.get(reason);
    if (group) group.push(pod); else groups.set(reason, [pod]);
  }
  return [...groups].filter(([reason]) => reason !== '').map(([reason, having]) => ({ who: having.length === 1 ? having[0]?.metadata.name ?? '' : `${having[0]?.metadata.name ?? ''} and ${having.length - 1} more`, reason }));
}

/** What keeps the others from running, and why: pods without a node before those that fail, and those before the ones that are not ready. */
function obstacle(pods: readonly Pod[]): { readonly tone: Tone; readonly text: string; readonly reasons: readonly Reason[] } {
  const homeless = pods.filter((p) => !p.spec.nodeName && p.status?.conditions?.some((c) => c.type === 'PodScheduled' && c.status === 'False'));
  const whyHomeless = (pod: Pod): string => pod.status?.conditions?.find((c) => c.type === 'PodScheduled')?.message ?? '';
  if (homeless.length > 0) return { tone: 'waiting', text: homeless.length === 1 ? `${homeless[0]?.metadata.name ?? '1'} has no node` : `${homeless.length} have no node`, reasons: grouped(homeless, whyHomeless) };
  const troubles = pods.map((p) => ({ pod: p, reason: troubleOf(p) || (p.status?.phase === 'Failed' ? p.status.reason ?? 'Failed' : '') })).filter((t) => t.reason !== '');
  const first = troubles[0];
  if (first) {
    const said = (pod: Pod): string => (pod.status?.containerStatuses ?? []).map((c) => c.state?.waiting?.message).find(Boolean) ?? '';
    return { tone: 'refused', text: `${troubles.length === 1 ? first.pod.metadata.name : `${troubles.length} pods`}: ${first.reason}`, reasons: grouped([first.pod], said) };
  }
  const unready = pods.filter((p) => p.status?.phase === 'Running' && !isReady(p)).length;
  if (unready > 0) return { tone: 'waiting', text: `${unready} not ready`, reasons: [] };
  return { tone: 'waiting', text: '', reasons: [] };
}
