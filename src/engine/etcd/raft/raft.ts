import { Core } from './core';
import { campaign, considerVote, countVote, holdsLease, mayVoteFor } from './election';
import { broadcastHeartbeat, onHeartbeat } from './heartbeat';
import { applyMembership, mayChangeMembership } from './membership';
import { askRead, countReadAnswer, onRead, onReadAnswer } from './reads';
import { appendAsLeader, broadcastAppend, checkQuorum, handOver, onAppend, onAppendAnswer, onHeartbeatAnswer, onSnapshot, ownDiskHas, sendAppend } from './replication';
import { NOBODY, type Batch, type Content, type Entry, type HardState, type MemberId, type MembershipChange, type Message, type Persisted, type RaftConfig, type ReadState, type Role, type Snapshot, type VoteMessage } from './types';

/**
 * One member of a Raft group as a pure state machine: ticks and messages go in, messages, batches for the disk and committed entries
 * come out. No clock, no disk, no network; the same inputs give the same outputs. The driver
 * - delivers messages with step() and time with tick();
 * - sends what takeMessages() gives, at any time;
 * - writes what takeBatch() gives, one batch at a time, and says persisted() when it is synced: only then the batch's
 *   `afterSync` messages may be sent;
 * - applies what takeCommitted() gives, in order, and a restored snapshot first.
 */
export class Raft<C, S> {
  protected readonly core: Core<C, S>;
  private written: HardState;

  constructor(config: RaftConfig, persisted: Persisted<C, S>) {
    this.core = new Core(config, persisted);
    this.written = persisted.hardState;
  }

  get id(): MemberId { return this.core.id; }
  get term(): number { return this.core.term; }
  get vote(): MemberId { return this.core.vote; }
  get role(): Role { return this.core.role; }
  /** Who leads this term, as far as this member knows. */
  get leader(): MemberId { return this.core.leader; }
  get members(): readonly MemberId[] { return this.core.members; }
  get log(): Core<C, S>['log'] { return this.core.log; }
  get transferee(): MemberId { return this.core.transferee; }
  /** Of a leader: what it knows of a follower. */
  progressOf(member: MemberId): { readonly mode: string; readonly match: number; readonly next: number } | undefined { return this.core.progress.get(member); }

  /** One unit of time has passed. */
  tick(): void {
    const { core } = this;
    core.electionElapsed++;
    if (core.role !== 'leader') {
      if (core.electionElapsed >= core.electionTimeout) {
        core.electionElapsed = 0;
        // Who may not start an election must not go on believing in a leader either.
        if (core.promotable) campaign(core); else core.becomeFollower(core.term, NOBODY);
      }
      return;
    }
    core.heartbeatElapsed++;
    if (core.electionElapsed >= core.config.electionTicks) {
      core.electionElapsed = 0;
      checkQuorum(core);
      // A member that does not take over in time does not get another chance by itself.
      core.transferee = NOBODY;
      if (core.role !== 'leader') return;
    }
    if (core.heartbeatElapsed >= core.config.heartbeatTicks) {
      core.heartbeatElapsed = 0;
      broadcastHeartbeat(core);
    }
  }

  /** Begins an election now. */
  campaign(): void { if (this.core.role !== 'leader') campaign(this.core); }

  /** Appends as leader, or passes on to the leader; false when there is none, or it is handing over, or a membership change has to wait. */
  propose(content: Content<C>): boolean {
    const { core } = this;
    if (core.role !== 'leader') {
      if (core.leader === NOBODY) return false;
      core.send({ type: 'proposal', to: core.leader, content });
      return true;
    }
    if (core.transferee !== NOBODY || !core.members.includes(core.id)) return false;
    if (content.type === 'membership' && !mayChangeMembership(core)) return false;
    appendAsLeader(core, content);
    broadcastAppend(core);
    return true;
  }

  /** Asks for an index that a linearizable read may be answered at (see takeReads); false when nobody can be asked. */
  read(request: number): boolean { return askRead(this.core, request); }

  /** Hands leadership to another member. */
  transfer(target: MemberId): void {
    const { core } = this;
    if (core.role !== 'leader') {
      if (core.leader !== NOBODY) core.send({ type: 'transfer', to: core.leader, target });
      return;
    }
    if (target === core.id || !core.members.includes(target)) return;
    core.electionElapsed = 0;
    core.transferee = target;
    handOver(core, target);
    if (core.progress.get(target)?.match !== core.log.lastIndex) sendAppend(core, target, true);
  }

  /** A message has arrived. */
  step(message: Message<C, S>): void {
    const { core } = this;
    if (message.term > core.term) {
      if (isVote(message) && !message.transfer && holdsLease(core)) return;
      const leads = message.type === 'append' || message.type === 'heartbeat' || message.type === 'snapshot';
      // A pre-vote is about a term that does not exist yet, and so is its granting.
      if (message.type !== 'preVote' && !(message.type === 'preVoteAnswer' && message.granted)) core.becomeFollower(message.term, leads ? message.from : NOBODY);
    } else if (message.term < core.term) {
      this.stepStale(message);
      return;
    }
    this.stepCurrent(message);
  }

  get hasBatch(): boolean {
    const { core } = this;
    return core.log.hasUnwritten || core.afterSync.length > 0 || core.restored !== undefined || core.term !== this.written.term || core.vote !== this.written.vote;
  }

  /** What is to be written and synced next. Call persisted() with it before taking another. */
  takeBatch(): Batch<C, S> {
    const { core } = this;
    const batch: Batch<C, S> = { hardState: core.hardState, snapshot: core.restored, entries: core.log.takeUnwritten(), afterSync: core.afterSync };
    core.afterSync = [];
    this.written = batch.hardState;
    return batch;
  }

  /** The batch is on the disk: its promises hold. Those to others are returned for sending. */
  persisted(batch: Batch<C, S>): readonly Message<C, S>[] {
    const { core } = this;
    if (batch.snapshot !== undefined) {
      if (core.restored === batch.snapshot) core.restored = undefined;
      core.log.stableTo(batch.snapshot.index, batch.snapshot.term);
    }
    const last = batch.entries.at(-1);
    if (last && core.log.stableTo(last.index, last.term)) ownDiskHas(core, last.index);
    for (const message of batch.afterSync) if (message.to === core.id) this.step(message);
    return batch.afterSync.filter((message) => message.to !== core.id);
  }

  takeMessages(): readonly Message<C, S>[] {
    const { messages } = this.core;
    this.core.messages = [];
    return messages;
  }

  /** Committed entries in order, each once, at most `limit`. They count as applied from now on. */
  takeCommitted(limit = 1000): readonly Entry<C>[] { return this.core.log.takeCommitted(limit); }

  /** The state machine has taken over a snapshot that came in a batch. */
  restoredTo(snapshot: Snapshot<S>): void { this.core.log.applied = Math.max(this.core.log.applied, snapshot.index); }

  takeReads(): readonly ReadState[] { return this.core.readStates.splice(0); }

  /** A membership change has been applied. */
  applyMembership(change: MembershipChange): void { applyMembership(this.core, change); }

  protected mayVoteFor(message: VoteMessage): boolean { return mayVoteFor(this.core, message); }

  /** From an earlier term: only who sent it needs to know better. */
  private stepStale(message: Message<C, S>): void {
    const { core } = this;
    if (message.type === 'append' || message.type === 'heartbeat' || message.type === 'snapshot') {
      // A leader of the past steps down when it hears of the newer term, though this member may not disturb it by an election.
      core.promise({ type: 'appendAnswer', to: message.from, index: 0, refused: true, hintIndex: 0, hintTerm: 0 });
    } else if (message.type === 'preVote') core.promise({ type: 'preVoteAnswer', to: message.from, granted: false });
  }

  private stepCurrent(message: Message<C, S>): void {
    const { core } = this;
    switch (message.type) {
      case 'preVote': case 'vote': considerVote(core, message, this.mayVoteFor(message)); return;
      case 'preVoteAnswer': case 'voteAnswer': countVote(core, message); return;
      case 'append': this.follow(message.from); onAppend(core, message); return;
      case 'heartbeat': this.follow(message.from); onHeartbeat(core, message); return;
      case 'snapshot': this.follow(message.from); onSnapshot(core, message); return;
      case 'appendAnswer': if (core.role === 'leader') onAppendAnswer(core, message); return;
      case 'heartbeatAnswer':
        if (core.role !== 'leader') return;
        onHeartbeatAnswer(core, message);
        countReadAnswer(core, message);
        return;
      case 'read': onRead(core, message); return;
      case 'readAnswer': onReadAnswer(core, message); return;
      case 'proposal': if (core.role === 'leader') this.propose(message.content); return;
      case 'transfer': if (core.role === 'leader') this.transfer(message.target); return;
      case 'timeoutNow': if (core.role === 'follower') campaign(core, true); return;
    }
  }

  /** There is a leader of this term: candidates give up, and its lease begins anew. */
  private follow(leader: MemberId): void {
    const { core } = this;
    if (core.role !== 'follower') core.becomeFollower(core.term, leader);
    core.leader = leader;
    core.electionElapsed = 0;
  }
}

const isVote = <C, S>(message: Message<C, S>): message is VoteMessage => message.type === 'preVote' || message.type === 'vote';
