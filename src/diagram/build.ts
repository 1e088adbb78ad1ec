import type { RequestMessage } from '../engine/trace/message';
import { answerLine } from './answer';
import type { CauseIndex } from './causes';
import { eventReason, isEventWrite } from './change';
import { EVIDENCE_MARKS, EVIDENCE_WORDS } from './evidence';
import { foldBranches, type Fold } from './fold';
import { withGaps } from './gaps';
import { itemsOf, type ItemContext, type Placed } from './items';
import { API_SERVER, ETCD, KUBECTL, orderLanes } from './lanes';
import type { DiagramModel, Item, Lane, Page, View } from './model';
import { namesOf } from './names';
import type { RunRecord } from './record';
import { indexOf, selectionOf } from './prepared';
import { isPerson, type Shown } from './select';

/** Items drawn at once: Mermaid takes about half a second for twice as many. */
export const PAGE_SIZE = 150;

/** The diagram of a run at a level of detail, with some folds open, one page of it. */
export function buildDiagram(record: RunRecord, view: View): DiagramModel {
  const index = indexOf(record);
  const { shown } = selectionOf(record, view.level);
  const expanded = new Set(view.expanded);
  const folded = view.level === 'everything' ? unfolded(shown) : foldBranches(shown, expanded);
  const drawn = shown.filter((s) => folded.visible.has(s));
  const events = view.level === 'working' ? foldEvents(drawn, expanded) : [];
  const inEvents = new Map(events.flatMap((fold) => fold.hidden.map((s) => [s, fold] as const)));
  const hiddenIn = (s: Shown): Fold | undefined => inEvents.get(s) ?? folded.foldOf.get(s);
  const context = contextOf(record, index, view, shown, (s) => {
    const fold = hiddenIn(s);
    return fold && !fold.open ? fold.id : s.id;
  });
  const placed = drawn.filter((s) => hiddenIn(s)?.open !== false).flatMap((s) => {
    const within = hiddenIn(s)?.id;
    return within ? itemsOf(s, context).map((p) => ({ ...p, item: { ...p.item, within } })) : itemsOf(s, context);
  });
  for (const fold of [...folded.folds, ...events]) if (isReached(fold, folded.visible)) placed.push(foldItem(fold, context));
  const all = withGaps(placed.sort(byTime).map((p) => withEvidence(p.item, record)), record);
  const page = pageOf(all.length, view.page);
  const items = all.slice(page.from - 1, page.to);
  return { view: { ...view, page: page.index }, title: record.title, answer: answerLine(record), lanes: lanesOf(items), items: spanned(items), page, notice: noticeOf(record) };
}

/** On a real cluster every step says how it is known, in a mark and in words. */
function withEvidence(item: Item, { evidence }: RunRecord): Item {
  const known = evidence?.get(item.message);
  if (!known) return item;
  const [first = '', ...rest] = item.label;
  return { ...item, label: [`${EVIDENCE_MARKS[known.kind]} ${first}`, ...rest], text: `${item.text} (${EVIDENCE_WORDS[known.kind]}: ${known.source})`, evidence: known };
}

const unfolded = (shown: readonly Shown[]): ReturnType<typeof foldBranches> => ({ visible: new Set(shown), folds: [], foldOf: new Map() });
const byTime = (a: Placed, b: Placed): number => a.item.at - b.item.at || a.order - b.order;
/** A fold inside a branch that is folded away itself is not drawn. */
const isReached = (fold: Fold, visible: ReadonlySet<Shown>): boolean => visible.has(fold.like);

function contextOf(record: RunRecord, index: CauseIndex, view: View, shown: readonly Shown[], drawnAs: (s: Shown) => string): ItemContext {
  const names = namesOf(record);
  const exemplary = shown.find((s) => s.message.kind === 'request' && isPerson(s.message) && s.message.verb !== 'get' && s.message.verb !== 'list' && s.message.code < 300);
  return {
    record, level: view.level, requestOf: (storage) => { const cause = index.causeOf(storage); return cause?.kind === 'request' ? cause : undefined; }, wording: { names, kindOf: (group, resource) => record.kindOf(group, resource) },
    causeOf: ({ parent }) => (parent ? drawnAs(parent) : ''), exemplary: exemplary?.message.id ?? 0,
  };
}

/** Events written one after the other share one line. */
function foldEvents(shown: readonly Shown[], expanded: ReadonlySet<string>): readonly Fold[] {
  const runs: Shown[][] = [];
  const writes = new Map<Shown, Shown[]>();
  let open: Shown[] | undefined;
  for (const one of shown) {
    const { message } = one;
    const run = one.parent && writes.get(one.parent);
    if (message.kind === 'request' && isEventWrite(message)) {
      if (!open) runs.push(open = []);
      open.push(one);
      writes.set(one, open);
    } else if (run) run.push(one);
    // Storing is no step of its own: only another component's step ends a run of events.
    else if (message.kind !== 'storage') open = undefined;
  }
  return runs.flatMap((hidden): Fold[] => {
    const first = hidden[0];
    const id = `e${first?.id ?? ''}`;
    return first ? [{ id, like: first, roots: hidden.filter((s) => s.message.kind === 'request'), hidden, open: expanded.has(id) }] : [];
  });
}

function foldItem(fold: Fold, context: ItemContext): Placed {
  const first = fold.roots[0] as Shown;
  const { message } = first;
  const count = fold.roots.length;
  const mark = fold.open ? '▾' : '▸';
  const events = message.kind === 'request' && isEventWrite(message);
  const words = events ? eventWords(fold.roots) : isRepeated(fold) ? `${count} more ${count === 1 ? 'time' : 'times'}, like this` : `${count} more ${noun(first, count, context)} like this`;
  const label = `${mark} ${fold.open ? words.replace(/,? like this$/, ', opened') : words}`;
  const item: Item = {
    id: fold.id, kind: 'fold', message: 0, from: events ? API_SERVER : '', to: events ? API_SERVER : '', label: [label], at: Math.max(0, message.at - context.record.startedAt), tone: 'plain', cause: context.causeOf(first),
    text: `${words}: ${fold.hidden.length} messages ${fold.open ? 'shown; press Enter to fold them' : 'folded; press Enter to open'}`, fold: { open: fold.open, count },
  };
  return { item, order: message.id - 0.5 };
}

/** The same thing done again to the same object, as against done to another one. */
const isRepeated = ({ like, roots }: Fold): boolean => {
  const name = subjectOf(like);
  return name !== '' && roots.every((root) => subjectOf(root) === name);
};

const subjectOf = ({ message: m }: Shown): string => (m.kind === 'work' ? m.subject : m.kind === 'storage' ? m.key : m.kind === 'member' ? m.actor : m.name);

function eventWords(roots: readonly Shown[]): string {
  const reasons = [...new Set(roots.map((s) => eventReason(s.message as RequestMessage)))].filter(Boolean);
  const listed = reasons.length > 4 ? [...reasons.slice(0, 3), '…'] : reasons;
  return `${roots.length} ${roots.length === 1 ? 'event' : 'events'} written${listed.length > 0 ? `: ${listed.join(', ')}` : ''}`;
}

function noun({ message: m }: Shown, count: number, { wording }: ItemContext): string {
  if (m.kind === 'storage') return count === 1 ? 'write' : 'writes';
  if (m.kind === 'member') return count === 1 ? 'step of etcd' : 'steps of etcd';
  const [resource = '', group = ''] = m.kind === 'work' ? split(m.resource) : [m.resource, m.group];
  const kind = wording.kindOf(group, resource);
  return count === 1 ? kind : kind === resource ? resource : kind.endsWith('s') ? kind : `${kind}s`;
}

function split(resource: string): readonly [string, string] {
  const dot = resource.indexOf('.');
  return dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
}

function pageOf(total: number, wanted: number): Page {
  const count = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const index = Math.min(Math.max(0, Math.trunc(wanted)), count - 1);
  return { index, count, from: Math.min(total, index * PAGE_SIZE + 1), to: Math.min(total, (index + 1) * PAGE_SIZE), total };
}

function lanesOf(items: readonly Item[]): readonly Lane[] {
  const actors = items.flatMap((i) => (i.kind === 'stages' ? [i.from] : [i.from, i.to])).filter(Boolean);
  return orderLanes(items.length === 0 ? [] : [KUBECTL, API_SERVER, ...actors]);
}

/** Notes over a lane that this page does not have shrink to those it has. */
function spanned(items: readonly Item[]): readonly Item[] {
  const hasEtcd = items.some((i) => i.to === ETCD && i.kind !== 'stages');
  return hasEtcd ? items : items.map((i) => (i.to === ETCD ? { ...i, to: i.from } : i));
}

function noticeOf(record: RunRecord): string {
  return record.missing > 0 ? `The first ${record.missing} messages of this run are no longer kept.` : '';
}
