/**
 * JSON text → values, with what JSON.parse loses and Kubernetes reports: repeated keys and the spelling of numbers.
 * Refusals use the words of Go's encoding/json. Keys such as "__proto__" become ordinary own properties.
 */
export type JsonValue = null | boolean | number | string | NumberLiteral | RepeatedKeys | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A number that is not a plain integer of at most 15 digits: its text decides what it may become. */
export class NumberLiteral {
  constructor(readonly text: string) {}
}

/** An object with repeated keys: its entries in the order of the text. */
export class RepeatedKeys {
  constructor(readonly entries: readonly (readonly [string, JsonValue])[]) {}
}

/** Deeper nesting is refused as Go refuses it (whose own bound is 10,000): no Kubernetes type comes near. */
const MAX_DEPTH = 1000;

export class JsonSyntaxError extends Error {}

/** Throws JsonSyntaxError. */
export function readJson(text: string): JsonValue {
  return new Reader(text).document();
}

/** Assigns a key even where the name has a meaning to JavaScript. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** The value as plain data; of repeated keys the last wins. Shares what needs no change. */
export function toPlain(value: JsonValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof NumberLiteral) return Number(value.text);
  if (value instanceof RepeatedKeys) {
    const out: Record<string, unknown> = {};
    for (const [key, part] of value.entries) setOwn(out, key, toPlain(part));
    return out;
  }
  if (isList(value)) {
    const list = value.map(toPlain);
    return list.every((part, i) => part === value[i]) ? value : list;
  }
  let out: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const part = value[key] as JsonValue;
    const plain = toPlain(part);
    if (plain !== part) setOwn(out ??= { ...value }, key, plain);
  }
  return out ?? value;
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const QUOTE = 0x22, BACKSLASH = 0x5c;
const ESCAPES: { readonly [c: string]: string } = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const INTEGER_DIGITS = 15;

class Reader {
  private at = 0;
  private depth = 0;
  constructor(private readonly text: string) {}

  document(): JsonValue {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail('after top-level value');
    return value;
  }

  private fail(where: string): never {
    if (this.at >= this.text.length) throw new JsonSyntaxError('unexpected end of JSON input');
    throw new JsonSyntaxError(`invalid character ${quoteCharacter(this.text.codePointAt(this.at) ?? 0)} ${where}`);
  }

  private space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.at++;
    }
  }

  private value(): JsonValue {
    this.space();
    switch (this.text[this.at]) {
      case '{': return this.object();
      case '[': return this.list();
      case '"': return this.string();
      case 't': return this.literal('true', true);
      case 'f': return this.literal('false', false);
      case 'n': return this.literal('null', null);
      default: return this.number();
    }
  }

  private enter(): void {
    if (++this.depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
    this.at++;
    this.space();
  }

  private leave(): void {
    this.at++;
    this.depth--;
  }

  private object(): JsonValue {
    this.enter();
    const out: Record<string, JsonValue> = {};
    let entries: [string, JsonValue][] | undefined;
    if (this.text[this.at] === '}') { this.leave(); return out; }
    for (;;) {
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ':') this.fail('after object key');
      this.at++;
      const value = this.value();
      if (!entries && Object.hasOwn(out, key)) entries = Object.entries(out);
      if (entries) entries.push([key, value]);
      else setOwn(out, key, value);
      this.space();
      const next = this.text[this.at];
      if (next === '}') { this.leave(); return entries ? new RepeatedKeys(entries) : out; }
      if (next !== ',') this.fail('after object key:value pair');
      this.at++;
      this.space();
    }
  }

  private list(): JsonValue {
    this.enter();
    const out: JsonValue[] = [];
    if (this.text[this.at] === ']') { this.leave(); return out; }
    for (;;) {
      out.push(this.value());
      this.space();
      const next = this.text[this.at];
      if (next === ']') { this.leave(); return out; }
      if (next !== ',') this.fail('after array element');
      this.at++;
    }
  }

  private string(): string {
    const start = ++this.at;
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c === QUOTE) return this.text.slice(start, this.at++);
      if (c === BACKSLASH) return this.escapedString(start);
      if (!(c >= 0x20)) this.fail('in string literal');
      this.at++;
    }
  }

  private escapedString(start: number): string {
    let out = this.text.slice(start, this.at);
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c === QUOTE) { this.at++; return out.replace(/\p{Surrogate}/gu, '\ufffd'); }
      if (!(c >= 0x20)) this.fail('in string literal');
      if (c !== BACKSLASH) { out += this.text[this.at++]; continue; }
      const escape = this.text[++this.at] ?? '';
      if (escape === 'u') out += this.unicodeEscape();
      else {
        const plain = ESCAPES[escape];
        if (plain === undefined) this.fail('in string escape code');
        out += plain;
        this.at++;
      }
    }
  }

  private unicodeEscape(): string {
    let code = 0;
    for (let i = 0; i < 4; i++) {
      this.at++;
      const digit = parseInt(this.text[this.at] ?? '', 16);
      if (Number.isNaN(digit)) this.fail('in \\u hexadecimal character escape');
      code = code * 16 + digit;
    }
    this.at++;
    return String.fromCharCode(code);
  }

  private literal<T extends boolean | null>(word: string, value: T): T {
    for (const letter of word) {
      if (this.text[this.at] !== letter) this.fail(`in literal ${word} (expecting '${letter}')`);
      this.at++;
    }
    return value;
  }

  private digits(): number {
    const start = this.at;
    while (isDigit(this.text.charCodeAt(this.at))) this.at++;
    return this.at - start;
  }

  private number(): JsonValue {
    const start = this.at;
    const negative = this.text[this.at] === '-';
    if (negative) this.at++;
    if (this.text[this.at] === '0') this.at++;
    else if (this.digits() === 0) this.fail(negative ? 'in numeric literal' : 'looking for beginning of value');
    let whole = true;
    if (this.text[this.at] === '.') {
      whole = false;
      this.at++;
      if (this.digits() === 0) this.fail('after decimal point in numeric literal');
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      whole = false;
      this.at++;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++;
      if (this.digits() === 0) this.fail('in exponent of numeric literal');
    }
    const text = this.text.slice(start, this.at);
    return whole && text.length <= INTEGER_DIGITS ? Number(text) + 0 : new NumberLiteral(text);
  }
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

/** Go names the first byte of what it cannot read. */
function quoteCharacter(codePoint: number): string {
  const byte = codePoint < 0x80 ? codePoint : codePoint < 0x800 ? 0xc0 | (codePoint >> 6) : codePoint < 0x10000 ? 0xe0 | (codePoint >> 12) : 0xf0 | (codePoint >> 18);
  const c = String.fromCharCode(byte);
  if (c === "'") return "'\\''";
  if (c === '"') return `'"'`;
  const named: { readonly [code: number]: string } = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' };
  if (named[byte]) return `'${named[byte]}'`;
  return byte < 0x20 || byte === 0x7f ? `'\\x${byte.toString(16).padStart(2, '0')}'` : `'${c}'`;
}
