import type { DiscoveryEndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, duplicate, invalid, Path, required, tooMany, type Errors } from '../field';
import { isDNS1123Subdomain, isFullyQualifiedDomainName, isValidLabelValue } from '../formats';
import { isIPv4, isValidIPForLegacyField, parseIPSloppy } from '../ip';
import { forKind, type KindValidations } from '../kind';
import { nameIsDNSSubdomain, validateDNS1123Label, validateImmutable, validateLabels, validateObjectMeta, validateQualifiedName } from '../meta';
import { validateEndpointIP } from '../core/endpointIP';
import { validateEnum } from '../core/values';

/** discovery.k8s.io: EndpointSlice. */
const ADDRESS_TYPE = Path.of('addressType');
const ADDRESS_TYPES: readonly string[] = ['FQDN', 'IPv4', 'IPv6'];
const PORTS = Path.of('ports');
const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];
const ENDPOINTS = Path.of('endpoints');
const MAX_TOPOLOGY_LABELS = 16;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20000;
const MAX_ENDPOINTS = 1000;
const MAX_HINTS = 8;

function validatePort(port: DiscoveryEndpointPort, names: Set<string>, path: Path, errs: Errors): void {
  const name = port.name ?? '';
  if (name) validateDNS1123Label(name, path.child('name'), errs);
  if (names.has(name)) errs.push(duplicate(path.child('name'), name));
  names.add(name);
  if (port.protocol === undefined) errs.push(required(path.child('protocol'), ''));
  else validateEnum(port.protocol, PROTOCOLS, path.child('protocol'), errs);
  if (port.appProtocol !== undefined) validateQualifiedName(port.appProtocol, path.child('appProtocol'), errs);
}

function validatePorts(ports: readonly DiscoveryEndpointPort[], errs: Errors): void {
  if (ports.length > MAX_PORTS) { errs.push(tooMany(PORTS, ports.length, MAX_PORTS)); return; }
  const names = new Set<string>();
  ports.forEach((port, i) => { validatePort(port, names, PORTS.index(i), errs); });
}

function validateAddress(address: string, type: string, path: Path, errs: Errors): void {
  if (type === 'FQDN') { isFullyQualifiedDomainName(address, path, errs); return; }
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const before = errs.length;
  isValidIPForLegacyField(address, path, errs);
  const ip = parseIPSloppy(address);
  if (!ip || errs.length > before) return;
  if (isIPv4(ip) !== (type === 'IPv4')) errs.push(invalid(path, address, `must be an ${type} address`));
  validateEndpointIP(address, path, errs);
}

/** Zones or nodes for which the endpoint is meant: each once, at most eight. */
function validateHintNames(names: readonly string[], list: Path, check: (name: string) => readonly string[], errs: Errors): void {
  if (names.length > MAX_HINTS) { errs.push(tooMany(list, names.length, MAX_HINTS)); return; }
  const seen = new Set<string>();
  names.forEach((name, i) => {
    const path = list.index(i).child('name');
    if (seen.has(name)) errs.push(duplicate(path, name));
    seen.add(name);
    addInvalid(errs, path, name, check(name));
  });
}

function validateHints(hints: EndpointHints, path: Path, errs: Errors): void {
  validateHintNames(hints.forZones?.map((z) => z.name) ?? [], path.child('forZones'), isValidLabelValue, errs);
  validateHintNames(hints.forNodes?.map((n) => n.name) ?? [], path.child('forNodes'), isDNS1123Subdomain, errs);
}

function validateEndpoint(endpoint: Endpoint, type: string, path: Path, errs: Errors): void {
  const addresses = endpoint.addresses ?? [];
  const at = path.child('addresses');
  if (!addresses.length) errs.push(required(at, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) errs.push(tooMany(at, addresses.length, MAX_ADDRESSES));
  addresses.forEach((address, i) => { validateAddress(address, type, at.index(i), errs); });
  if (endpoint.nodeName !== undefined) addInvalid(errs, path.child('nodeName'), endpoint.nodeName, isDNS1123Subdomain(endpoint.nodeName));
  const topology = endpoint.deprecatedTopology;
  if (topology) {
    const count = Object.keys(topology).length;
    if (count > MAX_TOPOLOGY_LABELS) errs.push(tooMany(path.child('deprecatedTopology'), count, MAX_TOPOLOGY_LABELS));
    validateLabels(topology, path.child('deprecatedTopology'), errs);
  }
  if (endpoint.hostname !== undefined) validateDNS1123Label(endpoint.hostname, path.child('hostname'), errs);
  if (endpoint.hints) validateHints(endpoint.hints, path.child('hints'), errs);
}

function validateEndpoints(endpoints: readonly Endpoint[], type: string, errs: Errors): void {
  if (endpoints.length > MAX_ENDPOINTS) { errs.push(tooMany(ENDPOINTS, endpoints.length, MAX_ENDPOINTS)); return; }
  endpoints.forEach((endpoint, i) => { validateEndpoint(endpoint, type, ENDPOINTS.index(i), errs); });
}

function validateSlice(slice: EndpointSlice, old: EndpointSlice | undefined, errs: Errors): void {
  const type = slice.addressType ?? '';
  if (!type) errs.push(required(ADDRESS_TYPE, ''));
  else validateEnum(type, ADDRESS_TYPES, ADDRESS_TYPE, errs);
  validatePorts(slice.ports ?? [], errs);
  // Endpoints that did not change may hold addresses that older rules accepted.
  if (!old || !semanticEqual(old.endpoints, slice.endpoints)) validateEndpoints(slice.endpoints ?? [], type, errs);
}

const endpointSliceValidation = forKind<EndpointSlice>({
  create(slice) {
    const errs: Errors = [];
    validateObjectMeta(slice.metadata, true, nameIsDNSSubdomain, errs);
    validateSlice(slice, undefined, errs);
    return errs;
  },
  update(slice, old) {
    const errs: Errors = [];
    validateObjectMeta(slice.metadata, true, nameIsDNSSubdomain, errs);
    validateSlice(slice, old, errs);
    validateImmutable(slice.addressType, old.addressType, ADDRESS_TYPE, errs);
    return errs;
  },
});

export const discoveryValidations: KindValidations = { 'discovery.k8s.io/EndpointSlice': endpointSliceValidation };
