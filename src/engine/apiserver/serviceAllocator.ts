import type { Service } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import type { ServiceAllocator } from '../api/strategy/service';

const PORTS = { first: 30000, last: 32767 };
/** --service-cluster-ip-range=10.96.0.0/16; the first address is the API server's own. */
const PREFIX = [10, 96];
const ADDRESSES = 65534;
const ATTEMPTS = 1000;

/** The numbers that one write has taken. They are its own until it is over: then the stored service shows them, or nobody has them. */
export interface Reservation extends ServiceAllocator {
  /** The write is over. Harmless when called twice. */
  release(): void;
}

/** Cluster IPs and node ports: free numbers drawn at random, as the real allocators do, or those asked for. */
export class RandomServiceAllocator {
  /** Taken by writes that are still under way. */
  private readonly pending = new Set<string>();

  constructor(private readonly services: () => Iterable<KubernetesObject>, private readonly random: { next(): number }) {}

  /** An allocator for one write. */
  reserve(): Reservation {
    const taken: string[] = [];
    const take = <T>(result: T, number: string): T => {
      taken.push(number);
      this.pending.add(number);
      return result;
    };
    return {
      allocateIP: (requested) => this.allocateIP(requested, take),
      allocateNodePort: (requested) => this.allocateNodePort(requested, take),
      release: () => { for (const number of taken.splice(0)) this.pending.delete(number); },
    };
  }

  private allocateIP(requested: string | undefined, take: Take): { readonly ip: string } | { readonly error: string } {
    const used = this.used((s) => s.spec.clusterIPs ?? []);
    if (requested !== undefined) {
      if (!requested.startsWith(`${PREFIX.join('.')}.`)) return { error: `the provided IP (${requested}) is not in the valid range. The range of valid IPs is ${PREFIX.join('.')}.0.0/16` };
      return used.has(requested) ? { error: 'provided IP is already allocated' } : take({ ip: requested }, requested);
    }
    for (let i = 0; i < ATTEMPTS; i++) {
      const n = 2 + Math.floor(this.random.next() * (ADDRESSES - 1));
      const ip = `${PREFIX.join('.')}.${n >> 8}.${n & 255}`;
      if (!used.has(ip)) return take({ ip }, ip);
    }
    return { error: 'range is full' };
  }

  private allocateNodePort(requested: number | undefined, take: Take): { readonly port: number } | { readonly error: string } {
    const used = this.used((s) => [...(s.spec.ports ?? []).flatMap((p) => (p.nodePort ? [String(p.nodePort)] : [])), ...(s.spec.healthCheckNodePort ? [String(s.spec.healthCheckNodePort)] : [])]);
    if (requested !== undefined) {
      if (requested < PORTS.first || requested > PORTS.last) return { error: `provided port is not in the valid range. The range of valid ports is ${PORTS.first}-${PORTS.last}` };
      return used.has(String(requested)) ? { error: 'provided port is already allocated' } : take({ port: requested }, String(requested));
    }
    for (let i = 0; i < ATTEMPTS; i++) {
      const port = PORTS.first + Math.floor(this.random.next() * (PORTS.last - PORTS.first + 1));
      if (!used.has(String(port))) return take({ port }, String(port));
    }
    return { error: 'range is full' };
  }

  private used(numbers: (service: Service) => readonly string[]): ReadonlySet<string> {
    const used = new Set(this.pending);
    for (const service of this.services()) for (const number of numbers(service as unknown as Service)) used.add(number);
    return used;
  }
}

type Take = <T>(result: T, number: string) => T;
