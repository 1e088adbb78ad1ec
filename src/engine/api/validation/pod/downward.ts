import type { ObjectFieldSelector, ResourceFieldSelector } from '../../generated/types';
import { compareQuantity } from '../../quantity';
import { quantity } from '../core/values';
import { invalid, notSupported, required, type Errors, type Path } from '../field';
import { validateQualifiedName } from '../meta';

/** The downward API: fieldRef and resourceFieldRef in environments and volumes. Lists are sorted, as in the messages. */
export const DOWNWARD_VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'] as const;
export const DOWNWARD_ENV_FIELDS = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs',
] as const;
const RESOURCES = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];

/** What the pod can be asked for at all, with the old name of spec.nodeName. */
const FIELD_LABELS: ReadonlyMap<string, string> = new Map([
  ...['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName',
    'spec.schedulerName', 'status.phase', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'].map((f) => [f, f] as const),
  ['spec.host', 'spec.nodeName'],
]);

/** "metadata.labels['key']" → path and key. */
function subscript(fieldPath: string): { readonly path: string; readonly key: string } | undefined {
  const open = fieldPath.indexOf("['");
  if (open <= 0 || !fieldPath.endsWith("']") || fieldPath.length < open + 4) return undefined;
  return { path: fieldPath.slice(0, open), key: fieldPath.slice(open + 2, -2) };
}

export function validateFieldRef(ref: ObjectFieldSelector, supported: readonly string[], path: Path, errs: Errors): void {
  if (!ref.apiVersion) { errs.push(required(path.child('apiVersion'), '')); return; }
  const { fieldPath } = ref;
  if (!fieldPath) { errs.push(required(path.child('fieldPath'), '')); return; }
  const parts = subscript(fieldPath);
  const keyed = parts !== undefined && (parts.path === 'metadata.annotations' || parts.path === 'metadata.labels');
  const label = parts ? fieldPath : FIELD_LABELS.get(fieldPath);
  const problem = ref.apiVersion !== 'v1' ? `unsupported pod version: ${ref.apiVersion}`
    : parts && !keyed ? `field label does not support subscript: ${fieldPath}`
      : label === undefined ? `field label not supported: ${fieldPath}` : '';
  if (problem) { errs.push(invalid(path.child('fieldPath'), fieldPath, `error converting fieldPath: ${problem}`)); return; }
  if (parts) validateQualifiedName(parts.path === 'metadata.annotations' ? parts.key.toLowerCase() : parts.key, path, errs);
  else if (label !== undefined && !supported.includes(label)) errs.push(notSupported(path.child('fieldPath'), label, supported));
}

export function validateResourceFieldRef(ref: ResourceFieldSelector, path: Path, errs: Errors, volume: boolean): void {
  const resource = ref.resource ?? '';
  if (volume && !ref.containerName) errs.push(required(path.child('containerName'), ''));
  else if (!resource) errs.push(required(path.child('resource'), ''));
  else if (!RESOURCES.includes(resource) && !isHugePages(resource)) errs.push(notSupported(path.child('resource'), resource, RESOURCES));
  validateDivisor(resource, ref.divisor, path.child('divisor'), errs);
}

const isHugePages = (resource: string): boolean => resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');

const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function validateDivisor(resource: string, divisor: string | undefined, path: Path, errs: Errors): void {
  const value = quantity(divisor);
  if (divisor === undefined || compareQuantity(value, quantity(undefined)) === 0) return;
  const dot = resource.indexOf('.');
  const name = dot < 0 || !(resource.startsWith('limits.') || resource.startsWith('requests.')) ? '' : resource.slice(dot + 1);
  const sizes = (kind: string): void => {
    if (!SIZES.includes(value.text)) errs.push(invalid(path, resource, `only divisor's values ${SIZES.join(', ')} are supported with the ${kind} resource`));
  };
  if (name === 'cpu') { if (!['1m', '1'].includes(value.text)) errs.push(invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource")); }
  else if (name === 'memory') sizes('memory');
  else if (name === 'ephemeral-storage') sizes('local ephemeral storage');
  else if (name.startsWith('hugepages-')) sizes('hugepages');
}
