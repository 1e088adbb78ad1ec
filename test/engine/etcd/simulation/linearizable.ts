/**
 * A checker for histories of a key-value store with revisions, after Wing and Gong: looks for an order of the operations, each between its
 * call and its answer, in which a single store would have answered as it did. It knows nothing of Raft: only what clients saw.
 */
export interface Observed {
  readonly client: string;
  readonly call: number;
  /** Infinity while nobody knows what came of it: it may happen at any later time, or never. */
  readonly answered: number;
  readonly action:
    | { readonly type: 'put'; readonly key: string; readonly value: string; /** The modRevision that it requires, 0 for absent; undefined for any. */ readonly expected: number | undefined }
    | { readonly type: 'delete'; readonly key: string; readonly expected: number | undefined }
    | { readonly type: 'read'; readonly key: string };
  /** What was answered. */
  readonly result: { readonly revision: number; readonly succeeded: boolean; /** For a read. */ readonly value: string | undefined } | undefined;
}

interface Cell { readonly value: string; readonly revision: number }

interface Model {
  readonly revision: number;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** What a watch told of a revision. */
export interface Seen {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
}

/** Undefined when the history is linearizable, and what the watches saw belongs to it; else what cannot be explained. */
export function explain(history: readonly Observed[], first: number, seen: ReadonlyMap<number, Seen> = new Map()): string | undefined {
  const search = new Search([...history].sort((a, b) => a.call - b.call), seen);
  return search.run({ revision: first, cells: new Map() });
}

const MAX_STEPS = 50_000;

class Search {
  private readonly done: boolean[];
  private readonly seen = new Set<string>();
  private deepest: { count: number; revision: number; left: readonly string[] } = { count: -1, revision: 0, left: [] };
  private steps = 0;

  constructor(private readonly history: readonly Observed[], private readonly watched: ReadonlyMap<number, Seen>) { this.done = history.map(() => false); }

  run(start: Model): string | undefined {
    if (this.explore(start, 0)) return undefined;
    const { count, revision, left } = this.deepest;
    return `no order explains the history: at most ${count} of ${this.history.length} operations, up to revision ${revision}; then ${left.join('; ')}`;
  }

  private explore(model: Model, count: number): boolean {
    // What changes nothing at this revision needs no choice.
    const taken: number[] = [];
    for (;;) {
      const limit = this.earliestAnswer();
      const next = this.history.findIndex((o, i) => !this.done[i] && o.result?.revision === model.revision && o.call <= limit && this.fits(model, o));
      if (next < 0) break;
      this.done[next] = true;
      taken.push(next);
    }
    const total = count + taken.length;
    if (total > this.deepest.count) this.deepest = { count: total, revision: model.revision, left: this.history.filter((o, i) => !this.done[i] && o.call <= this.earliestAnswer() + 500).slice(0, 8).map(describe) };
    if (this.history.every((o, i) => this.done[i] || o.result === undefined)) return true;
    if (this.isNew(model)) for (const i of this.candidates(model)) {
      this.done[i] = true;
      if (this.explore(apply(model, this.history[i] as Observed), total + 1)) return true;
      this.done[i] = false;
    }
    for (const i of taken) this.done[i] = false;
    return false;
  }

  /** Who may have made the next revision: whoever was told so; where nobody was, one of those who do not know. */
  private candidates(model: Model): readonly number[] {
    const limit = this.earliestAnswer();
    const told: number[] = [], unknown: number[] = [];
    for (let i = 0; i < this.history.length; i++) {
      const o = this.history[i] as Observed;
      if (this.done[i] || o.call > limit) continue;
      if (o.result === undefined) { if (changes(model, o) && this.wasSeen(model, o) && !this.superseded(o)) unknown.push(i); } else if (o.result.revision === model.revision + 1 && this.fits(model, o) && this.wasSeen(model, o)) told.push(i);
    }
    const claimed = this.history.some((o, i) => !this.done[i] && o.result?.revision === model.revision + 1 && o.result.succeeded && o.action.type === 'put');
    return claimed ? told : [...told, ...unknown];
  }

  /** Whether the watches tell the same of the revision that it would make. */
  private wasSeen({ revision }: Model, { action }: Observed): boolean {
    const seen = this.watched.get(revision + 1);
    return seen === undefined || (seen.type === action.type && seen.key === action.key && (action.type !== 'put' || action.value === seen.value));
  }

  /** False for a state that was explored already. */
  private isNew({ cells, revision }: Model): boolean {
    const key = `${revision} ${[...cells].map(([k, c]) => `${k}=${c.value}/${c.revision}`).sort().join(' ')} ${this.done.map(Number).join('')}`;
    if (this.seen.has(key)) return false;
    if (++this.steps > MAX_STEPS) throw new Error('the history is too long to be checked');
    this.seen.add(key);
    return true;
  }

  /** A client that has gone on has given up its earlier writes: they must not happen after a later one. */
  private superseded({ client, call }: Observed): boolean {
    return this.history.some((o, i) => this.done[i] && o.client === client && o.call > call && o.action.type !== 'read');
  }

  /** Nothing that was called after this may come next: somebody had his answer before. */
  private earliestAnswer(): number {
    let earliest = Infinity;
    for (let i = 0; i < this.history.length; i++) {
      const o = this.history[i] as Observed;
      if (!this.done[i] && o.answered < earliest) earliest = o.answered;
    }
    return earliest;
  }

  private fits(model: Model, { action, result }: Observed): boolean {
    if (!result) return false;
    const cell = model.cells.get(action.key);
    if (action.type === 'read') return result.revision === model.revision && result.value === cell?.value;
    const holds = action.expected === undefined || action.expected === (cell?.revision ?? 0);
    if (holds !== result.succeeded) return false;
    const writes = holds && (action.type === 'put' || cell !== undefined);
    return result.revision === model.revision + (writes ? 1 : 0);
  }
}

function changes({ cells }: Model, { action }: Observed): boolean {
  if (action.type === 'read') return false;
  const cell = cells.get(action.key);
  return (action.expected === undefined || action.expected === (cell?.revision ?? 0)) && (action.type === 'put' || cell !== undefined);
}

function apply(model: Model, observed: Observed): Model {
  const { action } = observed;
  if (action.type === 'read' || !changes(model, observed)) return model;
  const revision = model.revision + 1;
  const cells = new Map(model.cells);
  if (action.type === 'put') cells.set(action.key, { value: action.value, revision }); else cells.delete(action.key);
  return { revision, cells };
}

export function describe({ client, action, result, call, answered }: Observed): string {
  const what = action.type === 'put' ? `put ${action.key}=${action.value}${action.expected === undefined ? '' : ` if ${action.expected}`}` : `${action.type} ${action.key}${action.type === 'delete' && action.expected !== undefined ? ` if ${action.expected}` : ''}`;
  return `${client} ${what} at ${call.toFixed(0)}-${answered === Infinity ? '?' : answered.toFixed(0)}${result ? `: ${result.succeeded ? 'done' : 'refused'} at revision ${result.revision}${action.type === 'read' ? `, ${result.value ?? 'nothing'}` : ''}` : ''}`;
}
