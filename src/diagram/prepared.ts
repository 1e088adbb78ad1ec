import { CauseIndex } from './causes';
import type { Level } from './model';
import type { RunRecord } from './record';
import { Selection } from './select';

interface Prepared {
  readonly index: CauseIndex;
  readonly selections: Map<Level, Selection>;
}

/** What was worked out about a run lives as long as its record: views and details of one run share it. */
const kept = new WeakMap<RunRecord, Prepared>();

function prepared(record: RunRecord): Prepared {
  let found = kept.get(record);
  if (!found) kept.set(record, found = { index: new CauseIndex(record.messages), selections: new Map() });
  return found;
}

export const indexOf = (record: RunRecord): CauseIndex => prepared(record).index;

/** The messages of a run that are shown at a level. */
export function selectionOf(record: RunRecord, level: Level): Selection {
  const { index, selections } = prepared(record);
  let found = selections.get(level);
  if (!found) selections.set(level, found = new Selection(index, level));
  return found;
}
