import { quantityMilliValue } from '../../quantity';
import { addInvalid, invalid, type Errors, type Path } from '../field';
import { isQualifiedName } from '../formats';
import { validateNonnegativeQuantity } from './values';

/** Names of resources in quotas, limits and nodes: pkg/apis/core/helper. */
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;
const OBJECT_COUNTS = [
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers',
] as const;
const REQUESTS_AND_LIMITS = [
  'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage',
] as const;

const STANDARD_CONTAINER: ReadonlySet<string> = new Set(COMPUTE);
const STANDARD_QUOTA: ReadonlySet<string> = new Set([...COMPUTE, ...REQUESTS_AND_LIMITS, ...OBJECT_COUNTS]);
const STANDARD: ReadonlySet<string> = new Set([...STANDARD_QUOTA, 'storage']);
const INTEGER: ReadonlySet<string> = new Set(OBJECT_COUNTS);

export const isHugePageName = (name: string): boolean => name.startsWith('hugepages-');
const isQuotaHugePageName = (name: string): boolean => isHugePageName(name) || name.startsWith('requests.hugepages-');
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePageName(name);
export const isStandardQuotaName = (name: string): boolean => STANDARD_QUOTA.has(name) || isQuotaHugePageName(name);

/** A qualified name outside kubernetes.io that also fits as "requests.<name>". */
export const isExtendedResourceName = (name: string): boolean =>
  !isNativeResource(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;

export function validateResourceName(name: string, path: Path, errs: Errors): void {
  const messages = isQualifiedName(name);
  addInvalid(errs, path, name, messages);
  if (messages.length === 0 && !name.includes('/') && !STANDARD.has(name) && !isQuotaHugePageName(name)) {
    errs.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  }
}

export function validateContainerResourceName(name: string, path: Path, errs: Errors): void {
  validateResourceName(name, path, errs);
  if (!name.includes('/')) {
    if (!STANDARD_CONTAINER.has(name) && !isHugePageName(name)) errs.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResourceName(name)) {
    errs.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
}

export function validateQuotaResourceName(name: string, path: Path, errs: Errors): void {
  validateResourceName(name, path, errs);
  if (!name.includes('/') && !isStandardQuotaName(name)) errs.push(invalid(path, name, 'must be a standard resource for quota'));
}

/** Not negative, and whole where the resource is counted. */
export function validateResourceQuantity(name: string, value: string, path: Path, errs: Errors): void {
  validateNonnegativeQuantity(value, path, errs);
  if ((INTEGER.has(name) || isExtendedResourceName(name)) && quantityMilliValue(value) % 1000 !== 0) errs.push(invalid(path, value, 'must be an integer'));
}
