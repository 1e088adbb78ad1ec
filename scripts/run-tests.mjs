// Bundles the test files whose path contains one of the given words (all of them without a word) and runs them with
// node's own test runner: node scripts/run-tests.mjs [word…] [-- node test options]
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ensureSchema } from './ensure-schema.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const split = args.indexOf('--');
const words = split < 0 ? args : args.slice(0, split);
const passOn = split < 0 ? [] : args.slice(split + 1);
// test/vscode needs a running VS Code: scripts of its own start those.
const SKIPPED = ['vscode', 'golden'];

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) { if (!SKIPPED.includes(entry.name)) yield* files(join(folder, entry.name)); }
    else if (entry.name.endsWith('.test.ts')) yield join(folder, entry.name);
  }
}
ensureSchema();
const chosen = [...files(join(root, 'test'))].filter((f) => words.length === 0 || words.some((w) => relative(root, f).includes(w)));
if (chosen.length === 0) { console.error('no test file matches ' + words.join(' ')); process.exit(1); }
await build({
  absWorkingDir: root, entryPoints: chosen, outdir: join(root, 'out/test'), outbase: join(root, 'test'), bundle: true, platform: 'node', format: 'esm', target: 'node20',
  sourcemap: 'inline', logLevel: 'warning', packages: 'external', define: { DEVELOPMENT: 'true' }, outExtension: { '.js': '.mjs' },
});
const built = chosen.map((f) => join(root, 'out/test', relative(join(root, 'test'), f)).replace(/\.ts$/, '.mjs'));
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', `--test-concurrency=${availableParallelism()}`, ...passOn, ...built], { stdio: 'inherit', cwd: root });
process.exit(run.status ?? 1);
