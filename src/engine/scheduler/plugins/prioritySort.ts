import type { Plugin, Queued } from '../framework';

/** The order of the queue: higher priority first, then who has waited longer. */
export class PrioritySort implements Plugin {
  readonly name = 'PrioritySort';
  less(a: Queued, b: Queued): boolean {
    return a.info.priority !== b.info.priority ? a.info.priority > b.info.priority : a.timestamp < b.timestamp;
  }
}
