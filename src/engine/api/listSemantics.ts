/**
 * How lists, maps and structs of each type merge: the markers of the Go types of Kubernetes v1.36 (patchStrategy and
 * patchMergeKey tags; +listType, +listMapKey, +mapType, +structType comments), keyed by the generated schema's names.
 * A row holds the fields that differ from the rule (lists are atomic and replaced, maps and structs are granular and
 * merged): "field|fact|fact". Facts: `set` and `map:keys` (list types of server-side apply), `atomic` (maps and
 * structs; the field "." means the type itself), `default:value` (a list key's default), and a patch strategy
 * (`merge`, `merge:key`, `retainKeys`, `merge,retainKeys:key`, `replace`).
 */
const ROWS: { readonly [type: string]: string } = {
  APIServiceStatus: 'conditions|map:type|merge:type',
  AllocatedDeviceStatus: 'conditions|map:type device|default: driver|default: pool|default:',
  CSIDriverSpec: 'volumeLifecycleModes|set',
  CSINodeDriver: 'name|default:',
  CSINodeSpec: 'drivers|map:name|merge:name',
  CertificateSigningRequestCondition: 'type|default:',
  CertificateSigningRequestStatus: 'conditions|map:type',
  ComponentCondition: 'type|default:',
  ComponentStatus: 'conditions|map:type|merge:type',
  Condition: 'type|default:',
  ConfigMapKeySelector: '.|atomic',
  Container: 'env|map:name|merge:name name|default: ports|map:containerPort,protocol|merge:containerPort volumeDevices|map:devicePath|merge:devicePath volumeMounts|map:mountPath|merge:mountPath',
  ContainerPort: 'containerPort|default:0 protocol|default:TCP',
  ContainerRestartRuleOnExitCodes: 'values|set',
  ContainerStatus: 'allocatedResourcesStatus|map:name|merge:name volumeMounts|map:mountPath|merge:mountPath',
  CoreEndpointPort: '.|atomic',
  CoreResourceClaim: 'name|default:',
  CrossVersionObjectReference: '.|atomic',
  CustomResourceDefinitionStatus: 'conditions|map:type',
  DaemonSetCondition: 'type|default:',
  DaemonSetStatus: 'conditions|map:type|merge:type',
  DeploymentCondition: 'type|default:',
  DeploymentSpec: 'strategy|retainKeys',
  DeploymentStatus: 'conditions|map:type|merge:type',
  DiscoveryEndpointPort: '.|atomic',
  Endpoint: 'addresses|set',
  EndpointAddress: '.|atomic',
  EnvVar: 'name|default:',
  EphemeralContainer: 'env|map:name|merge:name name|default: ports|map:containerPort,protocol|merge:containerPort volumeDevices|map:devicePath|merge:devicePath volumeMounts|map:mountPath|merge:mountPath',
  FileKeySelector: '.|atomic',
  FlowSchemaStatus: 'conditions|map:type|merge:type',
  HostAlias: 'ip|default:',
  JSONSchemaProps: 'x-kubernetes-validations|map:rule|merge:rule',
  JobStatus: 'conditions|merge:type',
  LabelSelector: '.|atomic',
  LocalObjectReference: '.|atomic name|default:',
  MatchCondition: 'name|default:',
  MatchResources: '.|atomic',
  MutatingAdmissionPolicySpec: 'matchConditions|map:name|merge:name',
  MutatingWebhook: 'matchConditions|map:name|merge:name name|default:',
  MutatingWebhookConfiguration: 'webhooks|map:name|merge:name',
  NamedRuleWithOperations: '.|atomic',
  NamespaceCondition: 'type|default:',
  NamespaceStatus: 'conditions|map:type|merge:type',
  NodeAddress: 'type|default:',
  NodeAllocatableResourceClaimStatus: 'containers|set',
  NodeCondition: 'type|default:',
  NodeSelector: '.|atomic',
  NodeSelectorTerm: '.|atomic',
  NodeSpec: 'podCIDRs|set|merge',
  NodeStatus: 'addresses|map:type|merge:type conditions|map:type|merge:type',
  NonResourcePolicyRule: 'nonResourceURLs|set verbs|set',
  ObjectFieldSelector: '.|atomic',
  ObjectMeta: 'finalizers|set|merge ownerReferences|map:uid|merge:uid',
  ObjectReference: '.|atomic',
  OwnerReference: '.|atomic uid|default:',
  ParamKind: '.|atomic',
  ParamRef: '.|atomic',
  PersistentVolumeClaimCondition: 'type|default:',
  PersistentVolumeClaimStatus: 'conditions|map:type|merge:type',
  PodCondition: 'type|default:',
  PodDisruptionBudgetSpec: 'selector|replace',
  PodDisruptionBudgetStatus: 'conditions|map:type|merge:type',
  PodFailurePolicyOnExitCodesRequirement: 'values|set',
  PodIP: 'ip|default:',
  PodResourceClaim: 'name|default:',
  PodResourceClaimStatus: 'name|default:',
  PodSchedulingGate: 'name|default:',
  PodSpec: 'containers|map:name|merge:name ephemeralContainers|map:name|merge:name hostAliases|map:ip|merge:ip imagePullSecrets|map:name|merge:name initContainers|map:name|merge:name nodeSelector|atomic resourceClaims|map:name|merge,retainKeys:name schedulingGates|map:name|merge:name topologySpreadConstraints|map:topologyKey,whenUnsatisfiable|merge:topologyKey volumes|map:name|merge,retainKeys:name',
  PodStatus: 'conditions|map:type|merge:type hostIPs|merge:ip podIPs|map:ip|merge:ip resourceClaimStatuses|map:name|merge,retainKeys:name',
  PriorityLevelConfigurationStatus: 'conditions|map:type|merge:type',
  RbacSubject: '.|atomic',
  ReplicaSetCondition: 'type|default:',
  ReplicaSetStatus: 'conditions|map:type|merge:type',
  ReplicationControllerCondition: 'type|default:',
  ReplicationControllerSpec: 'selector|atomic',
  ReplicationControllerStatus: 'conditions|map:type|merge:type',
  ResourceClaimConsumerReference: 'uid|default:',
  ResourceClaimStatus: 'devices|map:driver,device,pool,shareID reservedFor|map:uid|merge:uid',
  ResourceFieldSelector: '.|atomic',
  ResourceHealth: 'resourceID|default:',
  ResourcePolicyRule: 'apiGroups|set namespaces|set resources|set verbs|set',
  ResourceRequirements: 'claims|map:name',
  ResourceStatus: 'name|default: resources|map:resourceID',
  RoleRef: '.|atomic',
  Scheduling: 'nodeSelector|atomic',
  ScopeSelector: '.|atomic',
  SecretKeySelector: '.|atomic',
  SecretReference: '.|atomic',
  ServiceAccount: 'secrets|map:name|merge:name',
  ServiceBackendPort: '.|atomic',
  ServiceCIDRStatus: 'conditions|map:type|merge:type',
  ServicePort: 'port|default:0 protocol|default:TCP',
  ServiceSpec: 'ports|map:port,protocol|merge:port selector|atomic',
  ServiceStatus: 'conditions|map:type|merge:type',
  StatefulSetCondition: 'type|default:',
  StatefulSetStatus: 'conditions|map:type|merge:type',
  TopologySelectorTerm: '.|atomic',
  TopologySpreadConstraint: 'topologyKey|default: whenUnsatisfiable|default:',
  TypedLocalObjectReference: '.|atomic',
  UncountedTerminatedPods: 'failed|set succeeded|set',
  V2HorizontalPodAutoscalerCondition: 'type|default:',
  V2HorizontalPodAutoscalerStatus: 'conditions|map:type|merge:type',
  ValidatingAdmissionPolicyBindingSpec: 'validationActions|set',
  ValidatingAdmissionPolicySpec: 'matchConditions|map:name|merge:name variables|map:name|merge:name',
  ValidatingAdmissionPolicyStatus: 'conditions|map:type',
  ValidatingWebhook: 'matchConditions|map:name|merge:name name|default:',
  ValidatingWebhookConfiguration: 'webhooks|map:name|merge:name',
  Variable: '.|atomic name|default:',
  Volume: 'name|default:',
  VolumeDevice: 'devicePath|default:',
  VolumeMount: 'mountPath|default:',
  VolumeMountStatus: 'mountPath|default:',
};

/** What is special about one field (or, for ".", about a type). */
export interface FieldSemantics {
  readonly listType?: 'set' | 'map';
  /** For listType map: the fields that identify an element, in the order the type declares them. */
  readonly listMapKeys?: readonly string[];
  /** For maps and structs: replaced and owned as a whole by server-side apply. */
  readonly atomic?: true;
  /** Strategic merge patch: "merge", "replace", "retainKeys". */
  readonly patchStrategies?: readonly string[];
  readonly patchMergeKey?: string;
  /** The value a list key has where it is left out. */
  readonly default?: string | number;
}

type Mutable = { -readonly [K in keyof FieldSemantics]: FieldSemantics[K] };

function addFact(into: Mutable, fact: string): void {
  const colon = fact.indexOf(':');
  const word = colon < 0 ? fact : fact.slice(0, colon);
  const rest = colon < 0 ? '' : fact.slice(colon + 1);
  if (word === 'set') into.listType = 'set';
  else if (word === 'map') { into.listType = 'map'; into.listMapKeys = rest.split(','); }
  else if (word === 'atomic') into.atomic = true;
  else if (word === 'default') into.default = /^\d+$/.test(rest) ? Number(rest) : rest;
  else { into.patchStrategies = word.split(','); if (rest) into.patchMergeKey = rest; }
}

function parseRow(row: string): ReadonlyMap<string, FieldSemantics> {
  const fields = new Map<string, FieldSemantics>();
  for (const token of row.split(' ')) {
    const [field = '', ...facts] = token.split('|');
    const semantics: Mutable = {};
    for (const fact of facts) addFact(semantics, fact);
    fields.set(field, semantics);
  }
  return fields;
}

const TABLE: ReadonlyMap<string, ReadonlyMap<string, FieldSemantics>> = new Map(Object.entries(ROWS).map(([type, row]) => [type, parseRow(row)]));

/** The merge facts of a field of a schema type, or undefined where the general rule applies. */
export function fieldSemantics(type: string, field: string): FieldSemantics | undefined {
  return TABLE.get(type)?.get(field);
}

/** Whether the type is +structType=atomic (LabelSelector, ObjectReference, …): one owner for the whole value. */
export function isAtomicType(type: string): boolean {
  return TABLE.get(type)?.get('.')?.atomic === true;
}
