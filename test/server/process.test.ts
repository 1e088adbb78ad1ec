import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';

/** The command as a process of its own: what it leaves behind when it ends, in each way that it can. */
const folder = mkdtempSync(join(tmpdir(), 'serve-test-'));
const program = join(folder, 'serve.cjs');
const built = build({
  stdin: { contents: `import { serve } from './src/server/main'; if (process.argv.includes('--throw')) setTimeout(() => { throw new Error('on purpose'); }, 300); serve(process.argv.slice(2).filter((a) => a !== '--throw')).then((code) => { process.exitCode = code; });`, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile: program, define: { DEVELOPMENT: 'true' }, logLevel: 'silent',
});

interface Started { readonly url: string; readonly token: string; readonly kubeconfig: string }

async function start(...args: string[]): Promise<{ readonly started: Started; readonly end: Promise<void>; kill(signal: NodeJS.Signals): void }> {
  await built;
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const end = new Promise<void>((resolve) => { child.on('exit', () => { resolve(); }); });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); if (text.includes('\n')) resolve(text); });
    child.on('exit', (code) => { reject(new Error(`ended with ${String(code)} before it was ready`)); });
  });
  return { started: JSON.parse(line) as Started, end, kill: (signal) => { child.kill(signal); } };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`nothing is left after ${signal}`, async () => {
    const { started, end, kill } = await start('--port', '0');
    assert.ok(existsSync(started.kubeconfig));
    kill(signal);
    await end;
    assert.equal(existsSync(started.kubeconfig), false);
  });
}

test('nothing is left after a mistake', async () => {
  const { started, end } = await start('--port', '0', '--throw');
  await end;
  assert.equal(existsSync(started.kubeconfig), false);
});

test('a port that is in use ends it with one line', async () => {
  await built;
  const { started, end, kill } = await start('--port', '0');
  const child = spawn(process.execPath, [program, '--port', new URL(started.url).port], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  await new Promise((resolve) => { child.on('close', resolve); });
  kill('SIGTERM');
  await end;
  assert.match(said, /UnusableError: port \d+ is in use: choose another with --port, or 0 for any free one/);
});

test('the audit log is a line for each request, and tokens come from a file', async () => {
  const audit = join(folder, 'audit.log'), tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, 'secret-of-ann,ann,7,"system:masters,dev"\n');
  const { started, end, kill } = await start('--port', '0', '--audit-log-path', audit, '--token-auth-file', tokens, '--speed', '100');
  const reply = await fetch(`${started.url}/api/v1/namespaces/default/pods?limit=1`, { headers: { Authorization: 'Bearer secret-of-ann', 'User-Agent': 'test/1' } });
  assert.equal(reply.status, 200);
  for (let i = 0; i < 500 && !readFileSync(audit, 'utf8').includes('"system:node:'); i++) await new Promise((resolve) => { setTimeout(resolve, 10); });
  kill('SIGTERM');
  await end;
  const events = readFileSync(audit, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { kind: string; user: { username: string; uid?: string; groups: string[] }; verb: string; requestURI: string; responseStatus: { code: number } });
  const mine = events.filter((e) => e.user.username === 'ann');
  assert.deepEqual(mine.map((e) => [e.kind, e.verb, e.requestURI, e.responseStatus.code]), [['Event', 'list', '/api/v1/namespaces/default/pods?limit=1', 200]]);
  assert.deepEqual(mine[0]?.user.groups, ['system:masters', 'dev', 'system:authenticated']);
  assert.ok(events.some((e) => e.user.username.startsWith('system:node:')), 'the components\' requests are there, too');
  assert.ok(events.some((e) => e.verb === 'list' && e.user.username === 'system:kube-scheduler'), 'from the first one on, before anybody is let in');
});
