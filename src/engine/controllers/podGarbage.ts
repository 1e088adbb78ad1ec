import type { Node, Pod } from '../api/generated/types';
import { isStatus } from '../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import type { Informer } from '../client/informer';
import { NODES, PODS } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import { sleep, type Process } from '../simulation/process';
import { byCreation } from './objects';
import { counted, isFailure, isNotFound } from './outcome';
import { isPodTerminal } from './podUtil';
import { isHealthy, isOutOfService } from './volume/attachments';

const PERIOD = 20_000;
/** --terminated-pod-gc-threshold */
const TERMINATED_PODS_KEPT = 12_500;
/** A node that is gone may come back under its name. */
const QUARANTINE = 40_000;
const TERMINATED = 'terminated';
const UNSCHEDULED = 'unscheduled';

export const BY_NODE = 'node';
export const indexByNode = (pods: Informer<Pod>): void => pods.addIndex(BY_NODE, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));

/** A node of which somebody says that it will not come back by itself, and which does not answer. */
const isLost = (node: Node | undefined): boolean => node !== undefined && isOutOfService(node) && !isHealthy(node);

/** The pod garbage collector: deletes pods of nodes that are gone, terminating pods that were never bound or whose node is out of service, and ended pods that are too many. */
export function podGarbageCollector(context: ControllerContext): Controller {
  const { client, informers, simulation } = context;
  const pods = informers.for(PODS), nodes = informers.for(NODES);
  const queue = new WorkQueue(simulation);
  pods.addIndex('podgc', (pod) => [...(isPodTerminal(pod) ? [TERMINATED] : []), ...(!pod.spec.nodeName && pod.metadata.deletionTimestamp !== undefined ? [UNSCHEDULED] : [])]);
  indexByNode(pods);
  const collectLater = (name: string): void => queue.addAfter(name, QUARANTINE, `collection of the pods of node ${name}, which is gone`);
  let nextSweep = PERIOD;
  /** With the next sweep; whoever has tainted the node waits for that. */
  const sweepNode = (name: string): void => queue.addAfter(name, nextSweep - simulation.now, `collection of the terminating pods of node ${name}, which is out of service`);
  nodes.addHandler({ onUpdate: (before: Node, node: Node) => { if (isLost(node) && !isLost(before)) sweepNode(node.metadata.name); }, onDelete: (node: Node) => collectLater(node.metadata.name) });
  pods.addHandler({
    onAdd: (pod) => { if (pod.spec.nodeName && nodes.synced && nodes.get(pod.spec.nodeName) === undefined) collectLater(pod.spec.nodeName); },
    onUpdate: (_, pod) => {
      if (pod.metadata.deletionTimestamp === undefined) return;
      if (!pod.spec.nodeName) queue.add(''); else if (isLost(nodes.get(pod.spec.nodeName))) sweepNode(pod.spec.nodeName);
    },
  });

  function* sync(node: string): Process<SyncResult> {
    if (node === '') return yield* collect(pods.byIndex('podgc', UNSCHEDULED), 'were never bound');
    const found = yield* client.get(NODES, '', node);
    if (!isStatus(found) && isLost(found)) return yield* collect([...pods.byIndex(BY_NODE, node)].filter((pod) => pod.metadata.deletionTimestamp !== undefined), `are terminating on node ${node}, which is out of service`);
    if (!isNotFound(found)) return { outcome: `node ${node} is there` };
    return yield* collect(pods.byIndex(BY_NODE, node), `are of node ${node}, which is gone`, 'PodGC: node no longer exists');
  }

  function* collect(candidates: Iterable<Pod>, why: string, disruption?: string): Process<SyncResult> {
    const chosen = [...candidates];
    for (const pod of chosen) {
      const failed = yield* markFailed(pod, disruption);
      if (failed) return failed;
      const deleted = yield* client.delete(PODS, pod.metadata.namespace ?? '', pod.metadata.name, { gracePeriodSeconds: 0 });
      if (isFailure(deleted) && !isNotFound(deleted)) return { error: deleted.message ?? '' };
    }
    return { outcome: chosen.length > 0 ? `${counted(chosen.length, 'pod')} ${why}: deleted` : '' };
  }

  /** A pod that has not ended is marked as failed first, so that its owner counts it. */
  function* markFailed(pod: Pod, disruption: string | undefined): Process<SyncResult | undefined> {
    if (isPodTerminal(pod)) return undefined;
    const now = simulation.timestamp();
    const conditions = disruption === undefined ? {} : {
      conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: disruption, lastTransitionTime: now, ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}) }],
    };
    const patched = yield* client.patch(PODS, pod.metadata.namespace ?? '', pod.metadata.name, 'application/strategic-merge-patch+json', { metadata: { uid: pod.metadata.uid }, status: { phase: 'Failed', ...conditions } }, 'status');
    return isStatus(patched) && !isNotFound(patched) ? { error: patched.message ?? '' } : undefined;
  }

  function* sweep(): Process {
    for (;;) {
      nextSweep = simulation.now + PERIOD;
      yield* sleep(PERIOD);
      const ended = [...pods.byIndex('podgc', TERMINATED)];
      if (ended.length > TERMINATED_PODS_KEPT) yield* collect(ended.sort(byCreation).slice(0, ended.length - TERMINATED_PODS_KEPT), 'ended long ago');
    }
  }
  return {
    name: context.name,
    start: () => {
      for (const pod of pods.list()) if (pod.spec.nodeName && nodes.get(pod.spec.nodeName) === undefined) collectLater(pod.spec.nodeName);
      startWorkers(context, queue, 'nodes', 1, sync);
      simulation.spawn(`${context.name} sweep`, sweep(), { cause: 0, background: true });
    },
  };
}
