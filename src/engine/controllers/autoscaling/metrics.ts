import type { Pod, V2MetricSpec, V2MetricStatus } from '../../api/generated/types';
import { parseQuantity } from '../../api/quantity';
import { isPodReady } from '../podUtil';

/** What metrics-server would tell: set by the user of a world. */
export interface MetricsSource {
  /** Whether there is a metrics API at all. */
  served(): boolean;
  /** Use of one pod, or of one of its containers: thousandths of a core, or thousandths of a byte. Undefined when nothing is known. */
  usage(namespace: string, pod: string, resource: string, container: string | undefined): number | undefined;
}

/** The use of resources deviates by this fraction before anything happens. */
const TOLERANCE = 0.1;

/** Why a metric cannot be had, in the words of the events and conditions. */
export interface MetricProblem {
  readonly reason: string;
  readonly error: string;
  /** What the summary says of the metric ("failed to get cpu resource metric value"). */
  readonly prefix: string;
}

export interface Recommendation {
  readonly replicas: number;
  /** "cpu resource utilization (percentage of request)" */
  readonly metric: string;
  readonly status: V2MetricStatus;
}

const NOT_SERVED: { readonly [api: string]: string } = {
  resource: 'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
  custom: 'unable to fetch metrics from custom metrics API: the server could not find the metric',
  external: 'unable to fetch metrics from external metrics API: the server could not find the requested resource',
};

/** How many replicas one metric asks for. */
export function recommend(spec: V2MetricSpec, pods: readonly Pod[], current: number, source: MetricsSource | undefined): Recommendation | MetricProblem {
  const target = spec.resource ?? spec.containerResource;
  if (target === undefined) {
    const kind = spec.type.toLowerCase();
    const reason = spec.type === 'Pods' ? 'FailedGetPodsMetric' : spec.type === 'Object' ? 'FailedGetObjectMetric' : 'FailedGetExternalMetric';
    const name = spec.pods?.metric.name ?? spec.object?.metric.name ?? spec.external?.metric.name ?? '';
    return { reason, error: `unable to get metric ${name}: ${NOT_SERVED[spec.type === 'External' ? 'external' : 'custom'] ?? ''}`, prefix: `failed to get ${kind} metric value` };
  }
  const container = spec.containerResource?.container;
  const { name } = target;
  const reason = container ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric';
  const prefix = container ? `failed to get ${name} container metric value` : `failed to get ${name} resource metric value`;
  const utilization = target.target.averageUtilization !== undefined;
  const failed = (why: string): MetricProblem => ({ reason, error: `failed to get ${name} ${utilization ? 'utilization' : 'usage'}: ${why}`, prefix });
  if (source?.served() !== true) return failed(`unable to get metrics for resource ${name}: ${NOT_SERVED['resource'] ?? ''}`);
  const measured = measure(pods, name, container, source);
  if (measured.withMetrics === 0) return failed(`unable to get metrics for resource ${name}: no metrics returned from resource metrics API`);
  return utilization ? byUtilization(spec, measured, pods, name, container, current, failed) : byAverage(spec, measured, name, container, current);
}

interface Measured {
  /** Pod name → thousandths. */
  readonly ready: ReadonlyMap<string, number>;
  readonly unready: readonly Pod[];
  readonly missing: readonly Pod[];
  readonly withMetrics: number;
}

function measure(pods: readonly Pod[], resource: string, container: string | undefined, source: MetricsSource): Measured {
  const ready = new Map<string, number>();
  const unready: Pod[] = [], missing: Pod[] = [];
  let withMetrics = 0;
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') continue;
    const usage = source.usage(pod.metadata.namespace ?? '', pod.metadata.name, resource, container);
    if (usage !== undefined) withMetrics++;
    if (pod.status?.phase === 'Pending' || (resource === 'cpu' && !isPodReady(pod))) unready.push(pod);
    else if (usage === undefined) missing.push(pod);
    else ready.set(pod.metadata.name, usage);
  }
  return { ready, unready, missing, withMetrics };
}

function requestOf(pod: Pod, resource: string, container: string | undefined): number | undefined {
  let total = 0;
  for (const c of pod.spec.containers) {
    if (container !== undefined && c.name !== container) continue;
    const request = parseQuantity(c.resources?.requests?.[resource] ?? '');
    if (request === undefined) return undefined;
    total += request.milliValue;
  }
  return total;
}

function byUtilization(spec: V2MetricSpec, measured: Measured, pods: readonly Pod[], resource: string, container: string | undefined, current: number, failed: (why: string) => MetricProblem): Recommendation | MetricProblem {
  const target = (spec.resource ?? spec.containerResource)?.target.averageUtilization ?? 100;
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const request = requestOf(pod, resource, container);
    if (request === undefined) return failed(`missing request for ${resource} in container ${pod.spec.containers.find((c) => c.resources?.requests?.[resource] === undefined)?.name ?? ''} of Pod ${pod.metadata.name}`);
    requests.set(pod.metadata.name, request);
  }
  const ratioOf = (usage: ReadonlyMap<string, number>): { readonly utilization: number; readonly value: number } => {
    let used = 0, requested = 0;
    for (const [pod, value] of usage) { used += value; requested += requests.get(pod) ?? 0; }
    return { utilization: requested === 0 ? 0 : Math.trunc((used * 100) / requested), value: usage.size === 0 ? 0 : Math.trunc(used / usage.size) };
  };
  const { utilization, value } = ratioOf(measured.ready);
  const assumed = (share: number) => (pod: Pod): number => (requests.get(pod.metadata.name) ?? 0) * share;
  const replicas = desired(measured, current, (usage) => ratioOf(usage).utilization / target, assumed(Math.max(1, target / 100)));
  const status = { current: { averageUtilization: utilization, averageValue: milli(value, resource) }, name: resource };
  return {
    replicas, metric: `${resource} ${container ? 'container ' : ''}resource utilization (percentage of request)`,
    status: container ? { type: 'ContainerResource', containerResource: { ...status, container } } : { type: 'Resource', resource: status },
  };
}

function byAverage(spec: V2MetricSpec, measured: Measured, resource: string, container: string | undefined, current: number): Recommendation {
  const target = parseQuantity((spec.resource ?? spec.containerResource)?.target.averageValue ?? '0')?.milliValue ?? 0;
  const average = (usage: ReadonlyMap<string, number>): number => (usage.size === 0 ? 0 : [...usage.values()].reduce((a, b) => a + b, 0) / usage.size);
  const replicas = desired(measured, current, (usage) => (target === 0 ? 1 : average(usage) / target), () => target);
  const status = { current: { averageValue: milli(Math.trunc(average(measured.ready)), resource) }, name: resource };
  return { replicas, metric: `${resource} resource`, status: container ? { type: 'ContainerResource', containerResource: { ...status, container } } : { type: 'Resource', resource: status } };
}

const milli = (value: number, resource: string): string => (resource === 'cpu' ? `${value}m` : String(Math.trunc(value / 1000)));

/**
 * calcPlainMetricReplicas: pods without metrics are assumed to use what speaks against a change: all they ask for when it goes down, nothing
 * when it goes up; pods that are not ready, nothing when it goes up.
 */
function desired(measured: Measured, current: number, ratioOf: (usage: ReadonlyMap<string, number>) => number, full: (pod: Pod) => number): number {
  const { ready, unready, missing } = measured;
  const ratio = ratioOf(ready);
  const scaleUpWithUnready = unready.length > 0 && ratio > 1;
  if (!scaleUpWithUnready && missing.length === 0) return Math.abs(1 - ratio) <= TOLERANCE ? current : Math.ceil(ratio * ready.size);
  const usage = new Map(ready);
  for (const pod of missing) usage.set(pod.metadata.name, ratio < 1 ? full(pod) : 0);
  if (scaleUpWithUnready) for (const pod of unready) usage.set(pod.metadata.name, 0);
  const again = ratioOf(usage);
  if (Math.abs(1 - again) <= TOLERANCE || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return current;
  const replicas = Math.ceil(again * usage.size);
  return (again < 1 && replicas > current) || (again > 1 && replicas < current) ? current : replicas;
}
