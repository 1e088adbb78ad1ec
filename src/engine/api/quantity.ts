/**
 * resource.Quantity: exact fixed-point amounts with Kubernetes' three notations. A quantity remembers its notation, and
 * prints as the API server stores it: the text as given where that is canonical by Kubernetes' own (loose) test, else
 * the canonical form. Source of the rules: k8s.io/apimachinery/pkg/api/resource.
 */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

export interface Quantity {
  /** The amount is unscaled × 10^scale; scale is -9 at least. */
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** The string form Kubernetes prints. */
  readonly text: string;
  /** Value(): rounded up (away from zero) to an integer. Exact up to 2^53. */
  readonly value: number;
  /** MilliValue(): thousandths, rounded up (away from zero). Exact up to 2^53. */
  readonly milliValue: number;
}

const PATTERN = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';
/** The three errors of ParseQuantity. */
export const QUANTITY_FORMAT_ERROR = `quantities must match the regular expression '${PATTERN}'`;
export const QUANTITY_NUMERIC_ERROR = 'unable to parse numeric part of quantity';
export const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix";

const NANO = -9;
const MAX_BINARY = (1n << 63n) - 1n;
/** Kubernetes has no such bound; beyond it a number of that many digits would have to be written out. */
const MAX_EXPONENT = 4096;
const CACHE_SIZE = 20_000;

const DECIMAL_SUFFIXES: ReadonlyMap<string, number> = new Map([['', 0], ['n', -9], ['u', -6], ['m', -3], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18]]);
const BINARY_SUFFIXES: ReadonlyMap<string, number> = new Map([['Ki', 10], ['Mi', 20], ['Gi', 30], ['Ti', 40], ['Pi', 50], ['Ei', 60]]);
const SUFFIX_OF_DECIMAL = new Map([...DECIMAL_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]));
const SUFFIX_OF_BINARY = new Map([...BINARY_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]));

/** Sign, integer digits without leading zeros, fraction digits, suffix: what the scanner of ParseQuantity accepts. */
const SCAN = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;

class Amount implements Quantity {
  #text: string | undefined;
  #value: number | undefined;
  #milliValue: number | undefined;
  constructor(readonly unscaled: bigint, readonly scale: number, readonly format: QuantityFormat, text?: string) { this.#text = text; }
  get text(): string { return (this.#text ??= canonicalText(this.unscaled, this.scale, this.format)); }
  get value(): number { return (this.#value ??= Number(roundUp(this.unscaled, this.scale, 0))); }
  get milliValue(): number { return (this.#milliValue ??= Number(roundUp(this.unscaled, this.scale, -3))); }
}

const ZERO: Quantity = new Amount(0n, 0, 'DecimalSI', '0');
const POWERS: readonly bigint[] = Array.from({ length: 64 }, (_, i) => 10n ** BigInt(i));
const power = (exponent: number): bigint => POWERS[exponent] ?? 10n ** BigInt(exponent);

/** The amount in units of 10^target, rounded away from zero. */
function roundUp(unscaled: bigint, scale: number, target: number): bigint {
  if (scale >= target) return unscaled * power(scale - target);
  const divisor = power(target - scale);
  const quotient = unscaled / divisor;
  if (quotient * divisor === unscaled) return quotient;
  return unscaled < 0n ? quotient - 1n : quotient + 1n;
}

function canonicalText(unscaled: bigint, scale: number, format: QuantityFormat): string {
  if (unscaled === 0n) return '0';
  if (format === 'BinarySI') {
    const whole = roundUp(unscaled, scale, 0);
    const exact = scale >= 0 || whole * power(-scale) === unscaled;
    const small = compareAmounts(unscaled, scale, -1024n, 0) > 0 && compareAmounts(unscaled, scale, 1024n, 0) < 0;
    // A small or fractional amount would lose precision in BinarySI.
    return small || !exact ? decimalText(unscaled, scale, 'DecimalSI') : binaryText(whole);
  }
  return decimalText(unscaled, scale, format);
}

function decimalText(unscaled: bigint, scale: number, format: QuantityFormat): string {
  let amount = unscaled;
  let exponent = scale;
  while (amount % 10n === 0n) { amount /= 10n; exponent++; }
  while (exponent % 3 !== 0) { amount *= 10n; exponent--; }
  if (format === 'DecimalExponent') return exponent === 0 ? String(amount) : `${amount}e${exponent}`;
  // As in Kubernetes, an exponent without a suffix (above E) is dropped.
  return `${amount}${SUFFIX_OF_DECIMAL.get(exponent) ?? ''}`;
}

function binaryText(whole: bigint): string {
  let amount = whole;
  let exponent = 0;
  while (amount % 1024n === 0n) { amount /= 1024n; exponent += 10; }
  return `${amount}${SUFFIX_OF_BINARY.get(exponent) ?? ''}`;
}

type Parsed = Quantity | string;
const cache = new Map<string, Parsed>();

function parseCached(input: string | number): Parsed {
  const key = typeof input === 'number' ? String(input) : input;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const parsed = parse(key.trim());
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(key, parsed);
  return parsed;
}

/** A parsed quantity, or the text of the error ParseQuantity gives. */
function parse(text: string): Parsed {
  if (text === '') return QUANTITY_FORMAT_ERROR;
  if (text === '0') return ZERO;
  const scanned = SCAN.exec(text);
  if (!scanned) return QUANTITY_FORMAT_ERROR;
  const [, sign = '', leading = '', fraction = '', suffix = ''] = scanned;
  const whole = leading || '0';
  const negative = sign === '-';
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return parseDecimal(text, negative, whole, fraction, decimal, 'DecimalSI');
  const binary = BINARY_SUFFIXES.get(suffix);
  if (binary !== undefined) return parseBinary(text, negative, whole, fraction, binary);
  const exponent = /^[eE]([-+]?\d+)$/.exec(suffix)?.[1];
  if (exponent === undefined || Math.abs(Number(exponent)) > MAX_EXPONENT) return QUANTITY_SUFFIX_ERROR;
  return parseDecimal(text, negative, whole, fraction, Number(exponent), 'DecimalExponent');
}

function parseDecimal(text: string, negative: boolean, whole: string, fraction: string, exponent: number, format: QuantityFormat): Quantity {
  const digits = whole + fraction;
  const scale = exponent - fraction.length;
  const unscaled = signed(BigInt(digits), negative);
  if (digits.length <= 18 && scale >= NANO) {
    const keepsText = scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
    return new Amount(unscaled, scale, format, keepsText ? text : undefined);
  }
  return scale >= NANO ? new Amount(unscaled, scale, format) : new Amount(roundUp(unscaled, scale, NANO), NANO, format);
}

function parseBinary(text: string, negative: boolean, whole: string, fraction: string, exponent: number): Quantity {
  const precision = 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1;
  const multiplier = 1n << BigInt(exponent);
  if (fraction === '' && precision >= 0) {
    const mantissa = BigInt(whole);
    return new Amount(signed(mantissa * multiplier, negative), 0, 'BinarySI', (mantissa & 7n) !== 0n ? text : undefined);
  }
  let amount = BigInt(whole + fraction) * multiplier;
  let scale = -fraction.length;
  if (scale < NANO) { amount = roundUp(amount, scale, NANO); scale = NANO; }
  if (compareAmounts(amount, scale, MAX_BINARY, 0) > 0) { amount = MAX_BINARY; scale = 0; }
  const fractional = amount > 0n && compareAmounts(amount, scale, 1n, 0) < 0;
  return new Amount(signed(amount, negative), scale, fractional ? 'DecimalSI' : 'BinarySI');
}

const signed = (amount: bigint, negative: boolean): bigint => (negative ? -amount : amount);

function compareAmounts(a: bigint, aScale: number, b: bigint, bScale: number): number {
  const low = Math.min(aScale, bScale);
  const left = a * power(aScale - low);
  const right = b * power(bScale - low);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The quantity, or undefined where the text is none. Surrounding white space is allowed, as in JSON. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const parsed = parseCached(text);
  return typeof parsed === 'string' ? undefined : parsed;
}

/** The words with which Kubernetes refuses the text, or undefined where it is a quantity. */
export function quantityError(text: string | number): string | undefined {
  const parsed = parseCached(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** The text as the API server stores it ("1000m" → "1", "1024Mi" → "1Gi"); what is no quantity is returned unchanged. */
export const canonicalQuantity = (text: string | number): string => parseQuantity(text)?.text ?? String(text);

export const formatQuantity = (q: Quantity): string => q.text;

/** Value() of a quantity or its text, rounded up; 0 for undefined and for what is no quantity. */
export function quantityValue(q: Quantity | string | number | undefined): number {
  return (typeof q === 'object' ? q : q === undefined ? undefined : parseQuantity(q))?.value ?? 0;
}

/** MilliValue() of a quantity or its text, rounded up; 0 for undefined and for what is no quantity. */
export function quantityMilliValue(q: Quantity | string | number | undefined): number {
  return (typeof q === 'object' ? q : q === undefined ? undefined : parseQuantity(q))?.milliValue ?? 0;
}

/** -1, 0 or 1. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  return compareAmounts(a.unscaled, a.scale, b.unscaled, b.scale);
}

export const isZeroQuantity = (q: Quantity): boolean => q.unscaled === 0n;

/** a + b in a's notation, or in b's where a is zero. */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  const low = Math.min(a.scale, b.scale);
  const sum = a.unscaled * power(a.scale - low) + b.unscaled * power(b.scale - low);
  return new Amount(sum, low, a.unscaled === 0n ? b.format : a.format);
}

/** a − b in a's notation, or in b's where a is zero. */
export const subtractQuantity = (a: Quantity, b: Quantity): Quantity => addQuantity(a, new Amount(-b.unscaled, b.scale, b.format));

/** NewQuantity: an integer amount. */
export const quantityOf = (value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity => new Amount(BigInt(value), 0, format);

/** NewMilliQuantity: an integer number of thousandths. */
export const milliQuantityOf = (value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity => new Amount(BigInt(value), -3, format);
