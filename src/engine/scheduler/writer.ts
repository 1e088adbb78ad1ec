import type { Pod, PodCondition } from '../api/generated/types';
import { isStatus } from '../api/status';
import type { Client } from '../client/client';
import type { NewEventRecorder } from '../client/eventRecorder';
import type { InformerFactory } from '../client/informer';
import { PERSISTENT_VOLUMES, PERSISTENT_VOLUME_CLAIMS, PODS } from '../client/resources';
import { Signal, type Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';
import type { SchedulingDecision } from './decision';
import type { ApiWrite } from './framework';

/** How long a pod waits for its volumes before it is given back (VolumeBinding's bindTimeoutSeconds). */
const VOLUME_BIND_MILLISECONDS = 600_000;

/** Everything the scheduler writes: bindings, conditions, nominations, events, and the end of victims. */
export class Writer {
  private readonly claimChanged = new Signal();

  constructor(private readonly simulation: Simulation, private readonly client: Client, private readonly informers: InformerFactory, private readonly events: NewEventRecorder) {
    informers.for(PERSISTENT_VOLUME_CLAIMS).addHandler({ onUpdate: () => this.claimChanged.notify(), onDelete: () => this.claimChanged.notify() });
  }

  /** The pod as the scheduler's cache has it now. */
  latest(pod: Pod): Pod | undefined {
    const found = this.informers.for(PODS).get(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
    return found?.metadata.uid === pod.metadata.uid ? found : undefined;
  }

  /** Carries out PreBind and Bind; what went wrong, or undefined. */
  *bind(pod: Pod, writes: readonly ApiWrite[], node: string): Process<string | undefined> {
    for (const write of writes) {
      if (write.kind === 'bind' && !(yield* this.waitForClaims(pod))) {
        const message = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded';
        yield* this.failed(pod, { message, reason: 'SchedulerError' });
        return message;
      }
      const failure = yield* this.write(write, pod);
      if (failure !== undefined) return failure;
    }
    this.events.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to ${node}`);
    return undefined;
  }

  /** The condition says why, an event too. */
  *failed(pod: Pod, decision: Pick<SchedulingDecision, 'message' | 'reason' | 'nominatedNode'>): Process {
    const current = this.latest(pod) ?? pod;
    const old = current.status.conditions?.find((c) => c.type === 'PodScheduled');
    const condition: PodCondition = {
      type: 'PodScheduled', status: 'False', reason: decision.reason ?? 'Unschedulable', message: decision.message, lastProbeTime: null as unknown as undefined,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : this.simulation.timestamp(), ...(current.metadata.generation ? { observedGeneration: current.metadata.generation } : {}),
    };
    const same = old?.status === 'False' && old.reason === condition.reason && old.message === condition.message && old.observedGeneration === condition.observedGeneration;
    const nominated = decision.nominatedNode;
    const nominates = nominated !== undefined && nominated !== (current.status.nominatedNodeName ?? '');
    this.events.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', decision.message);
    if (same && !nominates) return;
    yield* this.client.patch(PODS, pod.metadata.namespace ?? '', pod.metadata.name, 'application/strategic-merge-patch+json', {
      metadata: { uid: pod.metadata.uid }, status: { conditions: [condition], ...(nominates ? { nominatedNodeName: nominated || null } : {}) },
    }, 'status');
  }

  /** Takes back the promise of a node: a more important pod gets it. */
  *clearNomination(pod: Pod): Process {
    const current = this.latest(pod);
    if (!current?.status.nominatedNodeName) return;
    yield* this.client.patch(PODS, pod.metadata.namespace ?? '', pod.metadata.name, 'application/strategic-merge-patch+json', { metadata: { uid: pod.metadata.uid }, status: { nominatedNodeName: null } }, 'status');
  }

  /** Tells a victim why, and deletes it; false when it could not be deleted. beforeDelete is called when only the deletion is left. */
  *preempt(pod: Pod, victim: Pod, node: string, beforeDelete?: () => void): Process<boolean> {
    const { namespace = '', name, uid, generation } = victim.metadata;
    const condition: PodCondition = {
      type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod', lastProbeTime: null as unknown as undefined,
      lastTransitionTime: this.simulation.timestamp(), ...(generation ? { observedGeneration: generation } : {}),
    };
    yield* this.client.patch(PODS, namespace, name, 'application/strategic-merge-patch+json', { metadata: { uid }, status: { conditions: [condition] } }, 'status');
    beforeDelete?.();
    const gone = yield* this.client.delete(PODS, namespace, name);
    if (isStatus(gone) && gone.status === 'Failure') return gone.reason === 'NotFound';
    this.events.event(victim, pod, 'Normal', 'Preempted', 'Preempting', `Preempted by pod ${pod.metadata.uid} on node ${node}`);
    return true;
  }

  private *write(write: ApiWrite, pod: Pod): Process<string | undefined> {
    if (write.kind === 'bind') {
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: write.name, namespace: write.namespace, uid: pod.metadata.uid }, target: { kind: 'Node', name: write.nodeName } };
      const answer = yield* this.client.createSubresource(PODS, write.namespace, write.name, 'binding', binding);
      return isStatus(answer) && answer.status === 'Failure' ? answer.message : undefined;
    }
    const claim = this.informers.for(PERSISTENT_VOLUME_CLAIMS).get(`${write.claimNamespace}/${write.claimName}`);
    if (!claim) return `persistentvolumeclaim "${write.claimName}" not found`;
    if (write.kind === 'selectNode') {
      const annotations = { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': write.nodeName };
      const answer = yield* this.client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } });
      return isStatus(answer) ? answer.message : undefined;
    }
    const volume = this.informers.for(PERSISTENT_VOLUMES).get(write.volumeName);
    if (!volume) return `persistentvolume "${write.volumeName}" not found`;
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: write.claimNamespace, name: write.claimName, uid: claim.metadata.uid, apiVersion: 'v1', resourceVersion: claim.metadata.resourceVersion };
    const annotations = { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' };
    const answer = yield* this.client.update(PERSISTENT_VOLUMES, { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } });
    return isStatus(answer) ? answer.message : undefined;
  }

  /** A pod is bound when the volume controller has bound every claim of it; false when that took too long. */
  private *waitForClaims(pod: Pod): Process<boolean> {
    const names = (pod.spec.volumes ?? []).flatMap((v) => (v.persistentVolumeClaim ? [v.persistentVolumeClaim.claimName] : v.ephemeral ? [`${pod.metadata.name}-${v.name}`] : []));
    const unbound = (): boolean => names.some((name) => {
      const claim = this.informers.for(PERSISTENT_VOLUME_CLAIMS).get(`${pod.metadata.namespace ?? ''}/${name}`);
      return claim !== undefined && (!claim.spec.volumeName || claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] === undefined);
    });
    const end = this.simulation.now + VOLUME_BIND_MILLISECONDS;
    const reason = `the volumes of pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} (the scheduler gives up)`;
    while (unbound()) if (this.simulation.now >= end || !(yield* this.claimChanged.waitAtMost(end - this.simulation.now, reason))) return false;
    return true;
  }
}
