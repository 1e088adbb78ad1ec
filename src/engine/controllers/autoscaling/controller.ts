import type { Pod, Scale, V2HorizontalPodAutoscaler, V2HorizontalPodAutoscalerCondition, V2HorizontalPodAutoscalerStatus, V2MetricStatus } from '../../api/generated/types';
import { objectKey, parseApiVersion } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { ResourceRegistry } from '../../api/resources/registry';
import { parseLabelSelector } from '../../api/labelSelectorText';
import { SelectorError, type Labels } from '../../api/selectors';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import { HORIZONTAL_POD_AUTOSCALERS, PODS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { BACKGROUND, type Process } from '../../simulation/process';
import { getCondition } from '../conditions';
import { failed, messageOf } from '../outcome';
import { resourceOf } from '../resourcesOf';
import { normalize, record, type History } from './behavior';
import { recommend, type MetricProblem, type MetricsSource, type Recommendation } from './metrics';

const WORKERS = 5;
/** --horizontal-pod-autoscaler-sync-period */
const SYNC_PERIOD = 15_000;

type Hpa = V2HorizontalPodAutoscaler;

/** The horizontal pod autoscaler: resizes what its metrics say is too small or too big. Without a source of metrics it says that it has none. */
export function horizontalPodAutoscaler(context: ControllerContext, registry: ResourceRegistry, metrics: MetricsSource | undefined): Controller {
  const { client, informers, simulation, events } = context;
  const autoscalers = informers.for(HORIZONTAL_POD_AUTOSCALERS), pods = informers.for(PODS);
  const queue = new WorkQueue(simulation);
  const histories = new Map<string, History>();
  const enqueue = (hpa: Hpa): void => queue.addAfter(objectKey(hpa), SYNC_PERIOD, `next look of autoscaler ${hpa.metadata.name}`);
  autoscalers.addHandler({ onAdd: enqueue, onUpdate: (before, hpa) => { if (!semanticEqual(before.spec, hpa.spec)) enqueue(hpa); }, onDelete: (hpa) => { histories.delete(objectKey(hpa)); queue.cancelDelayed(objectKey(hpa)); } });

  function* sync(key: string): Process<SyncResult> {
    const hpa = autoscalers.get(key);
    if (hpa === undefined) return { outcome: `autoscaler ${key} is gone` };
    // Looking again and again is background; what it does about it will not be.
    simulation.runIn(BACKGROUND, () => queue.addAfter(key, SYNC_PERIOD));
    const outcome = yield* new Reconciliation(hpa).run();
    return isStatus(outcome) ? { outcome: failed(outcome).error ?? '' } : { outcome };
  }

  /** One look at one autoscaler. */
  class Reconciliation {
    private conditions: readonly V2HorizontalPodAutoscalerCondition[];

    constructor(private readonly hpa: Hpa) { this.conditions = hpa.status?.conditions ?? []; }

    private set(type: string, status: string, reason: string, message: string): void {
      const current = getCondition(this.conditions, type);
      const lastTransitionTime = current?.status === status ? current.lastTransitionTime : simulation.timestamp();
      const condition = { lastTransitionTime, message, reason, status, type } as V2HorizontalPodAutoscalerCondition;
      this.conditions = current ? this.conditions.map((c) => (c.type === type ? condition : c)) : [...this.conditions, condition];
    }

    *run(): Process<string | Status> {
      const { spec, metadata } = this.hpa;
      const namespace = metadata.namespace ?? '';
      const target = spec.scaleTargetRef;
      const scale = yield* this.getScale(namespace);
      if (isStatus(scale)) {
        events.event(this.hpa, 'Warning', 'FailedGetScale', messageOf(scale));
        this.set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${messageOf(scale)}`);
        return (yield* this.write(this.hpa.status?.currentReplicas ?? 0, this.hpa.status?.desiredReplicas ?? 0, this.hpa.status?.currentMetrics ?? [], false)) ?? messageOf(scale);
      }
      this.set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
      const current = scale.spec?.replicas ?? 0;
      const min = spec.minReplicas ?? 1;
      let desired = current, reason = '', statuses: readonly V2MetricStatus[] = this.hpa.status?.currentMetrics ?? [];
      if (current === 0 && min !== 0) this.set('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
      else if (current > spec.maxReplicas) { desired = spec.maxReplicas; reason = 'Current number of replicas above Spec.MaxReplicas'; } else if (current < min) { desired = min; reason = 'Current number of replicas below Spec.MinReplicas'; } else {
        const computed = this.compute(scale, current);
        if ('error' in computed) return (yield* this.invalid(current, computed)) ?? computed.error;
        ({ desired, reason, statuses } = this.decide(computed.best, computed.statuses, current));
      }
      if (desired === current) return (yield* this.write(current, desired, statuses, false)) ?? `${current} replicas are right`;
      return yield* this.rescale(namespace, scale, current, desired, reason, statuses, `${target.kind} ${target.name}`);
    }

    private definition(): ResourceDefinition | undefined {
      const { apiVersion = 'v1', kind } = this.hpa.spec.scaleTargetRef;
      const { group, version } = parseApiVersion(apiVersion);
      return registry.forKind(group, version, kind);
    }

    private *getScale(namespace: string): Process<Scale | Status> {
      const { kind, name, apiVersion } = this.hpa.spec.scaleTargetRef;
      const definition = this.definition();
      if (definition === undefined) return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404, reason: 'NotFound', message: `no matches for kind "${kind}" in group "${parseApiVersion(apiVersion ?? 'v1').group}"` };
      return (yield* client.getSubresource(resourceOf(definition), namespace, name, 'scale')) as unknown as Scale | Status;
    }

    /** Every metric is asked; the one that wants most decides. */
    private compute(scale: Scale, current: number): { readonly best: Recommendation; readonly statuses: readonly V2MetricStatus[] } | { readonly error: string } {
      const specs = this.hpa.spec.metrics ?? [];
      const selector = parseLabelSelector(scale.status?.selector ?? '');
      const selected: readonly Pod[] = selector instanceof SelectorError ? [] : [...pods.inNamespace(this.hpa.metadata.namespace ?? '')].filter((pod) => selector.matches(pod.metadata.labels as Labels));
      const statuses: V2MetricStatus[] = [];
      let best: Recommendation | undefined, problem: MetricProblem | undefined, problems = 0;
      for (const spec of specs) {
        const found = recommend(spec, selected, current, metrics);
        if ('error' in found) {
          problem ??= found;
          problems++;
          events.event(this.hpa, 'Warning', found.reason, found.error);
          statuses.push({ type: '' });
        } else {
          statuses.push(found.status);
          if (best === undefined || found.replicas > best.replicas) best = found;
        }
      }
      // With one metric unknown it may still grow, but not shrink.
      if (best === undefined || (problem !== undefined && best.replicas < current)) {
        const first = problem ?? { reason: 'InvalidMetricSourceType', error: 'no metrics', prefix: 'failed' };
        this.set('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.error}`);
        this.statuses = statuses;
        return { error: `invalid metrics (${problems} invalid out of ${specs.length}), first error is: ${first.prefix}: ${first.error}` };
      }
      this.set('ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.metric}`);
      return { best, statuses };
    }

    private statuses: readonly V2MetricStatus[] = [];

    private *invalid(current: number, { error }: { readonly error: string }): Process<Status | undefined> {
      const failure = yield* this.write(current, this.hpa.status?.desiredReplicas ?? 0, this.statuses, false);
      events.event(this.hpa, 'Warning', 'FailedComputeMetricsReplicas', error);
      return failure;
    }

    private decide(best: Recommendation, statuses: readonly V2MetricStatus[], current: number): { readonly desired: number; readonly reason: string; readonly statuses: readonly V2MetricStatus[] } {
      const key = objectKey(this.hpa);
      let history = histories.get(key);
      if (history === undefined) histories.set(key, history = { recommendations: [], ups: [], downs: [] });
      const verdict = normalize(this.hpa.spec, current, best.replicas, history, simulation.now);
      if (verdict.stabilized) {
        const growing = best.replicas > current;
        this.set('AbleToScale', 'True', growing ? 'ScaleUpStabilized' : 'ScaleDownStabilized', `recent recommendations were ${growing ? 'lower' : 'higher'} than current one, applying the ${growing ? 'lowest' : 'highest'} recent recommendation`);
      } else this.set('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
      if (verdict.limited) this.set('ScalingLimited', 'True', verdict.limited.reason, verdict.limited.message);
      else this.set('ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range');
      const reason = verdict.replicas > current ? `${best.metric} above target` : verdict.replicas < current ? 'All metrics below target' : '';
      return { desired: verdict.replicas, reason, statuses };
    }

    private *rescale(namespace: string, scale: Scale, current: number, desired: number, reason: string, statuses: readonly V2MetricStatus[], target: string): Process<string | Status> {
      const resource = resourceOf(this.definition() as ResourceDefinition);
      simulation.context = { ...simulation.context, background: false };
      const updated = yield* client.updateSubresource(resource, namespace, this.hpa.spec.scaleTargetRef.name, 'scale', { ...scale, spec: { ...scale.spec, replicas: desired } });
      if (isStatus(updated)) {
        events.event(this.hpa, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${messageOf(updated)}`);
        this.set('AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${messageOf(updated)}`);
        return (yield* this.write(current, desired, statuses, false)) ?? updated;
      }
      this.set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`);
      events.event(this.hpa, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
      const history = histories.get(objectKey(this.hpa));
      if (history) record(history, current, desired, simulation.now);
      return (yield* this.write(current, desired, statuses, true)) ?? `${target} resized from ${current} to ${desired}: ${reason}`;
    }

    private *write(current: number, desired: number, statuses: readonly V2MetricStatus[], rescaled: boolean): Process<Status | undefined> {
      const status: V2HorizontalPodAutoscalerStatus = {
        conditions: this.conditions, ...(statuses.length > 0 ? { currentMetrics: statuses } : {}), ...(current ? { currentReplicas: current } : {}), desiredReplicas: desired,
        ...(rescaled ? { lastScaleTime: simulation.timestamp() } : this.hpa.status?.lastScaleTime ? { lastScaleTime: this.hpa.status.lastScaleTime } : {}),
        ...(this.hpa.status?.observedGeneration ? { observedGeneration: this.hpa.status.observedGeneration } : {}),
      };
      if (semanticEqual(this.hpa.status, status)) return undefined;
      const updated = yield* client.updateStatus(HORIZONTAL_POD_AUTOSCALERS, { ...this.hpa, status });
      return isStatus(updated) ? updated : undefined;
    }
  }

  return { name: context.name, start: () => startWorkers(context, queue, 'horizontalpodautoscalers.autoscaling', WORKERS, sync) };
}
