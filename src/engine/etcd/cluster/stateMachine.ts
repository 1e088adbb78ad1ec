import type { Store } from '../store';
import { LEASE_NOT_FOUND, NO_SPACE, isEtcdError, type EtcdError, type KeyValue, type TxnRequest, type TxnResponse } from '../types';

export type Operation =
  | { readonly type: 'txn'; readonly request: TxnRequest }
  | { readonly type: 'leaseGrant'; readonly seconds: number }
  | { readonly type: 'leaseRevoke'; readonly id: number }
  | { readonly type: 'compact'; readonly revision: number }
  /** Lifts the alarm, for when there is space again. */
  | { readonly type: 'disarm' };

/**
 * What a log entry tells the state machine. A client numbers its operations: an operation that comes twice, because its first
 * answer was lost, is carried out once (dissertation §6.3).
 */
export interface Command {
  readonly client: string;
  readonly sequence: number;
  /** The client waits for no operation below this number any more. */
  readonly acknowledged: number;
  /** The trace message of the request; handed to the watchers. */
  readonly cause: number;
  readonly operation: Operation;
}

export type Result =
  | { readonly type: 'txn'; readonly response: TxnResponse }
  | { readonly type: 'lease'; readonly id: number; readonly revision: number }
  | { readonly type: 'compact'; readonly revision: number }
  | { readonly type: 'error'; readonly error: EtcdError; readonly revision: number };

export interface Lease {
  readonly seconds: number;
  readonly keys: ReadonlySet<string>;
}

interface Session {
  /** Operations below are done or given up: they are not carried out any more. */
  readonly floor: number;
  readonly results: ReadonlyMap<number, Result>;
}

/** The whole state, for members that lag and for restarts. */
export interface State {
  readonly store: Store;
  readonly leases: ReadonlyMap<number, Lease>;
  readonly nextLease: number;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly alarm: boolean;
}

/** What a member knows without Raft: keys with their history, leases, alarms. Changes only by commands, the same on every member. */
export class StateMachine {
  readonly store: Store;
  private readonly leases: Map<number, Lease & { readonly keys: Set<string> }>;
  private nextLease: number;
  private readonly sessions: Map<string, { floor: number; readonly results: Map<number, Result> }>;
  alarm: boolean;

  /** `quota` in bytes; 0 for none. */
  constructor(state: State, private readonly quota: number) {
    this.store = state.store.fork();
    this.leases = new Map([...state.leases].map(([id, { seconds, keys }]) => [id, { seconds, keys: new Set(keys) }]));
    this.nextLease = state.nextLease;
    this.sessions = new Map([...state.sessions].map(([client, { floor, results }]) => [client, { floor, results: new Map(results) }]));
    this.alarm = state.alarm;
  }

  get leaseIds(): Iterable<number> { return this.leases.keys(); }
  lease(id: number): Lease | undefined { return this.leases.get(id); }

  /** The state as it is now; later commands do not change it. */
  state(): State { return new StateMachine(this.frozen(), this.quota).frozen(); }

  /** Carries out a command; again the same answer when it was carried out already, undefined when nobody waits for it. */
  apply(command: Command): Result | undefined {
    const { client, sequence, acknowledged } = command;
    if (client === '') return this.carryOut(command);
    let session = this.sessions.get(client);
    if (session === undefined) this.sessions.set(client, session = { floor: 0, results: new Map() });
    if (sequence < session.floor) return undefined;
    const known = session.results.get(sequence);
    if (known) return known;
    const result = this.carryOut(command);
    session.results.set(sequence, result);
    if (acknowledged > session.floor) {
      session.floor = acknowledged;
      for (const old of session.results.keys()) if (old < acknowledged) session.results.delete(old);
    }
    return result;
  }

  private frozen(): State {
    return { store: this.store, leases: this.leases, nextLease: this.nextLease, sessions: this.sessions, alarm: this.alarm };
  }

  private carryOut({ operation, cause }: Command): Result {
    switch (operation.type) {
      case 'txn': return this.txn(operation.request, cause);
      case 'leaseGrant': {
        const id = this.nextLease++;
        this.leases.set(id, { seconds: operation.seconds, keys: new Set() });
        return { type: 'lease', id, revision: this.store.revision };
      }
      case 'leaseRevoke': return this.revoke(operation.id, cause);
      case 'compact': {
        const done = this.store.compact(operation.revision);
        return isEtcdError(done) ? this.error(done) : { type: 'compact', revision: done.revision };
      }
      case 'disarm':
        this.alarm = this.quota > 0 && this.store.bytes > this.quota;
        return { type: 'compact', revision: this.store.revision };
    }
  }

  private txn(request: TxnRequest, cause: number): Result {
    const puts = [...request.success, ...request.failure].filter((o) => o.type === 'put');
    if (puts.length > 0 && this.quota > 0) {
      this.alarm ||= this.store.bytes > this.quota;
      if (this.alarm) return this.error(NO_SPACE);
    }
    for (const put of puts) if (put.type === 'put' && put.lease && !this.leases.has(put.lease)) return this.error(LEASE_NOT_FOUND);
    const before = this.store.revision;
    const response = this.store.txn(request, cause);
    if (isEtcdError(response)) return this.error(response);
    if (response.revision > before) this.bind(response.succeeded ? request.success : request.failure);
    return { type: 'txn', response };
  }

  /** A key lives by the lease of its last put. */
  private bind(operations: TxnRequest['success']): void {
    for (const operation of operations) {
      if (operation.type !== 'put') continue;
      for (const [id, { keys }] of this.leases) if (id !== operation.lease) keys.delete(operation.key);
      if (operation.lease) this.leases.get(operation.lease)?.keys.add(operation.key);
    }
  }

  private revoke(id: number, cause: number): Result {
    const lease = this.leases.get(id);
    if (lease === undefined) return this.error(LEASE_NOT_FOUND);
    this.leases.delete(id);
    for (const key of [...lease.keys].sort()) {
      this.store.txn({ compares: [{ key, target: 'lease', result: '=', value: id }], success: [{ type: 'delete', key }], failure: [] }, cause);
    }
    return { type: 'lease', id, revision: this.store.revision };
  }

  private error(error: EtcdError): Result { return { type: 'error', error, revision: this.store.revision }; }
}

/** Bytes that a stored value stands for, as JSON. */
export const bytesOf = ({ key, value }: KeyValue): number => key.length + JSON.stringify(value).length;

/** The state of a cluster in which nothing has happened. */
export function newState(store: Store): State {
  return { store, leases: new Map(), nextLease: 1, sessions: new Map(), alarm: false };
}
