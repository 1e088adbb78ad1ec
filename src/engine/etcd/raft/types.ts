/**
 * Raft's vocabulary (Ongaro, Ousterhout: In Search of an Understandable Consensus Algorithm; Ongaro's dissertation for pre-vote,
 * leadership transfer, membership changes and read index). `C` is what the state machine is told, `S` its whole state.
 */
export type MemberId = string;

/** No member: nobody leads, nobody was voted for. */
export const NOBODY: MemberId = '';

export interface MembershipChange {
  readonly action: 'add' | 'remove';
  readonly member: MemberId;
}

export type Content<C> =
  | { readonly type: 'command'; readonly command: C }
  | { readonly type: 'membership'; readonly change: MembershipChange }
  /** What a new leader appends, so that it can commit what earlier terms left (§5.4.2). */
  | { readonly type: 'empty' };

export interface Entry<C> {
  readonly index: number;
  readonly term: number;
  readonly content: Content<C>;
}

/** What a member must have on its disk before it sends what follows from it. `commit` may lag behind. */
export interface HardState {
  readonly term: number;
  readonly vote: MemberId;
  readonly commit: number;
}

/** The state machine after all entries up to `index`, instead of those entries. */
export interface Snapshot<S> {
  readonly index: number;
  readonly term: number;
  readonly members: readonly MemberId[];
  readonly data: S;
}

interface Envelope {
  readonly from: MemberId;
  readonly to: MemberId;
  /** The sender's term; of pre-votes the term that would follow. */
  readonly term: number;
}

export interface VoteMessage extends Envelope {
  readonly type: 'preVote' | 'vote';
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Leadership is being handed over: voters need not wait until they have missed their leader. */
  readonly transfer: boolean;
}
export interface VoteAnswer extends Envelope {
  readonly type: 'preVoteAnswer' | 'voteAnswer';
  readonly granted: boolean;
}
export interface AppendMessage<C> extends Envelope {
  readonly type: 'append';
  readonly previousIndex: number;
  readonly previousTerm: number;
  readonly entries: readonly Entry<C>[];
  readonly commit: number;
}
export interface AppendAnswer extends Envelope {
  readonly type: 'appendAnswer';
  /** The last index known to agree; of a refusal the previous index that did not. */
  readonly index: number;
  readonly refused: boolean;
  /** Of a refusal: the last place at which the logs may agree, and the follower's term there. */
  readonly hintIndex: number;
  readonly hintTerm: number;
}
export interface HeartbeatMessage extends Envelope {
  readonly type: 'heartbeat';
  readonly commit: number;
  /** The newest read that waits for this heartbeat's answers; 0 for none. */
  readonly read: number;
}
export interface HeartbeatAnswer extends Envelope {
  readonly type: 'heartbeatAnswer';
  readonly read: number;
}
export interface SnapshotMessage<S> extends Envelope {
  readonly type: 'snapshot';
  readonly snapshot: Snapshot<S>;
}
export interface ReadMessage extends Envelope {
  readonly type: 'read';
  /** The asker's own number for it. */
  readonly request: number;
}
export interface ReadAnswer extends Envelope {
  readonly type: 'readAnswer';
  readonly request: number;
  readonly index: number;
}
export interface ProposalMessage<C> extends Envelope {
  readonly type: 'proposal';
  readonly content: Content<C>;
}
/** To the leader: hand over to `target`. To a follower ('timeoutNow'): begin an election at once. */
export interface TransferMessage extends Envelope {
  readonly type: 'transfer' | 'timeoutNow';
  readonly target: MemberId;
}

export type Message<C, S> =
  | VoteMessage | VoteAnswer | AppendMessage<C> | AppendAnswer | HeartbeatMessage | HeartbeatAnswer | SnapshotMessage<S> | ReadMessage | ReadAnswer | ProposalMessage<C> | TransferMessage;

/** To be written to the disk as one batch and synced; afterwards `afterSync` may be sent. */
export interface Batch<C, S> {
  readonly hardState: HardState;
  readonly snapshot: Snapshot<S> | undefined;
  /** Replace whatever the disk has from the first one's index on. */
  readonly entries: readonly Entry<C>[];
  /** Promises (votes, acknowledgements): they hold only once the batch is on the disk. */
  readonly afterSync: readonly Message<C, S>[];
}

/** A linearizable read: what it may answer with is any state that has applied `index`. */
export interface ReadState {
  readonly request: number;
  readonly index: number;
}

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

export interface RaftConfig {
  readonly id: MemberId;
  /** Ticks between heartbeats of a leader. */
  readonly heartbeatTicks: number;
  /** Ticks without a leader after which nobody's lease holds any more; also the period in which a leader checks its quorum. */
  readonly electionTicks: number;
  /** Ticks until an election, drawn anew each time, between electionTicks and twice that. The only chance in Raft, passed in. */
  readonly randomTimeout: () => number;
  readonly maxEntriesPerMessage: number;
  /** Appends to one follower that may be under way at once. */
  readonly maxInflight: number;
}

/** What a member finds on its disk when it starts. */
export interface Persisted<C, S> {
  readonly hardState: HardState;
  /** Undefined for a member that was just added and knows nothing. */
  readonly snapshot: Snapshot<S> | undefined;
  /** After the snapshot, or before and after it: older ones are kept for members that lag. */
  readonly entries: readonly Entry<C>[];
}

export const NEW_STATE: HardState = { term: 0, vote: NOBODY, commit: 0 };
