import type {
  CronJobSpec, DaemonSetSpec, DeploymentSpec, HorizontalPodAutoscalerSpec, Job, PodFailurePolicyOnPodConditionsPattern, ReplicaSetSpec, RollingUpdateDaemonSet, RollingUpdateDeployment,
  StatefulSetSpec, V2HPAScalingRules, V2HorizontalPodAutoscalerSpec,
} from '../generated/types';
import { fill, fillZero, set } from './fill';
import { typeDefaults } from './type-defaults';

const REVISION_HISTORY = 10;
const PROGRESS_DEADLINE_SECONDS = 600;
const BACKOFF_LIMIT = 6;
const MAX_INT32 = 2147483647;

function deployment(spec: DeploymentSpec): DeploymentSpec {
  const out = fill(spec, { replicas: 1, revisionHistoryLimit: REVISION_HISTORY, progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS });
  const strategy = fill(out.strategy ?? {}, { type: 'RollingUpdate' });
  if (strategy.type !== 'RollingUpdate') return set(out, 'strategy', strategy);
  const rollingUpdate: RollingUpdateDeployment = fill(strategy.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' });
  return set(out, 'strategy', set(strategy, 'rollingUpdate', rollingUpdate));
}

function daemonSet(spec: DaemonSetSpec): DaemonSetSpec {
  const out = fill(spec, { revisionHistoryLimit: REVISION_HISTORY });
  const strategy = fill(out.updateStrategy ?? {}, { type: 'RollingUpdate' });
  if (strategy.type !== 'RollingUpdate') return set(out, 'updateStrategy', strategy);
  const rollingUpdate: RollingUpdateDaemonSet = fill(strategy.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 0 });
  return set(out, 'updateStrategy', set(strategy, 'rollingUpdate', rollingUpdate));
}

function statefulSet(spec: StatefulSetSpec): StatefulSetSpec {
  const out = fill(spec, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: REVISION_HISTORY });
  let strategy = out.updateStrategy ?? {};
  if (!strategy.type) strategy = { type: 'RollingUpdate', rollingUpdate: strategy.rollingUpdate ?? {} };
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy = set(strategy, 'rollingUpdate', fill(strategy.rollingUpdate, { partition: 0 }));
  const retention = fill(out.persistentVolumeClaimRetentionPolicy ?? {}, { whenDeleted: 'Retain', whenScaled: 'Retain' });
  return set(set(out, 'updateStrategy', strategy), 'persistentVolumeClaimRetentionPolicy', retention);
}

function job(object: Job): Job {
  const given = object.spec;
  const spec = fill(given, {
    ...(given.completions === undefined && given.parallelism === undefined ? { completions: 1 } : {}), parallelism: 1,
    backoffLimit: given.backoffLimitPerIndex === undefined ? BACKOFF_LIMIT : MAX_INT32, completionMode: 'NonIndexed', suspend: false,
    podReplacementPolicy: given.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed', manualSelector: false,
  });
  const labels = spec.template?.metadata?.labels;
  const out = set(object, 'spec', spec);
  return labels && Object.keys(object.metadata.labels ?? {}).length === 0 ? { ...out, metadata: { ...object.metadata, labels } } : out;
}

const CPU_UTILIZATION = 80;
const DEFAULT_METRICS: V2HorizontalPodAutoscalerSpec['metrics'] = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_UTILIZATION } } },
];
const SCALE_UP: V2HPAScalingRules = {
  stabilizationWindowSeconds: 0, selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
};
const SCALE_DOWN: V2HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

function autoscaler(spec: V2HorizontalPodAutoscalerSpec): V2HorizontalPodAutoscalerSpec {
  const out = fill(spec, { minReplicas: 1, metrics: DEFAULT_METRICS });
  if (!out.behavior) return out;
  const scaleUp = fill(out.behavior.scaleUp ?? {}, SCALE_UP);
  const scaleDown = fill(out.behavior.scaleDown ?? {}, SCALE_DOWN);
  return set(out, 'behavior', set(set(out.behavior, 'scaleUp', scaleUp), 'scaleDown', scaleDown));
}

export const WORKLOAD_DEFAULTS = typeDefaults({
  DeploymentSpec: deployment, DaemonSetSpec: daemonSet, StatefulSetSpec: statefulSet, ReplicaSetSpec: (s: ReplicaSetSpec) => fill(s, { replicas: 1 }), Job: job,
  CronJobSpec: (s: CronJobSpec) => fill(s, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
  PodFailurePolicyOnPodConditionsPattern: (p: PodFailurePolicyOnPodConditionsPattern) => fillZero(p, { status: 'True' }),
  HorizontalPodAutoscalerSpec: (s: HorizontalPodAutoscalerSpec) => fill(s, { minReplicas: 1 }), V2HorizontalPodAutoscalerSpec: autoscaler,
});
