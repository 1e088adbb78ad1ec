import type { Node, Pod } from '../src/engine/api/generated/types';
import { SchedulerCore } from '../src/engine/scheduler/core';
import { describeDecision, type SchedulingDecision } from '../src/engine/scheduler/decision';
import { ObjectListers } from '../src/engine/scheduler/listers';
import { EngineClient } from '../src/worker/client';
import { serve } from '../src/worker/host';
import { DEFAULT_SETTINGS } from '../src/worker/protocol';

/**
 * Pods scheduled a second by the scheduler's core, with the explanation of every decision kept. Bundle this file and run it; a word
 * chooses the cases whose names contain it. Each line is a case of Kubernetes' own scheduler benchmark (test/integration/scheduler_perf).
 */
type PodSpec = NonNullable<Pod['spec']>;

function node(i: number): Node {
  const name = `node-${i}`;
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'topology.kubernetes.io/zone': `zone-${i % 3}` };
  const resources = { cpu: '16', memory: '64Gi', 'ephemeral-storage': '100Gi', pods: '110' };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', labels }, spec: {}, status: { allocatable: resources, capacity: resources, conditions: [{ type: 'Ready', status: 'True' }] } };
}

function pod(i: number, labels: { readonly [key: string]: string }, spec: Partial<PodSpec>): Pod {
  const resources = { requests: { cpu: '100m', memory: '128Mi' } };
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${i}`, namespace: 'default', uid: `uid-${i}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', labels },
    status: {},
    spec: { schedulerName: 'default-scheduler', priority: 0, containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10', resources }], ...spec },
  };
}

const term = (topologyKey: string, app: string): { readonly topologyKey: string; readonly labelSelector: object } => ({ topologyKey, labelSelector: { matchLabels: { app } } });
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

interface Case { readonly name: string; readonly nodes: number; readonly pods: number; readonly labels: { readonly [key: string]: string }; readonly spec: Partial<PodSpec> }

const CASES: readonly Case[] = [
  { name: 'plain', nodes: 1000, pods: 10_000, labels: { app: 'web' }, spec: {} },
  { name: 'plain', nodes: 5000, pods: 10_000, labels: { app: 'web' }, spec: {} },
  { name: 'required anti-affinity by hostname', nodes: 5000, pods: 4000, labels: { app: 'green' }, spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(HOSTNAME, 'green')] } } } },
  { name: 'required affinity by zone', nodes: 5000, pods: 5000, labels: { app: 'blue' }, spec: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(ZONE, 'blue')] } } } },
  { name: 'preferred affinity by hostname', nodes: 5000, pods: 5000, labels: { app: 'red' }, spec: { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(HOSTNAME, 'red') }] } } } },
  { name: 'preferred anti-affinity by hostname', nodes: 5000, pods: 5000, labels: { app: 'red' }, spec: { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(HOSTNAME, 'red') }] } } } },
  { name: 'zone spreading (DoNotSchedule)', nodes: 1000, pods: 5000, labels: { app: 'web' }, spec: { topologySpreadConstraints: [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }] } },
  { name: 'zone spreading (ScheduleAnyway)', nodes: 5000, pods: 5000, labels: { app: 'web' }, spec: { topologySpreadConstraints: [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'web' } } }] } },
];

/** mulberry32: small, seeded. */
function seeded(seed: number): { next(): number } {
  let state = seed;
  return {
    next(): number {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
  };
}

function makeCore(nodes: number): SchedulerCore {
  const core = new SchedulerCore({ listers: new ObjectListers([]), random: seeded(1) });
  for (let i = 0; i < nodes; i++) core.cache.addNode(node(i));
  return core;
}

function run(bench: Case): void {
  const core = makeCore(bench.nodes);
  const pods = Array.from({ length: bench.pods }, (_, i) => pod(i, bench.labels, structuredClone(bench.spec)));
  const decisions: SchedulingDecision[] = [];
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (const next of pods) {
    const attempt = core.attempt(next);
    decisions.push(attempt.decision);
    if ('state' in attempt && attempt.decision.node) core.assume(next, attempt.decision.node, attempt.state);
  }
  const seconds = (performance.now() - start) / 1000;
  const spent = process.cpuUsage(cpu);
  const cpuSeconds = (spent.user + spent.system) / 1e6;
  const placed = decisions.filter((d) => d.outcome === 'scheduled').length;
  const memory = process.memoryUsage();
  console.log(`${String(bench.nodes).padStart(5)} nodes  ${bench.name.padEnd(40)} ${String(Math.round(bench.pods / seconds)).padStart(7)} pods/s (${Math.round(bench.pods / cpuSeconds)} a CPU second)  ${placed} of ${bench.pods} placed, ${Math.round((memory.heapUsed + memory.arrayBuffers) / 2 ** 20)} MiB with all explanations`);
}

/** Attempts that no node fits, with preemption considered and the explanation of all nodes written out: the first and the median. */
function oneAttempt(): void {
  const core = makeCore(5000);
  const cpuTimes: number[] = [];
  const times = Array.from({ length: 15 }, (_, i) => {
    const start = performance.now();
    const cpu = process.cpuUsage();
    const { decision } = core.attempt(pod(i, {}, { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: String(64 + i) } } }] }));
    const nodes = describeDecision(decision).nodes.length;
    if (nodes !== 5000) throw new Error(`${nodes} nodes explained`);
    const spent = process.cpuUsage(cpu);
    cpuTimes.push((spent.user + spent.system) / 1000);
    return performance.now() - start;
  });
  const median = [...times].sort((a, b) => a - b)[7] ?? 0;
  console.log(` 5000 nodes  one attempt that fits nowhere, all nodes explained: first ${(times[0] ?? 0).toFixed(1)} ms, median ${median.toFixed(1)} ms; processor time: median ${([...cpuTimes].sort((a, b) => a - b)[7] ?? 0).toFixed(1)} ms`);
}

/** What the editor asks of the worker, its messages included: a cluster of 5,000 nodes, a pod that fits nowhere, the hover on it. */
async function hover(): Promise<void> {
  const cluster = Array.from({ length: 5000 }, (_, i) => JSON.stringify(node(i))).join('\n---\n');
  const text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: huge\nspec:\n  containers:\n  - name: main\n    image: nginx\n    resources:\n      requests:\n        cpu: 64\n';
  const file = { file: 'file:///huge.yaml', text };
  const channel = connected();
  await channel.request('configure', { ...DEFAULT_SETTINGS, cluster: { file: 'file:///cluster.yaml', text: cluster } });
  await channel.request('create', { files: [file] });
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (let i = 0; i < 9; i++) {
    // Another revision each time: what was said last is not remembered.
    if (i > 0) await channel.request('operate', { type: 'cordon', node: `node-${i}` });
    const start = performance.now();
    const cpu = process.cpuUsage();
    const found = await channel.request('hover', { ...file, position: { line: 1, column: 7 } });
    times.push(performance.now() - start);
    const spent = process.cpuUsage(cpu);
    cpuTimes.push((spent.user + spent.system) / 1000);
    if (!found?.markdown.includes('64')) throw new Error(`the hover does not explain: ${found?.markdown ?? 'nothing'}`);
  }
  const sorted = [...times].sort((a, b) => a - b);
  console.log(` 5000 nodes  hover on a pod that fits nowhere, through the worker's messages: first ${(times[0] ?? 0).toFixed(1)} ms, median ${(sorted[4] ?? 0).toFixed(1)} ms, worst ${(sorted.at(-1) ?? 0).toFixed(1)} ms; processor time: median ${([...cpuTimes].sort((a, b) => a - b)[4] ?? 0).toFixed(1)} ms`);
}

/** The worker's host behind a port that copies each message, as a thread's port does. */
function connected(): EngineClient {
  return new EngineClient((events) => {
    let toWorker: (message: unknown) => void = () => undefined;
    serve({ post: (message) => { events.message(structuredClone(message)); }, receive: (handler) => { toWorker = handler; } });
    return Promise.resolve({ post: (message) => { toWorker(structuredClone(message)); }, terminate: () => undefined });
  }, { changed: () => undefined, failed: (reason) => { throw new Error(reason); }, started: () => undefined });
}

const only = process.argv[2] ?? '';
for (const bench of CASES) if (bench.name.includes(only)) run(bench);
oneAttempt();
await hover();
