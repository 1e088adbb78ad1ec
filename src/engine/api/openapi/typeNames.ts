/** Package of each type of SCHEMA in OpenAPI documents; "Name=OpenAPIName" where the schema's name has a prefix. */
const PACKAGES: { readonly [pkg: string]: string } = {
  'io.k8s.api.admissionregistration.v1':
    'AdmissionregistrationServiceReference=ServiceReference AdmissionregistrationWebhookClientConfig=WebhookClientConfig ApplyConfiguration AuditAnnotation ExpressionWarning ' +
    'JSONPatch MatchCondition MatchResources MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingAdmissionPolicyBindingList MutatingAdmissionPolicyBindingSpec ' +
    'MutatingAdmissionPolicyList MutatingAdmissionPolicySpec MutatingWebhook MutatingWebhookConfiguration MutatingWebhookConfigurationList Mutation NamedRuleWithOperations ' +
    'ParamKind ParamRef RuleWithOperations TypeChecking ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingAdmissionPolicyBindingList ' +
    'ValidatingAdmissionPolicyBindingSpec ValidatingAdmissionPolicyList ValidatingAdmissionPolicySpec ValidatingAdmissionPolicyStatus ValidatingWebhook ' +
    'ValidatingWebhookConfiguration ValidatingWebhookConfigurationList Validation Variable ',
  'io.k8s.api.apps.v1':
    'ControllerRevision ControllerRevisionList DaemonSet DaemonSetCondition DaemonSetList DaemonSetSpec DaemonSetStatus DaemonSetUpdateStrategy Deployment DeploymentCondition ' +
    'DeploymentList DeploymentSpec DeploymentStatus DeploymentStrategy ReplicaSet ReplicaSetCondition ReplicaSetList ReplicaSetSpec ReplicaSetStatus RollingUpdateDaemonSet ' +
    'RollingUpdateDeployment RollingUpdateStatefulSetStrategy StatefulSet StatefulSetCondition StatefulSetList StatefulSetOrdinals ' +
    'StatefulSetPersistentVolumeClaimRetentionPolicy StatefulSetSpec StatefulSetStatus StatefulSetUpdateStrategy ',
  'io.k8s.api.authentication.v1':
    'AuthenticationTokenRequest=TokenRequest BoundObjectReference SelfSubjectReview SelfSubjectReviewStatus TokenRequestSpec TokenRequestStatus TokenReview TokenReviewSpec ' +
    'TokenReviewStatus UserInfo ',
  'io.k8s.api.authorization.v1':
    'FieldSelectorAttributes LabelSelectorAttributes LocalSubjectAccessReview NonResourceAttributes NonResourceRule ResourceAttributes ResourceRule SelfSubjectAccessReview ' +
    'SelfSubjectAccessReviewSpec SelfSubjectRulesReview SelfSubjectRulesReviewSpec SubjectAccessReview SubjectAccessReviewSpec SubjectAccessReviewStatus ' +
    'SubjectRulesReviewStatus ',
  'io.k8s.api.autoscaling.v1':
    'CrossVersionObjectReference HorizontalPodAutoscaler HorizontalPodAutoscalerList HorizontalPodAutoscalerSpec HorizontalPodAutoscalerStatus Scale ScaleSpec ScaleStatus ',
  'io.k8s.api.autoscaling.v2':
    'V2ContainerResourceMetricSource=ContainerResourceMetricSource V2ContainerResourceMetricStatus=ContainerResourceMetricStatus ' +
    'V2CrossVersionObjectReference=CrossVersionObjectReference V2ExternalMetricSource=ExternalMetricSource V2ExternalMetricStatus=ExternalMetricStatus ' +
    'V2HPAScalingPolicy=HPAScalingPolicy V2HPAScalingRules=HPAScalingRules V2HorizontalPodAutoscaler=HorizontalPodAutoscaler ' +
    'V2HorizontalPodAutoscalerBehavior=HorizontalPodAutoscalerBehavior V2HorizontalPodAutoscalerCondition=HorizontalPodAutoscalerCondition ' +
    'V2HorizontalPodAutoscalerList=HorizontalPodAutoscalerList V2HorizontalPodAutoscalerSpec=HorizontalPodAutoscalerSpec ' +
    'V2HorizontalPodAutoscalerStatus=HorizontalPodAutoscalerStatus V2MetricIdentifier=MetricIdentifier V2MetricSpec=MetricSpec V2MetricStatus=MetricStatus ' +
    'V2MetricTarget=MetricTarget V2MetricValueStatus=MetricValueStatus V2ObjectMetricSource=ObjectMetricSource V2ObjectMetricStatus=ObjectMetricStatus ' +
    'V2PodsMetricSource=PodsMetricSource V2PodsMetricStatus=PodsMetricStatus V2ResourceMetricSource=ResourceMetricSource V2ResourceMetricStatus=ResourceMetricStatus ',
  'io.k8s.api.batch.v1':
    'CronJob CronJobList CronJobSpec CronJobStatus Job JobCondition JobList JobSpec JobStatus JobTemplateSpec PodFailurePolicy PodFailurePolicyOnExitCodesRequirement ' +
    'PodFailurePolicyOnPodConditionsPattern PodFailurePolicyRule SuccessPolicy SuccessPolicyRule UncountedTerminatedPods ',
  'io.k8s.api.certificates.v1':
    'CertificateSigningRequest CertificateSigningRequestCondition CertificateSigningRequestList CertificateSigningRequestSpec CertificateSigningRequestStatus ',
  'io.k8s.api.coordination.v1':
    'Lease LeaseList LeaseSpec ',
  'io.k8s.api.core.v1':
    'AWSElasticBlockStoreVolumeSource Affinity AppArmorProfile AttachedVolume AzureDiskVolumeSource AzureFilePersistentVolumeSource AzureFileVolumeSource Binding ' +
    'CSIPersistentVolumeSource CSIVolumeSource Capabilities CephFSPersistentVolumeSource CephFSVolumeSource CinderPersistentVolumeSource CinderVolumeSource ClientIPConfig ' +
    'ClusterTrustBundleProjection ComponentCondition ComponentStatus ComponentStatusList ConfigMap ConfigMapEnvSource ConfigMapKeySelector ConfigMapList ' +
    'ConfigMapNodeConfigSource ConfigMapProjection ConfigMapVolumeSource Container ContainerExtendedResourceRequest ContainerImage ContainerPort ContainerResizePolicy ' +
    'ContainerRestartRule ContainerRestartRuleOnExitCodes ContainerState ContainerStateRunning ContainerStateTerminated ContainerStateWaiting ContainerStatus ContainerUser ' +
    'CoreEndpointPort=EndpointPort CoreEvent=Event CoreEventList=EventList CoreEventSeries=EventSeries CoreResourceClaim=ResourceClaim DaemonEndpoint DownwardAPIProjection ' +
    'DownwardAPIVolumeFile DownwardAPIVolumeSource EmptyDirVolumeSource EndpointAddress EndpointSubset Endpoints EndpointsList EnvFromSource EnvVar EnvVarSource ' +
    'EphemeralContainer EphemeralVolumeSource EventSource ExecAction FCVolumeSource FileKeySelector FlexPersistentVolumeSource FlexVolumeSource FlockerVolumeSource ' +
    'GCEPersistentDiskVolumeSource GRPCAction GitRepoVolumeSource GlusterfsPersistentVolumeSource GlusterfsVolumeSource HTTPGetAction HTTPHeader HostAlias HostIP ' +
    'HostPathVolumeSource ISCSIPersistentVolumeSource ISCSIVolumeSource ImageVolumeSource ImageVolumeStatus KeyToPath Lifecycle LifecycleHandler LimitRange LimitRangeItem ' +
    'LimitRangeList LimitRangeSpec LinuxContainerUser LoadBalancerIngress LoadBalancerStatus LocalObjectReference LocalVolumeSource ModifyVolumeStatus NFSVolumeSource ' +
    'Namespace NamespaceCondition NamespaceList NamespaceSpec NamespaceStatus Node NodeAddress NodeAffinity NodeAllocatableResourceClaimStatus NodeCondition NodeConfigSource ' +
    'NodeConfigStatus NodeDaemonEndpoints NodeFeatures NodeList NodeRuntimeHandler NodeRuntimeHandlerFeatures NodeSelector NodeSelectorRequirement NodeSelectorTerm NodeSpec ' +
    'NodeStatus NodeSwapStatus NodeSystemInfo ObjectFieldSelector ObjectReference PersistentVolume PersistentVolumeClaim PersistentVolumeClaimCondition ' +
    'PersistentVolumeClaimList PersistentVolumeClaimSpec PersistentVolumeClaimStatus PersistentVolumeClaimTemplate PersistentVolumeClaimVolumeSource PersistentVolumeList ' +
    'PersistentVolumeSpec PersistentVolumeStatus PhotonPersistentDiskVolumeSource Pod PodAffinity PodAffinityTerm PodAntiAffinity PodCertificateProjection PodCondition ' +
    'PodDNSConfig PodDNSConfigOption PodExtendedResourceClaimStatus PodIP PodList PodOS PodReadinessGate PodResourceClaim PodResourceClaimStatus PodSchedulingGate ' +
    'PodSchedulingGroup PodSecurityContext PodSpec PodStatus PodTemplate PodTemplateList PodTemplateSpec PortStatus PortworxVolumeSource PreferredSchedulingTerm Probe ' +
    'ProjectedVolumeSource QuobyteVolumeSource RBDPersistentVolumeSource RBDVolumeSource ReplicationController ReplicationControllerCondition ReplicationControllerList ' +
    'ReplicationControllerSpec ReplicationControllerStatus ResourceFieldSelector ResourceHealth ResourceQuota ResourceQuotaList ResourceQuotaSpec ResourceQuotaStatus ' +
    'ResourceRequirements ResourceStatus SELinuxOptions ScaleIOPersistentVolumeSource ScaleIOVolumeSource ScopeSelector ScopedResourceSelectorRequirement SeccompProfile Secret ' +
    'SecretEnvSource SecretKeySelector SecretList SecretProjection SecretReference SecretVolumeSource SecurityContext Service ServiceAccount ServiceAccountList ' +
    'ServiceAccountTokenProjection ServiceList ServicePort ServiceSpec ServiceStatus SessionAffinityConfig SleepAction StorageOSPersistentVolumeSource StorageOSVolumeSource ' +
    'Sysctl TCPSocketAction Taint Toleration TopologySelectorLabelRequirement TopologySelectorTerm TopologySpreadConstraint TypedLocalObjectReference TypedObjectReference ' +
    'Volume VolumeDevice VolumeMount VolumeMountStatus VolumeNodeAffinity VolumeProjection VolumeResourceRequirements VolumeStatus VsphereVirtualDiskVolumeSource ' +
    'WeightedPodAffinityTerm WindowsSecurityContextOptions ',
  'io.k8s.api.discovery.v1':
    'DiscoveryEndpointPort=EndpointPort Endpoint EndpointConditions EndpointHints EndpointSlice EndpointSliceList ForNode ForZone ',
  'io.k8s.api.events.v1':
    'EventsEvent=Event EventsEventList=EventList EventsEventSeries=EventSeries ',
  'io.k8s.api.flowcontrol.v1':
    'ExemptPriorityLevelConfiguration FlowDistinguisherMethod FlowSchema FlowSchemaCondition FlowSchemaList FlowSchemaSpec FlowSchemaStatus FlowcontrolSubject=Subject ' +
    'GroupSubject LimitResponse LimitedPriorityLevelConfiguration NonResourcePolicyRule PolicyRulesWithSubjects PriorityLevelConfiguration PriorityLevelConfigurationCondition ' +
    'PriorityLevelConfigurationList PriorityLevelConfigurationReference PriorityLevelConfigurationSpec PriorityLevelConfigurationStatus QueuingConfiguration ResourcePolicyRule ' +
    'ServiceAccountSubject UserSubject ',
  'io.k8s.api.networking.v1':
    'HTTPIngressPath HTTPIngressRuleValue IPAddress IPAddressList IPAddressSpec IPBlock Ingress IngressBackend IngressClass IngressClassList IngressClassParametersReference ' +
    'IngressClassSpec IngressList IngressLoadBalancerIngress IngressLoadBalancerStatus IngressPortStatus IngressRule IngressServiceBackend IngressSpec IngressStatus IngressTLS ' +
    'NetworkPolicy NetworkPolicyEgressRule NetworkPolicyIngressRule NetworkPolicyList NetworkPolicyPeer NetworkPolicyPort NetworkPolicySpec ParentReference ServiceBackendPort ' +
    'ServiceCIDR ServiceCIDRList ServiceCIDRSpec ServiceCIDRStatus ',
  'io.k8s.api.node.v1':
    'Overhead RuntimeClass RuntimeClassList Scheduling ',
  'io.k8s.api.policy.v1':
    'Eviction PodDisruptionBudget PodDisruptionBudgetList PodDisruptionBudgetSpec PodDisruptionBudgetStatus ',
  'io.k8s.api.rbac.v1':
    'AggregationRule ClusterRole ClusterRoleBinding ClusterRoleBindingList ClusterRoleList PolicyRule RbacSubject=Subject Role RoleBinding RoleBindingList RoleList RoleRef ',
  'io.k8s.api.resource.v1':
    'AllocatedDeviceStatus AllocationResult CELDeviceSelector CapacityRequestPolicy CapacityRequestPolicyRange CapacityRequirements Counter CounterSet Device ' +
    'DeviceAllocationConfiguration DeviceAllocationResult DeviceAttribute DeviceCapacity DeviceClaim DeviceClaimConfiguration DeviceClass DeviceClassConfiguration ' +
    'DeviceClassList DeviceClassSpec DeviceConstraint DeviceCounterConsumption DeviceRequest DeviceRequestAllocationResult DeviceSelector DeviceSubRequest DeviceTaint ' +
    'DeviceToleration ExactDeviceRequest NetworkDeviceData NodeAllocatableResourceMapping OpaqueDeviceConfiguration ResourceClaimConsumerReference ResourceClaimList ' +
    'ResourceClaimSpec ResourceClaimStatus ResourceClaimTemplate ResourceClaimTemplateList ResourceClaimTemplateSpec ResourcePool ResourceResourceClaim=ResourceClaim ' +
    'ResourceSlice ResourceSliceList ResourceSliceSpec ',
  'io.k8s.api.scheduling.v1':
    'PriorityClass PriorityClassList ',
  'io.k8s.api.storage.v1':
    'CSIDriver CSIDriverList CSIDriverSpec CSINode CSINodeDriver CSINodeList CSINodeSpec CSIStorageCapacity CSIStorageCapacityList StorageClass StorageClassList ' +
    'StorageTokenRequest=TokenRequest VolumeAttachment VolumeAttachmentList VolumeAttachmentSource VolumeAttachmentSpec VolumeAttachmentStatus VolumeAttributesClass ' +
    'VolumeAttributesClassList VolumeError VolumeNodeResources ',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1':
    'ApiextensionsServiceReference=ServiceReference ApiextensionsWebhookClientConfig=WebhookClientConfig CustomResourceColumnDefinition CustomResourceConversion ' +
    'CustomResourceDefinition CustomResourceDefinitionCondition CustomResourceDefinitionList CustomResourceDefinitionNames CustomResourceDefinitionSpec ' +
    'CustomResourceDefinitionStatus CustomResourceDefinitionVersion CustomResourceSubresourceScale CustomResourceSubresources CustomResourceValidation ExternalDocumentation ' +
    'JSONSchemaProps SelectableField ValidationRule WebhookConversion ',
  'io.k8s.apimachinery.pkg.apis.meta.v1':
    'APIGroup APIGroupList APIResource APIResourceList APIVersions Condition DeleteOptions FieldSelectorRequirement GroupResource GroupVersionForDiscovery LabelSelector ' +
    'LabelSelectorRequirement ListMeta ManagedFieldsEntry ObjectMeta OwnerReference Preconditions ServerAddressByClientCIDR ShardInfo Status StatusCause StatusDetails ' +
    'WatchEvent ',
  'io.k8s.apimachinery.pkg.version':
    'VersionInfo=Info ',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1':
    'APIService APIServiceCondition APIServiceList APIServiceSpec APIServiceStatus ApiregistrationServiceReference=ServiceReference ',
};

const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(PACKAGES).flatMap(([pkg, types]) => types.trim().split(/\s+/).map((entry): [string, string] => {
  const [type = '', name = type] = entry.split('=');
  return [type, `${pkg}.${name}`];
})));

/** "DeploymentSpec" → "io.k8s.api.apps.v1.DeploymentSpec"; undefined for what is no type of SCHEMA. */
export const openAPIName = (type: string): string | undefined => NAMES.get(type);

/** The definitions of types that SCHEMA has as scalars. */
export const SCALAR_NAMES = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity', intorstring: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString', time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microtime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime', FieldsV1: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', RawExtension: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
} as const;
