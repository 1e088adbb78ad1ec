import type { HorizontalPodAutoscaler, ObjectMeta, V2HorizontalPodAutoscaler, V2HPAScalingRules, V2HorizontalPodAutoscalerBehavior, V2MetricSpec, V2MetricStatus } from '../generated/types';

/**
 * autoscaling/v1 ⇄ v2, the stored version. What v1 has no field for travels in annotations, in the shapes of
 * pkg/apis/autoscaling/v1/conversion.go.
 */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const STATUSES = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const ROUND_TRIP = [METRICS, STATUSES, CONDITIONS, BEHAVIOR];
const DEFAULT_CPU = 80;

type Fields = { readonly [field: string]: unknown };

/** Without undefined fields. */
const some = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function parse<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try { return JSON.parse(text) as T; } catch { return undefined; }
}

function withAnnotations(metadata: ObjectMeta, added: { readonly [key: string]: string }): ObjectMeta {
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !ROUND_TRIP.includes(key));
  const all = { ...Object.fromEntries(kept), ...added };
  const { annotations: _old, ...rest } = metadata;
  return Object.keys(all).length ? { ...rest, annotations: all } : rest;
}

const isCpuUtilization = (m: V2MetricSpec): boolean => m.type === 'Resource' && m.resource?.name === 'cpu' && m.resource.target.averageUtilization !== undefined;
const cpuMetric = (averageUtilization: number): V2MetricSpec => ({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } });

/** The metrics of v1's annotations: flat, with other names. */
function metricToV1(m: V2MetricSpec): Fields {
  const { object, pods, external } = m;
  const flat = (r: NonNullable<V2MetricSpec['resource']> | NonNullable<V2MetricSpec['containerResource']> | undefined): Fields | undefined => r && some({
    name: r.name, targetAverageUtilization: r.target.averageUtilization, targetAverageValue: r.target.averageValue, container: 'container' in r ? r.container : undefined,
  });
  return some({
    type: m.type,
    object: object && some({ target: object.describedObject, metricName: object.metric.name, targetValue: object.target.value ?? '0', selector: object.metric.selector, averageValue: object.target.averageValue }),
    pods: pods && some({ metricName: pods.metric.name, targetAverageValue: pods.target.averageValue ?? '0', selector: pods.metric.selector }),
    resource: flat(m.resource), containerResource: flat(m.containerResource),
    external: external && some({ metricName: external.metric.name, metricSelector: external.metric.selector, targetValue: external.target.value, targetAverageValue: external.target.averageValue }),
  });
}

interface V1Metric {
  readonly type: string;
  readonly object?: { readonly target: unknown; readonly metricName: string; readonly targetValue?: string; readonly selector?: unknown; readonly averageValue?: string };
  readonly pods?: { readonly metricName: string; readonly targetAverageValue?: string; readonly selector?: unknown };
  readonly resource?: V1Resource;
  readonly containerResource?: V1Resource;
  readonly external?: { readonly metricName: string; readonly metricSelector?: unknown; readonly targetValue?: string; readonly targetAverageValue?: string };
}
interface V1Resource {
  readonly name: string;
  readonly container?: string;
  readonly targetAverageUtilization?: number;
  readonly targetAverageValue?: string;
}

function metricToV2(m: V1Metric): V2MetricSpec {
  const metric = (name: string, selector: unknown): Fields => some({ name, selector });
  const deep = (r: V1Resource | undefined): Fields | undefined => r && some({
    name: r.name, container: r.container, target: some({ type: r.targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization', averageValue: r.targetAverageValue, averageUtilization: r.targetAverageUtilization }),
  });
  const { object, pods, external } = m;
  return some({
    type: m.type,
    object: object && {
      describedObject: object.target, metric: metric(object.metricName, object.selector),
      target: some({ type: object.averageValue === undefined ? 'Value' : 'AverageValue', value: object.targetValue, averageValue: object.averageValue }),
    },
    pods: pods && { metric: metric(pods.metricName, pods.selector), target: some({ type: 'AverageValue', averageValue: pods.targetAverageValue }) },
    resource: deep(m.resource), containerResource: deep(m.containerResource),
    external: external && {
      metric: metric(external.metricName, external.metricSelector),
      target: some({ type: external.targetValue === undefined ? 'AverageValue' : 'Value', value: external.targetValue, averageValue: external.targetAverageValue }),
    },
  }) as unknown as V2MetricSpec;
}

function statusToV1(m: V2MetricStatus): Fields {
  const { object, pods, external } = m;
  const flat = (r: NonNullable<V2MetricStatus['resource']> | NonNullable<V2MetricStatus['containerResource']> | undefined): Fields | undefined => r && some({
    name: r.name, container: 'container' in r ? r.container : undefined, currentAverageUtilization: r.current.averageUtilization, currentAverageValue: r.current.averageValue ?? '0',
  });
  return some({
    type: m.type,
    object: object && some({ target: object.describedObject, metricName: object.metric.name, currentValue: object.current.value ?? '0', selector: object.metric.selector, averageValue: object.current.averageValue }),
    pods: pods && some({ metricName: pods.metric.name, currentAverageValue: pods.current.averageValue ?? '0', selector: pods.metric.selector }),
    resource: flat(m.resource), containerResource: flat(m.containerResource),
    external: external && some({ metricName: external.metric.name, metricSelector: external.metric.selector, currentValue: external.current.value ?? '0', currentAverageValue: external.current.averageValue }),
  });
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const RULE_FIELDS = ['stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'] as const;

/** The annotation holds Kubernetes' internal type: capital names, and null for what is not set. */
function behaviorToV1(behavior: V2HorizontalPodAutoscalerBehavior): string {
  const rules = (r: V2HPAScalingRules | undefined): unknown => r && Object.fromEntries(RULE_FIELDS.map((field) => [capital(field), field === 'policies'
    ? r.policies?.map((p) => ({ Type: p.type, Value: p.value, PeriodSeconds: p.periodSeconds })) ?? null : r[field] ?? null]));
  return JSON.stringify({ ScaleUp: rules(behavior.scaleUp) ?? null, ScaleDown: rules(behavior.scaleDown) ?? null });
}

function behaviorToV2(text: string | undefined): V2HorizontalPodAutoscalerBehavior | undefined {
  const lower = (value: unknown): unknown => (Array.isArray(value) ? value.map(lower) : typeof value !== 'object' || value === null ? value
    : Object.fromEntries(Object.entries(value).filter(([, v]) => v !== null).map(([k, v]) => [k.charAt(0).toLowerCase() + k.slice(1), lower(v)])));
  const behavior = lower(parse(text)) as V2HorizontalPodAutoscalerBehavior | undefined;
  return behavior && (behavior.scaleUp || behavior.scaleDown) ? behavior : undefined;
}

/** A stored autoscaler as a client of autoscaling/v1 sees it. */
export function autoscalerToV1(hpa: V2HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { metrics = [], behavior, scaleTargetRef, minReplicas, maxReplicas } = hpa.spec;
  const { currentMetrics = [], conditions, observedGeneration, lastScaleTime, currentReplicas, desiredReplicas } = hpa.status;
  const others = metrics.filter((m) => !isCpuUtilization(m)).map(metricToV1);
  const cpuNow = currentMetrics.filter((m) => m.type === 'Resource' && m.resource?.name === 'cpu').at(-1)?.resource?.current.averageUtilization;
  const annotations = {
    ...(others.length ? { [METRICS]: JSON.stringify(others) } : {}), ...(currentMetrics.length ? { [STATUSES]: JSON.stringify(currentMetrics.map(statusToV1)) } : {}),
    ...(behavior ? { [BEHAVIOR]: behaviorToV1(behavior) } : {}), ...(conditions?.length ? { [CONDITIONS]: JSON.stringify(conditions) } : {}),
  };
  return {
    apiVersion: 'autoscaling/v1', kind: hpa.kind, metadata: withAnnotations(hpa.metadata, annotations),
    spec: some({ scaleTargetRef, minReplicas, maxReplicas, targetCPUUtilizationPercentage: metrics.find(isCpuUtilization)?.resource?.target.averageUtilization }),
    status: some({ observedGeneration, lastScaleTime, currentReplicas: currentReplicas ?? 0, desiredReplicas, currentCPUUtilizationPercentage: cpuNow }),
  } as unknown as HorizontalPodAutoscaler;
}

/** What a client of autoscaling/v1 sent, as it is stored. Metrics in the status are not taken over: a status is written through v2. */
export function autoscalerFromV1(hpa: HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  const { annotations } = hpa.metadata;
  const { scaleTargetRef, minReplicas, maxReplicas, targetCPUUtilizationPercentage: cpu } = hpa.spec;
  const { observedGeneration, lastScaleTime, currentReplicas, desiredReplicas } = hpa.status;
  const others = (parse<readonly V1Metric[]>(annotations?.[METRICS]) ?? []).map(metricToV2);
  const metrics = [...others, ...(cpu === undefined ? [] : [cpuMetric(cpu)])];
  return {
    apiVersion: 'autoscaling/v2', kind: hpa.kind, metadata: withAnnotations(hpa.metadata, {}),
    spec: some({ scaleTargetRef, minReplicas, maxReplicas, metrics: metrics.length ? metrics : [cpuMetric(DEFAULT_CPU)], behavior: behaviorToV2(annotations?.[BEHAVIOR]) }),
    status: some({ observedGeneration, lastScaleTime, currentReplicas: currentReplicas || undefined, desiredReplicas, conditions: parse(annotations?.[CONDITIONS]) }),
  } as unknown as V2HorizontalPodAutoscaler;
}
