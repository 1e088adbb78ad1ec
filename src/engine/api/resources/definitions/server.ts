import { CREATE_ONLY, defineResources, partOf } from '../definition';

export const RBAC_RESOURCES = defineResources('rbac.authorization.k8s.io', 'v1', [
  { kind: 'ClusterRoleBinding', resource: 'clusterrolebindings', cluster: true, hash: '48tpQ8gZHFc=' },
  { kind: 'ClusterRole', resource: 'clusterroles', cluster: true, hash: 'bYE5ZWDrJ44=' },
  { kind: 'RoleBinding', resource: 'rolebindings', hash: 'eGsCzGH6b1g=' },
  { kind: 'Role', resource: 'roles', hash: '7FuwZcIIItM=' },
]);

export const AUTHENTICATION_RESOURCES = defineResources('authentication.k8s.io', 'v1', [
  { kind: 'SelfSubjectReview', resource: 'selfsubjectreviews', cluster: true, verbs: CREATE_ONLY },
  { kind: 'TokenReview', resource: 'tokenreviews', cluster: true, verbs: CREATE_ONLY },
]);

export const AUTHORIZATION_RESOURCES = defineResources('authorization.k8s.io', 'v1', [
  { kind: 'LocalSubjectAccessReview', resource: 'localsubjectaccessreviews', verbs: CREATE_ONLY },
  { kind: 'SelfSubjectAccessReview', resource: 'selfsubjectaccessreviews', cluster: true, verbs: CREATE_ONLY },
  { kind: 'SelfSubjectRulesReview', resource: 'selfsubjectrulesreviews', cluster: true, verbs: CREATE_ONLY },
  { kind: 'SubjectAccessReview', resource: 'subjectaccessreviews', cluster: true, verbs: CREATE_ONLY },
]);

export const CERTIFICATES_RESOURCES = defineResources('certificates.k8s.io', 'v1', [
  {
    kind: 'CertificateSigningRequest', resource: 'certificatesigningrequests', short: ['csr'], cluster: true, status: true, hash: '95fRKMXA+00=',
    more: [partOf('approval', 'certificates.k8s.io', 'v1', 'CertificateSigningRequest')],
  },
]);

const EXTENSIONS = ['api-extensions'];
export const ADMISSIONREGISTRATION_RESOURCES = defineResources('admissionregistration.k8s.io', 'v1', [
  { kind: 'MutatingAdmissionPolicy', resource: 'mutatingadmissionpolicies', cluster: true, categories: EXTENSIONS, hash: 'mHCkTKpUTrE=' },
  { kind: 'MutatingAdmissionPolicyBinding', resource: 'mutatingadmissionpolicybindings', cluster: true, categories: EXTENSIONS, hash: 'ZKgZT1uTmZ0=' },
  { kind: 'MutatingWebhookConfiguration', resource: 'mutatingwebhookconfigurations', cluster: true, categories: EXTENSIONS, hash: 'Sqi0GUgDaX0=' },
  { kind: 'ValidatingAdmissionPolicy', resource: 'validatingadmissionpolicies', cluster: true, categories: EXTENSIONS, status: true, hash: '6OxvlMmQ6is=' },
  { kind: 'ValidatingAdmissionPolicyBinding', resource: 'validatingadmissionpolicybindings', cluster: true, categories: EXTENSIONS, hash: 'v9715VZqakg=' },
  { kind: 'ValidatingWebhookConfiguration', resource: 'validatingwebhookconfigurations', cluster: true, categories: EXTENSIONS, hash: 'B0wHjQmsGNk=' },
]);

export const APIEXTENSIONS_RESOURCES = defineResources('apiextensions.k8s.io', 'v1', [
  { kind: 'CustomResourceDefinition', resource: 'customresourcedefinitions', short: ['crd', 'crds'], cluster: true, categories: EXTENSIONS, status: true, hash: 'M5uH+AlWATY=' },
]);

export const APIREGISTRATION_RESOURCES = defineResources('apiregistration.k8s.io', 'v1', [
  { kind: 'APIService', resource: 'apiservices', cluster: true, categories: EXTENSIONS, status: true, hash: 'InPBPD7+PqM=' },
]);

export const FLOWCONTROL_RESOURCES = defineResources('flowcontrol.apiserver.k8s.io', 'v1', [
  { kind: 'FlowSchema', resource: 'flowschemas', cluster: true, status: true, hash: 'GJVAJZSZBIw=' },
  { kind: 'PriorityLevelConfiguration', resource: 'prioritylevelconfigurations', cluster: true, status: true, hash: 'Kir5PVfvNeI=' },
]);
