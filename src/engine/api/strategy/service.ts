import { set } from '../defaults/fill';
import type { Service, ServicePort, ServiceSpec } from '../generated/types';
import { invalid, Path, type ErrorList } from '../validation/field';
import { forKind } from './kind-strategy';
import { serviceWarnings } from './warnings/service';

/** pkg/registry/core/service: what a service keeps, gets and loses with its type, on a cluster of IPv4 alone. */
export interface ServiceAllocator {
  /** The requested address, or a free one. The error is the words that follow "failed to allocate IP …: ". */
  allocateIP(requested: string | undefined): { readonly ip: string } | { readonly error: string };
  /** The requested port, or a free one. */
  allocateNodePort(requested: number | undefined, protocol: string): { readonly port: number } | { readonly error: string };
}

/** What a write took, and what it no longer needs; for the caller to give back when the write fails or succeeds. */
export interface ServiceAllocation {
  readonly service: Service;
  readonly allocated: ServiceNumbers;
  readonly released: ServiceNumbers;
}

export interface ServiceNumbers {
  readonly ips: readonly string[];
  readonly nodePorts: readonly number[];
}

type NodePorts = Map<string, number>;

const HEADLESS = 'None';
const FAMILY = 'IPv4';
const PORT_TAKEN = 'provided port is already allocated';

const needsClusterIP = (s: ServiceSpec): boolean => s.type === 'ClusterIP' || s.type === 'NodePort' || s.type === 'LoadBalancer';
const needsNodePort = (s: ServiceSpec): boolean => s.type === 'NodePort' || (s.type === 'LoadBalancer' && s.allocateLoadBalancerNodePorts !== false);
const needsHealthPort = (s: ServiceSpec): boolean => s.type === 'LoadBalancer' && s.externalTrafficPolicy === 'Local';
const isExternal = (s: ServiceSpec): boolean => s.type === 'LoadBalancer' || s.type === 'NodePort' || (s.type === 'ClusterIP' && !!s.externalIPs?.length);
const sameList = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean => a.length === b.length && a.every((v, i) => v === b[i]);
const ports = (s: ServiceSpec): readonly ServicePort[] => s.ports ?? [];
const portsUsed = (s: ServiceSpec): ReadonlySet<number> => new Set(ports(s).flatMap((p) => (p.nodePort ? [p.nodePort] : [])));

function without<K extends keyof ServiceSpec>(spec: ServiceSpec, ...names: readonly K[]): ServiceSpec {
  if (names.every((name) => spec[name] === undefined)) return spec;
  const out = { ...spec };
  for (const name of names) delete out[name];
  return out;
}

/** clusterIP is the first of clusterIPs; a client may have changed only one of the two. */
function normalizeClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const { clusterIP, clusterIPs } = spec;
  if (!old) return clusterIP && !clusterIPs?.length ? { ...spec, clusterIPs: [clusterIP] } : spec;
  if (clusterIP !== old.clusterIP && sameList(clusterIPs, old.clusterIPs)) return clusterIP ? { ...spec, clusterIPs: [clusterIP] } : without(spec, 'clusterIPs');
  return !clusterIPs?.length && old.clusterIPs?.length && clusterIP === old.clusterIP ? without(spec, 'clusterIP') : spec;
}

/** An update that leaves out what was allocated keeps it. */
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  let out = spec;
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (!out.clusterIP && old.clusterIP) out = { ...out, clusterIP: old.clusterIP };
    if (!out.clusterIPs?.length && old.clusterIPs && out.clusterIP === old.clusterIP) out = { ...out, clusterIPs: old.clusterIPs };
  }
  if (needsNodePort(old) && needsNodePort(spec)) out = keepNodePorts(out, old);
  if (needsHealthPort(old) && needsHealthPort(spec) && !out.healthCheckNodePort && old.healthCheckNodePort) out = { ...out, healthCheckNodePort: old.healthCheckNodePort };
  return out;
}

function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const used = new Set(portsUsed(spec));
  const byName = new Map(ports(old).map((p) => [p.name ?? '', p.nodePort]));
  if (ports(spec).every((p) => p.nodePort)) return spec;
  return {
    ...spec, ports: ports(spec).map((p) => {
      const before = byName.get(p.name ?? '');
      if (p.nodePort || !before || used.has(before)) return p;
      used.add(before);
      return { ...p, nodePort: before };
    }),
  };
}

/** A change of type wipes what only the old type needed, where the client did not ask for another value. */
function dropTypeDependent(given: ServiceSpec, old: ServiceSpec): ServiceSpec {
  let spec = given;
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    if (sameList(spec.clusterIPs, old.clusterIPs)) spec = without(spec, 'clusterIP', 'clusterIPs');
    if (sameList(spec.ipFamilies, old.ipFamilies)) spec = without(spec, 'ipFamilies');
    if (spec.ipFamilyPolicy === old.ipFamilyPolicy) spec = without(spec, 'ipFamilyPolicy');
  }
  if (needsNodePort(old) && !needsNodePort(spec) && sameList(ports(spec).map((p) => p.nodePort), ports(old).map((p) => p.nodePort))) {
    spec = { ...spec, ports: ports(spec).map(({ nodePort: _dropped, ...rest }) => rest) };
  }
  if (needsHealthPort(old) && !needsHealthPort(spec) && spec.healthCheckNodePort === old.healthCheckNodePort) spec = without(spec, 'healthCheckNodePort');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) spec = without(spec, 'allocateLoadBalancerNodePorts');
    if (spec.loadBalancerClass === old.loadBalancerClass) spec = without(spec, 'loadBalancerClass');
  }
  if (isExternal(old) && !isExternal(spec) && spec.externalTrafficPolicy === old.externalTrafficPolicy) spec = without(spec, 'externalTrafficPolicy');
  if (old.type !== 'ExternalName' && spec.type === 'ExternalName' && spec.internalTrafficPolicy === old.internalTrafficPolicy) spec = without(spec, 'internalTrafficPolicy');
  return spec;
}

const update = (service: Service, old: Service): Service =>
  set(service, 'spec', dropTypeDependent(keepAllocated(normalizeClusterIPs(service.spec, old.spec), old.spec), old.spec));

export const SERVICE_STRATEGY = forKind<Service>({
  create: (service) => set(service, 'spec', normalizeClusterIPs(service.spec, undefined)), update, warnings: serviceWarnings,
});

/**
 * Fills in IP families, cluster IP and node ports, in the order of the real allocators: to be called after the strategy
 * and before validation, whose errors these precede. Nothing is taken where an error is returned.
 */
export function allocateService(service: Service, old: Service | undefined, allocator: ServiceAllocator): ServiceAllocation | { readonly errors: ErrorList } {
  const families = withFamilies(service.spec, old?.spec);
  if ('errors' in families) return families;
  const addressed = withClusterIP(families.spec, old?.spec, allocator);
  if ('errors' in addressed) return addressed;
  const ported = withNodePorts(addressed.spec, old?.spec, allocator);
  if ('errors' in ported) return ported;
  const keptPorts = portsUsed(ported.spec);
  return {
    service: set(service, 'spec', ported.spec), allocated: { ips: addressed.ips, nodePorts: ported.nodePorts },
    released: {
      ips: (old?.spec.clusterIPs ?? []).filter((ip) => ip !== HEADLESS && !ported.spec.clusterIPs?.includes(ip)),
      nodePorts: [...(old ? allPorts(old.spec) : [])].filter((p) => !keptPorts.has(p) && ported.spec.healthCheckNodePort !== p),
    },
  };
}

const allPorts = (spec: ServiceSpec): readonly number[] => [...portsUsed(spec), ...(spec.healthCheckNodePort ? [spec.healthCheckNodePort] : [])];

type Filled = { readonly spec: ServiceSpec };
type Refused = { readonly errors: ErrorList };

const isIPv6 = (ip: string): boolean => ip.includes(':');

function withFamilies(spec: ServiceSpec, old: ServiceSpec | undefined): Filled | Refused {
  if (!needsClusterIP(spec)) return { spec };
  const free = spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;
  const policy = spec.ipFamilyPolicy ?? old?.ipFamilyPolicy ?? (free ? 'RequireDualStack' : 'SingleStack');
  const given = spec.ipFamilies?.length ? spec.ipFamilies : [FAMILY];
  if (free) {
    const other = given[0] === 'IPv4' ? 'IPv6' : 'IPv4';
    const ipFamilies = given.length < 2 && policy !== 'SingleStack' ? [...given, other] : given;
    return { spec: { ...spec, ipFamilyPolicy: policy, ipFamilies } };
  }
  const errors: ErrorList = [
    ...(spec.clusterIPs ?? []).flatMap((ip, i) => (i >= (spec.ipFamilies?.length ?? 0) && isIPv6(ip) ? [invalid(Path.of('spec', 'clusterIPs').index(i), spec.clusterIPs, 'IPv6 is not configured on this cluster')] : [])),
    ...(policy === 'RequireDualStack' ? [invalid(Path.of('spec', 'ipFamilyPolicy'), policy, 'this cluster is not configured for dual-stack services')] : []),
    ...given.flatMap((family, i) => (family === 'IPv6' ? [invalid(Path.of('spec', 'ipFamilies').index(i), family, 'not configured on this cluster')] : [])),
  ];
  if (errors.length) return { errors };
  return { spec: spec.ipFamilyPolicy === policy && spec.ipFamilies?.length ? spec : { ...spec, ipFamilyPolicy: policy, ipFamilies: given } };
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

function withClusterIP(spec: ServiceSpec, old: ServiceSpec | undefined, allocator: ServiceAllocator): (Filled & { readonly ips: readonly string[] }) | Refused {
  const requested = spec.clusterIPs?.[0] ?? spec.clusterIP;
  if (!needsClusterIP(spec) || requested === HEADLESS || (requested && old?.clusterIPs?.includes(requested))) return { spec, ips: [] };
  // What is no address at all is validation's to refuse.
  if (requested && !IPV4.test(requested)) return { spec, ips: [] };
  const result = allocator.allocateIP(requested || undefined);
  if ('error' in result) return { errors: [invalid(Path.of('spec', 'clusterIPs'), spec.clusterIPs ?? null, `failed to allocate IP ${requested ?? ''}: ${result.error}`)] };
  return { spec: { ...spec, clusterIP: result.ip, clusterIPs: [result.ip] }, ips: [result.ip] };
}

function withNodePorts(given: ServiceSpec, old: ServiceSpec | undefined, allocator: ServiceAllocator): (Filled & { readonly nodePorts: readonly number[] }) | Refused {
  const taken: number[] = [];
  const held = new Set(old ? allPorts(old) : []);
  // Two protocols may share one port number; each number is taken once.
  const own: NodePorts = new Map();
  let spec = given;
  const wanted = needsNodePort(spec);
  const out: ServicePort[] = [];
  // On other types a number is validation's to refuse.
  const listed = spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? ports(spec) : [];
  for (const [i, port] of listed.entries()) {
    const asked = port.nodePort || undefined;
    // Two ports of a new service cannot have one number, unless it is one port for two protocols.
    if (!old && asked !== undefined && [...own].some(([number, given]) => given === asked && number !== String(port.port))) {
      return { errors: [invalid(Path.of('spec', 'ports').index(i).child('nodePort'), asked, PORT_TAKEN)] };
    }
    const shared = asked === undefined ? own.get(`${port.port}`) : asked;
    if ((!wanted && asked === undefined) || (asked !== undefined && (held.has(asked) || [...own.values()].includes(asked)))) { out.push(port); continue; }
    if (asked === undefined && shared !== undefined && !ports(spec).some((p) => p.nodePort === shared && p.protocol === port.protocol) && !out.some((p) => p.nodePort === shared && p.protocol === port.protocol)) {
      out.push({ ...port, nodePort: shared });
      continue;
    }
    const result = allocator.allocateNodePort(asked, port.protocol ?? 'TCP');
    if ('error' in result) return { errors: [invalid(Path.of('spec', 'ports').index(i).child('nodePort'), port.nodePort ?? 0, result.error)] };
    taken.push(result.port);
    own.set(`${port.port}`, result.port);
    out.push(result.port === port.nodePort ? port : { ...port, nodePort: result.port });
  }
  if (out.some((p, i) => p !== listed[i])) spec = { ...spec, ports: out };
  if (needsHealthPort(spec) && !(spec.healthCheckNodePort && held.has(spec.healthCheckNodePort))) {
    const result = allocator.allocateNodePort(spec.healthCheckNodePort || undefined, 'TCP');
    if ('error' in result) return { errors: [invalid(Path.of('spec', 'healthCheckNodePort'), spec.healthCheckNodePort ?? 0, result.error)] };
    taken.push(result.port);
    spec = { ...spec, healthCheckNodePort: result.port };
  }
  return { spec, nodePorts: taken };
}
