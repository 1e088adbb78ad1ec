import { vary, type Latencies } from '../../simulation/latency';
import { BACKGROUND, type Context, type Process } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import type { StorageMessage } from '../../trace/message';
import type { TraceRecorder } from '../../trace/recorder';
import type { Etcd } from '../etcd';
import { API_SERVER_ENDPOINT, type LinkFault, type MemberStatus } from '../faults';
import type { EtcdSnapshot } from '../snapshot';
import { Store } from '../store';
import { isEtcdError, type EtcdError, type EtcdEvent, type RangeRequest, type RangeResponse, type TxnRequest, type TxnResponse } from '../types';
import { NEW_STATE, type MemberId } from '../raft/types';
import { RequestSender } from './client';
import { Disk } from './disk';
import { EventFeed } from './eventFeed';
import { Member, type MemberDisk, type MemberObserver, type MemberOptions } from './member';
import { Network } from './network';
import { bytesOf, newState, type Operation, type Result } from './stateMachine';
import { MemberTrace } from './trace';

export interface ReplicatedOptions {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  /** 1, 3 or 5. */
  readonly members: number;
  /** Bytes until the NOSPACE alarm; 0 for none. */
  readonly quota?: number;
}

/** etcd's defaults: a heartbeat each 100 ms, an election after 1 to 2 s, a snapshot after 10,000 entries of which 5,000 are kept. */
export const TICK_MILLISECONDS = 100;
const ELECTION_TICKS = 10;
const SNAPSHOT_ENTRIES = 10_000;
const CATCH_UP_ENTRIES = 5_000;

/** etcd with several members behind the API server's interface: a write is durable when a majority has it. */
export class ReplicatedEtcd implements Etcd {
  readonly network: Network;
  readonly members: Member[] = [];
  private readonly slowness = new Map<MemberId, number>();
  private readonly feed: EventFeed;
  private readonly sender: RequestSender;
  private readonly tracing: MemberTrace;
  /** What every member starts with; filled by load() before start(). */
  private readonly seed: Store;

  constructor(private readonly options: ReplicatedOptions) {
    const { simulation, latencies, trace } = options;
    this.seed = new Store(undefined, options.quota ? bytesOf : undefined);
    this.tracing = new MemberTrace(simulation, trace, () => this.members.length);
    this.network = new Network(simulation, () => vary(simulation.random, latencies, latencies.storageNetwork));
    const members = (): readonly Member[] => this.members;
    this.feed = new EventFeed({ simulation, network: this.network, client: API_SERVER_ENDPOINT, members, contextOf: (cause) => this.contextOf(cause), moved: (to, from, revision) => this.tracing.moved(to, from, revision) }, this.seed.revision);
    this.sender = new RequestSender({ simulation, network: this.network, name: API_SERVER_ENDPOINT, members, feed: this.feed, retried: (from, to, why) => this.tracing.retried(from, to, why) });
  }

  get revision(): number { return this.feed.revision; }
  get leader(): string { return this.leading()?.id ?? ''; }
  /** The contents as the most advanced member has them, for looking at. */
  get store(): Store { return this.newest()?.machine.store ?? this.seed; }

  /** Puts something into the store before anything runs: no request, no time. */
  load(request: TxnRequest): void {
    const events: EtcdEvent[] = [];
    const stop = this.seed.subscribe((event) => { events.push(event); });
    this.seed.txn(request);
    stop();
    this.feed.load(events, this.seed.revision);
  }

  loadSnapshot({ keys, revision }: EtcdSnapshot): void {
    const events: EtcdEvent[] = [];
    const stop = this.seed.subscribe((event) => { events.push(event); });
    this.seed.restore(keys, revision);
    this.seed.announce();
    stop();
    this.feed.load(events, revision);
  }

  /** Starts all members, as if they had been running for long: the first one leads. */
  start(): void {
    const ids = Array.from({ length: this.options.members }, (_, i) => `etcd-${i + 1}`);
    const snapshot = { index: 1, term: 1, members: ids, data: newState(this.seed.fork()) };
    for (const id of ids) this.members.push(this.makeMember(id, this.makeDisk(id, { hardState: { ...NEW_STATE, term: 1, commit: 1 }, snapshot, entries: [] })));
    for (const member of this.members) member.start();
    const [first] = this.members;
    if (first) {
      first.campaign();
      this.feed.connect(first);
    }
  }

  *range(request: RangeRequest): Process<RangeResponse | EtcdError> { return yield* this.sender.range(request); }

  *txn(request: TxnRequest): Process<TxnResponse | EtcdError> {
    const { simulation, trace } = this.options;
    const write = request.success.find((o) => o.type !== 'range');
    const message = trace.storage({
      kind: 'storage', operation: 'txn', key: write && 'key' in write ? write.key : '', member: this.sender.leader?.id, succeeded: false, change: 'none', revision: 0, answeredAt: simulation.now,
    }) as { -readonly [K in keyof StorageMessage]: StorageMessage[K] };
    const outer = simulation.context;
    simulation.context = { cause: message.id, background: message.background };
    const result = yield* this.sender.propose({ type: 'txn', request }, message.id);
    simulation.context = outer;
    message.member = this.sender.leader?.id;
    message.answeredAt = simulation.now;
    message.revision = this.revision;
    if ('error' in result || result.type !== 'txn') {
      const error = errorOf(result);
      message.error = error.message;
      return error;
    }
    const { response } = result;
    message.succeeded = response.succeeded;
    message.revision = response.revision;
    if (response.succeeded && write) message.change = write.type === 'delete' ? 'deleted' : response.responses[0]?.length ? 'modified' : 'created';
    return response;
  }

  /** Whether the leader still leads, and everything committed before now has arrived here: what a linearizable read waits for. */
  *confirm(): Process<EtcdError | undefined> { return yield* this.sender.confirm(); }

  watch(prefix: string, fromRevision: number, onEvent: (event: EtcdEvent) => void, onError: (error: EtcdError) => void): () => void {
    return this.feed.watch({ prefix, from: fromRevision, onEvent, onError });
  }

  *leaseGrant(seconds: number): Process<{ readonly id: number } | EtcdError> {
    const result = yield* this.sender.propose({ type: 'leaseGrant', seconds }, 0);
    return 'error' in result || result.type !== 'lease' ? errorOf(result) : { id: result.id };
  }

  *leaseKeepAlive(id: number): Process<{ readonly seconds: number } | EtcdError> { return yield* this.sender.keepAlive(id); }

  *leaseRevoke(id: number): Process<{ readonly id: number } | EtcdError> {
    const result = yield* this.sender.propose({ type: 'leaseRevoke', id }, 0);
    return 'error' in result || result.type !== 'lease' ? errorOf(result) : { id };
  }

  *compact(revision: number): Process<{ readonly revision: number } | EtcdError> { return yield* this.revisionOf({ type: 'compact', revision }); }

  /** Lifts the NOSPACE alarm, if there is space again. */
  *disarm(): Process<{ readonly revision: number } | EtcdError> { return yield* this.revisionOf({ type: 'disarm' }); }

  status(): readonly MemberStatus[] {
    return this.members.map(({ id, up, raft, machine }): MemberStatus => ({
      id, up, role: !up ? 'down' : raft.role === 'preCandidate' ? 'candidate' : raft.role, term: raft.term, index: raft.log.lastIndex, applied: raft.log.applied, revision: machine.store.revision, slowness: this.slowness.get(id) ?? 1,
      cutFrom: [API_SERVER_ENDPOINT, ...this.members.map((m) => m.id)].filter((other) => other !== id && this.network.isCut(id, other)),
    }));
  }

  kill(member: string): void {
    const found = this.find(member);
    if (!found.up) return;
    this.tracing.fault(member, `${member} is killed${found.leads ? ', which was the leader' : ''}`);
    found.crash();
  }

  restart(member: string): void {
    const found = this.find(member);
    if (found.up) return;
    this.tracing.fault(member, `${member} is started again with what its disk has`);
    found.start();
  }

  partition(groups: readonly (readonly string[])[]): void {
    this.tracing.fault(this.leader, `the network falls apart: ${groups.map((g) => g.join(', ')).join(' | ')}`);
    const all = [API_SERVER_ENDPOINT, ...this.members.map((m) => m.id)];
    const groupOf = (name: string): number => groups.findIndex((g) => g.includes(name));
    for (const a of all) for (const b of all) if (a < b && (groupOf(a) < 0 || groupOf(a) !== groupOf(b))) this.network.cut(a, b);
  }

  degrade(a: string, b: string, fault: LinkFault): void {
    this.tracing.fault(a, `the link between ${a} and ${b} gets worse: ${[fault.delay ? `${fault.delay} ms more` : '', fault.loss ? `${Math.round(fault.loss * 100)} % lost` : ''].filter(Boolean).join(', ')}`);
    this.network.degrade(a, b, fault);
  }

  slowDisk(member: string, slowness: number): void {
    this.tracing.fault(member, `the disk of ${member} takes ${slowness} times as long`);
    this.slowness.set(this.find(member).id, slowness);
  }

  heal(): void {
    this.tracing.fault(this.leader, 'all links and disks are whole again');
    this.network.heal();
    this.slowness.clear();
  }

  /** Adds a member with an empty disk; false when this is not the time for it. */
  addMember(id: MemberId): boolean {
    if (this.members.some((m) => m.id === id) || !this.leading()?.changeMembership('add', id)) return false;
    const member = this.makeMember(id, this.makeDisk(id, { hardState: NEW_STATE, snapshot: undefined, entries: [] }));
    this.members.push(member);
    member.start();
    return true;
  }

  /** Takes a member out of the cluster; false when this is not the time for it. Its process goes on until it is killed. */
  removeMember(id: MemberId): boolean { return this.leading()?.changeMembership('remove', id) ?? false; }

  /** Hands leadership to another member. */
  transfer(member: string): void { this.leading()?.transfer(member); }

  /** A snapshot takes the place of everything: all members start again as a new cluster with it. */
  restore(store: Store, why: EtcdError): void {
    for (const member of this.members) member.crash();
    const ids = this.members.map((m) => m.id);
    const term = Math.max(1, ...this.members.map((m) => m.raft.term));
    const snapshot = { index: 1, term, members: ids, data: newState(store) };
    for (const member of this.members) {
      member.disk.contents = { hardState: { ...NEW_STATE, term, commit: 1 }, snapshot, entries: [] };
      member.start();
    }
    this.feed.reset(store.revision, why);
    const [first] = this.members;
    if (first) {
      first.campaign();
      this.feed.connect(first);
    }
  }

  /** The sender of another client, for tests and benchmarks with several. */
  client(name: string, feed: EventFeed): RequestSender {
    return new RequestSender({ simulation: this.options.simulation, network: this.network, name, members: () => this.members, feed });
  }

  protected makeMember(id: MemberId, disk: MemberDisk): Member { return new Member(id, disk, this.memberOptions()); }

  protected makeDisk(id: MemberId, contents: MemberDisk['contents']): MemberDisk { return new Disk(this.options.simulation, () => this.syncTime(id), contents); }

  protected syncTime(id: MemberId): number {
    const { simulation, latencies } = this.options;
    return vary(simulation.random, latencies, latencies.commit) * (this.slowness.get(id) ?? 1);
  }

  protected memberOptions(observer: MemberObserver = this.tracing): MemberOptions {
    return {
      simulation: this.options.simulation, network: this.network, observer, peer: (other) => this.members.find((m) => m.id === other), tick: TICK_MILLISECONDS, electionTicks: ELECTION_TICKS,
      quota: this.options.quota ?? 0, snapshotEntries: SNAPSHOT_ENTRIES, catchUpEntries: CATCH_UP_ENTRIES,
    };
  }

  private *revisionOf(operation: Operation): Process<{ readonly revision: number } | EtcdError> {
    const result = yield* this.sender.propose(operation, 0);
    return 'error' in result || result.type !== 'compact' ? errorOf(result) : { revision: result.revision };
  }

  /** What a commit leads to belongs to whoever asked for it, whichever member told of it and when. */
  private contextOf(cause: number): Context {
    const message = cause === 0 ? undefined : this.options.trace.get(cause);
    return message ? { cause, background: message.background } : BACKGROUND;
  }

  private leading(): Member | undefined {
    // A deposed leader that does not know it yet is in an older term.
    return this.members.filter((m) => m.leads).sort((a, b) => b.raft.term - a.raft.term)[0];
  }

  private newest(): Member | undefined {
    return this.leading() ?? [...this.members].sort((a, b) => b.machine.store.revision - a.machine.store.revision)[0];
  }

  private find(id: string): Member {
    const member = this.members.find((m) => m.id === id);
    if (!member) throw new RangeError(`there is no member ${id}`);
    return member;
  }
}

function errorOf(result: Result | EtcdError): EtcdError {
  if ('error' in result) return isEtcdError(result) && typeof result.error === 'string' ? (result as EtcdError) : (result as { readonly error: EtcdError }).error;
  throw new Error(`etcd answered ${result.type}`);
}
