import type { Core } from './core';
import { Progress } from './progress';
import { advanceCommit, broadcastAppend } from './replication';
import { NOBODY, type MembershipChange } from './types';

/**
 * Members change one at a time (dissertation §4.1): then any majority of the old and any of the new have a member in common. The
 * next change waits until this one is applied.
 */
export function mayChangeMembership<C, S>(core: Core<C, S>): boolean { return core.membershipIndex <= core.log.applied; }

/** Takes over a change whose entry is applied. */
export function applyMembership<C, S>(core: Core<C, S>, { action, member }: MembershipChange): void {
  const present = core.members.includes(member);
  if (action === 'add' ? present : !present) return;
  core.members = action === 'add' ? [...core.members, member].sort() : core.members.filter((m) => m !== member);
  if (core.role !== 'leader') return;
  if (action === 'add') {
    const progress = new Progress(core.log.lastIndex + 1);
    // Until the next check it counts as there, or adding a second member to one would cost the leader its quorum.
    progress.active = true;
    core.progress.set(member, progress);
    broadcastAppend(core);
    return;
  }
  core.progress.delete(member);
  if (member === core.id) { core.becomeFollower(core.term, NOBODY); return; }
  if (core.transferee === member) core.transferee = NOBODY;
  // The smaller majority may have what the larger one lacked.
  if (advanceCommit(core)) broadcastAppend(core);
}
