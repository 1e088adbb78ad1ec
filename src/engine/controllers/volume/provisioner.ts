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

/** The CSI drivers that took over what was built into Kubernetes. */
const MIGRATED: { readonly [provisioner: string]: string | undefined } = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com', 'kubernetes.io/azure-disk': 'disk.csi.azure.com', 'kubernetes.io/azure-file': 'file.csi.azure.com', 'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io', 'kubernetes.io/portworx-volume': 'pxd.portworx.com', 'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};
/** Makes folders of the node that the pod goes to (kind, k3s). */
const LOCAL_PATH = 'rancher.io/local-path';

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** Provisions whatever class names a provisioner: a volume of just the size that is asked for. */
export const SIMULATED_PROVISIONER: Provisioner = {
  delay: 400,
  provision: ({ claim, storageClass, selectedNode }) => {
    if (storageClass.provisioner === NO_PROVISIONER) return undefined;
    const { namespace, name, uid } = claim.metadata;
    const volume = `pvc-${uid}`;
    return {
      apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: volume, annotations: { [PROVISIONED_BY]: storageClass.provisioner } },
      spec: {
        capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '1Gi' }, accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete', storageClassName: storageClass.metadata.name, volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        ...sourceOf(storageClass.provisioner, volume, namespace, name),
        ...(storageClass.provisioner === LOCAL_PATH && selectedNode ? { nodeAffinity: onlyOn(selectedNode) } : {}),
      },
    };
  },
};

/** A disk of the CSI driver; provisioners whose name is no driver's ("k8s.io/minikube-hostpath") make folders. */
function sourceOf(provisioner: string, volume: string, namespace: string | undefined, claim: string): Pick<PersistentVolume['spec'], 'csi' | 'hostPath'> {
  const driver = MIGRATED[provisioner] ?? provisioner;
  if (!driver.includes('/')) return { csi: { driver, volumeHandle: volume } };
  return { hostPath: { path: `/var/${driver.split('/').at(-1) ?? ''}/${volume}_${namespace ?? ''}_${claim}`, type: 'DirectoryOrCreate' } };
}

const onlyOn = (node: string): PersistentVolume['spec']['nodeAffinity'] => ({ required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } });
