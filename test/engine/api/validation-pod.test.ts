import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, updateErrors, type Fields } from './validation-support';

const LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const c = (fields: Fields = {}): Fields => ({ name: 'c', image: 'i', ...fields });
const pod = (spec: Fields, container: Fields = {}, metadata: Fields = {}): Fields => ({ metadata, spec: { containers: [c(container)], ...spec } });
const C = 'spec.containers[0]';

/** name → [pod, errors]. */
const CREATES: { readonly [name: string]: readonly [Fields, ...string[]] } = {
  'two sources of a volume keep the old spelling': [pod({ volumes: [{ name: 'v', emptyDir: {}, downwardAPI: { items: [] } }] }), 'spec.volumes[0].downwarAPI: Forbidden: may not specify more than 1 volume type'],
  'a volume without source gets an emptyDir': [pod({ volumes: [{ name: 'v' }] })],
  'volume names are labels': [pod({ volumes: [{ name: 'A', emptyDir: {} }] }), `spec.volumes[0].name: Invalid value: "A": ${LABEL}`],
  'secret volume': [pod({ volumes: [{ name: 'v', secret: { defaultMode: 512, items: [{ key: '', path: '../x', mode: -1 }] } }] }),
    'spec.volumes[0].secret.secretName: Required value', 'spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    'spec.volumes[0].secret.items[0].key: Required value', 'spec.volumes[0].secret.items[0].path: Invalid value: "../x": must not contain \'..\'',
    'spec.volumes[0].secret.items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive'],
  'path reserved for the atomic writer': [pod({ volumes: [{ name: 'v', configMap: { name: 'cm', items: [{ key: 'k', path: '..data' }] } }] }),
    'spec.volumes[0].configMap.items[0].path: Invalid value: "..data": must not start with \'..\''],
  'host path type': [pod({ volumes: [{ name: 'v', hostPath: { path: '/x', type: 'Dir' } }] }),
    'spec.volumes[0].hostPath.type: Unsupported value: "Dir": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"'],
  nfs: [pod({ volumes: [{ name: 'v', nfs: { server: 's', path: 'rel' } }] }), 'spec.volumes[0].nfs.path: Invalid value: "rel": must be an absolute path'],
  csi: [pod({ volumes: [{ name: 'v', csi: { driver: 'a_b' } }] }),
    'spec.volumes[0].csi.driver: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an alphanumeric character (e.g. \'example.com\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\')'],
  'projected sources': [pod({ serviceAccountName: 'sa', volumes: [{ name: 'v', projected: { sources: [
    { secret: { name: 's', items: [{ key: 'k', path: 'a' }] } }, { configMap: { name: 'm', items: [{ key: 'k', path: 'a' }] } }, { serviceAccountToken: { path: 't', expirationSeconds: 5 } }] } }] }),
  'spec.volumes[0].projected: Invalid value: "m": conflicting duplicate paths',
  'spec.volumes[0].projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes'],
  'a token without service account': [pod({ volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] }),
    'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set'],
  'downward file': [pod({ volumes: [{ name: 'v', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'status.podIP' } }] } }] }),
    'spec.volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: "status.podIP": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"'],
  'env names may be anything printable but =': [pod({}, { env: [{ name: '1 a' }, { name: 'a=b' }] }),
    `${C}.env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`],
  'env fields': [pod({}, { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }, { name: 'B', valueFrom: {} }, { name: 'D', valueFrom: { fieldRef: { fieldPath: 'metadata.annotations' } } }] }),
    `${C}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo`,
    `${C}.env[1].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
    `${C}.env[2].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.annotations": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`],
  'a label as environment': [pod({}, { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a/b']" } } }] })],
  'resource field': [pod({}, { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1k' } } }] }),
    `${C}.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`],
  envFrom: [pod({}, { envFrom: [{}] }), `${C}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``],
  mounts: [pod({ volumes: [{ name: 'v', emptyDir: {} }] }, { volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '/x' }, { name: 'v', mountPath: '/a', mountPropagation: 'Bidirectional' }] }),
    `${C}.volumeMounts.subPath: Invalid value: "/x": must be a relative path`, `${C}.volumeMounts[1].mountPath: Invalid value: "/a": must be unique`,
    `${C}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`],
  'volume devices': [pod({ volumes: [{ name: 'v', emptyDir: {} }] }, { volumeDevices: [{ name: 'v', devicePath: '/dev/../x' }] }),
    `${C}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
    `${C}.volumeDevices[0].devicePath: Invalid value: "/dev/../x": can not contain backsteps ('..')`],
  probes: [pod({}, { livenessProbe: { httpGet: { port: 0, scheme: 'FTP', httpHeaders: [{ name: 'a b', value: '' }] }, successThreshold: 2 }, readinessProbe: { tcpSocket: { port: 'x--y' }, terminationGracePeriodSeconds: 1 } }),
    `${C}.livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`, `${C}.livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"`,
    `${C}.livenessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
    `${C}.livenessProbe.successThreshold: Invalid value: 2: must be 1`, `${C}.readinessProbe.tcpSocket.port: Invalid value: "x--y": must not contain consecutive hyphens`,
    `${C}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes`],
  'sleep hook': [pod({ terminationGracePeriodSeconds: 5 }, { lifecycle: { preStop: { sleep: { seconds: 6 } } } }),
    `${C}.lifecycle.preStop.sleep: Invalid value: 6: must be non-negative and less than terminationGracePeriodSeconds (5)`],
  'init containers have no probes': [pod({ initContainers: [c({ name: 'i', readinessProbe: { exec: { command: ['a'] } } })] }),
    'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
  'a sidecar has probes': [pod({ initContainers: [c({ name: 'i', restartPolicy: 'Always', readinessProbe: { exec: { command: ['a'] } } })] })],
  'names of init containers': [pod({ initContainers: [c()] }), 'spec.initContainers[0].name: Duplicate value: "c"'],
  'restart rules': [pod({}, { restartPolicyRules: [{ action: 'Stop', exitCodes: { operator: 'Is', values: [1] } }] }),
    `${C}.restartPolicy: Required value: must specify restartPolicy when restart rules are used`, `${C}.restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart"`,
    `${C}.restartPolicyRules[0].exitCodes.operator: Unsupported value: "Is": supported values: "In", "NotIn"`],
  'resize policy': [pod({ restartPolicy: 'Never' }, { resizePolicy: [{ resourceName: 'gpu', restartPolicy: 'RestartContainer' }] }),
    `${C}.resizePolicy: Unsupported value: "gpu": supported values: "cpu", "memory"`, `${C}.resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when \`restartPolicy\` is 'Never'`],
  'resource names': [pod({}, { resources: { limits: { foo: '1', 'pods': '1' } } }),
    `${C}.resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`, `${C}.resources.limits[foo]: Invalid value: "foo": must be a standard resource for containers`,
    `${C}.resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers`,
    `${C}.resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`, `${C}.resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers`,
    `${C}.resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers`],
  'extended resources are whole': [pod({}, { resources: { limits: { 'e.com/gpu': '1500m' } } }),
    `${C}.resources.limits[e.com/gpu]: Invalid value: "1500m": must be an integer`, `${C}.resources.requests[e.com/gpu]: Invalid value: "1500m": must be an integer`],
  'claims of containers': [pod({ resourceClaims: [{ name: 'a', resourceClaimName: 'x' }] }, { resources: { claims: [{ name: 'b' }] } }),
    `${C}.resources.claims[0]: Not found: "b": must be one of the names in pod.spec.resourceClaims: a`],
  'claims of the pod': [pod({ resourceClaims: [{ name: 'a' }] }), 'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'],
  'pod-level resources': [pod({ resources: { requests: { cpu: '1' }, limits: { 'e.com/x': '1', cpu: '2' } } }, { resources: { requests: { cpu: '2' }, limits: { cpu: '3' } } }),
    'spec.resources.limits[e.com/x]: Unsupported value: "e.com/x": supported values: "cpu", "hugepages-", "memory"',
    'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2', 'spec.resources.containers[0][cpu].limits: Invalid value: "3": must be less than or equal to pod limits of 2'],
  'DNS policy None': [pod({ dnsPolicy: 'None' }), 'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  'DNS config': [pod({ dnsConfig: { nameservers: ['010.0.0.1', 'x'], searches: ['.', 'A'], options: [{}] } }),
    'spec.dnsConfig.nameservers[0]: Invalid value: "010.0.0.1": must not have leading 0s', 'spec.dnsConfig.nameservers[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    "spec.dnsConfig.searches[1]: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
    'spec.dnsConfig.options[0]: Required value: must not be empty'],
  'host users': [pod({ hostUsers: false, hostNetwork: true, hostPID: true }), 'spec.hostNetwork: Forbidden: when `hostUsers` is false', 'spec.HostPID: Forbidden: when `hostUsers` is false'],
  seccomp: [pod({ securityContext: { seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' } } }),
    'spec.securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost'],
  'AppArmor': [pod({}, { securityContext: { appArmorProfile: { type: 'Localhost' } } }), `${C}.securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is Localhost`],
  'SELinux change policy': [pod({ securityContext: { seLinuxChangePolicy: 'MountOption' } }), 'spec.securityContext.seLinuxChangePolicy: Unsupported value: "MountOption": supported values: "Recursive"'],
  sysctls: [pod({ hostNetwork: true, securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }, { name: 'A', value: '1' }] } }),
    "spec.securityContext.sysctls[0].name: Invalid value: \"net.core.somaxconn\": may not be specified when 'hostNetwork' is true",
    'spec.securityContext.sysctls[1].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'],
  'Windows user': [pod({ securityContext: { windowsOptions: { runAsUserName: 'a\\b\\c' } } }), 'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash'],
  'Windows pod': [pod({ os: { name: 'windows' }, securityContext: { runAsUser: 1 } }, { securityContext: { privileged: false } }),
    'spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod', `${C}.securityContext.privileged: Forbidden: cannot be set for a windows pod`],
  'other systems': [pod({ os: { name: 'plan9' } }), 'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
  'host process': [pod({ securityContext: { windowsOptions: { hostProcess: true } } }), 'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers'],
  'spread constraints': [pod({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Never' }, { maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'Never', nodeTaintsPolicy: 'x' }] }),
    'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero', 'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
    'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
    'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{, Never}"', 'spec.topologySpreadConstraints[1].topologyKey: Required value: can not be empty',
    'spec.topologySpreadConstraints[1].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
    'spec.topologySpreadConstraints[1].nodeTaintsPolicy: Unsupported value: "x": supported values: "Honor", "Ignore"'],
  'pod affinity': [pod({ affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm: { topologyKey: '', matchLabelKeys: ['a'] } }] } } }),
    'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
    'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
    'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Required value: can not be empty',
    'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: "": name part must be non-empty',
    "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"],
  'seconds of a toleration': [pod({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 }] }),
    'spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set'],
  'gates and node': [pod({ nodeName: 'n', schedulingGates: [{ name: 'g' }] }), 'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  'deletion cost': [pod({}, {}, { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '+1' } }), 'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer'],
  overhead: [pod({ overhead: { cpu: '-1' } }), 'spec.overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
  'host aliases': [pod({ hostAliases: [{ ip: '::ffff:1.2.3.4', hostnames: ['-'] }] }), 'spec.hostAliases[0].ip: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
    'spec.hostAliases[0].hostnames[0]: Invalid value: "-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an alphanumeric character (e.g. \'example.com\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\')'],
  'preemption policy': [pod({ preemptionPolicy: 'Always' }), 'spec.preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"'],
};

for (const [name, [body, ...expected]] of Object.entries(CREATES)) {
  test(`pod: ${name}`, () => { assert.deepEqual(createErrors('', 'v1', 'Pod', body), expected); });
}

test('pod update: images, tolerations and deadlines may change, the rest may not', () => {
  const old = pod({ tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 10 });
  const update = (to: Fields): readonly string[] => updateErrors('', 'v1', 'Pod', old, to);
  assert.deepEqual(update(pod({ tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Exists' }], activeDeadlineSeconds: 5 }, { image: 'j' })), []);
  assert.deepEqual(update(pod({ activeDeadlineSeconds: 10 })), ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds']);
  assert.deepEqual(update(pod({ tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 11 })), ['spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value']);
  assert.deepEqual(update({ spec: { containers: [c(), c({ name: 'd' })] } }), ['spec.containers: Forbidden: pod updates may not add or remove containers']);
  const [changed = ''] = update(pod({ tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 10, hostname: 'h' }));
  assert.ok(changed.startsWith('spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,'
    + '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n'), changed);
  assert.match(changed, /"Hostname": "h"/);
});

test('pod update: a gated pod may only become choosier', () => {
  const gated = (spec: Fields): Fields => pod({ schedulingGates: [{ name: 'g' }], ...spec });
  const update = (from: Fields, to: Fields): readonly string[] => updateErrors('', 'v1', 'Pod', gated(from), gated(to));
  assert.deepEqual(update({ nodeSelector: { a: 'b' } }, { nodeSelector: { a: 'b', c: 'd' } }), []);
  assert.deepEqual(update({ nodeSelector: { a: 'b' } }, { nodeSelector: { c: 'd' } }), ['spec.nodeSelector: Invalid value: {"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)']);
  assert.deepEqual(update({}, { schedulingGates: [{ name: 'h' }] }), ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'h'"]);
});

test('pod status: a terminated container stays so', () => {
  const status = (state: Fields): Fields => ({ qosClass: 'BestEffort', containerStatuses: [{ name: 'c', state, ready: false, restartCount: 0, image: '', imageID: '' }] });
  const update = (policy: string, to: Fields): readonly string[] =>
    updateErrors('', 'v1', 'Pod', { ...pod({ restartPolicy: policy }), status: status({ terminated: { exitCode: 0 } }) }, { ...pod({ restartPolicy: policy }), status: to }, 'status');
  assert.deepEqual(update('Always', status({ running: {} })), []);
  assert.deepEqual(update('OnFailure', status({ running: {} })), ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state']);
  assert.deepEqual(update('Always', { ...status({ running: {} }), qosClass: 'Burstable', hostIP: '1.1.1.1', hostIPs: [{ ip: '1.1.1.2' }] }), ['status.qosClass: Invalid value: "Burstable": field is immutable',
    'status.hostIPs[0].ip: Invalid value: "1.1.1.2": must be equal to `hostIP`']);
});

test('pod resize: cpu and memory only, never another QoS class', () => {
  const sized = (cpu: string, more: Fields = {}): Fields => pod({}, { resources: { requests: { cpu } }, ...more });
  const resize = (to: Fields): readonly string[] => updateErrors('', 'v1', 'Pod', sized('1'), to, 'resize');
  assert.deepEqual(resize(sized('2')), []);
  assert.deepEqual(resize(pod({}, { resources: { requests: { memory: '1Gi' } } })), ['spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed']);
  assert.deepEqual(resize(pod({}, { resources: {} })).slice(0, 1), ['spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing']);
});

test('pod ephemeral containers: added, never removed', () => {
  const debug = (names: readonly string[], more: Fields = {}): Fields => pod({ ephemeralContainers: names.map((name) => ({ name, image: 'b', ...more })) });
  const update = (from: Fields, to: Fields): readonly string[] => updateErrors('', 'v1', 'Pod', from, to, 'ephemeralcontainers');
  assert.deepEqual(update(pod({}), debug(['d'])), []);
  assert.deepEqual(update(debug(['d']), debug(['e'])), ['spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n']);
  assert.deepEqual(update(pod({}), debug(['d'], { ports: [{ containerPort: 1 }], targetContainerName: 'z' })), [
    'spec.ephemeralContainers[0].targetContainerName: Not found: "z"', 'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container']);
});
