import { BACKGROUND, type Context } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import { LEASE_NOT_FOUND } from '../types';
import { Raft } from '../raft/raft';
import { NOBODY, type Batch, type Entry, type MemberId, type Message, type RaftConfig, type Persisted, type Role } from '../raft/types';
import type { Disk } from './disk';
import { Lessor } from './lessor';
import type { Network } from './network';
import type { EventStream, MemberAnswer, MemberRequest, Subscription } from './requests';
import { StateMachine, newState, type Command, type Operation, type State } from './stateMachine';
import { Store } from '../store';
import { Subscriptions } from './subscriptions';

export type RaftMessage = Message<Command, State>;
export type MemberDisk = Disk<Command, State>;
export type MemberRaft = Raft<Command, State>;

/** Somebody who wants to know what a member does: the trace. */
export interface MemberObserver {
  sent(message: RaftMessage): void;
  /** Entries have reached the disk. */
  synced(member: MemberId, entries: readonly Entry<Command>[], leader: MemberId): void;
  role(member: MemberId, role: Role, term: number): void;
  /** Commands applied together. */
  applied(member: MemberId, entries: readonly Entry<Command>[], leads: boolean): void;
}

export interface MemberOptions {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly observer: MemberObserver;
  /** The member with this name, to deliver to. */
  readonly peer: (id: MemberId) => Member | undefined;
  /** Milliseconds between ticks: a heartbeat each, an election after ten to twenty. */
  readonly tick: number;
  readonly electionTicks: number;
  /** Bytes; 0 for none. */
  readonly quota: number;
  /** Entries applied between two snapshots, and entries kept before a snapshot for members that lag a little. */
  readonly snapshotEntries: number;
  readonly catchUpEntries: number;
  /** For tests: a Raft with a mistake. */
  readonly makeRaft?: (config: RaftConfig, persisted: Persisted<Command, State>) => MemberRaft;
}

export interface Waiting {
  readonly answer: (answer: MemberAnswer) => void;
  readonly context: Context;
  /** Virtual milliseconds. */
  readonly deadline: number;
}

/** Requests that may wait in one member; more are turned away to be tried elsewhere. */
const MAX_WAITING = 10_000;

/** One etcd process: Raft, the state machine, a disk; driven by ticks, by messages of its peers and by requests of clients. */
export class Member {
  raft: MemberRaft;
  machine: StateMachine;
  up = false;
  protected readonly proposals = new Map<string, Waiting[]>();
  private readonly held: { readonly request: MemberRequest; readonly waiting: Waiting }[] = [];
  private readonly reads = new Map<number, Waiting & { readonly run: () => MemberAnswer }>();
  private confirmed: { readonly index: number; readonly request: number }[] = [];
  private readonly subscriptions = new Subscriptions();
  private readonly lessor: Lessor;
  private nextRead = 1;
  private lastRole: Role = 'follower';
  private lastTerm = 0;
  private lastLeader: MemberId = NOBODY;
  private snapshotIndex = 0;
  private cancelTick = (): void => undefined;
  private pumping = false;
  /** Told when the process ends while they wait. */
  private readonly connections = new Set<() => void>();

  constructor(readonly id: MemberId, readonly disk: MemberDisk, private readonly options: MemberOptions) {
    this.raft = this.makeRaft();
    this.machine = new StateMachine(newState(new Store()), options.quota);
    this.lessor = new Lessor(options.simulation, (lease) => this.proposeOwn({ type: 'leaseRevoke', id: lease }));
  }

  get leads(): boolean { return this.up && this.raft.role === 'leader'; }

  /** Starts the process with what the disk has. */
  start(): void {
    const { disk, options } = this;
    const { snapshot } = disk.contents;
    this.up = true;
    this.raft = this.makeRaft();
    this.machine = new StateMachine(snapshot?.data ?? newState(new Store()), options.quota);
    this.snapshotIndex = snapshot?.index ?? 0;
    this.lastRole = 'follower';
    this.lastTerm = this.raft.term;
    this.lastLeader = NOBODY;
    this.subscriptions.attach(this.machine.store);
    this.planTick();
    this.pump();
  }

  /** Power is lost: whatever is not on the disk is gone. `reached`: what was being written had just got there. */
  crash(reached = false): void {
    if (!this.up) return;
    this.up = false;
    this.cancelTick();
    this.disk.crash(reached);
    this.lessor.clear();
    this.proposals.clear();
    this.held.length = 0;
    this.reads.clear();
    this.confirmed = [];
    const connections = [...this.connections];
    this.connections.clear();
    for (const broken of connections) broken();
  }

  receive(message: RaftMessage): void {
    if (!this.up) return;
    this.raft.step(message);
    this.pump();
  }

  /** Serves a client's request. `answer` is called at most once; after the deadline the client waits no more. */
  serve(request: MemberRequest, deadline: number, answer: (answer: MemberAnswer) => void): void {
    if (!this.up) { answer({ type: 'refused' }); return; }
    const broken = (): void => answer({ type: 'broken' });
    this.connections.add(broken);
    const waiting: Waiting = { deadline, context: this.options.simulation.context, answer: (given) => { if (this.connections.delete(broken)) answer(given); } };
    this.accept(request, waiting);
    this.pump();
  }

  /** Sends a client every event from a revision on. `broken` is called when the process ends. */
  stream(from: number, stream: EventStream, broken: () => void): Subscription | undefined {
    if (!this.up) return undefined;
    const subscription = this.subscriptions.add(this.machine.store, from, () => this.raft.leader, stream);
    this.connections.add(broken);
    return { ping: () => { if (this.up) subscription.ping(); }, stop: () => { this.connections.delete(broken); subscription.stop(); } };
  }

  /** Begins an election at once: for a cluster that is to have a leader from the beginning. */
  campaign(): void {
    this.raft.campaign();
    this.pump();
  }

  transfer(target: MemberId): void {
    this.raft.transfer(target);
    this.pump();
  }

  /** False when this is not the time for it: no leader, or a change is under way. */
  changeMembership(action: 'add' | 'remove', member: MemberId): boolean {
    const proposed = this.leads && this.raft.propose({ type: 'membership', change: { action, member } });
    this.pump();
    return proposed;
  }

  /** Proposes for a client; in a subclass for tests it may answer too early. */
  protected propose(command: Command, waiting: Waiting): void {
    const key = keyOf(command);
    if (!this.raft.propose({ type: 'command', command })) { waiting.answer({ type: 'notLeader', leader: '' }); return; }
    const others = this.proposals.get(key);
    if (others) others.push(waiting); else this.proposals.set(key, [waiting]);
  }

  private accept(request: MemberRequest, waiting: Waiting): void {
    const { raft } = this;
    if (raft.leader === NOBODY) {
      // As etcd does: an election is short, the request waits for its end.
      if (this.held.length < MAX_WAITING) this.held.push({ request, waiting }); else waiting.answer({ type: 'notLeader', leader: '' });
      return;
    }
    if (request.type === 'range') { this.read(waiting, () => ({ type: 'range', response: this.machine.store.range(request.request) })); return; }
    if (raft.role !== 'leader' || this.proposals.size >= MAX_WAITING) { waiting.answer({ type: 'notLeader', leader: raft.leader }); return; }
    if (request.type === 'propose') { this.propose(request.command, waiting); return; }
    // A leader that was deposed without knowing it must not prolong leases: it makes sure first.
    this.read(waiting, () => {
      const lease = this.machine.lease(request.lease);
      if (lease === undefined || !this.leads) return { type: 'keepAlive', answer: LEASE_NOT_FOUND };
      this.lessor.renew(request.lease, lease.seconds);
      return { type: 'keepAlive', answer: { seconds: lease.seconds } };
    });
  }

  private read(waiting: Waiting, run: () => MemberAnswer): void {
    const number = this.nextRead++;
    if (this.reads.size >= MAX_WAITING || !this.raft.read(number)) { waiting.answer({ type: 'notLeader', leader: '' }); return; }
    this.reads.set(number, { ...waiting, run });
  }

  /** Does whatever Raft wants done, until it wants nothing more. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    try {
      for (let round = 0; round < 10_000 && this.up; round++) {
        this.noticeRole();
        this.send(this.raft.takeMessages());
        const applied = this.applyCommitted();
        this.finishReads();
        if (!this.disk.busy && this.raft.hasBatch) this.write(this.raft.takeBatch());
        else if (!applied) break;
      }
    } finally { this.pumping = false; }
  }

  private write(batch: Batch<Command, State>): void {
    this.disk.write(batch, () => {
      if (batch.snapshot) this.takeOver(batch.snapshot.data, batch.snapshot.index);
      if (batch.snapshot) this.raft.restoredTo(batch.snapshot);
      if (batch.entries.length > 0) this.options.observer.synced(this.id, batch.entries, this.raft.leader);
      this.send(this.raft.persisted(batch));
      this.pump();
    });
  }

  /** A leader's snapshot replaces the state; whoever listened to the old one comes again. */
  private takeOver(state: State, index: number): void {
    this.machine = new StateMachine(state, this.options.quota);
    this.snapshotIndex = index;
    this.subscriptions.attach(this.machine.store);
  }

  private applyCommitted(): boolean {
    const entries = this.raft.takeCommitted();
    if (entries.length === 0) return false;
    const commands = entries.filter((e) => e.content.type === 'command');
    const answers: (() => void)[] = [];
    let removed = false;
    for (const { content } of entries) {
      if (content.type === 'membership') {
        this.raft.applyMembership(content.change);
        removed ||= content.change.action === 'remove' && content.change.member === this.id;
      }
      if (content.type !== 'command') continue;
      const { command } = content;
      const result = this.machine.apply(command);
      const key = keyOf(command);
      const waiting = this.proposals.get(key);
      this.proposals.delete(key);
      if (waiting) answers.push(() => { for (const { answer } of waiting) answer({ type: 'result', result }); });
    }
    this.lessor.follow(this.machine, this.leads);
    if (commands.length > 0) this.options.observer.applied(this.id, commands, this.leads);
    // Events before answers, on the same connection: who has an answer has seen what it is about.
    this.subscriptions.flush();
    for (const answer of answers) answer();
    this.keepSnapshot();
    // A member that has been removed from the cluster ends by itself, after telling the others what is committed.
    if (removed) {
      this.send(this.raft.takeMessages());
      this.crash();
    }
    return true;
  }

  private keepSnapshot(): void {
    const { log } = this.raft;
    if (log.applied - this.snapshotIndex < this.options.snapshotEntries) return;
    const term = log.term(log.applied);
    if (term === undefined) return;
    const snapshot = { index: log.applied, term, members: this.raft.members, data: this.machine.state() };
    this.snapshotIndex = log.applied;
    log.compact(snapshot, this.options.catchUpEntries);
    this.disk.compact(snapshot, log.firstIndex);
  }

  /** Reads whose index is confirmed are answered as soon as that index is applied. */
  private finishReads(): void {
    this.confirmed.push(...this.raft.takeReads());
    if (this.confirmed.length === 0) return;
    const ready = this.confirmed.filter((r) => r.index <= this.raft.log.applied);
    this.confirmed = this.confirmed.filter((r) => r.index > this.raft.log.applied);
    for (const { request } of ready) {
      const read = this.reads.get(request);
      this.reads.delete(request);
      read?.answer(read.run());
    }
  }

  private noticeRole(): void {
    const { raft } = this;
    if (raft.role !== this.lastRole || raft.term !== this.lastTerm) {
      const led = this.lastRole === 'leader';
      this.lastRole = raft.role;
      this.lastTerm = raft.term;
      this.options.observer.role(this.id, raft.role, raft.term);
      if (led) this.turnAway();
      this.lessor.follow(this.machine, this.leads);
    }
    if (raft.leader !== this.lastLeader) {
      this.lastLeader = raft.leader;
      if (raft.leader !== NOBODY) {
        // Whoever has waited too long has given up: what he wanted must not happen behind his back.
        const { simulation } = this.options;
        for (const { request, waiting } of this.held.splice(0)) if (waiting.deadline > simulation.now) simulation.runIn(waiting.context, () => this.accept(request, waiting));
      }
    }
  }

  /** Whether what it had proposed will be committed, a deposed leader does not know: its clients ask the next one. */
  private turnAway(): void {
    const all = [...[...this.proposals.values()].flat(), ...this.reads.values()];
    this.proposals.clear();
    this.reads.clear();
    for (const { answer } of all) answer({ type: 'notLeader', leader: this.raft.leader });
  }

  private proposeOwn(operation: Operation): void {
    if (!this.leads) return;
    this.raft.propose({ type: 'command', command: { client: '', sequence: 0, acknowledged: 0, cause: 0, operation } });
    this.pump();
  }

  private send(messages: readonly RaftMessage[]): void {
    for (const message of messages) {
      this.options.observer.sent(message);
      this.options.network.send(this.id, message.to, () => this.options.peer(message.to)?.receive(message));
    }
  }

  private planTick(): void {
    const { simulation, tick } = this.options;
    simulation.runIn(BACKGROUND, () => {
      this.cancelTick = simulation.after(tick, () => {
        this.raft.tick();
        this.pump();
        if (this.up) this.planTick();
      });
    });
  }

  private makeRaft(): MemberRaft {
    const { simulation, electionTicks, makeRaft } = this.options;
    const config: RaftConfig = { id: this.id, heartbeatTicks: 1, electionTicks, randomTimeout: () => electionTicks + simulation.random.below(electionTicks), maxEntriesPerMessage: 64, maxInflight: 64 };
    return makeRaft ? makeRaft(config, this.disk.contents) : new Raft(config, this.disk.contents);
  }
}

const keyOf = ({ client, sequence }: Command): string => `${client}/${sequence}`;

