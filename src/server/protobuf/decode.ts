import { parseApiVersion } from '../../engine/api/object';
import FIELDS from './fields.json';
import { ProtobufError, wireFields } from './reader';

/**
 * Kubernetes' protobuf, as typed clients (kubectl create among them) send it: "k8s\0", then runtime.Unknown with the
 * type and the object. fields.json says what the numbers mean: "name:kind", made by scripts/generate-protobuf.mjs.
 */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const MAX_DEPTH = 200;

interface Field {
  /** '' where the message's own fields stand in its place. */
  readonly name: string;
  readonly kind: string;
  readonly repetition: '' | '*' | '%';
  /** Its zero means something: it could have been absent. */
  readonly optional: boolean;
}

type Message = { [field: string]: unknown };
const types = new Map<string, ReadonlyMap<number, Field>>();
const text = new TextDecoder('utf-8');

/** The object as plain data with its apiVersion and kind, or the words of why it is none. */
export function decodeProtobuf(bytes: Uint8Array): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: decodeEnvelope(bytes) };
  } catch (thrown) {
    if (thrown instanceof ProtobufError || thrown instanceof SyntaxError) return { error: thrown.message };
    throw thrown;
  }
}

function decodeEnvelope(bytes: Uint8Array): Message {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  let apiVersion = '', kind = '';
  let raw: Uint8Array = new Uint8Array();
  for (const { number, value } of wireFields(bytes.subarray(MAGIC.length))) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === 2) raw = value;
    if (number !== 1) continue;
    for (const part of wireFields(value)) {
      if (part.number === 1) apiVersion = text.decode(part.value as Uint8Array);
      if (part.number === 2) kind = text.decode(part.value as Uint8Array);
    }
  }
  const type = typeOf(apiVersion, kind);
  if (type === undefined) throw new ProtobufError(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in protobuf`);
  return { apiVersion, kind, ...message(type, raw, 0) };
}

/** "apps/v1" and "Deployment" → "apps/v1.Deployment"; the first part of a group is its package. */
function typeOf(apiVersion: string, kind: string): string | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  const name = group === '' ? 'core' : group.split('.')[0] ?? '';
  const folder = group === 'rbac.authorization.k8s.io' ? 'rbac' : group === 'flowcontrol.apiserver.k8s.io' ? 'flowcontrol' : name;
  return [`${folder}/${version}.${kind}`, `meta/v1.${kind}`].find((key) => Object.hasOwn(FIELDS, key));
}

function fieldsOf(type: string): ReadonlyMap<number, Field> {
  const known = types.get(type);
  if (known) return known;
  const rows = (FIELDS as { readonly [type: string]: { readonly [number: string]: string } })[type] ?? {};
  const fields = new Map(Object.entries(rows).map(([number, row]) => [Number(number), parseRow(row)]));
  types.set(type, fields);
  return fields;
}

function parseRow(row: string): Field {
  const [, name = '', kind = '', repetition = '', optional] = /^([^:]*):(.*?)([*%]?)(\??)$/.exec(row) ?? [];
  return { name, kind, repetition: repetition as Field['repetition'], optional: optional === '?' };
}

function message(type: string, bytes: Uint8Array, depth: number): Message {
  if (depth > MAX_DEPTH) throw new ProtobufError('proto: message too deep');
  const fields = fieldsOf(type);
  const out: Message = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = fields.get(number);
    if (field === undefined) continue;
    if (field.repetition === '%') { entry(out, field, value as Uint8Array, depth); continue; }
    const read = readValue(field.kind, value, depth + 1);
    if (field.name === '') Object.assign(out, read);
    else if (field.repetition === '*') append(out, field.name, read);
    else if (field.optional || !isZero(read)) out[field.name] = read;
  }
  return out;
}

function append(out: Message, name: string, item: unknown): void {
  const list = out[name] as unknown[] | undefined;
  if (list) list.push(item);
  else out[name] = [item];
}

/** A map is a list of messages with a key and a value. */
function entry(out: Message, field: Field, bytes: Uint8Array, depth: number): void {
  let key = '';
  let value: unknown = field.kind === 's' ? '' : undefined;
  for (const part of wireFields(bytes)) {
    if (part.number === 1) key = text.decode(part.value as Uint8Array);
    if (part.number === 2) value = readValue(field.kind, part.value, depth + 1);
  }
  const map = (out[field.name] as Message | undefined) ?? {};
  Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
  out[field.name] = map;
}

/** What Go leaves out of JSON where a field is no pointer. */
const isZero = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === 0 || value === false || (typeof value === 'object' && !Array.isArray(value) && Object.keys(value as object).length === 0);

function readValue(kind: string, value: bigint | Uint8Array | number, depth: number): unknown {
  if (!(value instanceof Uint8Array)) return kind === 'b' ? value !== 0n : Number(value);
  switch (kind) {
    case 's': return text.decode(value);
    case 'y': return Buffer.from(value).toString('base64');
    case 'T': return time(value, 0);
    case 'M': return time(value, 6);
    case 'D': return duration(value);
    case 'Q': return text.decode(numbered(value).get(1) as Uint8Array | undefined);
    case 'I': return intOrString(value);
    case 'J': return JSON.parse(text.decode(numbered(value).get(1) as Uint8Array | undefined) || 'null') as unknown;
    default: return kind.startsWith('[') ? [...wireFields(value)].map((item) => readValue(kind.slice(1), item.value, depth)) : message(kind, value, depth);
  }
}

const numbered = (bytes: Uint8Array): ReadonlyMap<number, bigint | Uint8Array | number> => new Map([...wireFields(bytes)].map(({ number, value }) => [number, value]));

/** Seconds and nanoseconds; nothing at all is no time. */
function time(bytes: Uint8Array, digits: number): string | undefined {
  const fields = numbered(bytes);
  if (fields.size === 0) return undefined;
  const seconds = Number(fields.get(1) ?? 0), nanos = Number(fields.get(2) ?? 0);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new ProtobufError('proto: time out of range');
  const fraction = digits === 0 ? '' : `.${String(nanos).padStart(9, '0').slice(0, digits)}`;
  return `${date.toISOString().slice(0, 19)}${fraction}Z`;
}

const duration = (bytes: Uint8Array): string => `${Number(numbered(bytes).get(1) ?? 0) / 1e9}s`;

function intOrString(bytes: Uint8Array): number | string {
  const fields = numbered(bytes);
  return Number(fields.get(1) ?? 0) === 0 ? Number(fields.get(2) ?? 0) : text.decode(fields.get(3) as Uint8Array | undefined);
}
