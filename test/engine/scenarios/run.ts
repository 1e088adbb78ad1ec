import { Client } from '../../../src/engine/client/client';
import { Cluster, KUBECTL } from '../../../src/engine/cluster';
import { sleep, type Process } from '../../../src/engine/simulation/process';
import { DEFAULT_LIMITS, type RunResult } from '../../../src/engine/simulation/simulation';
import { Chance } from './chance';
import { Journey } from './journey';
import { clusterObjects } from './manifests';
import { describe } from './describe';
import { OPERATIONS, type Stage } from './operations';
import { brokenAtRest } from './rest/rest';

/** What became of one seed. */
export interface Outcome {
  readonly seed: number;
  /** What was done, each with its virtual milliseconds. */
  readonly log: readonly string[];
  /** Invariants that did not hold; empty when all is well. */
  readonly broken: readonly string[];
  /** What was left, in a line each: for a person who looks into a failing seed. */
  readonly left: readonly string[];
  readonly events: number;
}

const BOOT = 3000;
/** A run that needs more than this loops. */
const MAX_EVENTS = 1_500_000;
const LIMITS = { ...DEFAULT_LIMITS, milliseconds: 12 * 60_000, events: MAX_EVENTS };
/** Where containers crash and jobs come one after the other there is always something near to wait for: rest is then a moment without work. */
const A_MOMENT = { ...LIMITS, milliseconds: 2 * 60_000, patience: 300 };
/** In a world at rest a component may write to one object so often in five minutes: restarts, retries, heartbeats of an autoscaler. */
const QUIET_MILLISECONDS = 300_000;
const MOST_QUIET_WRITES = 150;

/** Changes a world before its scenario, to see whether the invariants notice. */
export type Mutation = (cluster: Cluster) => void;

/** Does what the seed says, to rest, and looks whether everything is as it must be. */
export function runScenario(seed: number, mutate?: Mutation): Outcome {
  const chance = new Chance(seed);
  const cluster = new Cluster({ seed, objects: clusterObjects(chance), namespaces: chance.percent(60) ? ['team'] : [] });
  mutate?.(cluster);
  const journey = new Journey(cluster);
  const stage: Stage = { cluster, client: new Client(cluster.api, KUBECTL), chance };
  const log: string[] = [], broken: string[] = [];
  cluster.simulation.runUntil(BOOT);
  const phases = chance.between(1, 3);
  for (let phase = 1; phase <= phases && broken.length === 0; phase++) {
    const task = cluster.simulation.spawn('scenario', act(stage, chance.between(2, 7), log), { cause: 0, background: false });
    const patient = cluster.run(LIMITS);
    const result = patient.stoppedBy === 'time' ? cluster.run(A_MOMENT) : patient;
    log.push(`${time(cluster)} at rest: ${result.waiting.slice(0, 6).map((w) => `${w.reason} ${Math.round(w.remaining / 1000)} s`).join('; ')}`);
    if (!task.done) broken.push('the person was never answered');
    broken.push(...settled(result), ...journey.broken, ...brokenAtRest(stage));
  }
  if (broken.length === 0) broken.push(...quiet(cluster, journey));
  return { seed, log, broken: [...new Set(broken)], left: broken.length > 0 ? describe(cluster) : [], events: cluster.simulation.eventsRun };
}

const time = (cluster: Cluster): string => `${(cluster.simulation.now / 1000).toFixed(3)} s`;

function* act(stage: Stage, steps: number, log: string[]): Process {
  for (let i = 0; i < steps; i++) {
    const started = time(stage.cluster);
    const operation = stage.chance.weighted(OPERATIONS);
    log.push(`${started} ${yield* operation(stage)}`);
    yield* sleep(stage.chance.weighted([[3, stage.chance.between(0, 30)], [4, stage.chance.between(30, 2000)], [2, stage.chance.between(2000, 15_000)]]));
  }
}

const settled = ({ stoppedBy, waiting }: RunResult): readonly string[] => (stoppedBy === 'rest' ? [] : [`never came to rest (${stoppedBy}); waiting for ${waiting.map((w) => w.reason).join('; ')}`]);

/** Nothing but named timers was left: what happens in the next minutes is bounded, and leaves everything as it must be. */
function quiet(cluster: Cluster, journey: Journey): readonly string[] {
  journey.writes.clear();
  cluster.simulation.runUntil(cluster.simulation.now + QUIET_MILLISECONDS, MAX_EVENTS);
  const busy = [...journey.writes].filter(([, n]) => n > MOST_QUIET_WRITES).map(([what, n]) => `${n} writes in ${QUIET_MILLISECONDS / 1000} s after coming to rest: ${what}`);
  return [...busy, ...settled(cluster.run(A_MOMENT)), ...journey.broken, ...brokenAtRest({ cluster }, true)];
}
