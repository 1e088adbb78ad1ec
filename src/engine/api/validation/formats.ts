import { addInvalid, invalid, required, type Errors, type Path } from './field';

/**
 * String and number formats with the words of k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content.
 * Each check returns the messages, none for a good value. Lengths are bytes of UTF-8, as in Go.
 */
export type Messages = readonly string[];

const NONE: Messages = [];
const one = (message: string): Messages => [message];

export const maxLenError = (length: number): string => `must be no more than ${length} characters`;
/** The newer wording of pkg/api/validate/content: label keys and values count bytes. */
const maxBytesError = (length: number): string => `must be no more than ${length} bytes`;
export const EMPTY_ERROR = 'must be non-empty';
export const inclusiveRangeError = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;
export function regexError(message: string, format: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`;
  return `${message} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${format}')`;
}

/** Bytes of the text in UTF-8. */
export function byteLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) { length += 4; i++; }
    else length += 3;
  }
  return length;
}

/** Whether the text has more bytes than max; cheap for short texts. */
export const longerThan = (text: string, max: number): boolean => text.length > max || (text.length * 3 > max && byteLength(text) > max);

const whole = (format: string): RegExp => new RegExp(`^${format}$`);

const LABEL_FMT = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_MESSAGE = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_FMT = `${LABEL_FMT}(\\.${LABEL_FMT})*`;
const SUBDOMAIN_MESSAGE = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL = whole(LABEL_FMT);
const SUBDOMAIN = whole(SUBDOMAIN_FMT);
export const DNS1123_LABEL_MAX_LENGTH = 63;
export const DNS1123_SUBDOMAIN_MAX_LENGTH = 253;
export const DNS1035_LABEL_MAX_LENGTH = 63;

/** Length and pattern together; the usual good value allocates nothing. */
function check(value: string, max: number, pattern: RegExp, tooLong: (n: number) => string, mismatch: () => string): Messages {
  const long = longerThan(value, max);
  const bad = !pattern.test(value);
  if (!long && !bad) return NONE;
  return [...(long ? [tooLong(max)] : []), ...(bad ? [mismatch()] : [])];
}

export const isDNS1123Label = (value: string): Messages =>
  check(value, DNS1123_LABEL_MAX_LENGTH, LABEL, maxLenError, () => (SUBDOMAIN.test(value) ? 'must not contain dots' : regexError(LABEL_MESSAGE, LABEL_FMT, 'my-name', '123-abc')));

export const isDNS1123Subdomain = (value: string): Messages =>
  check(value, DNS1123_SUBDOMAIN_MAX_LENGTH, SUBDOMAIN, maxLenError, () => regexError(SUBDOMAIN_MESSAGE, SUBDOMAIN_FMT, 'example.com'));

/** As isDNS1123Subdomain with the newer word for the length, as +k8s:format=k8s-long-name has it. */
export const isLongName = (value: string): Messages =>
  check(value, DNS1123_SUBDOMAIN_MAX_LENGTH, SUBDOMAIN, maxBytesError, () => regexError(SUBDOMAIN_MESSAGE, SUBDOMAIN_FMT, 'example.com'));

const LABEL_UNDERSCORE_FMT = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_UNDERSCORE_FMT = `${LABEL_UNDERSCORE_FMT}(\\.${LABEL_UNDERSCORE_FMT})*`;
const SUBDOMAIN_UNDERSCORE = whole(SUBDOMAIN_UNDERSCORE_FMT);
const SUBDOMAIN_UNDERSCORE_MESSAGE = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";

export const isDNS1123SubdomainWithUnderscore = (value: string): Messages =>
  check(value, DNS1123_SUBDOMAIN_MAX_LENGTH, SUBDOMAIN_UNDERSCORE, maxLenError, () => regexError(SUBDOMAIN_UNDERSCORE_MESSAGE, SUBDOMAIN_UNDERSCORE_FMT, 'example.com'));

const SUBDOMAIN_CASELESS = new RegExp(`^${SUBDOMAIN_FMT}$`, 'i');
const SUBDOMAIN_CASELESS_MESSAGE = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

export const isDNS1123SubdomainCaseless = (value: string): Messages =>
  check(value, DNS1123_SUBDOMAIN_MAX_LENGTH, SUBDOMAIN_CASELESS, maxBytesError, () => regexError(SUBDOMAIN_CASELESS_MESSAGE, SUBDOMAIN_FMT, 'Example.com'));

const LABEL_1035_FMT = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = whole(LABEL_1035_FMT);
const LABEL_1035_MESSAGE = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";

export const isDNS1035Label = (value: string): Messages =>
  check(value, DNS1035_LABEL_MAX_LENGTH, LABEL_1035, maxLenError, () => regexError(LABEL_1035_MESSAGE, LABEL_1035_FMT, 'my-name', 'abc-123'));

const WILDCARD_FMT = `\\*\\.${SUBDOMAIN_FMT}`;
const WILDCARD = whole(WILDCARD_FMT);
const WILDCARD_MESSAGE =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";

export const isWildcardDNS1123Subdomain = (value: string): Messages =>
  check(value, DNS1123_SUBDOMAIN_MAX_LENGTH, WILDCARD, maxLenError, () => regexError(WILDCARD_MESSAGE, WILDCARD_FMT, '*.example.com'));

const NAME_PART_FMT = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const NAME_PART = whole(NAME_PART_FMT);
const NAME_PART_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_EXAMPLES = ['MyName', 'my.name', '123-abc'] as const;

/** A label key, annotation key, finalizer, condition type: an optional DNS subdomain, "/", a name. */
export function isQualifiedName(value: string): Messages {
  const slash = value.indexOf('/');
  if (slash < 0) return namePart(value);
  if (value.indexOf('/', slash + 1) >= 0) {
    return one(`a valid label key ${regexError(NAME_PART_MESSAGE, NAME_PART_FMT, ...QUALIFIED_EXAMPLES)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`);
  }
  const prefix = value.slice(0, slash);
  const after = namePart(value.slice(slash + 1));
  if (prefix === '') return [`prefix part ${EMPTY_ERROR}`, ...after];
  const before = check(prefix, DNS1123_SUBDOMAIN_MAX_LENGTH, SUBDOMAIN, maxBytesError, () => regexError(SUBDOMAIN_MESSAGE, SUBDOMAIN_FMT, 'example.com'));
  return before.length ? [...before.map((m) => `prefix part ${m}`), ...after] : after;
}

function namePart(name: string): Messages {
  const long = longerThan(name, 63);
  const bad = !NAME_PART.test(name);
  if (!long && !bad) return NONE;
  return [
    ...(name === '' ? [`name part ${EMPTY_ERROR}`] : long ? [`name part ${maxBytesError(63)}`] : []),
    ...(bad ? [`name part ${regexError(NAME_PART_MESSAGE, NAME_PART_FMT, ...QUALIFIED_EXAMPLES)}`] : []),
  ];
}

const LABEL_VALUE_FMT = `(${NAME_PART_FMT})?`;
const LABEL_VALUE = whole(LABEL_VALUE_FMT);
const LABEL_VALUE_MESSAGE = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

export const isValidLabelValue = (value: string): Messages =>
  check(value, 63, LABEL_VALUE, maxBytesError, () => regexError(LABEL_VALUE_MESSAGE, LABEL_VALUE_FMT, 'MyValue', 'my_value', '12345'));

const C_IDENTIFIER_FMT = '[A-Za-z_][A-Za-z0-9_]*';
const C_IDENTIFIER = whole(C_IDENTIFIER_FMT);

export const isCIdentifier = (value: string): Messages =>
  C_IDENTIFIER.test(value) ? NONE
    : one(regexError("a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'", C_IDENTIFIER_FMT, 'my_name', 'MY_NAME', 'MyName'));

export const isValidPortNum = (port: number): Messages => (port >= 1 && port <= 65535 ? NONE : one(inclusiveRangeError(1, 65535)));
export const isInRange = (value: number, low: number, high: number): Messages => (value >= low && value <= high ? NONE : one(inclusiveRangeError(low, high)));
/** Unix user and group ids: 0 to 2^31-1. */
export const isValidUserID = (id: number): Messages => isInRange(id, 0, 2147483647);
export const isValidGroupID = isValidUserID;

const PORT_CHARACTERS = /^[-a-z0-9]+$/;
const ONE_LETTER = /[a-z]/;

export function isValidPortName(port: string): Messages {
  const messages: string[] = [];
  if (longerThan(port, 15)) messages.push(maxLenError(15));
  if (!PORT_CHARACTERS.test(port)) messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!ONE_LETTER.test(port)) messages.push('must contain at least one letter (a-z)');
  if (port.includes('--')) messages.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
}

const PERCENT = /^[0-9]+%$/;
export const isValidPercent = (percent: string): Messages =>
  PERCENT.test(percent) ? NONE : one(regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%'));

const HTTP_HEADER_FMT = '[-A-Za-z0-9]+';
const HTTP_HEADER = whole(HTTP_HEADER_FMT);
export const isHTTPHeaderName = (value: string): Messages =>
  HTTP_HEADER.test(value) ? NONE : one(regexError("a valid HTTP header must consist of alphanumeric characters or '-'", HTTP_HEADER_FMT, 'X-Header-Name'));

function dotDots(value: string): Messages {
  if (value === '.') return one("must not be '.'");
  if (value === '..') return one("must not be '..'");
  return value.startsWith('..') ? one("must not start with '..'") : NONE;
}

const ENV_FMT = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const ENV = whole(ENV_FMT);
/** The strict form; containers use isRelaxedEnvVarName (RelaxedEnvironmentVariableValidation is on). */
export function isEnvVarName(value: string): Messages {
  const message = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  return ENV.test(value) ? dotDots(value) : [regexError(message, ENV_FMT, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1'), ...dotDots(value)];
}

const RELAXED_ENV = /^[ -<>-~]*$/;
export function isRelaxedEnvVarName(value: string): Messages {
  if (value === '') return one(`environment variable name ${EMPTY_ERROR}`);
  return RELAXED_ENV.test(value) ? NONE : one("a valid environment variable name must consist only of printable ASCII characters other than '='");
}

const CONFIG_KEY_FMT = '[-._a-zA-Z0-9]+';
const CONFIG_KEY = whole(CONFIG_KEY_FMT);
/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): Messages {
  const basic = check(value, DNS1123_SUBDOMAIN_MAX_LENGTH, CONFIG_KEY, maxLenError, () =>
    regexError("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", CONFIG_KEY_FMT, 'key.name', 'KEY_NAME', 'key-name'));
  const dots = dotDots(value);
  return dots.length ? [...basic, ...dots] : basic;
}

export function isPathSegmentName(name: string): Messages {
  if (name === '.' || name === '..') return one(`may not be '${name}'`);
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`);
}

/** A dotted name of at least three segments. */
export function isFullyQualifiedName(name: string, path: Path, errs: Errors): void {
  if (name === '') { errs.push(required(path, '')); return; }
  const bad = isDNS1123Subdomain(name);
  if (bad.length) errs.push(invalid(path, name, bad.join(',')));
  else if (name.split('.').length < 3) errs.push(invalid(path, name, 'should be a domain with at least three segments separated by dots'));
}

/** A domain name of at least two segments; a final dot is allowed. */
export function isFullyQualifiedDomainName(full: string, path: Path, errs: Errors): void {
  if (full === '') { errs.push(required(path, '')); return; }
  const name = full.endsWith('.') ? full.slice(0, -1) : full;
  const bad = isDNS1123Subdomain(name);
  if (bad.length) { errs.push(invalid(path, name, bad.join(','))); return; }
  const labels = name.split('.');
  if (labels.length < 2) { errs.push(invalid(path, name, 'should be a domain with at least two segments separated by dots')); return; }
  for (const label of labels) {
    const messages = isDNS1123Label(label);
    if (messages.length) { errs.push(invalid(path, label, messages.join(','))); return; }
  }
}

const HTTP_PATH_FMT = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const HTTP_PATH = whole(HTTP_PATH_FMT);
/** "acme.io/foo": a subdomain, "/", characters of an HTTP path. */
export function isDomainPrefixedPath(value: string, path: Path, errs: Errors): void {
  if (value === '') { errs.push(required(path, '')); return; }
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) { errs.push(invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')); return; }
  const host = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  addInvalid(errs, path, host, isDNS1123Subdomain(host));
  if (!HTTP_PATH.test(rest)) errs.push(invalid(path, rest, regexError('Invalid path', HTTP_PATH_FMT)));
}

/** "acme.io/foo": as a label key whose prefix is mandatory. */
export function isDomainPrefixedKey(key: string, path: Path, errs: Errors): void {
  if (key === '') { errs.push(required(path, '')); return; }
  const messages = isQualifiedName(key);
  addInvalid(errs, path, key, messages);
  if (messages.length === 0 && !key.includes('/')) errs.push(invalid(path, key, 'must be a domain-prefixed key (such as "acme.io/foo")'));
}
