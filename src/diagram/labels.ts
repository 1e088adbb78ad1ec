import type { MemberMessage, RequestMessage, StorageMessage, WatchMessage, WorkMessage } from '../engine/trace/message';
import { isStatus } from '../engine/api/status';
import { eventReason, isEventWrite, type Change } from './change';
import { retryLabel } from './decisionWords';
import { duration } from './duration';
import { KUBECTL } from './lanes';
import type { Names } from './names';
import type { Tone } from './model';

/** What labels are made with. */
export interface Wording {
  readonly names: Names;
  kindOf(group: string, resource: string): string;
}

/** Characters of one line of a label. */
export const LINE = 28;
const MAX_NOTE_LINES = 4;

const REASONS: { readonly [code: number]: string } = {
  200: 'OK', 201: 'Created', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone', 422: 'Invalid', 429: 'Too Many Requests', 500: 'Internal Error', 503: 'Unavailable',
};

/** "409 AlreadyExists" */
export function answerWords(m: RequestMessage): string {
  if (m.code === 0) return 'no answer';
  const reason = isStatus(m.answer) && m.answer.status === 'Failure' ? m.answer.reason : undefined;
  return `${m.code} ${reason || (REASONS[m.code] ?? '')}`.trim();
}

/** "create Deployment web", and in a second line what it changes. */
export function requestLabel(m: RequestMessage, change: Change | undefined, wording: Wording): readonly string[] {
  if (isEventWrite(m)) return oneOrTwo(`${m.verb} Event`, eventReason(m));
  const kind = wording.kindOf(m.group, m.resource);
  const sub = m.subresource === '' ? '' : m.subresource === 'status' ? ' status' : `/${m.subresource}`;
  const words = m.subresource === 'binding' ? 'bind Pod' : m.subresource === 'eviction' ? 'evict Pod' : m.subresource === 'scale' ? `scale ${kind}` : `${m.verb} ${kind}${sub}`;
  // A name is given where an object begins and to what a person asks for; later only where it tells objects apart.
  const named = m.actor === KUBECTL || (m.verb === 'create' && m.subresource === '');
  const first = oneOrTwo(m.dryRun ? `${words} (dry run)` : words, named ? wording.names.short(nameOf(m)) : wording.names.telling(m.resource, m.name));
  return change?.text ? [...first, change.text] : first;
}

/** `kind` is that of the object under the key, '' where it is not known. */
export function storageLabel(m: StorageMessage, kind: string): readonly string[] {
  const what = kind === '' ? '' : ` ${kind}`;
  if (m.error !== undefined) return wrap(`✗ ${m.error}`, LINE + 6, 2);
  if (!m.succeeded) return ['✗ refused: revision is newer'];
  if (m.change === 'none') return [`${m.operation === 'range' ? 'read' : m.operation}${what}`];
  return [`${m.change === 'deleted' ? 'delete' : 'store'}${what}, revision ${m.revision}`];
}

const MEMBER_WORDS: { readonly [T in MemberMessage['type']]: string } = {
  append: 'append', acknowledge: 'on disk', commit: 'committed', vote: 'asks for a vote', voteAnswer: 'answers', elected: 'leader', stepDown: 'steps down', snapshot: 'snapshot', retry: 'try again', reconnect: 'watch again', fault: 'fault',
};

/** Short where it happens all the time, the whole sentence where something turned. */
export function memberLabel(m: MemberMessage): readonly string[] {
  switch (m.type) {
    case 'append': case 'acknowledge': return [`${MEMBER_WORDS[m.type]}: entry ${m.index}`];
    case 'commit': return [`entry ${m.index} committed`];
    case 'vote': return [`vote for me in term ${m.term}?`];
    case 'voteAnswer': return [/does not vote/.test(m.text) ? '✗ no vote' : 'you have my vote'];
    case 'elected': return [`◆ ${m.actor} is elected`, `leader, term ${m.term}`];
    default: return wrap(m.text, 34, MAX_NOTE_LINES);
  }
}

export function memberTone(m: MemberMessage): Tone {
  return m.type === 'fault' ? (/again|whole/.test(m.text) ? 'plain' : 'refused') : m.type === 'elected' ? 'chosen' : m.type === 'retry' || m.type === 'reconnect' ? 'waiting' : 'plain';
}

export function watchLabel(m: WatchMessage, wording: Wording): readonly string[] {
  return oneOrTwo(`${m.type} ${wording.kindOf(m.group, m.resource)}`, wording.names.telling(m.resource, m.name));
}

const WORK_WORDS: { readonly [action: string]: string } = { pull: 'pulling the image', start: 'starting a container', stop: 'stopping', probe: 'probing', admit: 'admitting', sync: 'reconciling', schedule: 'scheduling', timer: 'waiting' };

/** "pulling the image" */
export function workWords(m: WorkMessage): string {
  return m.action === 'sync' && m.actor.startsWith('kubelet/') ? 'preparing the pod' : WORK_WORDS[m.action] ?? m.action;
}

export function workLabel(m: WorkMessage, names: Names): readonly string[] {
  const took = m.endedAt === undefined ? 0 : m.endedAt - m.at;
  const words = took >= 1 ? `${duration(took)} ${workWords(m)}` : workWords(m);
  const subject = m.subject.slice(m.subject.indexOf('/') + 1);
  return [m.action === 'sync' && subject ? `${words} ${names.short(subject)}` : words, ...(m.outcome && m.action !== 'start' ? wrap(shortOutcome(m), 34, 2) : [])];
}

/** Image pulls are described by their image alone: how long it took stands before it. */
function shortOutcome(m: WorkMessage): string {
  const image = m.action === 'pull' ? /^pulled (\S+)/.exec(m.outcome)?.[1] : undefined;
  return image ?? m.outcome;
}

export function decisionLabel(m: WorkMessage): readonly string[] {
  const retried = m.retry ? retryLabel(m.retry) : [];
  const summary = firstSentence(m.decision?.summary ?? '');
  const parts = summary.split('; ');
  if (parts.length === 2 && parts.every((p) => p.length <= LINE + 6)) return [...retried, `◆ ${parts[0] ?? ''}`, parts[1] ?? ''];
  return [...retried, ...wrap(`◆ ${summary}`, 34, MAX_NOTE_LINES)];
}

/** "0/3 nodes are available: 3 Insufficient cpu": what follows is about preemption, and in the detail. */
export function firstSentence(text: string): string {
  const end = text.search(/\.( |$)/);
  return end < 0 ? text : text.slice(0, end);
}

/** Of a refused creation the answer names nothing. */
export function nameOf(m: RequestMessage): string {
  if (m.name !== '') return m.name;
  const body = m.body as { readonly metadata?: { readonly name?: unknown; readonly generateName?: unknown } } | undefined;
  const name = body?.metadata?.name ?? body?.metadata?.generateName;
  return typeof name === 'string' ? name : '';
}

export function decisionTone(m: WorkMessage): Tone {
  const data = m.decision?.data as { readonly outcome?: unknown } | undefined;
  return data?.outcome === 'scheduled' ? 'chosen' : data?.outcome === 'unschedulable' || data?.outcome === 'gated' ? 'waiting' : 'plain';
}

function oneOrTwo(words: string, name: string): readonly string[] {
  if (name === '') return [words];
  return words.length + 1 + name.length <= LINE + 2 ? [`${words} ${name}`] : [words, name];
}

/** Breaks between words; what does not fit ends in "…" (the whole of it stands in the detail). */
export function wrap(text: string, width: number, lines: number): readonly string[] {
  const result: string[] = [];
  let line = '';
  const words = text.replace(/\s+/g, ' ').trim().split(' ');
  for (const [i, word] of words.entries()) {
    const piece = word.length > width ? `${word.slice(0, width - 1)}…` : word;
    if (line === '') line = piece;
    else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
    else {
      if (result.length === lines - 1) { result.push(`${line.slice(0, width - 1)}…`); return result; }
      result.push(line);
      line = piece;
    }
    if (i === words.length - 1) result.push(line);
  }
  return result;
}
