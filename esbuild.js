// Builds everything the extension ships into dist/:  node esbuild.js [--production]
//   extension.js  one platform-neutral bundle for the extension hosts of the desktop and of the browser
//   worker.js     the engine behind a message port: worker thread or web worker
//   cli.js        the engine without an editor (Node)
//   live.js       live-cluster mode (Node), loaded on first use
//   server.js     the API server over loopback HTTP (Node), loaded on first use
//   webview/      the diagram's page, with Mermaid's sequence diagram split off
'use strict';
const { chmodSync, existsSync, readdirSync, rmSync, statSync } = require('node:fs');
const { join, relative } = require('node:path');
const esbuild = require('esbuild');

const root = __dirname;
const production = process.argv.includes('--production');

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  target: 'es2022',
  define: { DEVELOPMENT: String(!production), 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** `import('./live/main')` and `import('./server/main')` become a load of that bundle at run time, so that neither costs anything before its first use. */
const ownBundles = {
  name: 'own-bundles',
  setup(build) {
    build.onResolve({ filter: /(^|\/)(live|server)\/main$/ }, (args) =>
      args.kind === 'dynamic-import' ? { path: `./${args.path.split('/').at(-2)}.js`, external: true } : undefined);
  },
};

/** Mermaid loads each diagram type on demand; only the sequence diagram is ever asked for, so the others (and KaTeX) are left out. */
const sequenceDiagramOnly = {
  name: 'sequence-diagram-only',
  setup(build) {
    build.onResolve({ filter: /./ }, (args) =>
      args.kind === 'dynamic-import' && /[\\/]mermaid[\\/]dist[\\/]/.test(args.importer) && !args.path.includes('sequenceDiagram')
        ? { path: 'left-out', namespace: 'left-out' } : undefined);
    build.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: "throw new Error('only the sequence diagram is part of this build');" }));
  },
};

const node = { platform: 'node', format: 'cjs', target: 'node20' };
// "browser", so that any of Node's modules fails the build but the one that is asked for only where it exists.
const neutral = { platform: 'browser', format: 'cjs', external: ['vscode', 'node:worker_threads'], supported: { 'dynamic-import': false } };

/** Output name → entry and options. An entry that does not exist is skipped with a printed line. */
const BUNDLES = [
  { name: 'extension', entry: 'src/extension.ts', options: { ...neutral, plugins: [ownBundles] } },
  { name: 'worker', entry: 'src/worker.ts', options: { ...neutral, format: 'iife' } },
  { name: 'cli', entry: 'src/cli.ts', executable: true, options: { ...node, banner: { js: '#!/usr/bin/env node' }, plugins: [ownBundles] } },
  { name: 'live', entry: 'src/live/main.ts', options: { ...node, external: ['vscode'] } },
  { name: 'server', entry: 'src/server/main.ts', options: { ...node, external: ['vscode'] } },
  {
    name: 'webview', entry: 'src/webview/main.ts',
    options: { platform: 'browser', format: 'esm', splitting: true, chunkNames: 'chunks/[name]-[hash]', loader: { '.svg': 'text', '.ttf': 'file' }, plugins: [sequenceDiagramOnly] },
  },
];

async function bundle({ name, entry, executable, options }) {
  if (!existsSync(join(root, entry))) { console.log(`  ${name.padEnd(10)} skipped: there is no ${entry}`); return; }
  const target = options.splitting ? { outdir: `dist/${name}` } : { outfile: `dist/${name}.js` };
  const result = await esbuild.build({ ...common, ...options, ...target, entryPoints: [entry] });
  const outputs = Object.keys(result.metafile.outputs);
  if (options.splitting) removeOthers(join(root, 'dist', name), new Set(outputs.map((o) => join(root, o))));
  if (executable) chmodSync(join(root, 'dist', `${name}.js`), 0o755);
  const code = outputs.filter((o) => !o.endsWith('.map'));
  const kib = code.reduce((sum, o) => sum + result.metafile.outputs[o].bytes, 0) / 1024;
  console.log(`  ${name.padEnd(10)} ${kib.toFixed(0).padStart(6)} KiB${code.length > 1 ? ` in ${code.length} files` : ''}`);
}

/** Chunks carry a hash in their names: those of earlier builds would pile up and be packed. */
function removeOthers(folder, kept) {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) removeOthers(path, kept);
    else if (!kept.has(path)) rmSync(path, { force: true });
  }
}

async function main() {
  const started = process.hrtime.bigint();
  const { ensureSchema } = await import('./scripts/ensure-schema.mjs');
  ensureSchema();
  console.log(`building ${relative(process.cwd(), join(root, 'dist')) || 'dist'} (${production ? 'production' : 'development'})`);
  const results = await Promise.allSettled(BUNDLES.map(bundle));
  const failed = results.filter((r) => r.status === 'rejected');
  // esbuild has printed its own errors; anything else has not been seen yet.
  for (const { reason } of failed) if (!reason.errors) console.error(reason);
  console.log(`${failed.length ? 'failed' : 'done'} in ${(Number(process.hrtime.bigint() - started) / 1e9).toFixed(1)} s`);
  process.exitCode = failed.length ? 1 : 0;
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
