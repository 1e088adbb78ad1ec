import type { Container, PodSpec, Volume } from '../api/generated/types';

type ContainerLike = Pick<Container, 'env' | 'envFrom'>;

const containersOf = (spec: PodSpec): readonly ContainerLike[] => [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];

/** The names of the secrets that a pod refers to, anywhere (podutil.VisitPodSecretNames). */
export function secretNames(spec: PodSpec): ReadonlySet<string> {
  const names = new Set<string>();
  for (const reference of spec.imagePullSecrets ?? []) names.add(reference.name ?? '');
  for (const c of containersOf(spec)) {
    for (const from of c.envFrom ?? []) if (from.secretRef) names.add(from.secretRef.name ?? '');
    for (const env of c.env ?? []) if (env.valueFrom?.secretKeyRef) names.add(env.valueFrom.secretKeyRef.name ?? '');
  }
  for (const volume of spec.volumes ?? []) for (const name of secretsOfVolume(volume)) names.add(name);
  names.delete('');
  return names;
}

function secretsOfVolume(v: Volume): readonly string[] {
  const direct = [
    v.secret?.secretName, v.azureFile?.secretName, v.cephfs?.secretRef?.name, v.cinder?.secretRef?.name, v.flexVolume?.secretRef?.name, v.rbd?.secretRef?.name, v.scaleIO?.secretRef?.name,
    v.iscsi?.secretRef?.name, v.storageos?.secretRef?.name, v.csi?.nodePublishSecretRef?.name,
  ];
  return [...direct, ...(v.projected?.sources ?? []).map((s) => s.secret?.name)].filter((name): name is string => !!name);
}

/** The names of the config maps that a pod refers to, anywhere (podutil.VisitPodConfigmapNames). */
export function configMapNames(spec: PodSpec): ReadonlySet<string> {
  const names = new Set<string>();
  for (const c of containersOf(spec)) {
    for (const from of c.envFrom ?? []) if (from.configMapRef) names.add(from.configMapRef.name ?? '');
    for (const env of c.env ?? []) if (env.valueFrom?.configMapKeyRef) names.add(env.valueFrom.configMapKeyRef.name ?? '');
  }
  for (const volume of spec.volumes ?? []) {
    names.add(volume.configMap?.name ?? '');
    for (const source of volume.projected?.sources ?? []) names.add(source.configMap?.name ?? '');
  }
  names.delete('');
  return names;
}

/** The names of the claims that a pod uses: named ones, and those made for it. */
export function claimNames(podName: string, spec: PodSpec): ReadonlySet<string> {
  const names = new Set<string>();
  for (const volume of spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) names.add(volume.persistentVolumeClaim.claimName);
    if (volume.ephemeral) names.add(`${podName}-${volume.name}`);
  }
  return names;
}
