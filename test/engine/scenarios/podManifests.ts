import type { Chance } from './chance';

/** How containers end, by the annotations that tell the fake runtime. */
const RUNS = ['forever', '3s', '2s exit 1', '1s exit 3', '4s exit 42', '1s exit 1, forever', '2s exit 137 OOMKilled', '20s'] as const;
const IMAGES = ['nginx:1.27', 'nginx:1.28', 'redis:7', 'busybox'] as const;

interface Probes { readonly readinessProbe?: object; readonly livenessProbe?: object; readonly startupProbe?: object }

function probes(chance: Chance): Probes {
  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: chance.between(1, 5), failureThreshold: chance.between(1, 3) };
  return { ...chance.maybe(25, () => ({ readinessProbe: probe })), ...chance.maybe(12, () => ({ livenessProbe: probe })), ...chance.maybe(8, () => ({ startupProbe: probe })) };
}

function container(chance: Chance, name: string): object {
  return {
    name, image: chance.pick(IMAGES), ports: [{ name: 'http', containerPort: 8080 }],
    ...chance.maybe(65, () => ({ resources: { requests: { cpu: chance.pick(['100m', '250m', '500m', '1']), memory: chance.pick(['64Mi', '512Mi', '1Gi']) }, ...chance.maybe(30, () => ({ limits: { cpu: '1', memory: '1Gi' } })) } })),
    ...probes(chance),
  };
}

function annotations(chance: Chance, ends: boolean): object {
  return {
    ...(ends ? { 'controlplane.dev/run': chance.pick(RUNS.slice(1)) } : chance.maybe(20, () => ({ 'controlplane.dev/run': chance.pick(RUNS) }))),
    ...chance.maybe(8, () => ({ 'controlplane.dev/image': chance.pick(['missing', 'missing, ok', 'slow 8s', 'unauthorized']) })),
    ...chance.maybe(10, () => ({ 'controlplane.dev/readiness': chance.pick(['failure', 'failure 6s, success', 'success 9s, failure']) })),
    ...chance.maybe(6, () => ({ 'controlplane.dev/liveness': chance.pick(['success 8s, failure', 'failure']) })),
    ...chance.maybe(8, () => ({ 'controlplane.dev/stop': chance.pick(['2s', '3s exit 143', 'never']) })),
  };
}

/** The spec of a pod. */
export function plainPod(chance: Chance, app: string, restartPolicy?: string): object {
  return {
    terminationGracePeriodSeconds: chance.between(0, 6), ...(restartPolicy ? { restartPolicy } : {}),
    containers: [container(chance, 'main'), ...(chance.percent(15) ? [container(chance, 'helper')] : [])],
    ...chance.maybe(15, () => ({ initContainers: [{ ...container(chance, 'init'), readinessProbe: undefined, livenessProbe: undefined, startupProbe: undefined }] })),
    ...chance.maybe(8, () => ({ initContainers: [{ name: 'sidecar', image: 'envoy:1', restartPolicy: 'Always' }] })),
    ...chance.maybe(8, () => ({ nodeSelector: { disk: 'ssd' } })),
    ...chance.maybe(10, () => ({ priorityClassName: chance.pick(['high', 'patient', 'missing']) })),
    ...chance.maybe(10, () => ({ tolerations: [{ operator: 'Exists', ...chance.maybe(60, () => ({ effect: 'NoExecute', tolerationSeconds: chance.between(1, 60) })) }] })),
    ...(app === '' ? {} : chance.maybe(10, () => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: chance.pick(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']), whenUnsatisfiable: chance.pick(['DoNotSchedule', 'ScheduleAnyway']), labelSelector: { matchLabels: { app } } }] }))),
    ...(app === '' ? {} : chance.maybe(10, () => ({ affinity: { [chance.pick(['podAntiAffinity', 'podAntiAffinity', 'podAffinity'])]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } }] } } }))),
    ...(app === '' ? {} : chance.maybe(6, () => ({ volumes: [chance.percent(70) ? { name: 'data', persistentVolumeClaim: { claimName: app } } : { name: 'data', configMap: { name: app } }] }))),
    ...chance.maybe(3, () => ({ schedulingGates: [{ name: 'example.com/gate' }] })),
  };
}

/** A pod template. An application without a name leaves out labels and what goes by them. */
export function podTemplate(chance: Chance, app: string, restartPolicy?: string): object {
  return { metadata: { ...(app ? { labels: { app } } : {}), annotations: annotations(chance, restartPolicy !== undefined) }, spec: plainPod(chance, app, restartPolicy) };
}
