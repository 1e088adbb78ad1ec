import { sleep, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import { vary, type Latencies } from '../simulation/latency';
import type { TraceRecorder } from '../trace/recorder';
import { Store } from './store';
import { LEASE_NOT_FOUND, isEtcdError, type EtcdClient, type EtcdError, type EtcdEvent, type RangeRequest, type RangeResponse, type TxnRequest, type TxnResponse } from './types';

interface Lease {
  readonly seconds: number;
  readonly keys: Set<string>;
  cancel: () => void;
}

/** etcd with one member: a write is durable when this member has it. */
export class SingleMemberEtcd implements EtcdClient {
  readonly store: Store;
  private readonly leases = new Map<number, Lease>();
  private nextLease = 1;

  constructor(private readonly simulation: Simulation, private readonly trace: TraceRecorder, private readonly latencies: Latencies, store = new Store()) {
    this.store = store;
  }

  get revision(): number { return this.store.revision; }

  *range(request: RangeRequest): Process<RangeResponse | EtcdError> {
    yield* sleep(vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork));
    return this.store.range(request);
  }

  *txn(request: TxnRequest): Process<TxnResponse | EtcdError> {
    const { random } = this.simulation;
    yield* sleep(vary(random, this.latencies, this.latencies.storageNetwork + this.latencies.commit));
    const id = this.trace.next;
    const before = this.store.revision;
    const response = this.store.txn(request, id);
    const back = vary(random, this.latencies, this.latencies.storageNetwork);
    const write = request.success.find((o) => o.type !== 'range');
    const changed = !isEtcdError(response) && response.revision > before;
    this.trace.storage({
      kind: 'storage', operation: 'txn', key: write && 'key' in write ? write.key : '', succeeded: !isEtcdError(response) && response.succeeded,
      change: !changed || write === undefined ? 'none' : write.type === 'delete' ? 'deleted' : response.responses[0]?.length ? 'modified' : 'created',
      revision: isEtcdError(response) ? before : response.revision, answeredAt: this.simulation.now + back,
    });
    if (changed) this.bindLeases(request);
    yield* sleep(back);
    return response;
  }

  watch(prefix: string, fromRevision: number, onEvent: (event: EtcdEvent) => void, onError: (error: EtcdError) => void): () => void {
    const past = fromRevision > this.store.revision ? [] : this.store.eventsFrom(fromRevision);
    if (!Array.isArray(past)) { onError(past as EtcdError); return () => undefined; }
    for (const event of past as readonly EtcdEvent[]) if (event.keyValue.key.startsWith(prefix)) onEvent(event);
    return this.store.subscribe((event) => {
      if (event.keyValue.modRevision >= fromRevision && event.keyValue.key.startsWith(prefix)) onEvent(event);
    });
  }

  *leaseGrant(seconds: number): Process<{ readonly id: number } | EtcdError> {
    yield* sleep(vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork + this.latencies.commit));
    const id = this.nextLease++;
    const lease: Lease = { seconds, keys: new Set(), cancel: () => undefined };
    this.leases.set(id, lease);
    this.arm(id, lease);
    return { id };
  }

  *leaseKeepAlive(id: number): Process<{ readonly seconds: number } | EtcdError> {
    yield* sleep(vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork));
    const lease = this.leases.get(id);
    if (lease === undefined) return LEASE_NOT_FOUND;
    this.arm(id, lease);
    return { seconds: lease.seconds };
  }

  *leaseRevoke(id: number): Process<{ readonly id: number } | EtcdError> {
    yield* sleep(vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork + this.latencies.commit));
    if (!this.leases.has(id)) return LEASE_NOT_FOUND;
    this.expire(id);
    return { id };
  }

  *compact(revision: number): Process<{ readonly revision: number } | EtcdError> {
    yield* sleep(vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork));
    return this.store.compact(revision);
  }

  private arm(id: number, lease: Lease): void {
    lease.cancel();
    this.simulation.runIn({ cause: 0, background: true }, () => { lease.cancel = this.simulation.after(lease.seconds * 1000, () => this.expire(id)); });
  }

  private expire(id: number): void {
    const lease = this.leases.get(id);
    if (lease === undefined) return;
    lease.cancel();
    this.leases.delete(id);
    for (const key of [...lease.keys].sort()) this.store.txn({ compares: [{ key, target: 'lease', result: '=', value: id }], success: [{ type: 'delete', key }], failure: [] });
  }

  private bindLeases(request: TxnRequest): void {
    for (const operation of request.success) if (operation.type === 'put' && operation.lease) this.leases.get(operation.lease)?.keys.add(operation.key);
  }
}
