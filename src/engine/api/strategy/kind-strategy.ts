import type { KubernetesObject } from '../object';

/** What a strategy may ask of the request that it serves. */
export interface StrategyContext {
  /** The time of the request, as in creationTimestamp. */
  readonly now: string;
  /** Who sent it. */
  readonly user?: { readonly name: string; readonly uid?: string; readonly groups?: readonly string[]; readonly extra?: { readonly [key: string]: readonly string[] } };
  /** Takes warnings that only arise while the object is prepared. */
  warn?(text: string): void;
}

/**
 * What Kubernetes' registry does to objects of one kind before they are validated and stored. Every function returns
 * its argument where nothing changes. What all kinds share is in strategy.ts.
 */
export interface KindStrategy<T = KubernetesObject> {
  /** Whether metadata.generation is kept, and which part of the object a change of which raises it. */
  readonly generation?: (object: T) => unknown;
  /** False where a new object keeps the status that was sent (nodes). */
  readonly keepStatusOnCreate?: boolean;
  /** Metadata that a status update cannot change, besides what no update can. */
  readonly metadataKeptByStatus?: readonly string[];
  create?(object: T, context: StrategyContext): T;
  /** After the status has been taken from the old object. */
  update?(object: T, old: T, context: StrategyContext): T;
  /** After all but metadata and status has been taken from the old object. */
  status?(object: T, old: T, context: StrategyContext): T;
  /** Other subresources whose body is the kind itself. */
  readonly subresources?: { readonly [name: string]: (object: T, old: T, context: StrategyContext) => T };
  /** old is undefined on creation. */
  warnings?(object: T, old: T | undefined): readonly string[];
}

/** Forgets the type of the kind, so that tables of many kinds can be made. */
export function forKind<T>(strategy: KindStrategy<T>): KindStrategy {
  return strategy as unknown as KindStrategy;
}
