import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from './run';

// SEEDS=20000 (and FIRST=…) for the long run: node scripts/run-tests.mjs etcd/simulation/seeds
const count = Number(process.env.SEEDS ?? 300);
const first = Number(process.env.FIRST ?? 1);

test(`etcd: ${count} worlds with crashes, partitions, delays, losses and duplicates keep every promise`, () => {
  const failures: string[] = [];
  const sum = { operations: 0, unknown: 0, crashes: 0, elections: 0, events: 0 };
  for (let seed = first; seed < first + count && failures.length < 5; seed++) {
    const outcome = runSeed(seed);
    if (outcome.failure !== undefined) failures.push(`seed ${seed} (${outcome.members} members): ${outcome.failure}`);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += outcome[key];
  }
  console.log(`${sum.operations} operations (${sum.unknown} without an answer), ${sum.crashes} crashes, ${sum.elections} terms, ${sum.events} events`);
  assert.deepEqual(failures, []);
  // A run in which nothing happens proves nothing.
  assert.ok(sum.crashes > count && sum.elections > count && sum.operations > 20 * count);
});
