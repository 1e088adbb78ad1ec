import { invalid, type Errors, type Path } from '../field';

/** spec.timeZone of a CronJob: a name of the IANA data base, as JavaScript's own Intl knows it. */
const PART = /^[A-Za-z.\-_0-9+]{1,14}$/;

/** Go's data base is case-sensitive, Intl is not: the canonical names are compared, links at least begin with a capital. */
let canonical: ReadonlyMap<string, string> | undefined;

export function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  canonical ??= new Map(Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]));
  const known = canonical.get(name.toLowerCase());
  if (known !== undefined) return known === name;
  if (!/^[A-Z]/.test(name) || name.split('/').some((part) => /^[a-z]/.test(part))) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

export function validateTimeZone(zone: string | undefined, path: Path, errs: Errors): void {
  if (zone === undefined) return;
  if (zone === '') { errs.push(invalid(path, zone, 'timeZone must be nil or non-empty string')); return; }
  const badPart = zone.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !PART.test(part));
  if (badPart) { errs.push(invalid(path, zone, `unknown time zone ${zone}`)); return; }
  if (zone.toLowerCase() === 'local') errs.push(invalid(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  if (zone !== 'Local' && !isTimeZone(zone)) errs.push(invalid(path, zone, `unknown time zone ${zone}`));
}
