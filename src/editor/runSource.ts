import { RUN_PREFIX } from '../live/protocol';
import type { Params, Result } from '../worker/protocol';

/** Where a run is asked about: the window's simulated world, or live mode. */
export interface RunSource {
  ask<M extends 'diagram' | 'detail' | 'mermaid'>(method: M, params: Params<M>): Promise<Result<M>>;
}

/** A run on or against a live cluster. */
export const isLiveRun = (run: string): boolean => run.startsWith(RUN_PREFIX);
