import { runScenario } from '../test/engine/scenarios/run';

/**
 * Random scenarios by seed, each run to rest and looked over: `node scripts/bench.mjs scenarios [count] [first seed]`; 10,000 from seed 1 without
 * arguments. A seed that breaks an invariant is printed with all that was done; `node scripts/bench.mjs scenarios 1 SEED` replays it. Exit code 1 then.
 */
const [count = 10_000, first = 1] = process.argv.slice(2).map(Number);
const started = process.cpuUsage();
let bad = 0, events = 0;
for (let seed = first; seed < first + count; seed++) {
  let outcome;
  try { outcome = runScenario(seed); } catch (error) { outcome = { seed, log: [] as string[], left: [] as string[], broken: [String(error instanceof Error ? error.stack : error)], events: 0 }; }
  events += outcome.events;
  if (outcome.broken.length > 0) {
    bad++;
    console.log(`seed ${seed}:\n  ${outcome.broken.join('\n  ')}`);
  }
  if (count === 1) console.log([...outcome.log, ...outcome.left].join('\n'));
  if ((seed - first + 1) % 500 === 0) console.log(`${seed - first + 1} scenarios, ${bad} broken`);
}
const { user, system } = process.cpuUsage(started);
console.log(`${count} scenarios from seed ${first}: ${bad} broken, ${events} events, ${((user + system) / 1e6).toFixed(1)} CPU s`);
process.exit(bad > 0 ? 1 : 0);
