import { testCreates, testUpdates, type Fields, type Row, type UpdateRow } from './validation-b-support';

const HPA = 'autoscaling/v2/HorizontalPodAutoscaler';
const hpa = (spec: Fields = {}): Fields => ({ spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3, ...spec } });
const INGRESS = 'networking.k8s.io/v1/Ingress';
const backend = { service: { name: 's', port: { number: 80 } } };
const ingress = (path: Fields, host?: string): Fields => ({ spec: { rules: [{ ...(host === undefined ? {} : { host }), http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...path }] } }] } });
const SLICE = 'discovery.k8s.io/v1/EndpointSlice';
const slice = (body: Fields = {}): Fields => ({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ...body });
const HOOKS = 'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration';
const hook = (body: Fields = {}): Fields => ({ webhooks: [{ name: 'a.example.com', clientConfig: { url: 'https://a.example.com' }, sideEffects: 'None', admissionReviewVersions: ['v1'], ...body }] });
/** Reviews have no metadata; those of a test are given some. */
const REVIEW_METADATA = 'metadata: Invalid value: {"name":"x","uid":"u","resourceVersion":"1"}: must be empty';
const LABEL = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const SCALING: { readonly [name: string]: Row } = {
  'replicas of an autoscaler': [HPA, hpa({ minReplicas: 5 }), 'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
  'no replicas at all': [HPA, hpa({ minReplicas: 0, maxReplicas: 0 }), 'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1', 'spec.maxReplicas: Invalid value: 0: must be greater than 0',
    'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas'],
  'no target': [HPA, hpa({ scaleTargetRef: { kind: '', name: '' } }), 'spec.scaleTargetRef.kind: Required value', 'spec.scaleTargetRef.name: Required value',
    'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group'],
  'a metric without source': [HPA, hpa({ metrics: [{ type: 'Resource' }] }),
    'spec.metrics[0].resource: Required value: must populate information for the given metric source'],
  'a source of another type': [HPA, hpa({ metrics: [{ type: 'Resource', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } }] }),
    'spec.metrics[0].resource: Required value: must populate information for the given metric source'],
  'two sources': [HPA, hpa({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } }, pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } }] }),
    'spec.metrics[0].pods: Forbidden: must populate the given metric source only'],
  'both averages': [HPA, hpa({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5, averageValue: '1' } } }] }),
    'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization'],
  'behavior': [HPA, hpa({ behavior: { scaleUp: { stabilizationWindowSeconds: 4000, selectPolicy: 'x', policies: [{ type: 'y', value: 0, periodSeconds: 2000 }] } } }),
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600',
    'spec.behavior.scaleUp.selectPolicy: Unsupported value: "x": supported values: "Disabled", "Max", "Min"',
    'spec.behavior.scaleUp.policies[0].type: Unsupported value: "y": supported values: "Percent", "Pods"',
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 2000: must be less than or equal to 1800'],
  'a budget with both bounds': ['policy/v1/PodDisruptionBudget', { spec: { minAvailable: 1, maxUnavailable: '10%' } },
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"10%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set'],
  'a percentage of a budget': ['policy/v1/PodDisruptionBudget', { spec: { minAvailable: '120%' } }, 'spec.minAvailable: Invalid value: "120%": must not be greater than 100%'],
  'eviction of unhealthy pods': ['policy/v1/PodDisruptionBudget', { spec: { minAvailable: 1, unhealthyPodEvictionPolicy: 'x' } },
    'spec.unhealthyPodEvictionPolicy: Unsupported value: "x": supported values: "AlwaysAllow", "IfHealthyBudget"'],
  'priorities above a thousand million': ['scheduling.k8s.io/v1/PriorityClass', { value: 1000000001 }, 'value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  'system priorities': ['scheduling.k8s.io/v1/PriorityClass', { metadata: { name: 'system-x' }, value: 1 },
    "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class"],
  'a lease': ['coordination.k8s.io/v1/Lease', { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0', 'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0'],
  'overhead': ['node.k8s.io/v1/RuntimeClass', { handler: 'A' }, "handler: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],
};

const NETWORK: { readonly [name: string]: Row } = {
  'an ingress of nothing': [INGRESS, { spec: {} }, 'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  'a relative path': [INGRESS, ingress({ path: 'a' }), "spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path"],
  'a path type': [INGRESS, ingress({ pathType: 'x' }), 'spec.rules[0].http.paths[0].pathType: Unsupported value: "x": supported values: "Exact", "ImplementationSpecific", "Prefix"'],
  'invalid sequences': [INGRESS, ingress({ path: '/a//b/../c' }), "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b/../c\": must not contain '//'",
    "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b/../c\": must not contain '/../'"],
  'a host': [INGRESS, ingress({}, '10.0.0.1'), 'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
  'a service without a port': [INGRESS, ingress({ backend: { service: { name: 's' } } }), 'spec.rules[0].http.paths[0].backend: Required value: port name or number is required'],
  'two backends': [INGRESS, ingress({ backend: { ...backend, resource: { kind: 'K', name: 'n' } } }), 'spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both resource and service backends'],
  'hosts of TLS': [INGRESS, { spec: { defaultBackend: backend, tls: [{ hosts: ['A'] }] } }, `spec.tls[0].hosts[0]: Invalid value: "A": ${LABEL}`],
  'an ingress class': ['networking.k8s.io/v1/IngressClass', { spec: { controller: 'a' } }, 'spec.controller: Invalid value: "a": must be a domain-prefixed path (such as "acme.io/foo")'],
  'a policy type': ['networking.k8s.io/v1/NetworkPolicy', { spec: { podSelector: {}, policyTypes: ['x'] } }, 'spec.policyTypes[0]: Unsupported value: "x": supported values: "Ingress", "Egress"'],
  'a peer of nothing': ['networking.k8s.io/v1/NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{}] }] } }, 'spec.ingress[0].from[0]: Required value: must specify a peer'],
  'a peer of two kinds': ['networking.k8s.io/v1/NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] } },
    'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
  'an exception outside the block': ['networking.k8s.io/v1/NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16', except: ['10.1.0.0/24'] } }] }] } },
    'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.1.0.0/24": must be a strict subset of `cidr`'],
  'an end port': ['networking.k8s.io/v1/NetworkPolicy', { spec: { podSelector: {}, ingress: [{ ports: [{ port: 'http', endPort: 9 }, { endPort: 9 }, { port: 10, endPort: 9 }] }] } },
    'spec.ingress[0].ports[0].endPort: Invalid value: 9: may not be specified when `port` is non-numeric', 'spec.ingress[0].ports[1].endPort: Invalid value: 9: may not be specified when `port` is not specified',
    'spec.ingress[0].ports[2].endPort: Invalid value: 9: must be greater than or equal to `port`'],
  'address types': [SLICE, slice({ addressType: 'x' }), 'addressType: Unsupported value: "x": supported values: "FQDN", "IPv4", "IPv6"'],
  'an endpoint without addresses': [SLICE, slice({ endpoints: [{ addresses: [] }] }), 'endpoints[0].addresses: Required value: must contain at least 1 address'],
  'an address of another family': [SLICE, slice({ endpoints: [{ addresses: ['fd00::1'] }] }), 'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address'],
  'port names are unique': [SLICE, slice({ ports: [{ name: 'a', port: 1 }, { name: 'a', port: 2 }] }), 'ports[1].name: Duplicate value: "a"'],
};

const ACCESS: { readonly [name: string]: Row } = {
  'a rule without verbs': ['rbac.authorization.k8s.io/v1/Role', { rules: [{ verbs: [], apiGroups: [''], resources: ['pods'] }] }, 'rules[0].verbs: Required value: verbs must contain at least one value'],
  'a rule of no resource': ['rbac.authorization.k8s.io/v1/Role', { rules: [{ verbs: ['get'], apiGroups: [''] }] }, 'rules[0].resources: Required value: resource rules must supply at least one resource'],
  'URLs of a namespace': ['rbac.authorization.k8s.io/v1/Role', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }, 'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
  'URLs and resources': ['rbac.authorization.k8s.io/v1/ClusterRole', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'] }] },
    'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs'],
  'a subject': ['rbac.authorization.k8s.io/v1/RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }, subjects: [{ kind: 'x', name: 'n' }, { kind: 'User', name: '' }] },
    'subjects[0].kind: Unsupported value: "x": supported values: "ServiceAccount", "User", "Group"', 'subjects[1].name: Required value'],
  'a role of another kind': ['rbac.authorization.k8s.io/v1/ClusterRoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' } },
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
  'a review of two attributes': ['authorization.k8s.io/v1/SubjectAccessReview', { spec: { user: 'u', resourceAttributes: { verb: 'get' }, nonResourceAttributes: { path: '/x' } } },
    'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":""}: cannot be specified in combination with resourceAttributes', REVIEW_METADATA],
  'a review of nobody': ['authorization.k8s.io/v1/SubjectAccessReview', { spec: { resourceAttributes: { verb: 'get' } } },
    'spec.user: Invalid value: "": at least one of user or group must be specified', REVIEW_METADATA],
};

const REST: { readonly [name: string]: Row } = {
  'a provisioner': ['storage.k8s.io/v1/StorageClass', { provisioner: '' }, 'provisioner: Required value'],
  'a binding mode': ['storage.k8s.io/v1/StorageClass', { provisioner: 'a/b', volumeBindingMode: 'x' }, 'volumeBindingMode: Unsupported value: "x": supported values: "Immediate", "WaitForFirstConsumer"'],
  'a reclaim policy': ['storage.k8s.io/v1/StorageClass', { provisioner: 'a/b', reclaimPolicy: 'Recycle' }, 'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
  'drivers of a node are unique': ['storage.k8s.io/v1/CSINode', { spec: { drivers: [{ name: 'a', nodeID: '1' }, { name: 'a', nodeID: '1' }] } }, 'spec.drivers[1].name: Duplicate value: "a"'],
  'a hook without a domain': [HOOKS, hook({ name: 'a' }), 'webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots'],
  'a hook with side effects': [HOOKS, hook({ sideEffects: 'Some' }), 'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
  'a hook over plain HTTP': [HOOKS, hook({ clientConfig: { url: 'http://a' } }), "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]"],
  'a hook of nothing': [HOOKS, hook({ clientConfig: {} }), 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
  'a patient hook': [HOOKS, hook({ timeoutSeconds: 31 }), 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
  'all and more': [HOOKS, hook({ rules: [{ operations: ['*', 'CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] }),
    "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, must not specify other operations"],
  'an event of another namespace': ['v1/Event', { involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' } }, 'involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
};

const CLAIM = 'resource.k8s.io/v1/ResourceClaim';
const claim = (...requests: readonly Fields[]): Fields => ({ spec: { devices: { requests } } });
const DEVICES: { readonly [name: string]: Row } = {
  'a device': [CLAIM, claim({ name: 'a', exactly: { deviceClassName: 'gpu.example.com' } })],
  'a request of nothing': [CLAIM, claim({ name: 'a' }), 'spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required'],
  'requests are unique': [CLAIM, claim({ name: 'a', exactly: { deviceClassName: 'c' } }, { name: 'a', exactly: { deviceClassName: '' } }),
    'spec.devices.requests[1].exactly.deviceClassName: Required value', 'spec.devices.requests[1]: Duplicate value: "a"'],
  'all devices have no count': [CLAIM, claim({ name: 'a', exactly: { deviceClassName: 'c', allocationMode: 'All', count: 2 } }),
    "spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'"],
  'a constraint on an unknown request': [CLAIM, { spec: { devices: { requests: [{ name: 'a', exactly: { deviceClassName: 'c' } }], constraints: [{ requests: ['b'], matchAttribute: 'x.io/y' }] } } },
    "spec.devices.constraints[0].requests[0]: Invalid value: \"b\": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"],
  'a class of devices': ['resource.k8s.io/v1/DeviceClass', { spec: { selectors: [{}], extendedResourceName: 'cpu' } },
    'spec.selectors[0].cel: Required value', 'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name'],
  'a slice of no node': ['resource.k8s.io/v1/ResourceSlice', { spec: { driver: 'd.io', pool: { name: 'p', generation: 0, resourceSliceCount: 1 } } },
    'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'],
  'a slice of many nodes': ['resource.k8s.io/v1/ResourceSlice', { spec: { driver: 'd.io', nodeName: 'n', allNodes: true, pool: { name: 'p', generation: 0, resourceSliceCount: 1 } } },
    'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set'],
};

const UPDATES: { readonly [name: string]: UpdateRow } = {
  'the role of a binding': ['rbac.authorization.k8s.io/v1/RoleBinding', '', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' } },
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 's' } },
    'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"s"}: cannot change roleRef'],
  'the value of a priority': ['scheduling.k8s.io/v1/PriorityClass', '', { value: 1 }, { value: 2 }, 'value: Forbidden: may not be changed in an update.'],
  'the provisioner of a class': ['storage.k8s.io/v1/StorageClass', '', { provisioner: 'a/b' }, { provisioner: 'a/c' }, 'provisioner: Forbidden: updates to provisioner are forbidden.'],
  'the parameters of a class': ['storage.k8s.io/v1/StorageClass', '', { provisioner: 'a/b' }, { provisioner: 'a/b', parameters: { a: 'b' } }, 'parameters: Forbidden: updates to parameters are forbidden.'],
  'the handler of a runtime class': ['node.k8s.io/v1/RuntimeClass', '', { handler: 'a' }, { handler: 'b' }, 'handler: Invalid value: "b": field is immutable'],
  'the address type of a slice': [SLICE, '', slice(), slice({ addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] }), 'addressType: Invalid value: "FQDN": field is immutable'],
  'the controller of a class': ['networking.k8s.io/v1/IngressClass', '', { spec: { controller: 'a.io/b' } }, { spec: { controller: 'a.io/c' } }, 'spec.controller: Invalid value: "a.io/c": field is immutable'],
  'the spec of a claim': [CLAIM, '', claim(), claim({ name: 'a', exactly: { deviceClassName: 'c' } }),
    'spec: Invalid value: {"Devices":{"Requests":[{"Name":"a","Exactly":{"DeviceClassName":"c","Selectors":null,"AllocationMode":"ExactCount","Count":1,"AdminAccess":null,"Tolerations":null,"Capacity":null},'
    + '"FirstAvailable":null}],"Constraints":null,"Config":null}}: field is immutable'],
  'the conditions of a budget': ['policy/v1/PodDisruptionBudget', 'status', { spec: { minAvailable: 1 } }, { spec: { minAvailable: 1 }, status: { disruptionsAllowed: -1, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } },
    'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0'],
};

testCreates({ ...SCALING, ...NETWORK, ...ACCESS, ...REST, ...DEVICES });
testUpdates(UPDATES);
