import type { PodTemplateSpec } from '../api/generated/types';
import { parseQuantity } from '../api/quantity';
import { GO_STRUCTS } from './podTemplateTypes';

/**
 * controller.ComputeHash: the pod-template-hash of a template. It is FNV-1a over Go's spew dump ("%#v" without methods) of
 * v1.PodTemplateSpec, and over the collision count if there is one, written with the safe alphabet: the very same
 * names as a real cluster gives.
 */
export function computeHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const hash = new Fnv32a();
  hash.write(dumpForHash('PodTemplateSpec', template));
  if (collisionCount !== undefined) hash.writeBytes([collisionCount & 0xff, (collisionCount >>> 8) & 0xff, (collisionCount >>> 16) & 0xff, collisionCount >>> 24, 0, 0, 0, 0]);
  return safeEncode(String(hash.sum()));
}

/** fnv.New32, as controller revisions are hashed: over bytes, multiplied before the exclusive or. */
export function fnv32(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of utf8(text)) h = Math.imul(h, 0x01000193) ^ byte;
  return h >>> 0;
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** rand.SafeEncodeString: characters that do not form words. */
export function safeEncode(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += ALPHABET.charAt(text.charCodeAt(i) % ALPHABET.length);
  return out;
}

class Fnv32a {
  private state = 0x811c9dc5;
  write(text: string): void { this.writeBytes(utf8(text)); }
  writeBytes(bytes: Iterable<number>): void { for (const byte of bytes) this.state = Math.imul(this.state ^ byte, 0x01000193); }
  sum(): number { return this.state >>> 0; }
}

function* utf8(text: string): Iterable<number> {
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) yield code;
    else if (code < 0x800) { yield 0xc0 | (code >> 6); yield 0x80 | (code & 0x3f); } else if (code < 0x10000) {
      yield 0xe0 | (code >> 12); yield 0x80 | ((code >> 6) & 0x3f); yield 0x80 | (code & 0x3f);
    } else { yield 0xf0 | (code >> 18); yield 0x80 | ((code >> 12) & 0x3f); yield 0x80 | ((code >> 6) & 0x3f); yield 0x80 | (code & 0x3f); }
  }
}

interface Field {
  readonly json: string;
  readonly go: string;
  readonly type: string;
  readonly embedded: boolean;
}

const fieldsOf = new Map<string, readonly Field[]>();

function fields(type: string): readonly Field[] {
  let known = fieldsOf.get(type);
  if (known === undefined) fieldsOf.set(type, known = (GO_STRUCTS[type] as string).split(', ').filter(Boolean).map(parseField));
  return known;
}

function parseField(text: string): Field {
  if (text.startsWith('-')) return { json: '', go: text.slice(1), type: text.slice(1), embedded: true };
  const space = text.indexOf(' ');
  const [json = '', go] = text.slice(0, space).split('=');
  return { json, go: go ?? json.charAt(0).toUpperCase() + json.slice(1), type: text.slice(space + 1), embedded: false };
}

const SCALARS: ReadonlySet<string> = new Set(['string', 'bool', 'int32', 'int64']);

/** spew.Sprintf("%#v", value) */
export function dumpForHash(type: string, value: unknown): string { return formatTyped(type, value); }

/** A value as a struct's field or at the top: with its type in front. */
function formatTyped(type: string, value: unknown): string {
  if (type.startsWith('*')) return value === undefined || value === null ? `(${goName(type)})<nil>` : `(${goName(type)})${formatValue(type.slice(1), value)}`;
  return `(${goName(type)})${formatValue(type, value)}`;
}

function formatValue(type: string, value: unknown): string {
  if (type.startsWith('[]')) return formatList(type.slice(2), value as readonly unknown[] | undefined);
  if (type === 'ResourceList') return formatMap('resource.Quantity', value as { readonly [key: string]: unknown } | undefined);
  if (type.startsWith('map[')) return formatMap(type.slice(type.indexOf(']') + 1), value as { readonly [key: string]: unknown } | undefined);
  if (type === 'Time') return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';
  if (type === 'resource.Quantity') return formatQuantity(value as string | undefined);
  if (type === 'intstr.IntOrString') return formatIntOrString(value as string | number | undefined);
  if (type in GO_STRUCTS) return formatStruct(type, (value ?? {}) as { readonly [key: string]: unknown });
  if (type === 'bool') return value === true ? 'true' : 'false';
  if (type === 'int32' || type === 'int64') return String(value ?? 0);
  return String(value ?? '');
}

function formatStruct(type: string, value: { readonly [key: string]: unknown }): string {
  return `{${fields(type).map((field) => `${field.go}:${formatTyped(field.type, field.embedded ? value : value[field.json])}`).join(' ')}}`;
}

function formatList(type: string, list: readonly unknown[] | undefined): string {
  if (list === undefined || list === null || list.length === 0) return '<nil>';
  return `[${list.map((item) => formatValue(type, item)).join(' ')}]`;
}

function formatMap(type: string, map: { readonly [key: string]: unknown } | undefined): string {
  const keys = Object.keys(map ?? {}).sort();
  if (map === undefined || keys.length === 0) return '<nil>';
  return `map[${keys.map((key) => `${key}:${formatValue(type, map[key])}`).join(' ')}]`;
}

/** "*v1.Pod", "[]string", "map[string]string", "v1.ResourceList". */
function goName(type: string): string {
  if (type.startsWith('*')) return `*${goName(type.slice(1))}`;
  if (type.startsWith('[]')) return `[]${goName(type.slice(2))}`;
  if (type.startsWith('map[') || SCALARS.has(type) || type.includes('.')) return type;
  return `v1.${type}`;
}

function formatIntOrString(value: string | number | undefined): string {
  const isText = typeof value === 'string';
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${isText ? 0 : (value ?? 0)} StrVal:(string)${isText ? value : ''}}`;
}

const SUFFIXES: { readonly [suffix: string]: readonly [exponent: number, format: string] } = {
  n: [-9, 'DecimalSI'], u: [-6, 'DecimalSI'], m: [-3, 'DecimalSI'], '': [0, 'DecimalSI'], k: [3, 'DecimalSI'], M: [6, 'DecimalSI'], G: [9, 'DecimalSI'], T: [12, 'DecimalSI'],
  P: [15, 'DecimalSI'], E: [18, 'DecimalSI'], Ki: [10, 'BinarySI'], Mi: [20, 'BinarySI'], Gi: [30, 'BinarySI'], Ti: [40, 'BinarySI'], Pi: [50, 'BinarySI'], Ei: [60, 'BinarySI'],
};
const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|)$/;

/** resource.Quantity as ParseQuantity leaves it: a scaled whole number, the text kept where it was canonical. */
function formatQuantity(value: string | undefined): string {
  const text = String(value ?? '0');
  const dump = (amount: bigint, scale: number, kept: string, format: string): string =>
    `{i:(resource.int64Amount){value:(int64)${amount} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${kept} Format:(resource.Format)${format}}`;
  if (text === '0') return dump(0n, 0, '0', 'DecimalSI');
  const match = QUANTITY.exec(text);
  const suffix = match === null ? undefined : SUFFIXES[match[4] as string];
  if (match === null || suffix === undefined) return dump(0n, 0, parseQuantity(text)?.text ?? text, 'DecimalExponent');
  const [exponent, format] = suffix;
  const digits = (match[2] as string) + (match[3] ?? '');
  const whole = BigInt(digits || '0');
  const sign = match[1] === '-' ? -1n : 1n;
  if (format === 'BinarySI') return dump(sign * whole * 2n ** BigInt(exponent), 0, (whole & 7n) !== 0n ? text : '', format);
  const scale = exponent - (match[3] ?? '').length;
  const canonical = scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
  return dump(sign * whole, scale, canonical ? text : '', format);
}
