import { asIs, bool, type GoShape, map, nullable, number, OBJECT_REFERENCE, pointer, struct, text } from './goStruct';

/** Go's structs of volume sources and claims, as the diffs of "immutable after creation" print them. */
const SECRET: GoShape = { Name: ['name', text], Namespace: ['namespace', text] };
const FS = { FSType: ['fsType', text], ReadOnly: ['readOnly', bool] } as const satisfies GoShape;

const GCE: GoShape = { PDName: ['pdName', text], FSType: ['fsType', text], Partition: ['partition', number], ReadOnly: ['readOnly', bool] };
const AWS: GoShape = { VolumeID: ['volumeID', text], FSType: ['fsType', text], Partition: ['partition', number], ReadOnly: ['readOnly', bool] };
const GLUSTERFS: GoShape = { EndpointsName: ['endpoints', text], Path: ['path', text], ReadOnly: ['readOnly', bool], EndpointsNamespace: ['endpointsNamespace', nullable] };
const RBD: GoShape = {
  CephMonitors: ['monitors', nullable], RBDImage: ['image', text], FSType: ['fsType', text], RBDPool: ['pool', text], RadosUser: ['user', text], Keyring: ['keyring', text],
  SecretRef: ['secretRef', pointer(SECRET)], ReadOnly: ['readOnly', bool],
};
const QUOBYTE: GoShape = { Registry: ['registry', text], Volume: ['volume', text], ReadOnly: ['readOnly', bool], User: ['user', text], Group: ['group', text], Tenant: ['tenant', text] };
const ISCSI: GoShape = {
  TargetPortal: ['targetPortal', text], IQN: ['iqn', text], Lun: ['lun', number], ISCSIInterface: ['iscsiInterface', text], ...FS, Portals: ['portals', nullable],
  DiscoveryCHAPAuth: ['chapAuthDiscovery', bool], SessionCHAPAuth: ['chapAuthSession', bool], SecretRef: ['secretRef', pointer(SECRET)], InitiatorName: ['initiatorName', nullable],
};
const FLEX: GoShape = { Driver: ['driver', text], FSType: ['fsType', text], SecretRef: ['secretRef', pointer(SECRET)], ReadOnly: ['readOnly', bool], Options: ['options', map] };
const CINDER: GoShape = { VolumeID: ['volumeID', text], ...FS, SecretRef: ['secretRef', pointer(SECRET)] };
const CEPHFS: GoShape = { Monitors: ['monitors', nullable], Path: ['path', text], User: ['user', text], SecretFile: ['secretFile', text], SecretRef: ['secretRef', pointer(SECRET)], ReadOnly: ['readOnly', bool] };
const FC: GoShape = { TargetWWNs: ['targetWWNs', nullable], Lun: ['lun', nullable], ...FS, WWIDs: ['wwids', nullable] };
const AZURE_FILE: GoShape = { SecretName: ['secretName', text], ShareName: ['shareName', text], ReadOnly: ['readOnly', bool], SecretNamespace: ['secretNamespace', nullable] };
const VSPHERE: GoShape = { VolumePath: ['volumePath', text], FSType: ['fsType', text], StoragePolicyName: ['storagePolicyName', text], StoragePolicyID: ['storagePolicyID', text] };
const AZURE_DISK: GoShape = { DiskName: ['diskName', text], DataDiskURI: ['diskURI', text], CachingMode: ['cachingMode', nullable], FSType: ['fsType', nullable], ReadOnly: ['readOnly', nullable], Kind: ['kind', nullable] };
const SCALE_IO: GoShape = {
  Gateway: ['gateway', text], System: ['system', text], SecretRef: ['secretRef', pointer(SECRET)], SSLEnabled: ['sslEnabled', bool], ProtectionDomain: ['protectionDomain', text],
  StoragePool: ['storagePool', text], StorageMode: ['storageMode', text], VolumeName: ['volumeName', text], ...FS,
};
const STORAGE_OS: GoShape = { VolumeName: ['volumeName', text], VolumeNamespace: ['volumeNamespace', text], ...FS, SecretRef: ['secretRef', pointer(OBJECT_REFERENCE)] };
const CSI: GoShape = {
  Driver: ['driver', text], VolumeHandle: ['volumeHandle', text], ReadOnly: ['readOnly', bool], FSType: ['fsType', text], VolumeAttributes: ['volumeAttributes', map],
  ControllerPublishSecretRef: ['controllerPublishSecretRef', pointer(SECRET)], NodeStageSecretRef: ['nodeStageSecretRef', pointer(SECRET)], NodePublishSecretRef: ['nodePublishSecretRef', pointer(SECRET)],
  ControllerExpandSecretRef: ['controllerExpandSecretRef', pointer(SECRET)], NodeExpandSecretRef: ['nodeExpandSecretRef', pointer(SECRET)],
};

export const PERSISTENT_VOLUME_SOURCE: GoShape = {
  GCEPersistentDisk: ['gcePersistentDisk', pointer(GCE)], AWSElasticBlockStore: ['awsElasticBlockStore', pointer(AWS)],
  HostPath: ['hostPath', pointer({ Path: ['path', text], Type: ['type', nullable] })], Glusterfs: ['glusterfs', pointer(GLUSTERFS)],
  NFS: ['nfs', pointer({ Server: ['server', text], Path: ['path', text], ReadOnly: ['readOnly', bool] })], RBD: ['rbd', pointer(RBD)], Quobyte: ['quobyte', pointer(QUOBYTE)],
  ISCSI: ['iscsi', pointer(ISCSI)], FlexVolume: ['flexVolume', pointer(FLEX)], Cinder: ['cinder', pointer(CINDER)], CephFS: ['cephfs', pointer(CEPHFS)], FC: ['fc', pointer(FC)],
  Flocker: ['flocker', pointer({ DatasetName: ['datasetName', text], DatasetUUID: ['datasetUUID', text] })], AzureFile: ['azureFile', pointer(AZURE_FILE)],
  VsphereVolume: ['vsphereVolume', pointer(VSPHERE)], AzureDisk: ['azureDisk', pointer(AZURE_DISK)],
  PhotonPersistentDisk: ['photonPersistentDisk', pointer({ PdID: ['pdID', text], FSType: ['fsType', text] })],
  PortworxVolume: ['portworxVolume', pointer({ VolumeID: ['volumeID', text], ...FS })], ScaleIO: ['scaleIO', pointer(SCALE_IO)],
  Local: ['local', pointer({ Path: ['path', text], FSType: ['fsType', nullable] })], StorageOS: ['storageos', pointer(STORAGE_OS)], CSI: ['csi', pointer(CSI)],
};

/** The JSON names of the fields above: what is immutable in a PersistentVolume. */
export const VOLUME_SOURCE_FIELDS: readonly string[] = Object.values(PERSISTENT_VOLUME_SOURCE).map(([json]) => json);

const TYPED_REFERENCE: GoShape = { APIGroup: ['apiGroup', nullable], Kind: ['kind', text], Name: ['name', text] };

export const CLAIM_SPEC: GoShape = {
  AccessModes: ['accessModes', nullable], Selector: ['selector', asIs], Resources: ['resources', struct({ Limits: ['limits', map], Requests: ['requests', map] })],
  VolumeName: ['volumeName', text], StorageClassName: ['storageClassName', nullable], VolumeMode: ['volumeMode', nullable], DataSource: ['dataSource', pointer(TYPED_REFERENCE)],
  DataSourceRef: ['dataSourceRef', pointer({ ...TYPED_REFERENCE, Namespace: ['namespace', nullable] })], VolumeAttributesClassName: ['volumeAttributesClassName', nullable],
};
