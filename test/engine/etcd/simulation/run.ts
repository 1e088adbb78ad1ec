import { Random } from '../../../../src/engine/simulation/random';
import { sleep, type Process } from '../../../../src/engine/simulation/process';
import { Simulation } from '../../../../src/engine/simulation/simulation';
import type { RequestSender } from '../../../../src/engine/etcd/cluster/client';
import type { EtcdEvent, TxnRequest } from '../../../../src/engine/etcd/types';
import { TestCluster, type Mutant } from './cluster';
import { Invariants } from './invariants';
import { explain, type Observed, type Seen } from './linearizable';

const KEYS = ['a', 'b', 'c'];
const CLIENTS = 3;
/** Virtual milliseconds in which faults happen, and then in which everything is whole and comes to rest. */
const TROUBLE = 12_000;
const PEACE = 10_000;
const MAX_EVENTS = 200_000;

export interface Outcome {
  readonly seed: number;
  readonly members: number;
  /** What was broken; undefined when all promises were kept. */
  readonly failure: string | undefined;
  readonly operations: number;
  readonly unknown: number;
  readonly crashes: number;
  readonly elections: number;
  readonly events: number;
}

/** One world with its own faults: the same seed gives the same run, and the same failure. */
export function runSeed(seed: number, mutant: Mutant = {}, look?: (history: readonly Observed[]) => void): Outcome {
  const simulation = new Simulation({ seed, epoch: 0 });
  const size = [3, 3, 5, 1][seed % 4] ?? 3;
  const run = new Run(simulation, size, new Random(seed ^ 0x5eed), mutant);
  let failure: string | undefined;
  try { failure = run.all(); } catch (thrown) { failure = thrown instanceof Error ? thrown.message : String(thrown); }
  look?.(run.history);
  return { seed, members: size, failure, operations: run.history.length, unknown: run.history.filter((o) => !o.result).length, crashes: run.crashes, elections: Math.max(...run.cluster.members.map((m) => m.raft.term)) - 1, events: simulation.eventsRun };
}

class Run {
  readonly history: Observed[] = [];
  readonly cluster: TestCluster;
  crashes = 0;
  private readonly invariants = new Invariants();
  private readonly clients: RequestSender[];
  private trouble = true;
  private nextValue = 1;
  private nextMember: number;

  constructor(private readonly simulation: Simulation, size: number, private readonly random: Random, mutant: Mutant) {
    this.cluster = new TestCluster(simulation, size, mutant);
    this.nextMember = size + 1;
    this.clients = Array.from({ length: CLIENTS }, (_, i) => this.cluster.newClient(`client-${i + 1}`));
  }

  all(): string | undefined {
    this.clients.forEach((client, i) => this.simulation.spawn(`client-${i + 1}`, this.work(`client-${i + 1}`, client)));
    this.simulation.spawn('trouble', this.cause());
    this.until(TROUBLE);
    this.trouble = false;
    this.makePeace();
    this.until(TROUBLE + PEACE);
    for (const key of KEYS) this.simulation.spawn('reader', this.read('reader', this.clients[0] as RequestSender, key));
    this.until(TROUBLE + PEACE + 8000);
    return this.lost() ?? explain(this.history, 1, this.seen()) ?? this.watches() ?? this.states();
  }

  private until(moment: number): void {
    for (let n = 0; n < MAX_EVENTS; n++) {
      const at = this.simulation.nextAt;
      if (at === undefined || at > moment) return;
      this.simulation.step();
      this.invariants.check(this.cluster.members);
    }
    throw new Error(`more than ${MAX_EVENTS} events`);
  }

  private *work(name: string, client: RequestSender): Process {
    let known = 0;
    while (this.trouble) {
      yield* sleep(this.random.next() * 300);
      const key = KEYS[this.random.below(KEYS.length)] as string;
      const what = this.random.below(10);
      if (what < 3) { known = (yield* this.read(name, client, key)) ?? known; continue; }
      const expected = what < 6 ? undefined : what < 8 ? known : 0;
      if (what === 5 || what === 7) yield* this.write(name, client, { type: 'delete', key, expected });
      else yield* this.write(name, client, { type: 'put', key, value: String(this.nextValue++), expected });
    }
  }

  private *write(name: string, client: RequestSender, action: Exclude<Observed['action'], { type: 'read' }>): Process {
    const { key, expected } = action;
    const call = this.simulation.now;
    const slot = this.history.push({ client: name, call, answered: Infinity, action, result: undefined }) - 1;
    const request: TxnRequest = {
      compares: expected === undefined ? [] : [{ key, target: 'modRevision', result: '=', value: expected }],
      success: [action.type === 'put' ? { type: 'put', key, value: { text: action.value } } : { type: 'delete', key }], failure: [],
    };
    const result = yield* client.propose({ type: 'txn', request }, 0);
    if ('error' in result || result.type !== 'txn') return;
    this.history[slot] = { client: name, call, answered: this.simulation.now, action, result: { revision: result.response.revision, succeeded: result.response.succeeded, value: undefined } };
  }

  private *read(name: string, client: RequestSender, key: string): Process<number | undefined> {
    const call = this.simulation.now;
    const response = yield* client.range({ key });
    if ('error' in response) return undefined;
    const [found] = response.keyValues;
    const value = (found?.value as { readonly text: string } | undefined)?.text;
    this.history.push({ client: name, call, answered: this.simulation.now, action: { type: 'read', key }, result: { revision: response.revision, succeeded: true, value } });
    return found?.modRevision ?? 0;
  }

  /** One fault after the other, some at once. */
  private *cause(): Process {
    const { cluster, random } = this;
    while (this.trouble) {
      yield* sleep(100 + random.next() * 900);
      if (!this.trouble) return;
      const ids = cluster.members.map((m) => m.id);
      const one = ids[random.below(ids.length)] as string;
      const other = ids[random.below(ids.length)] as string;
      const member = cluster.members.find((m) => m.id === one);
      switch (random.below(13)) {
        case 0: case 1: case 2: case 3:
          if (member?.up) { this.crashes++; member.crash(random.next() < 0.3); } else member?.start();
          break;
        case 4: for (const down of cluster.members) if (!down.up) down.start(); break;
        case 5: { const at = random.below(ids.length + 1); cluster.partition([[...ids.slice(0, at), 'kube-apiserver', 'client-1'], [...ids.slice(at), 'client-2', 'client-3']]); break; }
        case 6: for (const id of ids) if (id !== one) cluster.network.cut(one, id); break;
        case 7: cluster.network.cutOneWay(one, other); break;
        case 8: cluster.heal(); break;
        case 9: for (const a of ids) for (const b of ids) if (a < b) cluster.network.degrade(a, b, { delay: random.next() * 300, loss: random.next() * 0.3, duplicates: random.next() * 0.3, reorders: true }); break;
        case 10: cluster.slowDisk(one, 1 + random.below(200)); break;
        case 11: cluster.transfer(one); break;
        case 12: this.changeMembers(one); break;
      }
    }
  }

  private changeMembers(one: string): void {
    const { cluster } = this;
    if (cluster.members.length < 6 && this.random.next() < 0.5) { if (cluster.addMember(`etcd-${this.nextMember}`)) this.nextMember++; } else if (cluster.members.length > 3) cluster.removeMember(one);
  }

  private makePeace(): void {
    this.cluster.heal();
    for (const member of this.cluster.members) if (!member.up) member.start();
  }

  /** After peace somebody leads, and every question has its answer. */
  private lost(): string | undefined {
    const reads = this.history.filter((o) => o.client === 'reader');
    return reads.length === KEYS.length ? undefined : `the cluster did not recover: ${reads.length} of ${KEYS.length} reads answered; ${this.cluster.status().map((m) => `${m.id} ${m.role} term ${m.term}`).join(', ')}`;
  }

  /** What the first client's watch told. */
  private seen(): ReadonlyMap<number, Seen> {
    return new Map((this.cluster.watching[0]?.events ?? []).map(({ type, keyValue }) => [keyValue.modRevision, { type, key: keyValue.key, value: (keyValue.value as { readonly text: string }).text }]));
  }

  /** Every watch saw every event, once, in order. */
  private watches(): string | undefined {
    const { store } = this.cluster;
    const truth = store.eventsFrom(2);
    if (!Array.isArray(truth)) return 'the history was compacted';
    for (const { events, feed } of this.cluster.watching) {
      if (feed.revision !== store.revision) return `a watch ended at revision ${feed.revision} of ${store.revision}`;
      const [mine, all] = [events, truth as readonly EtcdEvent[]].map((list) => list.map((e) => `${e.type} ${e.keyValue.key} ${e.keyValue.modRevision}`));
      if (JSON.stringify(mine) !== JSON.stringify(all)) return `a watch saw ${mine?.length} events, there were ${all?.length}`;
    }
    return undefined;
  }

  /** Members that have applied the same have the same. */
  private states(): string | undefined {
    const byIndex = new Map<number, string>();
    for (const { id, raft, machine } of this.cluster.members) {
      const range = machine.store.range({ key: '', rangeEnd: '~' });
      const text = 'error' in range ? range.message : JSON.stringify([machine.store.revision, range.keyValues]);
      const known = byIndex.get(raft.log.applied);
      if (known !== undefined && known !== text) return `${id} differs from another at entry ${raft.log.applied}`;
      byIndex.set(raft.log.applied, text);
    }
    return undefined;
  }
}
