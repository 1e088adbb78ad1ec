import type { Node, Pod } from '../../../src/engine/api/generated/types';
import { deepFreeze, type ObjectWithMeta } from '../../../src/engine/api/object';
import { SchedulerCore, type SchedulerCoreOptions } from '../../../src/engine/scheduler/core';
import { ObjectListers } from '../../../src/engine/scheduler/listers';

type Labels = { readonly [key: string]: string };
type PodSpec = NonNullable<Pod['spec']>;
const META = { creationTimestamp: '2026-01-01T00:00:00Z', resourceVersion: '1' };

export function makeNode(name: string, options: { readonly labels?: Labels; readonly cpu?: string; readonly pods?: string; readonly spec?: Node['spec'] } = {}): Node {
  const allocatable = { cpu: options.cpu ?? '4', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: options.pods ?? '110' };
  const labels = { 'kubernetes.io/hostname': name, ...options.labels };
  return deepFreeze({ apiVersion: 'v1', kind: 'Node', metadata: { ...META, name, uid: name, labels }, spec: options.spec ?? {}, status: { allocatable, capacity: allocatable } });
}

export function makePod(name: string, options: { readonly labels?: Labels; readonly cpu?: string; readonly spec?: Partial<PodSpec>; readonly status?: Pod['status'] } = {}): Pod {
  const requests = options.cpu === undefined ? {} : { cpu: options.cpu };
  return deepFreeze({
    apiVersion: 'v1', kind: 'Pod', metadata: { ...META, name, namespace: 'default', uid: name, labels: options.labels }, status: options.status ?? {},
    spec: { schedulerName: 'default-scheduler', priority: 0, containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10', resources: { requests } }], ...options.spec },
  } as Pod);
}

export function makeCore(objects: readonly ObjectWithMeta[], options: Partial<SchedulerCoreOptions> = {}): SchedulerCore {
  const core = new SchedulerCore({ listers: new ObjectListers(objects), random: { next: () => 0 }, ...options });
  for (const object of objects) if (object.kind === 'Node') core.cache.addNode(object as Node);
  for (const object of objects) if (object.kind === 'Pod' && (object as Pod).spec?.nodeName) core.cache.addPod(object as Pod);
  return core;
}
