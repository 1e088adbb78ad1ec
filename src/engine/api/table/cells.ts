import type {
  APIService, CertificateSigningRequest, ClusterRoleBinding, ConfigMap, ControllerRevision, CoreEvent, CronJob, CSIDriver, CSINode, CSIStorageCapacity, DaemonSet, Deployment, EndpointSlice, Endpoints, EventsEvent,
  FlowSchema, HorizontalPodAutoscaler, Ingress, IngressClass, IPAddress, Job, Lease, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingWebhookConfiguration, Namespace, NetworkPolicy, Node,
  ObjectMeta, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, PodTemplate, PriorityClass, PriorityLevelConfiguration, RbacSubject, ReplicaSet, ReplicationController, ResourceQuota,
  ResourceResourceClaim, ResourceSlice, RuntimeClass, Scale, Secret, Service, ServiceAccount, ServiceCIDR, StatefulSet, StorageClass, V2HorizontalPodAutoscaler, V2MetricSpec, ValidatingAdmissionPolicy,
  VolumeAttachment, VolumeAttributesClass,
} from '../generated/types';
import { controllerOf, parseApiVersion, type KubernetesObject } from '../object';
import { qualified } from '../status';
import { formatLabelSelector } from '../selectors';
import {
  accessModes, endpointAddresses, externalIP, formatLabels, hpaTargets, images, ingressHosts, loadBalancerAddresses, names, servicePorts, sliceAddresses, slicePorts, storageClassOf,
} from './format';
import { humanDuration, since } from './humanDuration';
import { podCells, type Cell } from './pod';

/** What cells depend on besides the object. */
export interface PrintContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Untruncated addresses. The API server always prints wide; kubectl hides columns by their priority. */
  readonly wide: boolean;
}

export type Printer = (object: KubernetesObject, context: PrintContext) => readonly Cell[];
const printer = <T>(print: (object: T, age: string, context: PrintContext) => readonly Cell[]): Printer =>
  (object, context) => print(object as unknown as T, since(object.metadata.creationTimestamp, context.now), context);

type Meta = { readonly metadata: ObjectMeta };
const NONE = '<none>';
const UNSET = '<unset>';
const bool = (value: boolean | undefined): string => (value === undefined ? UNSET : value ? 'True' : 'False');
const count = (object: object | undefined): number => Object.keys(object ?? {}).length;

function deployment({ metadata, spec, status }: Deployment, age: string): readonly Cell[] {
  const containers = spec?.template.spec?.containers;
  const selector = formatLabelSelector(spec?.selector);
  return [metadata.name, `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`, status?.updatedReplicas ?? 0, status?.availableReplicas ?? 0, age, names(containers), images(containers), selector];
}

function job({ metadata, spec, status }: Job, age: string, { now }: PrintContext): readonly Cell[] {
  const succeeded = status?.succeeded ?? 0;
  const parallelism = spec?.parallelism ?? 0;
  const completions = spec?.completions !== undefined ? `${succeeded}/${spec.completions}` : parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
  const start = status?.startTime;
  const duration = start ? humanDuration((status?.completionTime ? Date.parse(status.completionTime) : now) - Date.parse(start)) : '';
  const containers = spec?.template.spec?.containers;
  return [metadata.name, jobStatus({ metadata, status }), completions, duration, age, names(containers), images(containers), formatLabelSelector(spec?.selector)];
}

function jobStatus({ metadata, status }: Pick<Job, 'metadata' | 'status'>): string {
  const has = (type: string): boolean => status?.conditions?.find((c) => c.type === type)?.status === 'True';
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function cronJob({ metadata, spec, status }: CronJob, age: string, { now }: PrintContext): readonly Cell[] {
  const containers = spec?.jobTemplate.spec?.template.spec?.containers;
  const last = status?.lastScheduleTime ? since(status.lastScheduleTime, now) : NONE;
  return [metadata.name, spec?.schedule ?? '', spec?.timeZone ?? NONE, bool(spec?.suspend), status?.active?.length ?? 0, last, age, names(containers), images(containers), formatLabelSelector(spec?.jobTemplate.spec?.selector)];
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';
function nodeRoles(labels: { readonly [key: string]: string } | undefined): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value) roles.add(value);
  }
  return [...roles].sort().join(',') || NONE;
}

function node({ metadata, spec, status }: Node, age: string): readonly Cell[] {
  const ready = status?.conditions?.findLast((c) => c.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown', ...(spec?.unschedulable ? ['SchedulingDisabled'] : [])];
  const address = (type: string): string => status?.addresses?.find((a) => a.type === type)?.address ?? NONE;
  const info = status?.nodeInfo;
  return [
    metadata.name, words.join(','), nodeRoles(metadata.labels), age, info?.kubeletVersion ?? '', address('InternalIP'), address('ExternalIP'),
    info?.osImage || '<unknown>', info?.kernelVersion || '<unknown>', info?.containerRuntimeVersion || '<unknown>',
  ];
}

/** An Event of either group, with the names of core/v1. */
function asCoreEvent(event: CoreEvent | EventsEvent): CoreEvent {
  if (!('regarding' in event) && event.apiVersion !== 'events.k8s.io/v1') return event as CoreEvent;
  const e = event as EventsEvent;
  return {
    ...e, involvedObject: e.regarding ?? {}, message: e.note, source: e.deprecatedSource, firstTimestamp: e.deprecatedFirstTimestamp, lastTimestamp: e.deprecatedLastTimestamp,
    count: e.deprecatedCount, reportingComponent: e.reportingController,
  };
}

function event(given: CoreEvent | EventsEvent, _age: string, { now }: PrintContext): readonly Cell[] {
  const e = asCoreEvent(given);
  const first = since(e.firstTimestamp ?? e.eventTime, now);
  const last = e.series ? since(e.series.lastObservedTime, now) : e.lastTimestamp ? since(e.lastTimestamp, now) : first;
  const { kind = '', name, fieldPath = '' } = e.involvedObject;
  const component = e.source?.component || e.reportingComponent || '';
  const instance = e.source?.host || e.reportingInstance || '';
  return [
    last, e.type ?? '', e.reason ?? '', name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(), fieldPath, instance ? `${component}, ${instance}` : component, (e.message ?? '').trim(),
    first, e.series?.count ?? (e.count || 1), e.metadata.name,
  ];
}

function roleBinding({ metadata, roleRef, subjects }: ClusterRoleBinding, age: string): readonly Cell[] {
  const of = (kind: string, text: (s: RbacSubject) => string): string => (subjects ?? []).filter((s) => s.kind === kind).map(text).join(', ');
  return [metadata.name, `${roleRef.kind}/${roleRef.name}`, age, of('User', (s) => s.name), of('Group', (s) => s.name), of('ServiceAccount', (s) => `${s.namespace ?? ''}/${s.name}`)];
}

function persistentVolume(o: PersistentVolume, age: string): readonly Cell[] {
  const { metadata, spec, status } = o;
  const claim = spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '';
  return [
    metadata.name, spec?.capacity?.storage ?? '0', accessModes(spec?.accessModes), spec?.persistentVolumeReclaimPolicy ?? '', metadata.deletionTimestamp ? 'Terminating' : status?.phase ?? '', claim,
    storageClassOf(o), spec?.volumeAttributesClassName ?? UNSET, status?.reason ?? '', age, spec?.volumeMode ?? UNSET,
  ];
}

function persistentVolumeClaim(o: PersistentVolumeClaim, age: string): readonly Cell[] {
  const { metadata, spec, status } = o;
  const bound = Boolean(spec?.volumeName);
  return [
    metadata.name, metadata.deletionTimestamp ? 'Terminating' : status?.phase ?? '', spec?.volumeName ?? '', bound ? status?.capacity?.storage ?? '0' : '', bound ? accessModes(status?.accessModes) : '',
    storageClassOf(o), spec?.volumeAttributesClassName ?? UNSET, age, spec?.volumeMode ?? UNSET,
  ];
}

function autoscaler(o: V2HorizontalPodAutoscaler | HorizontalPodAutoscaler, age: string): readonly Cell[] {
  const { metadata, spec, status } = o as V2HorizontalPodAutoscaler;
  const percentage = (o as HorizontalPodAutoscaler).spec?.targetCPUUtilizationPercentage;
  const current = (o as HorizontalPodAutoscaler).status?.currentCPUUtilizationPercentage;
  const metrics: readonly V2MetricSpec[] | undefined = percentage === undefined ? spec?.metrics : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } } }];
  const statuses = current === undefined ? status?.currentMetrics : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }];
  return [
    metadata.name, `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`, hpaTargets(metrics, statuses), spec?.minReplicas === undefined ? UNSET : String(spec.minReplicas),
    spec?.maxReplicas ?? 0, status?.currentReplicas ?? 0, age,
  ];
}

function certificateSigningRequest({ metadata, spec, status }: CertificateSigningRequest, age: string): readonly Cell[] {
  const has = (type: string): boolean => status?.conditions?.some((c) => c.type === type) === true;
  const condition = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending', ...(has('Failed') ? ['Failed'] : []), ...(status?.certificate ? ['Issued'] : [])].join(',');
  return [metadata.name, age, spec.signerName || NONE, spec.username ?? '', spec.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000), condition];
}

function resourceQuota({ metadata, status }: ResourceQuota, age: string): readonly Cell[] {
  const texts = (limits: boolean): string => Object.keys(status?.hard ?? {}).sort().filter((r) => r.startsWith('limits.') === limits)
    .map((r) => `${r}: ${status?.used?.[r] ?? '0'}/${status?.hard?.[r] ?? '0'}`).join(', ');
  return [metadata.name, texts(false), texts(true), age];
}

function controllerRevision(o: ControllerRevision, age: string): readonly Cell[] {
  const owner = controllerOf(o);
  const controller = owner ? `${qualified(parseApiVersion(owner.apiVersion).group, owner.kind).toLowerCase()}/${owner.name}` : NONE;
  return [o.metadata.name, controller, o.revision, age];
}

function storageClass(o: StorageClass, age: string): readonly Cell[] {
  const { annotations } = o.metadata;
  const isDefault = annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
  return [`${o.metadata.name}${isDefault ? ' (default)' : ''}`, o.provisioner, o.reclaimPolicy ?? 'Delete', o.volumeBindingMode ?? 'Immediate', o.allowVolumeExpansion ?? false, age];
}

function priorityLevel({ metadata, spec }: PriorityLevelConfiguration, age: string): readonly Cell[] {
  const limited = spec?.limited;
  const queuing = limited?.limitResponse?.queuing;
  return [metadata.name, spec?.type ?? '', limited ? limited.nominalConcurrencyShares ?? 0 : NONE, queuing ? queuing.queues ?? 0 : NONE, queuing ? queuing.handSize ?? 0 : NONE, queuing ? queuing.queueLengthLimit ?? 0 : NONE, age];
}

function policyBinding({ metadata, spec }: MutatingAdmissionPolicyBinding, age: string): readonly Cell[] {
  const ref = spec?.paramRef;
  const parameters = !ref ? UNSET : ref.name ? `${ref.namespace || '*'}/${ref.name}` : formatLabelSelector(ref.selector);
  return [metadata.name, spec?.policyName ?? '', parameters, age];
}

const paramKind = (kind: { readonly apiVersion?: string; readonly kind?: string } | undefined): string => (kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : UNSET);

function resourceClaim({ metadata, status }: ResourceResourceClaim, age: string): readonly Cell[] {
  const states = [...(metadata.deletionTimestamp ? ['deleted'] : []), ...(status?.allocation ? ['allocated', ...(status.reservedFor?.length ? ['reserved'] : [])] : metadata.deletionTimestamp ? [] : ['pending'])];
  return [metadata.name, states.join(','), age];
}

function ipAddress({ metadata, spec }: IPAddress, age: string): readonly Cell[] {
  const ref = spec?.parentRef;
  const parent = ref ? [qualified(ref.group ?? '', ref.resource).toLowerCase(), ...(ref.namespace ? [ref.namespace] : []), ref.name].join('/') : NONE;
  return [metadata.name, parent, age];
}

/** The cells of each kind that has columns of its own, in the order of its columns. */
export const PRINTERS: { readonly [kind: string]: Printer } = {
  APIService: printer<APIService>(({ metadata, spec, status }, age) => {
    const available = status?.conditions?.find((c) => c.type === 'Available');
    const words = !available ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`;
    return [metadata.name, spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local', words, age];
  }),
  CertificateSigningRequest: printer<CertificateSigningRequest>(certificateSigningRequest),
  ClusterRoleBinding: printer<ClusterRoleBinding>(roleBinding),
  ConfigMap: printer<ConfigMap>((o, age) => [o.metadata.name, count(o.data) + count(o.binaryData), age]),
  ControllerRevision: printer<ControllerRevision>(controllerRevision),
  CronJob: printer<CronJob>(cronJob),
  CSIDriver: printer<CSIDriver>(({ metadata, spec }, age) => [
    metadata.name, spec.attachRequired ?? true, spec.podInfoOnMount ?? false, spec.storageCapacity ?? false, spec.tokenRequests ? spec.tokenRequests.map((t) => t.audience).join(',') : UNSET,
    spec.requiresRepublish ?? false, spec.volumeLifecycleModes?.join(',') || NONE, age,
  ]),
  CSINode: printer<CSINode>((o, age) => [o.metadata.name, o.spec.drivers?.length ?? 0, age]),
  CSIStorageCapacity: printer<CSIStorageCapacity>((o) => [o.metadata.name, o.storageClassName, o.capacity ?? UNSET]),
  DaemonSet: printer<DaemonSet>(({ metadata, spec, status }, age) => {
    const pod = spec?.template.spec;
    return [
      metadata.name, status?.desiredNumberScheduled ?? 0, status?.currentNumberScheduled ?? 0, status?.numberReady ?? 0, status?.updatedNumberScheduled ?? 0, status?.numberAvailable ?? 0,
      formatLabels(pod?.nodeSelector), age, names(pod?.containers), images(pod?.containers), formatLabelSelector(spec?.selector),
    ];
  }),
  Deployment: printer<Deployment>(deployment),
  DeviceClass: printer<Meta>((o, age) => [o.metadata.name, age]),
  Endpoints: printer<Endpoints>((o, age) => [o.metadata.name, endpointAddresses(o), age]),
  EndpointSlice: printer<EndpointSlice>((o, age) => [o.metadata.name, o.addressType, slicePorts(o), sliceAddresses(o), age]),
  Event: printer<CoreEvent | EventsEvent>(event),
  FlowSchema: printer<FlowSchema>(({ metadata, spec, status }, age) => [
    metadata.name, spec?.priorityLevelConfiguration.name ?? '', spec?.matchingPrecedence ?? 0, spec?.distinguisherMethod?.type ?? NONE, age, status?.conditions?.find((c) => c.type === 'Dangling')?.status ?? '?',
  ]),
  HorizontalPodAutoscaler: printer<V2HorizontalPodAutoscaler | HorizontalPodAutoscaler>(autoscaler),
  Ingress: printer<Ingress>(({ metadata, spec, status }, age, { wide }) => [
    metadata.name, spec?.ingressClassName ?? NONE, ingressHosts(spec?.rules), loadBalancerAddresses(status?.loadBalancer?.ingress, wide), spec?.tls?.length ? '80, 443' : '80', age,
  ]),
  IngressClass: printer<IngressClass>(({ metadata, spec }, age) => {
    const p = spec?.parameters;
    return [metadata.name, spec?.controller ?? '', p ? `${p.kind}${p.apiGroup !== undefined ? `.${p.apiGroup}` : ''}/${p.name}` : NONE, age];
  }),
  IPAddress: printer<IPAddress>(ipAddress),
  Job: printer<Job>(job),
  Lease: printer<Lease>((o, age) => [o.metadata.name, o.spec?.holderIdentity ?? '', age]),
  MutatingAdmissionPolicy: printer<MutatingAdmissionPolicy>((o, age) => [o.metadata.name, o.spec?.mutations?.length ?? 0, paramKind(o.spec?.paramKind), age]),
  MutatingAdmissionPolicyBinding: printer<MutatingAdmissionPolicyBinding>(policyBinding),
  MutatingWebhookConfiguration: printer<MutatingWebhookConfiguration>((o, age) => [o.metadata.name, o.webhooks?.length ?? 0, age]),
  Namespace: printer<Namespace>((o, age) => [o.metadata.name, o.status?.phase ?? '', age]),
  NetworkPolicy: printer<NetworkPolicy>((o, age) => [o.metadata.name, formatLabelSelector(o.spec?.podSelector ?? {}), age]),
  Node: printer<Node>(node),
  PersistentVolume: printer<PersistentVolume>(persistentVolume),
  PersistentVolumeClaim: printer<PersistentVolumeClaim>(persistentVolumeClaim),
  Pod: (object, { now }) => podCells(object as unknown as Pod, now),
  PodDisruptionBudget: printer<PodDisruptionBudget>(({ metadata, spec, status }, age) => [metadata.name, String(spec?.minAvailable ?? 'N/A'), String(spec?.maxUnavailable ?? 'N/A'), status?.disruptionsAllowed ?? 0, age]),
  PodTemplate: printer<PodTemplate>(({ metadata, template }) => [metadata.name, names(template?.spec?.containers), images(template?.spec?.containers), formatLabels(template?.metadata?.labels)]),
  PriorityClass: printer<PriorityClass>((o, age) => [o.metadata.name, o.value ?? 0, o.globalDefault ?? false, age, o.preemptionPolicy ?? '']),
  PriorityLevelConfiguration: printer<PriorityLevelConfiguration>(priorityLevel),
  ReplicaSet: printer<ReplicaSet>(({ metadata, spec, status }, age) => {
    const containers = spec?.template?.spec?.containers;
    return [metadata.name, spec?.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0, age, names(containers), images(containers), formatLabelSelector(spec?.selector)];
  }),
  ReplicationController: printer<ReplicationController>(({ metadata, spec, status }, age) => {
    const containers = spec?.template?.spec?.containers;
    return [metadata.name, spec?.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0, age, names(containers), images(containers), formatLabels(spec?.selector)];
  }),
  ResourceClaim: printer<ResourceResourceClaim>(resourceClaim),
  ResourceClaimTemplate: printer<Meta>((o, age) => [o.metadata.name, age]),
  ResourceQuota: printer<ResourceQuota>(resourceQuota),
  ResourceSlice: printer<ResourceSlice>((o, age) => [o.metadata.name, o.spec.nodeName ?? '', o.spec.driver, o.spec.pool.name, age]),
  RoleBinding: printer<ClusterRoleBinding>(roleBinding),
  RuntimeClass: printer<RuntimeClass>((o, age) => [o.metadata.name, o.handler, age]),
  Scale: printer<Scale>((o, age) => [o.metadata.name, o.spec?.replicas ?? 0, o.status?.replicas ?? 0, age]),
  Secret: printer<Secret>((o, age) => [o.metadata.name, o.type ?? '', count(o.data), age]),
  Service: printer<Service>((o, age, { wide }) => [o.metadata.name, o.spec?.type ?? '', o.spec?.clusterIPs?.[0] ?? NONE, externalIP(o, wide), servicePorts(o), age, formatLabels(o.spec?.selector)]),
  ServiceAccount: printer<ServiceAccount>((o, age) => [o.metadata.name, age]),
  ServiceCIDR: printer<ServiceCIDR>((o, age) => [o.metadata.name, (o.spec?.cidrs ?? []).join(','), age]),
  StatefulSet: printer<StatefulSet>(({ metadata, spec, status }, age) => {
    const containers = spec?.template.spec?.containers;
    return [metadata.name, `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`, age, names(containers), images(containers)];
  }),
  StorageClass: printer<StorageClass>(storageClass),
  ValidatingAdmissionPolicy: printer<ValidatingAdmissionPolicy>((o, age) => [o.metadata.name, o.spec?.validations?.length ?? 0, paramKind(o.spec?.paramKind), age]),
  ValidatingAdmissionPolicyBinding: printer<MutatingAdmissionPolicyBinding>(policyBinding),
  ValidatingWebhookConfiguration: printer<MutatingWebhookConfiguration>((o, age) => [o.metadata.name, o.webhooks?.length ?? 0, age]),
  VolumeAttachment: printer<VolumeAttachment>(({ metadata, spec, status }, age) => [metadata.name, spec.attacher, spec.source.persistentVolumeName ?? '', spec.nodeName, status?.attached ?? false, age]),
  VolumeAttributesClass: printer<VolumeAttributesClass>((o, age) => [o.metadata.name, o.driverName, age]),
};
