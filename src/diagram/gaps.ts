import type { StorageMessage, WorkMessage } from '../engine/trace/message';
import { duration } from './duration';
import { workWords } from './labels';
import type { Item } from './model';
import type { RunRecord } from './record';

/** Waiting shorter than this is not drawn: everything takes a few milliseconds. */
const MIN_GAP = 100;

/** Puts a named band wherever nothing that is drawn happens for a while. */
export function withGaps(items: readonly Item[], record: RunRecord): readonly Item[] {
  const works = record.messages.filter((m): m is WorkMessage => m.kind === 'work' && !m.background && m.endedAt !== undefined && m.endedAt - m.at >= MIN_GAP / 2);
  const stalled = record.messages.filter((m): m is StorageMessage => m.kind === 'storage' && !m.background && m.answeredAt - m.at >= MIN_GAP);
  const drawn = new Set(items.filter((i) => i.kind === 'work').map((i) => i.message));
  const covered = works.filter((w) => drawn.has(w.id)).map((w) => ({ from: w.at - record.startedAt, to: (w.endedAt ?? w.at) - record.startedAt }));
  const result: Item[] = [];
  let before = 0;
  for (const item of items) {
    const uncovered = uncoveredSpan(before, item.at, covered);
    if (uncovered >= MIN_GAP) result.push(gapBefore(item, before, uncovered, works, stalled, record));
    result.push(item);
    before = Math.max(before, item.at);
  }
  return result;
}

/** The part of a span in which no drawn piece of work goes on. */
function uncoveredSpan(from: number, to: number, covered: readonly { readonly from: number; readonly to: number }[]): number {
  if (to - from < MIN_GAP) return to - from;
  let end = from;
  let free = 0;
  for (const span of covered.filter((c) => c.to > from && c.from < to).sort((a, b) => a.from - b.from)) {
    free += Math.max(0, Math.min(span.from, to) - end);
    end = Math.max(end, span.to);
  }
  return free + Math.max(0, to - end);
}

function gapBefore(item: Item, from: number, length: number, works: readonly WorkMessage[], stalled: readonly StorageMessage[], record: RunRecord): Item {
  const actor = item.kind === 'watch' ? item.to : item.from;
  const start = from + record.startedAt, end = item.at + record.startedAt;
  const busy = works.filter((w) => Math.min(w.endedAt ?? w.at, end) - Math.max(w.at, start) >= length / 2);
  const work = busy.find((w) => w.actor === actor) ?? busy[0];
  // Whoever works then is waiting for an answer.
  const waits = stalled.some((m) => Math.min(m.answeredAt, end) - Math.max(m.at, start) >= length / 2);
  const label = waits ? `${duration(length)}: the API server waits for etcd` : work ? `${duration(length)}: ${work.actor} is ${workWords(work)}` : `${duration(length)} pass`;
  return { id: `z${item.id}`, kind: 'gap', message: 0, from: '', to: '', label: [label], text: label, at: from, tone: 'plain', cause: '' };
}
