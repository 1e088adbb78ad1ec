import { RaftLog } from './log';
import { Progress, majorityOf } from './progress';
import { NOBODY, type HardState, type MemberId, type Message, type Persisted, type RaftConfig, type ReadState, type Role, type Snapshot } from './types';

/** A message without what the core fills in. */
export type Outgoing<M> = M extends { readonly from: MemberId } ? Omit<M, 'from' | 'term'> & { readonly term?: number } : never;

/** A read whose index is known as soon as a majority has answered a heartbeat that was sent after it. */
export interface PendingRead {
  readonly number: number;
  readonly from: MemberId;
  readonly request: number;
  readonly index: number;
  readonly answered: Set<MemberId>;
}

/** Reads that may wait at once; more are dropped, as if the network had lost them, and the asker tries again. */
export const MAX_WAITING_READS = 1024;

/**
 * The state that the parts of Raft share (election, replication, reads, membership), and the changes of role. What it wants sent
 * or written is collected here until the driver takes it.
 */
export class Core<C, S> {
  term: number;
  vote: MemberId;
  role: Role = 'follower';
  leader: MemberId = NOBODY;
  members: readonly MemberId[];
  readonly log: RaftLog<C, S>;
  /** A leader's view of every member, itself included. */
  readonly progress = new Map<MemberId, Progress>();
  /** A candidate's tally. */
  readonly votes = new Map<MemberId, boolean>();
  /** Ticks since the last sign of a leader or, on the leader, since it last checked its quorum. */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  electionTimeout: number;
  /** Whom leadership is being handed to. */
  transferee: MemberId = NOBODY;
  /** The index of the newest membership change in the log: the next one waits until it is applied. */
  membershipIndex = 0;
  /** Reads that wait for heartbeats, oldest first; and those that wait for this leader's first commit. */
  reads: PendingRead[] = [];
  earlyReads: { readonly from: MemberId; readonly request: number }[] = [];
  readNumber = 0;
  readonly readStates: ReadState[] = [];
  /** May be sent at once. */
  messages: Message<C, S>[] = [];
  /** Promises: may be sent when what was decided before them is on the disk. */
  afterSync: Message<C, S>[] = [];
  /** A leader's snapshot that the disk and the state machine have not got. */
  restored: Snapshot<S> | undefined;

  constructor(readonly config: RaftConfig, persisted: Persisted<C, S>) {
    this.term = persisted.hardState.term;
    this.vote = persisted.hardState.vote;
    this.members = persisted.snapshot?.members ?? [];
    this.log = new RaftLog(persisted);
    this.electionTimeout = config.randomTimeout();
  }

  get id(): MemberId { return this.config.id; }
  get quorum(): number { return majorityOf(this.members.length); }
  /** Who is no member (any more, or not yet) starts no elections. */
  get promotable(): boolean { return this.members.includes(this.id) && this.restored === undefined; }
  get hardState(): HardState { return { term: this.term, vote: this.vote, commit: this.log.committed }; }

  send(message: Outgoing<Message<C, S>>): void {
    this.messages.push({ term: this.term, ...message, from: this.id } as Message<C, S>);
  }

  /** Sends what must not be said before the disk has it. */
  promise(message: Outgoing<Message<C, S>>): void {
    this.afterSync.push({ term: this.term, ...message, from: this.id } as Message<C, S>);
  }

  becomeFollower(term: number, leader: MemberId): void {
    this.reset(term);
    this.role = 'follower';
    this.leader = leader;
  }

  /** Asks whether an election could be won, and changes nothing that others see (dissertation §9.6). */
  becomePreCandidate(): void {
    this.votes.clear();
    this.role = 'preCandidate';
    this.leader = NOBODY;
    this.electionElapsed = 0;
    this.electionTimeout = this.config.randomTimeout();
  }

  becomeCandidate(): void {
    this.reset(this.term + 1);
    this.vote = this.id;
    this.role = 'candidate';
  }

  becomeLeader(): void {
    this.reset(this.term);
    this.role = 'leader';
    this.leader = this.id;
    for (const member of this.members) this.progress.set(member, new Progress(this.log.lastIndex + 1));
    const own = this.progress.get(this.id);
    if (own) { own.match = this.log.stable; own.mode = 'replicate'; own.active = true; }
    // One may lie in the part that is not committed yet.
    this.membershipIndex = this.log.lastIndex;
  }

  others(): readonly MemberId[] { return this.members.filter((member) => member !== this.id); }

  private reset(term: number): void {
    if (term !== this.term) {
      this.term = term;
      this.vote = NOBODY;
    }
    this.leader = NOBODY;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.electionTimeout = this.config.randomTimeout();
    this.transferee = NOBODY;
    this.votes.clear();
    this.progress.clear();
    this.reads = [];
    this.earlyReads = [];
  }
}
