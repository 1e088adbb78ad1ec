import type { Node, OwnerReference, Pod, PriorityClass } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { SchedulerConfiguration } from '../../scheduler/configuration';
import type { SchedulerCore } from '../../scheduler/core';
import type { SchedulingDecision } from '../../scheduler/decision';
import { CycleState } from '../../scheduler/framework';
import type { ObjectListers } from '../../scheduler/listers';
import { podInfoOf, type PodInfo } from '../../scheduler/podInfo';
import { coreOf } from '../cluster';
import type { ClusterAction } from './candidate';
import { applyEdits, type Edit } from './edits';
import { claimsWithClass } from './newDefaultClass';

/** The taint that cordoning brings with it. */
const CORDON_TAINT = 'node.kubernetes.io/unschedulable';

/** A copy of the cluster to try changes on; every change is taken back. */
export class Trial {
  readonly core: SchedulerCore;
  readonly #listers: ObjectListers;
  readonly #classes = new Map<string, PriorityClass>();
  /** Who controls ReplicaSets and Jobs, by their uids. */
  readonly #owners = new Map<string, OwnerReference>();
  readonly objects: readonly KubernetesObject[];
  #left: number;

  /** objects: the cluster without the pod itself. attempts: how many scheduling attempts are made at the most. */
  constructor(objects: readonly KubernetesObject[], configuration: SchedulerConfiguration | undefined, attempts: number, private readonly proceed: () => boolean) {
    this.objects = objects;
    this.core = coreOf(objects, configuration);
    this.#listers = this.core.listers as ObjectListers;
    this.#left = attempts;
    for (const { kind, metadata } of objects) {
      const owner = kind === 'ReplicaSet' || kind === 'Job' ? metadata.ownerReferences?.find((o) => o.controller) : undefined;
      if (owner) this.#owners.set(metadata.uid ?? '', owner);
    }
    for (const object of objects) if (object.kind === 'PriorityClass') this.#classes.set(object.metadata.name, object as unknown as PriorityClass);
  }

  /** Whether there is time for more. */
  get goesOn(): boolean { return this.#left > 0; }
  get priorityClasses(): readonly PriorityClass[] { return [...this.#classes.values()]; }

  #spend(): void {
    this.#left--;
    if (this.#left % 16 === 0 && !this.proceed()) this.#left = 0;
  }

  /** The pod with the edits made and with what admission would make of them. */
  edited(pod: Pod, edits: readonly Edit[]): Pod {
    if (edits.length === 0) return pod;
    const changed = applyEdits(pod, edits);
    const name = changed.spec.priorityClassName;
    if (name === pod.spec.priorityClassName) return changed.spec.preemptionPolicy === undefined ? { ...changed, spec: { ...changed.spec, preemptionPolicy: 'PreemptLowerPriority' } } : changed;
    const chosen = this.#classes.get(name ?? '');
    return { ...changed, spec: { ...changed.spec, priority: chosen?.value ?? 0, preemptionPolicy: chosen?.preemptionPolicy ?? 'PreemptLowerPriority' } };
  }

  /** One attempt for the pod in the cluster with the actions done. */
  attempt(pod: Pod, edits: readonly Edit[] = [], actions: readonly ClusterAction[] = []): SchedulingDecision {
    this.#spend();
    return this.with(actions, () => this.core.attempt(this.edited(pod, edits)).decision);
  }

  /** Whether the pod passes all filters on one node. */
  fits(pod: Pod, node: string): boolean {
    const info = podInfoOf(pod);
    const framework = this.core.frameworkFor(pod);
    const nodeInfo = this.core.cache.get(node);
    if (!framework || !nodeInfo) return false;
    const state = new CycleState();
    const outcome = framework.runPreFilter(state, info);
    return !outcome.status && outcome.nodeNames?.has(node) !== false && framework.runFilters(state, info, nodeInfo) === undefined;
  }

  /** Calls `look` while the actions are done. */
  with<T>(actions: readonly ClusterAction[], look: () => T): T {
    const undo: (() => void)[] = [];
    try {
      for (const action of actions) undo.push(...this.#do(action));
      return look();
    } finally {
      for (const step of undo.reverse()) step();
    }
  }

  #do(action: ClusterAction): readonly (() => void)[] {
    const { cache } = this.core;
    switch (action.type) {
      case 'uncordon': case 'untaint': case 'label': {
        const node = cache.get(action.node)?.node;
        if (!node) return [];
        cache.updateNode(changedNode(node, action));
        return [() => cache.updateNode(node)];
      }
      case 'addNode':
        cache.addNode(action.node);
        return [() => cache.removeNode(action.node.metadata.name)];
      case 'deletePods': {
        const pods = action.pods.flatMap(({ namespace, name }) => this.podOn(namespace, name) ?? []);
        for (const pod of pods) cache.removePod(pod.pod);
        return [() => { for (const pod of [...pods].reverse()) cache.addPod(pod.pod); }];
      }
      case 'create': {
        const { object } = action;
        this.#listers.set(object);
        const claims = claimsWithClass(object, this.objects);
        for (const claim of claims.values()) this.#listers.set(claim);
        if (object.kind === 'PriorityClass') this.#classes.set(object.metadata.name, object as unknown as PriorityClass);
        return [() => { this.#listers.delete(object); for (const claim of claims.keys()) this.#listers.set(claim); if (object.kind === 'PriorityClass') this.#classes.delete(object.metadata.name); }];
      }
    }
  }

  /** The workload a pod belongs to in the end: a Deployment rather than its ReplicaSet. undefined for a pod of its own. */
  workloadOf({ metadata }: Pod): string | undefined {
    let owner = metadata.ownerReferences?.find((o) => o.controller);
    if (owner?.kind === 'ReplicaSet' || owner?.kind === 'Job') owner = this.#owners.get(owner.uid) ?? owner;
    return owner?.uid;
  }

  /** Whether both are replicas of one workload: one in the place of the other is no gain. */
  areSiblings(a: Pod, b: Pod): boolean { const workload = this.workloadOf(a); return workload !== undefined && workload === this.workloadOf(b); }

  /** A pod that is on a node. */
  podOn(namespace: string, name: string): PodInfo | undefined {
    for (const node of this.core.cache.nodes) {
      const found = node.pods.find((pod) => pod.name === name && pod.namespace === namespace);
      if (found) return found;
    }
    return undefined;
  }
}

/** The node after the action. */
export function changedNode(node: Node, action: Extract<ClusterAction, { type: 'uncordon' | 'untaint' | 'label' }>): Node {
  switch (action.type) {
    case 'uncordon': {
      const { unschedulable: _, ...spec } = node.spec;
      return { ...node, spec: { ...spec, ...(spec.taints ? { taints: spec.taints.filter((t) => t.key !== CORDON_TAINT) } : {}) } };
    }
    case 'untaint': return { ...node, spec: { ...node.spec, taints: (node.spec.taints ?? []).filter((t) => t.key !== action.taint.key || t.effect !== action.taint.effect) } };
    case 'label': return { ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...action.labels } } };
  }
}
