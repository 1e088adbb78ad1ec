/** What a person can do to etcd, and see of it, however many members it has. */
export interface MemberStatus {
  readonly id: string;
  readonly up: boolean;
  readonly role: 'leader' | 'follower' | 'candidate' | 'down';
  readonly term: number;
  /** The last log entry, and how far it is applied; both 0 where there is no log. */
  readonly index: number;
  readonly applied: number;
  readonly revision: number;
  /** The disk is so many times slower than usual. */
  readonly slowness: number;
  /** Other members, and 'kube-apiserver', that it cannot reach. */
  readonly cutFrom: readonly string[];
}

export interface LinkFault {
  /** Milliseconds on top of the usual latency. */
  readonly delay?: number;
  /** From 0 to 1. */
  readonly loss?: number;
}

export interface EtcdFaults {
  status(): readonly MemberStatus[];
  /** The id of the leader, '' for none. */
  readonly leader: string;
  /** The process ends without warning; what was not synced is gone. */
  kill(member: string): void;
  /** It starts again with what its disk has. */
  restart(member: string): void;
  /** Members (and 'kube-apiserver') reach only those of their own group; who is in no group reaches nobody. */
  partition(groups: readonly (readonly string[])[]): void;
  /** The link between two of them becomes slow or lossy. */
  degrade(a: string, b: string, fault: LinkFault): void;
  /** The disk of a member takes so many times as long to sync; 1 is as usual. */
  slowDisk(member: string, slowness: number): void;
  /** All links are whole again; disks are as fast as usual. */
  heal(): void;
}

/** The name of the API server on etcd's network. */
export const API_SERVER_ENDPOINT = 'kube-apiserver';
