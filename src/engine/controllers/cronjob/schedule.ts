/** A cron expression as robfig/cron's standard parser reads it: five fields, names, ranges, steps, and the @ descriptors. */
export interface Schedule {
  /** The first time after the given one, in milliseconds since 1970; undefined when none comes within five years. */
  next(after: number): number | undefined;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MINUTE: Bounds = { min: 0, max: 59, names: [] };
const HOUR: Bounds = { min: 0, max: 23, names: [] };
const DAY: Bounds = { min: 1, max: 31, names: [] };
const MONTH: Bounds = { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] };
const WEEKDAY: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const DESCRIPTORS: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};

interface FieldSet {
  readonly values: ReadonlySet<number>;
  readonly star: boolean;
}

const MINUTE_MS = 60_000, DAY_MS = 24 * 60 * MINUTE_MS;
const SEARCH_DAYS = 5 * 366;

/** Parses an expression; an error is the parser's own message. The time zone is an IANA name; UTC without one. */
export function parseSchedule(text: string, timeZone?: string): Schedule | { readonly error: string } {
  if (text === '') return { error: 'empty spec string' };
  const every = /^@every (.+)$/.exec(text);
  if (every) return parseEvery(text, every[1] as string);
  if (text.startsWith('@') && DESCRIPTORS[text] === undefined) return { error: `unrecognized descriptor: ${text}` };
  const parts = (DESCRIPTORS[text] ?? text).trim().split(/\s+/);
  if (parts.length !== 5) return { error: `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]` };
  const sets: FieldSet[] = [];
  for (const [i, bounds] of [MINUTE, HOUR, DAY, MONTH, WEEKDAY].entries()) {
    const set = parseField(parts[i] as string, bounds);
    if ('error' in set) return set;
    sets.push(set);
  }
  const [minutes, hours, days, months, weekdays] = sets as [FieldSet, FieldSet, FieldSet, FieldSet, FieldSet];
  return new FieldSchedule(minutes, hours, days, months, weekdays, zoneOffsets(timeZone));
}

function parseEvery(text: string, duration: string): Schedule | { readonly error: string } {
  const units: { readonly [unit: string]: number } = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  let total = 0;
  const rest = duration.replace(/(\d+(?:\.\d+)?)(ms|h|m|s)/g, (_, n: string, unit: string) => { total += Number(n) * (units[unit] ?? 0); return ''; });
  if (rest !== '' || duration === '') return { error: `failed to parse duration ${text}: time: invalid duration "${duration}"` };
  const step = Math.max(1000, Math.floor(total / 1000) * 1000);
  return { next: (after) => Math.floor(after / 1000) * 1000 + step };
}

function parseField(text: string, bounds: Bounds): FieldSet | { readonly error: string } {
  const values = new Set<number>();
  let star = false;
  for (const part of text.split(',').filter((p) => p !== '')) {
    const range = parseRange(part, bounds);
    if ('error' in range) return range;
    star ||= range.star;
    for (let v = range.from; v <= range.to; v += range.step) values.add(v);
  }
  return { values, star };
}

function parseRange(text: string, bounds: Bounds): { readonly from: number; readonly to: number; readonly step: number; readonly star: boolean } | { readonly error: string } {
  const [range = '', stepText, ...tooMany] = text.split('/');
  const [low = '', high, ...extra] = range.split('-');
  if (tooMany.length > 0) return { error: `too many slashes: ${text}` };
  if (extra.length > 0) return { error: `too many hyphens: ${text}` };
  const star = low === '*' || low === '?';
  const from = star ? bounds.min : parseValue(low, bounds);
  const end = star ? bounds.max : high === undefined ? from : parseValue(high, bounds);
  const step = stepText === undefined ? 1 : number(stepText);
  if (from === undefined || end === undefined || step === undefined) return { error: `failed to parse int from ${step === undefined ? stepText : from === undefined ? low : high}: strconv.Atoi: parsing "${step === undefined ? stepText : from === undefined ? low : high}": invalid syntax` };
  // "5/15" means from five on.
  const to = !star && high === undefined && stepText !== undefined ? bounds.max : end;
  if (from < bounds.min) return { error: `beginning of range (${from}) below minimum (${bounds.min}): ${text}` };
  if (to > bounds.max) return { error: `end of range (${to}) above maximum (${bounds.max}): ${text}` };
  if (from > to) return { error: `beginning of range (${from}) beyond end of range (${to}): ${text}` };
  if (step === 0) return { error: `step of range should be a positive number: ${text}` };
  return { from, to, step, star: star && step === 1 };
}

function parseValue(text: string, bounds: Bounds): number | undefined {
  const name = bounds.names.indexOf(text.toLowerCase());
  return name >= 0 ? name + bounds.min : number(text);
}

const number = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

type Offset = (utc: number) => number;

/** Milliseconds that a zone is ahead of UTC at a moment. */
function zoneOffsets(timeZone: string | undefined): Offset {
  if (timeZone === undefined || timeZone === '' || timeZone === 'UTC' || timeZone === 'Etc/UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return (utc) => {
    const parts: { [type: string]: number } = {};
    for (const { type, value } of format.formatToParts(utc)) parts[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utc / 1000) * 1000;
  };
}

/** Whether a time zone is known; the message is Go's when it is not. */
export function timeZoneError(timeZone: string): string | undefined {
  try { new Intl.DateTimeFormat('en-GB', { timeZone }); return undefined; } catch { return `unknown time zone ${timeZone}`; }
}

export const offsetOf = (timeZone: string | undefined, utc: number): number => zoneOffsets(timeZone)(utc);

class FieldSchedule implements Schedule {
  constructor(
    private readonly minutes: FieldSet, private readonly hours: FieldSet, private readonly days: FieldSet, private readonly months: FieldSet, private readonly weekdays: FieldSet,
    private readonly offset: Offset,
  ) {}

  next(after: number): number | undefined {
    const start = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
    const local = start + this.offset(start);
    let day = Math.floor(local / DAY_MS) * DAY_MS;
    for (let i = 0; i < SEARCH_DAYS; i++, day += DAY_MS) {
      if (!this.matchesDay(new Date(day))) continue;
      const found = this.inDay(day, start);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private matchesDay(date: Date): boolean {
    if (!this.months.values.has(date.getUTCMonth() + 1)) return false;
    const day = this.days.values.has(date.getUTCDate()), weekday = this.weekdays.values.has(date.getUTCDay());
    // Where both are restricted, either will do.
    return this.days.star || this.weekdays.star ? day && weekday : day || weekday;
  }

  /** The first moment of a local day that is not before the start. Local times that a clock change skips do not exist. */
  private inDay(day: number, start: number): number | undefined {
    let best: number | undefined;
    for (const hour of this.hours.values) {
      for (const minute of this.minutes.values) {
        const local = day + hour * 60 * MINUTE_MS + minute * MINUTE_MS;
        for (const guess of new Set([local - this.offset(local), local - this.offset(local - this.offset(local))])) {
          if (guess + this.offset(guess) !== local || guess < start || (best !== undefined && guess >= best)) continue;
          best = guess;
        }
      }
    }
    return best;
  }
}
