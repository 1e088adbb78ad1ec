import { LineCounter, isMap, isScalar, isSeq, parseAllDocuments, type Document, type Node, type YAMLMap } from 'yaml';

/** A place in a file, counted from 0 as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface SourceRange {
  readonly start: Position;
  readonly end: Position;
}

/** Something wrong with the text itself, before any API server sees it. */
export interface ManifestError {
  readonly message: string;
  readonly range: SourceRange;
}

/** One Kubernetes object as a person wrote it. */
export interface ManifestDocument {
  readonly file: string;
  /** Counted over the whole file; items of a List count each. */
  readonly index: number;
  readonly range: SourceRange;
  readonly value: { readonly [field: string]: unknown };
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Where a field stands: "spec.template.spec.containers[0].image". For a field that is not there, its nearest ancestor. */
  rangeOf(fieldPath: string): SourceRange;
  /** From a field's key to the end of its value; undefined for a field that is not there. */
  extentOf(fieldPath: string): SourceRange | undefined;
}

export interface ParsedManifest {
  readonly documents: readonly ManifestDocument[];
  readonly errors: readonly ManifestError[];
}

/** Larger texts are refused, as etcd would refuse the objects in them. */
export const MAX_MANIFEST_CHARACTERS = 8_000_000;
export const MAX_DOCUMENTS = 20_000;
const MAX_ALIASES = 100;

/**
 * Reads YAML (as Kubernetes does: version 1.1, so that `yes` is a boolean) or JSON, several documents or a List. One broken
 * document hides no other.
 */
export function parseManifest(text: string, file: string): ParsedManifest {
  const whole: SourceRange = { start: { line: 0, column: 0 }, end: { line: 0, column: 1 } };
  if (text.length > MAX_MANIFEST_CHARACTERS) return { documents: [], errors: [{ message: `This file has ${text.length} characters; at most ${MAX_MANIFEST_CHARACTERS} are read.`, range: whole }] };
  const lines = new LineCounter();
  const documents: ManifestDocument[] = [];
  const errors: ManifestError[] = [];
  const parsed = parseAllDocuments(text, { version: '1.1', lineCounter: lines, uniqueKeys: true, strict: true, prettyErrors: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(0, line - 1), column: Math.max(0, col - 1) };
  };
  const rangeOfNode = (node: { readonly range?: readonly [number, number, number] | null } | null | undefined): SourceRange =>
    node?.range ? { start: position(node.range[0]), end: position(node.range[1]) } : whole;
  if (!Array.isArray(parsed)) return { documents, errors };
  for (const document of parsed.slice(0, MAX_DOCUMENTS)) {
    const problem = document.errors[0];
    if (problem) {
      errors.push({ message: explain(problem.message, text, problem.pos[0]), range: { start: position(problem.pos[0]), end: position(problem.pos[1]) } });
      continue;
    }
    addDocument(document as Document.Parsed, file, documents, errors, rangeOfNode);
  }
  if (parsed.length > MAX_DOCUMENTS) errors.push({ message: `Only the first ${MAX_DOCUMENTS} documents of this file are read.`, range: whole });
  return { documents, errors };
}

function addDocument(document: Document.Parsed, file: string, documents: ManifestDocument[], errors: ManifestError[], rangeOf: (node: Node | null) => SourceRange): void {
  const root = document.contents as Node | null;
  // An empty document, or one with nothing but comments, is nothing.
  if (root === null || (isScalar(root) && (root.value === null || root.value === ''))) return;
  if (!isMap(root)) { errors.push({ message: 'This document is not a Kubernetes object: it must be a mapping with apiVersion and kind.', range: rangeOf(root) }); return; }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (thrown) {
    errors.push({ message: thrown instanceof Error ? thrown.message : String(thrown), range: rangeOf(root) });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = value as { readonly [field: string]: unknown };
  const items = fields.items;
  if (typeof fields.kind === 'string' && fields.kind.endsWith('List') && Array.isArray(items)) {
    const itemsNode = root.get('items', true) as unknown as Node | undefined;
    items.slice(0, MAX_DOCUMENTS - documents.length).forEach((item: unknown, i) => {
      const node = itemsNode && isSeq(itemsNode) ? (itemsNode.items[i] as Node) : root;
      const itemKind = fields.kind === 'List' ? undefined : String(fields.kind).slice(0, -4);
      if (typeof item === 'object' && item !== null) documents.push(makeDocument(file, documents.length, node, { ...(itemKind ? { apiVersion: fields.apiVersion, kind: itemKind } : {}), ...(item as object) }, rangeOf));
    });
    return;
  }
  documents.push(makeDocument(file, documents.length, root, fields, rangeOf));
}

function makeDocument(file: string, index: number, root: Node, value: { readonly [field: string]: unknown }, rangeOf: (node: Node | null) => SourceRange): ManifestDocument {
  const metadata = (typeof value.metadata === 'object' && value.metadata !== null ? value.metadata : {}) as { readonly [field: string]: unknown };
  const text = (v: unknown): string => (typeof v === 'string' ? v : '');
  return {
    file, index, range: rangeOf(root), value, apiVersion: text(value.apiVersion), kind: text(value.kind), namespace: text(metadata.namespace), name: text(metadata.name) || text(metadata.generateName),
    rangeOf: (fieldPath) => rangeOf(nodeAt(root, splitPath(fieldPath))),
    extentOf: (fieldPath) => {
      const pair = pairAt(root, splitPath(fieldPath));
      return pair && { start: rangeOf(pair.key).start, end: rangeOf(pair.value ?? pair.key).end };
    },
  };
}

/** "spec.ports[0].name" and "metadata.labels[a.b/c]" → their steps. */
export function splitPath(fieldPath: string): readonly string[] {
  const steps: string[] = [];
  for (const match of fieldPath.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) steps.push(match[1] ?? match[2] ?? '');
  return steps;
}

/** The key of the deepest step that is there: an underline on the key says more than one over a whole block. */
function nodeAt(root: Node, steps: readonly string[]): Node {
  let node: Node = root;
  let shown: Node = isMap(root) ? firstKey(root) : root;
  for (const step of steps) {
    if (isMap(node)) {
      const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === step);
      if (!pair) break;
      shown = isScalar(pair.value) && pair.value.range && pair.value.range[1] > pair.value.range[0] ? (pair.value as Node) : (pair.key as Node);
      if (pair.value === null) break;
      node = pair.value as Node;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (!item) break;
      node = item;
      shown = isMap(item) ? firstKey(item) : item;
    } else break;
  }
  return shown;
}

/** Key and value of a field, or an item of a list as both. */
function pairAt(root: Node, steps: readonly string[]): { readonly key: Node; readonly value: Node | null } | undefined {
  let found: { readonly key: Node; readonly value: Node | null } | undefined;
  let node: Node | null = root;
  for (const step of steps) {
    if (isMap(node)) {
      const pair: YAMLMap['items'][number] | undefined = node.items.find((p) => isScalar(p.key) && String(p.key.value) === step);
      if (!pair) return undefined;
      found = { key: pair.key as Node, value: pair.value as Node | null };
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (!item) return undefined;
      found = { key: item, value: item };
    } else return undefined;
    node = found.value;
  }
  return found;
}

function firstKey(map: YAMLMap): Node {
  return (map.items[0]?.key ?? map) as Node;
}

/** The parser's message, and what it is most likely about. */
function explain(message: string, text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end < 0 ? undefined : end);
  if (line.includes('{{') || (message.includes('flow') && text.includes('{{'))) return `This looks like a Helm template: render it first (helm template), then create the result. (${message})`;
  return message;
}
