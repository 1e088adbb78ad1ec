import type { Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';

/** Runs the bodies at the same time, as goroutines in a wait group, and waits for all. Results are in the order of the bodies. */
export function* inParallel<T>(simulation: Simulation, name: string, bodies: readonly (() => Process<T>)[]): Process<readonly T[]> {
  if (bodies.length === 1) return [yield* (bodies[0] as () => Process<T>)()];
  const tasks = bodies.map((body) => simulation.spawn(name, body()));
  const results: T[] = [];
  for (const task of tasks) results.push((yield* task.join()) as T);
  return results;
}

export interface BatchResult<E> {
  readonly successes: number;
  /** The first failure, if any. */
  readonly failure: E | undefined;
}

/**
 * controller.slowStartBatch: calls the function so often, in batches that begin with one and double while all goes well, so that
 * a quota that refuses everything is not asked hundreds of times.
 */
export function* slowStartBatch<E>(simulation: Simulation, name: string, count: number, call: (index: number) => Process<E | undefined>): Process<BatchResult<E>> {
  let successes = 0;
  let remaining = count;
  for (let size = Math.min(remaining, 1); size > 0; size = Math.min(2 * size, remaining)) {
    const first = count - remaining;
    const failures = (yield* inParallel(simulation, name, Array.from({ length: size }, (_, i) => () => call(first + i)))).filter((f) => f !== undefined);
    successes += size - failures.length;
    if (failures.length > 0) return { successes, failure: failures[0] };
    remaining -= size;
  }
  return { successes, failure: undefined };
}
