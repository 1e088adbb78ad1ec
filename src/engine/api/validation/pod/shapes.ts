import { asIs, bool, listOf, map, nullable, number, pointer, struct, text, type GoShape, type GoValue } from '../core/goStruct';
import { CLAIM_SPEC } from '../core/volumeShapes';

/** Go's internal structs of a pod, as errors print them: field names and order of pkg/apis/core/types.go. */
const CAPABILITIES: GoShape = { Add: ['add', nullable], Drop: ['drop', nullable] };
const SELINUX: GoShape = { User: ['user', text], Role: ['role', text], Type: ['type', text], Level: ['level', text] };
const WINDOWS: GoShape = {
  GMSACredentialSpecName: ['gmsaCredentialSpecName', nullable], GMSACredentialSpec: ['gmsaCredentialSpec', nullable], RunAsUserName: ['runAsUserName', nullable], HostProcess: ['hostProcess', nullable],
};
export const PROFILE: GoShape = { Type: ['type', text], LocalhostProfile: ['localhostProfile', nullable] };

export const SECURITY_CONTEXT: GoShape = {
  Capabilities: ['capabilities', pointer(CAPABILITIES)], Privileged: ['privileged', nullable], SELinuxOptions: ['seLinuxOptions', pointer(SELINUX)],
  WindowsOptions: ['windowsOptions', pointer(WINDOWS)], RunAsUser: ['runAsUser', nullable], RunAsGroup: ['runAsGroup', nullable], RunAsNonRoot: ['runAsNonRoot', nullable],
  ReadOnlyRootFilesystem: ['readOnlyRootFilesystem', nullable], AllowPrivilegeEscalation: ['allowPrivilegeEscalation', nullable], ProcMount: ['procMount', nullable],
  SeccompProfile: ['seccompProfile', pointer(PROFILE)], AppArmorProfile: ['appArmorProfile', pointer(PROFILE)],
};

export const POD_RESOURCE_CLAIM: GoShape = { Name: ['name', text], ResourceClaimName: ['resourceClaimName', nullable], ResourceClaimTemplateName: ['resourceClaimTemplateName', nullable] };

const REQUIREMENTS = listOf(struct({ Key: ['key', text], Operator: ['operator', text], Values: ['values', nullable] }));
export const NODE_SELECTOR_TERM: GoShape = { MatchExpressions: ['matchExpressions', REQUIREMENTS], MatchFields: ['matchFields', REQUIREMENTS] };
const RESOURCES: GoShape = {
  Limits: ['limits', map], Requests: ['requests', map], Claims: ['claims', listOf(struct({ Name: ['name', text], Request: ['request', text] }))],
};

const name = (...json: readonly string[]): GoShape => Object.fromEntries(json.map((j) => [j.charAt(0).toUpperCase() + j.slice(1), [j, text] as const]));
const NAME_REF: GoShape = name('name');
const KEYS = listOf(struct({ Key: ['key', text], Path: ['path', text], Mode: ['mode', nullable] }));
const FIELD_REF = pointer({ APIVersion: ['apiVersion', text], FieldPath: ['fieldPath', text] });
const RESOURCE_REF = pointer({ ContainerName: ['containerName', text], Resource: ['resource', text], Divisor: ['divisor', (v) => v ?? '0'] });
const DOWNWARD_FILES = listOf(struct({ Path: ['path', text], FieldRef: ['fieldRef', FIELD_REF], ResourceFieldRef: ['resourceFieldRef', RESOURCE_REF], Mode: ['mode', nullable] }));
const KEY_REF = pointer({ Name: ['name', text], Key: ['key', text], Optional: ['optional', nullable] });

const PROJECTION: GoShape = {
  Secret: ['secret', pointer({ ...NAME_REF, Items: ['items', KEYS], Optional: ['optional', nullable] })],
  DownwardAPI: ['downwardAPI', pointer({ Items: ['items', DOWNWARD_FILES] })],
  ConfigMap: ['configMap', pointer({ ...NAME_REF, Items: ['items', KEYS], Optional: ['optional', nullable] })],
  ServiceAccountToken: ['serviceAccountToken', pointer({ Audience: ['audience', text], ExpirationSeconds: ['expirationSeconds', number], Path: ['path', text] })],
  ClusterTrustBundle: ['clusterTrustBundle', pointer({
    Name: ['name', nullable], SignerName: ['signerName', nullable], LabelSelector: ['labelSelector', asIs], Optional: ['optional', nullable], Path: ['path', text],
  })],
  PodCertificate: ['podCertificate', pointer({
    SignerName: ['signerName', text], KeyType: ['keyType', text], MaxExpirationSeconds: ['maxExpirationSeconds', nullable], CredentialBundlePath: ['credentialBundlePath', text],
    KeyPath: ['keyPath', text], CertificateChainPath: ['certificateChainPath', text], UserAnnotations: ['userAnnotations', map],
  })],
};

/** Sources rarely used share a printer that keeps the JSON's own fields. */
const VOLUME: GoShape = {
  Name: ['name', text],
  HostPath: ['hostPath', pointer({ Path: ['path', text], Type: ['type', nullable] })],
  EmptyDir: ['emptyDir', pointer({ Medium: ['medium', text], SizeLimit: ['sizeLimit', nullable] })],
  GCEPersistentDisk: ['gcePersistentDisk', asIs], AWSElasticBlockStore: ['awsElasticBlockStore', asIs],
  GitRepo: ['gitRepo', pointer({ Repository: ['repository', text], Revision: ['revision', text], Directory: ['directory', text] })],
  Secret: ['secret', pointer({ SecretName: ['secretName', text], Items: ['items', KEYS], DefaultMode: ['defaultMode', nullable], Optional: ['optional', nullable] })],
  NFS: ['nfs', pointer({ Server: ['server', text], Path: ['path', text], ReadOnly: ['readOnly', bool] })],
  ISCSI: ['iscsi', asIs], Glusterfs: ['glusterfs', asIs],
  PersistentVolumeClaim: ['persistentVolumeClaim', pointer({ ClaimName: ['claimName', text], ReadOnly: ['readOnly', bool] })],
  RBD: ['rbd', asIs], Quobyte: ['quobyte', asIs], FlexVolume: ['flexVolume', asIs], Cinder: ['cinder', asIs], CephFS: ['cephfs', asIs], Flocker: ['flocker', asIs],
  DownwardAPI: ['downwardAPI', pointer({ Items: ['items', DOWNWARD_FILES], DefaultMode: ['defaultMode', nullable] })],
  FC: ['fc', asIs], AzureFile: ['azureFile', asIs],
  ConfigMap: ['configMap', pointer({ ...NAME_REF, Items: ['items', KEYS], DefaultMode: ['defaultMode', nullable], Optional: ['optional', nullable] })],
  VsphereVolume: ['vsphereVolume', asIs], AzureDisk: ['azureDisk', asIs], PhotonPersistentDisk: ['photonPersistentDisk', asIs],
  Projected: ['projected', pointer({ Sources: ['sources', listOf(struct(PROJECTION))], DefaultMode: ['defaultMode', nullable] })],
  PortworxVolume: ['portworxVolume', asIs], ScaleIO: ['scaleIO', asIs], StorageOS: ['storageos', asIs],
  CSI: ['csi', pointer({
    Driver: ['driver', text], ReadOnly: ['readOnly', nullable], FSType: ['fsType', nullable], VolumeAttributes: ['volumeAttributes', map], NodePublishSecretRef: ['nodePublishSecretRef', pointer(NAME_REF)],
  })],
  Ephemeral: ['ephemeral', (v) => (v == null ? null : { VolumeClaimTemplate: claimTemplate((v as { volumeClaimTemplate?: unknown }).volumeClaimTemplate) })],
  Image: ['image', pointer({ Reference: ['reference', text], PullPolicy: ['pullPolicy', text] })],
};

const META_ORDER = [
  'name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations',
  'ownerReferences', 'finalizers', 'managedFields',
] as const;

/** metav1.ObjectMeta has JSON names of its own and is embedded: its fields stand among the others. */
function meta(value: unknown): { readonly [key: string]: unknown } {
  const source = (value ?? {}) as { readonly [key: string]: unknown };
  const shown = META_ORDER.filter((k) => source[k] !== undefined && source[k] !== null && source[k] !== '');
  return Object.fromEntries(shown.map((k) => [k, k === 'labels' || k === 'annotations' ? map(source[k]) : source[k]]));
}

const claimTemplate: GoValue = (v) => {
  if (v === undefined || v === null) return null;
  const template = v as { readonly metadata?: unknown; readonly spec?: unknown };
  return { ...meta(template.metadata), Spec: struct(CLAIM_SPEC)(template.spec) };
};

const PORTS = listOf(struct({ Name: ['name', text], HostPort: ['hostPort', number], ContainerPort: ['containerPort', number], Protocol: ['protocol', text], HostIP: ['hostIP', text] }));
const ENV_FROM = listOf(struct({
  Prefix: ['prefix', text], ConfigMapRef: ['configMapRef', pointer({ ...NAME_REF, Optional: ['optional', nullable] })], SecretRef: ['secretRef', pointer({ ...NAME_REF, Optional: ['optional', nullable] })],
}));
const ENV = listOf(struct({
  Name: ['name', text], Value: ['value', text],
  ValueFrom: ['valueFrom', pointer({
    FieldRef: ['fieldRef', FIELD_REF], ResourceFieldRef: ['resourceFieldRef', RESOURCE_REF], ConfigMapKeyRef: ['configMapKeyRef', KEY_REF], SecretKeyRef: ['secretKeyRef', KEY_REF],
    FileKeyRef: ['fileKeyRef', pointer({ VolumeName: ['volumeName', text], Path: ['path', text], Key: ['key', text], Optional: ['optional', nullable] })],
  })],
}));
const HTTP_GET = pointer({
  Path: ['path', text], Port: ['port', number], Host: ['host', text], Scheme: ['scheme', text], HTTPHeaders: ['httpHeaders', listOf(struct({ Name: ['name', text], Value: ['value', text] }))],
});
const EXEC = pointer({ Command: ['command', nullable] });
const TCP = pointer({ Port: ['port', number], Host: ['host', text] });
const PROBE = pointer({
  Exec: ['exec', EXEC], HTTPGet: ['httpGet', HTTP_GET], TCPSocket: ['tcpSocket', TCP], GRPC: ['grpc', pointer({ Port: ['port', number], Service: ['service', nullable] })],
  InitialDelaySeconds: ['initialDelaySeconds', number], TimeoutSeconds: ['timeoutSeconds', number], PeriodSeconds: ['periodSeconds', number], SuccessThreshold: ['successThreshold', number],
  FailureThreshold: ['failureThreshold', number], TerminationGracePeriodSeconds: ['terminationGracePeriodSeconds', nullable],
});
const HOOK = pointer({ Exec: ['exec', EXEC], HTTPGet: ['httpGet', HTTP_GET], TCPSocket: ['tcpSocket', TCP], Sleep: ['sleep', pointer({ Seconds: ['seconds', number] })] });
export const RESIZE_POLICY: GoShape = { ResourceName: ['resourceName', text], RestartPolicy: ['restartPolicy', text] };

const CONTAINER: GoShape = {
  Name: ['name', text], Image: ['image', text], Command: ['command', nullable], Args: ['args', nullable], WorkingDir: ['workingDir', text], Ports: ['ports', PORTS], EnvFrom: ['envFrom', ENV_FROM],
  Env: ['env', ENV], Resources: ['resources', struct(RESOURCES)], ResizePolicy: ['resizePolicy', listOf(struct(RESIZE_POLICY))], RestartPolicy: ['restartPolicy', nullable],
  RestartPolicyRules: ['restartPolicyRules', listOf(struct({ Action: ['action', text], ExitCodes: ['exitCodes', pointer({ Operator: ['operator', text], Values: ['values', nullable] })] }))],
  VolumeMounts: ['volumeMounts', listOf(struct({
    Name: ['name', text], ReadOnly: ['readOnly', bool], RecursiveReadOnly: ['recursiveReadOnly', nullable], MountPath: ['mountPath', text], SubPath: ['subPath', text],
    MountPropagation: ['mountPropagation', nullable], SubPathExpr: ['subPathExpr', text],
  }))],
  VolumeDevices: ['volumeDevices', listOf(struct({ Name: ['name', text], DevicePath: ['devicePath', text] }))], LivenessProbe: ['livenessProbe', PROBE], ReadinessProbe: ['readinessProbe', PROBE],
  StartupProbe: ['startupProbe', PROBE], Lifecycle: ['lifecycle', pointer({ PostStart: ['postStart', HOOK], PreStop: ['preStop', HOOK], StopSignal: ['stopSignal', nullable] })],
  TerminationMessagePath: ['terminationMessagePath', text], TerminationMessagePolicy: ['terminationMessagePolicy', text], ImagePullPolicy: ['imagePullPolicy', text],
  SecurityContext: ['securityContext', pointer(SECURITY_CONTEXT)], Stdin: ['stdin', bool], StdinOnce: ['stdinOnce', bool], TTY: ['tty', bool],
};
export const EPHEMERAL_CONTAINER: GoShape = { ...CONTAINER, TargetContainerName: ['targetContainerName', text] };

const POD_TERM: GoShape = {
  LabelSelector: ['labelSelector', asIs], Namespaces: ['namespaces', nullable], TopologyKey: ['topologyKey', text], NamespaceSelector: ['namespaceSelector', asIs],
  MatchLabelKeys: ['matchLabelKeys', nullable], MismatchLabelKeys: ['mismatchLabelKeys', nullable],
};
const POD_AFFINITY = pointer({
  RequiredDuringSchedulingIgnoredDuringExecution: ['requiredDuringSchedulingIgnoredDuringExecution', listOf(struct(POD_TERM))],
  PreferredDuringSchedulingIgnoredDuringExecution: ['preferredDuringSchedulingIgnoredDuringExecution', listOf(struct({ Weight: ['weight', number], PodAffinityTerm: ['podAffinityTerm', struct(POD_TERM)] }))],
});
const AFFINITY = pointer({
  NodeAffinity: ['nodeAffinity', pointer({
    RequiredDuringSchedulingIgnoredDuringExecution: ['requiredDuringSchedulingIgnoredDuringExecution', pointer({ NodeSelectorTerms: ['nodeSelectorTerms', listOf(struct(NODE_SELECTOR_TERM))] })],
    PreferredDuringSchedulingIgnoredDuringExecution: ['preferredDuringSchedulingIgnoredDuringExecution', listOf(struct({ Weight: ['weight', number], Preference: ['preference', struct(NODE_SELECTOR_TERM)] }))],
  })],
  PodAffinity: ['podAffinity', POD_AFFINITY], PodAntiAffinity: ['podAntiAffinity', POD_AFFINITY],
});

/** What the versioned pod keeps in spec is in the internal security context. */
const POD_SECURITY_CONTEXT: GoShape = {
  HostNetwork: ['hostNetwork', bool], HostPID: ['hostPID', bool], HostIPC: ['hostIPC', bool], ShareProcessNamespace: ['shareProcessNamespace', nullable], HostUsers: ['hostUsers', nullable],
  SELinuxOptions: ['seLinuxOptions', pointer(SELINUX)], WindowsOptions: ['windowsOptions', pointer(WINDOWS)], RunAsUser: ['runAsUser', nullable], RunAsGroup: ['runAsGroup', nullable],
  RunAsNonRoot: ['runAsNonRoot', nullable], SupplementalGroups: ['supplementalGroups', nullable], SupplementalGroupsPolicy: ['supplementalGroupsPolicy', nullable], FSGroup: ['fsGroup', nullable],
  FSGroupChangePolicy: ['fsGroupChangePolicy', nullable], Sysctls: ['sysctls', listOf(struct({ Name: ['name', text], Value: ['value', text] }))], SeccompProfile: ['seccompProfile', pointer(PROFILE)],
  AppArmorProfile: ['appArmorProfile', pointer(PROFILE)], SELinuxChangePolicy: ['seLinuxChangePolicy', nullable],
};

const SPEC_BEFORE: GoShape = {
  Volumes: ['volumes', listOf(struct(VOLUME))], InitContainers: ['initContainers', listOf(struct(CONTAINER))], Containers: ['containers', listOf(struct(CONTAINER))],
  EphemeralContainers: ['ephemeralContainers', listOf(struct(EPHEMERAL_CONTAINER))], RestartPolicy: ['restartPolicy', text], TerminationGracePeriodSeconds: ['terminationGracePeriodSeconds', nullable],
  ActiveDeadlineSeconds: ['activeDeadlineSeconds', nullable], DNSPolicy: ['dnsPolicy', text], NodeSelector: ['nodeSelector', map], ServiceAccountName: ['serviceAccountName', text],
  AutomountServiceAccountToken: ['automountServiceAccountToken', nullable], NodeName: ['nodeName', text],
};
const SPEC_AFTER: GoShape = {
  ImagePullSecrets: ['imagePullSecrets', listOf(struct(NAME_REF))], Hostname: ['hostname', text], Subdomain: ['subdomain', text], SetHostnameAsFQDN: ['setHostnameAsFQDN', nullable],
  Affinity: ['affinity', AFFINITY], SchedulerName: ['schedulerName', text],
  Tolerations: ['tolerations', listOf(struct({ Key: ['key', text], Operator: ['operator', text], Value: ['value', text], Effect: ['effect', text], TolerationSeconds: ['tolerationSeconds', nullable] }))],
  HostAliases: ['hostAliases', listOf(struct({ IP: ['ip', text], Hostnames: ['hostnames', nullable] }))], PriorityClassName: ['priorityClassName', text], Priority: ['priority', nullable],
  PreemptionPolicy: ['preemptionPolicy', nullable],
  DNSConfig: ['dnsConfig', pointer({ Nameservers: ['nameservers', nullable], Searches: ['searches', nullable], Options: ['options', listOf(struct({ Name: ['name', text], Value: ['value', nullable] }))] })],
  ReadinessGates: ['readinessGates', listOf(struct({ ConditionType: ['conditionType', text] }))], RuntimeClassName: ['runtimeClassName', nullable], Overhead: ['overhead', map],
  EnableServiceLinks: ['enableServiceLinks', nullable],
  TopologySpreadConstraints: ['topologySpreadConstraints', listOf(struct({
    MaxSkew: ['maxSkew', number], TopologyKey: ['topologyKey', text], WhenUnsatisfiable: ['whenUnsatisfiable', text], LabelSelector: ['labelSelector', asIs], MinDomains: ['minDomains', nullable],
    NodeAffinityPolicy: ['nodeAffinityPolicy', nullable], NodeTaintsPolicy: ['nodeTaintsPolicy', nullable], MatchLabelKeys: ['matchLabelKeys', nullable],
  }))],
  OS: ['os', pointer(NAME_REF)], SchedulingGates: ['schedulingGates', listOf(struct(NAME_REF))], ResourceClaims: ['resourceClaims', listOf(struct(POD_RESOURCE_CLAIM))],
  Resources: ['resources', pointer(RESOURCES)], HostnameOverride: ['hostnameOverride', nullable], SchedulingGroup: ['schedulingGroup', pointer({ PodGroupName: ['podGroupName', nullable] })],
};
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const;

/** core.PodSpec of a versioned one. */
export const podSpec: GoValue = (value) => {
  const spec = (value ?? {}) as { readonly [key: string]: unknown };
  const context = (spec['securityContext'] ?? {}) as { readonly [key: string]: unknown };
  const host = Object.fromEntries(HOST_FIELDS.map((f) => [f, spec[f]]));
  return { ...(struct(SPEC_BEFORE)(spec) as object), SecurityContext: struct(POD_SECURITY_CONTEXT)({ ...context, ...host }), ...(struct(SPEC_AFTER)(spec) as object) };
};

/** core.PodTemplateSpec: embedded metadata, then Spec. */
export const podTemplate: GoValue = (value) => {
  const template = (value ?? {}) as { readonly metadata?: unknown; readonly spec?: unknown };
  return { ...meta(template.metadata), Spec: podSpec(template.spec) };
};

