import type { ObjectWithMeta } from '../api/object';
import type { Status } from '../api/status';

/**
 * What went over the wires of a world, as a recording. Every message names the message that caused it, so that from a
 * person's request one can follow: request → storage (revision) → watch → work → request → …
 */
export type TraceMessage = RequestMessage | StorageMessage | WatchMessage | WorkMessage | MemberMessage;

interface MessageBase {
  /** Ascending from 1 in the order of sending. */
  readonly id: number;
  /** The message that led to this one; 0 when a person did. */
  readonly cause: number;
  /** Virtual milliseconds. */
  readonly at: number;
  /** Heartbeats and the like: not part of anybody's story. */
  readonly background: boolean;
}

/** A request to the API server and, once it is there, its answer. Sent by `actor`. */
export interface RequestMessage extends MessageBase {
  readonly kind: 'request';
  /** 'kubectl', 'deployment-controller', 'kube-scheduler', 'kubelet/node-1' … */
  readonly actor: string;
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for a create with generateName, until the answer gives it. */
  name: string;
  readonly dryRun: boolean;
  /** What was sent: an object, a patch, or nothing. */
  readonly body: unknown;
  /** The API server's stages in order, each with its verdict. */
  stages: readonly Stage[];
  /** Virtual milliseconds at which the sender had the answer; undefined while under way. */
  answeredAt: number | undefined;
  /** HTTP status; 0 while under way. */
  code: number;
  /** The revision that a write committed or a read was served at; 0 for none. */
  revision: number;
  /** The object as stored before a write, where there was one. */
  before: ObjectWithMeta | undefined;
  /** The object as answered, or the refusal. */
  answer: ObjectWithMeta | Status | undefined;
  warnings: readonly string[];
}

/** A stage of the API server's pipeline. */
export interface Stage {
  readonly name: 'authentication' | 'authorization' | 'decoding' | 'defaulting' | 'mutating admission' | 'validating admission' | 'validation' | 'storage';
  /** The plugin, for admission. */
  readonly plugin?: string;
  readonly verdict: 'passed' | 'changed' | 'refused';
  /** One sentence: who was recognised, which role allowed it, what was filled in. */
  readonly detail?: string;
  /** For the audit log. */
  readonly annotations?: { readonly [key: string]: string };
}

/** The API server to etcd. Its cause is the request. */
export interface StorageMessage extends MessageBase {
  readonly kind: 'storage';
  readonly operation: 'range' | 'txn' | 'lease' | 'compact';
  readonly key: string;
  /** What the transaction did to the key, if it held. */
  readonly change: 'created' | 'modified' | 'deleted' | 'none';
  readonly revision: number;
  /** False when a compare failed or etcd did not answer. */
  readonly succeeded: boolean;
  /** Virtual milliseconds at which the answer was back. */
  readonly answeredAt: number;
  /** The member that was asked; absent where there is one only. */
  readonly member?: string;
  /** Why etcd did not do it, in its words; absent where it answered. */
  readonly error?: string;
}

/** Between etcd's members, or of one of them. Its cause is the storage message that it carries out, or the fault that led to it. */
export interface MemberMessage extends MessageBase {
  readonly kind: 'member';
  /** 'etcd-1', or 'kube-apiserver' for its connection. */
  readonly actor: string;
  /** The receiver; the actor itself for what it does alone. */
  readonly to: string;
  readonly type: 'append' | 'acknowledge' | 'commit' | 'vote' | 'voteAnswer' | 'elected' | 'stepDown' | 'snapshot' | 'retry' | 'reconnect' | 'fault';
  readonly term: number;
  /** The last entry that it is about; 0 for none. */
  readonly index: number;
  /** One sentence. */
  readonly text: string;
  /** Part of the story at every level of detail: faults, elections, retries. */
  readonly notable: boolean;
}

/** A watch event as it reached a component. Its cause is the storage message that committed the revision. */
export interface WatchMessage extends MessageBase {
  readonly kind: 'watch';
  readonly actor: string;
  readonly group: string;
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly object: ObjectWithMeta;
}

/** A component at work by itself: a reconciliation, a scheduling attempt, an image being pulled. */
export interface WorkMessage extends MessageBase {
  readonly kind: 'work';
  readonly actor: string;
  /** 'sync', 'schedule', 'pull', 'start', 'probe', 'timer' … */
  readonly action: string;
  /** What it works on, e.g. 'default/hello'. */
  readonly subject: string;
  /** Group and resource of the subject, e.g. 'pods', 'deployments.apps'; '' where it is none. */
  readonly resource: string;
  /** Virtual milliseconds; undefined while it goes on. */
  endedAt: number | undefined;
  /** One sentence about the outcome: what was compared, what was found. */
  outcome: string;
  /** What was decided in it, if anything. */
  decision: Decision | undefined;
  /** For a scheduling attempt that is not the pod's first: what brought it about. */
  readonly retry?: Retry;
}

/** Why a pod is tried again. */
export interface Retry {
  /** Counted from 1: the first retry is attempt 2. */
  readonly attempt: number;
  /** "NodeAdd", "AssignedPodDelete", "UnschedulableTimeout"; '' where its backoff ended without any of them. */
  readonly event: string;
  /** The object that the event is about; absent for timeouts. */
  readonly object?: { readonly kind: string; readonly namespace: string; readonly name: string };
}

/** A decision with its reasons. `data` is the decider's own record (SchedulingDecision for 'scheduling'). */
export interface Decision {
  readonly kind: string;
  readonly summary: string;
  readonly data: unknown;
}
