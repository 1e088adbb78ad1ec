// Every test that needs no download from outside a package registry:  node scripts/test.mjs [stage…]
// Stages: build typecheck lint unit vscode ui vsix; without a name, all of them. Each prints a heading and its time; one that this machine cannot run says
// why and counts as skipped; any failure makes the exit code 1, after the other stages have had their turn. It needs nothing but Node 20 or later.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, stop } from './processes.mjs';
import { ensureDependencies } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Exit code of a stage that this machine cannot run. */
const SKIPPED = 75;
/** One line a test, and the runner's closing lines. */
const SPEC = ['--', '--test-reporter=spec'];
const script = (name, ...args) => [join(root, 'scripts', name), ...args];
const module = (path, ...args) => [join(root, 'node_modules', path), ...args];

/** Stage → its commands, one after the other, all for this Node; `limit` in seconds for each command. */
const STAGES = {
  build: { title: 'Build', limit: 120, commands: [[join(root, 'esbuild.js')]] },
  typecheck: { title: 'Type check', limit: 180, commands: [module('typescript/bin/tsc', '--noEmit'), module('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.engine.json')] },
  lint: { title: 'Lint', limit: 180, commands: [module('eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint'), script('check-cycles.mjs')] },
  unit: { title: 'Engine, diagram and command line', limit: 480, commands: [script('run-tests.mjs', ...SPEC)] },
  vscode: { title: 'In VS Code\'s extension hosts', limit: 480, commands: [script('run-vscode-tests.mjs', 'host', ...SPEC)] },
  ui: { title: 'Through VS Code\'s interface', limit: 480, commands: [script('run-vscode-tests.mjs', 'ui', ...SPEC)] },
  vsix: { title: 'Packaged, installed and used', limit: 480, commands: [script('run-vscode-tests.mjs', 'vsix', ...SPEC)] },
};

/** Adds up the closing lines of node's test runner ("# pass 3" or "ℹ pass 3"). */
const totals = { pass: 0, fail: 0, skipped: 0 };

function runCommand(args, limit) {
  return new Promise((resolve) => {
    const child = start(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, CONTROLPLANE_BUILT: '1' } });
    let rest = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const counted = /^(?:#|\u2139) (pass|fail|cancelled|skipped) (\d+)$/.exec(line);
        if (counted) totals[counted[1] === 'cancelled' ? 'fail' : counted[1]] += Number(counted[2]);
      }
    });
    const timer = setTimeout(() => { console.error(`stopped after ${limit} s`); stop(child); }, limit * 1000);
    child.once('error', (error) => { console.error(error.message); resolve(1); });
    child.once('close', (code) => { clearTimeout(timer); resolve(code ?? 1); });
  });
}

const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1) + ' s';

async function runStage(name) {
  const { title, limit, commands } = STAGES[name];
  const started = performance.now();
  console.log(`\n=== ${title} (${name})`);
  let outcome = 'passed';
  for (const command of commands) {
    const code = await runCommand(command, limit);
    if (code === SKIPPED) outcome = 'skipped';
    else if (code !== 0) { outcome = 'FAILED'; break; }
  }
  const line = `${title}: ${outcome} in ${seconds(started)}`;
  console.log(`=== ${line}`);
  return { outcome, line };
}

async function main() {
  const names = process.argv.slice(2);
  const unknown = names.filter((n) => !(n in STAGES));
  if (unknown.length > 0) { console.error(`no stage ${unknown.join(', ')}; there are: ${Object.keys(STAGES).join(' ')}`); return 2; }
  const needed = names.length > 0 ? new Set(names) : new Set(Object.keys(STAGES));
  // What VS Code loads is the build.
  if (needed.has('vscode') || needed.has('ui')) needed.add('build');
  const chosen = Object.keys(STAGES).filter((n) => needed.has(n));
  const started = performance.now();
  await ensureDependencies();
  const { ensureSchema } = await import('./ensure-schema.mjs');
  ensureSchema();
  const results = [];
  for (const name of chosen) results.push(await runStage(name));
  console.log(`\n=== ${seconds(started)} in all`);
  for (const { line } of results) console.log(line);
  console.log(`\n${totals.pass} passed, ${totals.fail} failed, ${totals.skipped} skipped`);
  return results.some((r) => r.outcome === 'FAILED') ? 1 : 0;
}

main().then((code) => { process.exitCode = code; }, (error) => { console.error(error.message); process.exitCode = 1; });
