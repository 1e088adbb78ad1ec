import type { CoreEndpointPort, EndpointAddress, EndpointSubset, Pod, Service } from '../../api/generated/types';
import { compare } from '../objects';
import { isPodReady } from '../podUtil';
import { DerivedFromPod, findPort, hostnameFor, isIPv6, sameAsBefore, shouldBeInEndpoints } from './services';

const MAX_ADDRESSES = 1000;

interface Entry {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

interface Derived extends Entry {
  readonly ports: readonly CoreEndpointPort[];
  readonly key: string;
}

const derived = new DerivedFromPod<Derived | undefined>();

/** The subsets of a service's Endpoints: addresses with the same ports together, sorted as endpoints.RepackSubsets does. */
export function subsetsOf(service: Service, pods: Iterable<Pod>): readonly EndpointSubset[] {
  const groups = new Map<string, { readonly ports: readonly CoreEndpointPort[]; readonly entries: Entry[] }>();
  for (const pod of pods) {
    const entry = derived.get(pod, service, undefined, () => derive(service, pod));
    if (entry === undefined) continue;
    let group = groups.get(entry.key);
    if (group === undefined) groups.set(entry.key, group = { ports: entry.ports, entries: [] });
    group.entries.push(entry);
  }
  return [...groups].sort(([a], [b]) => compare(a, b)).map(([, group]) => subset(group.ports, group.entries));
}

function derive(service: Service, pod: Pod): Derived | undefined {
  const unready = service.spec.publishNotReadyAddresses === true;
  if (!shouldBeInEndpoints(pod, unready)) return undefined;
  const address = addressOf(service, pod);
  const ports = address && portsOf(service, pod);
  return address && ports && { address, ports, key: JSON.stringify(ports), ready: unready || isPodReady(pod) };
}

/** Whether Endpoints hold these subsets. */
export function sameSubsets(stored: readonly EndpointSubset[] | undefined, wanted: readonly EndpointSubset[]): boolean {
  const sameList = (a: readonly object[] | undefined, b: readonly object[] | undefined): boolean =>
    (a?.length ?? 0) === (b?.length ?? 0) && (a ?? []).every((item, i) => sameAsBefore(item, b?.[i] as object));
  return (stored?.length ?? 0) === wanted.length && (stored ?? []).every((s, i) => {
    const w = wanted[i];
    return sameList(s.ports, w?.ports) && sameList(s.addresses, w?.addresses) && sameList(s.notReadyAddresses, w?.notReadyAddresses);
  });
}

function subset(ports: readonly CoreEndpointPort[], entries: readonly Entry[]): EndpointSubset {
  const chosen = (ready: boolean): readonly EndpointAddress[] => entries.filter((e) => e.ready === ready).map((e) => e.address).sort(byAddress);
  const addresses = chosen(true), notReadyAddresses = chosen(false);
  return { ...(addresses.length > 0 ? { addresses } : {}), ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}), ...(ports.length > 0 ? { ports } : {}) };
}

const byAddress = (a: EndpointAddress, b: EndpointAddress): number => compare(a.ip, b.ip) || compare(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');

/** A service of no ports has endpoints only when it is headless. Undefined: the pod has none of the ports. */
function portsOf(service: Service, pod: Pod): readonly CoreEndpointPort[] | undefined {
  const wanted = service.spec.ports ?? [];
  if (wanted.length === 0) return service.spec.clusterIP === 'None' ? [] : undefined;
  const ports: CoreEndpointPort[] = [];
  for (const port of wanted) {
    const number = findPort(pod, port);
    if (number === undefined) continue;
    ports.push({ ...(port.name ? { name: port.name } : {}), port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}) });
  }
  return ports.length > 0 ? ports.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))) : undefined;
}

function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const family = service.spec.ipFamilies?.[0] ?? (isIPv6(service.spec.clusterIP ?? '') ? 'IPv6' : 'IPv4');
  const ips = (pod.status?.podIPs ?? []).map((ip) => ip.ip);
  const ip = (ips.length > 0 ? ips : [pod.status?.podIP ?? '']).find((candidate) => candidate !== '' && isIPv6(candidate) === (family === 'IPv6'));
  if (ip === undefined) return undefined;
  const hostname = hostnameFor(pod, service);
  return {
    ip, ...(hostname ? { hostname } : {}), ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  };
}

/** Endpoints hold at most 1000 addresses; ready ones are kept first, fairly over the subsets. */
export function truncate(subsets: readonly EndpointSubset[]): { readonly subsets: readonly EndpointSubset[]; readonly truncated: boolean } {
  const count = (of: 'addresses' | 'notReadyAddresses'): number => subsets.reduce((n, s) => n + (s[of]?.length ?? 0), 0);
  const ready = count('addresses'), unready = count('notReadyAddresses');
  if (ready + unready <= MAX_ADDRESSES) return { subsets, truncated: false };
  const keepReady = Math.min(ready, MAX_ADDRESSES), keepUnready = MAX_ADDRESSES - keepReady;
  const share = (list: readonly EndpointAddress[] | undefined, keep: number, total: number): readonly EndpointAddress[] => (list ?? []).slice(0, total === 0 ? 0 : Math.ceil(((list?.length ?? 0) * keep) / total));
  const cut = subsets.map((s) => {
    const addresses = share(s.addresses, keepReady, ready), notReadyAddresses = share(s.notReadyAddresses, keepUnready, unready);
    return { ...(addresses.length > 0 ? { addresses } : {}), ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}), ...(s.ports ? { ports: s.ports } : {}) };
  });
  return { subsets: cut, truncated: true };
}
