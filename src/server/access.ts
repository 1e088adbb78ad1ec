import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserInfo } from '../engine/apiserver/request';
import type { IncomingMessage } from 'node:http';

/** A token that nobody can guess, new for every start. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Compares in constant time. */
export function sameToken(a: string, b: string): boolean {
  const left = Buffer.from(a), right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** kube-apiserver's --token-auth-file: CSV of token, user name, uid and optionally "group1,group2". */
export function readTokenFile(path: string): ReadonlyMap<string, UserInfo> {
  const users = new Map<string, UserInfo>();
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const [token = '', username = '', uid = '', groups = ''] = splitCsv(line);
    if (token === '' || username === '' || uid === '') throw new Error(`${path}: every line needs a token, a user name and a uid`);
    users.set(token, { username, uid, groups: groups === '' ? [] : groups.split(',') });
  }
  return users;
}

function splitCsv(line: string): readonly string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => (m[1] ?? '').trim()).map((f) => (f.startsWith('"') ? f.slice(1, -1).replace(/""/g, '"') : f));
}

/** A kubeconfig that only its owner can read, and that goes when the server does. */
export class Kubeconfig {
  readonly path: string;
  private readonly folder: string;

  constructor(url: string, token: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'controlplane-'));
    this.path = join(this.folder, 'kubeconfig');
    const config = {
      apiVersion: 'v1', kind: 'Config', 'current-context': 'controlplane', preferences: {},
      clusters: [{ name: 'controlplane', cluster: { server: url } }], users: [{ name: 'admin', user: { token } }], contexts: [{ name: 'controlplane', context: { cluster: 'controlplane', user: 'admin' } }],
    };
    writeFileSync(this.path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
    chmodSync(this.path, 0o600);
  }

  remove(): void { rmSync(this.folder, { recursive: true, force: true }); }
}

/**
 * A web page must not reach the server, not even through a name that resolves to the loopback address: Host must be the
 * loopback address itself, and there is no Origin that is welcome.
 */
export function refusedOrigin(request: IncomingMessage, port: number): string | undefined {
  const host = request.headers.host ?? '';
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}` && host !== `[::1]:${port}`) return 'the Host header must name the loopback address';
  if (request.headers.origin !== undefined) return 'requests from web pages are refused';
  if (request.headers['sec-fetch-site'] !== undefined && request.headers['sec-fetch-site'] !== 'none') return 'requests from web pages are refused';
  return undefined;
}
