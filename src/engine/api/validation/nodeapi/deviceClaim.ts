import type { DeviceClaim, DeviceClaimConfiguration, DeviceConstraint, DeviceRequest, DeviceSelector, DeviceSubRequest, DeviceToleration, ExactDeviceRequest, OpaqueDeviceConfiguration } from '../../generated/types';
import { addInvalid, duplicate, invalid, notSupported, required, tooLong, tooMany, type Errors, type Path } from '../field';
import { isCIdentifier, isValidLabelValue } from '../formats';
import { validateDNS1123Label, validateDNS1123Subdomain, validateLabelName } from '../meta';
import { validateCSIDriverName } from '../core/volumeSources';

const MAX_REQUESTS = 32;
const MAX_SUBREQUESTS = 8;
const MAX_EXPRESSION = 10 * 1024;
const MAX_IDENTIFIER = 32;
const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';
const UNKNOWN_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** The names that constraints and configurations may mention: requests, and their subrequests. */
type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Every item of a list that has a largest size. */
export function validateEach<T>(list: readonly T[] | undefined, max: number, path: Path, errs: Errors, validate: (item: T, path: Path) => void): void {
  if (!list) return;
  if (list.length > max) errs.push(tooMany(path, list.length, max));
  list.forEach((item, i) => { validate(item, path.index(i)); });
}

/** Every item, then those whose key was there before. */
export function validateUnique<T>(list: readonly T[] | undefined, max: number, key: (item: T) => string, path: Path, errs: Errors, validate: (item: T, path: Path) => void): void {
  validateEach(list, max, path, errs, validate);
  const seen = new Set<string>();
  list?.forEach((item, i) => {
    if (seen.has(key(item))) errs.push(duplicate(path.index(i), key(item)));
    seen.add(key(item));
  });
}

/** Selectors are CEL, which is not compiled here. */
export function validateSelectors(selectors: readonly DeviceSelector[] | undefined, path: Path, errs: Errors): void {
  validateEach(selectors, MAX_REQUESTS, path, errs, ({ cel }, at) => {
    if (!cel) errs.push(required(at.child('cel'), ''));
    else if (cel.expression.length > MAX_EXPRESSION) errs.push(tooLong(at.child('cel', 'expression'), MAX_EXPRESSION));
  });
}

export function validateOpaque(opaque: OpaqueDeviceConfiguration | undefined, path: Path, errs: Errors): void {
  if (!opaque) { errs.push(required(path, '')); return; }
  validateCSIDriverName(opaque.driver ?? '', path.child('driver'), errs);
  const parameters: unknown = opaque.parameters;
  if (parameters === undefined || parameters === null) errs.push(required(path.child('parameters'), ''));
  else if (typeof parameters !== 'object' || Array.isArray(parameters)) errs.push(invalid(path.child('parameters'), '<value omitted>', 'must be a valid JSON object'));
}

function validateAllocationMode(mode: string, count: number, path: Path, errs: Errors): void {
  if (mode === 'All') {
    if (count !== 0) errs.push(invalid(path.child('count'), count, "must not be specified when allocationMode is 'All'"));
  } else if (mode === 'ExactCount') {
    if (count <= 0) errs.push(invalid(path.child('count'), count, 'must be greater than zero'));
  } else {
    errs.push(notSupported(path.child('allocationMode'), mode, ['All', 'ExactCount']));
  }
}

function validateToleration(toleration: DeviceToleration, path: Path, errs: Errors): void {
  const { key = '', operator = '', value = '', effect = '' } = toleration;
  if (key) validateLabelName(key, path.child('key'), errs);
  if (operator === 'Exists') {
    if (value) errs.push(invalid(path.child('value'), value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') {
    addInvalid(errs, path.child('value'), value, isValidLabelValue(value));
  } else if (operator) {
    errs.push(notSupported(path.child('operator'), operator, ['Equal', 'Exists']));
  } else {
    errs.push(required(path.child('operator'), ''));
  }
  if (effect && effect !== 'NoSchedule' && effect !== 'NoExecute') errs.push(notSupported(path.child('effect'), effect, ['NoExecute', 'NoSchedule']));
}

function validateDevices(request: ExactDeviceRequest | DeviceSubRequest, path: Path, errs: Errors): void {
  const { deviceClassName = '', selectors, allocationMode = '', count = 0, tolerations } = request;
  if (deviceClassName) validateDNS1123Subdomain(deviceClassName, path.child('deviceClassName'), errs);
  else errs.push(required(path.child('deviceClassName'), ''));
  validateSelectors(selectors, path.child('selectors'), errs);
  validateAllocationMode(allocationMode, count, path, errs);
  tolerations?.forEach((t, i) => { validateToleration(t, path.child('tolerations').index(i), errs); });
}

function validateRequest(request: DeviceRequest, path: Path, errs: Errors): void {
  const { name = '', exactly, firstAvailable = [] } = request;
  validateDNS1123Label(name, path.child('name'), errs);
  if (exactly && firstAvailable.length) {
    errs.push(invalid(path, null, `${ONE_KIND}, but multiple fields are set`));
  } else if (exactly) {
    validateDevices(exactly, path.child('exactly'), errs);
  } else if (firstAvailable.length) {
    validateUnique(firstAvailable, MAX_SUBREQUESTS, (sub) => sub.name, path.child('firstAvailable'), errs, (sub, at) => {
      validateDNS1123Label(sub.name ?? '', at.child('name'), errs);
      validateDevices(sub, at, errs);
    });
  } else {
    errs.push(required(path, ONE_KIND));
  }
}

function validateReferences(list: readonly string[] | undefined, names: RequestNames, path: Path, errs: Errors): void {
  validateUnique(list, MAX_REQUESTS, (name) => name, path, errs, (name, at) => {
    const segments = name.split('/');
    if (segments.length <= 2) for (const segment of segments) validateDNS1123Label(segment, at, errs);
    const [request, sub] = segments;
    const found = segments.length <= 2 && names.has(request!) && (sub === undefined || names.get(request!)!.has(sub));
    if (!found) errs.push(invalid(at, name, UNKNOWN_REQUEST));
  });
}

/** "domain/identifier". */
function validateFullyQualifiedName(name: string, path: Path, errs: Errors): void {
  if (!name) { errs.push(required(path, 'name required')); return; }
  const [domain, identifier, ...rest] = name.includes('/') ? name.split('/') : [undefined, name];
  if (rest.length) errs.push(invalid(path, name, 'must have at most one slash'));
  else if (domain === '') errs.push(required(path, 'the domain must not be empty'));
  else if (domain !== undefined) validateDNS1123Subdomain(domain, path, errs);
  if (!rest.length && identifier === '') errs.push(required(path, 'the name must not be empty'));
  else if (!rest.length && identifier !== undefined) {
    if (identifier.length > MAX_IDENTIFIER) errs.push(tooLong(path, MAX_IDENTIFIER));
    addInvalid(errs, path, identifier, isCIdentifier(identifier));
  }
  if (domain === undefined) errs.push(invalid(path, name, 'must include a domain'));
}

function validateConstraint(constraint: DeviceConstraint, names: RequestNames, path: Path, errs: Errors): void {
  validateReferences(constraint.requests, names, path.child('requests'), errs);
  if (constraint.matchAttribute !== undefined) validateFullyQualifiedName(constraint.matchAttribute, path.child('matchAttribute'), errs);
  else if (constraint.distinctAttribute !== undefined) validateFullyQualifiedName(constraint.distinctAttribute, path.child('distinctAttribute'), errs);
  else errs.push(required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'));
}

/** spec.devices of a ResourceClaim. */
export function validateDeviceClaim(claim: DeviceClaim | undefined, path: Path, errs: Errors): void {
  const { requests = [], constraints, config } = claim ?? {};
  const names: RequestNames = new Map(requests.map((r) => [r.name, new Set(r.firstAvailable?.map((sub) => sub.name))]));
  validateUnique(requests, MAX_REQUESTS, (r) => r.name, path.child('requests'), errs, (r, at) => { validateRequest(r, at, errs); });
  validateEach(constraints, MAX_REQUESTS, path.child('constraints'), errs, (c, at) => { validateConstraint(c, names, at, errs); });
  validateEach<DeviceClaimConfiguration>(config, MAX_REQUESTS, path.child('config'), errs, (c, at) => {
    validateReferences(c.requests, names, at.child('requests'), errs);
    validateOpaque(c.opaque, at.child('opaque'), errs);
  });
}
