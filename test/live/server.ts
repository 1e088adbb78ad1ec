// The engine's own API server in another process, as `controlplane serve` starts it: the live cluster of these tests.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Surroundings } from '../../src/live/kubeconfig';

export interface LiveServer {
  readonly url: string;
  readonly token: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly around: Surroundings;
  stop(): Promise<void>;
}

let bundle: Promise<string> | undefined;

/** A command line of this very source, wherever dist/ stands. */
async function commandLine(): Promise<string> {
  const file = join(process.cwd(), 'out/test/live/cli.cjs');
  await build({
    entryPoints: ['src/cli.ts'], outfile: file, bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning', define: { DEVELOPMENT: 'true' }, external: ['@kubernetes/client-node'],
  });
  return file;
}

export async function startServer(options: { readonly cluster?: readonly object[]; readonly args?: readonly string[]; readonly tokens?: string } = {}): Promise<LiveServer> {
  const folder = mkdtempSync(join(tmpdir(), 'controlplane-live-'));
  const args = [await (bundle ??= commandLine()), 'serve', ...(options.args ?? [])];
  if (options.cluster) { writeFileSync(join(folder, 'cluster.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: options.cluster })); args.push('--cluster', join(folder, 'cluster.json')); }
  if (options.tokens) { writeFileSync(join(folder, 'tokens.csv'), options.tokens); args.push('--token-auth-file', join(folder, 'tokens.csv')); }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(child);
  const { url, token, kubeconfig } = JSON.parse(line) as { url: string; token: string; kubeconfig: string };
  return {
    url, token, kubeconfig, folder, around: { env: { KUBECONFIG: kubeconfig }, home: folder },
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => { text += chunk.toString('utf8'); const end = text.indexOf('\n'); if (end >= 0) resolve(text.slice(0, end)); });
    child.once('exit', (code) => reject(new Error(`serve ended with ${code ?? 'a signal'}`)));
  });
}

interface Config { clusters: { name: string; cluster: { [field: string]: unknown } }[]; users: { name: string; user: { [field: string]: unknown } }[]; contexts: { name: string; context: { [field: string]: unknown } }[]; 'current-context'?: string }

/** A kubeconfig like the server's own with something changed, in a file of its own. */
export function variant(server: LiveServer, name: string, change: (config: Config) => void): Surroundings {
  const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as Config;
  change(config);
  const file = join(server.folder, name);
  writeFileSync(file, JSON.stringify(config));
  if (!existsSync(file)) throw new Error('the kubeconfig was not written');
  return { env: { KUBECONFIG: file }, home: server.folder };
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
}
