import type { Service } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import type { ServiceAllocator } from '../api/strategy/service';

const PORTS = { first: 30000, last: 32767 };
/** --service-cluster-ip-range=10.96.0.0/16; the first address is the API server's own. */
const PREFIX = [10, 96];
const ADDRESSES = 65534;
const ATTEMPTS = 1000;

/** Cluster IPs and node ports: free numbers drawn at random, as the real allocators do, or those asked for. */
export class RandomServiceAllocator implements ServiceAllocator {
  /** Taken by writes that are still under way. */
  private readonly pending = new Set<string>();

  constructor(private readonly services: () => Iterable<KubernetesObject>, private readonly random: { next(): number }) {}

  allocateIP(requested: string | undefined): { readonly ip: string } | { readonly error: string } {
    const used = this.used((s) => s.spec.clusterIPs ?? []);
    if (requested !== undefined) {
      if (!requested.startsWith(`${PREFIX.join('.')}.`)) return { error: `the provided IP (${requested}) is not in the valid range. The range of valid IPs is ${PREFIX.join('.')}.0.0/16` };
      return used.has(requested) ? { error: 'provided IP is already allocated' } : this.take({ ip: requested }, requested);
    }
    for (let i = 0; i < ATTEMPTS; i++) {
      const n = 2 + Math.floor(this.random.next() * (ADDRESSES - 1));
      const ip = `${PREFIX.join('.')}.${n >> 8}.${n & 255}`;
      if (!used.has(ip)) return this.take({ ip }, ip);
    }
    return { error: 'range is full' };
  }

  allocateNodePort(requested: number | undefined): { readonly port: number } | { readonly error: string } {
    const used = this.used((s) => [...(s.spec.ports ?? []).flatMap((p) => (p.nodePort ? [String(p.nodePort)] : [])), ...(s.spec.healthCheckNodePort ? [String(s.spec.healthCheckNodePort)] : [])]);
    if (requested !== undefined) {
      if (requested < PORTS.first || requested > PORTS.last) return { error: `provided port is not in the valid range. The range of valid ports is ${PORTS.first}-${PORTS.last}` };
      return used.has(String(requested)) ? { error: 'provided port is already allocated' } : this.take({ port: requested }, String(requested));
    }
    for (let i = 0; i < ATTEMPTS; i++) {
      const port = PORTS.first + Math.floor(this.random.next() * (PORTS.last - PORTS.first + 1));
      if (!used.has(String(port))) return this.take({ port }, String(port));
    }
    return { error: 'range is full' };
  }

  /** The writes that took numbers are over: what they stored shows in the services. */
  settle(): void { this.pending.clear(); }

  private used(numbers: (service: Service) => readonly string[]): ReadonlySet<string> {
    const used = new Set(this.pending);
    for (const service of this.services()) for (const number of numbers(service as unknown as Service)) used.add(number);
    return used;
  }

  private take<T>(result: T, number: string): T {
    this.pending.add(number);
    return result;
  }
}
