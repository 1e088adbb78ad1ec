import { apiVersionOf } from '../object';

/** An API version that Kubernetes v1.36 no longer serves: the release that stopped serving it and what to write instead. */
export interface RemovedVersion {
  readonly apiVersion: string;
  readonly kind: string;
  /** "1.16" */
  readonly removedIn: string;
  /** Undefined where nothing replaces it. */
  readonly replacement?: { readonly apiVersion: string; readonly kind: string };
}

/** apiVersion, kinds, release, replacing apiVersion ("" for none). */
const TABLE: readonly (readonly [string, string, string, string])[] = [
  ['admissionregistration.k8s.io/v1alpha1', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding', '1.32', 'admissionregistration.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', 'MutatingWebhookConfiguration ValidatingWebhookConfiguration', '1.22', 'admissionregistration.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding', '1.34', 'admissionregistration.k8s.io/v1'],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.22', 'apiextensions.k8s.io/v1'],
  ['apiregistration.k8s.io/v1beta1', 'APIService', '1.22', 'apiregistration.k8s.io/v1'],
  ['apps/v1beta1', 'ControllerRevision Deployment StatefulSet', '1.16', 'apps/v1'],
  ['apps/v1beta1', 'Scale', '1.16', 'autoscaling/v1'],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', '1.16', 'apps/v1'],
  ['apps/v1beta2', 'Scale', '1.16', 'autoscaling/v1'],
  ['authentication.k8s.io/v1alpha1', 'SelfSubjectReview', '1.32', 'authentication.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'SelfSubjectReview', '1.33', 'authentication.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'TokenReview', '1.22', 'authentication.k8s.io/v1'],
  ['authorization.k8s.io/v1beta1', 'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview', '1.22', 'authorization.k8s.io/v1'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', '1.25', 'autoscaling/v2'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.26', 'autoscaling/v2'],
  ['batch/v1beta1', 'CronJob', '1.25', 'batch/v1'],
  ['batch/v2alpha1', 'CronJob', '1.21', 'batch/v1'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', '1.22', 'certificates.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', 'Lease', '1.22', 'coordination.k8s.io/v1'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', '1.25', 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', 'Event', '1.25', 'events.k8s.io/v1'],
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', '1.16', 'apps/v1'],
  ['extensions/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', '1.16', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'PodSecurityPolicy', '1.16', ''],
  ['extensions/v1beta1', 'Scale', '1.16', 'autoscaling/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta1', 'FlowSchema PriorityLevelConfiguration', '1.26', 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta2', 'FlowSchema PriorityLevelConfiguration', '1.29', 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema PriorityLevelConfiguration', '1.32', 'flowcontrol.apiserver.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'Ingress IngressClass', '1.22', 'networking.k8s.io/v1'],
  ['node.k8s.io/v1alpha1', 'RuntimeClass', '1.22', 'node.k8s.io/v1'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', '1.25', 'node.k8s.io/v1'],
  ['policy/v1beta1', 'Eviction PodDisruptionBudget', '1.25', 'policy/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.25', ''],
  ['rbac.authorization.k8s.io/v1alpha1', 'ClusterRole ClusterRoleBinding Role RoleBinding', '1.22', 'rbac.authorization.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole ClusterRoleBinding Role RoleBinding', '1.22', 'rbac.authorization.k8s.io/v1'],
  ['scheduling.k8s.io/v1alpha1', 'PriorityClass', '1.22', 'scheduling.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.22', 'scheduling.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity VolumeAttachment', '1.24', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttributesClass', '1.35', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIDriver CSINode StorageClass VolumeAttachment', '1.22', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.27', 'storage.k8s.io/v1'],
];

const byKind = new Map<string, RemovedVersion>();
for (const [apiVersion, kinds, removedIn, replacement] of TABLE) {
  for (const kind of kinds.split(' ')) byKind.set(`${apiVersion}/${kind}`, { apiVersion, kind, removedIn, ...(replacement ? { replacement: { apiVersion: replacement, kind } } : {}) });
}

/** The entry of a removed version, or undefined for what is served or unknown. */
export function removedVersion(apiVersion: string, kind: string): RemovedVersion | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** True where the Go types of that version still exist, so that the API server can read the object although it does not serve it. */
export function isKnownToScheme(group: string, version: string, kind: string): boolean {
  return byKind.has(`${apiVersionOf({ group, version })}/${kind}`) && !(group === 'autoscaling' || kind === 'PodSecurityPolicy' || version === 'v2alpha1');
}

/** In the words of the API server's own deprecation warnings: "apps/v1beta2 Deployment is deprecated in v1.9+, unavailable in v1.16+; use apps/v1 Deployment". */
export function removedVersionWarning(removed: RemovedVersion): string {
  const use = removed.replacement ? `; use ${removed.replacement.apiVersion} ${removed.replacement.kind}` : '';
  return `${removed.apiVersion} ${removed.kind} is unavailable in v${removed.removedIn}+${use}`;
}
