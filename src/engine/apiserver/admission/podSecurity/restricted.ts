import type { Container, Volume } from '../../../api/generated/types';
import { procMount, seccompProfile, unless } from './baseline';
import { containersOf, distinct, inUserNamespace, named, onWindows, plural, quoted, setters, where, type Check, type CheckPod } from './check';

const allowPrivilegeEscalation: CheckPod = (_, spec) => {
  const containers = where(spec, (c) => c.securityContext?.allowPrivilegeEscalation !== false);
  return containers.length > 0 ? { reason: 'allowPrivilegeEscalation != false', detail: `${named(containers)} must set securityContext.allowPrivilegeEscalation=false` } : undefined;
};

const capabilities: CheckPod = (_, spec) => {
  const added = (c: Container): readonly string[] => (c.securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const keeping = where(spec, (c) => !(c.securityContext?.capabilities?.drop ?? []).includes('ALL'));
  const adding = where(spec, (c) => added(c).length > 0);
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${named(adding)} must not include ${quoted(distinct(containersOf(spec).flatMap(added)))} in securityContext.capabilities.add`] : []),
  ];
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const ALLOWED_VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'] as const;
const FORBIDDEN_VOLUMES = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc', 'azureFile', 'vsphereVolume', 'quobyte',
  'azureDisk', 'photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos',
] as const;

const volumes: CheckPod = (_, spec) => {
  const bad = (spec.volumes ?? []).filter((v) => !ALLOWED_VOLUMES.some((type) => v[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = distinct(bad.map((v: Volume) => FORBIDDEN_VOLUMES.find((type) => v[type] !== undefined) ?? 'unknown'));
  return { reason: 'restricted volume types', detail: `${named(bad.map((v) => v.name), 'volume')} ${plural('uses', bad.length, 'use')} ${plural('restricted volume type', types.length)} ${quoted(types)}` };
};

const runAsNonRoot: CheckPod = (_, spec) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const root = where(spec, (c) => c.securityContext?.runAsNonRoot === false);
  const reason = 'runAsNonRoot != true';
  if (pod === false || root.length > 0) return { reason, detail: `${setters(pod === false, root)} must not set securityContext.runAsNonRoot=false` };
  const silent = pod === true ? [] : where(spec, (c) => c.securityContext?.runAsNonRoot === undefined);
  return silent.length > 0 ? { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` } : undefined;
};

const runAsUser: CheckPod = (_, spec) => {
  const pod = spec.securityContext?.runAsUser === 0;
  const containers = where(spec, (c) => c.securityContext?.runAsUser === 0);
  return pod || containers.length > 0 ? { reason: 'runAsUser=0', detail: `${setters(pod, containers)} must not set runAsUser=0` } : undefined;
};

const seccomp: CheckPod = (metadata, spec) => {
  const wrong = seccompProfile(metadata, spec);
  if (wrong || spec.securityContext?.seccompProfile) return wrong;
  const silent = where(spec, (c) => c.securityContext?.seccompProfile === undefined);
  return silent.length > 0 ? { reason: 'seccompProfile', detail: `pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` } : undefined;
};

/** A check from one version on, and from v1.25 on not for Windows, which has no such thing. */
function restricted(id: string, since: number, check: CheckPod, override?: string, windows = false): Check {
  const overrides = override ? { overrides: [override] } : {};
  return { id, level: 'restricted', versions: [{ since, check, ...overrides }, ...(windows ? [{ since: 25, check: unless(onWindows, check), ...overrides }] : [])] };
}

const sinceUserNamespaces = (id: string, since: number, check: CheckPod): Check => ({ id, level: 'restricted', versions: [{ since, check }, { since: 35, check: unless(inUserNamespace, check) }] });

/** Today's best practice for hardening pods, on top of the baseline. */
export const RESTRICTED: readonly Check[] = [
  restricted('allowPrivilegeEscalation', 8, allowPrivilegeEscalation, undefined, true),
  restricted('capabilities_restricted', 22, capabilities, 'capabilities_baseline', true),
  restricted('procMount_restricted', 35, procMount, 'procMount'),
  restricted('restrictedVolumes', 0, volumes, 'hostPathVolumes'),
  sinceUserNamespaces('runAsNonRoot', 0, runAsNonRoot),
  sinceUserNamespaces('runAsUser', 23, runAsUser),
  restricted('seccompProfile_restricted', 19, seccomp, 'seccompProfile_baseline', true),
];
