import { Duration, UnsignedInt } from './types';
import { CelFailure } from '../words';

const CLAUSE = /%(?:%|(?:\.(\d+))?([sdfexXob]))|%/g;

/** "…".format([…]) of cel-go: %s %d %f %e %b %o %x %X and %%. */
export function formatString(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replace(CLAUSE, (clause: string, digits: string | undefined, verb: string | undefined) => {
    if (clause === '%%') return '%';
    if (verb === undefined) throw new CelFailure('unexpected end of string');
    if (next >= values.length) throw new CelFailure(`index ${next} out of range`);
    return formatted(verb, digits === undefined ? undefined : Number(digits), values[next++]);
  });
}

function formatted(verb: string, digits: number | undefined, value: unknown): string {
  const number = value instanceof UnsignedInt ? value.value : value;
  switch (verb) {
    case 's': return shown(value);
    case 'd': if (typeof number === 'bigint') return String(number); break;
    case 'f': if (typeof number === 'number' || typeof number === 'bigint') return Number(number).toFixed(Math.min(digits ?? 6, 100)); break;
    case 'e': if (typeof number === 'number' || typeof number === 'bigint') return Number(number).toExponential(Math.min(digits ?? 6, 100)).replace(/e([+-])(\d)$/, 'e$10$2'); break;
    case 'b': if (typeof value === 'boolean') return value ? '1' : '0'; if (typeof number === 'bigint') return number.toString(2); break;
    case 'o': if (typeof number === 'bigint') return number.toString(8); break;
    case 'x': case 'X': {
      const hex = typeof number === 'bigint' ? number.toString(16) : typeof value === 'string' ? hexOf(value) : undefined;
      if (hex !== undefined) return verb === 'X' ? hex.toUpperCase() : hex;
    }
  }
  throw new CelFailure(`error during formatting: %${verb} was given a value of a type that it cannot format`);
}

const hexOf = (text: string): string => [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|([\s\S])/g)].map(([, byte, char = '']) => byte ?? char.charCodeAt(0).toString(16).padStart(2, '0')).join('').toLowerCase();

/** %s: strings as they are, lists and maps of them unquoted, keys sorted. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toString();
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z');
  if (value instanceof Duration || value instanceof UnsignedInt) return value.toString();
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value as object);
  return `{${entries.map(([k, v]) => `${shown(k)}: ${shown(v)}`).sort().join(', ')}}`;
}
