import { spawn, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Agent as HttpAgent, type Agent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { LiveError } from './errors';
import type { Redactor } from './redact';

/** What a request is sent with. */
export interface Access {
  readonly headers: { readonly [name: string]: string };
  readonly agent: Agent;
}

/** Milliseconds that credentials are used without asking the kubeconfig's way to them again: plugins are slow, token files change. */
const KEEP = 60_000;
/** Milliseconds that a plugin may take. It may wait for a person in a browser. */
const PLUGIN_LIMIT = 120_000;
/** Idle connections that are kept; every watch holds one of its own besides. */
const MAX_FREE = 8;

/** The headers and TLS material of one context, got as client-node does: certificates, tokens, files, exec plugins, OIDC, basic, impersonation, proxies. */
export class Credentials {
  private kept: { readonly access: Access; readonly until: number } | undefined;
  private asking: Promise<Access> | undefined;
  private agent: { readonly of: string; readonly agent: Agent } | undefined;

  constructor(private readonly config: KubeConfig, private readonly redactor: Redactor) {
    const user = config.getCurrentUser();
    if (user) redactor.learn(secretsOf(user));
    prepareExec(config, user);
  }

  /** Throws LiveError of kind "credentials" where they cannot be had. */
  access(now = Date.now()): Promise<Access> {
    if (this.kept && now < this.kept.until) return Promise.resolve(this.kept.access);
    this.asking ??= this.ask().finally(() => { this.asking = undefined; });
    return this.asking;
  }

  /** The API server did not accept them: they are asked for anew next time. */
  forget(): void {
    this.kept = undefined;
    // client-node keeps what a plugin gave until it expires by its own word.
    for (const way of authenticatorsOf(this.config)) { if (way.tokenCache) way.tokenCache = {}; if ('token' in way) way.token = null; }
  }

  close(): void { this.agent?.agent.destroy(); }

  private async ask(): Promise<Access> {
    const options: RequestOptions = {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await Promise.race([this.config.applyToHTTPSOptions(options), new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no answer in time')), PLUGIN_LIMIT); })]);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LiveError('credentials', `The credentials of ${JSON.stringify(this.config.getCurrentUser()?.name ?? '')} cannot be had: ${this.redactor.text(message).trim().slice(0, 500)}`, { said: message });
    } finally {
      clearTimeout(timer);
    }
    const headers = headersOf(options, this.redactor);
    const access = { headers, agent: this.agentFor(options) };
    this.kept = { access, until: Date.now() + KEEP };
    return access;
  }

  /** One agent as long as the certificates stay the same: each new one means a new handshake. */
  private agentFor(options: RequestOptions): Agent {
    const cluster = this.config.getCurrentCluster();
    const of = createHash('sha256').update(String(options.cert ?? '')).update('\0').update(String(options.key ?? '')).update('\0').update(String(options.ca ?? '')).digest('hex');
    if (this.agent?.of === of) return this.agent.agent;
    this.agent?.agent.destroy();
    const plain = cluster?.server.startsWith('http:') === true;
    const tls = { ca: options.ca, cert: options.cert, key: options.key, servername: options.servername, rejectUnauthorized: cluster?.skipTLSVerify !== true };
    const agent = cluster?.proxyUrl ? options.agent as Agent : plain ? new HttpAgent({ keepAlive: true, maxFreeSockets: MAX_FREE }) : new HttpsAgent({ ...tls, keepAlive: true, maxFreeSockets: MAX_FREE });
    this.agent = { of, agent };
    return agent;
  }
}

function headersOf(options: RequestOptions, redactor: Redactor): { readonly [name: string]: string } {
  const headers: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = Array.isArray(value) ? value.join(',') : String(value);
  if (options.auth) headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const authorization = headers['Authorization'];
  // A token's file may end in a line break, which no header may hold.
  if (authorization !== undefined) headers['Authorization'] = authorization.trim();
  redactor.learn([authorization, authorization?.replace(/^\w+\s+/, '')]);
  return headers;
}

const secretsOf = (user: User): readonly (string | undefined)[] => {
  const provider = (user.authProvider as { readonly config?: { readonly [name: string]: unknown } } | undefined)?.config ?? {};
  const environment = ((user.exec as { readonly env?: readonly { readonly value?: string }[] } | undefined)?.env ?? []).map((e) => e.value);
  return [user.token, user.password, user.keyData, ...Object.values(provider).filter((v): v is string => typeof v === 'string'), ...environment];
};

/** What is used of client-node's private ways to credentials. */
interface Way { tokenCache?: unknown; token?: unknown; execFn?: (command: string, args: readonly string[], options: SpawnOptions) => unknown }
const authenticatorsOf = (config: KubeConfig): readonly Way[] => (config as unknown as { readonly authenticators?: readonly Way[] }).authenticators ?? [];

/** Plugins get the environment that kubectl gives them, and are ended when they take too long. */
function prepareExec(config: KubeConfig, user: User | null): void {
  const exec = user?.exec as { apiVersion?: string; env?: { name: string; value: string }[] } | undefined;
  if (exec) exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify({ kind: 'ExecCredential', apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1', spec: { interactive: false } }) }];
  for (const way of authenticatorsOf(config)) {
    if (typeof way.execFn === 'function') way.execFn = (command, args, options) => spawn(command, args ?? [], { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: PLUGIN_LIMIT, windowsHide: true });
  }
}
