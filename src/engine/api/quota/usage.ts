import type { DeviceRequest, PersistentVolumeClaim, Pod, ResourceResourceClaim, Service } from '../generated/types';
import { compareQuantity, parseQuantity, quantityOf, type Quantity } from '../quantity';
import { addTo, amountsOf, ONE, NOTHING, plus, type Amounts } from './amounts';
import { podLimits, podRequests } from './podResources';

const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const DEVICES_SUFFIX = '.deviceclass.resource.k8s.io/devices';
/** resourceapi.AllocationResultsMaxSize: what "all devices" may come to. */
const MAX_DEVICES = 32;

/** "count/deployments.apps": the name under which a quota counts objects. */
export const countName = (group: string, resource: string): string => `count/${resource}${group ? `.${group}` : ''}`;

const POD_COUNT = countName('', 'pods');
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** helper.IsExtendedResourceName, without its check of the name's form: objects in store have been validated. */
const isExtended = (name: string): boolean => name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');

/** podComputeUsageHelper: requests and limits under the names that quotas have for them. */
export function computeUsage(requests: Amounts, limits: Amounts): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([['pods', ONE]]);
  for (const name of COMPUTE) {
    const request = requests.get(name);
    if (request) { usage.set(name, request); usage.set(`requests.${name}`, request); }
    const limit = limits.get(name);
    if (limit) usage.set(`limits.${name}`, limit);
  }
  for (const [name, request] of requests) {
    if (name.startsWith('hugepages-')) usage.set(name, request);
    if (name.startsWith('hugepages-') || isExtended(name)) usage.set(`requests.${name}`, request);
  }
  return usage;
}

/** PodUsageFunc: a pod that is over, or that should have been gone by `now` (milliseconds since 1970), counts as an object only. */
export function podUsage(pod: Pod, now: number): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([[POD_COUNT, ONE]]);
  if (!isCharged(pod, now)) return usage;
  return plus(usage, computeUsage(podRequests(pod, { useStatus: true }), podLimits(pod, { useStatus: true })));
}

/** core.QuotaV1Pod */
export function isCharged(pod: Pod, now: number): boolean {
  const phase = pod.status?.phase;
  if (phase === 'Failed' || phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  return deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined || now <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

export function serviceUsage(service: Service): Map<string, Quantity> {
  const { type, ports = [], allocateLoadBalancerNodePorts } = service.spec ?? {};
  const balanced = type === 'LoadBalancer';
  const counted = type === 'NodePort' || (balanced && allocateLoadBalancerNodePorts !== false) ? ports.length : balanced ? ports.filter((p) => (p.nodePort ?? 0) !== 0).length : 0;
  return new Map([[countName('', 'services'), ONE], ['services', ONE], ['services.loadbalancers', balanced ? ONE : NOTHING], ['services.nodeports', quantityOf(counted)]]);
}

export function claimUsage(claim: PersistentVolumeClaim): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([['persistentvolumeclaims', ONE], [countName('', 'persistentvolumeclaims'), ONE]]);
  const className = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec.storageClassName ?? '';
  if (className) usage.set(`${className}${CLASS_SUFFIX}persistentvolumeclaims`, ONE);
  const storage = requestedStorage(claim);
  if (!storage) return usage;
  usage.set('requests.storage', storage);
  if (className) usage.set(`${className}${CLASS_SUFFIX}requests.storage`, storage);
  return usage;
}

/** In whole bytes; what an expansion that failed has taken already counts on. */
function requestedStorage(claim: PersistentVolumeClaim): Quantity | undefined {
  const wanted = amountsOf(claim.spec.resources?.requests).get('storage');
  if (!wanted) return undefined;
  const allocated = parseQuantity(claim.status?.allocatedResources?.['storage'] ?? '');
  return wholeBytes(allocated && compareQuantity(allocated, wholeBytes(wanted)) > 0 ? allocated : wanted);
}

function wholeBytes(quantity: Quantity): Quantity {
  const whole = quantityOf(quantity.value, quantity.format);
  return compareQuantity(whole, quantity) === 0 ? quantity : whole;
}

export function resourceClaimUsage(claim: ResourceResourceClaim): Map<string, Quantity> {
  const usage = new Map<string, Quantity>([[countName('resource.k8s.io', 'resourceclaims'), ONE]]);
  for (const request of claim.spec?.devices?.requests ?? []) addTo(usage, devicesOf(request));
  return usage;
}

function devicesOf(request: DeviceRequest): Amounts {
  const most = new Map<string, number>();
  for (const part of request.firstAvailable?.length ? request.firstAvailable : request.exactly ? [request.exactly] : []) {
    const name = `${part.deviceClassName}${DEVICES_SUFFIX}`;
    const count = part.allocationMode === 'All' ? MAX_DEVICES : part.allocationMode === 'ExactCount' ? part.count ?? 0 : 0;
    most.set(name, Math.max(most.get(name) ?? 0, count));
  }
  return new Map([...most].map(([name, count]) => [name, quantityOf(count)]));
}
