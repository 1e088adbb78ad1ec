import { sleep, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import { vary, type Latencies } from '../simulation/latency';
import type { TraceRecorder } from '../trace/recorder';
import type { EtcdSnapshot } from './snapshot';
import { Store } from './store';
import type { Etcd } from './etcd';
import { API_SERVER_ENDPOINT, type MemberStatus } from './faults';
import { CONNECTION_REFUSED, LEASE_NOT_FOUND, REQUEST_TIMED_OUT, REQUEST_TIMEOUT_MILLISECONDS, isEtcdError, type EtcdError, type EtcdEvent, type RangeRequest, type RangeResponse, type TxnRequest, type TxnResponse } from './types';

interface Lease {
  readonly seconds: number;
  readonly keys: Set<string>;
  cancel: () => void;
}

const ONLY = 'etcd-1';

/** etcd with one member: a write is durable when this member has it. */
export class SingleMemberEtcd implements Etcd {
  readonly store: Store;
  private readonly leases = new Map<number, Lease>();
  /** What ends each watch. */
  private readonly watches = new Set<(error: EtcdError) => void>();
  private nextLease = 1;
  private up = true;
  private cut = false;
  private slowness = 1;

  constructor(private readonly simulation: Simulation, private readonly trace: TraceRecorder, private readonly latencies: Latencies, store = new Store()) {
    this.store = store;
  }

  get revision(): number { return this.store.revision; }

  *range(request: RangeRequest): Process<RangeResponse | EtcdError> {
    if (!this.reachable) return yield* this.unreachable();
    yield* sleep(vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork));
    return this.store.range(request);
  }

  *txn(request: TxnRequest): Process<TxnResponse | EtcdError> {
    const { random } = this.simulation;
    if (this.reachable) yield* sleep(vary(random, this.latencies, this.latencies.storageNetwork + this.latencies.commit * this.slowness));
    if (!this.reachable) return yield* this.failed(request);
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
    this.watches.add(onError);
    const stop = this.store.subscribe((event) => {
      if (event.keyValue.modRevision >= fromRevision && event.keyValue.key.startsWith(prefix)) onEvent(event);
    });
    return () => {
      this.watches.delete(onError);
      stop();
    };
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

  load(request: TxnRequest): void { this.store.txn(request); }
  loadSnapshot({ keys, revision }: EtcdSnapshot): void {
    this.store.restore(keys, revision);
    this.store.announce();
  }

  start(): void { /* It is running. */ }

  restore(store: Store, why: EtcdError): void {
    const range = store.range({ key: '', rangeEnd: '\uffff' });
    if (isEtcdError(range)) throw new Error(range.message);
    this.store.restore(range.keyValues, store.revision);
    this.up = true;
    const watches = [...this.watches];
    this.watches.clear();
    for (const end of watches) end(why);
  }

  *disarm(): Process<{ readonly revision: number } | EtcdError> { return { revision: this.store.revision }; }

  status(): readonly MemberStatus[] {
    const { up, slowness } = this;
    return [{ id: ONLY, up, role: up ? 'leader' : 'down', term: 1, index: 0, applied: 0, revision: this.store.revision, slowness, cutFrom: this.cut ? [API_SERVER_ENDPOINT] : [] }];
  }

  get leader(): string { return this.up ? ONLY : ''; }

  kill(member: string): void {
    if (!this.up || member !== ONLY) return;
    this.fault(`${ONLY} is killed: it is the only member`);
    this.up = false;
  }

  restart(member: string): void {
    if (this.up || member !== ONLY) return;
    this.fault(`${ONLY} is started again with what its disk has`);
    this.up = true;
  }

  partition(groups: readonly (readonly string[])[]): void {
    this.fault('the API server cannot reach etcd');
    this.cut = !groups.some((group) => group.includes(ONLY) && group.includes(API_SERVER_ENDPOINT));
  }

  /** There is no link between members. */
  degrade(): void { /* The way to the API server is too short to be bad. */ }

  slowDisk(member: string, slowness: number): void {
    if (member !== ONLY) return;
    this.fault(`the disk of ${ONLY} takes ${slowness} times as long`);
    this.slowness = slowness;
  }

  heal(): void {
    this.fault('all links and disks are whole again');
    this.cut = false;
    this.slowness = 1;
  }

  private get reachable(): boolean { return this.up && !this.cut; }

  /** Refused at once by a machine without etcd; no answer at all from one that cannot be reached. */
  private *unreachable(): Process<EtcdError> {
    yield* sleep(this.cut ? REQUEST_TIMEOUT_MILLISECONDS : vary(this.simulation.random, this.latencies, 2 * this.latencies.storageNetwork));
    return this.cut ? REQUEST_TIMED_OUT : CONNECTION_REFUSED;
  }

  private *failed(request: TxnRequest): Process<EtcdError> {
    const write = request.success.find((o) => o.type !== 'range');
    const error = yield* this.unreachable();
    this.trace.storage({ kind: 'storage', operation: 'txn', key: write && 'key' in write ? write.key : '', succeeded: false, change: 'none', revision: this.store.revision, answeredAt: this.simulation.now, error: error.message });
    return error;
  }

  private fault(text: string): void { this.trace.member({ kind: 'member', actor: ONLY, to: ONLY, type: 'fault', term: 1, index: 0, text, notable: true }); }

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
