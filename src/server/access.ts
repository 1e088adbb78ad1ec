import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../cli/arguments';
import type { UserInfo } from '../engine/apiserver/request';

/** A token that nobody can guess, new for every start. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** kube-apiserver's --token-auth-file: CSV of token, user name, uid and optionally "group1,group2". */
export function readTokenFile(path: string): ReadonlyMap<string, UserInfo> {
  const users = new Map<string, UserInfo>();
  let text: string;
  try { text = readFileSync(path, 'utf8'); } catch (thrown) { throw new UsageError(`cannot read ${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`); }
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const [token = '', username = '', uid = '', groups = ''] = splitCsv(line);
    if (token === '' || username === '' || uid === '') throw new UsageError(`${path}: every line needs a token, a user name and a uid`);
    users.set(token, { username, uid, groups: groups.split(',').map((g) => g.trim()).filter((g) => g !== '') });
  }
  return users;
}

function splitCsv(line: string): readonly string[] {
  return [...line.matchAll(/\s*("(?:[^"]|"")*"|[^,]*)\s*(?:,|$)/g)].map((m) => (m[1] ?? '').trim()).map((f) => (f.startsWith('"') ? f.slice(1, -1).replace(/""/g, '"') : f));
}

/** A kubeconfig that only its owner can read, and that goes when the server does, or the process, however it ends (but by SIGKILL). */
export class Kubeconfig {
  readonly path: string;
  private readonly folder: string;
  private readonly onExit = (): void => { this.remove(); };

  /** @param certificate PEM of the authority that the server's own certificate is checked against. */
  constructor(server: string, token: string, certificate: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'controlplane-'));
    this.path = join(this.folder, 'kubeconfig');
    process.once('exit', this.onExit);
    const config = {
      apiVersion: 'v1', kind: 'Config', 'current-context': 'controlplane', preferences: {},
      clusters: [{ name: 'controlplane', cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } }], users: [{ name: 'admin', user: { token } }],
      contexts: [{ name: 'controlplane', context: { cluster: 'controlplane', user: 'admin' } }],
    };
    writeFileSync(this.path, JSON.stringify(config, undefined, 2), { mode: 0o600, flag: 'wx' });
    chmodSync(this.path, 0o600);
  }

  remove(): void {
    process.off('exit', this.onExit);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * A web page must not reach the server, not even through a name that resolves to the loopback address: Host must be the
 * loopback address itself, and there is no Origin that is welcome.
 */
export function refusedOrigin(request: IncomingMessage, port: number): string | undefined {
  const host = request.headers.host ?? '';
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}` && host !== `[::1]:${port}`) return 'the Host header must name the loopback address';
  if (request.headers.origin !== undefined) return 'requests from web pages are refused';
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'none' ? 'requests from web pages are refused' : undefined;
}
