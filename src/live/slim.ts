import type { Container, ContainerStatus, Node, Pod } from '../engine/api/generated/types';
import type { KubernetesObject } from '../engine/api/object';
import { quantityMilliValue, quantityValue } from '../engine/api/quantity';
import { podRequests } from '../engine/scheduler/resources';

/** What a pod asks of its node, as the scheduler counts it. */
export interface Amounts { readonly milliCPU: number; readonly memory: number }

/** A pod with nothing but what the tree shows: some hundred bytes instead of some thousand. */
export interface SlimPod extends Pod { readonly requests: Amounts }
export interface SlimNode extends Node { readonly allocatable: Amounts & { readonly pods: number } }

/** Strings that thousands of objects share are kept once. */
const pool = new Map<string, string>();
const MAX_POOL = 50_000;

function shared(text: string): string {
  const known = pool.get(text);
  if (known !== undefined) return known;
  if (pool.size >= MAX_POOL) pool.clear();
  pool.set(text, text);
  return text;
}

const MAX_MESSAGE = 2000;
const cut = (text: string | undefined): string | undefined => (text === undefined ? undefined : shared(text.slice(0, MAX_MESSAGE)));

function slimMetadata({ metadata: m }: KubernetesObject): KubernetesObject['metadata'] {
  const owner = m.ownerReferences?.find((o) => o.controller);
  return {
    name: m.name, ...(m.namespace ? { namespace: shared(m.namespace) } : {}), uid: m.uid, resourceVersion: m.resourceVersion, creationTimestamp: m.creationTimestamp, ...(m.deletionTimestamp ? { deletionTimestamp: m.deletionTimestamp } : {}),
    ...(owner ? { ownerReferences: [{ apiVersion: shared(owner.apiVersion), kind: shared(owner.kind), name: shared(owner.name), uid: shared(owner.uid), controller: true }] } : {}),
  } as KubernetesObject['metadata'];
}

/** Names and owners. */
export function slimObject(object: KubernetesObject): KubernetesObject { return { apiVersion: shared(object.apiVersion), kind: shared(object.kind), metadata: slimMetadata(object) }; }

const CONDITIONS = new Set(['Ready', 'PodScheduled']);

export function slimPod(object: KubernetesObject): KubernetesObject {
  const pod = object as unknown as Pod;
  const amounts = podRequests(pod);
  const { spec, status } = pod;
  const slim = {
    apiVersion: 'v1', kind: 'Pod', metadata: slimMetadata(object), requests: { milliCPU: quantityMilliValue(amounts.get('cpu')), memory: quantityValue(amounts.get('memory')) },
    spec: {
      ...(spec.nodeName ? { nodeName: shared(spec.nodeName) } : {}), ...(spec.schedulerName && spec.schedulerName !== 'default-scheduler' ? { schedulerName: shared(spec.schedulerName) } : {}),
      ...(status?.nominatedNodeName ? { nominated: shared(status.nominatedNodeName) } : {}), containers: spec.containers.map((c: Container) => ({ name: shared(c.name), image: shared(c.image ?? '') })),
    },
    status: {
      ...(status?.phase ? { phase: shared(status.phase) } : {}), ...(status?.reason ? { reason: shared(status.reason) } : {}),
      conditions: (status?.conditions ?? []).filter((c) => CONDITIONS.has(c.type) && (c.type === 'Ready' || c.status !== 'True')).map((c) => ({ type: shared(c.type), status: shared(c.status), ...(c.reason ? { reason: shared(c.reason) } : {}), ...(c.message ? { message: cut(c.message) } : {}) })),
      containerStatuses: (status?.containerStatuses ?? []).map(slimStatus), ...(status?.initContainerStatuses?.some((s) => s.state?.waiting) ? { initContainerStatuses: status.initContainerStatuses.map(slimStatus) } : {}),
    },
  };
  return slim as unknown as KubernetesObject;
}

function slimStatus({ name, ready, state }: ContainerStatus): object {
  const { waiting, terminated } = state ?? {};
  return {
    name: shared(name), ready, ...(waiting ? { state: { waiting: { ...(waiting.reason ? { reason: shared(waiting.reason) } : {}), ...(waiting.message ? { message: cut(waiting.message) } : {}) } } } : {}),
    ...(terminated ? { state: { terminated: { exitCode: terminated.exitCode, ...(terminated.reason ? { reason: shared(terminated.reason) } : {}) } } } : {}),
  };
}

export function slimNode(object: KubernetesObject): KubernetesObject {
  const node = object as unknown as Node;
  const { spec, status } = node;
  const given = status?.allocatable ?? {};
  const zone = node.metadata.labels?.['topology.kubernetes.io/zone'];
  const slim = {
    apiVersion: 'v1', kind: 'Node', metadata: { ...slimMetadata(object), ...(zone ? { labels: { 'topology.kubernetes.io/zone': shared(zone) } } : {}) }, allocatable: { milliCPU: quantityMilliValue(given['cpu']), memory: quantityValue(given['memory']), pods: quantityValue(given['pods']) },
    spec: { ...(spec?.unschedulable ? { unschedulable: true } : {}), ...(spec?.taints ? { taints: spec.taints.map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect })) } : {}) },
    status: { conditions: (status?.conditions ?? []).filter((c) => (c.type === 'Ready') === (c.status !== 'True') || c.type === 'Ready').map((c) => ({ type: shared(c.type), status: shared(c.status), ...(c.reason ? { reason: shared(c.reason) } : {}), ...(c.message ? { message: cut(c.message) } : {}) })) },
  };
  return slim as unknown as KubernetesObject;
}
