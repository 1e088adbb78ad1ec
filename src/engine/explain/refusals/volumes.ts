import type { PersistentVolumeClaim, Pod } from '../../api/generated/types';
import { claimClass, claimNameOf, volumeFitsNode } from '../../scheduler/plugins/volumes';
import { listText } from '../amounts';
import { having, phrase, type Phrase, type Refused, type WholePhrase } from './phrase';
import { termsText } from './nodeChoice';

/** The claims of the pod's volumes that exist. */
export function claimsOf({ core, pod }: Pick<Refused, 'core' | 'pod'>): readonly PersistentVolumeClaim[] {
  return (pod.pod.spec.volumes ?? []).flatMap((volume) => {
    const name = claimNameOf(pod.pod, volume);
    return (name === undefined ? undefined : core.listers.persistentVolumeClaim(pod.namespace, name)) ?? [];
  });
}

const WHOLE: readonly (readonly [RegExp, (match: RegExpExecArray, pod: Pod) => string])[] = [
  [/^persistentvolumeclaim "(.+)" not found$/, ([, name]) => `The pod mounts the PersistentVolumeClaim ${name ?? ''}, which does not exist`],
  [/^persistentvolume "(.+)" not found$/, ([, name]) => `A claim of the pod is bound to the PersistentVolume ${name ?? ''}, which does not exist`],
  [/^storageclass\.storage\.k8s\.io "(.+)" not found$/, ([, name]) => `A claim of the pod asks for the StorageClass ${name ?? ''}, which does not exist`],
  [/^waiting for ephemeral volume controller to create the persistentvolumeclaim "(.+)"$/, ([, name]) => `The PersistentVolumeClaim ${name ?? ''} of the pod's ephemeral volume has not been created yet`],
  [/^persistentvolumeclaim "(.+)" bound to non-existent persistentvolume "(.*)"$/, ([, claim, volume]) => `The PersistentVolumeClaim ${claim ?? ''} has lost its PersistentVolume ${volume ?? ''}`],
  [/^persistentvolumeclaim "(.+)" is being deleted$/, ([, name]) => `The PersistentVolumeClaim ${name ?? ''} is being deleted`],
  [/^PersistentVolumeClaim had no pv name and storageClass name$/, () => 'A claim of the pod names neither a PersistentVolume nor a StorageClass'],
  [/^PersistentVolume had no name$/, () => 'A claim of the pod is not bound yet, and its StorageClass binds at once, not when a pod is placed'],
];

/** Refusals of the pod as a whole because of its volumes. */
export function wholeVolumePhrase(refused: Pick<Refused, 'core' | 'pod' | 'reason'>): WholePhrase | undefined {
  if (refused.reason === 'pod has unbound immediate PersistentVolumeClaims') {
    const waiting = claimsOf(refused).filter((claim) => !claim.spec.volumeName).map((claim) => `${claim.metadata.name} (${claimClass(claim) === '' ? 'no storage class' : `class ${claimClass(claim)}`})`);
    return { whole: `The pod's PersistentVolumeClaim${waiting.length === 1 ? '' : 's'} ${listText(waiting)} must be bound to a volume first` };
  }
  for (const [pattern, words] of WHOLE) {
    const match = pattern.exec(refused.reason);
    if (match) return { whole: words(match, refused.pod.pod) };
  }
  return undefined;
}

/** VolumeBinding's refusals of one node. */
export function volumeBindingPhrase(refused: Refused): Phrase | WholePhrase {
  const { core, node, reason } = refused;
  const whole = wholeVolumePhrase(refused);
  if (whole) return whole;
  const claims = claimsOf(refused);
  if (reason.includes("didn't match PersistentVolume's node affinity")) {
    const bad = claims.flatMap((claim) => {
      const volume = core.listers.persistentVolume(claim.spec.volumeName ?? '');
      return volume && node.node && !volumeFitsNode(volume, node.node) ? [`${volume.metadata.name} (claim ${claim.metadata.name}) can only be used on nodes with ${termsText(volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? [])}`] : [];
    });
    const rest = bad.length > 0 ? `: the volume ${listText(bad)}` : ': the pod\'s volume cannot be used there';
    return phrase(`is out${rest}`, `are out${rest}`, 'volumeAffinity');
  }
  if (reason.includes("didn't find available persistent volumes to bind")) {
    const unbound = claims.filter((claim) => !claim.spec.volumeName).map((claim) => `${claim.metadata.name} (${claim.spec.resources?.requests?.['storage'] ?? 'any size'}, ${claimClass(claim) === '' ? 'no storage class' : `class ${claimClass(claim)}`}, ${(claim.spec.accessModes ?? []).join(' ')})`);
    return having(`no available PersistentVolume for the claim ${listText(unbound)}, and none can be provisioned there`, 'volumeBinding');
  }
  if (reason.includes('did not have enough free storage')) return phrase('does not have enough free storage for the pod\'s claims', 'do not have enough free storage for the pod\'s claims', 'volumeCapacity');
  if (reason.includes('bound to non-existent pv')) {
    const gone = claims.filter((claim) => claim.spec.volumeName && !core.listers.persistentVolume(claim.spec.volumeName)).map((claim) => `${claim.metadata.name} (PersistentVolume ${claim.spec.volumeName ?? ''})`);
    return { whole: `The volume of the pod's claim ${listText(gone)} does not exist` };
  }
  return phrase(`is out: ${reason}`, `are out: ${reason}`, `volume ${reason}`);
}

/** Volumes that cannot be shared. */
export function volumeRestrictionsPhrase(refused: Refused): Phrase | WholePhrase {
  const { core, pod, reason } = refused;
  if (reason.includes('ReadWriteOncePod')) {
    const used = claimsOf(refused).filter((claim) => claim.spec.accessModes?.includes('ReadWriteOncePod')).flatMap((claim) => {
      const user = core.cache.nodes.flatMap((n) => n.pods).find((p) => p.claimKeys.includes(`${pod.namespace}/${claim.metadata.name}`));
      return user ? [`${claim.metadata.name} is used by ${user.namespace}/${user.name} on ${core.cache.nodeOf(user.key) ?? ''}`] : [];
    });
    return { whole: `Only one pod at a time may use a ReadWriteOncePod claim, and ${listText(used) || 'another pod uses it'}` };
  }
  return wholeVolumePhrase(refused) ?? phrase('already has the pod\'s disk in use by another pod', 'already have the pod\'s disk in use by another pod', 'disk');
}

export function volumeLimitsPhrase(refused: Refused): Phrase | WholePhrase {
  const { core, node } = refused;
  const looked = /^looking up PVC \S+: (.*)$/.exec(refused.reason);
  const whole = wholeVolumePhrase(looked ? { ...refused, reason: looked[1] ?? '' } : refused);
  if (whole) return whole;
  const limits = (core.listers.csiNode(node.name)?.spec.drivers ?? []).flatMap((driver) => (driver.allocatable?.count === undefined ? [] : [`${driver.allocatable.count} of ${driver.name}`]));
  return phrase(`can attach no more volumes (at most ${listText(limits)})`, `can attach no more volumes (at most ${listText(limits)})`, 'volumeLimits', 'can attach no more volumes');
}

export function volumeZonePhrase(refused: Refused): Phrase | WholePhrase {
  const whole = wholeVolumePhrase(refused);
  if (whole) return whole;
  const zoneOf = (labels: { readonly [key: string]: string } | undefined): string => labels?.['topology.kubernetes.io/zone'] ?? labels?.['failure-domain.beta.kubernetes.io/zone'] ?? labels?.['topology.kubernetes.io/region'] ?? labels?.['failure-domain.beta.kubernetes.io/region'] ?? 'no zone';
  const volumes = claimsOf(refused).flatMap((claim) => {
    const volume = refused.core.listers.persistentVolume(claim.spec.volumeName ?? '');
    return volume && zoneOf(volume.metadata.labels) !== 'no zone' ? [`${volume.metadata.name} (claim ${claim.metadata.name}) is in ${zoneOf(volume.metadata.labels)}`] : [];
  });
  const rest = `in ${zoneOf(refused.node.labels)}; the volume ${listText(volumes)}`;
  return phrase(`is ${rest}`, `are ${rest}`, 'volumeZone', `are not in the zone of the pod's volume: ${listText(volumes)}`);
}
