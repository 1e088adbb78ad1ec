import { quote } from '../../status';

/**
 * Whether a schedule is one that github.com/robfig/cron/v3 ParseStandard takes, with its words: five fields or a
 * descriptor. Times are not computed here.
 */
interface Bounds { readonly min: number; readonly max: number; readonly names?: readonly string[]; readonly first?: number }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [{ min: 0, max: 59 }, { min: 0, max: 23 }, { min: 1, max: 31 }, { min: 1, max: 12, names: MONTHS, first: 1 }, { min: 0, max: 6, names: DAYS, first: 0 }];
const DESCRIPTORS: ReadonlySet<string> = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const EVERY = '@every ';

class CronError extends Error {}

/** The error of the parser, or '' for a good schedule. A time zone in front is looked up with `isZone`. */
export function cronError(schedule: string, isZone: (name: string) => boolean): string {
  let spec = schedule;
  if (spec === '') return 'empty spec string';
  if (spec.startsWith('TZ=') || spec.startsWith('CRON_TZ=')) {
    const space = spec.indexOf(' ');
    const zone = spec.slice(spec.indexOf('=') + 1, space < 0 ? undefined : space);
    if (zone !== '' && zone !== 'Local' && !isZone(zone)) return `provided bad location ${zone}: unknown time zone ${zone}`;
    spec = space < 0 ? '' : spec.slice(space).trim();
  }
  if (spec.startsWith('@')) return descriptorError(spec);
  const fields = spec.split(/\s+/).filter((f) => f);
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  try {
    for (const [i, bounds] of FIELDS.entries()) for (const range of (fields[i] ?? '').split(',').filter((r) => r)) checkRange(range, bounds);
  } catch (e) {
    if (e instanceof CronError) return e.message;
    throw e;
  }
  return '';
}

function parseNumber(text: string): number {
  const failed = (why: string): CronError => new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: ${why}`);
  if (!/^[+-]?[0-9]+$/.test(text)) throw failed('invalid syntax');
  const n = Number(text);
  if (Math.abs(n) >= 2 ** 63) throw failed('value out of range');
  if (n < 0) throw new CronError(`negative number (${n}) not allowed: ${text}`);
  return n;
}

function parseNumberOrName(text: string, { names, first = 0 }: Bounds): number {
  const i = names?.indexOf(text.toLowerCase()) ?? -1;
  return i >= 0 ? i + first : parseNumber(text);
}

function checkRange(expression: string, bounds: Bounds): void {
  const parts = expression.split('/');
  const limits = (parts[0] ?? '').split('-');
  let start = bounds.min;
  let end = bounds.max;
  if (limits[0] !== '*' && limits[0] !== '?') {
    start = parseNumberOrName(limits[0] ?? '', bounds);
    if (limits.length > 2) throw new CronError(`too many hyphens: ${expression}`);
    end = limits.length === 1 ? start : parseNumberOrName(limits[1] ?? '', bounds);
  }
  let step = 1;
  if (parts.length > 2) throw new CronError(`too many slashes: ${expression}`);
  if (parts.length === 2) {
    step = parseNumber(parts[1] ?? '');
    if (limits.length === 1) end = bounds.max;
  }
  if (start < bounds.min) throw new CronError(`beginning of range (${start}) below minimum (${bounds.min}): ${expression}`);
  if (end > bounds.max) throw new CronError(`end of range (${end}) above maximum (${bounds.max}): ${expression}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${expression}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${expression}`);
}

function descriptorError(descriptor: string): string {
  if (DESCRIPTORS.has(descriptor)) return '';
  if (!descriptor.startsWith(EVERY)) return `unrecognized descriptor: ${descriptor}`;
  const problem = durationError(descriptor.slice(EVERY.length));
  return problem && `failed to parse duration ${descriptor}: ${problem}`;
}

const UNITS: ReadonlySet<string> = new Set(['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h']);

/** time.ParseDuration's error, or ''. */
function durationError(text: string): string {
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return '';
  if (rest === '') return `time: invalid duration ${quote(text)}`;
  while (rest) {
    const number = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)/.exec(rest)?.[0];
    if (number === undefined) return `time: invalid duration ${quote(text)}`;
    rest = rest.slice(number.length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? '';
    if (unit === '') return `time: missing unit in duration ${quote(text)}`;
    if (!UNITS.has(unit)) return `time: unknown unit ${quote(unit)} in duration ${quote(text)}`;
    rest = rest.slice(unit.length);
  }
  return '';
}
