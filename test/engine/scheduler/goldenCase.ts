import { readFileSync } from 'node:fs';
import type { Container, Node, Pod, PriorityClass } from '../../../src/engine/api/generated/types';
import { deepFreeze, type ObjectWithMeta } from '../../../src/engine/api/object';
import { SchedulerCore } from '../../../src/engine/scheduler/core';
import type { DecisionDescription } from '../../../src/engine/scheduler/decision';
import { describeDecision } from '../../../src/engine/scheduler/decision';
import { ObjectListers } from '../../../src/engine/scheduler/listers';

/** One line of test/golden/scheduling.jsonl: what a real kube-scheduler v1.36.2 decided. */
export interface GoldenCase {
  readonly id: string;
  readonly cluster: readonly ObjectWithMeta[];
  readonly pod: Pod;
  readonly expect: {
    readonly outcome: string;
    readonly winners?: readonly string[];
    readonly feasible?: readonly string[];
    readonly feasibleNodes?: number;
    readonly evaluatedNodes?: number;
    readonly scores?: { readonly [node: string]: { readonly [plugin: string]: number } };
    readonly totals?: { readonly [node: string]: number };
    readonly messages?: readonly string[];
    readonly preemptions?: readonly { readonly nominatedNode: string | null; readonly victims: readonly string[] }[];
  };
}

export function readCases(): readonly GoldenCase[] {
  return readFileSync('test/golden/scheduling.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as GoldenCase);
}

/** The little of the API server's defaulting and admission that the recorded pods need before the scheduler sees them. */
export function admitted(pod: Pod, objects: readonly ObjectWithMeta[]): Pod {
  const classes = objects.filter((o): o is PriorityClass => o.kind === 'PriorityClass');
  const named = pod.spec?.priorityClassName;
  const chosen = named ? classes.find((c) => c.metadata.name === named) : classes.find((c) => c.globalDefault);
  const requestsOf = (container: Container): Container => ({ ...container, resources: { ...container.resources, requests: { ...container.resources?.limits, ...container.resources?.requests } } });
  const { spec } = pod;
  if (!spec) return pod;
  return {
    ...pod, metadata: { namespace: 'default', ...pod.metadata },
    spec: {
      ...spec, schedulerName: spec.schedulerName ?? 'default-scheduler', priority: spec.priority ?? chosen?.value ?? 0, preemptionPolicy: spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? 'PreemptLowerPriority',
      containers: spec.containers.map(requestsOf), ...(spec.initContainers ? { initContainers: spec.initContainers.map(requestsOf) } : {}),
    },
  };
}

/** Drives the scheduler core over a case's cluster, without any API server. */
export function decide({ cluster, pod }: Pick<GoldenCase, 'cluster' | 'pod'>, random = { next: () => 0 }): DecisionDescription {
  const objects = cluster.map((object) => deepFreeze(object));
  const core = new SchedulerCore({ listers: new ObjectListers(objects), random });
  for (const object of objects) if (object.kind === 'Node') core.cache.addNode(object as Node);
  for (const object of objects) {
    if (object.kind !== 'Pod') continue;
    const existing = deepFreeze(admitted(object as Pod, objects));
    const ended = existing.status?.phase === 'Succeeded' || existing.status?.phase === 'Failed';
    if (existing.spec?.nodeName && !ended) core.cache.addPod(existing);
  }
  return describeDecision(core.attempt(deepFreeze(admitted(pod, objects))).decision);
}
