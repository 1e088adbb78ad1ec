import { BACKGROUND } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import type { MemberMessage } from '../../trace/message';
import type { TraceRecorder } from '../../trace/recorder';
import { API_SERVER_ENDPOINT } from '../faults';
import type { Entry, Role } from '../raft/types';
import type { MemberObserver, RaftMessage } from './member';
import type { Command } from './stateMachine';

const RETRY_WORDS = {
  refused: 'is not there', broken: 'broke the connection', silent: 'does not answer', 'not leader': 'does not lead',
} as const;

/**
 * The members' conversation as trace messages: proposals on their way to a majority, and elections. Heartbeats are not recorded: there
 * are twenty a second, and they say nothing but that all is well.
 */
export class MemberTrace implements MemberObserver {
  /** The newest fault: what elections and retries go back to. 0 while nothing has happened. */
  private cause = 0;

  constructor(private readonly simulation: Simulation, private readonly trace: TraceRecorder, private readonly members: () => number) {}

  fault(member: string, text: string): void {
    const message = this.record({ actor: member || 'etcd-1', to: member || 'etcd-1', type: 'fault', term: 0, index: 0, text, notable: true });
    this.cause = message.id;
  }

  retried(from: string, to: string, why: keyof typeof RETRY_WORDS): void {
    this.record({ actor: API_SERVER_ENDPOINT, to, type: 'retry', term: 0, index: 0, text: `${from} ${RETRY_WORDS[why]}: the same request goes to ${to}`, notable: true });
  }

  moved(to: string, from: string, revision: number): void {
    this.story({ actor: API_SERVER_ENDPOINT, to, type: 'reconnect', term: 0, index: 0, text: `watches go on at ${to} instead of ${from}, from revision ${revision + 1}`, notable: true });
  }

  sent(message: RaftMessage): void {
    const { from: actor, to, term } = message;
    switch (message.type) {
      case 'append': {
        const last = message.entries.at(-1);
        if (!last) return;
        this.record({ actor, to, type: 'append', term, index: last.index, text: `${actor} sends ${to} ${entries(message.entries)}`, notable: false, cause: causeOf(message.entries) });
        return;
      }
      case 'vote':
        this.story({ actor, to, type: 'vote', term, index: message.lastIndex, text: `${actor} asks ${to} for its vote in term ${term}`, notable: true });
        return;
      case 'voteAnswer':
        this.story({ actor, to, type: 'voteAnswer', term, index: 0, text: `${actor} ${message.granted ? 'votes' : 'does not vote'} for ${to} in term ${term}`, notable: true });
        return;
      case 'snapshot':
        this.story({ actor, to, type: 'snapshot', term, index: message.snapshot.index, text: `${actor} sends ${to} a snapshot up to entry ${message.snapshot.index}: the entries it lacks are gone`, notable: true });
        return;
      default:
    }
  }

  synced(member: string, written: readonly Entry<Command>[], leader: string): void {
    const last = written.at(-1);
    const cause = causeOf(written);
    // Only what carries somebody's request: a new leader's empty entry is no news.
    if (!last || cause === undefined || this.members() === 1) return;
    this.record({ actor: member, to: leader || member, type: 'acknowledge', term: last.term, index: last.index, text: `${member} has ${entries(written)} on its disk${leader === member ? '' : ' and says so'}`, notable: false, cause });
  }

  role(member: string, role: Role, term: number): void {
    if (role === 'leader') this.story({ actor: member, to: member, type: 'elected', term, index: 0, text: `${member} is elected leader of term ${term}`, notable: true });
  }

  applied(member: string, applied: readonly Entry<Command>[], leads: boolean): void {
    const last = applied.at(-1);
    if (!last || !leads) return;
    this.record({ actor: member, to: member, type: 'commit', term: last.term, index: last.index, text: `a majority has ${entries(applied)}: committed`, notable: false, cause: causeOf(applied) });
  }

  /** What a fault led to: shown even though it happens by itself. */
  private story(message: Parameters<MemberTrace['record']>[0]): void {
    const context = this.cause === 0 ? BACKGROUND : { cause: this.cause, background: false };
    this.simulation.runIn(context, () => { this.record(message); });
  }

  private record(message: Omit<MemberMessage, 'kind' | 'id' | 'cause' | 'at' | 'background'> & { readonly cause?: number }): MemberMessage { return this.trace.member({ kind: 'member', ...message }); }
}

function causeOf(list: readonly Entry<Command>[]): number | undefined {
  for (let i = list.length - 1; i >= 0; i--) {
    const content = list[i]?.content;
    if (content?.type === 'command' && content.command.cause > 0) return content.command.cause;
  }
  return undefined;
}

function entries(list: readonly Entry<Command>[]): string {
  const [first] = list;
  const last = list.at(-1);
  return !first || !last ? 'nothing' : first === last ? `entry ${first.index}` : `entries ${first.index} to ${last.index}`;
}
