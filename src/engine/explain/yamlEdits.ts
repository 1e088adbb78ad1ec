import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, stringify, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { splitPath } from '../manifest/parse';
import { applied, type TextEdit } from '../manifest/textEdit';
import type { Edit } from './help/edits';

const MAX_EDITS = 100;

/**
 * Edits of a manifest as edits of its text (YAML or JSON): only the lines concerned change, comments and formatting stay. The list is
 * ordered and does not overlap. undefined where an edit cannot be made: the path is not there, or goes through an alias.
 */
export function yamlEdits(text: string, edits: readonly Edit[]): readonly TextEdit[] | undefined {
  let current = text;
  let made: readonly TextEdit[] = [];
  for (const edit of edits.slice(0, MAX_EDITS)) {
    const next = textEdit(current, edit);
    if (!next) return undefined;
    if (next.length === 0 && next.text === '') continue;
    made = composed(text, made, next, current);
    current = applied(current, [next]);
  }
  return made;
}

/** Adds an edit that is meant for the text as already edited. Edits that touch each other become one. */
function composed(original: string, made: readonly TextEdit[], next: TextEdit, current: string): readonly TextEdit[] {
  let shift = 0;
  const before: TextEdit[] = [];
  const after: TextEdit[] = [];
  for (const edit of made) {
    const start = edit.offset + shift;
    const end = start + edit.text.length;
    if (end < next.offset) { before.push(edit); shift += edit.text.length - edit.length; }
    else if (start > next.offset + next.length) after.push(edit);
    else return [difference(original, applied(current, [next]))];
  }
  return [...before, { ...next, offset: next.offset - shift }, ...after];
}

/** One edit that turns one text into the other. */
function difference(from: string, to: string): TextEdit {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  return { offset: start, length: from.length - start - end, text: to.slice(start, to.length - end) };
}

function textEdit(text: string, edit: Edit): TextEdit | undefined {
  const root = rootOf(text, edit.document ?? 0);
  return root && new Editor(text).edit(root, splitPath(edit.fieldPath), edit);
}

/** The node of a document, counted as parseManifest() counts: items of a List count each. */
function rootOf(text: string, index: number): Node | undefined {
  const roots: Node[] = [];
  const documents = parseAllDocuments(text, { version: '1.1', uniqueKeys: true, strict: true, prettyErrors: false });
  if (!Array.isArray(documents)) return undefined;
  for (const document of documents) {
    const root = document.contents as Node | null;
    if (document.errors.length > 0 || !isMap(root)) continue;
    const items = root.get('items', true) as unknown;
    const kind = root.get('kind');
    if (typeof kind === 'string' && kind.endsWith('List') && isSeq(items)) roots.push(...items.items.filter((item): item is YAMLMap => isMap(item)));
    else roots.push(root);
  }
  return roots[index];
}

const isFlow = (node: Node): boolean => (isMap(node) || isSeq(node)) && node.flow === true;
const pairOf = (map: YAMLMap, step: string): Pair<Node, Node | null> | undefined => map.items.find((p) => isScalar(p.key) && String(p.key.value) === step) as Pair<Node, Node | null> | undefined;
const startOf = (node: Node): number => node.range?.[0] ?? 0;

class Editor {
  constructor(readonly text: string) {}

  edit(root: Node, steps: readonly string[], edit: Edit): TextEdit | undefined {
    let node: Node = root;
    for (const [i, step] of steps.entries()) {
      const last = i === steps.length - 1;
      if (isAlias(node)) return undefined;
      if (isMap(node)) {
        const pair = pairOf(node, step);
        if (last && edit.operation === 'remove') return pair ? this.removePair(node, pair) : { offset: 0, length: 0, text: '' };
        if (!pair) return this.insertPair(node, step, steps.slice(i + 1), edit);
        if (!pair.value || (isScalar(pair.value) && pair.value.value === null)) return edit.operation === 'remove' ? undefined : this.fill(pair, steps.slice(i + 1), edit);
        if (last && edit.operation === 'set') return this.replace(pair.value, edit.value, isFlow(node));
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined;
        if (!item) return undefined;
        if (last && edit.operation === 'remove') return this.removeItem(node, Number(step));
        if (last && edit.operation === 'set') return this.replace(item, edit.value, isFlow(node));
        node = item;
      } else return undefined;
    }
    return edit.operation === 'add' && isSeq(node) ? this.append(node, edit.value) : undefined;
  }

  /** The end of what a node says, without trailing white space and comments. */
  private endOf(node: Node | null): number {
    if (!node) return 0;
    let end = node.range?.[1] ?? 0;
    if (!isFlow(node)) {
      const last = isMap(node) ? node.items.at(-1) : isSeq(node) ? node.items.at(-1) : undefined;
      if (isMap(node) && last) end = this.endOfPair(last as Pair<Node, Node | null>);
      else if (isSeq(node) && last) end = this.endOf(last as Node);
    }
    while (end > 0 && /\s/.test(this.text[end - 1] ?? '')) end--;
    return end;
  }

  private endOfPair(pair: Pair<Node, Node | null>): number {
    if (pair.value && (pair.value.range?.[1] ?? 0) > (pair.value.range?.[0] ?? 0)) return this.endOf(pair.value);
    const colon = this.text.indexOf(':', pair.key.range?.[1] ?? 0);
    return colon + 1;
  }

  private lineStart(offset: number): number { return this.text.lastIndexOf('\n', offset - 1) + 1; }
  private lineEnd(offset: number): number { const at = this.text.indexOf('\n', offset); return at < 0 ? this.text.length : at; }
  private column(offset: number): number { return offset - this.lineStart(offset); }

  /** The value in block style, its lines indented; one line for scalars. */
  private block(value: unknown, indent: number): string {
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return ` ${plain(value)}`;
    const pad = ' '.repeat(indent);
    return `\n${stringify(value, { version: '1.1', lineWidth: 0 }).trimEnd().split('\n').map((line) => `${pad}${line}`).join('\n')}`;
  }

  private insertPair(map: YAMLMap, key: string, rest: readonly string[], edit: Edit): TextEdit | undefined {
    const value = nested(rest, edit);
    if (value === undefined) return undefined;
    const last = map.items.at(-1) as Pair<Node, Node | null> | undefined;
    if (isFlow(map) || !last) {
      const pair = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
      return last ? { offset: this.endOfPair(last), length: 0, text: `, ${pair}` } : { offset: startOf(map) + 1, length: 0, text: pair };
    }
    const indent = this.column(startOf((map.items[0] as Pair<Node>).key));
    return { offset: this.lineEnd(this.endOfPair(last)), length: 0, text: `\n${' '.repeat(indent)}${plain(key)}:${this.block(value, indent + 2)}` };
  }

  /** "key:" without a value gets one. */
  private fill(pair: Pair<Node, Node | null>, rest: readonly string[], edit: Edit): TextEdit | undefined {
    const value = nested(rest, edit);
    if (value === undefined) return undefined;
    const colon = this.text.indexOf(':', pair.key.range?.[1] ?? 0) + 1;
    const written = pair.value ? (pair.value.range?.[1] ?? colon) : colon;
    return { offset: colon, length: Math.max(0, written - colon), text: this.block(value, this.column(startOf(pair.key)) + 2) };
  }

  private replace(node: Node, value: unknown, flow: boolean): TextEdit {
    const start = startOf(node);
    const quoted = this.text[start] === '"' || this.text[start] === "'";
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : typeof value === 'string' && (quoted || (flow && !/^[A-Za-z][\w.-]*$|^\d+[A-Za-z]+$/.test(value))) ? JSON.stringify(value) : plain(value);
    return { offset: start, length: this.endOf(node) - start, text };
  }

  private append(list: YAMLSeq, value: unknown): TextEdit {
    const last = list.items.at(-1) as Node | undefined;
    if (isFlow(list) || !last) return last ? { offset: this.endOf(last), length: 0, text: `, ${JSON.stringify(value)}` } : { offset: startOf(list) + 1, length: 0, text: JSON.stringify(value) };
    const dash = this.text.lastIndexOf('-', startOf(last) - 1);
    const pad = ' '.repeat(this.column(dash));
    const lines = stringify([value], { version: '1.1', lineWidth: 0 }).trimEnd().split('\n').map((line) => `${pad}${line}`);
    return { offset: this.lineEnd(this.endOf(last)), length: 0, text: `\n${lines.join('\n')}` };
  }

  private removePair(map: YAMLMap, pair: Pair<Node, Node | null>): TextEdit {
    const at = map.items.indexOf(pair);
    const start = startOf(pair.key);
    const end = this.endOfPair(pair);
    const next = map.items[at + 1] as Pair<Node> | undefined;
    const previous = map.items[at - 1] as Pair<Node, Node | null> | undefined;
    if (map.items.length === 1) return { offset: start, length: end - start, text: isFlow(map) ? '' : '{}' };
    if (isFlow(map)) return next ? { offset: start, length: startOf(next.key) - start, text: '' } : { offset: this.endOfPair(previous as Pair<Node, Node | null>), length: end - this.endOfPair(previous as Pair<Node, Node | null>), text: '' };
    // The first field of a list's item stands behind its dash: the next one moves up.
    if (this.text.slice(this.lineStart(start), start).trim() !== '' && next) return { offset: start, length: startOf(next.key) - start, text: '' };
    return this.lines(start, end);
  }

  private removeItem(list: YAMLSeq, index: number): TextEdit | undefined {
    const item = list.items[index] as Node;
    const next = list.items[index + 1] as Node | undefined;
    const previous = list.items[index - 1] as Node | undefined;
    const end = this.endOf(item);
    if (isFlow(list)) {
      if (next) return { offset: startOf(item), length: startOf(next) - startOf(item), text: '' };
      const from = previous ? this.endOf(previous) : startOf(item);
      return { offset: from, length: end - from, text: '' };
    }
    const dash = this.text.lastIndexOf('-', startOf(item) - 1);
    if (list.items.length === 1) return { offset: dash, length: end - dash, text: '[]' };
    return this.text.slice(this.lineStart(dash), dash).trim() === '' ? this.lines(dash, end) : undefined;
  }

  /** Whole lines go. */
  private lines(start: number, end: number): TextEdit {
    const from = this.lineStart(start);
    const to = this.lineEnd(end);
    // The last line of a file without a final line break takes the break before it along.
    return to < this.text.length ? { offset: from, length: to + 1 - from, text: '' } : { offset: Math.max(0, from - 1), length: to - Math.max(0, from - 1), text: '' };
  }
}

/** The value with what is missing around it; undefined where an item of a missing list is meant. */
function nested(steps: readonly string[], { operation, value }: Edit): unknown {
  if (steps.some((step) => /^\d+$/.test(step))) return undefined;
  return steps.reduceRight((inner: unknown, step) => ({ [step]: inner }), operation === 'add' ? [value] : value);
}

/** A scalar as YAML needs it: quoted only where it would be something else. */
const plain = (value: unknown): string => stringify(value, { version: '1.1', lineWidth: 0 }).trimEnd();
