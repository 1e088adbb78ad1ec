import type { Core } from './core';
import { appendAsLeader, broadcastAppend } from './replication';
import { NOBODY, type VoteAnswer, type VoteMessage } from './types';

/** Begins an election: by asking first whether it can be won, unless leadership was handed over. */
export function campaign<C, S>(core: Core<C, S>, transfer = false): void {
  if (!core.promotable) return;
  if (transfer) { requestVotes(core, true); return; }
  core.becomePreCandidate();
  // One's own willingness needs no disk: nothing was promised yet.
  core.votes.set(core.id, true);
  if (won(core)) { requestVotes(core, false); return; }
  for (const to of core.others()) core.send({ type: 'preVote', to, term: core.term + 1, lastIndex: core.log.lastIndex, lastTerm: core.log.lastTerm, transfer: false });
}

/** The election proper: the own vote counts when the disk has it, so that a restart does not vote again. */
function requestVotes<C, S>(core: Core<C, S>, transfer: boolean): void {
  core.becomeCandidate();
  core.promise({ type: 'voteAnswer', to: core.id, granted: true });
  for (const to of core.others()) core.promise({ type: 'vote', to, lastIndex: core.log.lastIndex, lastTerm: core.log.lastTerm, transfer });
}

/** Whether a member that has heard from its leader lately may be asked at all: who was cut off must not unseat a leader who works. */
export function holdsLease<C, S>(core: Core<C, S>): boolean {
  return core.leader !== NOBODY && core.electionElapsed < core.config.electionTicks;
}

/** Answers a request for a vote of this term (a pre-vote: of the next). */
export function considerVote<C, S>(core: Core<C, S>, message: VoteMessage, mayVote: boolean): void {
  const granted = mayVote && core.log.isUpToDate(message.lastIndex, message.lastTerm);
  if (message.type === 'preVote') {
    core.promise({ type: 'preVoteAnswer', to: message.from, term: granted ? message.term : core.term, granted });
    return;
  }
  if (granted) {
    core.electionElapsed = 0;
    core.vote = message.from;
  }
  core.promise({ type: 'voteAnswer', to: message.from, granted });
}

/** One vote in a term, for whoever asks first; a pre-vote promises nothing and may be given to several. */
export function mayVoteFor<C, S>(core: Core<C, S>, message: VoteMessage): boolean {
  return core.vote === message.from || (core.vote === NOBODY && core.leader === NOBODY) || (message.type === 'preVote' && message.term > core.term);
}

export function countVote<C, S>(core: Core<C, S>, message: VoteAnswer): void {
  const asked = core.role === 'preCandidate' ? 'preVoteAnswer' : core.role === 'candidate' ? 'voteAnswer' : undefined;
  if (message.type !== asked || !core.members.includes(message.from)) return;
  if (!core.votes.has(message.from)) core.votes.set(message.from, message.granted);
  if (won(core)) {
    if (core.role === 'preCandidate') requestVotes(core, false);
    else lead(core);
    return;
  }
  const refusals = [...core.votes.values()].filter((granted) => !granted).length;
  if (refusals >= core.quorum) core.becomeFollower(core.term, NOBODY);
}

function lead<C, S>(core: Core<C, S>): void {
  core.becomeLeader();
  appendAsLeader(core, { type: 'empty' });
  broadcastAppend(core);
}

function won<C, S>(core: Core<C, S>): boolean {
  return [...core.votes.values()].filter((granted) => granted).length >= core.quorum;
}
