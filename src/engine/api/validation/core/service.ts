import type { LoadBalancerStatus, Service, ServicePort, SessionAffinityConfig } from '../../generated/types';
import { addInvalid, duplicate, fieldForbidden, invalid, notSupported, Path, required, type Errors } from '../field';
import { isDNS1123Subdomain, isValidPortName, isValidPortNum } from '../formats';
import { isValidCIDRForLegacyField, isValidIPForLegacyField, parseIPSloppy } from '../ip';
import { nameIsDNSLabel, METADATA, SPEC, STATUS, validateDNS1123Label, validateDNS1123Subdomain, validateLabels, validateObjectMeta, validateObjectMetaUpdate, validateQualifiedName } from '../meta';
import { forKind } from '../kind';
import { validateEndpointIP } from './endpointIP';
import { goStruct, SERVICE_PORT } from './goStruct';
import { isHeadless, validateClusterIPs, validateClusterIPsUpdate, validateFamiliesUpdate } from './serviceIPs';
import { validateEnum } from './values';

const PORTS = SPEC.child('ports');
export const PORT_PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];
const SERVICE_TYPES: readonly string[] = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const SESSION_AFFINITIES: readonly string[] = ['ClientIP', 'None'];
const TRAFFIC_POLICIES: readonly string[] = ['Cluster', 'Local'];
const TRAFFIC_DISTRIBUTIONS: readonly string[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
/** The original leaves "spec" out of this path. */
const ALLOCATION = Path.of('allocateLoadBalancerNodePorts');
const MAX_AFFINITY_SECONDS = 86400;

function validateTopologyAnnotations(service: Service, errs: Errors): void {
  const hints = service.metadata.annotations?.[TOPOLOGY_HINTS];
  const mode = service.metadata.annotations?.[TOPOLOGY_MODE];
  if (hints !== undefined && mode !== undefined && hints !== mode) {
    errs.push(invalid(METADATA.child('annotations').key(TOPOLOGY_MODE), mode, `must match annotations[${TOPOLOGY_HINTS}] when both are specified`));
  }
}

function validateByType(service: Service, errs: Errors): void {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = '' } = service.spec ?? {};
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(service)) {
    errs.push(invalid(SPEC.child('clusterIPs').index(0), clusterIPs[0], `may not be set to 'None' for ${type} services`));
  }
  if (type !== 'ExternalName') return;
  if (clusterIPs.length) errs.push(fieldForbidden(SPEC.child('clusterIPs'), 'may not be set for ExternalName services'));
  if (ipFamilies.length) errs.push(fieldForbidden(SPEC.child('ipFamilies'), 'may not be set for ExternalName services'));
  if (ipFamilyPolicy !== undefined) errs.push(fieldForbidden(SPEC.child('ipFamilyPolicy'), 'may not be set for ExternalName services'));
  // A CNAME may end in a dot.
  const cname = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName;
  if (cname) validateDNS1123Subdomain(cname, SPEC.child('externalName'), errs);
  else errs.push(required(SPEC.child('externalName'), ''));
}

/** A port number, or the name of a container port. */
export function validatePortNumOrName(port: number | string | undefined, path: Path, errs: Errors): void {
  if (typeof port === 'string') addInvalid(errs, path, port, isValidPortName(port));
  else addInvalid(errs, path, port ?? 0, isValidPortNum(port ?? 0));
}

function validatePort(port: ServicePort, needsName: boolean, names: Set<string>, path: Path, errs: Errors): void {
  const { name = '', protocol = '' } = port;
  if (needsName && !name) {
    errs.push(required(path.child('name'), ''));
  } else if (name) {
    validateDNS1123Label(name, path.child('name'), errs);
    if (names.has(name)) errs.push(duplicate(path.child('name'), name));
    names.add(name);
  }
  addInvalid(errs, path.child('port'), port.port ?? 0, isValidPortNum(port.port ?? 0));
  if (!protocol) errs.push(required(path.child('protocol'), ''));
  else validateEnum(protocol, PORT_PROTOCOLS, path.child('protocol'), errs);
  validatePortNumOrName(port.targetPort, path.child('targetPort'), errs);
  if (port.appProtocol !== undefined) validateQualifiedName(port.appProtocol, path.child('appProtocol'), errs);
}

function validateClientIPAffinity(config: SessionAffinityConfig | undefined, path: Path, errs: Errors): void {
  const detail = 'when session affinity type is ClientIP';
  if (!config) { errs.push(required(path, detail)); return; }
  if (!config.clientIP) { errs.push(required(path.child('clientIP'), detail)); return; }
  const seconds = config.clientIP.timeoutSeconds;
  const secondsPath = path.child('clientIP', 'timeoutSeconds');
  if (seconds === undefined) errs.push(required(secondsPath, detail));
  else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) errs.push(invalid(secondsPath, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
}

function validateAffinity(service: Service, errs: Errors): void {
  const { sessionAffinity = '', sessionAffinityConfig } = service.spec ?? {};
  if (!sessionAffinity) errs.push(required(SPEC.child('sessionAffinity'), ''));
  else validateEnum(sessionAffinity, SESSION_AFFINITIES, SPEC.child('sessionAffinity'), errs);
  if (sessionAffinity === 'ClientIP') validateClientIPAffinity(sessionAffinityConfig, SPEC.child('sessionAffinityConfig'), errs);
  else if (sessionAffinity === 'None' && sessionAffinityConfig) errs.push(fieldForbidden(SPEC.child('sessionAffinityConfig'), 'must not be set when session affinity is None'));
}

function validateExternalIPs(service: Service, old: Service | undefined, errs: Errors): void {
  service.spec?.externalIPs?.forEach((ip, i) => {
    const path = SPEC.child('externalIPs').index(i);
    const before = errs.length;
    isValidIPForLegacyField(ip, path, errs, old?.spec?.externalIPs);
    if (errs.length === before) validateEndpointIP(ip, path, errs);
  });
}

function validatePortUniqueness(service: Service, errs: Errors): void {
  const ports = service.spec?.ports ?? [];
  if (service.spec?.type === 'ClusterIP') {
    ports.forEach((p, i) => { if (p.nodePort) errs.push(fieldForbidden(PORTS.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'")); });
  }
  const nodePorts = new Set<string>();
  ports.forEach((p, i) => {
    if (!p.nodePort) return;
    const key = `${p.protocol}/${p.nodePort}`;
    if (nodePorts.has(key)) errs.push(duplicate(PORTS.index(i).child('nodePort'), p.nodePort));
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  ports.forEach((p, i) => {
    const key = `${p.protocol}/${p.port}`;
    if (seen.has(key)) errs.push(duplicate(PORTS.index(i), goStruct(SERVICE_PORT, { protocol: p.protocol, port: p.port })));
    seen.add(key);
  });
}

function validateSourceRanges(service: Service, old: Service | undefined, errs: Errors): void {
  const ranges = service.spec?.loadBalancerSourceRanges ?? [];
  const isLoadBalancer = service.spec?.type === 'LoadBalancer';
  if (ranges.length) {
    const path = SPEC.child('LoadBalancerSourceRanges');
    if (!isLoadBalancer) errs.push(fieldForbidden(path, ONLY_LOAD_BALANCER));
    const existing = old?.spec?.loadBalancerSourceRanges?.map((r) => r.trim());
    ranges.forEach((r, i) => { isValidCIDRForLegacyField(r.trim(), path.index(i), errs, existing); });
    return;
  }
  const annotation = service.metadata.annotations?.[SOURCE_RANGES_ANNOTATION];
  if (annotation === undefined) return;
  const path = METADATA.child('annotations').key(SOURCE_RANGES_ANNOTATION);
  if (!isLoadBalancer) errs.push(fieldForbidden(path, ONLY_LOAD_BALANCER));
  if (annotation === old?.metadata.annotations?.[SOURCE_RANGES_ANNOTATION] || !annotation.trim()) return;
  for (const cidr of annotation.trim().split(',')) isValidCIDRForLegacyField(cidr.trim(), path, errs);
}

function validateLoadBalancerFields(service: Service, errs: Errors): void {
  const { type, allocateLoadBalancerNodePorts, loadBalancerClass } = service.spec ?? {};
  if (type === 'LoadBalancer') {
    if (allocateLoadBalancerNodePorts === undefined) errs.push(required(ALLOCATION, ''));
    if (loadBalancerClass !== undefined) validateQualifiedName(loadBalancerClass, SPEC.child('loadBalancerClass'), errs);
    return;
  }
  if (allocateLoadBalancerNodePorts !== undefined) errs.push(fieldForbidden(SPEC.child('allocateLoadBalancerNodePorts'), ONLY_LOAD_BALANCER));
  if (loadBalancerClass !== undefined) errs.push(fieldForbidden(SPEC.child('loadBalancerClass'), ONLY_LOAD_BALANCER));
}

const externallyAccessible = ({ spec }: Service): boolean =>
  spec?.type === 'LoadBalancer' || spec?.type === 'NodePort' || (spec?.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
const needsHealthCheck = ({ spec }: Service): boolean => spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

function validateTrafficPolicies(service: Service, errs: Errors): void {
  const { externalTrafficPolicy = '', healthCheckNodePort = 0, internalTrafficPolicy, trafficDistribution, type = '' } = service.spec ?? {};
  const external = SPEC.child('externalTrafficPolicy');
  if (!externallyAccessible(service)) {
    if (externalTrafficPolicy) errs.push(invalid(external, externalTrafficPolicy, 'may only be set for externally-accessible services'));
  } else if (!externalTrafficPolicy) {
    errs.push(required(external, ''));
  } else {
    validateEnum(externalTrafficPolicy, TRAFFIC_POLICIES, external, errs);
  }
  const health = SPEC.child('healthCheckNodePort');
  if (!needsHealthCheck(service)) {
    if (healthCheckNodePort) errs.push(invalid(health, healthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
  } else if (!healthCheckNodePort) {
    errs.push(required(health, ''));
  } else {
    addInvalid(errs, health, healthCheckNodePort, isValidPortNum(healthCheckNodePort));
  }
  const internal = SPEC.child('internalTrafficPolicy');
  if (internalTrafficPolicy !== undefined) validateEnum(internalTrafficPolicy, TRAFFIC_POLICIES, internal, errs);
  else if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(type)) errs.push(required(internal, ''));
  if (trafficDistribution !== undefined) validateEnum(trafficDistribution, TRAFFIC_DISTRIBUTIONS, SPEC.child('trafficDistribution'), errs);
}

function validateService(service: Service, old: Service | undefined, errs: Errors): void {
  validateTopologyAnnotations(service, errs);
  const { ports = [], type = '', selector } = service.spec ?? {};
  if (!ports.length && !isHeadless(service) && type !== 'ExternalName') errs.push(required(PORTS, ''));
  validateByType(service, errs);
  const names = new Set<string>();
  ports.forEach((p, i) => { validatePort(p, ports.length > 1, names, PORTS.index(i), errs); });
  validateLabels(selector, SPEC.child('selector'), errs);
  validateAffinity(service, errs);
  validateClusterIPs(service, old, errs);
  validateExternalIPs(service, old, errs);
  if (!type) errs.push(required(SPEC.child('type'), ''));
  else validateEnum(type, SERVICE_TYPES, SPEC.child('type'), errs);
  validatePortUniqueness(service, errs);
  validateSourceRanges(service, old, errs);
  validateLoadBalancerFields(service, errs);
  validateTrafficPolicies(service, errs);
}

/** loadBalancerClass is set once for as long as the type stays LoadBalancer. */
function validateLoadBalancerClassUpdate(service: Service, old: Service, errs: Errors): void {
  const [was, is] = [old.spec?.loadBalancerClass, service.spec?.loadBalancerClass];
  const path = SPEC.child('loadBalancerClass');
  if (service.spec?.type === 'LoadBalancer') {
    if (old.spec?.type === 'LoadBalancer' && was !== is) errs.push(invalid(path, is ?? null, 'may not change once set'));
    if (is !== undefined) validateQualifiedName(is, path, errs);
  } else if (is !== undefined) {
    errs.push(fieldForbidden(path, ONLY_LOAD_BALANCER));
  }
}

export function validateLoadBalancerStatus(status: LoadBalancerStatus | undefined, old: LoadBalancerStatus | undefined, type: string, errs: Errors): void {
  const path = STATUS.child('loadBalancer', 'ingress');
  const ingress = status?.ingress ?? [];
  if (type !== 'LoadBalancer' && ingress.length) { errs.push(fieldForbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")); return; }
  const existing = old?.ingress?.flatMap((entry) => (entry.ip ? [entry.ip] : []));
  ingress.forEach(({ ip = '', ipMode, hostname = '' }, i) => {
    const at = path.index(i);
    if (ip) isValidIPForLegacyField(ip, at.child('ip'), errs, existing);
    if (ipMode === undefined) { if (ip) errs.push(required(at.child('ipMode'), 'must be specified when `ip` is set')); }
    else if (!ip) errs.push(fieldForbidden(at.child('ipMode'), 'may not be specified when `ip` is not set'));
    else if (ipMode !== 'VIP' && ipMode !== 'Proxy') errs.push(notSupported(at.child('ipMode'), ipMode, ['Proxy', 'VIP']));
    validateIngressHostname(hostname, at.child('hostname'), errs);
  });
}

/** The host name of a load balancer: not an IP address. */
export function validateIngressHostname(hostname: string, path: Path, errs: Errors): void {
  if (!hostname) return;
  addInvalid(errs, path, hostname, isDNS1123Subdomain(hostname));
  if (parseIPSloppy(hostname)) errs.push(invalid(path, hostname, 'must be a DNS name, not an IP address'));
}

export const serviceValidation = forKind<Service>({
  create(service) {
    const errs: Errors = [];
    // RelaxedServiceNameValidation (KEP-5311) is on: a name may start with a digit.
    validateObjectMeta(service.metadata, true, nameIsDNSLabel, errs);
    validateService(service, undefined, errs);
    return errs;
  },
  update(service, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(service.metadata, old.metadata, errs);
    validateClusterIPsUpdate(service, old, errs);
    validateFamiliesUpdate(service, old, errs);
    validateLoadBalancerClassUpdate(service, old, errs);
    if (needsHealthCheck(old) && needsHealthCheck(service) && old.spec?.healthCheckNodePort !== service.spec?.healthCheckNodePort) {
      errs.push(fieldForbidden(SPEC.child('healthCheckNodePort'), 'field is immutable'));
    }
    validateService(service, old, errs);
    return errs;
  },
  status(service, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(service.metadata, old.metadata, errs);
    validateLoadBalancerStatus(service.status?.loadBalancer, old.status?.loadBalancer, service.spec?.type ?? '', errs);
    return errs;
  },
});
