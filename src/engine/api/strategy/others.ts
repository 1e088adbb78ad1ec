import { mapSame, set } from '../defaults/fill';
import type {
  CSIDriver, CertificateSigningRequest, CustomResourceDefinition, EndpointSlice, FlowSchema, HorizontalPodAutoscaler, Ingress, IngressClass, MutatingWebhookConfiguration, Namespace, NetworkPolicy,
  Node, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, PodDisruptionBudget, PriorityClass, PriorityLevelConfiguration, ResourceSlice, RuntimeClass, Secret, ServiceAccount,
  StorageClass, ValidatingAdmissionPolicy,
} from '../generated/types';
import { forKind, type KindStrategy, type StrategyContext } from './kind-strategy';
import { claimWarnings } from './warnings/claim';
import { deprecatedNodeLabel, nodeSelectorTermWarnings } from './warnings/node-labels';

/** pkg/registry of the kinds that are neither pods, services nor workloads. */
const spec = (object: { readonly spec?: unknown }): unknown => object.spec;
const KUBERNETES_FINALIZER = 'kubernetes';

/** Everything but type, metadata and status. */
function content(object: object): unknown {
  const { apiVersion: _a, kind: _k, metadata: _m, status: _s, ...rest } = object as { readonly [field: string]: unknown };
  return rest;
}

function createNamespace(namespace: Namespace): Namespace {
  const finalizers = namespace.spec.finalizers ?? [];
  const withFinalizer = finalizers.includes(KUBERNETES_FINALIZER) ? namespace.spec : { ...namespace.spec, finalizers: [...finalizers, KUBERNETES_FINALIZER] };
  return { ...namespace, spec: withFinalizer, status: { phase: 'Active' } };
}

const namespaceStrategy = forKind<Namespace>({
  create: createNamespace,
  update: (namespace, old) => set(namespace, 'spec', set(namespace.spec, 'finalizers', old.spec.finalizers)),
  subresources: { finalize: (namespace, old) => ({ ...namespace, status: old.status }) },
});

/** dataSource and dataSourceRef mirror each other, except for references into other namespaces. */
function claimSpec(given: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec | undefined): PersistentVolumeClaimSpec {
  let out = given;
  const { dataSource } = given;
  const known = dataSource && ((dataSource.kind === 'PersistentVolumeClaim' && !dataSource.apiGroup) || (dataSource.kind === 'VolumeSnapshot' && dataSource.apiGroup === 'snapshot.storage.k8s.io'));
  if (dataSource && !known && !given.dataSourceRef && !old?.dataSource && !old?.dataSourceRef) {
    const { dataSource: _dropped, ...rest } = given;
    out = rest;
  }
  const { dataSourceRef } = out;
  const copy = (ref: { readonly kind: string; readonly name: string; readonly apiGroup?: string }) => ({ kind: ref.kind, name: ref.name, ...(ref.apiGroup === undefined ? {} : { apiGroup: ref.apiGroup }) });
  if (out.dataSource && !dataSourceRef) return { ...out, dataSourceRef: copy(out.dataSource) };
  return dataSourceRef && !out.dataSource && !dataSourceRef.namespace ? { ...out, dataSource: copy(dataSourceRef) } : out;
}

const claimStrategy = forKind<PersistentVolumeClaim>({
  create: (claim) => ({ ...claim, spec: claimSpec(claim.spec, undefined), status: { phase: 'Pending' } }),
  update: (claim, old) => set(claim, 'spec', claimSpec(claim.spec, old.spec)),
  warnings: claimWarnings,
});

const volumeStrategy = forKind<PersistentVolume>({
  create: (volume, { now }) => ({ ...volume, status: { phase: 'Pending', lastPhaseTransitionTime: now } }),
  status: (volume, old, { now }) => {
    const time = volume.status.phase !== old.status.phase
      ? (volume.status.lastPhaseTransitionTime === old.status.lastPhaseTransitionTime ? now : volume.status.lastPhaseTransitionTime ?? now)
      : volume.status.lastPhaseTransitionTime ?? old.status.lastPhaseTransitionTime;
    return set(volume, 'status', set(volume.status, 'lastPhaseTransitionTime', time));
  },
  warnings: volumeWarnings,
});

function volumeWarnings(volume: PersistentVolume): readonly string[] {
  const source = volume.spec;
  const deprecated: readonly (readonly [keyof typeof source, string])[] = [
    ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'], ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'], ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
    ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'], ['rbd', 'deprecated in v1.28, non-functional in v1.31+'], ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ];
  const annotation = 'volume.beta.kubernetes.io/storage-class';
  return [
    ...(volume.metadata.annotations?.[annotation] === undefined ? [] : [`metadata.annotations[${annotation}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
    ...(source.persistentVolumeReclaimPolicy === 'Recycle' ? ['spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'] : []),
    ...(source.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, i) => nodeSelectorTermWarnings(`spec.nodeAffinity.required.nodeSelectorTerms[${i}]`, term, false)),
    ...deprecated.flatMap(([field, message]) => (source[field] === undefined ? [] : [`spec.${field}: ${message}`])),
  ];
}

const nodeStrategy = forKind<Node>({ keepStatusOnCreate: true, warnings: (node) => (node.spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []) });

/** A request carries the identity of who made it, not what it claims. */
function createSigningRequest(csr: CertificateSigningRequest, { user }: StrategyContext): CertificateSigningRequest {
  const { username: _u, uid: _i, groups: _g, extra: _e, ...rest } = csr.spec;
  const identity = user ? { username: user.name, ...(user.uid ? { uid: user.uid } : {}), ...(user.groups?.length ? { groups: user.groups } : {}), ...(user.extra ? { extra: user.extra } : {}) } : {};
  return { ...csr, spec: { ...rest, ...identity } };
}

const isApproval = (condition: { readonly type: string }): boolean => condition.type === 'Approved' || condition.type === 'Denied';

/** The status keeps approvals and denials; the approval changes only conditions. */
const signingRequestStrategy = forKind<CertificateSigningRequest>({
  create: createSigningRequest,
  update: (csr, old) => set(csr, 'spec', old.spec),
  status: (csr, old) => {
    const conditions = [...(csr.status.conditions ?? []).filter((c) => !isApproval(c)), ...(old.status.conditions ?? []).filter(isApproval)];
    return set(csr, 'status', { ...csr.status, ...(conditions.length ? { conditions } : {}) });
  },
  subresources: { approval: (csr, old) => ({ ...csr, spec: old.spec, status: { ...old.status, ...(csr.status.conditions ? { conditions: csr.status.conditions } : {}) } }) },
});

const serviceAccountStrategy = forKind<ServiceAccount>({
  create: onlyNamesOfSecrets, update: onlyNamesOfSecrets,
});

function onlyNamesOfSecrets(account: ServiceAccount): ServiceAccount {
  return set(account, 'secrets', mapSame(account.secrets, (ref) => (Object.keys(ref).every((key) => key === 'name') ? ref : { ...(ref.name === undefined ? {} : { name: ref.name }) })));
}

const secretStrategy = forKind<Secret>({ update: (secret, old) => (secret.type ? secret : set(secret, 'type', old.type)) });

function ingressWarnings(ingress: Ingress): readonly string[] {
  return ingress.metadata.annotations?.['kubernetes.io/ingress.class'] === undefined ? [] : ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead'];
}

/** The version that is stored is on record. */
function storedVersions(crd: CustomResourceDefinition): CustomResourceDefinition {
  const stored = crd.spec.versions?.find((v) => v.storage)?.name;
  const known = crd.status.storedVersions ?? [];
  return !stored || known.includes(stored) ? crd : { ...crd, status: { ...crd.status, storedVersions: [...known, stored] } };
}

function storageClassWarnings(storage: StorageClass): readonly string[] {
  return (storage.allowedTopologies ?? []).flatMap((topology, i) => (topology.matchLabelExpressions ?? []).flatMap((e, j) => {
    const message = deprecatedNodeLabel(e.key);
    return message ? [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${message}`] : [];
  }));
}

function runtimeClassWarnings(runtime: RuntimeClass): readonly string[] {
  return Object.keys(runtime.scheduling?.nodeSelector ?? {}).flatMap((label) => { const message = deprecatedNodeLabel(label); return message ? [`scheduling.nodeSelector: ${message}`] : []; });
}

/** Kinds whose status cannot change metadata. */
const WITHOUT_METADATA = ['labels', 'annotations', 'finalizers', 'ownerReferences'];

const withSpecGeneration = forKind<{ readonly spec?: unknown }>({ generation: spec });
const withContentGeneration = forKind<object>({ generation: content });

export const OTHER_STRATEGIES: { readonly [groupKind: string]: KindStrategy } = {
  '/Namespace': namespaceStrategy, '/Node': nodeStrategy, '/PersistentVolume': volumeStrategy, '/PersistentVolumeClaim': claimStrategy, '/Secret': secretStrategy, '/ServiceAccount': serviceAccountStrategy,
  'autoscaling/HorizontalPodAutoscaler': forKind<HorizontalPodAutoscaler>({}), 'policy/PodDisruptionBudget': forKind<PodDisruptionBudget>({ generation: spec }),
  'networking.k8s.io/Ingress': forKind<Ingress>({ generation: spec, warnings: (ingress, old) => (old ? [] : ingressWarnings(ingress)) }),
  'networking.k8s.io/IngressClass': forKind<IngressClass>({ generation: spec }), 'networking.k8s.io/NetworkPolicy': forKind<NetworkPolicy>({ generation: spec }),
  'scheduling.k8s.io/PriorityClass': forKind<PriorityClass>({ generation: content }),
  'storage.k8s.io/StorageClass': forKind<StorageClass>({ warnings: storageClassWarnings }), 'storage.k8s.io/CSIDriver': forKind<CSIDriver>({ generation: spec }),
  'node.k8s.io/RuntimeClass': forKind<RuntimeClass>({ warnings: runtimeClassWarnings }),
  'discovery.k8s.io/EndpointSlice': forKind<EndpointSlice>({ generation: (slice) => [content(slice), slice.metadata.labels] }),
  'certificates.k8s.io/CertificateSigningRequest': signingRequestStrategy,
  'apiextensions.k8s.io/CustomResourceDefinition': forKind<CustomResourceDefinition>({ generation: spec, create: storedVersions, update: storedVersions, metadataKeptByStatus: WITHOUT_METADATA }),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': forKind<MutatingWebhookConfiguration>({ generation: (c) => c.webhooks }),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': withContentGeneration,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': forKind<ValidatingAdmissionPolicy>({ generation: spec, metadataKeptByStatus: WITHOUT_METADATA }),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': withSpecGeneration, 'admissionregistration.k8s.io/MutatingAdmissionPolicy': withSpecGeneration,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': withSpecGeneration,
  'apiregistration.k8s.io/APIService': forKind<object>({ metadataKeptByStatus: WITHOUT_METADATA }),
  'flowcontrol.apiserver.k8s.io/FlowSchema': forKind<FlowSchema>({ generation: spec, metadataKeptByStatus: WITHOUT_METADATA }),
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': forKind<PriorityLevelConfiguration>({ generation: spec, metadataKeptByStatus: WITHOUT_METADATA }),
  'resource.k8s.io/ResourceSlice': forKind<ResourceSlice>({ generation: spec }), 'resource.k8s.io/DeviceClass': withSpecGeneration,
};
