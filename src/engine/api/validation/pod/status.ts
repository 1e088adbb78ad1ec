import type { Container, ContainerStatus, Pod, PodCondition, PodExtendedResourceClaimStatus, PodOS, PodSpec, ResourceStatus } from '../../generated/types';
import { addInvalid, duplicate, fieldForbidden, internal, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isValidUserID } from '../formats';
import { isIPv4, isValidIPForLegacyField, parseIPSloppy } from '../ip';
import { METADATA, nameIsDNSSubdomain, STATUS, validateDNS1123Label, validateImmutable, validateQualifiedName } from '../meta';
import { validatePodAnnotationUpdates } from './annotations';
import { ALLOW_RESTART_ALL_CONTAINERS, type PodOptions } from './options';

/** ValidatePodStatusUpdate, after metadata. */
export function validatePodStatusUpdate(pod: Pod, old: Pod, errs: Errors, options: PodOptions): void {
  const { spec } = pod;
  const status = pod.status ?? {};
  const before = old.status ?? {};
  validatePodAnnotationUpdates(pod, old, METADATA.child('annotations'), errs, options);
  validateConditions(status.conditions, STATUS.child('conditions'), errs);
  if ((spec.nodeName ?? '') !== (old.spec.nodeName ?? '')) errs.push(fieldForbidden(STATUS.child('nodeName'), 'may not be changed directly'));
  const nominated = status.nominatedNodeName ?? '';
  if (nominated && nominated !== before.nominatedNodeName) {
    addInvalid(errs, STATUS.child('nominatedNodeName'), nominated, nameIsDNSSubdomain(nominated, false));
    if (old.spec.nodeName) errs.push(fieldForbidden(STATUS.child('nominatedNodeName'), 'may not be set on pods that are already bound to a node'));
  }
  if ((status.observedGeneration ?? 0) < 0) errs.push(invalid(STATUS.child('observedGeneration'), status.observedGeneration, 'must be a non-negative integer'));
  validateImmutable(status.qosClass ?? '', before.qosClass ?? '', STATUS.child('qosClass'), errs);
  validateTransitions(status.containerStatuses, before.containerStatuses, old.spec, old.spec.containers ?? [], STATUS.child('containerStatuses'), errs);
  validateTransitions(status.initContainerStatuses, before.initContainerStatuses, old.spec, old.spec.initContainers ?? [], STATUS.child('initContainerStatuses'), errs);
  validateTransitions(status.ephemeralContainerStatuses, before.ephemeralContainerStatuses, undefined, [], STATUS.child('ephemeralContainerStatuses'), errs);
  validateClaimStatuses(pod, STATUS.child('resourceClaimStatuses'), errs);
  if (status.extendedResourceClaimStatus) validateExtendedClaim(status.extendedResourceClaimStatus, spec, STATUS.child('extendedResourceClaimStatus'), errs);
  validateIPs(status.podIPs, before.podIPs, STATUS.child('podIPs'), errs);
  if (status.hostIPs?.length && (status.hostIP ?? '') !== status.hostIPs[0]?.ip) errs.push(invalid(STATUS.child('hostIPs').index(0).child('ip'), status.hostIPs[0]?.ip ?? '', 'must be equal to `hostIP`'));
  validateIPs(status.hostIPs, before.hostIPs, STATUS.child('hostIPs'), errs);
  for (const field of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const) validateUsers(status[field], spec.os, STATUS.child(field), errs);
  validateAllocated(status.containerStatuses, spec.containers ?? [], STATUS.child('containerStatuses'), errs);
  validateAllocated(status.initContainerStatuses, spec.initContainers ?? [], STATUS.child('initContainerStatuses'), errs);
  status.ephemeralContainerStatuses?.forEach((s, i) => {
    if (s.allocatedResourcesStatus?.length) errs.push(fieldForbidden(STATUS.child('ephemeralContainerStatuses').index(i).child('allocatedResourcesStatus'), 'must not be specified in container status'));
  });
}

const SYSTEM_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized']);

function validateConditions(conditions: readonly PodCondition[] | undefined, base: Path, errs: Errors): void {
  conditions?.forEach((condition, i) => {
    if ((condition.observedGeneration ?? 0) < 0) errs.push(invalid(base.index(i).child('observedGeneration'), condition.observedGeneration, 'must be a non-negative integer'));
    if (!SYSTEM_CONDITIONS.has(condition.type)) validateQualifiedName(condition.type ?? '', base.index(i).child('Type'), errs);
  });
}

/** A terminated container may only live again where its restart policy or rules say so. Without a spec: never. */
function validateTransitions(now: readonly ContainerStatus[] | undefined, old: readonly ContainerStatus[] | undefined, spec: PodSpec | undefined, containers: readonly Container[], path: Path, errs: Errors): void {
  if (!now || !old || now === old || (spec && ALLOW_RESTART_ALL_CONTAINERS && allCouldRestart(spec))) return;
  old.forEach((before, i) => {
    const terminated = before.state?.terminated;
    const next = terminated && now.find((s) => s.name === before.name);
    if (!next || next.state?.terminated) return;
    const container = containers.find((c) => c.name === before.name);
    if (!spec || !container || !shouldRestart(container, spec, terminated.exitCode)) errs.push(fieldForbidden(path.index(i).child('state'), 'may not be transitioned to non-terminated state'));
  });
}

const allCouldRestart = (spec: PodSpec): boolean =>
  [...(spec.initContainers ?? []), ...(spec.containers ?? [])].some((c) => c.restartPolicyRules?.some((r) => r.action === 'RestartAllContainers') ?? false);

/** podutil.ContainerShouldRestart. */
function shouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (!exitCodes) continue;
    const included = (exitCodes.values ?? []).includes(exitCode);
    if ((exitCodes.operator === 'In' && included) || (exitCodes.operator === 'NotIn' && !included)) {
      if (action === 'Restart' || action === 'RestartAllContainers') return true;
      break;
    }
  }
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function validateClaimStatuses(pod: Pod, base: Path, errs: Errors): void {
  const seen = new Set<string>();
  pod.status?.resourceClaimStatuses?.forEach((claim, i) => {
    const path = base.index(i).child('name');
    if (!pod.spec.resourceClaims?.some((c) => c.name === claim.name)) errs.push(invalid(path, claim.name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (seen.has(claim.name)) errs.push(duplicate(path, claim.name));
    seen.add(claim.name);
    if (claim.resourceClaimName !== undefined) addInvalid(errs, path, claim.resourceClaimName, nameIsDNSSubdomain(claim.resourceClaimName, false));
  });
}

function validateExtendedClaim(status: PodExtendedResourceClaimStatus, spec: PodSpec, path: Path, errs: Errors): void {
  const mappings = status.requestMappings ?? [];
  if (!mappings.length) errs.push(required(path.child('requestMappings'), 'at least one request mapping is required'));
  const seen = new Set<string>();
  mappings.forEach((m, i) => {
    const at = path.child('requestMappings').index(i);
    const container = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].findLast((c) => c.name === m.containerName);
    if (!container) errs.push(invalid(at.child('containerName'), m.containerName, 'must match the name of an entry in spec.initContainers.name or spec.containers.name'));
    else if (container.resources?.requests?.[m.resourceName] === undefined) {
      errs.push(invalid(at.child('resourceName'), m.resourceName, 'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests'));
    }
    validateDNS1123Label(m.requestName ?? '', path.child('requestName'), errs);
    const key = `${m.containerName}\n${m.resourceName}\n${m.requestName}`;
    if (seen.has(key)) for (const field of ['containerName', 'resourceName', 'requestName'] as const) errs.push(duplicate(at.child(field), m[field]));
    seen.add(key);
  });
  if (!status.resourceClaimName) errs.push(required(path.child('resourceClaimName'), ''));
  else addInvalid(errs, path.child('resourceClaimName'), status.resourceClaimName, nameIsDNSSubdomain(status.resourceClaimName, false));
}

interface Address { readonly ip?: string }

function validateIPs(addresses: readonly Address[] | undefined, old: readonly Address[] | undefined, path: Path, errs: Errors): void {
  if (!addresses?.length) return;
  const before = (old ?? []).map((a) => a.ip ?? '');
  addresses.forEach((a, i) => { isValidIPForLegacyField(a.ip ?? '', path.index(i), errs, before); });
  if (addresses.length < 2) return;
  const ips = addresses.map((a) => parseIPSloppy(a.ip ?? ''));
  const bad = ips.findIndex((ip) => !ip);
  if (bad >= 0) errs.push(internal(path, `failed to check for dual stack with error:invalid IP[${bad}]: ${addresses[bad]?.ip ?? ''}`));
  const dual = bad < 0 && ips.some((ip) => ip && isIPv4(ip)) && ips.some((ip) => ip && !isIPv4(ip));
  if (!dual || addresses.length > 2) errs.push(invalid(path, addresses.map((a) => ({ IP: a.ip ?? '' })), 'may specify no more than one IP for each IP family'));
}

function validateUsers(statuses: readonly ContainerStatus[] | undefined, os: PodOS | undefined, base: Path, errs: Errors): void {
  statuses?.forEach((status, i) => {
    const linux = status.user?.linux;
    if (!linux) return;
    const path = base.index(i).child('user').child('linux');
    if (os?.name === 'windows') { errs.push(fieldForbidden(path, 'cannot be set for a windows pod')); return; }
    addInvalid(errs, path.child('uid'), linux.uid ?? 0, isValidUserID(linux.uid ?? 0));
    addInvalid(errs, path.child('gid'), linux.gid ?? 0, isValidUserID(linux.gid ?? 0));
    linux.supplementalGroups?.forEach((group, j) => { addInvalid(errs, path.child('supplementalGroups').index(j), group, isValidUserID(group)); });
  });
}

const HEALTH = ['Healthy', 'Unhealthy', 'Unknown'];

function validateAllocated(statuses: readonly ContainerStatus[] | undefined, containers: readonly Container[], base: Path, errs: Errors): void {
  statuses?.forEach((status, i) => status.allocatedResourcesStatus?.forEach((allocated, j) => {
    const path = base.index(i).child('allocatedResourcesStatus').index(j);
    const container = containers.find((c) => c.name === status.name);
    if (container) validateAllocatedName(allocated, container, path.child('name'), errs);
    const seen = new Set<string>();
    allocated.resources?.forEach((resource, k) => {
      const at = path.child('resources').index(k);
      if (!HEALTH.includes(resource.health ?? '')) errs.push(notSupported(at.child('health'), resource.health ?? '', HEALTH));
      if (seen.has(resource.resourceID)) errs.push(duplicate(at.child('resourceID'), resource.resourceID));
      seen.add(resource.resourceID);
    });
  }));
}

function validateAllocatedName({ name }: ResourceStatus, container: Container, path: Path, errs: Errors): void {
  const claim = name.startsWith('claim:');
  const known = claim ? container.resources?.claims?.some((c) => `claim:${c.name}${c.request ? `/${c.request}` : ''}` === name) : container.resources?.requests?.[name] !== undefined;
  if (known) return;
  errs.push(invalid(path, name, claim
    ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
    : "must match one of the container's resource requests"));
}
