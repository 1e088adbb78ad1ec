import type {
  AdmissionregistrationServiceReference, ApiextensionsServiceReference, ApiregistrationServiceReference, CSIDriverSpec, ClusterRoleBinding, CustomResourceDefinition, DeviceSubRequest,
  DeviceToleration, DiscoveryEndpointPort, ExactDeviceRequest, ExemptPriorityLevelConfiguration, FlowSchemaSpec, IngressClassSpec, LimitedPriorityLevelConfiguration, MatchResources,
  MutatingAdmissionPolicySpec, MutatingWebhook, NetworkPolicyPort, NetworkPolicySpec, PriorityClass, QueuingConfiguration, RbacSubject, RoleBinding, RuleWithOperations, StorageClass,
  TokenRequestSpec, ValidatingAdmissionPolicySpec, ValidatingWebhook,
} from '../generated/types';
import { fill, fillZero, set } from './fill';
import { typeDefaults } from './type-defaults';

const EMPTY = Object.freeze({});
const RBAC = 'rbac.authorization.k8s.io';
const WEBHOOK = { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: EMPTY, objectSelector: EMPTY, timeoutSeconds: 10 } as const;
const HTTPS_PORT = 443;
const TOKEN_SECONDS = 3600;

const networkPolicy = (spec: NetworkPolicySpec): NetworkPolicySpec => (spec.policyTypes?.length ? spec : { ...spec, policyTypes: spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'] });

const roleRef = <T extends ClusterRoleBinding | RoleBinding>(binding: T): T => set<ClusterRoleBinding | RoleBinding, 'roleRef'>(binding, 'roleRef', fillZero(binding.roleRef, { apiGroup: RBAC })) as T;

/** ExactCount is the only mode with a count. */
const deviceRequest = <T extends ExactDeviceRequest | DeviceSubRequest>(request: T): T => {
  const out = fill<ExactDeviceRequest | DeviceSubRequest>(request, { allocationMode: 'ExactCount' });
  return (out.allocationMode === 'ExactCount' ? fill(out, { count: 1 }) : out) as T;
};

function customResourceDefinition(crd: CustomResourceDefinition): CustomResourceDefinition {
  const names = fill(crd.spec.names, { singular: crd.spec.names.kind.toLowerCase(), ...(crd.spec.names.kind ? { listKind: `${crd.spec.names.kind}List` } : {}) });
  const spec = fill(set(crd.spec, 'names', names), { conversion: { strategy: 'None' } });
  const stored = spec.versions?.find((v) => v.storage)?.name;
  const status = crd.status.storedVersions?.length || !stored ? crd.status : { ...crd.status, storedVersions: [stored] };
  return set(set(crd, 'spec', spec), 'status', status);
}

export const OTHER_DEFAULTS = typeDefaults({
  NetworkPolicyPort: (p: NetworkPolicyPort) => fill(p, { protocol: 'TCP' }), NetworkPolicySpec: networkPolicy,
  IngressClassSpec: (s: IngressClassSpec) => (s.parameters ? set(s, 'parameters', fill(s.parameters, { scope: 'Cluster' })) : s),
  ClusterRoleBinding: roleRef<ClusterRoleBinding>, RoleBinding: roleRef<RoleBinding>,
  RbacSubject: (s: RbacSubject) => (s.kind === 'User' || s.kind === 'Group' ? fill(s, { apiGroup: RBAC }) : s),
  PriorityClass: (p: PriorityClass) => fill(p, { preemptionPolicy: 'PreemptLowerPriority' }),
  StorageClass: (s: StorageClass) => fill(s, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  CSIDriverSpec: (s: CSIDriverSpec) => fill(s, {
    attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: 'ReadWriteOnceWithFSType', volumeLifecycleModes: ['Persistent'], requiresRepublish: false, seLinuxMount: false,
  }),
  DiscoveryEndpointPort: (p: DiscoveryEndpointPort) => fill(p, { name: '', protocol: 'TCP' }),
  ValidatingWebhook: (w: ValidatingWebhook) => fill(w, WEBHOOK), MutatingWebhook: (w: MutatingWebhook) => fill(w, { ...WEBHOOK, reinvocationPolicy: 'Never' }),
  RuleWithOperations: (r: RuleWithOperations) => fill(r, { scope: '*' }), NamedRuleWithOperations: (r: RuleWithOperations) => fill(r, { scope: '*' }),
  MatchResources: (m: MatchResources) => fill(m, { matchPolicy: 'Equivalent', namespaceSelector: EMPTY, objectSelector: EMPTY }),
  ValidatingAdmissionPolicySpec: (s: ValidatingAdmissionPolicySpec) => fill(s, { failurePolicy: 'Fail' }),
  MutatingAdmissionPolicySpec: (s: MutatingAdmissionPolicySpec) => fill(s, { failurePolicy: 'Fail' }),
  AdmissionregistrationServiceReference: (s: AdmissionregistrationServiceReference) => fill(s, { port: HTTPS_PORT }),
  ApiextensionsServiceReference: (s: ApiextensionsServiceReference) => fill(s, { port: HTTPS_PORT }),
  ApiregistrationServiceReference: (s: ApiregistrationServiceReference) => fill(s, { port: HTTPS_PORT }),
  FlowSchemaSpec: (s: FlowSchemaSpec) => fillZero(s, { matchingPrecedence: 1000 }),
  ExemptPriorityLevelConfiguration: (e: ExemptPriorityLevelConfiguration) => fill(e, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  LimitedPriorityLevelConfiguration: (l: LimitedPriorityLevelConfiguration) => fill(l, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
  QueuingConfiguration: (q: QueuingConfiguration) => fillZero(q, { handSize: 8, queues: 64, queueLengthLimit: 50 }),
  ExactDeviceRequest: deviceRequest<ExactDeviceRequest>, DeviceSubRequest: deviceRequest<DeviceSubRequest>,
  DeviceToleration: (t: DeviceToleration) => fill(t, { operator: 'Equal' }),
  TokenRequestSpec: (s: TokenRequestSpec) => fill(s, { expirationSeconds: TOKEN_SECONDS }),
  CustomResourceDefinition: customResourceDefinition,
});
