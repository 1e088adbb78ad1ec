const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGITS: ReadonlyMap<string, number> = new Map([...ALPHABET].map((c, i) => [c, i]));

/** Bytes that a base64 text stands for. */
export function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

/** The decoded bytes, one character each: enough to judge ASCII formats. What is not base64 is skipped. */
export function decodeBase64Text(base64: string): string {
  const out: string[] = [];
  let bits = 0;
  let value = 0;
  for (const c of base64) {
    const digit = DIGITS.get(c);
    if (digit === undefined) continue;
    value = ((value << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) { bits -= 8; out.push(String.fromCharCode((value >> bits) & 0xff)); }
  }
  return out.join('');
}
