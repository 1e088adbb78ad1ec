import { goJSON } from '../field';

/**
 * What an "immutable after creation" refusal appends: a unified diff, three lines of context, of the two values in
 * indented JSON (k8s.io/apimachinery/pkg/util/diff over go-difflib).
 */
const CONTEXT = 3;
/** Above this many lines on either side the diff is left out: matching is quadratic. */
const MAX_LINES = 4000;

type Tag = 'equal' | 'replace' | 'delete' | 'insert';
interface OpCode { readonly tag: Tag; readonly i1: number; readonly i2: number; readonly j1: number; readonly j2: number }
interface Match { readonly a: number; readonly b: number; readonly size: number }

/** encoding/json's MarshalIndent with one space: as JSON.stringify, but for empty values and HTML characters the same. */
const pretty = (value: unknown): readonly string[] => JSON.stringify(JSON.parse(goJSON(value)) as unknown, null, 1)
  .replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).split('\n');

/** Where each line occurs in b; from 200 lines on, lines too frequent to be a good anchor are left out, as Python's difflib does. */
function indexLines(b: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  b.forEach((line, j) => { const list = places.get(line); if (list) list.push(j); else places.set(line, [j]); });
  if (b.length >= 200) {
    const popular = Math.floor(b.length / 100) + 1;
    for (const [line, list] of places) if (list.length > popular) places.delete(line);
  }
  return places;
}

class Matcher {
  private readonly places: Map<string, number[]>;
  constructor(private readonly a: readonly string[], private readonly b: readonly string[]) { this.places = indexLines(b); }

  private longest(alo: number, ahi: number, blo: number, bhi: number): Match {
    let best: Match = { a: alo, b: blo, size: 0 };
    let lengths = new Map<number, number>();
    for (let i = alo; i < ahi; i++) {
      const next = new Map<number, number>();
      for (const j of this.places.get(this.a[i] ?? '') ?? []) {
        if (j < blo) continue;
        if (j >= bhi) break;
        const size = (lengths.get(j - 1) ?? 0) + 1;
        next.set(j, size);
        if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
      }
      lengths = next;
    }
    let { a, b, size } = best;
    while (a > alo && b > blo && this.a[a - 1] === this.b[b - 1]) { a--; b--; size++; }
    while (a + size < ahi && b + size < bhi && this.a[a + size] === this.b[b + size]) size++;
    return { a, b, size };
  }

  /** Matching blocks in order, adjacent ones joined, and an empty one at the end. */
  private blocks(): readonly Match[] {
    const found: Match[] = [];
    const pending: [number, number, number, number][] = [[0, this.a.length, 0, this.b.length]];
    for (let area = pending.pop(); area; area = pending.pop()) {
      const [alo, ahi, blo, bhi] = area;
      const match = this.longest(alo, ahi, blo, bhi);
      if (match.size === 0) continue;
      found.push(match);
      if (alo < match.a && blo < match.b) pending.push([alo, match.a, blo, match.b]);
      if (match.a + match.size < ahi && match.b + match.size < bhi) pending.push([match.a + match.size, ahi, match.b + match.size, bhi]);
    }
    found.sort((x, y) => x.a - y.a || x.b - y.b);
    const joined: Match[] = [];
    for (const match of found) {
      const last = joined[joined.length - 1];
      if (last && last.a + last.size === match.a && last.b + last.size === match.b) joined[joined.length - 1] = { ...last, size: last.size + match.size };
      else joined.push(match);
    }
    return [...joined, { a: this.a.length, b: this.b.length, size: 0 }];
  }

  opCodes(): readonly OpCode[] {
    const codes: OpCode[] = [];
    let i = 0;
    let j = 0;
    for (const { a, b, size } of this.blocks()) {
      const tag: Tag | undefined = i < a && j < b ? 'replace' : i < a ? 'delete' : j < b ? 'insert' : undefined;
      if (tag) codes.push({ tag, i1: i, i2: a, j1: j, j2: b });
      i = a + size;
      j = b + size;
      if (size > 0) codes.push({ tag: 'equal', i1: a, i2: i, j1: b, j2: j });
    }
    return codes;
  }
}

/** Hunks: changes with at most CONTEXT equal lines around them. */
function grouped(codes: readonly OpCode[]): readonly (readonly OpCode[])[] {
  const groups: OpCode[][] = [];
  let group: OpCode[] = [];
  codes.forEach((code, index) => {
    let { i1, i2, j1, j2 } = code;
    if (code.tag === 'equal') {
      if (index === 0) { i1 = Math.max(i1, i2 - CONTEXT); j1 = Math.max(j1, j2 - CONTEXT); }
      if (index === codes.length - 1) { i2 = Math.min(i2, i1 + CONTEXT); j2 = Math.min(j2, j1 + CONTEXT); }
      if (i2 - i1 > 2 * CONTEXT) {
        group.push({ tag: 'equal', i1, i2: Math.min(i2, i1 + CONTEXT), j1, j2: Math.min(j2, j1 + CONTEXT) });
        groups.push(group);
        group = [];
        i1 = Math.max(i1, i2 - CONTEXT);
        j1 = Math.max(j1, j2 - CONTEXT);
      }
    }
    group.push({ tag: code.tag, i1, i2, j1, j2 });
  });
  if (group.length > 1 || (group.length === 1 && group[0]?.tag !== 'equal')) groups.push(group);
  return groups;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  return length === 1 ? `${start + 1}` : `${length === 0 ? start : start + 1},${length}`;
}

/** The diff from old to new, every line ended by a line break; '' where they print the same. */
export function unifiedDiff(oldValue: unknown, newValue: unknown): string {
  const a = pretty(oldValue);
  const b = pretty(newValue);
  if (a.length > MAX_LINES || b.length > MAX_LINES) return `(diff omitted: more than ${MAX_LINES} lines)\n`;
  const out: string[] = [];
  for (const group of grouped(new Matcher(a, b).opCodes())) {
    const first = group[0];
    const last = group[group.length - 1];
    if (!first || !last) continue;
    out.push(`@@ -${range(first.i1, last.i2)} +${range(first.j1, last.j2)} @@`);
    for (const code of group) {
      if (code.tag === 'equal') { for (const line of a.slice(code.i1, code.i2)) out.push(` ${line}`); continue; }
      if (code.tag !== 'insert') for (const line of a.slice(code.i1, code.i2)) out.push(`-${line}`);
      if (code.tag !== 'delete') for (const line of b.slice(code.j1, code.j2)) out.push(`+${line}`);
    }
  }
  return out.length ? `${out.join('\n')}\n` : '';
}
