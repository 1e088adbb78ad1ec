import type { Lease, Node } from '../api/generated/types';
import type { NewObject } from '../api/object';
import { isStatus } from '../api/status';
import type { Client } from '../client/client';
import { LEASES, NODES } from '../client/resources';
import { BACKGROUND, sleep, type Process, type Task } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import { nodeStatus, saysNews, type Pressure } from './nodeStatus';
import type { ImageStore } from './runtime/imageStore';
import { statusPatch } from './status/patch';

/** Kubelet's defaults: nodeLeaseDurationSeconds 40, renewed at a quarter of it; nodeStatusReportFrequency 5 min; nodeStatusUpdateFrequency 10 s. */
const LEASE_SECONDS = 40;
const RENEW = 10_000;
const REPORT = 300_000;
const UPDATE = 10_000;
const LEASE_NAMESPACE = 'kube-node-lease';

/** What keeps a node's presence known: its registration, its lease, its status. All of it is background work, but for a change that a person caused. */
export class NodeAgent {
  private tasks: Task[] = [];
  private lease: Lease | undefined;
  private reportedImages = 0;
  private reporting = false;
  private pending: (() => void) | undefined;
  private volumesPending: (() => void) | undefined;
  private postAgain = false;

  constructor(
    private readonly simulation: Simulation, private readonly client: Client, private readonly nodeName: string, private readonly images: ImageStore,
    private readonly node: () => Node | undefined, private readonly pressures: () => ReadonlySet<Pressure>,
    private readonly volumesInUse: () => readonly string[] | undefined = () => undefined,
  ) {}

  start(register: NewObject<Node> | undefined): void {
    this.reportedImages = this.images.version;
    this.tasks = [
      this.simulation.spawn(`${this.nodeName} lease`, this.renewLease(), BACKGROUND),
      this.simulation.spawn(`${this.nodeName} status`, this.reportStatus(), BACKGROUND),
    ];
    if (register) this.tasks.push(this.simulation.spawn(`${this.nodeName} registration`, this.register(register)));
  }

  stop(): void {
    for (const task of this.tasks) task.stop();
    this.tasks = [];
    this.pending?.();
    this.pending = undefined;
    this.volumesPending?.();
    this.volumesPending = undefined;
    this.reporting = this.postAgain = false;
    this.lease = undefined;
  }

  /** Something that the node's status tells has changed: it is posted with the next update, at once where that is urgent. */
  changed(urgent: boolean): void {
    if (urgent) { this.pending?.(); this.pending = undefined; this.tasks.push(this.simulation.spawn(`${this.nodeName} status`, this.post(false))); return; }
    if (this.pending) return;
    this.simulation.runIn(BACKGROUND, () => {
      this.pending = this.simulation.after(UPDATE * this.simulation.random.next(), () => { this.pending = undefined; this.tasks.push(this.simulation.spawn(`${this.nodeName} status`, this.post(false), BACKGROUND)); });
    });
  }

  /** Other volumes are in use than before. Pods wait for the node to say so: its next update is work, not background. */
  volumesChanged(): void {
    this.volumesPending ??= this.simulation.after(UPDATE * this.simulation.random.next(), () => { this.volumesPending = undefined; this.tasks.push(this.simulation.spawn(`${this.nodeName} status`, this.post(false))); });
  }

  private *register(node: NewObject<Node>): Process {
    for (let wait = 200; ; wait = Math.min(wait * 2, 7000)) {
      const answer = yield* this.client.create(NODES, '', node);
      if (!isStatus(answer) || answer.reason === 'AlreadyExists') return;
      yield* sleep(wait);
    }
  }

  private *renewLease(): Process {
    yield* sleep(1000 * this.simulation.random.next());
    for (;;) {
      yield* this.lease === undefined ? this.ensureLease() : this.updateLease(this.lease);
      yield* sleep(this.simulation.random.spread(RENEW, 0.04));
    }
  }

  private *ensureLease(): Process {
    const found = yield* this.client.get(LEASES, LEASE_NAMESPACE, this.nodeName);
    if (!isStatus(found)) { yield* this.updateLease(found); return; }
    if (found.code !== 404) return;
    const node = this.node();
    const ownerReferences = node ? [{ apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid }] : undefined;
    const created = yield* this.client.create(LEASES, LEASE_NAMESPACE, {
      apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: this.nodeName, namespace: LEASE_NAMESPACE, ...(ownerReferences ? { ownerReferences } : {}) },
      spec: { holderIdentity: this.nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime: this.simulation.microTimestamp() },
    });
    if (!isStatus(created)) this.lease = created;
  }

  private *updateLease(lease: Lease): Process {
    const answer = yield* this.client.update(LEASES, { ...lease, spec: { ...lease.spec, holderIdentity: this.nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime: this.simulation.microTimestamp() } });
    this.lease = isStatus(answer) ? undefined : answer;
  }

  private *reportStatus(): Process {
    yield* sleep(REPORT * this.simulation.random.next());
    for (;;) {
      yield* this.post(true);
      yield* sleep(this.simulation.random.spread(REPORT, 0.04));
    }
  }

  /** Posts the status; without `always` only when it says something new. */
  private *post(always: boolean): Process {
    const node = this.node();
    if (node === undefined) return;
    const volumesInUse = this.volumesInUse();
    if (this.reporting) { this.postAgain ||= volumesInUse !== undefined; return; }
    const version = this.images.version;
    const status = nodeStatus({ node, pressures: this.pressures(), images: version === this.reportedImages ? node.status?.images ?? [] : this.images.list(), now: this.simulation.timestamp(), ...(volumesInUse ? { volumesInUse } : {}) });
    if (!always && !saysNews(node, status, version !== this.reportedImages)) return;
    const patch = statusPatch(node.status ?? {}, status);
    if (patch === undefined) return;
    this.reporting = true;
    const answer = yield* this.client.patch(NODES, '', this.nodeName, 'application/strategic-merge-patch+json', { status: patch }, 'status');
    this.reporting = false;
    if (!isStatus(answer)) this.reportedImages = version;
    this.tasks = this.tasks.filter((task) => !task.done);
    if (this.postAgain) { this.postAgain = false; this.volumesChanged(); }
  }
}
