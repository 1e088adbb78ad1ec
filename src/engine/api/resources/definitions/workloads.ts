import { defineResources, WORKLOAD_SCALE } from '../definition';

export const APPS_RESOURCES = defineResources('apps', 'v1', [
  { kind: 'ControllerRevision', resource: 'controllerrevisions', hash: '85nkx63pcBU=' },
  { kind: 'DaemonSet', resource: 'daemonsets', short: ['ds'], categories: ['all'], status: true, hash: 'dd7pWHUlMKQ=' },
  { kind: 'Deployment', resource: 'deployments', short: ['deploy'], categories: ['all'], status: true, scale: WORKLOAD_SCALE, hash: '8aSe+NMegvE=' },
  { kind: 'ReplicaSet', resource: 'replicasets', short: ['rs'], categories: ['all'], status: true, scale: WORKLOAD_SCALE, hash: 'P1RzHs8/mWQ=' },
  { kind: 'StatefulSet', resource: 'statefulsets', short: ['sts'], categories: ['all'], status: true, scale: WORKLOAD_SCALE, hash: 'H+vl74LkKdo=' },
]);

export const BATCH_RESOURCES = defineResources('batch', 'v1', [
  { kind: 'CronJob', resource: 'cronjobs', short: ['cj'], categories: ['all'], status: true, hash: 'sd5LIXh4Fjs=' },
  { kind: 'Job', resource: 'jobs', categories: ['all'], status: true, hash: 'mudhfqk/qZY=' },
]);

const HPA = { kind: 'HorizontalPodAutoscaler', resource: 'horizontalpodautoscalers', short: ['hpa'], categories: ['all'], status: true, hash: 'qwQve8ut294=' } as const;
export const AUTOSCALING_RESOURCES = [
  ...defineResources('autoscaling', 'v2', [{ ...HPA, schema: 'V2HorizontalPodAutoscaler' }]),
  ...defineResources('autoscaling', 'v1', [{ ...HPA, storedAs: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' } }]),
];

export const POLICY_RESOURCES = defineResources('policy', 'v1', [
  { kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets', short: ['pdb'], status: true, hash: 'EVWiDmWqyJw=' },
]);

export const SCHEDULING_RESOURCES = defineResources('scheduling.k8s.io', 'v1', [
  { kind: 'PriorityClass', resource: 'priorityclasses', short: ['pc'], cluster: true, hash: '1QwjyaZjj3Y=' },
]);

export const NODE_RESOURCES = defineResources('node.k8s.io', 'v1', [
  { kind: 'RuntimeClass', resource: 'runtimeclasses', cluster: true, hash: 'WQTu1GL3T2Q=' },
]);

export const COORDINATION_RESOURCES = defineResources('coordination.k8s.io', 'v1', [
  { kind: 'Lease', resource: 'leases', hash: 'gqkMMb/YqFM=' },
]);

export const EVENTS_RESOURCES = defineResources('events.k8s.io', 'v1', [
  { kind: 'Event', resource: 'events', short: ['ev'], schema: 'EventsEvent', storedAs: { group: '', version: 'v1', resource: 'events' }, hash: 'r2yiGXH7wu8=' },
]);

export const RESOURCE_RESOURCES = defineResources('resource.k8s.io', 'v1', [
  { kind: 'DeviceClass', resource: 'deviceclasses', cluster: true, hash: 'Yk2PTc1Ybxk=' },
  { kind: 'ResourceClaim', resource: 'resourceclaims', schema: 'ResourceResourceClaim', status: true, hash: 'wgAZaHcZxUg=' },
  { kind: 'ResourceClaimTemplate', resource: 'resourceclaimtemplates', hash: 'TuzjC49aUfM=' },
  { kind: 'ResourceSlice', resource: 'resourceslices', cluster: true, hash: 'KsC072WgaEY=' },
]);
