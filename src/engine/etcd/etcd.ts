import type { Process } from '../simulation/process';
import type { EtcdFaults } from './faults';
import type { EtcdSnapshot } from './snapshot';
import type { Store } from './store';
import type { EtcdClient, EtcdError, TxnRequest } from './types';

/** etcd as a world has it, with one member or several: what the API server uses, what a person can do to it, and a look inside. */
export interface Etcd extends EtcdClient, EtcdFaults {
  /** The contents, for looking at: those of the leader, else of the most advanced member. */
  readonly store: Store;
  /** Puts something into the store before anything runs: no request, no time. */
  load(request: TxnRequest): void;
  /** Puts a snapshot into the empty store, instead of load(). */
  loadSnapshot(snapshot: EtcdSnapshot): void;
  /** Everything is loaded: the members begin to work. */
  start(): void;
  /** A snapshot takes the place of everything, as after the loss of all members. Watches end with the error. */
  restore(store: Store, why: EtcdError): void;
  /** Lifts the alarm that stops writes when the quota of space was reached, if there is space again. */
  disarm(): Process<{ readonly revision: number } | EtcdError>;
}
