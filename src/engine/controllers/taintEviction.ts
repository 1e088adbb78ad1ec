import type { Node, Pod, Taint, Toleration } from '../api/generated/types';
import { objectKey } from '../api/object';
import { isStatus, type Status } from '../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../client/controller';
import type { Informer } from '../client/informer';
import { NODES, PODS } from '../client/resources';
import { WorkQueue } from '../client/workQueue';
import { sleep, type Process } from '../simulation/process';
import { setStatusCondition } from './conditions';
import { failed, isFailure, isNotFound } from './outcome';
import { BY_NODE, indexByNode } from './podGarbage';

const WORKERS = 8;
const ATTEMPTS = 5;
const RETRY_PAUSE = 10;

interface Scheduled {
  readonly createdAt: number;
  readonly cancel: () => void;
}

/** v1.Toleration.ToleratesTaint; `now` has no part in it: how long is tolerated is asked elsewhere. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case 'Exists': return true;
    case 'Equal': return (toleration.value ?? '') === (taint.value ?? '');
    case 'Lt': case 'Gt': {
      const wanted = Number(toleration.value), value = Number(taint.value);
      if (!Number.isInteger(wanted) || !Number.isInteger(value)) return false;
      return toleration.operator === 'Lt' ? value < wanted : value > wanted;
    }
    default: return false;
  }
}

/** How long a pod may stay on a node with these NoExecute taints: milliseconds, 0 for not at all, Infinity for ever. */
export function tolerationTime(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  let shortest = Infinity;
  for (const taint of taints) {
    const matching = tolerations.filter((t) => tolerates(t, taint));
    if (matching.length === 0) return 0;
    for (const t of matching) if (t.tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, t.tolerationSeconds) * 1000);
  }
  return shortest;
}

const noExecute = (node: Node | undefined): readonly Taint[] => (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');

/** The taint eviction controller: deletes pods from nodes whose NoExecute taints they do not, or no longer, tolerate. */
export function taintEvictionController(context: ControllerContext): Controller {
  const eviction = new TaintEviction(context);
  return { name: context.name, start: () => eviction.start() };
}

class TaintEviction {
  private readonly nodeQueue: WorkQueue;
  private readonly podQueue: WorkQueue;
  private readonly nodes: Informer<Node>;
  private readonly pods: Informer<Pod>;
  private readonly scheduled = new Map<string, Scheduled>();

  constructor(private readonly context: ControllerContext) {
    this.nodeQueue = new WorkQueue(context.simulation);
    this.podQueue = new WorkQueue(context.simulation);
    this.nodes = context.informers.for(NODES);
    this.pods = context.informers.for(PODS);
    indexByNode(this.pods);
    this.nodes.addHandler({
      onAdd: (node) => { if (noExecute(node).length > 0) this.nodeQueue.add(node.metadata.name); },
      onUpdate: (before, node) => { if (JSON.stringify(noExecute(before)) !== JSON.stringify(noExecute(node))) this.nodeQueue.add(node.metadata.name); },
      onDelete: (node) => this.nodeQueue.add(node.metadata.name),
    });
    this.pods.addHandler({
      onAdd: (pod) => this.podChanged(pod),
      onUpdate: (before, pod) => { if (before.spec.nodeName !== pod.spec.nodeName || before.spec.tolerations !== pod.spec.tolerations) this.podChanged(pod); },
      onDelete: (pod) => this.cancel(pod, false),
    });
  }

  start(): void {
    startWorkers(this.context, this.nodeQueue, 'nodes', WORKERS, (name) => this.syncNode(name));
    startWorkers(this.context, this.podQueue, 'pods', WORKERS, (key) => this.syncPod(key));
  }

  /** Only pods on tainted nodes, or with an eviction ahead, are anybody's concern here. */
  private podChanged(pod: Pod): void {
    if (pod.spec.nodeName && (noExecute(this.nodes.get(pod.spec.nodeName)).length > 0 || this.scheduled.has(objectKey(pod)))) this.podQueue.add(objectKey(pod));
  }

  private *syncNode(name: string): Process<SyncResult> {
    const taints = noExecute(this.nodes.get(name));
    const onNode = [...this.pods.byIndex(BY_NODE, name)];
    for (const pod of onNode) this.schedule(pod, taints);
    yield* sleep(0);
    return { outcome: taints.length > 0 ? `${taints.map((t) => t.key).join(', ')} on ${name}: ${onNode.length} pods there` : '' };
  }

  private *syncPod(key: string): Process<SyncResult> {
    const pod = this.pods.get(key);
    if (pod?.spec.nodeName) this.schedule(pod, noExecute(this.nodes.get(pod.spec.nodeName)));
    yield* sleep(0);
    return { outcome: '' };
  }

  /** processPodOnNode */
  private schedule(pod: Pod, taints: readonly Taint[]): void {
    const { simulation } = this.context;
    if (taints.length === 0) { this.cancel(pod, true); return; }
    const time = tolerationTime(taints, pod.spec.tolerations ?? []);
    if (time === 0) { this.cancel(pod, false); this.evictAfter(pod, 0, simulation.now); return; }
    if (time === Infinity) { this.cancel(pod, true); return; }
    const before = this.scheduled.get(objectKey(pod));
    const startedAt = before?.createdAt ?? simulation.now;
    // A deadline that was set earlier holds, unless the new one is sooner by it.
    if (before && startedAt + time < simulation.now + time) return;
    this.cancel(pod, before !== undefined);
    this.evictAfter(pod, startedAt + time - simulation.now, startedAt);
  }

  private evictAfter(pod: Pod, milliseconds: number, createdAt: number): void {
    const { simulation } = this.context;
    const reason = `eviction of pod ${pod.metadata.name} from node ${pod.spec.nodeName}, whose taints it tolerates for a time`;
    const cancel = simulation.after(milliseconds, () => { simulation.spawn(`${this.context.name} evict`, this.evict(pod)); }, milliseconds > 0 ? reason : undefined);
    this.scheduled.set(objectKey(pod), { createdAt, cancel });
  }

  private cancel(pod: Pod, tell: boolean): void {
    const entry = this.scheduled.get(objectKey(pod));
    if (entry === undefined) return;
    entry.cancel();
    this.scheduled.delete(objectKey(pod));
    if (tell) this.context.events.eventOn(reference(pod), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${objectKey(pod)}`);
  }

  private *evict(pod: Pod): Process {
    const { trace, simulation, events, name: actor } = this.context;
    const key = objectKey(pod);
    const work = trace.work({ actor, action: 'evict', subject: key, resource: 'pods' });
    events.eventOn(reference(pod), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    let failure: Status | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      failure = yield* this.deletePod(pod);
      if (failure === undefined) break;
      yield* sleep(RETRY_PAUSE);
    }
    this.scheduled.delete(key);
    work.endedAt = simulation.now;
    work.outcome = failure ? failed(failure).error ?? '' : `pod ${key} does not tolerate the taints of node ${pod.spec.nodeName}: deleted`;
  }

  /** addConditionAndDeletePod */
  private *deletePod(pod: Pod): Process<Status | undefined> {
    const { client, simulation } = this.context;
    const namespace = pod.metadata.namespace ?? '', name = pod.metadata.name;
    const latest = yield* client.get(PODS, namespace, name);
    if (isStatus(latest)) return isNotFound(latest) ? undefined : latest;
    const condition = {
      type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: simulation.timestamp(),
      ...(latest.metadata.generation ? { observedGeneration: latest.metadata.generation } : {}),
    };
    if (!latest.status?.conditions?.some((c) => c.type === condition.type && c.status === 'True' && c.reason === condition.reason)) {
      const order = setStatusCondition(latest.status?.conditions, condition).map(({ type }) => ({ type }));
      const body = { metadata: { uid: latest.metadata.uid }, status: { '$setElementOrder/conditions': order, conditions: [condition] } };
      const patched = yield* client.patch(PODS, namespace, name, 'application/strategic-merge-patch+json', body, 'status');
      if (isStatus(patched)) return isNotFound(patched) ? undefined : patched;
    }
    const deleted = yield* client.delete(PODS, namespace, name);
    return isFailure(deleted) && !isNotFound(deleted) ? deleted : undefined;
  }
}

const reference = (pod: Pod): { readonly kind: string; readonly apiVersion: string; readonly namespace: string; readonly name: string; readonly uid: string } =>
  ({ kind: 'Pod', apiVersion: 'v1', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid });
