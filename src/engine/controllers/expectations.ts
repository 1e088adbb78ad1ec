import type { Simulation } from '../simulation/simulation';

/** Expectations that are not fulfilled in this time are given up: the informer may have missed something. */
const TIMEOUT_MILLISECONDS = 5 * 60_000;

interface Expectation {
  creations: number;
  readonly deletions: Set<string>;
  readonly at: number;
}

/**
 * controller.UIDTrackingControllerExpectations: what a controller has asked for and not yet seen in its informer. While something
 * is outstanding it must not count objects again, or it would create too many.
 */
export class Expectations {
  private readonly byKey = new Map<string, Expectation>();

  constructor(private readonly simulation: Simulation) {}

  expectCreations(key: string, count: number): void {
    this.byKey.set(key, { creations: count, deletions: new Set(), at: this.simulation.now });
  }

  /** Each deletion is expected by the key of its object, so that an object which goes twice counts once. */
  expectDeletions(key: string, objects: readonly string[]): void {
    this.byKey.set(key, { creations: 0, deletions: new Set(objects), at: this.simulation.now });
  }

  /** Expects both, as controllers do that create and delete in one sync. */
  expect(key: string, creations: number, deletions: readonly string[]): void {
    this.byKey.set(key, { creations, deletions: new Set(deletions), at: this.simulation.now });
  }

  creationObserved(key: string): void {
    const expectation = this.byKey.get(key);
    if (expectation) expectation.creations--;
  }

  deletionObserved(key: string, object: string): void { this.byKey.get(key)?.deletions.delete(object); }

  /** True when nothing is outstanding, or has been for too long. */
  satisfied(key: string): boolean {
    const expectation = this.byKey.get(key);
    return expectation === undefined || (expectation.creations <= 0 && expectation.deletions.size === 0) || this.simulation.now - expectation.at > TIMEOUT_MILLISECONDS;
  }

  forget(key: string): void { this.byKey.delete(key); }
}
