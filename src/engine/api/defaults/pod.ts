import type {
  AzureDiskVolumeSource, Container, ContainerPort, EphemeralContainer, FileKeySelector, GRPCAction, HTTPGetAction, HostPathVolumeSource, ISCSIVolumeSource, ObjectFieldSelector, Pod, PodSpec,
  Probe, RBDVolumeSource, ResourceRequirements, ScaleIOVolumeSource, ServiceAccountTokenProjection, Volume,
} from '../generated/types';
import { fill, mapSame, set } from './fill';
import { defaultPullPolicy } from './image';
import { defaultPodLevelResources } from './pod-level-resources';
import { typeDefaults } from './type-defaults';

const DEFAULT_MODE = 0o644;
const TERMINATION_GRACE_SECONDS = 30;
const TOKEN_SECONDS = 3600;
const EMPTY = Object.freeze({});

function requestsFromLimits(resources: ResourceRequirements | undefined): ResourceRequirements | undefined {
  const limits = resources?.limits;
  if (!limits || Object.keys(limits).every((name) => resources.requests?.[name] !== undefined)) return resources;
  return { ...resources, requests: { ...limits, ...resources.requests } };
}

const withRequests = (c: Container): Container => set(c, 'resources', requestsFromLimits(c.resources));

/** With the host's network, a container port is the host's port. */
const withHostPorts = (c: Container): Container =>
  set(c, 'ports', mapSame(c.ports, (port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort })) as readonly ContainerPort[] | undefined);

/** Only for pods themselves, not for templates. */
function pod(object: Pod): Pod {
  let spec = object.spec;
  spec = set(spec, 'containers', mapSame(spec.containers, withRequests) as readonly Container[]);
  spec = set(spec, 'initContainers', mapSame(spec.initContainers, withRequests));
  spec = set(spec, 'resources', defaultPodLevelResources(spec));
  spec = fill(spec, { enableServiceLinks: true });
  if (spec.hostNetwork) {
    spec = set(spec, 'containers', mapSame(spec.containers, withHostPorts) as readonly Container[]);
    spec = set(spec, 'initContainers', mapSame(spec.initContainers, withHostPorts));
  }
  return set(object, 'spec', spec);
}

const podSpec = (spec: PodSpec): PodSpec => fill(spec, {
  dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: EMPTY, terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS, schedulerName: 'default-scheduler',
});

const container = <T extends Container | EphemeralContainer>(c: T): T => fill<Container | EphemeralContainer>(c, {
  imagePullPolicy: c.imagePullPolicy ?? defaultPullPolicy(c.image ?? ''), terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File',
}) as T;

const probe = (p: Probe): Probe => fill(p, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });

function volume(v: Volume): Volume {
  if (Object.keys(v).every((key) => key === 'name')) return { ...v, emptyDir: EMPTY };
  return v.image && !v.image.pullPolicy ? { ...v, image: { ...v.image, pullPolicy: defaultPullPolicy(v.image.reference ?? '') } } : v;
}

const withMode = <T extends { readonly defaultMode?: number }>(source: T): T => fill<{ readonly defaultMode?: number }>(source, { defaultMode: DEFAULT_MODE }) as T;

export const POD_DEFAULTS = typeDefaults({
  Pod: pod, PodSpec: podSpec, Container: container<Container>, EphemeralContainer: container<EphemeralContainer>, Probe: probe, Volume: volume,
  ContainerPort: (p: ContainerPort) => fill(p, { protocol: 'TCP' }),
  SecretVolumeSource: withMode, ConfigMapVolumeSource: withMode, DownwardAPIVolumeSource: withMode, ProjectedVolumeSource: withMode,
  ServiceAccountTokenProjection: (p: ServiceAccountTokenProjection) => fill(p, { expirationSeconds: TOKEN_SECONDS }),
  HTTPGetAction: (a: HTTPGetAction) => fill(a, { path: '/', scheme: 'HTTP' }),
  GRPCAction: (a: GRPCAction) => fill(a, { service: '' }),
  ObjectFieldSelector: (s: ObjectFieldSelector) => fill(s, { apiVersion: 'v1' }),
  FileKeySelector: (s: FileKeySelector) => fill(s, { optional: false }),
  HostPathVolumeSource: (s: HostPathVolumeSource) => fill(s, { type: '' }),
  AzureDiskVolumeSource: (s: AzureDiskVolumeSource) => fill(s, { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }),
  ISCSIVolumeSource: (s: ISCSIVolumeSource) => fill(s, { iscsiInterface: 'default' }),
  ISCSIPersistentVolumeSource: (s: ISCSIVolumeSource) => fill(s, { iscsiInterface: 'default' }),
  RBDVolumeSource: (s: RBDVolumeSource) => fill(s, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  RBDPersistentVolumeSource: (s: RBDVolumeSource) => fill(s, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  ScaleIOVolumeSource: (s: ScaleIOVolumeSource) => fill(s, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
  ScaleIOPersistentVolumeSource: (s: ScaleIOVolumeSource) => fill(s, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
});
