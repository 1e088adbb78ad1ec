import type { Core } from './core';
import type { HeartbeatMessage } from './types';

/** Says that the leader still leads and how far its log is committed; who answers confirms the reads that wait. */
export function broadcastHeartbeat<C, S>(core: Core<C, S>): void {
  const read = core.reads.at(-1)?.number ?? 0;
  // A follower must not commit what it may not have.
  for (const to of core.others()) core.send({ type: 'heartbeat', to, commit: Math.min(core.progress.get(to)?.match ?? 0, core.log.committed), read });
}

export function onHeartbeat<C, S>(core: Core<C, S>, message: HeartbeatMessage): void {
  core.log.commitTo(message.commit);
  core.send({ type: 'heartbeatAnswer', to: message.from, read: message.read });
}
