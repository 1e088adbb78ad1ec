import type { CSIDriver, PersistentVolume, Pod } from './generated/types';

/** The pod's volumes that are claims, with the claims' names: those of its ephemeral volumes among them. */
export const claimedVolumes = (pod: Pod): readonly { readonly volume: string; readonly claim: string }[] => (pod.spec.volumes ?? []).flatMap((volume) => {
  const claim = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
  return claim === undefined ? [] : [{ volume: volume.name, claim }];
});
export const claimsOf = (pod: Pod): readonly string[] => claimedVolumes(pod).map(({ claim }) => claim);

const CSI_PREFIX = 'kubernetes.io/csi/';

/** What a volume of a CSI driver is called in node statuses (v1.UniqueVolumeName): "kubernetes.io/csi/ebs.csi.aws.com^vol-1"; undefined for volumes of no driver. */
export function uniqueVolumeName(volume: PersistentVolume | undefined): string | undefined {
  const csi = volume?.spec?.csi;
  return csi && `${CSI_PREFIX}${csi.driver}^${csi.volumeHandle}`;
}

/** Whether a name in a node's status is one that uniqueVolumeName makes. */
export const isCsiVolumeName = (name: string): boolean => name.startsWith(CSI_PREFIX);

/** Whether the driver's volumes are attached to nodes before they are mounted: unless its object says otherwise, also when it has none. */
export const needsAttaching = (driver: CSIDriver | undefined): boolean => driver?.spec.attachRequired !== false;
