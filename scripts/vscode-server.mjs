// A real VS Code (workbench served to a browser, extension host in Node) for a machine that reaches a package registry and nothing else.
//   node scripts/vscode-server.mjs   installs it and prints where
// It is the `lib/vscode` folder of the npm package code-server, started without code-server's own wrapper. Everything in it is JavaScript but two
// native modules that the server itself needs; small replacements stand in for those, so no compiler and no system library is asked for, and any
// Node from 20 on runs it. Integrated terminals are what this gives up. Node built-ins only: it runs before anything is installed.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from './cache.mjs';
import { npm, run, start, stop, freePort } from './processes.mjs';

/** Version 4.99.4 is VS Code 1.99.3: the oldest that the extension supports (engines.vscode). */
const PACKAGE = 'code-server@4.99.4';
const INTEGRITY = 'sha512-EAH6aTbrjFpNJg7kyWer+J8wuew+ys2z/QOOiyrEfusjHvfuTCc+iJ99RP6Nemtw9RRVj6W4DSnV+Sv/OEMoCg==';
/** Carries its binary inside the package, where the version that VS Code asks for downloads it. File search needs it. */
const RIPGREP = '@vscode/ripgrep@1.18.0';
/** Raise it when the recipe below changes. */
const RECIPE = 2;
const STARTUP_LIMIT = 60_000;

/** Stand-in for @vscode/spdlog: the log files of the server and of the extension host. */
const SPDLOG = `'use strict';
const fs = require('fs');
const path = require('path');
const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(_type, _name, file) { this.file = file; this.level = 2; fs.mkdirSync(path.dirname(file), { recursive: true }); }
  write(level, message) {
    if (level < this.level) return;
    try { fs.appendFileSync(this.file, new Date().toISOString() + ' [' + LEVELS[level] + '] ' + message + '\\n'); } catch { /* the folder was removed: the window has closed */ }
  }
  trace(m) { this.write(0, m); } debug(m) { this.write(1, m); } info(m) { this.write(2, m); }
  warn(m) { this.write(3, m); } error(m) { this.write(4, m); } critical(m) { this.write(5, m); }
  getLevel() { return this.level; } setLevel(level) { this.level = level; }
  setPattern() {} clearFormatters() {} flush() {} drop() {}
}
// One assignment a name: it is imported from ES modules, and Node finds the names of a CommonJS module by their assignments.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = async (name, file) => new Logger('', name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger('', name, file);
`;
/** Stand-in for native-watchdog: ends the process when the one it watches has gone. */
const WATCHDOG = `'use strict';
exports.start = (pid) => { setInterval(() => { try { process.kill(pid, 0); } catch { process.exit(87); } }, 1000).unref(); };
exports.exit = (code) => process.exit(code || 0);
`;

async function demand(what, result) {
  const { code, output } = await result;
  if (code !== 0) throw new Error(`${what} failed:\n${output.trim().split('\n').slice(-25).join('\n')}`);
  return output;
}

async function install(folder, say) {
  say(`fetching ${PACKAGE} (40 MB, once)`);
  await demand('npm pack', npm(['pack', PACKAGE, '--silent', '--pack-destination', folder], { cwd: folder, timeout: 300_000, quiet: true }));
  const archive = readdirSync(folder).find((f) => f.endsWith('.tgz'));
  const { createHash } = await import('node:crypto');
  const found = 'sha512-' + createHash('sha512').update(readFileSync(join(folder, archive))).digest('base64');
  if (found !== INTEGRITY) throw new Error(`${PACKAGE} is not the expected archive: ${found}`);
  say('unpacking');
  await demand('tar', run('tar', ['xzf', archive, 'package/lib/vscode', 'package/LICENSE'], { cwd: folder, timeout: 120_000, quiet: true }));
  rmSync(join(folder, archive));
  const vscode = join(folder, 'package/lib/vscode');
  say('installing what it needs');
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--silent'];
  await demand('npm install', npm(['install', RIPGREP, ...flags], { cwd: vscode, timeout: 300_000, quiet: true }));
  writeFileSync(join(vscode, 'node_modules/@vscode/spdlog/index.js'), SPDLOG);
  writeFileSync(join(vscode, 'node_modules/native-watchdog/index.js'), WATCHDOG);
}

/** Installs VS Code into the user's cache unless it is there, and returns the folder that `startVscode` wants. */
export async function ensureVscode(say = console.log) {
  const name = `vscode-server-${PACKAGE.split('@').at(-1)}-${process.platform}-${process.arch}-${RECIPE}`;
  const folder = await cached(name, (temporary) => install(temporary, (line) => say(`VS Code: ${line}`)));
  return join(folder, 'package/lib/vscode');
}

/** What the server and its extension hosts see: nothing of npm's or the test runner's, and no marketplace to ask. */
function environment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_TEST_CONTEXT$|NODE_OPTIONS$|VSCODE_)/.test(name));
  return { ...Object.fromEntries(kept), EXTENSIONS_GALLERY: '{}' };
}

/**
 * Starts the server on a loopback port and resolves when it listens.
 * `data` holds everything it writes (settings, extensions, logs). Without a token anyone on this machine may connect: for tests only.
 * @param {{vscode: string, data: string, settings?: object, port?: number, token?: string, extensions?: string, extra?: string[]}} options
 */
export async function startVscode({ vscode, data, settings, port, token, extensions = join(data, 'extensions'), extra = [], dialogs = false }) {
  const chosen = await freePort(port);
  if (settings) {
    mkdirSync(join(data, 'User'), { recursive: true });
    writeFileSync(join(data, 'User/settings.json'), JSON.stringify(settings, undefined, 2));
  }
  mkdirSync(extensions, { recursive: true });
  const args = [
    join(vscode, 'out/server-main.js'), '--host', '127.0.0.1', '--port', String(chosen), ...(token ? ['--connection-token', token] : ['--without-connection-token']),
    '--accept-server-license-terms', '--telemetry-level', 'off', '--disable-telemetry', '--disable-workspace-trust', ...(dialogs ? [] : ['--enable-smoke-test-driver']),
    '--user-data-dir', data, '--server-data-dir', data, '--extensions-dir', extensions, ...extra,
  ];
  // In the caller's process group: whoever ends that ends the server too, and its extension hosts watch the server.
  const child = start(process.execPath, args, { group: false, stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
  let log = '';
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => { stop(child); reject(new Error(`VS Code did not start within ${STARTUP_LIMIT / 1000} s:\n${log}`)); }, STARTUP_LIMIT);
    const read = (chunk) => {
      log = (log + chunk).slice(-20_000);
      if (log.includes('Extension host agent listening')) { clearTimeout(timer); resolve(undefined); }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => { clearTimeout(timer); reject(new Error(`VS Code ended with code ${code}:\n${log}`)); });
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    origin: `http://127.0.0.1:${chosen}`, authority: `127.0.0.1:${chosen}`, ended,
    log: () => log,
    stop: () => { stop(child); return ended; },
  };
}

/** Installs a .vsix into an extensions folder, as a user's `--install-extension` does. Throws with VS Code's own words when it refuses. */
export async function installVsix({ vscode, data, extensions = join(data, 'extensions'), vsix }) {
  mkdirSync(extensions, { recursive: true });
  const args = [join(vscode, 'out/server-main.js'), '--accept-server-license-terms', '--user-data-dir', data, '--server-data-dir', data, '--extensions-dir', extensions, '--install-extension', vsix];
  return demand('installing the extension', run(process.execPath, args, { timeout: 120_000, quiet: true, env: environment() }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await ensureVscode());
