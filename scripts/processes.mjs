// Child processes that end: a time limit for each, and no descendant left behind. Node built-ins only.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const WINDOWS = process.platform === 'win32';
/** Between the polite signal and the last one, in milliseconds. */
const GRACE = 5000;
const running = new Set();

/** Ends a child and, where it leads a process group, everything it started. */
export function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  if (WINDOWS) { spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' }); return; }
  const signal = (name) => { try { process.kill(child.leadsGroup ? -child.pid : child.pid, name); } catch { /* it has ended */ } };
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), GRACE).unref();
}

/** Starts a child that is ended when this process is; `group`: as leader of a process group of its own, so that its descendants end with it. */
export function start(command, args, { group = true, ...options } = {}) {
  const child = spawn(command, args, { ...options, detached: group && !WINDOWS });
  child.leadsGroup = group && !WINDOWS;
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * Runs a command to its end. Resolves with its exit code (1 when it could not start or ran into the limit) and, when `quiet`, what it printed.
 * @param {{timeout: number, quiet?: boolean, cwd?: string, env?: NodeJS.ProcessEnv}} options timeout in milliseconds
 */
export function run(command, args, { timeout, quiet = false, ...options }) {
  return new Promise((resolve) => {
    const child = start(command, args, { ...options, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'] });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    let late = false;
    const timer = setTimeout(() => { late = true; stop(child); }, timeout);
    const end = (code) => {
      clearTimeout(timer);
      if (late) console.error(`${command} ${args[0] ?? ''}: stopped after ${timeout / 1000} s`);
      resolve({ code: late ? 1 : code, output: Buffer.concat(output).toString() });
    };
    child.once('error', (error) => { if (!quiet) console.error(`${command}: ${error.message}`); end(1); });
    child.once(quiet ? 'close' : 'exit', (code) => end(code ?? 1));
  });
}

/** npm by the path of the npm that runs this script where there is one, else the one on PATH. */
export function npm(args, options) {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.js$/.test(cli)) return run(process.execPath, [cli, ...args], options);
  return run('npm', args, { ...options, shell: WINDOWS });
}

/** A port of the loopback interface that was free a moment ago. */
export function freePort(preferred = 0) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (preferred ? freePort().then(resolve, reject) : reject(error)));
    server.listen(preferred, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
  });
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  process.once(signal, () => {
    const children = [...running];
    children.forEach(stop);
    const finish = () => process.exit(code);
    setTimeout(finish, GRACE + 500).unref();
    if (children.length === 0) finish();
    else for (const child of children) child.once('exit', () => { if (running.size === 0) finish(); });
  });
}
