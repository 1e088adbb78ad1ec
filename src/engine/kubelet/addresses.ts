/** Hands out the addresses of a CIDR to pods, each to one pod at a time, going round so that a freed one rests for long. */
export class AddressPool {
  private readonly base: number;
  private readonly size: number;
  private readonly used = new Set<number>();
  private last = 1;

  constructor(readonly cidr: string) {
    const [address = '10.244.0.0', bits = '24'] = cidr.split('/');
    this.size = 2 ** (32 - Number(bits));
    const start = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    this.base = start - (start % this.size);
  }

  /** The next free address; undefined when all are taken. The first two (network, gateway) and the last are not given. */
  take(): string | undefined {
    for (let tries = 0; tries < this.size; tries++) {
      this.last = this.last + 1 >= this.size - 1 ? 2 : this.last + 1;
      if (this.used.has(this.last)) continue;
      this.used.add(this.last);
      return text(this.base + this.last);
    }
    return undefined;
  }

  /** Marks an address as taken, e.g. by a pod that was there before. */
  claim(address: string): void { this.used.add(number(address) - this.base); }
  release(address: string): void { this.used.delete(number(address) - this.base); }
}

const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const text = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** A /24 for a node that was given none: of its own as far as a hash of its name can tell. */
export function fallbackCIDR(nodeName: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < nodeName.length; i++) hash = Math.imul(hash ^ nodeName.charCodeAt(i), 0x01000193);
  const place = (hash >>> 0) % 65_536;
  return `10.${place >> 8}.${place & 255}.0/24`;
}
