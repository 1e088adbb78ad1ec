import { failure, qualified, quote, type Status, type StatusCause } from '../status';

/**
 * Field errors with the words of k8s.io/apimachinery/pkg/util/validation/field, so that a refusal reads exactly as
 * the real API server's. A path is built with child(), index() and key(); an ErrorList is the result of every validator.
 */
export type FieldErrorType = 'Required' | 'Invalid' | 'NotSupported' | 'Forbidden' | 'Duplicate' | 'NotFound' | 'TooLong' | 'TooShort' | 'TooMany' | 'TooFew' | 'TypeInvalid' | 'Internal';

/** The `reason` of a cause in Status.details. */
const REASONS: { readonly [T in FieldErrorType]: string } = {
  Required: 'FieldValueRequired', Invalid: 'FieldValueInvalid', NotSupported: 'FieldValueNotSupported', Forbidden: 'FieldValueForbidden', Duplicate: 'FieldValueDuplicate',
  NotFound: 'FieldValueNotFound', TooLong: 'FieldValueTooLong', TooShort: 'FieldValueTooShort', TooMany: 'FieldValueTooMany', TooFew: 'FieldValueTooFew', TypeInvalid: 'FieldValueTypeInvalid', Internal: 'InternalError',
};

const WORDS: { readonly [T in FieldErrorType]: string } = {
  Required: 'Required value', Invalid: 'Invalid value', NotSupported: 'Unsupported value', Forbidden: 'Forbidden', Duplicate: 'Duplicate value',
  NotFound: 'Not found', TooLong: 'Too long', TooShort: 'Too short', TooMany: 'Too many', TooFew: 'Too few', TypeInvalid: 'Invalid value', Internal: 'Internal error',
};

export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** Without the path: "Invalid value: \"x\": must be …". */
  readonly body: string;
}

export type ErrorList = readonly FieldError[];

/** What a validator adds to: validators append in the order of the original, so that the message lists errors in its order. */
export type Errors = FieldError[];

/**
 * A path to a field: "spec.containers[0].name", "metadata.labels[a/b]". Immutable. The text is built only when an error
 * needs it: validation of a correct object walks many paths and prints none.
 */
export class Path {
  private constructor(private readonly parent: Path | undefined, private readonly part: string | number, private readonly bracketed: boolean) {}
  static of(...names: readonly string[]): Path { return new Path(undefined, names.join('.'), false); }
  /** "<nil>" in messages, as Go prints a nil path. */
  static readonly root = new Path(undefined, '', false);
  child(name: string, ...names: readonly string[]): Path { return new Path(this, names.length ? `${name}.${names.join('.')}` : name, false); }
  index(i: number): Path { return new Path(this, i, true); }
  key(k: string): Path { return new Path(this, k, true); }
  toString(): string { return this === Path.root ? '<nil>' : this.text(); }
  private text(): string {
    const before = this.parent?.text() ?? '';
    if (this.bracketed) return `${before}[${this.part}]`;
    return before && this.part !== '' ? `${before}.${this.part}` : `${before}${this.part}`;
  }
}

/** field.OmitValueType: an error of a kind that prints its value, but without it. */
export const OMIT_VALUE: unique symbol = Symbol('omit value');

/** encoding/json as Go does it: HTML characters escaped, keys in the order given, map keys sorted by the caller. */
export function goJSON(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (v === undefined ? null : v)).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How Go prints a bad value in these messages: strings quoted, numbers and booleans plain, the rest as JSON. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return goJSON(value);
}

/** A Go map as JSON prints it, keys sorted; null where absent. */
export function sortedMap<T>(map: { readonly [key: string]: T } | undefined): { readonly [key: string]: T } | null {
  if (!map) return null;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const error = (type: FieldErrorType, path: Path, body: string): FieldError => ({ type, field: path.toString(), body });

export const required = (path: Path, detail: string): FieldError => error('Required', path, detail ? `${WORDS.Required}: ${detail}` : WORDS.Required);
export const invalid = (path: Path, value: unknown, detail: string): FieldError =>
  error('Invalid', path, `${WORDS.Invalid}${value === OMIT_VALUE ? '' : `: ${formatValue(value)}`}${detail ? `: ${detail}` : ''}`);
export const typeInvalid = (path: Path, value: unknown, detail: string): FieldError => error('TypeInvalid', path, `${WORDS.TypeInvalid}: ${formatValue(value)}${detail ? `: ${detail}` : ''}`);
export const fieldForbidden = (path: Path, detail: string): FieldError => error('Forbidden', path, `${WORDS.Forbidden}: ${detail}`);
export const duplicate = (path: Path, value: unknown): FieldError => error('Duplicate', path, `${WORDS.Duplicate}: ${formatValue(value)}`);
export const fieldNotFound = (path: Path, value: unknown): FieldError => error('NotFound', path, `${WORDS.NotFound}: ${formatValue(value)}`);
/** Values are listed in the order given: callers sort where the original does. */
export const notSupported = (path: Path, value: unknown, valid: readonly string[]): FieldError =>
  error('NotSupported', path, `${WORDS.NotSupported}: ${formatValue(value)}${valid.length ? `: supported values: ${valid.map(quote).join(', ')}` : ''}`);
/** As in Kubernetes since 1.32, the value itself is not printed. */
export const tooLong = (path: Path, maxLength: number): FieldError =>
  error('TooLong', path, `${WORDS.TooLong}: ${maxLength >= 0 ? `may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}` : 'value is too long'}`);
export const tooMany = (path: Path, actual: number, max: number): FieldError =>
  error('TooMany', path, `${WORDS.TooMany}: ${actual}: must have at most ${max} ${max === 1 ? 'item' : 'items'}`);

export const tooFew = (path: Path, actual: number, min: number): FieldError =>
  error('TooFew', path, `${WORDS.TooFew}: ${actual}: must have at least ${min} ${min === 1 ? 'item' : 'items'}`);
export const tooShort = (path: Path, minLength: number): FieldError =>
  error('TooShort', path, `${WORDS.TooShort}: must be at least ${minLength} ${minLength === 1 ? 'character' : 'characters'}`);
/** As tooLong, counted in characters (code points) instead of bytes. */
export const tooLongCharacters = (path: Path, maxLength: number): FieldError =>
  error('TooLong', path, `${WORDS.TooLong}: may not be more than ${maxLength} ${maxLength === 1 ? 'character' : 'characters'}`);
export const internal = (path: Path, detail: string): FieldError => error('Internal', path, `${WORDS.Internal}: ${detail}`);

/** Adds one Invalid error for each message of a format check. */
export function addInvalid(errs: Errors, path: Path, value: unknown, messages: readonly string[]): void {
  for (const message of messages) errs.push(invalid(path, value, message));
}

/** errors.NewInvalid: 422 with one cause per error; several are aggregated in brackets, exact repetitions once. */
export function invalidStatus(kind: { readonly group: string; readonly kind: string }, name: string, errors: ErrorList): Status {
  const texts = [...new Set(errors.map((e) => `${e.field}: ${e.body}`))];
  const all = texts.length === 1 ? texts[0] ?? '' : `[${texts.join(', ')}]`;
  const causes: StatusCause[] = errors.map((e) => ({ reason: REASONS[e.type], message: e.body, field: e.field }));
  const head = `${qualified(kind.group, kind.kind)} ${quote(name)} is invalid`;
  return failure(422, 'Invalid', errors.length ? `${head}: ${all}` : head, { ...(name ? { name } : {}), ...(kind.group ? { group: kind.group } : {}), kind: kind.kind, ...(causes.length ? { causes } : {}) });
}
