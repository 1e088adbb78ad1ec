import type { KubernetesObject } from '../engine/api/object';
import { isStatus } from '../engine/api/status';
import type { MemberMessage, RequestMessage, StorageMessage, WatchMessage, WorkMessage } from '../engine/trace/message';
import { retrySentence } from './decisionWords';
import { duration } from './duration';
import { API_SERVER, ETCD, KUBECTL } from './lanes';
import { answerWords, decisionLabel, decisionTone, memberLabel, memberTone, nameOf, requestLabel, storageLabel, watchLabel, workLabel, workWords, wrap, type Wording } from './labels';
import type { Item, Level, Tone } from './model';
import type { RunRecord } from './record';
import { isPerson, type Shown } from './select';
import { stagesLabel, stagesText } from './stages';

/** An item with its place in the order. */
export interface Placed { readonly item: Item; readonly order: number }

export interface ItemContext {
  readonly record: RunRecord;
  readonly level: Level;
  readonly wording: Wording;
  /** The drawn item of the cause. */
  readonly causeOf: (shown: Shown) => string;
  readonly requestOf: (storage: StorageMessage) => RequestMessage | undefined;
  /** The request whose stages are shown although they all passed. */
  readonly exemplary: number;
}

/** What is drawn for one shown message. */
export function itemsOf(shown: Shown, context: ItemContext): readonly Placed[] {
  const { message } = shown;
  switch (message.kind) {
    case 'request': return requestItems(shown, message, context);
    case 'storage': return storageItems(shown, message, context);
    case 'watch': return [placed(watchItem(shown, message, context), message.id)];
    case 'member': return [placed(memberItem(shown, message, context), message.id)];
    case 'work': return [placed(workItem(shown, message, context), message.id)];
  }
}

const placed = (item: Item, order: number): Placed => ({ item, order });
const since = (record: RunRecord, at: number): number => Math.max(0, at - record.startedAt);
const clock = (at: number): string => `at ${duration(at)}`;

function requestItems(shown: Shown, m: RequestMessage, context: ItemContext): readonly Placed[] {
  const { record, level } = context;
  const at = since(record, m.at);
  const refused = m.code >= 400;
  const label = requestLabel(m, shown.change, context.wording);
  const result: Placed[] = [placed({
    id: shown.id, kind: 'request', message: m.id, from: m.actor, to: API_SERVER, label, text: requestText(m, shown, context), at, tone: refused ? 'refused' : shown.change?.tone ?? 'plain', cause: context.causeOf(shown),
  }, m.id)];
  if ((m.id === context.exemplary && m.stages.length > 0) || m.stages.some((s) => s.verdict === 'refused' && s.name !== 'storage')) {
    result.push(placed({ id: `g${m.id}`, kind: 'stages', message: m.id, from: API_SERVER, to: refused ? API_SERVER : ETCD, label: stagesLabel(m.stages), text: stagesText(m.stages), at, tone: refused ? 'refused' : 'plain', cause: shown.id }, m.id + 0.1));
  }
  if (m.answeredAt === undefined || !(level === 'everything' || isPerson(m) || refused)) return result;
  const answeredAt = since(record, m.answeredAt);
  const words = answerWords(m);
  result.push(placed({ id: `a${m.id}`, kind: 'answer', message: m.id, from: API_SERVER, to: m.actor, label: [refused ? `✗ ${words}` : words], text: `${m.actor} is answered ${words} ${clock(answeredAt)}`, at: answeredAt, tone: refused ? 'refused' : 'plain', cause: shown.id }, m.id + 0.2));
  const table = isPerson(m) && m.verb === 'get' && m.subresource === '' && !refused ? tableItem(m, answeredAt, context) : undefined;
  if (table) result.push(placed(table, m.id + 0.3));
  return result;
}

function requestText(m: RequestMessage, shown: Shown, { record, wording }: ItemContext): string {
  const kind = wording.kindOf(m.group, m.resource);
  const name = m.namespace ? `${m.namespace}/${nameOf(m)}` : nameOf(m);
  const what = `${m.verb} ${kind}${m.subresource ? `/${m.subresource}` : ''} ${name}`.trim();
  const change = shown.change?.text ? `: ${shown.change.text}` : '';
  const end = m.code === 0 ? 'no answer yet' : `${answerWords(m)}${m.revision > 0 && m.verb !== 'get' ? `, revision ${m.revision}` : ''}`;
  return `${m.actor} asks the API server to ${what}${change} (${end}), ${clock(since(record, m.at))}`;
}

/** What kubectl get prints, as names and values: columns would need a fixed-width face. */
function tableItem(m: RequestMessage, at: number, { record }: ItemContext): Item | undefined {
  const object = m.answer as KubernetesObject | undefined;
  if (!object || isStatus(object)) return undefined;
  const table = record.tableOf(object);
  if (!table) return undefined;
  const values = table.columns.map((c, i) => ({ c, v: table.cells[i] ?? '' })).filter(({ c }) => c !== 'Name' && c !== 'Age');
  const words = values.map(({ c, v }) => `${c.toLowerCase()} ${v}`).join(' · ');
  const name = table.cells[table.columns.indexOf('Name')] ?? object.metadata.name;
  return { id: `t${m.id}`, kind: 'table', message: m.id, from: KUBECTL, to: API_SERVER, label: [...wrap(name, 26, 1), ...wrap(words, 26, 4)], text: `kubectl get shows ${name}: ${words}`, at, tone: 'plain', cause: `a${m.id}` };
}

function storageItems(shown: Shown, m: StorageMessage, context: ItemContext): readonly Placed[] {
  const at = since(context.record, m.at);
  const tone: Tone = m.succeeded ? 'plain' : 'refused';
  const to = context.level === 'everything' ? m.member ?? ETCD : ETCD;
  const what = m.error !== undefined ? `gets no answer but "${m.error}"` : !m.succeeded ? 'is refused by etcd: the key has a newer revision' : m.change === 'none' ? `${m.operation}s` : m.change === 'deleted' ? `deletes, making revision ${m.revision}` : `stores revision ${m.revision}`;
  const result = [placed({ id: shown.id, kind: 'storage' as const, message: m.id, from: API_SERVER, to, label: storageLabel(m, kindOfKey(m, context)), text: `The API server ${what} (${m.key}) ${clock(at)}`, at, tone, cause: context.causeOf(shown) }, m.id)];
  if (context.level !== 'everything') return result;
  const answeredAt = since(context.record, m.answeredAt);
  return [...result, placed({ id: `b${m.id}`, kind: 'answer' as const, message: m.id, from: to, to: API_SERVER, label: [m.succeeded ? 'done' : m.error !== undefined ? '✗ failed' : '✗ compare failed'], text: `etcd has answered ${clock(answeredAt)}`, at: answeredAt, tone, cause: shown.id }, m.id + 0.2)];
}

/** The request says what stands under the key. */
function kindOfKey(m: StorageMessage, { requestOf, wording }: ItemContext): string {
  const request = requestOf(m);
  return request ? wording.kindOf(request.group, request.resource) : '';
}

function watchItem(shown: Shown, m: WatchMessage, context: ItemContext): Item {
  const at = since(context.record, m.at);
  const name = m.namespace ? `${m.namespace}/${m.name}` : m.name;
  return {
    id: shown.id, kind: 'watch', message: m.id, from: API_SERVER, to: shown.actor, label: watchLabel(m, context.wording), at, tone: 'plain', cause: context.causeOf(shown),
    text: `${shown.actor} hears by its watch: ${m.type} ${context.wording.kindOf(m.group, m.resource)} ${name} (revision ${m.revision}), ${clock(at)}`,
  };
}

/** etcd's members stand on lanes of their own where everything is shown, else on the one of etcd. */
function memberItem(shown: Shown, m: MemberMessage, context: ItemContext): Item {
  const lane = (actor: string): string => (context.level === 'everything' || actor === API_SERVER ? actor : ETCD);
  const from = lane(m.actor), to = lane(m.to);
  const at = since(context.record, m.at);
  return { id: shown.id, kind: from === to ? (m.type === 'elected' ? 'decision' : 'work') : 'storage', message: m.id, from, to, label: memberLabel(m), text: `${m.text}, ${clock(at)}`, at, tone: memberTone(m), cause: context.causeOf(shown) };
}

function workItem(shown: Shown, m: WorkMessage, context: ItemContext): Item {
  const at = since(context.record, m.at);
  const base = { id: shown.id, message: m.id, from: m.actor, to: m.actor, at, cause: context.causeOf(shown) };
  if (m.decision) return { ...base, kind: 'decision', label: decisionLabel(m), text: `${m.actor} decides about ${m.subject}: ${m.decision.summary}, ${clock(at)}${m.retry ? `. ${retrySentence(m.retry)}` : ''}`, tone: decisionTone(m) };
  const failed = /fail|error|denied|back-?off/i.test(m.outcome);
  const took = m.endedAt === undefined ? '' : `, ${duration(m.endedAt - m.at)}`;
  return { ...base, kind: 'work', label: workLabel(m, context.wording.names), text: `${m.actor}: ${workWords(m)} for ${m.subject}${m.outcome ? `: ${m.outcome}` : ''}${took}, ${clock(at)}`, tone: failed ? 'refused' : 'plain' };
}
