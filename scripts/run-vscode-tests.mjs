// Tests in a real VS Code:  node scripts/run-vscode-tests.mjs <host|ui|vsix|desktop> [word in file name…] [-- node test options]
//   host     test/vscode/host/*.host.ts, inside the extension hosts of Node and of the browser
//   ui       test/vscode/ui/*.test.ts, through the user interface
//   vsix     test/vscode/vsix/*.test.ts, the same on the packaged and installed extension
//   desktop  the host suite in the desktop's VS Code, which @vscode/test-electron downloads
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureDependencies } from './setup.mjs';
import { run } from './processes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT = 480_000;
/** Exit code of a suite that this machine cannot run. */
const SKIPPED = 75;

const [suite = '', ...rest] = process.argv.slice(2);
const split = rest.indexOf('--');
const words = split < 0 ? rest : rest.slice(0, split);
const passOn = split < 0 ? [] : rest.slice(split + 1);

const ENTRIES = { host: ['host.test.ts'], ui: () => list('ui'), vsix: () => list('vsix'), desktop: [] };

function list(folder) {
  return readdirSync(join(root, 'test/vscode', folder)).filter((f) => f.endsWith('.test.ts') && (words.length === 0 || words.some((w) => f.includes(w)))).map((f) => `${folder}/${f}`);
}

/** The suite for extension hosts is one file that any of them can load: CommonJS without a Node module. */
async function bundleHostSuite(esbuild) {
  const folder = join(root, 'test/vscode/host');
  const files = readdirSync(folder).filter((f) => f.endsWith('.host.ts')).sort();
  const contents = files.map((f) => `import './${f.slice(0, -3)}';`).join('\n') + "\nexport { run } from './harness';";
  await esbuild.build({
    stdin: { contents, resolveDir: folder, loader: 'ts' }, outfile: join(root, 'out/vscode/host.js'), bundle: true, platform: 'browser', format: 'cjs', target: 'es2022',
    external: ['vscode', 'node:*'], sourcemap: 'inline', logLevel: 'warning', define: { DEVELOPMENT: 'true' },
  });
}

/** The scripts that tests import stay files of their own: they are programs too, and know themselves by their path. */
const scriptsOutside = {
  name: 'scripts-outside',
  setup(build) {
    build.onResolve({ filter: /\/scripts\/[^/]+\.mjs$/ }, (args) => ({ path: pathToFileURL(join(args.resolveDir, args.path)).href, external: true }));
  },
};

async function bundleTests(esbuild, entries) {
  await esbuild.build({
    absWorkingDir: root, entryPoints: entries.map((e) => join('test/vscode', e)), outdir: 'out/vscode', outbase: 'test/vscode', bundle: true, platform: 'node', format: 'esm',
    target: 'node20', sourcemap: 'inline', logLevel: 'warning', packages: 'external', define: { DEVELOPMENT: 'true' }, outExtension: { '.js': '.mjs' }, plugins: [scriptsOutside],
  });
  return entries.map((e) => join(root, 'out/vscode', e.replace(/\.ts$/, '.mjs')));
}

async function desktop() {
  const { runTests } = await import('@vscode/test-electron');
  const timer = setTimeout(() => { console.error(`stopped after ${LIMIT / 1000} s`); process.exit(1); }, LIMIT);
  try {
    return await runTests({
      extensionDevelopmentPath: root, extensionTestsPath: join(root, 'out/vscode/host.js'),
      launchArgs: [join(root, 'examples'), '--disable-extensions', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
    });
  } catch (error) {
    console.error(`${error.message ?? error}\nThis suite downloads the desktop's VS Code and needs a display (or xvfb-run); npm run test:vscode runs the same tests without either.`);
    return 1;
  } finally {
    clearTimeout(timer);
  }
}

/** Builds and packs the extension. */
async function packaged() {
  const { packageExtension } = await import('./package.mjs');
  return packageExtension();
}

async function main() {
  if (!(suite in ENTRIES)) { console.error('which suite? host, ui, vsix or desktop'); return 2; }
  await ensureDependencies();
  if (suite !== 'vsix' && process.env.CONTROLPLANE_BUILT !== '1') {
    if ((await run(process.execPath, [join(root, 'esbuild.js')], { timeout: 120_000, cwd: root })).code !== 0) return 1;
  }
  const esbuild = await import('esbuild');
  if (suite === 'host' || suite === 'desktop') await bundleHostSuite(esbuild);
  if (suite === 'desktop') return desktop();
  const entries = typeof ENTRIES[suite] === 'function' ? ENTRIES[suite]() : ENTRIES[suite];
  if (entries.length === 0) { console.error(`no test file of ${suite} matches ${words.join(' ')}`); return 1; }
  const { ensureChromium } = await import('./chromium.mjs');
  const { ensureVscode } = await import('./vscode-server.mjs');
  const chromium = await ensureChromium();
  if (!chromium) { console.log('skipped: there is no Chromium on this machine and none can be installed'); return SKIPPED; }
  const env = {
    ...process.env, CONTROLPLANE_ROOT: root, CONTROLPLANE_VSCODE: await ensureVscode(), CONTROLPLANE_CHROMIUM: JSON.stringify(chromium),
    CONTROLPLANE_RESULTS: join(root, 'test-results'), ...(suite === 'vsix' ? { CONTROLPLANE_VSIX: await packaged() } : {}),
  };
  const files = await bundleTests(esbuild, entries);
  if (!files.every(existsSync)) throw new Error('a test file was not built');
  // One file at a time: each drives a browser and a VS Code of its own.
  const options = ['--enable-source-maps', '--test', '--test-concurrency=1', '--test-timeout=420000', ...passOn];
  return (await run(process.execPath, [...options, ...files], { timeout: LIMIT, cwd: root, env })).code;
}

main().then((code) => { process.exitCode = code; }, (error) => { console.error(error); process.exitCode = 1; });
