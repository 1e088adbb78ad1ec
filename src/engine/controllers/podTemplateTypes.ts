/**
 * The Go types below PodTemplateSpec (k8s.io/api v0.36): each with its fields in the order of declaration as "jsonName GoType", with "=GoName" where
 * that is not the JSON name capitalised, and "-Type" for an embedded struct. The pod-template-hash is a hash of Go's dump of the
 * template, so names, types and order matter. Types that are not listed are named strings.
 */
export const GO_STRUCTS: { readonly [type: string]: string } = {
  ObjectMeta:
    'name string, generateName string, namespace string, selfLink string, uid=UID types.UID, resourceVersion string, generation int64, creationTimestamp Time, deletionTimestamp *Time, ' +
    'deletionGracePeriodSeconds *int64, labels map[string]string, annotations map[string]string, ownerReferences []OwnerReference, finalizers []string, managedFields []ManagedFieldsEntry',
  OwnerReference: 'apiVersion=APIVersion string, kind string, name string, uid=UID types.UID, controller *bool, blockOwnerDeletion *bool',
  AWSElasticBlockStoreVolumeSource: 'volumeID string, fsType=FSType string, partition int32, readOnly bool',
  Affinity: 'nodeAffinity *NodeAffinity, podAffinity *PodAffinity, podAntiAffinity *PodAntiAffinity',
  AppArmorProfile: 'type AppArmorProfileType, localhostProfile *string',
  AzureDiskVolumeSource: 'diskName string, diskURI=DataDiskURI string, cachingMode *AzureDataDiskCachingMode, fsType=FSType *string, readOnly *bool, kind *AzureDataDiskKind',
  AzureFileVolumeSource: 'secretName string, shareName string, readOnly bool',
  CSIVolumeSource: 'driver string, readOnly *bool, fsType=FSType *string, volumeAttributes map[string]string, nodePublishSecretRef *LocalObjectReference',
  Capabilities: 'add []Capability, drop []Capability',
  CephFSVolumeSource: 'monitors []string, path string, user string, secretFile string, secretRef *LocalObjectReference, readOnly bool',
  CinderVolumeSource: 'volumeID string, fsType=FSType string, readOnly bool, secretRef *LocalObjectReference',
  ClusterTrustBundleProjection: 'name *string, signerName *string, labelSelector *LabelSelector, optional *bool, path string',
  ConfigMapEnvSource: '-LocalObjectReference, optional *bool',
  ConfigMapKeySelector: '-LocalObjectReference, key string, optional *bool',
  ConfigMapProjection: '-LocalObjectReference, items []KeyToPath, optional *bool',
  ConfigMapVolumeSource: '-LocalObjectReference, items []KeyToPath, defaultMode *int32, optional *bool',
  Container:
    'name string, image string, command []string, args []string, workingDir string, ports []ContainerPort, envFrom []EnvFromSource, env []EnvVar, ' +
    'resources ResourceRequirements, resizePolicy []ContainerResizePolicy, restartPolicy *ContainerRestartPolicy, restartPolicyRules []ContainerRestartRule, ' +
    'volumeMounts []VolumeMount, volumeDevices []VolumeDevice, livenessProbe *Probe, readinessProbe *Probe, startupProbe *Probe, lifecycle *Lifecycle, ' +
    'terminationMessagePath string, terminationMessagePolicy TerminationMessagePolicy, imagePullPolicy PullPolicy, securityContext *SecurityContext, stdin bool, ' +
    'stdinOnce bool, tty=TTY bool',
  ContainerPort: 'name string, hostPort int32, containerPort int32, protocol Protocol, hostIP string',
  ContainerResizePolicy: 'resourceName ResourceName, restartPolicy ResourceResizeRestartPolicy',
  ContainerRestartRule: 'action ContainerRestartRuleAction, exitCodes *ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'operator ContainerRestartRuleOnExitCodesOperator, values []int32',
  DownwardAPIProjection: 'items []DownwardAPIVolumeFile',
  DownwardAPIVolumeFile: 'path string, fieldRef *ObjectFieldSelector, resourceFieldRef *ResourceFieldSelector, mode *int32',
  DownwardAPIVolumeSource: 'items []DownwardAPIVolumeFile, defaultMode *int32',
  EmptyDirVolumeSource: 'medium StorageMedium, sizeLimit *resource.Quantity',
  EnvFromSource: 'prefix string, configMapRef *ConfigMapEnvSource, secretRef *SecretEnvSource',
  EnvVar: 'name string, value string, valueFrom *EnvVarSource',
  EnvVarSource:
    'fieldRef *ObjectFieldSelector, resourceFieldRef *ResourceFieldSelector, configMapKeyRef *ConfigMapKeySelector, secretKeyRef *SecretKeySelector, ' +
    'fileKeyRef *FileKeySelector',
  EphemeralContainer: '-EphemeralContainerCommon, targetContainerName string',
  EphemeralContainerCommon:
    'name string, image string, command []string, args []string, workingDir string, ports []ContainerPort, envFrom []EnvFromSource, env []EnvVar, ' +
    'resources ResourceRequirements, resizePolicy []ContainerResizePolicy, restartPolicy *ContainerRestartPolicy, restartPolicyRules []ContainerRestartRule, ' +
    'volumeMounts []VolumeMount, volumeDevices []VolumeDevice, livenessProbe *Probe, readinessProbe *Probe, startupProbe *Probe, lifecycle *Lifecycle, ' +
    'terminationMessagePath string, terminationMessagePolicy TerminationMessagePolicy, imagePullPolicy PullPolicy, securityContext *SecurityContext, stdin bool, ' +
    'stdinOnce bool, tty=TTY bool',
  EphemeralVolumeSource: 'volumeClaimTemplate *PersistentVolumeClaimTemplate',
  ExecAction: 'command []string',
  FCVolumeSource: 'targetWWNs []string, lun *int32, fsType=FSType string, readOnly bool, wwids=WWIDs []string',
  FileKeySelector: 'volumeName string, path string, key string, optional *bool',
  FlexVolumeSource: 'driver string, fsType=FSType string, secretRef *LocalObjectReference, readOnly bool, options map[string]string',
  FlockerVolumeSource: 'datasetName string, datasetUUID string',
  GCEPersistentDiskVolumeSource: 'pdName=PDName string, fsType=FSType string, partition int32, readOnly bool',
  GRPCAction: 'port int32, service *string',
  GitRepoVolumeSource: 'repository string, revision string, directory string',
  GlusterfsVolumeSource: 'endpoints=EndpointsName string, path string, readOnly bool',
  HTTPGetAction: 'path string, port intstr.IntOrString, host string, scheme URIScheme, httpHeaders=HTTPHeaders []HTTPHeader',
  HTTPHeader: 'name string, value string',
  HostAlias: 'ip=IP string, hostnames []string',
  HostPathVolumeSource: 'path string, type *HostPathType',
  ISCSIVolumeSource:
    'targetPortal string, iqn=IQN string, lun int32, iscsiInterface=ISCSIInterface string, fsType=FSType string, readOnly bool, portals []string, ' +
    'chapAuthDiscovery=DiscoveryCHAPAuth bool, chapAuthSession=SessionCHAPAuth bool, secretRef *LocalObjectReference, initiatorName *string',
  ImageVolumeSource: 'reference string, pullPolicy PullPolicy',
  KeyToPath: 'key string, path string, mode *int32',
  LabelSelector: 'matchLabels map[string]string, matchExpressions []LabelSelectorRequirement',
  LabelSelectorRequirement: 'key string, operator LabelSelectorOperator, values []string',
  Lifecycle: 'postStart *LifecycleHandler, preStop *LifecycleHandler, stopSignal *Signal',
  LifecycleHandler: 'exec *ExecAction, httpGet=HTTPGet *HTTPGetAction, tcpSocket=TCPSocket *TCPSocketAction, sleep *SleepAction',
  LocalObjectReference: 'name string',
  NFSVolumeSource: 'server string, path string, readOnly bool',
  NodeAffinity: 'requiredDuringSchedulingIgnoredDuringExecution *NodeSelector, preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm',
  NodeSelector: 'nodeSelectorTerms []NodeSelectorTerm',
  NodeSelectorRequirement: 'key string, operator NodeSelectorOperator, values []string',
  NodeSelectorTerm: 'matchExpressions []NodeSelectorRequirement, matchFields []NodeSelectorRequirement',
  ObjectFieldSelector: 'apiVersion=APIVersion string, fieldPath string',
  PersistentVolumeClaimSpec:
    'accessModes []PersistentVolumeAccessMode, selector *LabelSelector, resources VolumeResourceRequirements, volumeName string, storageClassName *string, ' +
    'volumeMode *PersistentVolumeMode, dataSource *TypedLocalObjectReference, dataSourceRef *TypedObjectReference, volumeAttributesClassName *string',
  PersistentVolumeClaimTemplate: 'metadata=ObjectMeta ObjectMeta, spec PersistentVolumeClaimSpec',
  PersistentVolumeClaimVolumeSource: 'claimName string, readOnly bool',
  PhotonPersistentDiskVolumeSource: 'pdID string, fsType=FSType string',
  PodAffinity: 'requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodAffinityTerm: 'labelSelector *LabelSelector, namespaces []string, topologyKey string, namespaceSelector *LabelSelector, matchLabelKeys []string, mismatchLabelKeys []string',
  PodAntiAffinity: 'requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodCertificateProjection:
    'signerName string, keyType string, maxExpirationSeconds *int32, credentialBundlePath string, keyPath string, certificateChainPath string, ' +
    'userAnnotations map[string]string',
  PodDNSConfig: 'nameservers []string, searches []string, options []PodDNSConfigOption',
  PodDNSConfigOption: 'name string, value *string',
  PodOS: 'name OSName',
  PodReadinessGate: 'conditionType PodConditionType',
  PodResourceClaim: 'name string, resourceClaimName *string, resourceClaimTemplateName *string',
  PodSchedulingGate: 'name string',
  PodSchedulingGroup: 'podGroupName *string',
  PodSecurityContext:
    'seLinuxOptions=SELinuxOptions *SELinuxOptions, windowsOptions *WindowsSecurityContextOptions, runAsUser *int64, runAsGroup *int64, runAsNonRoot *bool, ' +
    'supplementalGroups []int64, supplementalGroupsPolicy *SupplementalGroupsPolicy, fsGroup=FSGroup *int64, sysctls []Sysctl, ' +
    'fsGroupChangePolicy=FSGroupChangePolicy *PodFSGroupChangePolicy, seccompProfile *SeccompProfile, appArmorProfile *AppArmorProfile, ' +
    'seLinuxChangePolicy=SELinuxChangePolicy *PodSELinuxChangePolicy',
  PodSpec:
    'volumes []Volume, initContainers []Container, containers []Container, ephemeralContainers []EphemeralContainer, restartPolicy RestartPolicy, ' +
    'terminationGracePeriodSeconds *int64, activeDeadlineSeconds *int64, dnsPolicy=DNSPolicy DNSPolicy, nodeSelector map[string]string, serviceAccountName string, ' +
    'serviceAccount=DeprecatedServiceAccount string, automountServiceAccountToken *bool, nodeName string, hostNetwork bool, hostPID bool, hostIPC bool, ' +
    'shareProcessNamespace *bool, securityContext *PodSecurityContext, imagePullSecrets []LocalObjectReference, hostname string, subdomain string, affinity *Affinity, ' +
    'schedulerName string, tolerations []Toleration, hostAliases []HostAlias, priorityClassName string, priority *int32, dnsConfig=DNSConfig *PodDNSConfig, ' +
    'readinessGates []PodReadinessGate, runtimeClassName *string, enableServiceLinks *bool, preemptionPolicy *PreemptionPolicy, overhead ResourceList, ' +
    'topologySpreadConstraints []TopologySpreadConstraint, setHostnameAsFQDN *bool, os=OS *PodOS, hostUsers *bool, schedulingGates []PodSchedulingGate, ' +
    'resourceClaims []PodResourceClaim, resources *ResourceRequirements, hostnameOverride *string, schedulingGroup *PodSchedulingGroup',
  PodTemplateSpec: 'metadata=ObjectMeta ObjectMeta, spec PodSpec',
  PortworxVolumeSource: 'volumeID string, fsType=FSType string, readOnly bool',
  PreferredSchedulingTerm: 'weight int32, preference NodeSelectorTerm',
  Probe:
    '-ProbeHandler, initialDelaySeconds int32, timeoutSeconds int32, periodSeconds int32, successThreshold int32, failureThreshold int32, ' +
    'terminationGracePeriodSeconds *int64',
  ProbeHandler: 'exec *ExecAction, httpGet=HTTPGet *HTTPGetAction, tcpSocket=TCPSocket *TCPSocketAction, grpc=GRPC *GRPCAction',
  ProjectedVolumeSource: 'sources []VolumeProjection, defaultMode *int32',
  QuobyteVolumeSource: 'registry string, volume string, readOnly bool, user string, group string, tenant string',
  RBDVolumeSource:
    'monitors=CephMonitors []string, image=RBDImage string, fsType=FSType string, pool=RBDPool string, user=RadosUser string, keyring string, ' +
    'secretRef *LocalObjectReference, readOnly bool',
  ResourceClaim: 'name string, request string',
  ResourceFieldSelector: 'containerName string, resource string, divisor resource.Quantity',
  ResourceRequirements: 'limits ResourceList, requests ResourceList, claims []ResourceClaim',
  SELinuxOptions: 'user string, role string, type string, level string',
  ScaleIOVolumeSource:
    'gateway string, system string, secretRef *LocalObjectReference, sslEnabled=SSLEnabled bool, protectionDomain string, storagePool string, storageMode string, ' +
    'volumeName string, fsType=FSType string, readOnly bool',
  SeccompProfile: 'type SeccompProfileType, localhostProfile *string',
  SecretEnvSource: '-LocalObjectReference, optional *bool',
  SecretKeySelector: '-LocalObjectReference, key string, optional *bool',
  SecretProjection: '-LocalObjectReference, items []KeyToPath, optional *bool',
  SecretVolumeSource: 'secretName string, items []KeyToPath, defaultMode *int32, optional *bool',
  SecurityContext:
    'capabilities *Capabilities, privileged *bool, seLinuxOptions=SELinuxOptions *SELinuxOptions, windowsOptions *WindowsSecurityContextOptions, runAsUser *int64, ' +
    'runAsGroup *int64, runAsNonRoot *bool, readOnlyRootFilesystem *bool, allowPrivilegeEscalation *bool, procMount *ProcMountType, seccompProfile *SeccompProfile, ' +
    'appArmorProfile *AppArmorProfile',
  ServiceAccountTokenProjection: 'audience string, expirationSeconds *int64, path string',
  SleepAction: 'seconds int64',
  StorageOSVolumeSource: 'volumeName string, volumeNamespace string, fsType=FSType string, readOnly bool, secretRef *LocalObjectReference',
  Sysctl: 'name string, value string',
  TCPSocketAction: 'port intstr.IntOrString, host string',
  Toleration: 'key string, operator TolerationOperator, value string, effect TaintEffect, tolerationSeconds *int64',
  TopologySpreadConstraint:
    'maxSkew int32, topologyKey string, whenUnsatisfiable UnsatisfiableConstraintAction, labelSelector *LabelSelector, minDomains *int32, ' +
    'nodeAffinityPolicy *NodeInclusionPolicy, nodeTaintsPolicy *NodeInclusionPolicy, matchLabelKeys []string',
  TypedLocalObjectReference: 'apiGroup=APIGroup *string, kind string, name string',
  TypedObjectReference: 'apiGroup=APIGroup *string, kind string, name string, namespace *string',
  Volume: 'name string, -VolumeSource',
  VolumeDevice: 'name string, devicePath string',
  VolumeMount:
    'name string, readOnly bool, recursiveReadOnly *RecursiveReadOnlyMode, mountPath string, subPath string, mountPropagation *MountPropagationMode, ' +
    'subPathExpr string',
  VolumeProjection:
    'secret *SecretProjection, downwardAPI *DownwardAPIProjection, configMap *ConfigMapProjection, serviceAccountToken *ServiceAccountTokenProjection, ' +
    'clusterTrustBundle *ClusterTrustBundleProjection, podCertificate *PodCertificateProjection',
  VolumeResourceRequirements: 'limits ResourceList, requests ResourceList',
  VolumeSource:
    'hostPath *HostPathVolumeSource, emptyDir *EmptyDirVolumeSource, gcePersistentDisk=GCEPersistentDisk *GCEPersistentDiskVolumeSource, ' +
    'awsElasticBlockStore=AWSElasticBlockStore *AWSElasticBlockStoreVolumeSource, gitRepo *GitRepoVolumeSource, secret *SecretVolumeSource, nfs=NFS *NFSVolumeSource, ' +
    'iscsi=ISCSI *ISCSIVolumeSource, glusterfs *GlusterfsVolumeSource, persistentVolumeClaim *PersistentVolumeClaimVolumeSource, rbd=RBD *RBDVolumeSource, ' +
    'flexVolume *FlexVolumeSource, cinder *CinderVolumeSource, cephfs=CephFS *CephFSVolumeSource, flocker *FlockerVolumeSource, downwardAPI *DownwardAPIVolumeSource, ' +
    'fc=FC *FCVolumeSource, azureFile *AzureFileVolumeSource, configMap *ConfigMapVolumeSource, vsphereVolume *VsphereVirtualDiskVolumeSource, ' +
    'quobyte *QuobyteVolumeSource, azureDisk *AzureDiskVolumeSource, photonPersistentDisk *PhotonPersistentDiskVolumeSource, projected *ProjectedVolumeSource, ' +
    'portworxVolume *PortworxVolumeSource, scaleIO *ScaleIOVolumeSource, storageos=StorageOS *StorageOSVolumeSource, csi=CSI *CSIVolumeSource, ' +
    'ephemeral *EphemeralVolumeSource, image *ImageVolumeSource',
  VsphereVirtualDiskVolumeSource: 'volumePath string, fsType=FSType string, storagePolicyName string, storagePolicyID string',
  WeightedPodAffinityTerm: 'weight int32, podAffinityTerm PodAffinityTerm',
  WindowsSecurityContextOptions: 'gmsaCredentialSpecName=GMSACredentialSpecName *string, gmsaCredentialSpec=GMSACredentialSpec *string, runAsUserName *string, hostProcess *bool',
};
