import { SingleMemberEtcd } from '../src/engine/etcd/singleMember';
import { ReplicatedEtcd } from '../src/engine/etcd/cluster/replicated';
import type { Etcd } from '../src/engine/etcd/etcd';
import { Store } from '../src/engine/etcd/store';
import { isEtcdError } from '../src/engine/etcd/types';
import { RECORDED_LATENCIES } from '../src/engine/simulation/latency';
import type { Process } from '../src/engine/simulation/process';
import { Simulation } from '../src/engine/simulation/simulation';
import { TraceRecorder } from '../src/engine/trace/recorder';

/**
 * Committed writes a second with 1, 3 and 5 members, by CPU and by the virtual clock; and what a kept revision costs:
 * `node scripts/bench.mjs etcd [writes]`. CPU seconds are this process's own, user and system.
 */
const CLIENTS = 20;

function* write(etcd: Etcd, client: number, writes: number): Process {
  for (let i = 0; i < writes; i++) {
    const key = `/registry/pods/default/pod-${client}-${i % 50}`;
    const response = yield* etcd.txn({ compares: [], success: [{ type: 'put', key, value: { metadata: { name: key }, spec: { i } } }], failure: [] });
    if (isEtcdError(response)) throw new Error(response.message);
  }
}

function measure(name: string, writes: number, make: (simulation: Simulation, trace: TraceRecorder) => Etcd): void {
  const simulation = new Simulation({ seed: 1, epoch: 0 });
  const etcd = make(simulation, new TraceRecorder(simulation, { foreground: 1000, background: 1000 }));
  etcd.start();
  simulation.runUntil(3000);
  const first = etcd.revision, began = simulation.now;
  const cpu = process.cpuUsage();
  const tasks = Array.from({ length: CLIENTS }, (_, i) => simulation.spawn('client', write(etcd, i, Math.ceil(writes / CLIENTS))));
  while (tasks.some((t) => !t.done) && simulation.step());
  const used = process.cpuUsage(cpu);
  const seconds = (used.user + used.system) / 1e6;
  const done = etcd.revision - first;
  console.log(`${name}: ${Math.round(done / seconds)} committed writes a CPU second; ${Math.round(done / ((simulation.now - began) / 1000))} a second of virtual time with ${CLIENTS} clients; ${(simulation.eventsRun / done).toFixed(1)} events a write`);
}

function revisions(count: number): void {
  const store = new Store();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const value = { metadata: { name: 'pod' } };
  for (let i = 0; i < count; i++) store.txn({ compares: [], success: [{ type: 'put', key: `/registry/pods/default/pod-${i % 1000}`, value }], failure: [] });
  const took = performance.now() - began;
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  const compacting = performance.now();
  store.compact(store.revision);
  console.log(`a revision kept: ${bytes.toFixed(0)} bytes beside its value${globalThis.gc ? '' : ' (garbage included: BENCH_NODE_FLAGS=--expose-gc for the exact figure)'}, ${(took / count * 1000).toFixed(1)} µs to make; compacting ${count} takes ${(performance.now() - compacting).toFixed(0)} ms`);
}

const writes = Number(process.argv[2] ?? 40_000);
const parts = (simulation: Simulation, trace: TraceRecorder): { simulation: Simulation; trace: TraceRecorder; latencies: typeof RECORDED_LATENCIES } => ({ simulation, trace, latencies: RECORDED_LATENCIES });
measure('1 member', writes, (simulation, trace) => new SingleMemberEtcd(simulation, trace, RECORDED_LATENCIES));
for (const members of [3, 5]) measure(`${members} members`, writes, (simulation, trace) => new ReplicatedEtcd({ ...parts(simulation, trace), members }));
measure('1 member through Raft', writes, (simulation, trace) => new ReplicatedEtcd({ ...parts(simulation, trace), members: 1 }));
revisions(200_000);
