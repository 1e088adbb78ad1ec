import type { KubernetesObject } from '../../engine/api/object';
import type { Resource } from '../api';

/** An object as a watch brought it. Nothing secret is in it any more. */
export interface Observation {
  /** Milliseconds since 1970 by this machine's clock. */
  readonly at: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

/** A request of our own, with its answer. */
export interface Sent {
  readonly verb: 'create' | 'get';
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly body: unknown;
  /** By this machine's clock. */
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly code: number;
  /** The object or the Status; without secrets. */
  readonly answer: unknown;
  readonly warnings: readonly string[];
}

/** "0", "4711": opaque in general, but ordered as numbers since v1.35, and in etcd always. */
export function revisionOf(object: { readonly metadata?: { readonly resourceVersion?: string } } | undefined): number {
  const text = object?.metadata?.resourceVersion ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
