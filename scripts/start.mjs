// Builds, and opens a VS Code with the extension and the examples:  npm start [-- --browser] [folder]
// The desktop's `code` where there is one on PATH, else (or with --browser) the same VS Code served to a browser. Ctrl+C stops everything.
// Needs nothing but Node 20 or later.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from './chromium.mjs';
import { run, start } from './processes.mjs';
import { ensureDependencies } from './setup.mjs';
import { ensureVscode, startVscode } from './vscode-server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PORT = 8136;
const SETTINGS = { 'workbench.startupEditor': 'none', 'telemetry.telemetryLevel': 'off', 'extensions.ignoreRecommendations': true, 'security.workspace.trust.enabled': false, 'git.enabled': false };

/** The extension as an installed one: whatever address the window is opened under, it is there. */
function linkExtension(extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // VS Code lists the folder anew when its own list is missing.
  rmSync(extensions, { recursive: true, force: true });
  mkdirSync(extensions, { recursive: true });
  symlinkSync(root, join(extensions, `${publisher}.${name}-${version}`), 'junction');
}

function showInBrowser(address) {
  const command = { darwin: ['open'], win32: ['cmd', '/c', 'start', '""'] }[process.platform]
    ?? (process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? [onPath(['xdg-open', 'sensible-browser'])] : [undefined]);
  if (!command[0] || process.env.CI) return;
  start(command[0], [...command.slice(1), address], { group: false, stdio: 'ignore' }).once('error', () => undefined);
}

async function serve(folder) {
  const vscode = await ensureVscode();
  const data = join(root, '.cache/start');
  const extensions = join(data, 'extensions');
  linkExtension(extensions);
  rmSync(join(data, 'logs'), { recursive: true, force: true });
  // What was changed in the window last time stays.
  const settings = existsSync(join(data, 'User/settings.json')) ? undefined : SETTINGS;
  const token = randomBytes(16).toString('hex');
  const server = await startVscode({ vscode, data, extensions, settings, port: PORT, token });
  const address = `${server.origin}/?tkn=${token}&folder=${encodeURIComponent(folder)}`;
  console.log(`\nVS Code with the extension and ${folder}:\n\n  ${address}\n\nRight-click hello-deployment.yaml and choose Create. Ctrl+C stops.`);
  showInBrowser(address);
  await server.ended;
}

async function main() {
  const args = process.argv.slice(2);
  const folder = resolve(args.find((a) => !a.startsWith('--')) ?? join(root, 'examples'));
  await ensureDependencies();
  if ((await run(process.execPath, [join(root, 'esbuild.js')], { timeout: 120_000, cwd: root })).code !== 0) return 1;
  const desktop = args.includes('--browser') ? undefined : onPath(['code', 'code-insiders', 'codium']);
  if (!desktop) { await serve(folder); return 0; }
  console.log(`opening ${folder} with ${desktop}`);
  return (await run(desktop, [`--extensionDevelopmentPath=${root}`, folder], { timeout: 60_000, shell: process.platform === 'win32' })).code;
}

main().then((code) => { process.exitCode = code; }, (error) => { console.error(error.message); process.exitCode = 1; });
