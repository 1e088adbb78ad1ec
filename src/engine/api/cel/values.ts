import { UnsignedInt } from './functions/types';
import { CelFailure } from './words';

/** What was read from JSON, as CEL sees it: whole numbers are int. Stored objects are immutable, so each is turned once. */
const converted = new WeakMap<object, unknown>();

export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  let done = converted.get(value);
  if (done === undefined) converted.set(value, done = Array.isArray(value) ? value.map(celValue) : mapOf(value));
  return done;
}

/** Fields without a value are not there. */
function mapOf(value: object): object {
  const map: { [key: string]: unknown } = Object.create(null) as { [key: string]: unknown };
  for (const [key, field] of Object.entries(value)) if (field !== undefined) map[key] = celValue(field);
  return map;
}

const numeric = (value: unknown): number | bigint | undefined => (typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof UnsignedInt ? value.value : undefined);

/** CEL's equality: numbers by value, lists and maps by what is in them. */
export function celEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [x, y] = [numeric(a), numeric(b)];
  // Between int and double, too.
  // eslint-disable-next-line eqeqeq
  if (x !== undefined && y !== undefined) return x == y;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((element, i) => celEquals(element, b[i]));
  if (isOrdered(a) && isOrdered(b)) return a.constructor === b.constructor && a.valueOf() === b.valueOf();
  const [left, right] = [entriesOf(a), entriesOf(b)];
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && celEquals(value, right.get(key)));
}

/** Times and durations: valueOf tells all. */
const isOrdered = (value: object): boolean => !(value instanceof Map) && typeof value.valueOf() !== 'object';

const entriesOf = (value: object): ReadonlyMap<unknown, unknown> => (value instanceof Map ? new Map(value) : new Map(Object.entries(value)));

/** Below, at or above zero, as sorting has it. */
export function compareValues(a: unknown, b: unknown): number {
  const [x, y] = [comparable(a), comparable(b)];
  if (typeof x === 'string' ? typeof y !== 'string' : typeof y === 'string') throw new CelFailure('no such overload');
  return x < y ? -1 : x > y ? 1 : 0;
}

function comparable(value: unknown): string | number | bigint {
  const number = numeric(value);
  if (number !== undefined) return number;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Date) return value.getTime();
  const plain = typeof value === 'object' && value !== null ? value.valueOf() : undefined;
  if (typeof plain === 'number') return plain;
  throw new CelFailure('no such overload');
}
