import type { Container, Endpoints, Pod, Service, ServicePort } from '../../api/generated/types';
import { objectKey } from '../../api/object';
import { selectorFromSet, type Labels } from '../../api/selectors';
import { semanticEqual } from '../../api/validation/equal';
import type { Informer } from '../../client/informer';
import { isPodReady, isPodTerminal, podCondition } from '../podUtil';
import { seconds, timestampOf } from '../objects';

/** What the endpoints and the endpoint slice controller both know about pods and services. */
const BY_LABEL = 'label';

export function indexPodsByLabel(pods: Informer<Pod>): void {
  pods.addIndex(BY_LABEL, (pod) => Object.entries(pod.metadata.labels ?? {}).map(([key, value]) => `${pod.metadata.namespace}/${key}=${value}`));
}

/** The pods that a service selects; looked up by one of its labels, so that not every pod of the namespace is tried. */
export function* podsOfService(pods: Informer<Pod>, service: Service): Iterable<Pod> {
  const [first] = Object.entries(service.spec.selector ?? {});
  const selector = selectorFromSet(service.spec.selector);
  const candidates = first ? pods.byIndex(BY_LABEL, `${service.metadata.namespace}/${first[0]}=${first[1]}`) : pods.inNamespace(service.metadata.namespace ?? '');
  for (const pod of candidates) if (selector.matches(pod.metadata.labels as Labels)) yield pod;
}

/** The keys of the services that select a pod. */
export function* servicesOfPod(services: Informer<Service>, pod: Pod): Iterable<string> {
  for (const service of services.inNamespace(pod.metadata.namespace ?? '')) {
    const selector = service.spec.selector;
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    if (Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value)) yield objectKey(service);
  }
}

const ipsOf = (pod: Pod): string => (pod.status?.podIPs ?? []).map((ip) => ip.ip).join() || (pod.status?.podIP ?? '');

/** Whether anything changed that endpoints show. */
export function endpointChanged(before: Pod, pod: Pod): boolean {
  return (before.metadata.deletionTimestamp === undefined) !== (pod.metadata.deletionTimestamp === undefined) || ipsOf(before) !== ipsOf(pod) || before.spec.nodeName !== pod.spec.nodeName
    || isPodReady(before) !== isPodReady(pod) || isPodTerminal(before) !== isPodTerminal(pod) || before.spec.hostname !== pod.spec.hostname || before.metadata.uid !== pod.metadata.uid;
}

/** The services to look at again after a pod changed. */
export function servicesToUpdate(services: Informer<Service>, before: Pod, pod: Pod): ReadonlySet<string> {
  const changed = endpointChanged(before, pod);
  const relabelled = before.metadata.labels !== pod.metadata.labels && JSON.stringify(before.metadata.labels) !== JSON.stringify(pod.metadata.labels);
  if (!changed && !relabelled) return new Set();
  const now = new Set(servicesOfPod(services, pod));
  if (!relabelled) return now;
  const then = new Set(servicesOfPod(services, before));
  if (changed) return new Set([...now, ...then]);
  return new Set([...[...now].filter((key) => !then.has(key)), ...[...then].filter((key) => !now.has(key))]);
}

/** endpointsliceutil.ShouldPodBeInEndpoints */
export function shouldBeInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  return !isPodTerminal(pod) && ipsOf(pod) !== '' && (includeTerminating || pod.metadata.deletionTimestamp === undefined);
}

/** A pod with a host name in the service's subdomain gets a DNS name of its own. */
export const hostnameFor = (pod: Pod, service: Service): string | undefined =>
  (pod.spec.hostname && pod.spec.subdomain === service.metadata.name && service.metadata.namespace === pod.metadata.namespace ? pod.spec.hostname : undefined);

export const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None' || (service.spec.clusterIP ?? '') === '';

export const isIPv6 = (ip: string): boolean => ip.includes(':');

/** podutil.FindPort: the number of a service's target port in a pod, or undefined where it has no port of that name. */
export function findPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  const containers: readonly Container[] = [...pod.spec.containers, ...sidecars];
  for (const container of containers) {
    const found = container.ports?.find((p) => p.name === target && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
    if (found) return found.containerPort;
  }
  return undefined;
}

/** Milliseconds that computing, sending and storing one endpoint of a long list takes: what makes changes of a big service come together. */
const TIME_PER_ENDPOINT = 0.01;
const SHORT_LIST = 50;

/** How long a controller is busy with so many endpoints, beyond the latencies of its requests. */
export const busyTime = (endpoints: number): number => (endpoints <= SHORT_LIST ? 0 : endpoints * TIME_PER_ENDPOINT);

/** What is derived from a pod for a service, kept as long as neither changes: most pods are as they were at the last sync. */
export class DerivedFromPod<V> {
  private readonly known = new WeakMap<Pod, { readonly service: Service; readonly node: unknown; readonly value: V }>();

  get(pod: Pod, service: Service, node: unknown, derive: () => V): V {
    const found = this.known.get(pod);
    if (found !== undefined && found.service === service && found.node === node) return found.value;
    const value = derive();
    this.known.set(pod, { service, node, value });
    return value;
  }
}

const comparedEqual = new WeakMap<object, object>();

/** semanticEqual, with the answer remembered for two objects that are compared again and again. */
export function sameAsBefore(stored: object, wanted: object): boolean {
  if (comparedEqual.get(stored) === wanted) return true;
  if (!semanticEqual(stored, wanted)) return false;
  comparedEqual.set(stored, wanted);
  return true;
}

const readySince = new WeakMap<Pod, number>();

function readyTime(pod: Pod): number {
  let time = readySince.get(pod);
  if (time === undefined) readySince.set(pod, time = seconds(podCondition(pod, 'Ready')?.lastTransitionTime));
  return time;
}

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** endpointutil.TriggerTimeTracker: when the change happened that endpoints are written for. Undefined when nothing newer than the last time is known. */
export class TriggerTimeTracker {
  private readonly states = new Map<string, { readonly pods: ReadonlyMap<string, number>; readonly service: number }>();

  compute(service: Service, pods: Iterable<Pod>): string | undefined {
    const key = objectKey(service);
    const before = this.states.get(key);
    const times = new Map<string, number>();
    let changed: number | undefined;
    const note = (time: number, last: number): void => { if (time > last) changed = Math.min(changed ?? time, time); };
    for (const pod of pods) {
      const time = readyTime(pod);
      if (time === 0) continue;
      times.set(pod.metadata.name, time);
      note(time, before?.pods.get(pod.metadata.name) ?? 0);
    }
    const created = seconds(service.metadata.creationTimestamp);
    note(created, before?.service ?? 0);
    this.states.set(key, { pods: times, service: created });
    if (before === undefined) return service.metadata.creationTimestamp;
    return changed === undefined ? undefined : timestampOf(changed);
  }

  forget(key: string): void { this.states.delete(key); }
}

/** The annotations with the trigger time set, or removed where none is known. */
export function withTriggerTime(annotations: Endpoints['metadata']['annotations'], time: string | undefined): Endpoints['metadata']['annotations'] {
  const { [TRIGGER_TIME]: _, ...rest } = annotations ?? {};
  const all = time === undefined ? rest : { ...rest, [TRIGGER_TIME]: time };
  return Object.keys(all).length > 0 ? all : undefined;
}
