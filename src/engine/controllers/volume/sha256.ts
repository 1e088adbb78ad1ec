// SHA-256 as in FIPS 180-4. The engine runs with neither Node nor a browser, so it brings its own.

/** The first 32 bits of the fractional part of a root of a prime number. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;

const PRIMES = firstPrimes(64);
const INITIAL: readonly number[] = PRIMES.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
const ROUND: readonly number[] = PRIMES.map((p) => fraction(Math.cbrt(p)));

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes;
}

/** The bytes of a text in UTF-8; half of a surrogate pair becomes U+FFFD. */
const utf8 = (text: string): number[] =>
  [...encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).matchAll(/%([0-9A-F]{2})|[\s\S]/g)].map((m) => (m[1] ? parseInt(m[1], 16) : m[0].charCodeAt(0)));

/** The message, a one bit, zeros up to a multiple of 64 bytes, and its length in bits at the end. */
function padded(text: string): readonly number[] {
  const bytes = utf8(text);
  const bits = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let shift = 56; shift >= 0; shift -= 8) bytes.push(Math.floor(bits / 2 ** shift) & 0xff);
  return bytes;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
const at = (list: readonly number[], i: number): number => list[i] as number;

function schedule(bytes: readonly number[], start: number): readonly number[] {
  const w: number[] = [];
  for (let i = 0; i < 16; i++) w.push((at(bytes, start + 4 * i) << 24) | (at(bytes, start + 4 * i + 1) << 16) | (at(bytes, start + 4 * i + 2) << 8) | at(bytes, start + 4 * i + 3));
  for (let i = 16; i < 64; i++) {
    const x = at(w, i - 15), y = at(w, i - 2);
    const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3), small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w.push((at(w, i - 16) + small0 + at(w, i - 7) + small1) | 0);
  }
  return w;
}

function compress(state: readonly number[], w: readonly number[]): readonly number[] {
  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + at(ROUND, i) + at(w, i)) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => (x + at(state, i)) | 0);
}

/** SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  const bytes = padded(text);
  let state = INITIAL;
  for (let start = 0; start < bytes.length; start += 64) state = compress(state, schedule(bytes, start));
  return state.map((x) => (x >>> 0).toString(16).padStart(8, '0')).join('');
}
