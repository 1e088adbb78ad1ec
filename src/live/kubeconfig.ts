import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { ContextInfo, Contexts } from './protocol';
import { asLiveError, LiveError } from './errors';

/** What a kubeconfig is looked for with; tests give their own. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined };
  readonly home: string;
}

export const surroundings = (): Surroundings => ({ env: process.env, home: homedir() });

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';
export const IN_CLUSTER = 'in-cluster';
/** A kubeconfig is text that people edit: a larger file is something else. */
const MAX_BYTES = 10_000_000;

interface Loaded {
  readonly config: KubeConfig;
  readonly source: string;
}

/** The files that kubectl would read, in its order: KUBECONFIG's, else the one in the home folder. */
export function kubeconfigFiles({ env, home }: Surroundings): readonly string[] {
  const given = (env['KUBECONFIG'] ?? '').split(delimiter).filter((f) => f !== '');
  return given.length > 0 ? [...new Set(given)] : [join(home, '.kube', 'config')];
}

/** Reads them, without contacting anybody and without running anything. */
function load(around: Surroundings): { readonly loaded: readonly Loaded[]; readonly problems: readonly string[] } {
  const loaded: Loaded[] = [];
  const problems: string[] = [];
  for (const source of kubeconfigFiles(around)) {
    // As with kubectl, a file that is not there is no fault.
    if (!existsSync(source)) continue;
    try {
      const config = new KubeConfig();
      if (readFileSync(source).length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1e6} MB`);
      config.loadFromFile(source, { onInvalidEntry: 'filter' as never });
      loaded.push({ config, source });
    } catch (thrown) {
      // The parser quotes the lines around a fault: those may hold a token.
      problems.push(`${source} cannot be read: ${firstLine(asLiveError(thrown).message)}`);
    }
  }
  if (loaded.length === 0 && around.env['KUBERNETES_SERVICE_HOST'] && existsSync(SERVICE_ACCOUNT)) {
    const config = new KubeConfig();
    config.loadFromCluster();
    loaded.push({ config, source: IN_CLUSTER });
  }
  return { loaded, problems };
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** Every context, the first file that defines a name winning, as kubectl merges them. */
export function listContexts(around: Surroundings = surroundings()): Contexts {
  const { loaded, problems } = load(around);
  const current = loaded.map((l) => l.config.getCurrentContext()).find((c) => c !== undefined && c !== '');
  const contexts = new Map<string, ContextInfo>();
  for (const { config, source } of loaded) {
    for (const { name, cluster, user, namespace } of config.getContexts()) {
      if (contexts.has(name)) continue;
      const server = loaded.map((l) => l.config.getCluster(cluster)?.server).find(Boolean) ?? '';
      contexts.set(name, { name, cluster, server: withoutPassword(server), user: user ?? '', namespace: namespace ?? '', source, current: name === current });
    }
  }
  return { contexts: [...contexts.values()], problems };
}

/** One context alone, ready to be used. Throws LiveError where it or what it names is missing. */
export function contextConfig(name: string, around: Surroundings = surroundings()): KubeConfig {
  const { loaded } = load(around);
  const context = first(loaded, (c) => c.getContexts().find((x) => x.name === name));
  if (!context) {
    const names = loaded.flatMap((l) => l.config.getContexts().map((c) => c.name));
    throw new LiveError('credentials', `There is no context ${JSON.stringify(name)} in ${kubeconfigFiles(around).join(', ')}${names.length > 0 ? `; there are: ${names.slice(0, 10).join(', ')}` : ''}`);
  }
  const cluster = first(loaded, (c) => c.getCluster(context.cluster) ?? undefined);
  if (!cluster?.server) throw new LiveError('credentials', `The context ${JSON.stringify(name)} names the cluster ${JSON.stringify(context.cluster)}, which the kubeconfig does not describe`);
  const user = context.user ? first(loaded, (c) => c.getUser(context.user ?? '') ?? undefined) : undefined;
  if (context.user && !user) throw new LiveError('credentials', `The context ${JSON.stringify(name)} names the user ${JSON.stringify(context.user)}, which the kubeconfig does not describe`);
  // client-node refuses http: unless told not to verify certificates; there are none to verify then.
  const plain = cluster.server.startsWith('http:') ? { skipTLSVerify: true } : {};
  const config = new KubeConfig();
  config.loadFromOptions({ clusters: [{ ...cluster, ...proxyOf(cluster, around), ...plain }], contexts: [context], users: user ? [{ ...user }] : [], currentContext: name });
  return config;
}

function first<T>(loaded: readonly Loaded[], pick: (config: KubeConfig) => T | undefined): T | undefined {
  for (const { config } of loaded) {
    const found = pick(config);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** kubectl takes the proxy of the kubeconfig, else that of the environment. */
function proxyOf(cluster: { readonly server: string; readonly proxyUrl?: string }, { env }: Surroundings): { readonly proxyUrl?: string } {
  if (cluster.proxyUrl) return { proxyUrl: cluster.proxyUrl };
  const url = new URL(cluster.server);
  const named = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const proxyUrl = url.protocol === 'https:' ? named('HTTPS_PROXY') : named('HTTP_PROXY');
  if (proxyUrl === '' || isExempt(url, named('NO_PROXY'))) return {};
  return { proxyUrl: /^\w+:\/\//.test(proxyUrl) ? proxyUrl : `http://${proxyUrl}` };
}

/** As Go does: loopback is never proxied; entries are hosts, domains with or without a dot, optional ports, or "*". Ranges of addresses are taken by their prefix. */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(',').map((e) => e.trim().toLowerCase()).filter((e) => e !== '').some((entry) => {
    if (entry === '*') return true;
    const range = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(entry);
    if (range?.[1] && /^\d+\.\d+\.\d+\.\d+$/.test(host)) return (bits(host) >>> (32 - Number(range[2]))) === (bits(range[1]) >>> (32 - Number(range[2]))) || Number(range[2]) === 0;
    const [name = '', onPort] = entry.split(/:(?=\d+$)/);
    if (onPort !== undefined && onPort !== port) return false;
    return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
  });
}

const bits = (address: string): number => address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);

/** A URL may carry a password; nobody is to see it. */
function withoutPassword(server: string): string {
  try {
    const url = new URL(server);
    url.username = '';
    url.password = '';
    return url.href.replace(/\/$/, '');
  } catch {
    return server;
  }
}
