import { Agent, request as httpRequest } from 'node:http';
import type { ConfigMap } from '../src/engine/api/generated/types';
import { Client } from '../src/engine/client/client';
import { CONFIG_MAPS, PODS } from '../src/engine/client/resources';
import { Cluster, KUBECTL } from '../src/engine/cluster';
import { Session } from '../src/engine/session';
import type { Process } from '../src/engine/simulation/process';
import { startServing } from '../src/server/main';

/** Requests a second of the API server, in process and through HTTP on the loopback address. Bundle this file and run it; a number is how many requests each case makes. */
const REQUESTS = Number(process.argv[2] ?? 20_000);
const HTTP_REQUESTS = Math.min(REQUESTS, 5000);
const CONNECTIONS = 16;
const BARE = { components: { controllers: false, scheduler: false, kubelets: false }, traceLimits: { foreground: 10_000, background: 1000 } };

function report(name: string, requests: number, milliseconds: number): void {
  console.log(`${name.padEnd(44)} ${String(Math.round(requests / (milliseconds / 1000))).padStart(8)} requests/s   (${requests} in ${(milliseconds / 1000).toFixed(2)} s)`);
}

/** Runs one process after the other to its end. */
function inProcess(name: string, each: (client: Client, i: number) => Process<unknown>, prepare?: (client: Client) => Process<unknown>): void {
  const cluster = new Cluster(BARE);
  const client = new Client(cluster.api, KUBECTL);
  const run = (process: Process<unknown>): void => {
    const task = cluster.simulation.spawn('bench', process);
    while (!task.done) if (!cluster.simulation.step()) break;
  };
  if (prepare) run(prepare(client));
  const start = performance.now();
  for (let i = 0; i < REQUESTS; i++) run(each(client, i));
  report(`in process: ${name}`, REQUESTS, performance.now() - start);
}

const configMap = (i: number): { apiVersion: 'v1'; kind: 'ConfigMap'; metadata: { name: string }; data: { [key: string]: string } } => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${i}` }, data: { key: String(i) } });
const pod = (i: number): { apiVersion: 'v1'; kind: 'Pod'; metadata: { name: string; labels: { [key: string]: string } }; spec: unknown } => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p-${i}`, labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu: '100m' } } }] } });

inProcess('create a config map', (client, i) => client.create(CONFIG_MAPS, 'default', configMap(i)));
inProcess('create a pod', (client, i) => client.create(PODS, 'default', pod(i)));
inProcess('get a pod', (client) => client.get(PODS, 'default', 'p-0'), (client) => client.create(PODS, 'default', pod(0)));
inProcess('patch a pod\'s status', (client, i) => client.patch(PODS, 'default', 'p-0', 'application/strategic-merge-patch+json', { status: { message: String(i) } }, 'status'), (client) => client.create(PODS, 'default', pod(0)));
inProcess('apply a config map', (client, i) => client.patch(CONFIG_MAPS, 'default', 'c', 'application/apply-patch+yaml', { ...configMap(i), metadata: { name: 'c' } } satisfies Partial<ConfigMap> | object, '', { fieldManager: 'bench' }));

async function throughHttp(name: string, method: string, path: (i: number) => string, body?: (i: number) => unknown, speed = Infinity): Promise<void> {
  const serving = await startServing({ session: new Session({ ...BARE, epoch: 0 }), port: 0, speed });
  const url = new URL(serving.url);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send = (i: number): Promise<void> => new Promise((resolve, reject) => {
    const data = body === undefined ? undefined : JSON.stringify(body(i));
    const request = httpRequest({
      host: url.hostname, port: url.port, method, path: path(i), agent,
      headers: { Authorization: `Bearer ${serving.token}`, ...(data === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(data)) }) },
    }, (response) => { response.resume(); response.on('end', resolve); });
    request.on('error', reject);
    request.end(data);
  });
  let next = 0;
  const worker = async (): Promise<void> => { while (next < HTTP_REQUESTS) await send(next++); };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  report(`HTTP, ${CONNECTIONS} connections: ${name}`, HTTP_REQUESTS, performance.now() - start);
  agent.destroy();
  await serving.close();
}

await throughHttp('create a config map', 'POST', () => '/api/v1/namespaces/default/configmaps', configMap);
await throughHttp('get a namespace', 'GET', () => '/api/v1/namespaces/default');
