import type { Process, ProcessHost } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import { CONNECTION_REFUSED, REQUEST_TIMED_OUT, REQUEST_TIMEOUT_MILLISECONDS, type EtcdError, type RangeRequest, type RangeResponse } from '../types';
import type { EventFeed } from './eventFeed';
import type { Member } from './member';
import type { Network } from './network';
import type { MemberAnswer, MemberRequest } from './requests';
import type { Operation, Result } from './stateMachine';

export interface ClientOptions {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly name: string;
  readonly members: () => readonly Member[];
  readonly feed: EventFeed;
  /** Told when a request is sent to another member than the one before, and why. */
  readonly retried?: (from: string, to: string, why: 'refused' | 'broken' | 'silent' | 'not leader') => void;
}

/** A member that does not answer so long may be cut off: another one is asked. */
const ATTEMPT_MILLISECONDS = 2000;
/** Waiting for an election: at first, and at the most. */
const BACKOFF_MILLISECONDS = 50;
const MAX_BACKOFF_MILLISECONDS = 800;
const SUSPICION_MILLISECONDS = 1000;

/**
 * A client's requests to whichever member leads. It remembers the leader, asks the others when that one is gone, and sends a write again
 * with the same number, so that it is carried out once however often it arrives.
 */
export class RequestSender {
  private sequence = 0;
  private readonly outstanding = new Set<number>();
  /** Members found dead or deaf, until when: who still takes one of them for the leader does not know better yet. */
  private readonly suspects = new Map<string, number>();
  /** Index of the member believed to lead. */
  private current = 0;

  constructor(private readonly options: ClientOptions) {}

  /** The member that the next request is sent to first. */
  get leader(): Member | undefined { return this.options.members()[this.current]; }

  /** A replicated operation: its result once it is committed and its events are delivered here, or why nobody knows. */
  *propose(operation: Operation, cause: number): Process<Result | EtcdError> {
    const sequence = ++this.sequence;
    this.outstanding.add(sequence);
    const { name } = this.options;
    const acknowledged = Math.min(...this.outstanding);
    try {
      const answer = yield* this.ask({ type: 'propose', command: { client: name, sequence, acknowledged, cause, operation } });
      if ('error' in answer) return answer;
      if (answer.type !== 'result' || answer.result === undefined) return REQUEST_TIMED_OUT;
      const { result } = answer;
      const revision = result.type === 'txn' ? result.response.revision : result.revision;
      // What was written is to be seen by whoever has the answer, as it is where events and answers share a connection.
      if (!(yield* this.delivered(revision))) return REQUEST_TIMED_OUT;
      return result;
    } finally { this.outstanding.delete(sequence); }
  }

  *range(request: RangeRequest): Process<RangeResponse | EtcdError> {
    const answer = yield* this.ask({ type: 'range', request });
    if ('error' in answer) return answer;
    return answer.type === 'range' ? answer.response : REQUEST_TIMED_OUT;
  }

  /** Waits until everything committed before now is delivered here, as a consistent read from a cache has to. */
  *confirm(): Process<EtcdError | undefined> {
    const response = yield* this.range({ key: '' });
    if ('error' in response) return response;
    return (yield* this.delivered(response.revision)) ? undefined : REQUEST_TIMED_OUT;
  }

  *keepAlive(lease: number): Process<{ readonly seconds: number } | EtcdError> {
    const answer = yield* this.ask({ type: 'keepAlive', lease });
    if ('error' in answer) return answer;
    return answer.type === 'keepAlive' ? answer.answer : REQUEST_TIMED_OUT;
  }

  private *ask(request: MemberRequest): Process<MemberAnswer | EtcdError> {
    const { simulation, members, feed } = this.options;
    const deadline = simulation.now + REQUEST_TIMEOUT_MILLISECONDS;
    const refusedBy = new Set<string>();
    let wait = BACKOFF_MILLISECONDS;
    for (;;) {
      const left = deadline - simulation.now;
      const all = members();
      const member = all[this.current % Math.max(1, all.length)];
      if (left <= 0 || !member) return REQUEST_TIMED_OUT;
      const answer = yield* this.attempt(member, request, Math.min(left, ATTEMPT_MILLISECONDS), deadline);
      switch (answer.type) {
        case 'result': case 'keepAlive': case 'range':
          this.suspects.delete(member.id);
          if (request.type === 'propose') feed.connect(member);
          return answer;
        case 'refused':
          // Nobody listens anywhere: etcd's client says so at once.
          refusedBy.add(member.id);
          if (all.every((m) => refusedBy.has(m.id))) return CONNECTION_REFUSED;
          this.next(member, 'refused');
          break;
        case 'notLeader': {
          const leader = all.findIndex((m) => m.id === answer.leader);
          if (leader >= 0 && all[leader] !== member && !this.isSuspect(answer.leader)) {
            if (all[this.current] === member) {
              this.retried(member, all[leader] as Member, 'not leader');
              this.current = leader;
            }
            break;
          }
          // This member may be the one that is cut off: the others are asked, too, now and then.
          if (wait >= MAX_BACKOFF_MILLISECONDS) this.next(member, 'not leader');
          yield* this.pause(wait);
          wait = Math.min(2 * wait, MAX_BACKOFF_MILLISECONDS);
          break;
        }
        case 'broken': case 'silent':
          this.next(member, answer.type);
          break;
      }
    }
  }

  private isSuspect(member: string): boolean { return (this.suspects.get(member) ?? 0) > this.options.simulation.now; }

  private next(member: Member, why: 'refused' | 'broken' | 'silent' | 'not leader'): void {
    if (why !== 'not leader') this.suspects.set(member.id, this.options.simulation.now + SUSPICION_MILLISECONDS);
    const all = this.options.members();
    // Somebody else may have found the leader meanwhile.
    if (all[this.current % all.length] !== member) return;
    this.current = (this.current + 1) % all.length;
    for (let i = 2; i < all.length && this.isSuspect((all[this.current] as Member).id); i++) this.current = (this.current + 1) % all.length;
    this.retried(member, all[this.current] as Member, why);
  }

  private retried(from: Member, to: Member, why: 'refused' | 'broken' | 'silent' | 'not leader'): void {
    if (from !== to) this.options.retried?.(from.id, to.id, why);
  }

  /** One question to one member, and at most so long a wait for the answer. */
  private *attempt(member: Member, request: MemberRequest, milliseconds: number, deadline: number): Process<MemberAnswer | { readonly type: 'silent' }> {
    const { network, name } = this.options;
    return (yield {
      start: (host: ProcessHost, resume: (value: unknown) => void) => {
        let open = true;
        const settle = (answer: MemberAnswer | { readonly type: 'silent' }): void => {
          if (!open) return;
          open = false;
          cancel();
          resume(answer);
        };
        const cancel = host.after(milliseconds, () => settle({ type: 'silent' }));
        network.transmit(name, member.id, () => member.serve(request, deadline, (answer) => network.transmit(member.id, name, () => settle(answer))));
        return () => { open = false; cancel(); };
      },
    }) as MemberAnswer | { readonly type: 'silent' };
  }

  /** False when the events of a revision do not arrive in time. */
  private *delivered(revision: number): Process<boolean> {
    const { feed } = this.options;
    if (revision <= feed.revision) return true;
    return (yield {
      start: (host: ProcessHost, resume: (value: unknown) => void) => {
        const cancelTimer = host.after(REQUEST_TIMEOUT_MILLISECONDS, () => { stop(); resume(false); });
        const stop = feed.whenDelivered(revision, () => { cancelTimer(); resume(true); });
        return () => { cancelTimer(); stop(); };
      },
    }) as boolean;
  }

  private *pause(milliseconds: number): Process {
    yield { start: (host, resume) => host.after(milliseconds, () => resume(undefined)) };
  }
}
