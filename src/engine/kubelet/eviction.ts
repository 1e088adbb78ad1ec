import type { Pod } from '../api/generated/types';
import { parseQuantity, quantityValue } from '../api/quantity';
import type { Simulation } from '../simulation/simulation';
import type { Pressure } from './nodeStatus';
import type { PodWorker, Termination } from './podWorker';
import { ANNOTATION_PREFIX } from './runtime/script';

/** monitoringInterval of the eviction manager. */
const INTERVAL = 10_000;
/** evictionPressureTransitionPeriod: how long the condition outlives the pressure. */
const TRANSITION = 300_000;
/** systemCriticalPriority: static and critical pods stay. */
const CRITICAL = 2_000_000_000;

/** What each signal is called in messages, and its default hard threshold with what is said to be left. */
const SIGNALS: { readonly [pressure in Pressure]: { readonly resource: string; readonly threshold: string; readonly available: string } } = {
  MemoryPressure: { resource: 'memory', threshold: '100Mi', available: '98304Ki' }, DiskPressure: { resource: 'ephemeral-storage', threshold: '10%', available: '9%' }, PIDPressure: { resource: 'pids', threshold: '10%', available: '9%' },
};

/** Memory that a pod is said to use, in bytes: `controlplane.dev/memory`, else a little more than what it asked for. */
function usage(pod: Pod): number {
  const told = parseQuantity(pod.metadata.annotations?.[`${ANNOTATION_PREFIX}memory`] ?? '');
  return told ? told.value : requested(pod) + 16 * 2 ** 20;
}

const requested = (pod: Pod): number => (pod.spec?.containers ?? []).reduce((sum, c) => sum + quantityValue(c.resources?.requests?.memory), 0);

/** rankMemoryPressure: pods above their request first, then by priority, then by how far above. */
export function rank(pods: readonly Pod[]): readonly Pod[] {
  const above = (pod: Pod): boolean => pod.status?.qosClass !== 'Guaranteed' && usage(pod) > requested(pod);
  return pods.filter((pod) => (pod.spec?.priority ?? 0) < CRITICAL).sort((a, b) =>
    Number(above(b)) - Number(above(a)) || (a.spec?.priority ?? 0) - (b.spec?.priority ?? 0) || usage(b) - requested(b) - (usage(a) - requested(a)) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

function evictionOf(pod: Pod, pressure: Pressure): Termination {
  const { resource, threshold, available } = SIGNALS[pressure];
  let message = `The node was low on resource: ${resource}. Threshold quantity: ${threshold}, available: ${available}. `;
  if (pressure === 'MemoryPressure') {
    const [container] = pod.spec?.containers ?? [];
    const used = `${Math.ceil(usage(pod) / 1024)}Ki`;
    if (container) message += `Container ${container.name} was using ${used}, request is ${container.resources?.requests?.memory ?? '0'}, has larger consumption of memory. `;
  }
  return { reason: 'Evicted', message, graceSeconds: 0, condition: { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message } };
}

/** The eviction manager: while the node is said to be under pressure it evicts one pod each interval. */
export class EvictionManager {
  private readonly active = new Map<Pressure, number>();
  private readonly conditions = new Set<Pressure>();
  private told = '';
  private cancel: (() => void) | undefined;

  constructor(private readonly simulation: Simulation, private readonly nodeName: string, private readonly workers: () => Iterable<PodWorker>, private readonly changed: () => void) {}

  /** The conditions as they are to be posted. */
  get pressures(): ReadonlySet<Pressure> { return this.conditions; }

  /** What the node is said to suffer from, each with the number of evictions that ends it. */
  set(pressures: ReadonlyMap<Pressure, number>): void {
    // Every change of the node says it again; what has been relieved comes back only when something else is said.
    const told = JSON.stringify([...pressures]);
    if (told === this.told) return;
    this.told = told;
    let news = false;
    for (const pressure of [...this.active.keys()]) if (!pressures.has(pressure)) { this.relieve(pressure); news = true; }
    for (const [pressure, evictions] of pressures) {
      if (this.active.has(pressure)) continue;
      this.active.set(pressure, evictions);
      this.conditions.add(pressure);
      news = true;
    }
    if (!news) return;
    this.changed();
    if (this.active.size > 0 && this.cancel === undefined) this.synchronize();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.told = '';
    this.active.clear();
    this.conditions.clear();
  }

  private relieve(pressure: Pressure): void {
    this.active.delete(pressure);
    this.simulation.after(TRANSITION, () => { if (!this.active.has(pressure) && this.conditions.delete(pressure)) this.changed(); }, `end of ${pressure} of node ${this.nodeName}`);
  }

  private synchronize(): void {
    this.cancel = undefined;
    const [first] = this.active;
    if (first === undefined) return;
    const [pressure, left] = first;
    if (left <= 0) { this.relieve(pressure); this.synchronize(); return; }
    const workers = new Map([...this.workers()].filter((w) => w.evictable).map((w) => [w.uid, w]));
    const [victim] = rank([...workers.values()].map((w) => w.pod));
    if (victim === undefined) return;
    this.active.set(pressure, left - 1);
    workers.get(victim.metadata.uid)?.end(evictionOf(victim, pressure));
    this.cancel = this.simulation.after(INTERVAL, () => this.synchronize(), `next eviction on node ${this.nodeName} (${pressure})`);
  }
}
