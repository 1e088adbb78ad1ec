import type { Pod } from '../../api/generated/types';
import { parseQuantity } from '../../api/quantity';
import type { ControllerContext } from '../../client/controller';
import { PODS } from '../../client/resources';
import { seconds } from '../objects';
import type { MetricsSource } from './metrics';

/**
 * What a pod uses, told by annotations of the pod (in a workload: of its template): `controlplane.dev/cpu` and `controlplane.dev/memory`, each an amount, or
 * a course from the pod's start: `900m 5m, 100m` is 0.9 CPU for five minutes, then 0.1. A suffix names one container (`controlplane.dev/cpu.main`); without
 * it the amount is the pod's.
 */
const PREFIX = 'controlplane.dev/';
const RESOURCES = ['cpu', 'memory'] as const;
const UNITS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000 };

/** Thousandths of a unit at an age in milliseconds; undefined where the text says nothing that can be read. */
export function usageAt(text: string, age: number): number | undefined {
  let until = 0, last: number | undefined;
  for (const item of text.split(',')) {
    const [amount = '', time] = item.trim().split(/\s+/);
    const [, count, unit] = /^(\d+)([smh])$/.exec(time ?? '') ?? [];
    last = parseQuantity(amount)?.milliValue;
    if (count === undefined || unit === undefined) return last;
    until += Number(count) * (UNITS[unit] as number);
    if (age < until) return last;
  }
  return last;
}

/** Of one resource, everything that a pod's annotations say of it. */
const told = (pod: Pod, resource: string): readonly (readonly [string, string])[] =>
  Object.entries(pod.metadata.annotations ?? {}).filter(([name]) => name === `${PREFIX}${resource}` || name.startsWith(`${PREFIX}${resource}.`));

function usageOf(pod: Pod, resource: string, container: string | undefined, age: number): number | undefined {
  const all = told(pod, resource);
  const whole = all.find(([name]) => name === `${PREFIX}${resource}`)?.[1];
  if (container !== undefined) {
    const own = all.find(([name]) => name === `${PREFIX}${resource}.${container}`)?.[1] ?? (pod.spec.containers.length === 1 ? whole : undefined);
    return own === undefined ? undefined : usageAt(own, age);
  }
  if (whole !== undefined) return usageAt(whole, age);
  const parts = all.map(([, text]) => usageAt(text, age)).filter((n) => n !== undefined);
  return parts.length === 0 ? undefined : parts.reduce((a, b) => a + b, 0);
}

/** A metrics-server that knows what pods say of themselves. Where no pod says anything, there is none. */
export function annotatedMetrics({ informers, simulation }: ControllerContext): MetricsSource {
  const pods = informers.for(PODS);
  return {
    served: () => [...pods.list()].some((pod) => RESOURCES.some((resource) => told(pod, resource).length > 0)),
    usage: (namespace, name, resource, container) => {
      const pod = pods.get(`${namespace}/${name}`);
      if (pod?.status?.startTime === undefined) return undefined;
      return usageOf(pod, resource, container, simulation.wallMilliseconds() - seconds(pod.status.startTime));
    },
  };
}
