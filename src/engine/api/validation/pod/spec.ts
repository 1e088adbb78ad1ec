import type { ObjectMeta, PodResourceClaim, PodSpec } from '../../generated/types';
import { goStruct } from '../core/goStruct';
import { addInvalid, duplicate, fieldForbidden, fieldNotFound, invalid, notSupported, Path, required, type Errors } from '../field';
import { inclusiveRangeError } from '../formats';
import { nameIsDNSSubdomain, validateDNS1123Label, validateLabels } from '../meta';
import { validateAffinity } from './affinity';
import { MIRROR } from './annotations';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './containers';
import { validateDNSConfig, validateDNSPolicy, validateHostAliases, validateHostnameOverride, validateHostNetwork, validateHostUsers } from './network';
import type { PodOptions } from './options';
import { validateHostProcess, validateOS } from './os';
import { validateContainerResources, validatePodResources } from './resources';
import { validateReadinessGates, validateSchedulingGates, validateSpreadConstraints, validateTolerations } from './scheduling';
import { validatePodSecurityContext } from './security';
import { POD_RESOURCE_CLAIM } from './shapes';
import { visitContainers } from './visit';
import { validateVolumes } from './volumes';

/** ValidatePodSpec. `meta` is the pod's metadata, undefined for a template. */
const NO_CLAIMS: ReadonlySet<string> = new Set();
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

export function validatePodSpec(spec: PodSpec, meta: ObjectMeta | undefined, path: Path, errs: Errors, options: PodOptions): void {
  if (spec.terminationGracePeriodSeconds === undefined) errs.push(required(path.child('terminationGracePeriodSeconds'), ''));
  const volumes = validateVolumes(spec.volumes, meta, path.child('volumes'), errs, options);
  const claims = spec.resourceClaims?.length ? new Set(spec.resourceClaims.map((c) => c.name).filter((n) => n)) : NO_CLAIMS;
  if (spec.resourceClaims) validateResourceClaims(spec.resourceClaims, meta, path.child('resourceClaims'), errs);
  const context = { spec, volumes, claims, hostUsers: spec.hostUsers !== false, options };
  validateContainers(context, path.child('containers'), errs);
  validateInitContainers(context, path.child('initContainers'), errs);
  validateEphemeralContainers(context, path.child('ephemeralContainers'), errs);
  validatePodResources(spec, claims, path, errs, options);
  validateHostNetwork(spec, path, errs, options);
  validateChoice(spec.restartPolicy ?? '', RESTART_POLICIES, path.child('restartPolicy'), errs);
  validateDNSPolicy(spec.dnsPolicy, path.child('dnsPolicy'), errs);
  if (spec.nodeSelector) validateLabels(spec.nodeSelector, path.child('nodeSelector'), errs);
  validatePodSecurityContext(spec, path.child('securityContext'), errs, options);
  if (spec.affinity) validateAffinity(spec.affinity, path.child('affinity'), errs, options);
  validateDNSConfig(spec.dnsConfig, spec.dnsPolicy, path.child('dnsConfig'), errs);
  if (spec.readinessGates) validateReadinessGates(spec.readinessGates, path.child('readinessGates'), errs);
  if (spec.schedulingGates) validateSchedulingGates(spec.schedulingGates, path.child('schedulingGates'), errs);
  if (spec.topologySpreadConstraints) validateSpreadConstraints(spec.topologySpreadConstraints, path.child('topologySpreadConstraints'), errs, options);
  validateHostProcess(spec, path, errs);
  validateHostUsers(spec, path, errs, options);
  validateHostnameOverride(spec, path, errs);
  validateNames(spec, path, errs);
  if (spec.overhead) validateContainerResources({ limits: spec.overhead }, NO_CLAIMS, path.child('overhead'), errs, options);
  validateOS(spec, path, errs);
  validateFileKeyVolumes(spec, path, errs);
}

function validateChoice(value: string, supported: readonly string[], path: Path, errs: Errors): void {
  if (!value) errs.push(required(path, ''));
  else if (!supported.includes(value)) errs.push(notSupported(path, value, supported));
}

function validateNames(spec: PodSpec, path: Path, errs: Errors): void {
  const subdomain = (field: 'serviceAccountName' | 'nodeName' | 'priorityClassName'): void => {
    const name = spec[field];
    if (name) addInvalid(errs, path.child(field), name, nameIsDNSSubdomain(name, false));
  };
  subdomain('serviceAccountName');
  subdomain('nodeName');
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647)) errs.push(invalid(path.child('activeDeadlineSeconds'), deadline, inclusiveRangeError(1, 2147483647)));
  if (spec.hostname) validateDNS1123Label(spec.hostname, path.child('hostname'), errs);
  if (spec.subdomain) validateDNS1123Label(spec.subdomain, path.child('subdomain'), errs);
  if (spec.tolerations) validateTolerations(spec.tolerations, path.child('tolerations'), errs);
  if (spec.hostAliases) validateHostAliases(spec.hostAliases, path.child('hostAliases'), errs);
  subdomain('priorityClassName');
  if (spec.runtimeClassName !== undefined) addInvalid(errs, path.child('runtimeClassName'), spec.runtimeClassName, nameIsDNSSubdomain(spec.runtimeClassName, false));
  if (spec.preemptionPolicy !== undefined) validateChoice(spec.preemptionPolicy, PREEMPTION_POLICIES, path.child('preemptionPolicy'), errs);
}

function validateResourceClaims(claims: readonly PodResourceClaim[], meta: ObjectMeta | undefined, base: Path, errs: Errors): void {
  const names = new Set<string>();
  claims.forEach((claim, i) => {
    if (meta?.annotations?.[MIRROR] !== undefined) { errs.push(fieldForbidden(Path.of(''), 'static pods do not support resource claims')); return; }
    const path = base.index(i);
    if (!claim.name) errs.push(required(path.child('name'), ''));
    else if (names.has(claim.name)) errs.push(duplicate(path.child('name'), claim.name));
    else { validateDNS1123Label(claim.name, path.child('name'), errs); names.add(claim.name); }
    const shown = (): unknown => goStruct(POD_RESOURCE_CLAIM, claim);
    const { resourceClaimName, resourceClaimTemplateName } = claim;
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) errs.push(invalid(path, shown(), 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) errs.push(invalid(path, shown(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const name = claim[field];
      if (name !== undefined) addInvalid(errs, path.child(field), name, nameIsDNSSubdomain(name, false));
    }
  });
}

/** fileKeyRef reads from an emptyDir that an init container filled. */
function validateFileKeyVolumes(spec: PodSpec, path: Path, errs: Errors): void {
  visitContainers(spec, path, (c, at) => c.env?.forEach((variable, i) => {
    const ref = variable.valueFrom?.fileKeyRef;
    if (!ref) return;
    const namePath = at.child('env').index(i).child('valueFrom', 'fileKeyRef', 'volumeName');
    const volume = spec.volumes?.findLast((v) => v.name === ref.volumeName);
    if (!volume) errs.push(fieldNotFound(namePath, ref.volumeName ?? ''));
    else if (!volume.emptyDir) errs.push(invalid(namePath, ref.volumeName, 'referenced volume must be of type emptyDir'));
  }));
}
