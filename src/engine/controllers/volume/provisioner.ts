import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/generated/types';
import type { NewObject } from '../../api/object';

/** What a volume is wanted for. */
export interface ProvisionRequest {
  readonly claim: PersistentVolumeClaim;
  readonly storageClass: StorageClass;
  /** The node of the pod that waits for the claim, with WaitForFirstConsumer. */
  readonly selectedNode: string | undefined;
}

/** Stands for the external provisioners of a cluster. */
export interface Provisioner {
  /** The volume for a claim, or undefined when nobody provisions this class. */
  provision(request: ProvisionRequest): NewObject<PersistentVolume> | undefined;
  /** How long that takes, in virtual milliseconds. */
  readonly delay: number;
}

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** Provisions whatever class names a provisioner: a volume of just the size that is asked for. */
export const SIMULATED_PROVISIONER: Provisioner = {
  delay: 400,
  provision: ({ claim, storageClass }) => {
    if (storageClass.provisioner === NO_PROVISIONER) return undefined;
    const { namespace, name, uid } = claim.metadata;
    const volume = `pvc-${uid}`;
    return {
      apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: volume, annotations: { [PROVISIONED_BY]: storageClass.provisioner } },
      spec: {
        capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '1Gi' }, accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete', storageClassName: storageClass.metadata.name, volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        csi: { driver: storageClass.provisioner, volumeHandle: volume },
      },
    };
  },
};
