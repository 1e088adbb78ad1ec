import { stringify } from 'yaml';
import type { ObjectWithMeta } from '../engine/api/object';
import { isStatus } from '../engine/api/status';
import type { MemberMessage, RequestMessage, Stage, StorageMessage, TraceMessage, WatchMessage, WorkMessage } from '../engine/trace/message';
import type { CauseIndex } from './causes';
import { changeOf, isEventWrite } from './change';
import { decisionWords } from './decisionWords';
import type { Detail, DiffBlock, Fact, MessageLink, StageRow, TextBlock } from './detailModel';
import { diffLines } from './diff';
import { duration } from './duration';
import { EVIDENCE_WORDS } from './evidence';
import { answerWords, decisionLabel, decisionTone, firstSentence, memberTone, nameOf, requestLabel, workLabel, workWords, type Wording } from './labels';
import { manifestLinks } from './manifestLinks';
import type { Level } from './model';
import { namesOf } from './names';
import { nodesTable } from './nodesTable';
import { indexOf, selectionOf } from './prepared';
import type { RunRecord } from './record';
import type { Selection } from './select';

const MAX_TEXT_LINES = 400;
const MAX_EFFECTS = 12;
const MAX_CAUSES = 40;
/** Messages looked through for effects. */
const MAX_SEARCH = 5000;

/** Everything about one item of a diagram drawn at a level; undefined when no message stands behind it. */
export function detailOf(record: RunRecord, item: string, level: Level): Detail | undefined {
  const number = /^[rsvwgabtm](\d+)/.exec(item)?.[1];
  const index = indexOf(record);
  const message = number === undefined ? undefined : index.get(Number(number));
  if (!message) return undefined;
  return new Describer(record, index, level).describe(item, message);
}

class Describer {
  private readonly wording: Wording;
  private readonly selection: Selection;

  constructor(private readonly record: RunRecord, private readonly index: CauseIndex, level: Level) {
    this.wording = { names: namesOf(record), kindOf: (group, resource) => record.kindOf(group, resource) };
    this.selection = selectionOf(record, level);
  }

  describe(item: string, message: TraceMessage): Detail {
    const scheduling = message.kind === 'work' ? nodesTable(message.decision) : undefined;
    const effects = this.effects(message);
    const own = this.own(message);
    return {
      item, stages: [], texts: [], diff: undefined, tone: 'plain', ...own, facts: [...this.known(message), ...(own.facts ?? [])], scheduling,
      explanation: message.kind === 'work' ? decisionWords(this.record, this.index, message) : undefined,
      causes: this.causes(message), effects: effects.slice(0, MAX_EFFECTS).map((m) => this.link(m)), moreEffects: Math.max(0, effects.length - MAX_EFFECTS),
      manifest: manifestLinks(this.record, this.index, message, scheduling),
    };
  }

  /** On a real cluster: whether this was seen or concluded, and from what. */
  private known({ id }: TraceMessage): readonly Fact[] {
    const evidence = this.record.evidence?.get(id);
    return evidence ? [{ name: capital(EVIDENCE_WORDS[evidence.kind]), value: evidence.source }] : [];
  }

  private own(m: TraceMessage): Pick<Detail, 'title' | 'summary'> & Partial<Detail> {
    switch (m.kind) {
      case 'request': return this.request(m);
      case 'storage': return this.storage(m);
      case 'watch': return this.watch(m);
      case 'member': return this.member(m);
      case 'work': return this.work(m);
    }
  }

  private request(m: RequestMessage): ReturnType<Describer['own']> {
    const kind = this.wording.kindOf(m.group, m.resource);
    const took = m.answeredAt === undefined ? (this.record.evidence ? 'its answer is not visible' : 'no answer yet') : `${answerWords(m)} after ${duration(m.answeredAt - m.at)}`;
    const refusal = isStatus(m.answer) && m.answer.status === 'Failure' ? m.answer : undefined;
    const facts: Fact[] = [
      { name: 'Request', value: `${METHODS[m.verb] ?? m.verb.toUpperCase()} ${urlOf(m)}` }, { name: 'Sent by', value: m.user && m.user !== m.actor ? `${m.actor}, as ${m.user}` : m.actor },
      { name: 'Answer', value: took }, ...(refusal?.message ? [{ name: 'Refused because', value: refusal.message }] : []),
      ...(m.revision > 0 ? [{ name: 'Revision', value: String(m.revision) }] : []), ...m.warnings.map((w) => ({ name: 'Warning', value: w })),
    ];
    const object = refusal ? undefined : (m.answer as ObjectWithMeta | undefined);
    const texts: TextBlock[] = [];
    if (m.body !== undefined && m.body !== null && m.body !== '') texts.push(block(m.verb === 'patch' ? 'Patch sent' : 'Sent', m.body));
    if (object) texts.push(block(m.verb === 'get' ? 'Read' : 'Answered', object));
    return {
      title: `${m.verb} ${kind}${m.subresource ? `/${m.subresource}` : ''} ${nameOf(m)}`.trim(), summary: `${this.clock(m)}: ${m.actor} asks the API server; ${took}.`, tone: m.code >= 400 ? 'refused' : changeOf(m).tone,
      facts, stages: stageRows(m.stages), texts: m.verb === 'get' && object ? [...this.table(object), ...texts] : texts, diff: diffOf(m, object),
    };
  }

  /** What kubectl get prints. */
  private table(object: ObjectWithMeta): readonly TextBlock[] {
    const table = this.record.tableOf(object as never);
    if (!table) return [];
    const widths = table.columns.map((c, i) => Math.max(c.length, (table.cells[i] ?? '').length));
    const row = (cells: readonly string[]): string => cells.map((c, i) => c.padEnd(widths[i] ?? 0)).join('   ').trimEnd();
    return [{ title: `kubectl get`, text: `${row(table.columns.map((c) => c.toUpperCase()))}\n${row(table.cells)}`, omitted: 0 }];
  }

  private storage(m: StorageMessage): ReturnType<Describer['own']> {
    const request = this.index.causeOf(m);
    const outcome = m.error !== undefined ? m.error : m.succeeded ? (m.change === 'none' ? 'nothing changed' : `${m.change}, revision ${m.revision}`) : 'refused: the key had a newer revision';
    const facts: Fact[] = [{ name: 'Operation', value: m.operation }, { name: 'Key', value: m.key }, { name: 'Outcome', value: outcome }, { name: 'Took', value: duration(m.answeredAt - m.at) }];
    const answer = request?.kind === 'request' && !isStatus(request.answer) ? request.answer : undefined;
    return {
      title: m.key || m.operation, summary: `${this.clock(m)}: the API server writes to etcd: ${outcome}.`, tone: m.succeeded ? 'plain' : 'refused', facts,
      texts: answer && m.change !== 'deleted' ? [block('Value', answer)] : [], diff: request?.kind === 'request' && request.before && answer && request.verb !== 'delete' ? diffOf(request, answer) : undefined,
    };
  }

  private watch(m: WatchMessage): ReturnType<Describer['own']> {
    const kind = this.wording.kindOf(m.group, m.resource);
    return {
      title: `${m.type} ${kind} ${m.name}`, summary: `${this.clock(m)}: ${m.actor} hears of it by its watch, as of revision ${m.revision}.`,
      facts: [{ name: 'Event', value: m.type }, { name: 'Object', value: `${kind} ${m.namespace ? `${m.namespace}/` : ''}${m.name}` }, { name: 'Revision', value: String(m.revision) }, { name: 'Received by', value: m.actor }],
      texts: [block('Object', m.object)],
    };
  }

  private member(m: MemberMessage): ReturnType<Describer['own']> {
    const facts: Fact[] = [
      { name: 'Member', value: m.actor }, ...(m.to === m.actor ? [] : [{ name: 'To', value: m.to }]), ...(m.term > 0 ? [{ name: 'Term', value: String(m.term) }] : []), ...(m.index > 0 ? [{ name: 'Log index', value: String(m.index) }] : []),
    ];
    return { title: capital(m.text), summary: `${this.clock(m)}: ${m.text}.`, tone: memberTone(m), facts };
  }

  private work(m: WorkMessage): ReturnType<Describer['own']> {
    const took = m.endedAt === undefined ? 'still going on' : duration(m.endedAt - m.at);
    const said = m.decision?.summary ?? m.outcome;
    return {
      title: capital(`${workWords(m)} ${m.subject}`), summary: `${this.clock(m)}: ${m.actor}${said ? `: ${(m.decision ? firstSentence(said) : said).replace(/\.$/, '')}` : ''}.`, tone: m.decision ? decisionTone(m) : 'plain',
      facts: m.decision ? [] : [{ name: 'By', value: m.actor }, { name: 'Took', value: took }],
    };
  }

  /** From the person's request down: the requests and pieces of work on the way. */
  private causes(message: TraceMessage): readonly MessageLink[] {
    const steps = [...this.index.causesOf(message)].filter((m) => isStep(m)).slice(0, MAX_CAUSES);
    return steps.reverse().map((m) => this.link(m));
  }

  /** The next steps that this one led to, past storing, watching and reconciling. */
  private effects(message: TraceMessage): readonly TraceMessage[] {
    const found: TraceMessage[] = [];
    const queue = [...this.index.effectsOf(message.id)];
    for (let i = 0; i < queue.length && i < MAX_SEARCH; i++) {
      const next = queue[i] as TraceMessage;
      if (isStep(next)) found.push(next); else queue.push(...this.index.effectsOf(next.id));
    }
    return found.sort((a, b) => a.at - b.at);
  }

  private link(m: TraceMessage): MessageLink {
    const at = Math.max(0, m.at - this.record.startedAt);
    const shown = this.selection.nearest(m);
    const item = shown?.message === m ? shown.id : '';
    if (m.kind === 'request') return { item, label: `${m.actor}: ${requestLabel(m, changeOf(m), this.wording).join(' ')}${m.code >= 400 ? ` (${answerWords(m)})` : ''}`, at };
    if (m.kind === 'work') return { item, label: `${m.actor}: ${(m.decision ? decisionLabel(m) : workLabel(m, this.wording.names)).join(' ').replace('◆ ', '')}`, at };
    return { item, label: m.kind === 'member' ? m.text : m.kind, at };
  }

  private clock(m: TraceMessage): string { return `At ${duration(Math.max(0, m.at - this.record.startedAt))}`; }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const METHODS: { readonly [verb: string]: string } = { get: 'GET', list: 'GET', watch: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' };

/** Steps of a story, as against storing, hearing of it and looking whether there is something to do. */
const isStep = (m: TraceMessage): boolean => (m.kind === 'request' && !isEventWrite(m) && m.verb !== 'list' && m.verb !== 'watch') || (m.kind === 'member' && m.notable) || (m.kind === 'work' && (m.decision !== undefined || (m.action !== 'sync' && m.action !== 'admit')));

/** "/apis/apps/v1/namespaces/default/deployments/web/status" */
export function urlOf(m: RequestMessage): string {
  const root = m.group ? `/apis/${m.group}/${m.version}` : `/api/${m.version}`;
  const namespace = m.namespace && m.resource !== 'namespaces' ? `/namespaces/${m.namespace}` : '';
  const name = m.name && (m.verb !== 'create' || m.subresource !== '') ? `/${m.name}` : '';
  return `${root}${namespace}/${m.resource}${name}${m.subresource ? `/${m.subresource}` : ''}`;
}

function stageRows(stages: readonly Stage[]): readonly StageRow[] {
  const rows: { name: string; plugins: string[]; verdict: Stage['verdict']; detail: string }[] = [];
  for (const s of stages) {
    const last = rows.at(-1);
    if (s.plugin && last && last.name === s.name && last.verdict === s.verdict && !s.detail && !last.detail) { last.plugins.push(s.plugin); continue; }
    rows.push({ name: s.name, plugins: s.plugin ? [s.plugin] : [], verdict: s.verdict, detail: s.detail ?? '' });
  }
  return rows;
}

/** managedFields are long and say nothing about what happened. */
function cleaned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('metadata' in value) || typeof value.metadata !== 'object' || value.metadata === null || !('managedFields' in value.metadata)) return value;
  const { managedFields: _, ...metadata } = value.metadata as { readonly managedFields: unknown };
  return { ...value, metadata };
}

const yamlOf = (value: unknown): string => (typeof value === 'string' ? value : stringify(cleaned(value), { lineWidth: 0, aliasDuplicateObjects: false }));

function block(title: string, value: unknown): TextBlock {
  const lines = yamlOf(value).trimEnd().split('\n');
  return { title, text: lines.slice(0, MAX_TEXT_LINES).join('\n'), omitted: Math.max(0, lines.length - MAX_TEXT_LINES) };
}

/** What a write changed; for a creation what the API server filled in. */
function diffOf(m: RequestMessage, object: ObjectWithMeta | undefined): DiffBlock | undefined {
  if (!object || isStatus(object) || m.verb === 'get' || m.verb === 'delete') return undefined;
  if (m.before) return diffLines('What changed', yamlOf(m.before), yamlOf(inOrderOf(object, m.before)));
  const sent = m.body as Partial<ObjectWithMeta> | undefined;
  if (m.verb !== 'create' || m.subresource !== '' || typeof sent !== 'object' || sent === null) return undefined;
  return diffLines('What the API server filled in', yamlOf(sent), yamlOf(inOrderOf(object, sent)));
}

/** The fields of a value in the order of another one, all the way down: order says nothing and would look like a change. */
function inOrderOf(value: unknown, model: unknown): unknown {
  if (Array.isArray(value)) return value.map((v, i) => inOrderOf(v, Array.isArray(model) ? model[i] : undefined));
  if (typeof value !== 'object' || value === null || typeof model !== 'object' || model === null) return value;
  const fields = value as { readonly [field: string]: unknown }, order = model as { readonly [field: string]: unknown };
  const keys = [...Object.keys(order).filter((k) => k in fields), ...Object.keys(fields).filter((k) => !(k in order))];
  return Object.fromEntries(keys.map((k) => [k, inOrderOf(fields[k], order[k])]));
}

