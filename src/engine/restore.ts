import { isStatus, type Status } from './api/status';
import { NODES } from './client/resources';
import { Client } from './client/client';
import { KUBECTL, KUBERNETES_VERSION, type Cluster } from './cluster';
import { snapshotOf, storeFrom, type EtcdSnapshot } from './etcd/snapshot';
import { RESTORED } from './etcd/types';
import { startKubelet } from './kubelet/kubelet';
import { sleep, type Process } from './simulation/process';

/** How long a restored cluster is watched: everybody has listed again and found what there is to do. */
const SETTLING_MILLISECONDS = 20_000;
/** The API server reads everything again; this often it is asked whether it has. */
const READY_PERIOD = 500;
const MAX_WAITING = 60;

/** What etcd holds now, as `etcdctl snapshot save` would keep it. */
export function takeSnapshot({ etcd, simulation }: Cluster): EtcdSnapshot {
  return snapshotOf(etcd.store, { kubernetes: KUBERNETES_VERSION, savedAt: new Date(simulation.wallMilliseconds()).toISOString() });
}

/**
 * `etcdctl snapshot restore` on every member, and a restart of the API server: the cluster is what it was at the snapshot's revision.
 * Nodes are machines and not in etcd: those that the snapshot does not know stand still, those that it knows are switched on.
 */
export function* restoreSnapshot(cluster: Cluster, snapshot: EtcdSnapshot): Process<Status | null> {
  const { etcd, trace, simulation } = cluster;
  trace.member({ kind: 'member', actor: 'etcd', to: 'etcd', type: 'fault', term: 0, index: snapshot.revision, text: `all members start again from the snapshot of ${snapshot.savedAt.slice(0, 19).replace('T', ' ')}, at revision ${snapshot.revision}`, notable: true });
  etcd.restore(storeFrom(snapshot), RESTORED);
  const client = new Client(cluster.api, KUBECTL);
  for (let i = 0; i < MAX_WAITING; i++) {
    yield* sleep(READY_PERIOD);
    const nodes = yield* client.list(NODES, '', { resourceVersion: '0' });
    if (isStatus(nodes)) { if (i === MAX_WAITING - 1) return nodes; continue; }
    switchNodes(cluster, new Set(nodes.items.map((n) => n.metadata.name)));
    break;
  }
  simulation.context = { cause: 0, background: false };
  yield* sleep(SETTLING_MILLISECONDS);
  return null;
}

function switchNodes({ kubelets, simulation, trace, latencies, api }: Cluster, known: ReadonlySet<string>): void {
  for (const [name, kubelet] of kubelets) {
    if (known.has(name)) continue;
    kubelet.kill();
    kubelets.delete(name);
  }
  for (const name of known) if (!kubelets.has(name)) kubelets.set(name, startKubelet({ simulation, trace, latencies, api, nodeName: name }));
}
