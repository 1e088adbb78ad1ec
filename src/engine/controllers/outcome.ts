import { isStatus, type Status } from '../api/status';
import type { SyncResult } from '../client/controller';
import type { WorkQueue } from '../client/workQueue';

/** What a step of a sync returns when a request was refused; undefined when all went well. */
export type Failure = Status | undefined;

/** v1.NamespaceTerminatingCause: creating anything in this namespace is in vain. */
export const isNamespaceTerminating = (status: Status): boolean => status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;

export const isNotFound = (value: unknown): value is Status & { readonly reason: 'NotFound' } => isStatus(value) && value.reason === 'NotFound';
export const isConflict = (value: unknown): value is Status & { readonly reason: 'Conflict' } => isStatus(value) && value.reason === 'Conflict';
export const isAlreadyExists = (value: unknown): value is Status & { readonly reason: 'AlreadyExists' } => isStatus(value) && value.reason === 'AlreadyExists';

export const messageOf = (status: Status): string => status.message ?? status.reason ?? 'request failed';

/** The sync failed and is to be tried again. */
export const failed = (status: Status): SyncResult => ({ error: messageOf(status) });

/** Controllers that give up on a key after so many attempts say so, and forget it. */
export function atMost(retries: number, queue: WorkQueue, key: string, result: SyncResult): SyncResult {
  if (result.error === undefined || queue.numRequeues(key) < retries) return result;
  return { outcome: `gave up after ${retries} attempts: ${result.error}` };
}

/** "1 pod", "2 pods" */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** The answer to a deletion may be a Status of success; this asks for a refusal. */
export const isFailure = (value: unknown): value is Status & { readonly status: 'Failure' } => isStatus(value) && value.status === 'Failure';
