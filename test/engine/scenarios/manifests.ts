import type { KubernetesObject } from '../../../src/engine/api/object';
import { readyNode } from '../../../src/engine/bootstrap/nodes';
import { DEFAULT_EPOCH, KUBERNETES_VERSION } from '../../../src/engine/cluster';
import type { Chance } from './chance';
import { podTemplate, plainPod } from './podManifests';

/** Namespaces that people of a scenario work in. The second is made, and perhaps deleted, as part of it. */
export const NAMESPACES = ['default', 'team'] as const;
/** Applications: what labels and selectors say. Few, so that what belongs to different owners sometimes matches. */
export const APPS = ['web', 'shop', 'mail', 'news', 'song'] as const;
export const CLASSES = ['fast', 'late'] as const;

const yes = { metadata: {} };

/** What the cluster holds before anything happens: nodes of several sizes, classes of storage and priority. */
export function clusterObjects(chance: Chance): readonly KubernetesObject[] {
  const now = new Date(DEFAULT_EPOCH).toISOString().replace(/\.\d+Z$/, 'Z');
  const nodes = Array.from({ length: chance.between(2, 4) }, (_, i) => readyNode({
    name: `node-${i + 1}`, number: i + 1, cpu: chance.pick(['2', '4', '4']), memory: chance.pick(['4Gi', '8Gi', '16Gi']), pods: chance.pick(['8', '20', '110']),
    ...chance.maybe(80, () => ({ zone: `zone-${chance.pick(['a', 'b'])}` })), labels: chance.maybe(30, () => ({ disk: 'ssd' })),
  }, KUBERNETES_VERSION, now));
  return [
    ...nodes,
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...named('fast'), provisioner: 'disk.example', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...named('late'), provisioner: 'disk.example', reclaimPolicy: chance.pick(['Delete', 'Retain']), volumeBindingMode: 'WaitForFirstConsumer' },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...named('high'), value: 1000, globalDefault: false, preemptionPolicy: 'PreemptLowerPriority' },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...named('patient'), value: 500, globalDefault: false, preemptionPolicy: 'Never' },
  ] as unknown as readonly KubernetesObject[];
}

const named = (name: string): object => ({ ...yes, metadata: { name } });
const selector = (app: string): object => ({ matchLabels: { app } });

type Maker = (chance: Chance, app: string) => object;

const deployment: Maker = (chance, app) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', ...named(app),
  spec: {
    replicas: chance.between(0, 6), selector: selector(app), template: podTemplate(chance, app),
    ...chance.maybe(40, () => ({ strategy: chance.percent(30) ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate: chance.pick([{ maxSurge: 1, maxUnavailable: 0 }, { maxSurge: 0, maxUnavailable: 1 }, { maxSurge: '50%', maxUnavailable: '50%' }, { maxSurge: 3, maxUnavailable: 2 }]) } })),
    ...chance.maybe(20, () => ({ minReadySeconds: chance.between(1, 8) })), ...chance.maybe(20, () => ({ revisionHistoryLimit: chance.between(0, 2) })),
    ...chance.maybe(25, () => ({ progressDeadlineSeconds: chance.between(10, 40) })), ...chance.maybe(5, () => ({ paused: true })),
  },
});

const replicaSet: Maker = (chance, app) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', ...named(`${app}-set`), spec: { replicas: chance.between(0, 5), selector: selector(app), template: podTemplate(chance, app), ...chance.maybe(20, () => ({ minReadySeconds: chance.between(1, 8) })) } });

const replicationController: Maker = (chance, app) => ({ apiVersion: 'v1', kind: 'ReplicationController', ...named(`${app}-rc`), spec: { replicas: chance.between(0, 4), selector: { app }, template: podTemplate(chance, app) } });

const statefulSet: Maker = (chance, app) => ({
  apiVersion: 'apps/v1', kind: 'StatefulSet', ...named(`${app}-state`),
  spec: {
    replicas: chance.between(0, 4), serviceName: app, selector: selector(app), template: podTemplate(chance, app), ...chance.maybe(40, () => ({ podManagementPolicy: 'Parallel' })),
    ...chance.maybe(30, () => ({ updateStrategy: chance.pick([{ type: 'OnDelete' }, { type: 'RollingUpdate', rollingUpdate: { partition: chance.between(0, 3) } }]) })),
    ...chance.maybe(15, () => ({ ordinals: { start: chance.between(1, 3) } })), ...chance.maybe(20, () => ({ minReadySeconds: chance.between(1, 6) })),
    ...chance.maybe(40, () => ({
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec(chance) }],
      ...chance.maybe(50, () => ({ persistentVolumeClaimRetentionPolicy: { whenDeleted: chance.pick(['Retain', 'Delete']), whenScaled: chance.pick(['Retain', 'Delete']) } })),
    })),
  },
});

const daemonSet: Maker = (chance, app) => ({
  apiVersion: 'apps/v1', kind: 'DaemonSet', ...named(`${app}-daemon`),
  spec: { selector: selector(app), template: podTemplate(chance, app), ...chance.maybe(40, () => ({ updateStrategy: chance.pick([{ type: 'OnDelete' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } }]) })) },
});

const job: Maker = (chance, app) => ({ apiVersion: 'batch/v1', kind: 'Job', ...named(`${app}-job`), spec: jobSpec(chance) });

function jobSpec(chance: Chance): object {
  const indexed = chance.percent(40), completions = chance.between(1, 5);
  const perIndex = indexed && chance.percent(40);
  return {
    completions, parallelism: chance.between(0, 4), ...(indexed ? { completionMode: 'Indexed' } : {}), ...chance.maybe(60, () => ({ backoffLimit: chance.between(0, 3) })),
    ...(perIndex ? { backoffLimitPerIndex: chance.between(0, 2), ...chance.maybe(50, () => ({ maxFailedIndexes: chance.between(0, completions) })) } : {}),
    ...chance.maybe(20, () => ({ activeDeadlineSeconds: chance.between(5, 60) })), ...chance.maybe(25, () => ({ ttlSecondsAfterFinished: chance.between(0, 40) })),
    ...chance.maybe(10, () => ({ suspend: true })), ...chance.maybe(20, () => ({ podReplacementPolicy: 'Failed' })),
    ...(indexed ? chance.maybe(20, () => ({ successPolicy: { rules: [{ succeededCount: 1 }] } })) : {}),
    ...chance.maybe(25, () => ({ podFailurePolicy: { rules: [{ action: chance.pick(perIndex ? ['FailJob', 'Ignore', 'Count', 'FailIndex'] : ['FailJob', 'Ignore', 'Count']), onExitCodes: { operator: 'In', values: [3, 42] } }, { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] } })),
    template: podTemplate(chance, '', 'Never'),
  };
}

const cronJob: Maker = (chance, app) => ({
  apiVersion: 'batch/v1', kind: 'CronJob', ...named(`${app}-cron`),
  spec: {
    schedule: chance.pick(['* * * * *', '*/2 * * * *', '@hourly']), concurrencyPolicy: chance.pick(['Allow', 'Forbid', 'Replace']), ...chance.maybe(30, () => ({ timeZone: 'Europe/Berlin' })),
    ...chance.maybe(40, () => ({ successfulJobsHistoryLimit: chance.between(0, 2), failedJobsHistoryLimit: chance.between(0, 1) })), ...chance.maybe(20, () => ({ startingDeadlineSeconds: chance.between(5, 60) })),
    jobTemplate: { spec: jobSpec(chance) },
  },
});

const service: Maker = (chance, app) => ({
  apiVersion: 'v1', kind: 'Service', ...named(app),
  spec: { ...chance.maybe(90, () => ({ selector: { app } })), ports: [{ port: 80, targetPort: chance.pick([8080, 'http']) }], ...chance.maybe(20, () => ({ clusterIP: 'None' })), ...chance.maybe(15, () => ({ publishNotReadyAddresses: true })), ...chance.maybe(15, () => ({ type: 'NodePort' })) },
});

const quota: Maker = (chance) => ({ apiVersion: 'v1', kind: 'ResourceQuota', ...named('quota'), spec: { hard: chance.pick([{ pods: '6' }, { 'requests.cpu': '2', 'requests.memory': '4Gi' }, { pods: '10', services: '2', 'count/jobs.batch': '3', persistentvolumeclaims: '2', 'requests.storage': '5Gi' }, { 'limits.cpu': '4', configmaps: '5' }]) } });

const limitRange: Maker = (chance) => ({ apiVersion: 'v1', kind: 'LimitRange', ...named('limits'), spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '100m', memory: '64Mi' }, default: { cpu: '500m', memory: '256Mi' }, ...chance.maybe(40, () => ({ max: { cpu: '1', memory: '2Gi' } })) }] } });

const budget: Maker = (chance, app) => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', ...named(app), spec: { selector: selector(app), ...chance.pick([{ minAvailable: 1 }, { minAvailable: '50%' }, { maxUnavailable: 1 }, { maxUnavailable: 0 }]) } });

const claim: Maker = (chance, app) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...named(app), spec: claimSpec(chance) });

const autoscaler: Maker = (_, app) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', ...named(app), spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app }, minReplicas: 1, maxReplicas: 5, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] } });

const configMap: Maker = (_, app) => ({ apiVersion: 'v1', kind: 'ConfigMap', ...named(app), data: { key: 'value' } });

const claimSpec = (chance: Chance): object => ({ accessModes: ['ReadWriteOnce'], storageClassName: chance.pick(CLASSES), resources: { requests: { storage: chance.pick(['1Gi', '3Gi']) } } });

const KINDS: readonly (readonly [number, Maker])[] = [
  [20, deployment], [8, replicaSet], [4, replicationController], [10, statefulSet], [8, daemonSet], [12, job], [4, cronJob], [10, service], [5, quota], [3, limitRange], [6, budget], [5, claim], [3, autoscaler], [4, configMap],
  [8, (chance, app) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `${app}-${chance.between(1, 9)}`, labels: { app } }, spec: plainPod(chance, app) })],
];

/** A manifest that somebody might create. */
export const randomManifest = (chance: Chance): KubernetesObject => chance.weighted(KINDS)(chance, chance.pick(APPS)) as KubernetesObject;
