import type { Container, ContainerPort, EphemeralContainer, ObjectMeta, Pod, PodAffinity, PodSpec, PodTemplateSpec, ResourceRequirements, Volume } from '../../generated/types';
import { quote } from '../../status';
import { isDNS1123Label } from '../../validation/formats';
import { appArmorProfileOf } from '../apparmor';
import { addressWarnings } from './addresses';
import { claimSpecWarnings, fractionalBytes } from './claim';
import { deprecatedNodeLabel, nodeSelectorTermWarnings } from './node-labels';
import { overlappingPathWarnings } from './volume-paths';

/** pkg/api/pod/warnings.go, in its order and words. */
type Warnings = readonly string[];
type AnyContainer = Container | EphemeralContainer;
type Metadata = Pick<ObjectMeta, 'annotations'>;

/** The warnings of creating a pod. */
export function podWarnings(pod: Pod): Warnings {
  const name = isDNS1123Label(pod.metadata.name);
  const first = name.length ? [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${name.join(' ')}]`] : [];
  return [...first, ...warningsOf('', pod.spec, pod.metadata, false)];
}

/** The warnings of a pod template, whose path is without a trailing dot: "spec.template". */
export function podTemplateWarnings(template: PodTemplateSpec, path: string): Warnings {
  return template.spec ? warningsOf(`${path}.`, template.spec, template.metadata ?? {}, true) : [];
}

function warningsOf(prefix: string, spec: PodSpec, metadata: Metadata, isTemplate: boolean): Warnings {
  const containers = withPaths(prefix, spec);
  return [
    ...schedulingWarnings(prefix, spec), ...annotationWarnings(prefix, metadata), ...(spec.volumes ?? []).flatMap((v, i) => volumeWarnings(`${prefix}spec.volumes[${i}]`, v)),
    ...overlappingPathWarnings(spec.volumes ?? []), ...listWarnings(prefix, spec), ...fractionalBytes(`${prefix}spec.overhead[memory]`, spec.overhead?.memory),
    ...fractionalBytes(`${prefix}spec.overhead[ephemeral-storage]`, spec.overhead?.['ephemeral-storage']), ...seccompWarnings(prefix, spec, metadata),
    ...containers.flatMap(([c, path]) => containerWarnings(prefix, path, c, spec, metadata, isTemplate)), ...portWarnings(containers), ...portNameWarnings(containers),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0 ? [`${prefix}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : []),
    ...affinityWarnings(`${prefix}spec.affinity.podAffinity`, spec.affinity?.podAffinity), ...affinityWarnings(`${prefix}spec.affinity.podAntiAffinity`, spec.affinity?.podAntiAffinity),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, i) => addressWarnings(`${prefix}spec.dnsConfig.nameservers[${i}]`, ip)),
    ...(spec.hostAliases ?? []).flatMap((alias, i) => addressWarnings(`${prefix}spec.hostAliases[${i}].ip`, alias.ip)),
  ];
}

/** Init containers, then containers, then ephemeral ones. */
function withPaths(prefix: string, spec: PodSpec): readonly (readonly [AnyContainer, string])[] {
  const list = (name: 'initContainers' | 'containers' | 'ephemeralContainers'): readonly (readonly [AnyContainer, string])[] =>
    ((spec[name] ?? []) as readonly AnyContainer[]).map((c, i) => [c, `${prefix}spec.${name}[${i}]`] as const);
  return [...list('initContainers'), ...list('containers'), ...list('ephemeralContainers')];
}

const NO_SELECTOR = 'a null labelSelector results in matching no pod';

function schedulingWarnings(prefix: string, spec: PodSpec): Warnings {
  const out: string[] = [];
  for (const label of Object.keys(spec.nodeSelector ?? {})) {
    const message = deprecatedNodeLabel(label);
    if (message) out.push(`${prefix}spec.nodeSelector[${label}]: ${message}`);
  }
  const node = spec.affinity?.nodeAffinity;
  const at = `${prefix}spec.affinity.nodeAffinity`;
  node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.forEach((term, i) =>
    out.push(...nodeSelectorTermWarnings(`${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`, term, false)));
  node?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) =>
    out.push(...nodeSelectorTermWarnings(`${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`, term.preference, true)));
  spec.topologySpreadConstraints?.forEach((constraint, i) => {
    const path = `${prefix}spec.topologySpreadConstraints[${i}]`;
    const message = deprecatedNodeLabel(constraint.topologyKey);
    if (message) out.push(`${path}.topologyKey: ${constraint.topologyKey} is ${message}`);
    if (!constraint.labelSelector) out.push(`${path}.labelSelector: ${NO_SELECTOR}`);
  });
  return out;
}

const ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];

const annotationWarnings = (prefix: string, metadata: Metadata): Warnings =>
  ANNOTATIONS.flatMap(([key, message]) => (metadata.annotations?.[key] === undefined ? [] : [`${prefix}metadata.annotations[${key}]: ${message}`]));

const VOLUMES: readonly (readonly [keyof Volume, string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'], ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'], ['flocker', 'deprecated in v1.22, non-functional in v1.25+'], ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'], ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'], ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];
/** As the path names it, which is not how the field is written. */
const SHOWN: { readonly [field: string]: string } = { storageos: 'storageOS' };

function volumeWarnings(path: string, volume: Volume): Warnings {
  const claim = volume.ephemeral?.volumeClaimTemplate;
  return [
    ...VOLUMES.flatMap(([field, message]) => (volume[field] === undefined ? [] : [`${path}.${SHOWN[field] ?? field}: ${message}`])),
    ...(claim ? claimSpecWarnings(`${path}.ephemeral.volumeClaimTemplate.spec`, claim.spec) : []),
  ];
}

function listWarnings(prefix: string, spec: PodSpec): Warnings {
  const out: string[] = [];
  const ips = new Set<string>();
  spec.hostAliases?.forEach(({ ip }, i) => {
    if (ips.has(ip)) out.push(`${prefix}spec.hostAliases[${i}].ip: duplicate ip ${quote(ip)}`);
    ips.add(ip);
  });
  const names = new Set<string>();
  spec.imagePullSecrets?.forEach(({ name = '' }, i) => {
    if (names.has(name)) out.push(`${prefix}spec.imagePullSecrets[${i}].name: duplicate name ${quote(name)}`);
    names.add(name);
  });
  spec.imagePullSecrets?.forEach(({ name = '' }, i) => { if (!name) out.push(`${prefix}spec.imagePullSecrets[${i}].name: invalid empty name ""`); });
  return out;
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const seccompText = (prefix: string, key: string): string => `${prefix}metadata.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`;

const seccompWarnings = (prefix: string, spec: PodSpec, metadata: Metadata): Warnings =>
  (!spec.securityContext?.seccompProfile && metadata.annotations?.[SECCOMP_POD] !== undefined ? [seccompText(prefix, SECCOMP_POD)] : []);

function containerWarnings(prefix: string, path: string, c: AnyContainer, spec: PodSpec, metadata: Metadata, isTemplate: boolean): Warnings {
  const seccomp = SECCOMP_CONTAINER + c.name;
  const armor = APPARMOR + c.name;
  const annotation = metadata.annotations?.[armor];
  const podProfile = spec.securityContext?.appArmorProfile;
  const meant = annotation === undefined ? undefined : appArmorProfileOf(annotation);
  const redundant = podProfile && meant && podProfile.type === meant.type && podProfile.localhostProfile === meant.localhostProfile;
  return [
    ...(!c.securityContext?.seccompProfile && metadata.annotations?.[seccomp] !== undefined ? [seccompText(prefix, seccomp)] : []),
    ...(isTemplate && !c.securityContext?.appArmorProfile && annotation !== undefined && !redundant
      ? [`${prefix}metadata.annotations[${armor}]: deprecated since v1.30; use the "appArmorProfile" field instead`] : []),
    ...resourceWarnings(`${path}.resources`, c.resources), ...environmentWarnings(path, c),
  ];
}

const resourceWarnings = (path: string, resources: ResourceRequirements | undefined): Warnings => ['memory', 'ephemeral-storage'].flatMap((name) => [
  ...fractionalBytes(`${path}.limits[${name}]`, resources?.limits?.[name]), ...fractionalBytes(`${path}.requests[${name}]`, resources?.requests?.[name]),
]);

/** A repeated variable is fine only where it extends the earlier value: X="$(X):more". */
function environmentWarnings(path: string, c: AnyContainer): Warnings {
  const seen = new Set<string>();
  return (c.env ?? []).flatMap((item, i) => {
    if (!seen.has(item.name)) { seen.add(item.name); return []; }
    const reference = `$(${item.name})`;
    const fine = !item.valueFrom && item.value !== reference && item.value?.includes(reference);
    return fine ? [] : [`${path}.env[${i}]: hides previous definition of ${quote(item.name)}, which may be dropped when using apply`];
  });
}

/** How Go prints a port with %+v. */
const portText = (p: ContainerPort): string => `{Name:${p.name ?? ''} HostPort:${p.hostPort ?? 0} ContainerPort:${p.containerPort} Protocol:${p.protocol ?? ''} HostIP:${p.hostIP ?? ''}}`;

function portConflict(a: ContainerPort, b: ContainerPort): string | undefined {
  const aPort = a.hostPort ?? 0, bPort = b.hostPort ?? 0;
  if ((a.hostIP ?? '') === (b.hostIP ?? '') && aPort === bPort) return 'duplicate';
  if (aPort === 0 || bPort === 0) return 'overlapping';
  return aPort === bPort && !a.hostIP !== !b.hostIP ? 'dangerously ambiguous' : undefined;
}

function portWarnings(containers: readonly (readonly [AnyContainer, string])[]): Warnings {
  const out: string[] = [];
  const known = new Map<string, { readonly path: string; readonly port: ContainerPort }[]>();
  for (const [c, path] of containers) for (const [i, port] of (c.ports ?? []).entries()) {
    const at = `${path}.ports[${i}]`;
    if (port.hostIP && !port.hostPort) out.push(`${at}: hostIP set without hostPort: ${portText(port)}`);
    const key = `${port.containerPort}/${port.protocol ?? ''}`;
    const others = known.get(key) ?? [];
    for (const other of others) {
      const conflict = portConflict(port, other.port);
      if (conflict) out.push(`${at}: ${conflict} port definition with ${other.path}`);
    }
    known.set(key, [...others, { path: at, port }]);
  }
  return out;
}

function portNameWarnings(containers: readonly (readonly [AnyContainer, string])[]): Warnings {
  const out: string[] = [];
  const known = new Map<string, string>();
  for (const [c, path] of containers) for (const [i, { name }] of (c.ports ?? []).entries()) {
    const at = `${path}.ports[${i}]`;
    const other = name ? known.get(name) : undefined;
    if (name && other) out.push(`${at}: duplicate port name ${quote(name)} with ${other}, services and probes that select ports by name will use ${other}`);
    else if (name) known.set(name, at);
  }
  return out;
}

function affinityWarnings(path: string, affinity: PodAffinity | undefined): Warnings {
  return [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) => (term.labelSelector ? [] : [`${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${NO_SELECTOR}`])),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) =>
      (term.podAffinityTerm.labelSelector ? [] : [`${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`])),
  ];
}
