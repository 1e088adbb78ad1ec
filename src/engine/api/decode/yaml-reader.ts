import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type Scalar } from 'yaml';
import { NumberLiteral, setOwn, type JsonValue } from './json-reader';

/**
 * YAML text → the values of its JSON, as sigs.k8s.io/yaml converts it: YAML 1.1 scalars ("yes" is true, 0o17 and 017 are
 * octal), merge keys, only the first document. Aliases are expanded up to a bound.
 */
export interface YamlResult {
  readonly value: JsonValue;
  /** What a strict reading would refuse: keys that are repeated in a mapping. */
  readonly strict: readonly string[];
}

export class YamlSyntaxError extends Error {}

const MAX_NODES = 1_000_000;
const MAX_DEPTH = 1000;

/** Throws YamlSyntaxError. */
export function readYaml(text: string): YamlResult {
  try { return readDocument(text); } catch (thrown) {
    // Nesting that the parser itself cannot follow.
    if (thrown instanceof RangeError) throw new YamlSyntaxError('yaml: exceeded max depth');
    throw thrown;
  }
}

function readDocument(text: string): YamlResult {
  const document = parseDocument(text, { version: '1.1', schema: 'failsafe', uniqueKeys: false, merge: false, strict: false, logLevel: 'silent' });
  const error = document.errors.find((e) => e.code !== 'MULTIPLE_DOCS');
  if (error) throw new YamlSyntaxError(`yaml: line ${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0] ?? ''}`);
  const reader = new Reader(document.contents, text);
  const value = document.contents === null ? null : reader.read(document.contents, 0);
  return { value, strict: reader.repeated.length ? [`yaml: unmarshal errors:\n${reader.repeated.map((r) => `  ${r}`).join('\n')}`] : [] };
}

class Reader {
  readonly repeated: string[] = [];
  private nodes = 0;
  private readonly targets = new Map<unknown, unknown>();

  constructor(contents: unknown, private readonly text: string) { this.resolve(contents, new Map(), 0); }

  /** What each alias stands for: the nearest anchor of its name before it. One walk for all, however many there are. */
  private resolve(node: unknown, anchors: Map<string, unknown>, depth: number): void {
    if (depth > MAX_DEPTH) throw new YamlSyntaxError('yaml: exceeded max depth');
    if (isAlias(node)) { this.targets.set(node, anchors.get(node.source)); return; }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) this.resolve(item, anchors, depth + 1);
    if (isMap(node)) for (const { key, value } of node.items) { this.resolve(key, anchors, depth + 1); this.resolve(value, anchors, depth + 1); }
  }

  read(node: unknown, depth: number): JsonValue {
    if (++this.nodes > MAX_NODES || depth > MAX_DEPTH) throw new YamlSyntaxError('yaml: document contains excessive aliasing');
    if (isAlias(node)) return this.read(this.targets.get(node), depth + 1);
    if (isMap(node)) return this.mapping(node.items, depth);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    if (isScalar(node)) return this.scalar(node);
    return null;
  }

  private scalar(node: Scalar): JsonValue {
    const text = typeof node.value === 'string' ? node.value : '';
    return node.type === 'PLAIN' && !node.tag ? resolvePlain(text) : text;
  }

  private mapping(items: readonly Pair[], depth: number): JsonValue {
    const out: Record<string, JsonValue> = {};
    const own = new Set<string>();
    for (const { key, value } of items) {
      const read = this.read(key, depth + 1);
      const name = read instanceof NumberLiteral ? read.text : typeof read === 'object' && read !== null ? JSON.stringify(read) : String(read);
      if (name === '<<') { this.merge(out, own, value, depth); continue; }
      if (own.has(name)) this.repeated.push(`line ${this.lineOf(key)}: key ${JSON.stringify(name)} already set in map`);
      own.add(name);
      setOwn(out, name, this.read(value, depth + 1));
    }
    return out;
  }

  /** "<<: *base": keys of the mapping itself win, earlier sources win over later ones. */
  private merge(out: Record<string, JsonValue>, own: ReadonlySet<string>, value: unknown, depth: number): void {
    const read = this.read(value, depth + 1);
    for (const source of Array.isArray(read) ? (read as readonly JsonValue[]) : [read]) {
      if (typeof source !== 'object' || source === null) continue;
      for (const [key, part] of Object.entries(source)) if (!own.has(key) && !Object.hasOwn(out, key)) setOwn(out, key, part as JsonValue);
    }
  }

  private lineOf(key: unknown): number {
    const start = (key as Node | null)?.range?.[0] ?? 0;
    return this.text.slice(0, start).split('\n').length;
  }
}

const WORDS = new Map<string, JsonValue>();
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) WORDS.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) WORDS.set(word, false);
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, null);
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** What an unquoted scalar means in the YAML 1.1 of Kubernetes' parser. */
export function resolvePlain(text: string): JsonValue {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const plain = text.replaceAll('_', '');
  if (/^[-+]?(?:0|[1-9]\d*)$/.test(plain)) return integer(BigInt(plain.replace('+', '')));
  const prefixed = /^([-+]?)0(?:([box])([\da-fA-F]+)|([0-7]+))$/.exec(plain);
  if (prefixed) {
    const digits = prefixed[3] ?? prefixed[4] ?? '';
    const radix = prefixed[2] === 'x' ? 16 : prefixed[2] === 'b' ? 2 : 8;
    if ([...digits].every((d) => parseInt(d, 16) < radix)) return integer((prefixed[1] === '-' ? -1n : 1n) * BigInt(`0${radix === 16 ? 'x' : radix === 2 ? 'b' : 'o'}${digits}`));
  }
  if (!FLOAT.test(plain)) return text;
  const number = Number(plain);
  return Number.isSafeInteger(number) ? number : new NumberLiteral(String(number));
}

function integer(value: bigint): JsonValue {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : new NumberLiteral(String(value));
}
