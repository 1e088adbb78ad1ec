import type { Container, CoreResourceClaim, PodSpec, ResourceRequirements } from '../../generated/types';
import { compareQuantity } from '../../quantity';
import { isHugePageName, isOvercommitAllowed, validateContainerResourceName, validateResourceName, validateResourceQuantity } from '../core/resourceNames';
import { quantity } from '../core/values';
import { duplicate, fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { validateDNS1123Label } from '../meta';
import { isHugePageValueDivisible } from './hugepages';
import type { PodOptions } from './options';
import { aggregateContainerLimits, aggregateContainerRequests } from './aggregate';

/** resources of containers and of the pod itself. */
type NameCheck = (name: string, path: Path, errs: Errors) => void;

export function validateContainerResources(resources: ResourceRequirements, claims: ReadonlySet<string>, path: Path, errs: Errors, options: PodOptions): void {
  validateRequirements(resources, validateContainerResourceName, claims, path, errs, options);
}

function validateQuantity(name: string, value: string, check: NameCheck, path: Path, errs: Errors): void {
  check(name, path, errs);
  validateResourceQuantity(name, value, path, errs);
}

function validateHugePages(name: string, value: string, path: Path, errs: Errors, options: PodOptions): void {
  if (options.allowIndivisibleHugePages || isHugePageValueDivisible(name, value)) return;
  const { text } = quantity(value);
  errs.push(invalid(path, text, `${text} is not positive integer multiple of ${name}`));
}

function validateRequirements(resources: ResourceRequirements, check: NameCheck, claims: ReadonlySet<string>, path: Path, errs: Errors, options: PodOptions): void {
  const { limits = {}, requests = {} } = resources;
  let compute = false;
  let hugePages = false;
  for (const name in limits) {
    const value = limits[name] ?? '';
    const at = path.child('limits').key(name);
    validateQuantity(name, value, check, at, errs);
    if (isHugePageName(name)) { hugePages = true; validateHugePages(name, value, at, errs, options); }
    compute ||= name === 'cpu' || name === 'memory';
  }
  for (const name in requests) {
    const value = requests[name] ?? '';
    const at = path.child('requests').key(name);
    validateQuantity(name, value, check, at, errs);
    compareWithLimit(name, value, limits[name], path, errs);
    if (isHugePageName(name)) { hugePages = true; validateHugePages(name, value, at, errs, options); }
    compute ||= name === 'cpu' || name === 'memory';
  }
  if (hugePages && !compute) errs.push(fieldForbidden(path, 'HugePages require cpu or memory'));
  if (resources.claims) validateClaimNames(resources.claims, claims, path.child('claims'), errs);
}

function compareWithLimit(name: string, value: string, limit: string | undefined, path: Path, errs: Errors): void {
  if (limit === undefined) {
    if (!isOvercommitAllowed(name)) errs.push(required(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    return;
  }
  if (value === limit) return;
  const [wanted, most] = [quantity(value), quantity(limit)];
  const order = compareQuantity(wanted, most);
  if (order !== 0 && !isOvercommitAllowed(name)) errs.push(invalid(path.child('requests'), wanted.text, `must be equal to ${name} limit of ${most.text}`));
  else if (order > 0) errs.push(invalid(path.child('requests'), wanted.text, `must be less than or equal to ${name} limit of ${most.text}`));
}

function validateClaimNames(claims: readonly CoreResourceClaim[], podClaims: ReadonlySet<string>, base: Path, errs: Errors): void {
  const names = new Set<string>();
  claims.forEach((claim, i) => {
    const path = base.index(i);
    const { name = '', request = '' } = claim;
    if (!name) { errs.push(required(path, '')); return; }
    if (names.has(name)) {
      errs.push(duplicate(path, name));
    } else {
      if (request) validateDNS1123Label(request, path.child('request'), errs);
      const key = request ? `${name}/${request}` : name;
      if (names.has(key)) errs.push(duplicate(path, key));
      else if (!request) for (const other of names) if (other.startsWith(`${name}/`)) errs.push(duplicate(path, name));
      names.add(key);
    }
    if (!podClaims.has(name)) {
      const known = podClaims.size ? `: ${[...podClaims].sort().join(', ')}` : ' which is empty';
      errs.push({ type: 'NotFound', field: path.toString(), body: `Not found: "${name}": must be one of the names in pod.spec.resourceClaims${known}` });
    }
  });
}

const POD_LEVEL = ['cpu', 'hugepages-', 'memory'];

function validatePodResourceName(name: string, path: Path, errs: Errors): void {
  const before = errs.length;
  validateResourceName(name, path, errs);
  if (errs.length === before && name !== 'cpu' && name !== 'memory' && !isHugePageName(name)) errs.push(notSupported(path, name, POD_LEVEL));
}

/** spec.resources (PodLevelResources). */
export function validatePodResources(spec: PodSpec, claims: ReadonlySet<string>, specPath: Path, errs: Errors, options: PodOptions): void {
  const { resources } = spec;
  if (!resources) return;
  const path = specPath.child('resources');
  if (spec.os?.name === 'windows') { errs.push(fieldForbidden(path, 'may not be set for a windows pod')); return; }
  if (resources.claims) errs.push(fieldForbidden(path.child('claims'), 'claims may not be set for Resources at pod-level'));
  validateRequirements(resources, validatePodResourceName, claims, path, errs, options);
  validateConsistency(spec, resources, path, errs);
}

function validateConsistency(spec: PodSpec, resources: ResourceRequirements, path: Path, errs: Errors): void {
  for (const [name, sum] of aggregateContainerRequests(spec)) {
    const own = resources.requests?.[name];
    if (own !== undefined && compareQuantity(sum, quantity(own)) > 0) {
      errs.push(invalid(path.child('requests').key(name), quantity(own).text, `must be greater than or equal to aggregate container requests of ${sum.text}`));
    }
  }
  for (const [name, sum] of aggregateContainerLimits(spec)) {
    const own = resources.limits?.[name];
    if (isHugePageName(name) && own !== undefined && compareQuantity(sum, quantity(own)) > 0) {
      errs.push(invalid(path.child('limits').key(name), quantity(own).text, `must be greater than or equal to aggregate container limits of ${sum.text}`));
    }
  }
  spec.containers?.forEach((container: Container, i) => {
    for (const name in container.resources?.limits) {
      const limit = quantity(container.resources?.limits?.[name]);
      const own = resources.limits?.[name];
      if (own !== undefined && compareQuantity(limit, quantity(own)) > 0) {
        errs.push(invalid(path.child('containers').index(i).key(name).child('limits'), limit.text, `must be less than or equal to pod limits of ${quantity(own).text}`));
      }
    }
  });
}
