import { quote } from '../status';

/**
 * Times as metav1.Time and metav1.MicroTime read and write them: RFC 3339 in, UTC out, in whole seconds or microseconds.
 * The errors are those of Go's time.Parse.
 */
export type TimePrecision = 'seconds' | 'microseconds';

const LAYOUT: { readonly [P in TimePrecision]: string } = { seconds: '2006-01-02T15:04:05Z07:00', microseconds: '2006-01-02T15:04:05.000000Z07:00' };
const CANONICAL: { readonly [P in TimePrecision]: RegExp } = {
  seconds: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, microseconds: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
};
const FULL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|([+-])(\d\d):(\d\d))$/;

export type TimeResult = { readonly text: string } | { readonly error: string };

/** "2024-05-01T12:00:00+02:00" → { text: "2024-05-01T10:00:00Z" }. */
export function normalizeTime(value: string, precision: TimePrecision): TimeResult {
  const result = known.get(value);
  if (result !== undefined && result.precision === precision) return result;
  const fresh = readTime(value, precision);
  if ('text' in fresh && fresh.text === value) remember({ text: value, precision });
  return fresh;
}

/** Canonical times seen lately: the components of one world write the same few again and again. */
const known = new Map<string, { readonly text: string; readonly precision: TimePrecision }>();
const MAX_KNOWN = 1024;

function remember(time: { readonly text: string; readonly precision: TimePrecision }): void {
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(time.text, time);
}

function readTime(value: string, precision: TimePrecision): TimeResult {
  const m = FULL.exec(value);
  if (!m || (precision === 'microseconds' && m[7]?.length !== 6)) return { error: `parsing time ${quote(value)} as ${quote(LAYOUT[precision])}: ${mismatch(value, precision)}` };
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const range = outOfRange(year, month, day, hour, minute, second, Number(m[10] ?? 0), Number(m[11] ?? 0));
  if (range) return { error: `parsing time ${quote(value)}: ${range} out of range` };
  if (CANONICAL[precision].test(value)) return { text: value };
  const offset = m[9] ? (m[9] === '-' ? -1 : 1) * (Number(m[10]) * 60 + Number(m[11])) : 0;
  const whole = new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second)).toISOString().slice(0, 19);
  return { text: precision === 'seconds' ? `${whole}Z` : `${whole}.${m[7] ?? ''}Z` };
}

function outOfRange(year: number, month: number, day: number, hour: number, minute: number, second: number, zoneHour: number, zoneMinute: number): string | undefined {
  if (month < 1 || month > 12) return 'month';
  if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return 'day';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  if (second > 59) return 'second';
  if (zoneHour > 24) return 'time zone offset hour';
  return zoneMinute > 59 ? 'time zone offset minute' : undefined;
}

/** The parts of the layout in order, each with what it reads: the first that does not fit is named in the error. */
function mismatch(value: string, precision: TimePrecision): string {
  const parts: readonly (readonly [string, RegExp])[] = [
    ['2006', /^\d{4}/], ['-', /^-/], ['01', /^\d\d/], ['-', /^-/], ['02', /^\d\d/], ['T', /^T/], ['15', /^\d\d/], [':', /^:/], ['04', /^\d\d/], [':', /^:/], ['05', /^\d\d/],
    precision === 'microseconds' ? ['.000000', /^[.,]\d{6}(?!\d)/] : ['', /^(?:[.,]\d+)?/], ['Z07:00', /^(?:Z|[+-]\d\d:\d\d)/],
  ];
  let rest = value;
  for (const [name, pattern] of parts) {
    const m = pattern.exec(rest);
    if (!m) return `cannot parse ${quote(rest)} as ${quote(name)}`;
    rest = rest.slice(m[0].length);
  }
  return `extra text: ${quote(rest)}`;
}
