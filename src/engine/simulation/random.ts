/** The one source of chance in a world: same seed, same numbers. sfc32, seeded by splitmix. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    let state = seed | 0;
    const mix = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let t = state ^ (state >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t ^= t >>> 15;
      t = Math.imul(t, 0x735a2d97);
      return (t ^ (t >>> 15)) | 0;
    };
    this.a = mix();
    this.b = mix();
    this.c = mix();
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number { return this.bits() / 4294967296; }

  /** A whole number from 0 to n - 1. */
  below(n: number): number { return Math.floor(this.next() * n); }

  /** The value, give or take the fraction: spread(10, 0.2) lies between 8 and 12. */
  spread(value: number, fraction: number): number { return value * (1 + fraction * (2 * this.next() - 1)); }

  /** An RFC 4122 version 4 UUID. */
  uuid(): string {
    const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
    const a = hex(this.bits()), b = hex(this.bits()), c = hex(this.bits()), d = hex(this.bits());
    const variant = ((parseInt(c.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
    return `${a}-${b.slice(0, 4)}-4${b.slice(5, 8)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  private bits(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }
}
