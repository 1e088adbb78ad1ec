import { RECORDED_LATENCIES } from '../../../../src/engine/simulation/latency';
import type { Simulation } from '../../../../src/engine/simulation/simulation';
import { TraceRecorder } from '../../../../src/engine/trace/recorder';
import { EventFeed } from '../../../../src/engine/etcd/cluster/eventFeed';
import { Member, type MemberDisk, type MemberOptions } from '../../../../src/engine/etcd/cluster/member';
import { ReplicatedEtcd } from '../../../../src/engine/etcd/cluster/replicated';
import type { RequestSender } from '../../../../src/engine/etcd/cluster/client';
import { newState } from '../../../../src/engine/etcd/cluster/stateMachine';
import { Store } from '../../../../src/engine/etcd/store';
import type { EtcdEvent } from '../../../../src/engine/etcd/types';

/** A mistake planted on purpose: what the simulation must find. */
export interface Mutant {
  readonly makeRaft?: MemberOptions['makeRaft'];
  readonly makeMember?: (id: string, disk: MemberDisk, options: MemberOptions) => Member;
  readonly makeDisk?: (simulation: Simulation, syncTime: () => number, contents: MemberDisk['contents']) => MemberDisk;
}

export interface Watching {
  readonly from: number;
  readonly events: EtcdEvent[];
  readonly feed: EventFeed;
}

/** The members under test, with short logs so that snapshots are common, and clients that come by the network. */
export class TestCluster extends ReplicatedEtcd {
  readonly watching: Watching[] = [];

  constructor(readonly simulation: Simulation, size: number, private readonly mutant: Mutant = {}) {
    super({ simulation, trace: new TraceRecorder(simulation, { foreground: 64, background: 64 }), latencies: RECORDED_LATENCIES, members: size });
    this.start();
  }

  newClient(name: string): RequestSender {
    const feed = new EventFeed({ simulation: this.simulation, network: this.network, client: name, members: () => this.members }, 1);
    const events: EtcdEvent[] = [];
    feed.watch({ prefix: '', from: 2, onEvent: (event) => { events.push(event); }, onError: (error) => { throw new Error(`a watch ended: ${error.message}`); } });
    this.watching.push({ from: 2, events, feed });
    const [first] = this.members;
    if (first) feed.connect(first);
    return this.client(name, feed);
  }

  protected override makeMember(id: string, disk: MemberDisk): Member {
    const options = this.memberOptions();
    return this.mutant.makeMember?.(id, disk, options) ?? new Member(id, disk, options);
  }

  protected override makeDisk(id: string, contents: MemberDisk['contents']): MemberDisk {
    return this.mutant.makeDisk?.(this.simulation, () => this.syncTime(id), contents) ?? super.makeDisk(id, contents);
  }

  protected override memberOptions(): MemberOptions { return { ...super.memberOptions(), snapshotEntries: 20, catchUpEntries: 8, makeRaft: this.mutant?.makeRaft }; }
}

export const emptyState = (): ReturnType<typeof newState> => newState(new Store());
