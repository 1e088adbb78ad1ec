import { isDNS1123Label, isDNS1123Subdomain } from '../formats';
import { isIPv4, parseCIDRSloppy, parseIPSloppy } from '../ip';

/** The string formats that custom resources may demand (kube-openapi strfmt); other names are ignored. Dashes in names do not count. */
const UUID = (version: string): RegExp => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}-?[0-9a-f]{12}$`, 'i');
const UUID_ANY = UUID('[0-9a-f]{4}-?[0-9a-f]{4}');
const UUID_3 = UUID('3[0-9a-f]{3}-?[0-9a-f]{4}');
const UUID_4 = UUID('4[0-9a-f]{3}-?[89ab][0-9a-f]{3}');
const UUID_5 = UUID('5[0-9a-f]{3}-?[89ab][0-9a-f]{3}');
const HOSTNAME = /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
const CREDIT_CARD = /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
const MAC = /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\2){6}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?:\.[0-9a-f]{4})?)$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[tT](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[zZ]|[+-](\d{2}):(\d{2}))$/;
const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const DURATION_WORDS = /^(?:\d+\s*(?:ns|us|µs|ms|s|m|h|d|w|nanos?|nanoseconds?|micros?|microseconds?|millis?|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|wks?)\s*)+$/i;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 && !leap ? 28 : DAYS[month - 1] ?? 0);
}

function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (!match || !isDate(text.slice(0, 10))) return false;
  const [hour = 0, minute = 0, second = 0] = match.slice(4, 7).map(Number);
  return hour < 24 && minute < 60 && second < 60;
}

function isISBN10(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  const sum = [...digits].reduce((total, c, i) => total + (10 - i) * (c === 'X' ? 10 : Number(c)), 0);
  return sum % 11 === 0;
}

function isISBN13(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  return /^\d{13}$/.test(digits) && [...digits].reduce((total, c, i) => total + Number(c) * (i % 2 ? 3 : 1), 0) % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/\D+/g, '');
  if (!CREDIT_CARD.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, c, i) => { const n = Number(c) * (i % 2 ? 2 : 1); return total + (n > 9 ? n - 9 : n); }, 0);
  return sum % 10 === 0;
}

const isHostname = (text: string): boolean => HOSTNAME.test(text) && text.length <= 255 && text.split('.').every((label) => label.length <= 63);
/** url.ParseRequestURI: absolute, or an absolute path. */
const isURI = (text: string): boolean => (text.startsWith('/') || /^[a-zA-Z][a-zA-Z0-9+.-]*:\S/.test(text)) && !/[\u0000-\u0020\u007f]/.test(text) && !/%(?![0-9a-fA-F]{2})/.test(text);

const CHECKS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['bsonobjectid', (t: string) => /^[0-9a-fA-F]{24}$/.test(t)],
  ['uri', isURI],
  ['email', (t: string) => EMAIL.test(t)],
  ['hostname', isHostname],
  ['ipv4', (t: string) => { const ip = parseIPSloppy(t); return ip !== undefined && !ip.colons && isIPv4(ip); }],
  ['ipv6', (t: string) => { const ip = parseIPSloppy(t); return ip !== undefined && ip.colons; }],
  ['cidr', (t: string) => parseCIDRSloppy(t) !== undefined],
  ['mac', (t: string) => MAC.test(t)],
  ['uuid', (t: string) => UUID_ANY.test(t)], ['uuid3', (t: string) => UUID_3.test(t)], ['uuid4', (t: string) => UUID_4.test(t)], ['uuid5', (t: string) => UUID_5.test(t)],
  ['isbn', (t: string) => isISBN10(t) || isISBN13(t)], ['isbn10', isISBN10], ['isbn13', isISBN13],
  ['creditcard', isCreditCard],
  ['ssn', (t: string) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(t)],
  ['hexcolor', (t: string) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(t)],
  ['rgbcolor', (t: string) => { const m = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(t); return m !== null && m.slice(1).every((n) => Number(n) < 256); }],
  ['byte', (t: string) => BASE64.test(t)],
  ['password', () => true],
  ['date', isDate],
  ['duration', (t: string) => DURATION.test(t) || DURATION_WORDS.test(t)],
  ['datetime', isDateTime],
  ['k8sshortname', (t: string) => isDNS1123Label(t).length === 0],
  ['k8slongname', (t: string) => isDNS1123Subdomain(t).length === 0],
]);

const normalized = (format: string): string => format.replaceAll('-', '');

export const isKnownStringFormat = (format: string): boolean => CHECKS.has(normalized(format));

/** True also for a format that is not known. */
export const matchesFormat = (format: string, text: string): boolean => CHECKS.get(normalized(format))?.(text) ?? true;
