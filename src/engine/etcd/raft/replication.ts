import type { Core } from './core';
import { majorityIndex } from './progress';
import { releaseEarlyReads } from './reads';
import { NOBODY, type AppendAnswer, type AppendMessage, type Content, type Entry, type HeartbeatAnswer, type MemberId, type SnapshotMessage } from './types';

/** Appends to the leader's own log. The own disk counts like any follower's: when it has the entry. */
export function appendAsLeader<C, S>(core: Core<C, S>, content: Content<C>): Entry<C> {
  const entry = core.log.append(core.term, content);
  if (content.type === 'membership') core.membershipIndex = entry.index;
  return entry;
}

export function broadcastAppend<C, S>(core: Core<C, S>): void {
  for (const to of core.others()) sendAppend(core, to, true);
}

/** Sends a follower what it lacks; with nothing new, an empty append carries the commit index. */
export function sendAppend<C, S>(core: Core<C, S>, to: MemberId, evenEmpty: boolean): boolean {
  const { log, config } = core;
  const progress = core.progress.get(to);
  if (!progress || !progress.canSend(config.maxInflight)) return false;
  const previousTerm = log.term(progress.next - 1);
  const entries = log.from(progress.next, config.maxEntriesPerMessage);
  if (previousTerm === undefined || entries === undefined) {
    if (log.snapshot === undefined || !progress.active) return false;
    progress.sendSnapshot(log.snapshot.index);
    core.send({ type: 'snapshot', to, snapshot: log.snapshot });
    return true;
  }
  if (entries.length === 0 && !evenEmpty) return false;
  core.send({ type: 'append', to, previousIndex: progress.next - 1, previousTerm, entries, commit: log.committed });
  progress.sent(progress.next - 1 + entries.length);
  return true;
}

/**
 * Commits what a majority has, but by counting only entries of the own term (§5.4.2, figure 8): older ones are committed with them.
 */
export function advanceCommit<C, S>(core: Core<C, S>): boolean {
  const index = majorityIndex(core.members.map((member) => core.progress.get(member)?.match ?? 0));
  if (core.log.term(index) !== core.term || !core.log.commitTo(index)) return false;
  releaseEarlyReads(core);
  return true;
}

/** The leader's disk has more than before. */
export function ownDiskHas<C, S>(core: Core<C, S>, index: number): void {
  if (core.role !== 'leader') return;
  if (core.progress.get(core.id)?.acknowledged(index) && advanceCommit(core)) broadcastAppend(core);
}

export function onAppendAnswer<C, S>(core: Core<C, S>, message: AppendAnswer): void {
  const progress = core.progress.get(message.from);
  if (!progress) return;
  progress.active = true;
  if (message.refused) {
    // Skips a whole term at a time: nothing after the follower's term at the hint can agree (§5.3, fast backtracking).
    const hint = message.hintTerm > 0 ? core.log.lastWithTermAtMost(message.hintIndex, message.hintTerm).index : message.hintIndex;
    if (progress.refused(message.index, hint)) sendAppend(core, message.from, true);
    return;
  }
  const full = progress.mode === 'replicate' && !progress.canSend(core.config.maxInflight);
  const news = progress.acknowledged(message.index);
  if (news && advanceCommit(core)) broadcastAppend(core);
  else if (full || news) while (sendAppend(core, message.from, false));
  handOver(core, message.from);
}

export function onHeartbeatAnswer<C, S>(core: Core<C, S>, message: HeartbeatAnswer): void {
  const progress = core.progress.get(message.from);
  if (!progress) return;
  progress.heard(core.config.maxInflight);
  if (progress.match < core.log.lastIndex || progress.mode === 'probe') sendAppend(core, message.from, true);
}

/** Tells the member that is to lead to begin, as soon as it has everything. */
export function handOver<C, S>(core: Core<C, S>, member: MemberId): void {
  if (core.transferee !== member || core.progress.get(member)?.match !== core.log.lastIndex) return;
  core.send({ type: 'timeoutNow', to: member, target: member });
}

export function onAppend<C, S>(core: Core<C, S>, message: AppendMessage<C>): void {
  const { log } = core;
  const to = message.from;
  if (message.previousIndex < log.committed) {
    core.promise({ type: 'appendAnswer', to, index: log.committed, refused: false, hintIndex: 0, hintTerm: 0 });
    return;
  }
  if (!log.has(message.previousIndex, message.previousTerm)) {
    const hint = log.lastWithTermAtMost(message.previousIndex, message.previousTerm);
    core.promise({ type: 'appendAnswer', to, index: message.previousIndex, refused: true, hintIndex: hint.index, hintTerm: hint.term });
    return;
  }
  const last = log.accept(message.previousIndex, message.entries);
  log.commitTo(Math.min(message.commit, last));
  core.promise({ type: 'appendAnswer', to, index: last, refused: false, hintIndex: 0, hintTerm: 0 });
}

export function onSnapshot<C, S>(core: Core<C, S>, { snapshot, from }: SnapshotMessage<S>): void {
  const { log } = core;
  if (snapshot.index > log.committed && !log.has(snapshot.index, snapshot.term)) {
    log.restore(snapshot);
    core.members = snapshot.members;
    core.restored = snapshot;
  } else log.commitTo(snapshot.index);
  core.promise({ type: 'appendAnswer', to: from, index: log.committed, refused: false, hintIndex: 0, hintTerm: 0 });
}

/** A leader that has not heard from a majority for a whole election timeout steps down: its clients then need not wait for it. */
export function checkQuorum<C, S>(core: Core<C, S>): void {
  let active = 0;
  for (const member of core.members) {
    const progress = core.progress.get(member);
    if (member === core.id || progress?.active) active++;
    if (progress && member !== core.id) progress.active = false;
  }
  if (active < core.quorum) core.becomeFollower(core.term, NOBODY);
}
