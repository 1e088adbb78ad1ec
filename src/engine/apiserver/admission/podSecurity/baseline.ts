import type { Container, LifecycleHandler, PodSpec, Probe, SELinuxOptions } from '../../../api/generated/types';
import { containersOf, distinct, inUserNamespace, named, plural, quoted, setters, where, type Check, type CheckPod } from './check';

const DEFAULT_CAPABILITIES = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']);
const APPARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const PROFILES = new Set(['RuntimeDefault', 'Localhost']);

const appArmorProfile: CheckPod = (metadata, spec) => {
  const bad = (type: string | undefined): boolean => type !== undefined && !PROFILES.has(type);
  const podType = spec.securityContext?.appArmorProfile?.type;
  const containers = containersOf(spec).filter((c) => bad(c.securityContext?.appArmorProfile?.type));
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([key, value]) => key.startsWith(APPARMOR_PREFIX) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'));
  const who = [setters(bad(podType), containers.map((c) => c.name)), annotations.length > 0 ? plural('annotation', annotations.length) : ''].filter(Boolean).join(' and ');
  if (who === '') return undefined;
  const types = distinct([...(bad(podType) ? [podType as string] : []), ...containers.map((c) => c.securityContext?.appArmorProfile?.type ?? '')]);
  const values = [...types, ...annotations.map(([key, value]) => `${key}="${value}"`).sort()];
  return { reason: plural('forbidden AppArmor profile', values.length), detail: `${who} must not set AppArmor profile type to ${quoted(values)}` };
};

const capabilities: CheckPod = (_, spec) => {
  const forbidden = (c: Container): readonly string[] => (c.securityContext?.capabilities?.add ?? []).filter((name) => !DEFAULT_CAPABILITIES.has(name));
  const containers = where(spec, (c) => forbidden(c).length > 0);
  if (containers.length === 0) return undefined;
  return { reason: 'non-default capabilities', detail: `${named(containers)} must not include ${quoted(distinct(containersOf(spec).flatMap(forbidden)))} in securityContext.capabilities.add` };
};

const hostNamespaces: CheckPod = (_, spec) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true).map((field) => `${field}=true`);
  return shared.length > 0 ? { reason: 'host namespaces', detail: shared.join(', ') } : undefined;
};

const hostPathVolumes: CheckPod = (_, spec) => {
  const volumes = (spec.volumes ?? []).filter((v) => v.hostPath).map((v) => v.name);
  return volumes.length > 0 ? { reason: 'hostPath volumes', detail: named(volumes, 'volume') } : undefined;
};

const hostPorts: CheckPod = (_, spec) => {
  const used = (c: Container): readonly string[] => (c.ports ?? []).filter((p) => (p.hostPort ?? 0) !== 0).map((p) => String(p.hostPort));
  const containers = where(spec, (c) => used(c).length > 0);
  if (containers.length === 0) return undefined;
  const ports = distinct(containersOf(spec).flatMap(used));
  return { reason: 'hostPort', detail: `${named(containers)} ${plural('uses', containers.length, 'use')} ${plural('hostPort', ports.length)} ${ports.join(', ')}` };
};

const hostsOf = (handler: Pick<Probe, 'httpGet' | 'tcpSocket'> | LifecycleHandler | undefined): readonly string[] => [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host): host is string => !!host);

const hostProbes: CheckPod = (_, spec) => {
  const hosts = (c: Container): readonly string[] => [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop].flatMap(hostsOf);
  const containers = distinct(where(spec, (c) => hosts(c).length > 0));
  if (containers.length === 0) return undefined;
  const forbidden = distinct(containersOf(spec).flatMap(hosts));
  return { reason: 'probe or lifecycle host', detail: `${named(containers)} ${plural('uses', containers.length, 'use')} ${plural('probe or lifecycle host', forbidden.length)} ${quoted(forbidden)}` };
};

const privileged: CheckPod = (_, spec) => {
  const containers = where(spec, (c) => c.securityContext?.privileged === true);
  return containers.length > 0 ? { reason: 'privileged', detail: `${named(containers)} must not set securityContext.privileged=true` } : undefined;
};

/** Any mount of /proc but the default one. */
export const procMount: CheckPod = (_, spec) => {
  const bad = (c: Container): boolean => c.securityContext?.procMount !== undefined && c.securityContext.procMount !== 'Default';
  const containers = containersOf(spec).filter(bad);
  if (containers.length === 0) return undefined;
  const types = distinct(containers.map((c) => c.securityContext?.procMount ?? ''));
  return { reason: 'procMount', detail: `${named(containers.map((c) => c.name))} must not set securityContext.procMount to ${quoted(types)}` };
};

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const seLinuxOptions = (types: ReadonlySet<string>): CheckPod => (_, spec) => {
  const badType = (o: SELinuxOptions | undefined): boolean => o !== undefined && !types.has(o.type ?? '');
  const bad = (o: SELinuxOptions | undefined): boolean => badType(o) || !!o?.user || !!o?.role;
  const pod = spec.securityContext?.seLinuxOptions;
  const containers = containersOf(spec).filter((c) => bad(c.securityContext?.seLinuxOptions));
  if (!bad(pod) && containers.length === 0) return undefined;
  const all = [pod, ...containers.map((c) => c.securityContext?.seLinuxOptions)];
  const badTypes = distinct(all.filter(badType).map((o) => o?.type ?? ''));
  const what = [
    ...(badTypes.length > 0 ? [`${plural('type', badTypes.length)} ${quoted(badTypes)}`] : []), ...(all.some((o) => o?.user) ? ['user may not be set'] : []), ...(all.some((o) => o?.role) ? ['role may not be set'] : []),
  ];
  return { reason: 'seLinuxOptions', detail: `${setters(bad(pod), containers.map((c) => c.name))} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}` };
};

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';

/** Before v1.19 seccomp profiles were annotations. */
const seccompAnnotations: CheckPod = (metadata, spec) => {
  const keys = [SECCOMP_POD, ...containersOf(spec).map((c) => SECCOMP_CONTAINER + c.name)];
  const bad = (value: string | undefined): boolean => value !== undefined && value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/');
  const forbidden = distinct(keys.filter((key) => bad(metadata?.annotations?.[key])).map((key) => `${key}="${metadata?.annotations?.[key] ?? ''}"`));
  return forbidden.length > 0 ? { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', forbidden.length)} ${forbidden.join(', ')}` } : undefined;
};

/** Whoever names a seccomp profile that is none of the two allowed kinds. */
export const seccompProfile: CheckPod = (_, spec) => {
  const bad = (type: string | undefined): boolean => type !== undefined && !PROFILES.has(type);
  const pod = spec.securityContext?.seccompProfile?.type;
  const containers = containersOf(spec).filter((c) => bad(c.securityContext?.seccompProfile?.type));
  if (!bad(pod) && containers.length === 0) return undefined;
  const values = distinct([...(bad(pod) ? [pod as string] : []), ...containers.map((c) => c.securityContext?.seccompProfile?.type ?? '')]);
  return { reason: 'seccompProfile', detail: `${setters(bad(pod), containers.map((c) => c.name))} must not set securityContext.seccompProfile.type to ${quoted(values)}` };
};

const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [...SYSCTLS_27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const sysctls = (safe: readonly string[]): CheckPod => (_, spec) => {
  const forbidden = (spec.securityContext?.sysctls ?? []).map((s) => s.name).filter((name) => !safe.includes(name));
  return forbidden.length > 0 ? { reason: 'forbidden sysctls', detail: forbidden.join(', ') } : undefined;
};

const windowsHostProcess: CheckPod = (_, spec) => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess === true;
  const containers = where(spec, (c) => c.securityContext?.windowsOptions?.hostProcess === true);
  if (!pod && containers.length === 0) return undefined;
  return { reason: 'hostProcess', detail: `${setters(pod, containers)} must not set securityContext.windowsOptions.hostProcess=true` };
};

/** A check that does not hold for pods of which something is true. */
export const unless = (exempt: (spec: PodSpec) => boolean, check: CheckPod): CheckPod => (metadata, spec) => (exempt(spec) ? undefined : check(metadata, spec));

const baseline = (id: string, ...versions: readonly (readonly [since: number, check: CheckPod])[]): Check => ({ id, level: 'baseline', versions: versions.map(([since, check]) => ({ since, check })) });

/** What keeps known ways out of a container shut. */
export const BASELINE: readonly Check[] = [
  baseline('appArmorProfile', [0, appArmorProfile]),
  baseline('capabilities_baseline', [0, capabilities]),
  baseline('hostNamespaces', [0, hostNamespaces]),
  baseline('hostPathVolumes', [0, hostPathVolumes]),
  baseline('hostPorts', [0, hostPorts]),
  baseline('hostProbesAndHostLifecycle', [34, hostProbes]),
  baseline('privileged', [0, privileged]),
  baseline('procMount', [0, procMount], [35, unless(inUserNamespace, procMount)]),
  baseline('seLinuxOptions', [0, seLinuxOptions(new Set(SELINUX_TYPES))], [31, seLinuxOptions(new Set([...SELINUX_TYPES, 'container_engine_t']))]),
  baseline('seccompProfile_baseline', [0, seccompAnnotations], [19, seccompProfile]),
  baseline('sysctls', [0, sysctls(SYSCTLS)], [27, sysctls(SYSCTLS_27)], [29, sysctls(SYSCTLS_29)], [32, sysctls(SYSCTLS_32)]),
  baseline('windowsHostProcess', [0, windowsHostProcess]),
];
