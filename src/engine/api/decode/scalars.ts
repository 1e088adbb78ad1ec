import { canonicalQuantity, milliQuantityOf, parseQuantity, quantityError } from '../quantity';
import type { DecodeContext } from './context';
import { normalizeTime, type TimePrecision } from './go-time';
import { NumberLiteral, RepeatedKeys, toPlain, type JsonValue } from './json-reader';

/** Turns a value of the text into the stored one; undefined where nothing is stored. Never called with null. */
/** `base` is the stored value that this one may share parts with: what it shares is in stored form already. */
export type Decode = (value: JsonValue, context: DecodeContext, base?: unknown) => unknown;

/** "number", "string" … as Go names what it found. */
export function describe(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof NumberLiteral) return 'number';
  if (value instanceof RepeatedKeys) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

export function stringOf(goType: string): Decode {
  return (value, context) => {
    if (typeof value === 'string') return value;
    context.typeMismatch(describe(value), goType);
    return undefined;
  };
}

export function boolOf(goType: string): Decode {
  return (value, context) => {
    if (typeof value === 'boolean') return value;
    context.typeMismatch(describe(value), goType);
    return undefined;
  };
}

const INT32_MAX = 2147483647, INT32_MIN = -2147483648;
const INT64_MAX = 9223372036854775807n, INT64_MIN = -9223372036854775808n;

/** The number, or how Go describes why it is none of this size. */
function wholeNumber(value: JsonValue, bits: 32 | 64): number | string {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return `number ${value}`;
    return bits === 32 && (value > INT32_MAX || value < INT32_MIN) ? `number ${value}` : value;
  }
  if (!(value instanceof NumberLiteral)) return describe(value);
  if (!/^-?\d+$/.test(value.text)) return `number ${value.text}`;
  const exact = BigInt(value.text);
  const fits = bits === 32 ? exact <= INT32_MAX && exact >= INT32_MIN : exact <= INT64_MAX && exact >= INT64_MIN;
  return fits ? Number(exact) : `number ${value.text}`;
}

export function integerOf(goType: string, bits: 32 | 64): Decode {
  return (value, context) => {
    const result = wholeNumber(value, bits);
    if (typeof result === 'number') return result;
    context.typeMismatch(result, goType);
    return undefined;
  };
}

export function doubleOf(goType: string): Decode {
  return (value, context) => {
    const number = value instanceof NumberLiteral ? Number(value.text) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    context.typeMismatch(value instanceof NumberLiteral ? `number ${value.text}` : describe(value), goType);
    return undefined;
  };
}

export function timeOf(precision: TimePrecision): Decode {
  return (value, context) => {
    if (typeof value !== 'string') { context.fail(context.unmarshalError(describe(value), 'string')); return undefined; }
    const result = normalizeTime(value, precision);
    if ('text' in result) return result.text;
    context.fail(result.error);
    return undefined;
  };
}

/** resource.Quantity reads the text of whatever stands there, so that a plain number is a quantity too. */
export const quantity: Decode = (value, context) => {
  const text = typeof value === 'string' ? value : value instanceof NumberLiteral ? value.text : typeof value === 'number' ? String(value) : JSON.stringify(toPlain(value));
  const error = quantityError(text);
  if (error === undefined) return canonicalQuantity(text);
  context.fail(error);
  return undefined;
};

/** Amounts of resources are kept to a thousandth, rounded up (SetDefaults_ResourceList). */
export const roundedQuantity: Decode = (value, context) => {
  const text = quantity(value, context);
  if (typeof text !== 'string' || !/[nu]$|[eE]-/.test(text)) return text;
  const amount = parseQuantity(text);
  return amount && amount.scale < MILLI ? milliQuantityOf(amount.milliValue, amount.format).text : text;
};
const MILLI = -3;

export const intOrString: Decode = (value, context) => {
  if (typeof value === 'string') return value;
  const result = wholeNumber(value, 32);
  if (typeof result === 'number') return result;
  context.fail(context.unmarshalError(result, 'int32'));
  return undefined;
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 text, kept as text in canonical form. Line breaks inside are allowed, as in Go. */
export function bytesOf(goType: string): Decode {
  return (value, context) => {
    if (typeof value !== 'string') { context.typeMismatch(describe(value), goType); return undefined; }
    const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
    if (BASE64.test(text)) return text;
    context.typeError ??= `illegal base64 data at input byte ${firstBadByte(value)}`;
    return undefined;
  };
}

/** Where Go's base64 decoder gives up: the first character that is none of the alphabet, misplaced padding, or the end of the text. */
function firstBadByte(value: string): number {
  let digits = 0;
  for (let i = 0; i < value.length; i++) {
    const c = value[i] ?? '';
    if (c === '\r' || c === '\n') continue;
    if (/[A-Za-z0-9+/]/.test(c)) { digits++; continue; }
    if (c !== '=' || digits % 4 < 2) return i;
    const rest = value.slice(i).replace(/[\r\n]/g, '');
    const wanted = digits % 4 === 2 ? 2 : 1;
    if (rest.length < wanted) return value.length;
    if (rest[wanted - 1] !== '=') return i + wanted - 1;
    return i + wanted;
  }
  return Math.max(0, value.length - (digits % 4));
}

/** Free-form data, kept as it is. */
export const anything: Decode = (value) => toPlain(value);
