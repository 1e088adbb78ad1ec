import type { Lease } from '../api/generated/types';
import type { NewObject } from '../api/object';
import { isStatus, type Status } from '../api/status';
import { sleep, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import type { Client } from './client';
import { LEASES } from './resources';

/** kube-scheduler's and kube-controller-manager's defaults (--leader-elect-…), in seconds. */
const LEASE_DURATION = 15;
const RENEW_DEADLINE = 10;
const RETRY_PERIOD = 2;
const NAMESPACE = 'kube-system';

export interface ElectionOptions {
  readonly simulation: Simulation;
  readonly client: Client;
  /** Of the Lease: 'kube-scheduler', 'kube-controller-manager'. */
  readonly name: string;
  /** Of this process, e.g. 'control-plane_2c5e…'. */
  readonly identity: string;
  readonly onStartedLeading: () => void;
  readonly onStoppedLeading: () => void;
}

/**
 * client-go's leader election with a Lease: one process of several works, the others wait until its Lease has not been renewed for so long
 * by their own clocks. To be spawned as a background task; it ends when leadership is lost, as the process does.
 */
export class LeaderElector {
  private observed: Lease | undefined;
  private observedAt = 0;

  constructor(private readonly options: ElectionOptions) {}

  *run(): Process {
    const { simulation } = this.options;
    while (!(yield* this.tryAcquireOrRenew())) yield* sleep(this.jittered(RETRY_PERIOD));
    this.options.onStartedLeading();
    for (let renewed = simulation.now; simulation.now - renewed < RENEW_DEADLINE * 1000;) {
      yield* sleep(RETRY_PERIOD * 1000);
      if (yield* this.tryAcquireOrRenew()) renewed = simulation.now;
    }
    this.options.onStoppedLeading();
  }

  private *tryAcquireOrRenew(): Process<boolean> {
    const { client, name, identity, simulation } = this.options;
    const found: Lease | Status = yield* client.get(LEASES, NAMESPACE, name);
    const now = simulation.microTimestamp();
    if (isStatus(found)) {
      if (found.code !== 404) return false;
      const spec = { holderIdentity: identity, leaseDurationSeconds: LEASE_DURATION, acquireTime: now, renewTime: now, leaseTransitions: 0 };
      const made = yield* client.create(LEASES, NAMESPACE, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: NAMESPACE }, spec } as unknown as NewObject<Lease>);
      return this.observe(made);
    }
    const lease = found as Lease;
    if (lease.metadata.resourceVersion !== this.observed?.metadata.resourceVersion) this.observe(lease);
    const mine = lease.spec.holderIdentity === identity;
    if (!mine && lease.spec.holderIdentity && this.observedAt + LEASE_DURATION * 1000 > simulation.now) return false;
    const spec = {
      ...lease.spec, holderIdentity: identity, leaseDurationSeconds: LEASE_DURATION, renewTime: now,
      ...(mine ? {} : { acquireTime: now, leaseTransitions: (lease.spec.leaseTransitions ?? 0) + 1 }),
    };
    return this.observe(yield* client.update(LEASES, { ...lease, spec } as Lease));
  }

  private observe(lease: Lease | Status): boolean {
    if (isStatus(lease)) return false;
    this.observed = lease as Lease;
    this.observedAt = this.options.simulation.now;
    return true;
  }

  private jittered(seconds: number): number { return seconds * 1000 * (1 + 1.2 * this.options.simulation.random.next()); }
}
