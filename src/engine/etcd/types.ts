import type { Process } from '../simulation/process';

/**
 * etcd's v3 interface as far as the API server uses it: what a replicated cluster will fill without a change above it.
 * Values are immutable objects instead of bytes: storing shares the reference.
 */
export interface KeyValue {
  readonly key: string;
  readonly value: object;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 after creation, plus 1 for each change. */
  readonly version: number;
  /** The lease it lives by; 0 for none. */
  readonly lease: number;
}

export interface RangeRequest {
  readonly key: string;
  /** Exclusive end; without it only the key itself. Use prefixEnd(key) for all keys with a prefix. */
  readonly rangeEnd?: string;
  /** The past revision to read at; 0 or absent for now. */
  readonly revision?: number;
  readonly limit?: number;
}

export interface RangeResponse {
  readonly keyValues: readonly KeyValue[];
  /** All keys in the range, also those beyond the limit. */
  readonly count: number;
  readonly more: boolean;
  /** The revision of the store when it answered. */
  readonly revision: number;
}

export type Compare =
  | { readonly key: string; readonly target: 'modRevision' | 'createRevision' | 'version' | 'lease'; readonly result: '=' | '!=' | '<' | '>'; readonly value: number };

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: object; readonly lease?: number }
  | { readonly type: 'delete'; readonly key: string; readonly rangeEnd?: string }
  | { readonly type: 'range'; readonly request: RangeRequest };

export interface TxnRequest {
  readonly compares: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

export interface TxnResponse {
  readonly succeeded: boolean;
  readonly revision: number;
  /** One per operation carried out; key values for a range, what was there before for a put or delete. */
  readonly responses: readonly (readonly KeyValue[])[];
}

export interface EtcdEvent {
  readonly type: 'put' | 'delete';
  /** For a delete, the key with its last value and the revision of the deletion. */
  readonly keyValue: KeyValue;
  readonly previous: KeyValue | undefined;
  /** The trace message that committed it; 0 when unknown. */
  readonly cause: number;
}

/** Why etcd did not do it, in its own words. */
export interface EtcdError {
  readonly error: 'compacted' | 'future revision' | 'lease not found' | 'unavailable' | 'timeout' | 'no space';
  readonly message: string;
}

export const COMPACTED: EtcdError = { error: 'compacted', message: 'etcdserver: mvcc: required revision has been compacted' };
export const FUTURE_REVISION: EtcdError = { error: 'future revision', message: 'etcdserver: mvcc: required revision is a future revision' };
/** How long etcd waits for a commit: 5 s and two election timeouts of a second (ServerConfig.ReqTimeout). */
export const REQUEST_TIMEOUT_MILLISECONDS = 7000;
export const REQUEST_TIMED_OUT: EtcdError = { error: 'timeout', message: 'etcdserver: request timed out' };
export const NO_SPACE: EtcdError = { error: 'no space', message: 'etcdserver: mvcc: database space exceeded' };
/** Why watches end after a restore: the revisions that they know may never have been. */
export const RESTORED: EtcdError = { error: 'compacted', message: 'etcdserver: mvcc: required revision has been compacted' };
/** What the API server's etcd client says when no member listens. */
export const CONNECTION_REFUSED: EtcdError = {
  error: 'unavailable', message: 'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"',
};
export const LEASE_NOT_FOUND: EtcdError = { error: 'lease not found', message: 'etcdserver: requested lease not found' };

export function isEtcdError(value: object): value is EtcdError { return 'error' in value; }

/** The API server's connection to etcd. */
export interface EtcdClient {
  range(request: RangeRequest): Process<RangeResponse | EtcdError>;
  txn(request: TxnRequest): Process<TxnResponse | EtcdError>;
  /** Events of every key with the prefix from a revision on (inclusive), in order, each once. Returns what ends it. */
  watch(prefix: string, fromRevision: number, onEvent: (event: EtcdEvent) => void, onError: (error: EtcdError) => void): () => void;
  leaseGrant(seconds: number): Process<{ readonly id: number } | EtcdError>;
  leaseKeepAlive(id: number): Process<{ readonly seconds: number } | EtcdError>;
  leaseRevoke(id: number): Process<{ readonly id: number } | EtcdError>;
  compact(revision: number): Process<{ readonly revision: number } | EtcdError>;
  /** Waits until everything that was committed before is known here; absent where it always is. */
  confirm?(): Process<EtcdError | undefined>;
  /** The newest revision this client has seen. */
  readonly revision: number;
}

/** The end of the range of all keys with a prefix. */
export function prefixEnd(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
