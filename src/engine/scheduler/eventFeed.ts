import type { Node, Pod } from '../api/generated/types';
import type { ObjectWithMeta } from '../api/object';
import type { InformerFactory } from '../client/informer';
import { CSI_DRIVERS, CSI_NODES, CSI_STORAGE_CAPACITIES, NODES, PERSISTENT_VOLUMES, PERSISTENT_VOLUME_CLAIMS, PODS, STORAGE_CLASSES, VOLUME_ATTACHMENTS, type Resource } from '../client/resources';
import type { SchedulerCore } from './core';
import { Action, ASSIGNED_POD_ADD, ASSIGNED_POD_DELETE, NODE_ADD, NODE_DELETE, nodeUpdateEvents, podUpdateEvents, type EventResource } from './events';
import { podInfoOf } from './podInfo';
import type { Move, SchedulingQueue } from './queue';

/** What the feed tells the scheduling loop. */
export interface FeedListener {
  /** A pod is new or may have become schedulable: look into the queue. */
  wake(): void;
  /** A pod came into the queue, or changed in it, because of what is being handled now. */
  queued(pod: Pod): void;
  /** These pods moved because of what is being handled now. */
  moved(moves: readonly Move[]): void;
  gated(pod: Pod): void;
  gone(pod: Pod): void;
}

const OTHERS: readonly (readonly [Resource<ObjectWithMeta>, EventResource])[] = [
  [PERSISTENT_VOLUMES, 'PersistentVolume'], [PERSISTENT_VOLUME_CLAIMS, 'PersistentVolumeClaim'], [STORAGE_CLASSES, 'StorageClass'], [CSI_NODES, 'CSINode'], [CSI_DRIVERS, 'CSIDriver'],
  [CSI_STORAGE_CAPACITIES, 'CSIStorageCapacity'], [VOLUME_ATTACHMENTS, 'VolumeAttachment'],
] as unknown as readonly (readonly [Resource<ObjectWithMeta>, EventResource])[];

const isTerminal = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
const isPlaced = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !isTerminal(pod);

/** eventhandlers.go: keeps the cache and the queue up with the informers. */
export class EventFeed {
  constructor(private readonly core: SchedulerCore, private readonly queue: SchedulingQueue, private readonly now: () => number, private readonly listener: FeedListener) {}

  connect(informers: InformerFactory): void {
    informers.for(NODES).addHandler({
      onAdd: (node) => { this.core.cache.addNode(node); this.move(NODE_ADD, undefined, node); },
      onUpdate: (old, node) => this.nodeChanged(old, node),
      onDelete: (node) => { this.core.cache.removeNode(node.metadata.name); this.move(NODE_DELETE, node, undefined); },
    });
    informers.for(PODS).addHandler({ onAdd: (pod) => this.podAdded(pod), onUpdate: (old, pod) => this.podChanged(old, pod), onDelete: (pod) => this.podDeleted(pod) });
    for (const [resource, name] of OTHERS) {
      informers.for(resource).addHandler({
        onAdd: (object) => this.move({ resource: name, action: Action.Add }, undefined, object),
        onUpdate: (old, object) => this.move({ resource: name, action: Action.Update }, old, object),
        onDelete: (object) => this.move({ resource: name, action: Action.Delete }, object, undefined),
      });
    }
  }

  private isWaiting(pod: Pod): boolean { return !pod.spec.nodeName && !isTerminal(pod) && this.core.frameworkFor(pod) !== undefined; }

  private nodeChanged(old: Node, node: Node): void {
    this.core.cache.updateNode(node);
    for (const event of nodeUpdateEvents(node, old)) this.move(event, old, node);
  }

  private podAdded(pod: Pod): void {
    if (isPlaced(pod)) { this.core.cache.addPod(pod); this.move(ASSIGNED_POD_ADD, undefined, pod); }
    else if (this.isWaiting(pod)) this.add(pod);
  }

  private podChanged(old: Pod, pod: Pod): void {
    if (isPlaced(pod)) {
      if (!isPlaced(old)) { this.placed(pod); return; }
      this.core.cache.updatePod(pod);
      for (const event of podUpdateEvents(pod, old)) this.move(event, old, pod);
    } else if (isPlaced(old)) this.left(pod);
    else if (this.isWaiting(pod)) {
      // The scheduler's own binding is on its way back to it.
      if (this.core.cache.isAssumed(podInfoOf(pod).key)) return;
      this.queue.update(old, pod, this.now());
      const nominated = old.status.nominatedNodeName;
      if (nominated && nominated !== pod.status.nominatedNodeName) this.report(this.queue.nominationReleased(old, this.now()));
      if (old.spec !== pod.spec) this.listener.queued(pod);
      if (pod.spec.schedulingGates?.length) this.listener.gated(pod);
      this.listener.wake();
    } else if (this.isWaiting(old)) { this.queue.delete(old); this.listener.gone(old); }
  }

  private placed(pod: Pod): void {
    this.queue.delete(pod);
    this.core.cache.addPod(pod);
    this.move(ASSIGNED_POD_ADD, undefined, pod);
  }

  private left(pod: Pod): void {
    this.core.cache.removePod(pod);
    this.move(ASSIGNED_POD_DELETE, pod, undefined);
  }

  private podDeleted(pod: Pod): void {
    if (isPlaced(pod)) this.left(pod);
    else {
      this.queue.delete(pod);
      if (pod.status.nominatedNodeName) this.report(this.queue.nominationReleased(pod, this.now()));
    }
    this.listener.gone(pod);
  }

  private add(pod: Pod): void {
    this.queue.add(pod, this.now());
    this.listener.queued(pod);
    if (pod.spec.schedulingGates?.length) this.listener.gated(pod);
    this.listener.wake();
  }

  private move(event: Parameters<SchedulingQueue['moveAll']>[0], old: unknown, now: unknown): void {
    this.report(this.queue.moveAll(event, old, now, this.now()));
  }

  private report(moves: readonly Move[]): void {
    if (moves.length > 0) { this.listener.moved(moves); this.listener.wake(); }
  }
}
