import type { CoreEndpointPort, EndpointAddress, Endpoints, EndpointSubset } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, Path, required, type Errors } from '../field';
import { isDNS1123Subdomain, isValidPortNum } from '../formats';
import { isValidIPForLegacyField } from '../ip';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, validateDNS1123Label, validateObjectMeta, validateObjectMetaUpdate, validateQualifiedName } from '../meta';
import { validateEndpointIP } from './endpointIP';
import { PORT_PROTOCOLS } from './service';
import { validateEnum } from './values';

const SUBSETS = Path.of('subsets');

function validateAddress(address: EndpointAddress, path: Path, errs: Errors): void {
  const ip = address.ip ?? '';
  isValidIPForLegacyField(ip, path.child('ip'), errs);
  if (address.hostname) validateDNS1123Label(address.hostname, path.child('hostname'), errs);
  if (address.nodeName !== undefined) addInvalid(errs, path.child('nodeName'), address.nodeName, isDNS1123Subdomain(address.nodeName));
  validateEndpointIP(ip, path.child('ip'), errs);
}

function validatePort(port: CoreEndpointPort, needsName: boolean, path: Path, errs: Errors): void {
  const { name = '', protocol = '' } = port;
  if (needsName && !name) errs.push(required(path.child('name'), ''));
  else if (name) validateDNS1123Label(name, path.child('name'), errs);
  addInvalid(errs, path.child('port'), port.port ?? 0, isValidPortNum(port.port ?? 0));
  if (!protocol) errs.push(required(path.child('protocol'), ''));
  else validateEnum(protocol, PORT_PROTOCOLS, path.child('protocol'), errs);
  if (port.appProtocol !== undefined) validateQualifiedName(port.appProtocol, path.child('appProtocol'), errs);
}

function validateSubset(subset: EndpointSubset, path: Path, errs: Errors): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (!addresses.length && !notReadyAddresses.length) errs.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  addresses.forEach((a, i) => { validateAddress(a, path.child('addresses').index(i), errs); });
  notReadyAddresses.forEach((a, i) => { validateAddress(a, path.child('notReadyAddresses').index(i), errs); });
  ports.forEach((p, i) => { validatePort(p, ports.length > 1, path.child('ports').index(i), errs); });
}

function validateEndpoints(endpoints: Endpoints, old: Endpoints | undefined, errs: Errors): void {
  validateObjectMeta(endpoints.metadata, true, nameIsDNSSubdomain, errs);
  const found: Errors = [];
  endpoints.subsets?.forEach((subset, i) => { validateSubset(subset, SUBSETS.index(i), found); });
  // Unchanged subsets were accepted by older rules and stay.
  if (found.length && !(old && semanticEqual(old.subsets, endpoints.subsets))) errs.push(...found);
}

export const endpointsValidation = forKind<Endpoints>({
  create(endpoints) {
    const errs: Errors = [];
    validateEndpoints(endpoints, undefined, errs);
    return errs;
  },
  update(endpoints, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(endpoints.metadata, old.metadata, errs);
    validateEndpoints(endpoints, old, errs);
    return errs;
  },
});
