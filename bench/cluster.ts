import { DEFAULT_EPOCH, KUBERNETES_VERSION } from '../src/engine/cluster';
import { readyNode } from '../src/engine/bootstrap/nodes';
import { Session } from '../src/engine/session';
import type { Pod } from '../src/engine/api/generated/types';

/**
 * How long the engine takes until all pods of one Deployment run: `node scripts/bench.mjs cluster [nodes pods]`.
 * CPU seconds are this process's own, user and system; memory is the resident set at the end.
 */
interface Figure {
  readonly nodes: number;
  readonly pods: number;
  readonly running: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly events: number;
  readonly requests: number;
  readonly virtualSeconds: number;
  readonly residentMiB: number;
}

function measure(nodes: number, pods: number): Figure {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const now = new Date(DEFAULT_EPOCH).toISOString().replace(/\.\d+Z$/, 'Z');
  const objects = Array.from({ length: nodes }, (_, i) => readyNode({ name: `node-${i + 1}`, zone: `zone-${'abc'[i % 3] ?? 'a'}`, number: i + 1, cpu: '16', memory: '64Gi' }, KUBERNETES_VERSION, now));
  const session = new Session({ objects, traceLimits: { foreground: 100_000, background: 5_000 } });
  const action = session.create([{
    file: 'bench', index: 0, value: {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bench' },
      spec: { replicas: pods, selector: { matchLabels: { app: 'bench' } }, template: { metadata: { labels: { app: 'bench' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } }] } } },
    },
  }]);
  const used = process.cpuUsage(cpu);
  const running = (session.cluster.api.peek('', 'pods')?.list() ?? []).filter((p) => (p as unknown as Pod).status.phase === 'Running').length;
  return {
    nodes, pods, running, cpuSeconds: (used.user + used.system) / 1e6, wallSeconds: (performance.now() - started) / 1000, events: session.cluster.simulation.eventsRun, requests: session.cluster.trace.next - 1,
    virtualSeconds: (action.endedAt - action.startedAt) / 1000, residentMiB: process.memoryUsage().rss / 1048576,
  };
}

const [nodes, pods] = process.argv.slice(2).map(Number);
const sizes: readonly (readonly [number, number])[] = nodes && pods ? [[nodes, pods]] : [[3, 10], [100, 1000], [1000, 10_000]];
for (const [n, p] of sizes) {
  const f = measure(n, p);
  console.log(`${f.nodes} nodes, ${f.pods} pods (${f.running} running): ${f.cpuSeconds.toFixed(2)} CPU s, ${f.wallSeconds.toFixed(2)} s, ${f.events} events (${Math.round(f.events / f.cpuSeconds)} a CPU second), ${f.requests} messages, ${f.virtualSeconds.toFixed(1)} virtual s, ${f.residentMiB.toFixed(0)} MiB`);
}
