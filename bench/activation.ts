import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';

/**
 * How long the extension host is busy with loading and activating dist/extension.js (after `npm run build`), with an editor that
 * answers at once in place of VS Code: `node scripts/bench.mjs activation`. The worker starts on first use and is not part of it.
 */
const nothing: unknown = new Proxy(function () { /* stands for any function or class of the API */ }, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => '' : name === 'then' ? undefined : name === Symbol.iterator ? [][Symbol.iterator].bind([]) : nothing),
  apply: () => nothing, construct: () => nothing as object,
});
/** What the bundle takes from the API: it copies a module's own properties. */
const names = new Set([...readFileSync(join(process.cwd(), 'dist/extension.js'), 'utf8').matchAll(/\bvscode\d*\.(\w+)/g)].map((m) => m[1] ?? ''));
const api = Object.fromEntries([...names].map((name) => [name, nothing]));
const load = (Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown });
const original = load._load;
load._load = (request, ...rest) => (request === 'vscode' ? api : original(request, ...rest));

const RUNS = 15;
const require = createRequire(join(process.cwd(), 'dist/'));
const path = require.resolve(join(process.cwd(), 'dist/extension.js'));
const times: number[] = [];
for (let i = 0; i < RUNS; i++) {
  delete require.cache[path];
  const started = performance.now();
  const extension = require(path) as { activate(context: unknown): unknown };
  extension.activate({ subscriptions: [], extensionUri: nothing, globalState: nothing, workspaceState: nothing, environmentVariableCollection: nothing, extension: nothing });
  times.push(performance.now() - started);
}
const first = times[0] ?? 0;
times.sort((a, b) => a - b);
console.log(`load and activate: first ${first.toFixed(1)} ms, median of ${RUNS} ${(times[RUNS >> 1] ?? 0).toFixed(1)} ms`);
process.exit(0);
