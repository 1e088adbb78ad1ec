import type { EtcdError, EtcdEvent, RangeRequest, RangeResponse } from '../types';
import type { Command, Result } from './stateMachine';

/** What a client asks of one member. */
export type MemberRequest =
  | { readonly type: 'propose'; readonly command: Command }
  /** A linearizable read. */
  | { readonly type: 'range'; readonly request: RangeRequest }
  | { readonly type: 'keepAlive'; readonly lease: number };

/** What the member answers, sooner or later or never. */
export type MemberAnswer =
  /** Carried out and committed; undefined for an operation that its client had given up. */
  | { readonly type: 'result'; readonly result: Result | undefined }
  | { readonly type: 'range'; readonly response: RangeResponse | EtcdError }
  | { readonly type: 'keepAlive'; readonly answer: { readonly seconds: number } | EtcdError }
  /** Ask another: the leader where it is known, else ''. */
  | { readonly type: 'notLeader'; readonly leader: string }
  /** Nobody listens: the process is down. */
  | { readonly type: 'refused' }
  /** The connection broke while the answer was awaited: nobody knows what came of it. */
  | { readonly type: 'broken' };

/** A stream of events that a member sends to a client, and what it says when it is asked whether it still lives. */
export interface EventStream {
  /** Events in order, those of one transaction together. `number` counts the deliveries of this stream from 1. */
  onEvents(events: readonly EtcdEvent[], number: number): void;
  /** `deliveries` made so far; `leader` as the member knows it, '' for none. */
  onAlive(deliveries: number, leader: string): void;
  /** The member ends the stream: the events were compacted, or it got a snapshot. */
  onEnd(error: EtcdError | undefined): void;
}

export interface Subscription {
  /** Asks for onAlive. */
  ping(): void;
  stop(): void;
}
