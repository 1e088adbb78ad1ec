import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScenario, type Outcome } from './run';

/**
 * Some random scenarios with every run of the tests; SCENARIOS=10000 SCENARIO_SEED=1 asks for others. `node scripts/bench.mjs scenarios` runs 10,000 without
 * the checks of development builds, and replays one with all that was done in it.
 */
const COUNT = Number(process.env['SCENARIOS'] ?? 60);
const FIRST = Number(process.env['SCENARIO_SEED'] ?? 1);

const told = ({ seed, broken, log }: Outcome): string => `seed ${seed} (replay: SCENARIOS=1 SCENARIO_SEED=${seed} node scripts/run-tests.mjs scenarios):\n${broken.join('\n')}\n${log.join('\n')}`;

test(`${COUNT} random scenarios from seed ${FIRST} come to rest, and everything is as it must be`, () => {
  const broken: string[] = [];
  for (let seed = FIRST; seed < FIRST + COUNT && broken.length < 5; seed++) {
    const outcome = runScenario(seed);
    if (outcome.broken.length > 0) broken.push(told(outcome));
  }
  assert.equal(broken.join('\n\n'), '');
});

test('a seed replays exactly', () => {
  for (const seed of [7, 41]) assert.deepEqual(runScenario(seed), runScenario(seed));
});

test('scenarios are worth their name: most do several things that succeed', () => {
  const logs = Array.from({ length: 30 }, (_, i) => runScenario(i + 1).log);
  const done = logs.map((log) => log.filter((line) => !/nothing there|at rest|none is down|: 4\d\d /.test(line)).length);
  assert.ok(done.filter((n) => n >= 3).length >= 20, done.join());
});
