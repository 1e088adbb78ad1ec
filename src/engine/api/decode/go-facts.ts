/**
 * What the published schema does not say about the Go types behind it (k8s.io/api v0.36): which optional fields are
 * pointers, which are always written, and the named types that decoding errors mention.
 *
 * A line is a type, then "field:code=GoType". Codes: p a pointer with omitempty (kept as given), o a value with omitempty
 * (dropped when zero; a time is null when missing), a always written (zero when missing). Not listed fields have the usual code of their schema type
 * (see presenceOf in plan.ts) and the usual Go type. A Go type without a dot belongs to package v1.
 */
export const GO_FACTS = `
AdmissionregistrationServiceReference path:p
AdmissionregistrationWebhookClientConfig url:p
ApiextensionsServiceReference path:p
ApiextensionsWebhookClientConfig url:p
AuthenticationTokenRequest metadata:a spec:a status:a
CoreEndpointPort protocol=Protocol appProtocol:p
CoreEvent source:a count:o reportingComponent:a reportingInstance:a
CoreEventList metadata:a
CoreEventSeries count:o
DiscoveryEndpointPort name:p protocol:p=Protocol appProtocol:p
EventsEvent metadata:a regarding:a deprecatedSource:a deprecatedCount:o
EventsEventList metadata:a
FlowcontrolSubject kind=SubjectKind
ResourceResourceClaim metadata:a status:a
APIGroup preferredVersion:a
APIResource verbs=Verbs
AWSElasticBlockStoreVolumeSource partition:o readOnly:o
AllocatedDeviceStatus shareID:p
AllocationResult devices:a allocationTimestamp:p
AppArmorProfile type=AppArmorProfileType localhostProfile:p
AttachedVolume name=UniqueVolumeName
AzureDiskVolumeSource cachingMode:p=AzureDataDiskCachingMode fsType:p kind:p=AzureDataDiskKind
AzureFilePersistentVolumeSource readOnly:o secretNamespace:p
AzureFileVolumeSource readOnly:o
Binding metadata:a
BoundObjectReference uid=types.UID
CSIDriver metadata:a
CSIDriverList metadata:a
CSIDriverSpec volumeLifecycleModes=[]v1.VolumeLifecycleMode fsGroupPolicy:p=FSGroupPolicy
CSINode metadata:a
CSINodeList metadata:a
CSIPersistentVolumeSource readOnly:o
CSIStorageCapacity metadata:a
CSIStorageCapacityList metadata:a
CSIVolumeSource fsType:p
Capabilities add=[]v1.Capability drop=[]v1.Capability
CapacityRequestPolicyRange min:p
CapacityRequirements requests=map[v1.QualifiedName]resource.Quantity
CephFSPersistentVolumeSource readOnly:o
CephFSVolumeSource readOnly:o
CertificateSigningRequest metadata:a status:a
CertificateSigningRequestCondition type=RequestConditionType status=ConditionStatus
CertificateSigningRequestList metadata:a
CertificateSigningRequestSpec usages=[]v1.KeyUsage extra=map[string]v1.ExtraValue
CinderPersistentVolumeSource readOnly:o
CinderVolumeSource readOnly:o
ClusterRole metadata:a
ClusterRoleBinding metadata:a
ClusterRoleBindingList metadata:a
ClusterRoleList metadata:a
ClusterTrustBundleProjection name:p signerName:p
ComponentCondition type=ComponentConditionType status=ConditionStatus
ComponentStatus metadata:a
ComponentStatusList metadata:a
Condition status=ConditionStatus observedGeneration:o
ConfigMap metadata:a
ConfigMapList metadata:a
ConfigMapNodeConfigSource uid=types.UID
Container resources:a restartPolicy:p=ContainerRestartPolicy terminationMessagePolicy=TerminationMessagePolicy imagePullPolicy=PullPolicy stdin:o stdinOnce:o tty:o
ContainerImage sizeBytes:o
ContainerPort hostPort:o protocol=Protocol
ContainerResizePolicy resourceName=ResourceName restartPolicy=ResourceResizeRestartPolicy
ContainerRestartRule action:o=ContainerRestartRuleAction
ContainerRestartRuleOnExitCodes operator:o=ContainerRestartRuleOnExitCodesOperator
ContainerStateTerminated signal:o
ContainerStatus state:a lastState:a stopSignal:p=Signal
ControllerRevision metadata:a
ControllerRevisionList metadata:a
CronJob metadata:a status:a
CronJobList metadata:a
CronJobSpec timeZone:p concurrencyPolicy=ConcurrencyPolicy
CronJobStatus lastScheduleTime:p lastSuccessfulTime:p
CustomResourceColumnDefinition priority:o
CustomResourceConversion strategy=ConversionStrategyType
CustomResourceDefinition metadata:a status:a
CustomResourceDefinitionCondition type=CustomResourceDefinitionConditionType status=ConditionStatus observedGeneration:o
CustomResourceDefinitionList metadata:a
CustomResourceDefinitionSpec scope=ResourceScope preserveUnknownFields:o
CustomResourceDefinitionStatus acceptedNames:a observedGeneration:o
CustomResourceDefinitionVersion deprecated:o deprecationWarning:p
CustomResourceSubresourceScale labelSelectorPath:p
DaemonSet metadata:a spec:a status:a
DaemonSetCondition type=DaemonSetConditionType status=ConditionStatus
DaemonSetList metadata:a
DaemonSetSpec selector:p updateStrategy:a minReadySeconds:o
DaemonSetStatus observedGeneration:o updatedNumberScheduled:o numberAvailable:o numberUnavailable:o
DaemonSetUpdateStrategy type=DaemonSetUpdateStrategyType
DeleteOptions propagationPolicy:p=DeletionPropagation
Deployment metadata:a spec:a status:a
DeploymentCondition type=DeploymentConditionType status=ConditionStatus
DeploymentList metadata:a
DeploymentSpec selector:p strategy:a minReadySeconds:o paused:o
DeploymentStatus observedGeneration:o replicas:o updatedReplicas:o readyReplicas:o availableReplicas:o unavailableReplicas:o
DeploymentStrategy type=DeploymentStrategyType
Device attributes=map[v1.QualifiedName]v1.DeviceAttribute capacity=map[v1.QualifiedName]v1.DeviceCapacity nodeName:p nodeAllocatableResourceMappings=map[v1.ResourceName]v1.NodeAllocatableResourceMapping
DeviceAllocationConfiguration source=AllocationConfigSource
DeviceAttribute string:p version:p
DeviceClass metadata:a
DeviceClassList metadata:a
DeviceClassSpec extendedResourceName:p
DeviceConstraint matchAttribute:p=FullyQualifiedName distinctAttribute:p=FullyQualifiedName
DeviceRequestAllocationResult shareID:p=types.UID consumedCapacity=map[v1.QualifiedName]resource.Quantity
DeviceSubRequest allocationMode=DeviceAllocationMode count:o
DeviceTaint effect=DeviceTaintEffect timeAdded:p
DeviceToleration operator=DeviceTolerationOperator effect=DeviceTaintEffect
EmptyDirVolumeSource medium=StorageMedium
Endpoint conditions:a hostname:p nodeName:p zone:p
EndpointAddress nodeName:p
EndpointSlice metadata:a addressType=AddressType
EndpointSliceList metadata:a
Endpoints metadata:a
EndpointsList metadata:a
EphemeralContainer resources:a restartPolicy:p=ContainerRestartPolicy terminationMessagePolicy=TerminationMessagePolicy imagePullPolicy=PullPolicy stdin:o stdinOnce:o tty:o
Eviction metadata:a
ExactDeviceRequest allocationMode=DeviceAllocationMode count:o
FCVolumeSource readOnly:o
FieldSelectorRequirement operator=FieldSelectorOperator
FlexPersistentVolumeSource readOnly:o
FlexVolumeSource readOnly:o
FlowDistinguisherMethod type=FlowDistinguisherMethodType
FlowSchema metadata:a spec:a status:a
FlowSchemaCondition type=FlowSchemaConditionType status=ConditionStatus
FlowSchemaList metadata:a
FlowSchemaSpec matchingPrecedence:a
GCEPersistentDiskVolumeSource partition:o readOnly:o
GRPCAction service:p
GlusterfsPersistentVolumeSource readOnly:o endpointsNamespace:p
GlusterfsVolumeSource readOnly:o
HTTPGetAction scheme=URIScheme
HTTPIngressPath pathType:p=PathType
HorizontalPodAutoscaler metadata:a status:a
HorizontalPodAutoscalerList metadata:a
HorizontalPodAutoscalerStatus lastScaleTime:p
HostPathVolumeSource type:p=HostPathType
IPAddress metadata:a
IPAddressList metadata:a
IPAddressSpec parentRef:p
ISCSIPersistentVolumeSource readOnly:o chapAuthDiscovery:o chapAuthSession:o initiatorName:p
ISCSIVolumeSource readOnly:o chapAuthDiscovery:o chapAuthSession:o initiatorName:p
ImageVolumeSource pullPolicy=PullPolicy
ImageVolumeStatus imageRef:o
Ingress metadata:a spec:a status:a
IngressClass metadata:a spec:a
IngressClassList metadata:a
IngressClassParametersReference apiGroup:p scope:p namespace:p
IngressList metadata:a
IngressPortStatus protocol=Protocol error:p
IngressServiceBackend port:a
IngressSpec ingressClassName:p
IngressStatus loadBalancer:a
JSONSchemaProps $schema=JSONSchemaURL $ref:p exclusiveMaximum:o exclusiveMinimum:o uniqueItems:o enum=[]v1.JSON dependencies=JSONSchemaDependencies definitions=JSONSchemaDefinitions nullable:o x-kubernetes-embedded-resource:o x-kubernetes-int-or-string:o x-kubernetes-list-type:p x-kubernetes-map-type:p x-kubernetes-validations=ValidationRules
Job metadata:a spec:a status:a
JobCondition type=JobConditionType status=ConditionStatus
JobList metadata:a
JobSpec completionMode:p=CompletionMode podReplacementPolicy:p=PodReplacementPolicy managedBy:p
JobStatus startTime:p completionTime:p active:o succeeded:o failed:o failedIndexes:p
JobTemplateSpec metadata:a spec:a
LabelSelectorRequirement operator=LabelSelectorOperator
Lease metadata:a spec:a
LeaseList metadata:a
LeaseSpec holderIdentity:p acquireTime:p renewTime:p strategy:p=CoordinatedLeaseStrategy preferredHolder:p
Lifecycle stopSignal:p=Signal
LimitRange metadata:a spec:a
LimitRangeItem type=LimitType
LimitRangeList metadata:a
LimitResponse type=LimitResponseType
LimitedPriorityLevelConfiguration limitResponse:a
LoadBalancerIngress ipMode:p=LoadBalancerIPMode
LocalSubjectAccessReview metadata:a status:a
LocalVolumeSource fsType:p
ManagedFieldsEntry operation=ManagedFieldsOperationType time:p
MatchResources matchPolicy:p=MatchPolicyType
ModifyVolumeStatus status=PersistentVolumeClaimModifyVolumeStatus
MutatingAdmissionPolicy metadata:a spec:a
MutatingAdmissionPolicyBinding metadata:a spec:a
MutatingAdmissionPolicyBindingList metadata:a
MutatingAdmissionPolicyList metadata:a
MutatingAdmissionPolicySpec failurePolicy:p=FailurePolicyType reinvocationPolicy=ReinvocationPolicyType
MutatingWebhook failurePolicy:p=FailurePolicyType matchPolicy:p=MatchPolicyType sideEffects:p=SideEffectClass reinvocationPolicy:p=ReinvocationPolicyType
MutatingWebhookConfiguration metadata:a
MutatingWebhookConfigurationList metadata:a
Mutation patchType=PatchType
NFSVolumeSource readOnly:o
NamedRuleWithOperations operations=[]v1.OperationType scope:p=ScopeType
Namespace metadata:a spec:a status:a
NamespaceCondition type=NamespaceConditionType status=ConditionStatus
NamespaceList metadata:a
NamespaceSpec finalizers=[]v1.FinalizerName
NamespaceStatus phase=NamespacePhase
NetworkPolicy metadata:a spec:a
NetworkPolicyList metadata:a
NetworkPolicyPort protocol:p=Protocol
NetworkPolicySpec podSelector:a policyTypes=[]v1.PolicyType
Node metadata:a spec:a status:a
NodeAddress type=NodeAddressType
NodeAllocatableResourceClaimStatus resources=map[v1.ResourceName]resource.Quantity
NodeAllocatableResourceMapping capacityKey:p=QualifiedName
NodeCondition type=NodeConditionType status=ConditionStatus
NodeDaemonEndpoints kubeletEndpoint:a
NodeList metadata:a
NodeRuntimeHandler name:a
NodeSelectorRequirement operator=NodeSelectorOperator
NodeSpec unschedulable:o
NodeStatus phase=NodePhase daemonEndpoints:a nodeInfo:a volumesInUse=[]v1.UniqueVolumeName
ObjectMeta uid=types.UID generation:o creationTimestamp:p deletionTimestamp:p
ObjectReference uid=types.UID
OwnerReference uid=types.UID
ParamRef parameterNotFoundAction:p=ParameterNotFoundActionType
ParentReference resource:o name:o
PersistentVolume metadata:a spec:a status:a
PersistentVolumeClaim metadata:a spec:a status:a
PersistentVolumeClaimCondition type=PersistentVolumeClaimConditionType status=ConditionStatus
PersistentVolumeClaimList metadata:a
PersistentVolumeClaimSpec accessModes=[]v1.PersistentVolumeAccessMode resources:a storageClassName:p volumeMode:p=PersistentVolumeMode volumeAttributesClassName:p
PersistentVolumeClaimStatus phase=PersistentVolumeClaimPhase accessModes=[]v1.PersistentVolumeAccessMode allocatedResourceStatuses=map[v1.ResourceName]v1.ClaimResourceStatus currentVolumeAttributesClassName:p
PersistentVolumeClaimTemplate metadata:a
PersistentVolumeClaimVolumeSource readOnly:o
PersistentVolumeList metadata:a
PersistentVolumeSpec accessModes=[]v1.PersistentVolumeAccessMode persistentVolumeReclaimPolicy=PersistentVolumeReclaimPolicy volumeMode:p=PersistentVolumeMode volumeAttributesClassName:p
PersistentVolumeStatus phase=PersistentVolumePhase lastPhaseTransitionTime:p
Pod metadata:a spec:a status:a
PodCertificateProjection signerName:o keyType:o
PodCondition type=PodConditionType observedGeneration:o status=ConditionStatus
PodDNSConfigOption value:p
PodDisruptionBudget metadata:a spec:a status:a
PodDisruptionBudgetList metadata:a
PodDisruptionBudgetSpec unhealthyPodEvictionPolicy:p=UnhealthyPodEvictionPolicyType
PodDisruptionBudgetStatus observedGeneration:o disruptionsAllowed:a currentHealthy:a desiredHealthy:a expectedPods:a
PodFailurePolicyOnExitCodesRequirement containerName:p operator=PodFailurePolicyOnExitCodesOperator
PodFailurePolicyOnPodConditionsPattern type=PodConditionType status:a=ConditionStatus
PodFailurePolicyRule action=PodFailurePolicyAction
PodList metadata:a
PodOS name=OSName
PodReadinessGate conditionType=PodConditionType
PodResourceClaim resourceClaimName:p resourceClaimTemplateName:p
PodResourceClaimStatus resourceClaimName:p
PodSchedulingGroup podGroupName:p
PodSecurityContext supplementalGroupsPolicy:p=SupplementalGroupsPolicy fsGroupChangePolicy:p=PodFSGroupChangePolicy seLinuxChangePolicy:p=PodSELinuxChangePolicy
PodSpec restartPolicy=RestartPolicy dnsPolicy=DNSPolicy hostNetwork:o hostPID:o hostIPC:o runtimeClassName:p preemptionPolicy:p=PreemptionPolicy hostnameOverride:p
PodStatus observedGeneration:o phase=PodPhase startTime:p qosClass=PodQOSClass resize=PodResizeStatus
PodTemplate metadata:a template:a
PodTemplateList metadata:a
PodTemplateSpec metadata:a spec:a
PortStatus protocol=Protocol error:p
PortworxVolumeSource readOnly:o
Preconditions uid:p=types.UID resourceVersion:p
PriorityClass metadata:a value:a globalDefault:o preemptionPolicy:p=PreemptionPolicy
PriorityClassList metadata:a
PriorityLevelConfiguration metadata:a spec:a status:a
PriorityLevelConfigurationCondition type=PriorityLevelConfigurationConditionType status=ConditionStatus
PriorityLevelConfigurationList metadata:a
PriorityLevelConfigurationSpec type=PriorityLevelEnablement
Probe initialDelaySeconds:o timeoutSeconds:o periodSeconds:o successThreshold:o failureThreshold:o
QueuingConfiguration queues:a handSize:a queueLengthLimit:a
QuobyteVolumeSource readOnly:o
RBDPersistentVolumeSource readOnly:o
RBDVolumeSource readOnly:o
ReplicaSet metadata:a spec:a status:a
ReplicaSetCondition type=ReplicaSetConditionType status=ConditionStatus
ReplicaSetList metadata:a
ReplicaSetSpec minReadySeconds:o selector:p template:a
ReplicaSetStatus fullyLabeledReplicas:o readyReplicas:o availableReplicas:o observedGeneration:o
ReplicationController metadata:a spec:a status:a
ReplicationControllerCondition type=ReplicationControllerConditionType status=ConditionStatus
ReplicationControllerList metadata:a
ReplicationControllerSpec minReadySeconds:o
ReplicationControllerStatus fullyLabeledReplicas:o readyReplicas:o availableReplicas:o observedGeneration:o
ResourceClaimConsumerReference uid=types.UID
ResourceClaimList metadata:a
ResourceClaimSpec devices:a
ResourceClaimTemplate metadata:a
ResourceClaimTemplateList metadata:a
ResourceClaimTemplateSpec metadata:a
ResourceFieldSelector divisor:o
ResourceHealth resourceID=ResourceID health=ResourceHealthStatus message:p
ResourcePolicyRule clusterScope:o
ResourceQuota metadata:a spec:a status:a
ResourceQuotaList metadata:a
ResourceQuotaSpec scopes=[]v1.ResourceQuotaScope
ResourceSlice metadata:a
ResourceSliceList metadata:a
ResourceSliceSpec nodeName:p
ResourceStatus name=ResourceName
Role metadata:a
RoleBinding metadata:a
RoleBindingList metadata:a
RoleList metadata:a
RoleRef apiGroup:a
RuleWithOperations operations=[]v1.OperationType scope:p=ScopeType
RuntimeClass metadata:a
RuntimeClassList metadata:a
Scale metadata:a spec:a status:a
ScaleIOPersistentVolumeSource secretRef:p sslEnabled:o readOnly:o
ScaleIOVolumeSource secretRef:p sslEnabled:o readOnly:o
ScaleSpec replicas:o
ScopedResourceSelectorRequirement scopeName=ResourceQuotaScope operator=ScopeSelectorOperator
SeccompProfile type=SeccompProfileType localhostProfile:p
Secret metadata:a type=SecretType
SecretList metadata:a
SecurityContext procMount:p=ProcMountType
SelfSubjectAccessReview metadata:a status:a
SelfSubjectReview metadata:a status:a
SelfSubjectReviewStatus userInfo:a
SelfSubjectRulesReview metadata:a status:a
Service metadata:a spec:a status:a
ServiceAccount metadata:a
ServiceAccountList metadata:a
ServiceBackendPort number:o
ServiceCIDR metadata:a spec:a status:a
ServiceCIDRList metadata:a
ServiceList metadata:a
ServicePort protocol=Protocol appProtocol:p targetPort:o nodePort:o
ServiceSpec type=ServiceType sessionAffinity=ServiceAffinity externalTrafficPolicy=ServiceExternalTrafficPolicy healthCheckNodePort:o publishNotReadyAddresses:o ipFamilies=[]v1.IPFamily ipFamilyPolicy:p=IPFamilyPolicy loadBalancerClass:p internalTrafficPolicy:p=ServiceInternalTrafficPolicy trafficDistribution:p
ServiceStatus loadBalancer:a
StatefulSet metadata:a spec:a status:a
StatefulSetCondition type=StatefulSetConditionType status=ConditionStatus
StatefulSetList metadata:a
StatefulSetOrdinals start:a
StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted=PersistentVolumeClaimRetentionPolicyType whenScaled=PersistentVolumeClaimRetentionPolicyType
StatefulSetSpec selector:p serviceName:a podManagementPolicy=PodManagementPolicyType updateStrategy:a minReadySeconds:o
StatefulSetStatus observedGeneration:o readyReplicas:o currentReplicas:o updatedReplicas:o availableReplicas:a
StatefulSetUpdateStrategy type=StatefulSetUpdateStrategyType
Status metadata:a reason=StatusReason code:o
StatusCause reason=CauseType
StatusDetails uid=types.UID retryAfterSeconds:o
StorageClass metadata:a reclaimPolicy:p=PersistentVolumeReclaimPolicy volumeBindingMode:p=VolumeBindingMode
StorageClassList metadata:a
StorageOSPersistentVolumeSource readOnly:o
StorageOSVolumeSource readOnly:o
SubjectAccessReview metadata:a status:a
SubjectAccessReviewSpec extra=map[string]v1.ExtraValue
SubjectAccessReviewStatus denied:o
SuccessPolicyRule succeededIndexes:p
Taint effect=TaintEffect timeAdded:p
TokenRequestStatus token:a
TokenReview metadata:a status:a
TokenReviewSpec token:o
TokenReviewStatus authenticated:o user:a
Toleration operator=TolerationOperator effect=TaintEffect
TopologySpreadConstraint whenUnsatisfiable=UnsatisfiableConstraintAction nodeAffinityPolicy:p=NodeInclusionPolicy nodeTaintsPolicy:p=NodeInclusionPolicy
TypedLocalObjectReference apiGroup:p
TypedObjectReference apiGroup:p namespace:p
UncountedTerminatedPods succeeded=[]types.UID failed=[]types.UID
UserInfo extra=map[string]v1.ExtraValue
ValidatingAdmissionPolicy metadata:a spec:a status:a
ValidatingAdmissionPolicyBinding metadata:a
ValidatingAdmissionPolicyBindingList metadata:a
ValidatingAdmissionPolicyBindingSpec policyName:o validationActions=[]v1.ValidationAction
ValidatingAdmissionPolicyList metadata:a
ValidatingAdmissionPolicySpec failurePolicy:p=FailurePolicyType
ValidatingAdmissionPolicyStatus observedGeneration:o
ValidatingWebhook failurePolicy:p=FailurePolicyType matchPolicy:p=MatchPolicyType sideEffects:p=SideEffectClass
ValidatingWebhookConfiguration metadata:a
ValidatingWebhookConfigurationList metadata:a
Validation reason:p=StatusReason
ValidationRule reason:p=FieldValueErrorReason
VolumeAttachment metadata:a status:a
VolumeAttachmentList metadata:a
VolumeAttachmentSource persistentVolumeName:p
VolumeAttributesClass metadata:a
VolumeAttributesClassList metadata:a
VolumeMount readOnly:o recursiveReadOnly:p=RecursiveReadOnlyMode mountPropagation:p=MountPropagationMode
VolumeMountStatus readOnly:o recursiveReadOnly:p=RecursiveReadOnlyMode
WindowsSecurityContextOptions gmsaCredentialSpecName:p gmsaCredentialSpec:p runAsUserName:p
V2ContainerResourceMetricSource name=ResourceName
V2ContainerResourceMetricStatus name=ResourceName
V2HPAScalingPolicy type=v2.HPAScalingPolicyType
V2HPAScalingRules selectPolicy:p=v2.ScalingPolicySelect
V2HorizontalPodAutoscaler metadata:a status:a
V2HorizontalPodAutoscalerCondition type=v2.HorizontalPodAutoscalerConditionType status=ConditionStatus
V2HorizontalPodAutoscalerList metadata:a
V2HorizontalPodAutoscalerStatus lastScaleTime:p currentReplicas:o
V2MetricSpec type=v2.MetricSourceType
V2MetricStatus type=v2.MetricSourceType
V2MetricTarget type=v2.MetricTargetType
V2ResourceMetricSource name=ResourceName
V2ResourceMetricStatus name=ResourceName
ApiregistrationServiceReference port:p
APIService metadata:a spec:a status:a
APIServiceCondition type=APIServiceConditionType status=ConditionStatus
APIServiceList metadata:a
APIServiceSpec insecureSkipTLSVerify:o
`;
