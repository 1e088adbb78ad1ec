import type { Steps } from '../engine/simulation/simulation';

/** A question nobody waits for any more. */
export class Canceled extends Error {
  constructor() { super('canceled'); }
}

/** Real milliseconds of work between two looks at the messages that have arrived. */
const SLICE = 30;

/** Lets messages that have arrived be handled. */
export const breathe = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

export interface Watcher {
  /** True when the work is to be stopped at the next chance. */
  stop(): boolean;
  /** Called now and then with the work paused. */
  paused?(): void;
}

/** Takes the steps of a run, leaving room for messages in between. A run that is stopped ends early, with what it has by then. */
export async function paced<T>(steps: Steps<T>, watcher: Watcher): Promise<T> {
  let since = performance.now();
  let step = steps.next(true);
  while (!step.done) {
    if (performance.now() - since >= SLICE) {
      watcher.paused?.();
      await breathe();
      since = performance.now();
    }
    step = steps.next(!watcher.stop());
  }
  return step.value;
}
