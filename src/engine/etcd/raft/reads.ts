import { MAX_WAITING_READS, type Core } from './core';
import { broadcastHeartbeat } from './heartbeat';
import { NOBODY, type HeartbeatAnswer, type MemberId, type ReadAnswer, type ReadMessage } from './types';

/**
 * Linearizable reads without a log entry (§8, dissertation §6.4): the leader notes its commit index, makes sure by a round of
 * heartbeats that it still leads, and whoever has applied that index may answer.
 */
export function askRead<C, S>(core: Core<C, S>, request: number): boolean {
  if (core.role === 'leader') { beginRead(core, core.id, request); return true; }
  if (core.leader === NOBODY) return false;
  core.send({ type: 'read', to: core.leader, request });
  return true;
}

export function onRead<C, S>(core: Core<C, S>, message: ReadMessage): void {
  if (core.role === 'leader') beginRead(core, message.from, message.request);
}

function beginRead<C, S>(core: Core<C, S>, from: MemberId, request: number): void {
  // Before its first commit a leader does not know what earlier terms have committed.
  if (core.log.term(core.log.committed) !== core.term) {
    if (core.earlyReads.length < MAX_WAITING_READS) core.earlyReads.push({ from, request });
    return;
  }
  const index = core.log.committed;
  if (core.quorum === 1) { answer(core, from, request, index); return; }
  if (core.reads.length >= MAX_WAITING_READS) return;
  core.reads.push({ number: ++core.readNumber, from, request, index, answered: new Set([core.id]) });
  broadcastHeartbeat(core);
}

export function releaseEarlyReads<C, S>(core: Core<C, S>): void {
  const early = core.earlyReads;
  core.earlyReads = [];
  for (const { from, request } of early) beginRead(core, from, request);
}

/** A heartbeat answered for one read answers for all that were asked before it. */
export function countReadAnswer<C, S>(core: Core<C, S>, message: HeartbeatAnswer): void {
  if (message.read === 0) return;
  for (const read of core.reads) if (read.number <= message.read) read.answered.add(message.from);
  let confirmed = -1;
  for (let i = 0; i < core.reads.length; i++) {
    const read = core.reads[i];
    if (read && core.members.filter((member) => read.answered.has(member)).length >= core.quorum) confirmed = i;
  }
  for (const read of core.reads.splice(0, confirmed + 1)) answer(core, read.from, read.request, read.index);
}

function answer<C, S>(core: Core<C, S>, to: MemberId, request: number, index: number): void {
  if (to === core.id) core.readStates.push({ request, index });
  else core.send({ type: 'readAnswer', to, request, index });
}

export function onReadAnswer<C, S>(core: Core<C, S>, message: ReadAnswer): void {
  core.readStates.push({ request: message.request, index: message.index });
}
