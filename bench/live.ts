import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { build } from 'esbuild';
import { LiveClient } from '../src/editor/live/client';
import { Session } from '../src/engine/session';
import type { KubernetesObject } from '../src/engine/api/object';
import { DEFAULT_LIVE_SETTINGS, type ConnectionState } from '../src/live/protocol';
import { startServing } from '../src/server/main';
import { workerStarter } from '../src/worker/start';

/**
 * Live mode on a large cluster: this project's own API server in another process, live mode in the worker thread that the extension would start
 * (built here as it ships), and this thread in the place of the extension host, whose event loop must stay free. Arguments: nodes, pods.
 */
const [NODES, PODS] = [Number(process.argv[2] ?? 5000), Number(process.argv[3] ?? 50_000)];

const node = (i: number): object => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${i}`, labels: { 'kubernetes.io/hostname': `node-${i}`, 'topology.kubernetes.io/zone': `zone-${i % 3}` } }, spec: { podCIDR: `10.${i >> 8}.${i & 255}.0/24` },
  status: { capacity: { cpu: '16', memory: '64Gi', pods: '110' }, allocatable: { cpu: '16', memory: '64Gi', pods: '110' }, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastHeartbeatTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' }], images: Array.from({ length: 20 }, (_, k) => ({ names: [`registry.example/team/app-${k}@sha256:${'0'.repeat(64)}`], sizeBytes: 123_456_789 })) },
});
/** As large as pods of real clusters are: some 4 KB. */
const pod = (i: number): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: `web-${i >> 4}-7c5b898c98-${i.toString(36).padStart(5, '0')}`, namespace: 'default', labels: { app: `web-${i >> 4}`, 'pod-template-hash': '7c5b898c98' }, annotations: { 'example.org/config-hash': 'a'.repeat(64), 'example.org/notes': 'x'.repeat(400) } },
  spec: {
    nodeName: i % 500 === 0 ? undefined : `node-${i % NODES}`, serviceAccountName: 'default', schedulerName: 'default-scheduler', restartPolicy: 'Always',
    containers: [0, 1].map((c) => ({ name: `c${c}`, image: `registry.example/team/app-${i % 40}:1.${c}`, env: Array.from({ length: 15 }, (_, k) => ({ name: `SETTING_${k}`, value: `value-${k}-${'y'.repeat(20)}` })), resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } }, volumeMounts: [{ name: 'v', mountPath: '/data' }] })), volumes: [{ name: 'v', emptyDir: {} }],
  },
  status: { phase: i % 500 === 0 ? 'Pending' : 'Running', conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: i % 500 === 0 ? 'False' : 'True', lastTransitionTime: '2026-01-01T00:00:00Z', ...(i % 500 === 0 ? { reason: 'Unschedulable', message: '0/5000 nodes are available: 5000 Insufficient cpu.' } : {}) })), containerStatuses: [0, 1].map((c) => ({ name: `c${c}`, ready: true, started: true, restartCount: 0, image: 'x', imageID: `sha256:${'1'.repeat(64)}`, containerID: `containerd://${'2'.repeat(64)}`, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } })) },
});

async function server(): Promise<void> {
  const objects = [...Array.from({ length: NODES }, (_, i) => node(i)), ...Array.from({ length: PODS }, (_, i) => pod(i))] as unknown as readonly KubernetesObject[];
  const session = new Session({ objects, epoch: Date.now() - 3000, components: { controllers: false, scheduler: false, kubelets: false }, traceLimits: { foreground: 1000, background: 1000 } });
  const serving = await startServing({ session, port: 0, speed: 1 });
  process.send?.({ url: serving.url, token: serving.token, kubeconfig: serving.kubeconfig });
  process.once('disconnect', () => { void serving.close().then(() => process.exit(0)); });
}

interface Ready { readonly url: string; readonly token: string; readonly kubeconfig: string }

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function measure(): Promise<void> {
  const bundle = resolve('out/bench/live-thread.js');
  await build({ entryPoints: ['src/live/main.ts'], outfile: bundle, bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning', define: { DEVELOPMENT: 'false' } });
  const child: ChildProcess = fork(process.argv[1] ?? '', [String(NODES), String(PODS), 'server']);
  const ready = await new Promise<Ready>((done, reject) => { child.once('message', (m) => done(m as Ready)); child.once('exit', (code) => reject(new Error(`the server ended with ${code ?? 'a signal'}`))); });
  process.env['KUBECONFIG'] = ready.kubeconfig;
  const before = process.memoryUsage().rss;
  let peak = before;
  const watching = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss); }, 50);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let reached: (() => void) | undefined;
  let changes = 0;
  let state: ConnectionState | undefined;
  const client = new LiveClient(workerStarter({ path: bundle, read: () => Promise.reject(new Error('not needed')) }), { state: (s) => { state = s; if (s.phase === 'live') reached?.(); }, changed: () => { changes++; }, log: () => undefined, failed: (reason) => { console.error(reason); process.exit(1); } });
  const report = (what: string, figure: string): void => { console.log(`${what.padEnd(62)} ${figure}`); };
  const loop = (): string => `event loop of the extension host: 99 % under ${(delay.percentile(99) / 1e6).toFixed(0)} ms, longest ${(delay.max / 1e6).toFixed(0)} ms`;

  let started = performance.now();
  await client.request('configure', DEFAULT_LIVE_SETTINGS);
  await client.request('contexts', null);
  report('the thread and client-node started', seconds(started));
  started = performance.now();
  const live = new Promise<void>((done) => { reached = done; });
  await client.request('connect', { context: 'controlplane', namespaces: [] });
  await live;
  report(`${NODES} nodes and ${PODS} pods listed in pages of ${DEFAULT_LIVE_SETTINGS.limits.page}, and watched`, `${seconds(started)}; ${state?.counts.nodes ?? 0} nodes, ${state?.counts.pods ?? 0} pods`);
  report('memory for it (resident; at the peak)', `${mib(process.memoryUsage().rss - before)}; ${mib(peak - before)}`);
  report('while listing', loop());
  delay.reset();

  started = performance.now();
  const times: number[] = [];
  for (const parent of ['', 'unscheduled', 'workloads', 'node:node-7', '']) { const at = performance.now(); await client.request('children', { parent, limit: 200 }); times.push(performance.now() - at); }
  report('one level of the tree (200 lines), the slowest of 5', `${Math.max(...times).toFixed(0)} ms`);

  delay.reset();
  changes = 0;
  started = performance.now();
  const CHANGES = 2000;
  for (let i = 1; i <= CHANGES; i += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => patch(ready, i + k)));
  report(`${CHANGES} pods changed by others`, `${seconds(started)}, the tree was told ${changes} times; ${loop()}`);

  delay.reset();
  started = performance.now();
  const whatIf = await client.request('whatIf', { files: [{ file: 'file:///w/hello.yaml', text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: hello}\nspec: {replicas: 10, selector: {matchLabels: {app: hello}}, template: {metadata: {labels: {app: hello}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}}\n' }], dryRun: false });
  report('what if: snapshot and simulation of 10 pods on it', `${seconds(started)}; ${loop()}`);
  report('memory at the peak of it (resident)', mib(peak - before));
  console.log(`  ${whatIf.answer.text}`);
  clearInterval(watching);
  client.dispose();
  child.disconnect();
}

async function patch({ url, token }: Ready, i: number): Promise<void> {
  const name = `web-${i >> 4}-7c5b898c98-${i.toString(36).padStart(5, '0')}`;
  const answer = await fetch(`${url}/api/v1/namespaces/default/pods/${name}/status`, { method: 'PATCH', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/merge-patch+json' }, body: JSON.stringify({ status: { message: `change ${i}` } }) });
  if (answer.status !== 200) throw new Error(`the server answers ${answer.status} to a change`);
  await answer.arrayBuffer();
}

await (process.argv[4] === 'server' ? server() : measure());
