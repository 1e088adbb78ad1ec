import type { DiscoveryEndpointPort, Endpoint, EndpointSlice, Node, Pod, Service } from '../../api/generated/types';
import { DerivedFromPod, findPort, hostnameFor, isHeadless, isIPv6, sameAsBefore, shouldBeInEndpoints } from '../endpoints/services';
import { compare } from '../objects';
import { isPodReady } from '../podUtil';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';
/** --max-endpoints-per-slice */
const MAX_ENDPOINTS = 100;

/** A slice as it should be; without a name it is to be created. */
export interface DesiredSlice {
  readonly existing: EndpointSlice | undefined;
  readonly addressType: string;
  readonly ports: readonly DiscoveryEndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SliceChanges {
  readonly create: readonly DesiredSlice[];
  readonly update: readonly DesiredSlice[];
  readonly remove: readonly EndpointSlice[];
}

/** The families of addresses that a service has slices for. */
export function addressTypes(service: Service): readonly string[] {
  if (service.spec.ipFamilies?.length) return service.spec.ipFamilies;
  return [isIPv6(service.spec.clusterIP ?? '') ? 'IPv6' : 'IPv4'];
}

interface Derived {
  readonly endpoint: Endpoint;
  readonly id: string;
  readonly ports: readonly DiscoveryEndpointPort[];
  readonly key: string;
}

const derivedOf: { readonly [addressType: string]: DerivedFromPod<Derived> } = { IPv4: new DerivedFromPod<Derived>(), IPv6: new DerivedFromPod<Derived>() };

/** The endpoints that a service should have, by their ports. */
export function desiredEndpoints(service: Service, pods: Iterable<Pod>, addressType: string, nodeOf: (name: string) => Node | undefined): ReadonlyMap<string, { readonly ports: readonly DiscoveryEndpointPort[]; readonly endpoints: Map<string, Endpoint> }> {
  const byPorts = new Map<string, { readonly ports: readonly DiscoveryEndpointPort[]; readonly endpoints: Map<string, Endpoint> }>();
  for (const pod of pods) {
    if (!shouldBeInEndpoints(pod, true)) continue;
    const node = nodeOf(pod.spec.nodeName ?? '');
    if (node === undefined && !service.spec.publishNotReadyAddresses) continue;
    // Of a node only its labels show.
    const { endpoint, id, ports, key } = (derivedOf[addressType] as DerivedFromPod<Derived>).get(pod, service, node?.metadata.labels, () => derive(service, pod, addressType, node));
    if (endpoint.addresses.length === 0) continue;
    let group = byPorts.get(key);
    if (group === undefined) byPorts.set(key, group = { ports, endpoints: new Map() });
    group.endpoints.set(id, endpoint);
  }
  return byPorts;
}

function derive(service: Service, pod: Pod, addressType: string, node: Node | undefined): Derived {
  const endpoint = endpointOf(service, pod, addressType, node);
  const ports = portsOf(service, pod);
  return { endpoint, id: identity(endpoint), ports, key: JSON.stringify(ports) };
}

function endpointOf(service: Service, pod: Pod, addressType: string, node: Node | undefined): Endpoint {
  const ips = (pod.status?.podIPs ?? (pod.status?.podIP ? [{ ip: pod.status.podIP }] : [])).map((ip) => ip.ip);
  const serving = isPodReady(pod), terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameFor(pod, service);
  const hints = ready ? hintsFor(service.spec.trafficDistribution, zone, pod.spec.nodeName) : undefined;
  return {
    addresses: ips.filter((ip) => isIPv6(ip) === (addressType === 'IPv6')), conditions: { ready, serving, terminating }, ...(hostname ? { hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}), ...(zone ? { zone } : {}), ...(hints ? { hints } : {}),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  };
}

/** spec.trafficDistribution: traffic stays where the endpoint is. */
function hintsFor(distribution: string | undefined, zone: string | undefined, node: string | undefined): Endpoint['hints'] {
  if (distribution === undefined) return undefined;
  const forZones = zone ? { forZones: [{ name: zone }] } : {};
  const forNodes = distribution === 'PreferSameNode' && node ? { forNodes: [{ name: node }] } : {};
  return zone || 'forNodes' in forNodes ? { ...forZones, ...forNodes } : undefined;
}

function portsOf(service: Service, pod: Pod): readonly DiscoveryEndpointPort[] {
  const wanted = service.spec.ports ?? [];
  // A headless service of no ports publishes addresses alone.
  const ports: DiscoveryEndpointPort[] = [];
  for (const port of wanted) {
    const number = findPort(pod, port);
    if (number !== undefined) ports.push({ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}) });
  }
  return ports.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
}

/** Endpoints are the same when addresses, host name, node, zone and target are; their conditions may differ. */
export function identity(e: Endpoint): string {
  let id = identities.get(e);
  if (id === undefined) identities.set(e, id = `${[...e.addresses].sort().join()} ${e.hostname ?? ''} ${e.nodeName ?? ''} ${e.zone ?? ''} ${e.targetRef?.uid ?? ''} ${e.targetRef?.name ?? ''}`);
  return id;
}

const identities = new WeakMap<Endpoint, string>();

const portsKey = (slice: EndpointSlice): string =>
  JSON.stringify([...(slice.ports ?? [])].map((p) => ({ name: p.name ?? '', port: p.port, protocol: p.protocol ?? 'TCP', ...(p.appProtocol ? { appProtocol: p.appProtocol } : {}) })).sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))));

/** What to create, update and delete so that slices of one address type hold the endpoints: as few writes as possible, slices of at most 100. */
export function reconcileSlices(existing: readonly EndpointSlice[], addressType: string, desired: ReturnType<typeof desiredEndpoints>, labelsChanged: (slice: EndpointSlice) => boolean): SliceChanges {
  const create: DesiredSlice[] = [], update: DesiredSlice[] = [], remove: EndpointSlice[] = [];
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) byPorts.set(portsKey(slice), [...(byPorts.get(portsKey(slice)) ?? []), slice]);
  for (const [key, group] of desired) reconcilePorts(byPorts.get(key) ?? [], addressType, group.ports, new Map(group.endpoints), labelsChanged, { create, update, remove });
  for (const [key, slices] of byPorts) if (!desired.has(key)) remove.push(...slices);
  if (existing.length === remove.length && create.length === 0) keepPlaceholder(existing, addressType, labelsChanged, { create, update, remove });
  return reuse({ create, update, remove });
}

interface Lists {
  readonly create: DesiredSlice[];
  readonly update: DesiredSlice[];
  readonly remove: EndpointSlice[];
}

/** A service without endpoints has one empty slice. */
function keepPlaceholder(existing: readonly EndpointSlice[], addressType: string, labelsChanged: (slice: EndpointSlice) => boolean, lists: Lists): void {
  const placeholder = existing.find((slice) => (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0);
  const empty = { addressType, ports: [], endpoints: [] };
  if (placeholder === undefined) { lists.create.push({ existing: undefined, ...empty }); return; }
  lists.remove.splice(lists.remove.indexOf(placeholder), 1);
  if (labelsChanged(placeholder)) lists.update.push({ existing: placeholder, ...empty });
}

function reconcilePorts(existing: readonly EndpointSlice[], addressType: string, ports: readonly DiscoveryEndpointPort[], wanted: Map<string, Endpoint>, labelsChanged: (slice: EndpointSlice) => boolean, lists: Lists): void {
  const changed: { readonly existing: EndpointSlice; endpoints: Endpoint[] }[] = [];
  const unchanged: EndpointSlice[] = [];
  for (const slice of existing) {
    const kept: Endpoint[] = [];
    let updated = false;
    for (const endpoint of slice.endpoints ?? []) {
      const id = identity(endpoint);
      const got = wanted.get(id);
      if (got === undefined) { updated = true; continue; }
      kept.push(got);
      updated ||= !sameAsBefore(endpoint, got);
      wanted.delete(id);
    }
    if (updated && kept.length === 0) lists.remove.push(slice);
    else if (updated || labelsChanged(slice)) changed.push({ existing: slice, endpoints: kept });
    else unchanged.push(slice);
  }
  const rest = [...wanted.values()];
  // Slices that are written anyway are filled first, the fullest first.
  for (const slice of changed.sort((a, b) => b.endpoints.length - a.endpoints.length)) slice.endpoints.push(...rest.splice(0, Math.max(0, MAX_ENDPOINTS - slice.endpoints.length)));
  while (rest.length > 0) {
    const room = rest.length < MAX_ENDPOINTS ? unchanged.filter((s) => (s.endpoints?.length ?? 0) + rest.length <= MAX_ENDPOINTS).sort((a, b) => (b.endpoints?.length ?? 0) - (a.endpoints?.length ?? 0))[0] : undefined;
    const endpoints = [...(room?.endpoints ?? []), ...rest.splice(0, MAX_ENDPOINTS - (room?.endpoints?.length ?? 0))];
    if (room) { unchanged.splice(unchanged.indexOf(room), 1); changed.push({ existing: room, endpoints }); } else lists.create.push({ existing: undefined, addressType, ports, endpoints });
  }
  lists.update.push(...changed.map(({ existing: slice, endpoints }) => ({ existing: slice, addressType, ports, endpoints })));
}

/** A slice that would go takes the place of one that would come. */
function reuse(changes: Lists): SliceChanges {
  const create = [...changes.create], update = [...changes.update], remove: EndpointSlice[] = [];
  for (const slice of changes.remove) {
    const last = create[create.length - 1];
    if (last === undefined || last.addressType !== slice.addressType || slice.metadata.deletionTimestamp !== undefined) { remove.push(slice); continue; }
    create.pop();
    update.push({ ...last, existing: slice });
  }
  return { create, update, remove };
}

/** The labels of a service's slices: its own, and those that say whose they are. */
export function sliceLabels(service: Service, managedBy: string): { readonly [key: string]: string } {
  const { [HEADLESS]: _, [SERVICE_NAME]: __, [MANAGED_BY]: ___, ...own } = service.metadata.labels ?? {};
  return { ...own, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}), [SERVICE_NAME]: service.metadata.name, [MANAGED_BY]: managedBy };
}
