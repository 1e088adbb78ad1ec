import { Duration } from './functions/types';

/** Strings of a schema's formats as CEL's own types. What is no such text stays a string: the schema's format refuses it. */
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function bytesOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const bytes: number[] = [];
  let bits = 0, held = 0;
  for (const character of value.replace(/=+$/, '')) {
    const n = BASE64.indexOf(character);
    if (n < 0) return value;
    held = (held << 6) | n;
    bits += 6;
    if (bits >= 8) { bits -= 8; bytes.push((held >> bits) & 0xff); }
  }
  return Uint8Array.from(bytes);
}

export function timeOf(value: unknown): unknown {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? value : new Date(at);
}

const UNITS: { readonly [unit: string]: number } = { ns: 1, us: 1e3, 'µs': 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** time.ParseDuration. */
export function durationOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[+-]?(?:\d+\.?\d*(?:ns|us|µs|ms|s|m|h))+$/.test(value)) return value;
  let nanos = 0;
  for (const [, amount = '', unit = ''] of value.matchAll(/(\d+\.?\d*)(ns|us|µs|ms|s|m|h)/g)) nanos += Number(amount) * (UNITS[unit] ?? 0);
  const sign = value.startsWith('-') ? -1 : 1;
  return new Duration(BigInt(sign * Math.floor(nanos / 1e9)), sign * (nanos % 1e9));
}
