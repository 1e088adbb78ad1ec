import type { AuthenticationTokenRequest, Node, PersistentVolumeClaim, Pod } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { notFound, quote, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { nodeOf } from '../authorization/nodeAuthorizer';
import { configMapNames, secretNames } from '../podReferences';
import { denied } from './denied';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';
import { MIRROR_ANNOTATION } from './serviceAccount';

const RESTRICTED = new Set(['/pods', '/nodes', '/persistentvolumeclaims', '/serviceaccounts', 'coordination.k8s.io/leases', 'storage.k8s.io/csinodes']);

/** NodeRestriction: a kubelet writes its own node, lease and CSINode, and the pods that are bound to it, and nothing else of theirs. */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ user, definition }) => RESTRICTED.has(`${definition.group}/${definition.resource}`) && nodeOf(user) !== undefined,
  admit: (attributes, environment) => refusal(attributes, environment) ?? attributes.object,
  // What is deleted is seen by the validating plugins only.
  validate: (attributes, environment) => (attributes.operation === 'DELETE' ? refusal(attributes, environment) : undefined),
};

type Refusal = string | Status | undefined;

function refusal(attributes: AdmissionAttributes, environment: AdmissionEnvironment): Status | undefined {
  const node = nodeOf(attributes.user) ?? '';
  const why = node === '' ? `could not determine node from user ${quote(attributes.user.username)}` : whyNot(node, attributes, environment);
  return typeof why === 'string' ? denied(attributes, why) : why;
}

function whyNot(node: string, attributes: AdmissionAttributes, environment: AdmissionEnvironment): Refusal {
  const { definition, subresource, operation, namespace, name, object } = attributes;
  switch (`${definition.group}/${definition.resource}`) {
    case '/pods': return podRefusal(node, attributes, environment);
    case '/nodes': return nodeRefusal(node, attributes);
    case '/persistentvolumeclaims': return subresource === 'status' ? claimRefusal(node, attributes) : 'may only update PVC status';
    case '/serviceaccounts': return operation === 'CREATE' && subresource === 'token' ? tokenRefusal(node, attributes, environment) : undefined;
    case 'coordination.k8s.io/leases':
      if (namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace';
      return (object?.metadata.name ?? name) === node ? undefined : 'can only access node lease with the same name as the requesting node';
    case 'storage.k8s.io/csinodes': return (object?.metadata.name ?? name) === node ? undefined : 'can only access CSINode with the same name as the requesting node';
    default: return undefined;
  }
}

function podRefusal(node: string, attributes: AdmissionAttributes, environment: AdmissionEnvironment): Refusal {
  const { subresource, operation, namespace, name } = attributes;
  const existing = (): Pod | undefined => environment.get('', 'pods', namespace, name) as unknown as Pod | undefined;
  switch (subresource) {
    case '':
      if (operation === 'CREATE') return mirrorRefusal(node, attributes.object as unknown as Pod, environment);
      if (operation !== 'DELETE') return `unexpected operation ${quote(operation)}, node ${quote(node)} can only create and delete mirror pods`;
      return boundTo(node, existing(), name, `node ${quote(node)} can only delete pods with spec.nodeName set to itself`);
    case 'status': return operation === 'UPDATE' ? statusRefusal(node, attributes) : `unexpected operation ${quote(operation)}`;
    case 'eviction': return operation === 'CREATE' ? boundTo(node, existing(), name, `node ${node} can only evict pods with spec.nodeName set to itself`) : `unexpected operation ${operation}`;
    default: return `unexpected pod subresource ${quote(subresource)}, only 'status' and 'eviction' are allowed`;
  }
}

function boundTo(node: string, pod: Pod | undefined, name: string, otherwise: string): Refusal {
  if (!pod) return notFound({ group: '', resource: 'pods' }, name);
  return pod.spec.nodeName === node ? undefined : otherwise;
}

function statusRefusal(node: string, { object, oldObject }: AdmissionAttributes): Refusal {
  const pod = object as unknown as Pod, old = oldObject as unknown as Pod;
  if (old.spec.nodeName !== node) return `node ${quote(node)} can only update pod status for pods with spec.nodeName set to itself`;
  if (!semanticEqual(pod.metadata.labels, old.metadata.labels)) return `node ${quote(node)} cannot update labels through pod status`;
  return semanticEqual(pod.status?.resourceClaimStatuses, old.status?.resourceClaimStatuses) ? undefined : `node ${quote(node)} cannot update resource claim statues`;
}

/** A kubelet creates pods only to show those it runs from files. */
function mirrorRefusal(node: string, pod: Pod, environment: AdmissionEnvironment): Refusal {
  const me = `node ${quote(node)}`;
  if (pod.metadata.annotations?.[MIRROR_ANNOTATION] === undefined) return `pod does not have "${MIRROR_ANNOTATION}" annotation, ${me} can only create mirror pods`;
  if (pod.spec.nodeName !== node) return `${me} can only create pods with spec.nodeName set to itself`;
  const [owner, ...others] = pod.metadata.ownerReferences ?? [];
  if (others.length > 0) return `${me} can only create pods with a single owner reference set to itself`;
  if (!owner || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) return `${me} can only create pods with an owner reference set to itself`;
  if (!owner.controller) return `${me} can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `${me} must not set blockOwnerDeletion on an owner reference`;
  const stored = environment.get('', 'nodes', '', node);
  if (!stored) return notFound({ group: '', resource: 'nodes' }, node);
  if (owner.uid !== stored.metadata.uid) return `node ${node} UID mismatch: expected ${owner.uid} got ${stored.metadata.uid}`;
  return foreignReference(me, pod);
}

function foreignReference(me: string, { spec }: Pod): string | undefined {
  const volumes = spec.volumes ?? [];
  if (spec.serviceAccountName) return `${me} can not create pods that reference a service account`;
  if (secretNames(spec).size > 0) return `${me} can not create pods that reference secrets`;
  if (configMapNames(spec).size > 0) return `${me} can not create pods that reference configmaps`;
  if (volumes.some((v) => v.projected?.sources?.some((s) => s.clusterTrustBundle))) return `${me} can not create pods that reference clustertrustbundles`;
  if (volumes.some((v) => v.persistentVolumeClaim)) return `${me} can not create pods that reference persistentvolumeclaims`;
  return undefined;
}

function nodeRefusal(name: string, attributes: AdmissionAttributes): Refusal {
  const { operation, object, oldObject } = attributes;
  const me = `node ${quote(name)}`;
  const requested = attributes.name || object?.metadata.name || '';
  if (requested !== name) return `${me} is not allowed to modify node ${quote(requested)}`;
  const node = object as unknown as Node | undefined, old = oldObject as unknown as Node | undefined;
  if (operation === 'CREATE') {
    if (node?.spec?.configSource) return `${me} is not allowed to create pods with a non-nil configSource`;
    const forbidden = forbiddenLabels(node?.metadata.labels, undefined);
    return forbidden.length > 0 ? `${me} is not allowed to set the following labels: ${forbidden.join(', ')}` : undefined;
  }
  if (operation !== 'UPDATE') return undefined;
  if (node?.spec?.configSource && !semanticEqual(node.spec.configSource, old?.spec?.configSource)) return `${me} is not allowed to update configSource to a new non-nil configSource`;
  if (!semanticEqual(node?.spec?.taints, old?.spec?.taints)) return `${me} is not allowed to modify taints`;
  const forbidden = forbiddenLabels(node?.metadata.labels, old?.metadata.labels);
  return forbidden.length > 0 ? `is not allowed to modify labels: ${forbidden.join(', ')}` : undefined;
}

/** kubeletapis.KubeletLabels and its label namespaces: what a kubelet knows about its node. */
const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region', 'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type', 'kubernetes.io/os', 'kubernetes.io/arch', 'beta.kubernetes.io/os', 'beta.kubernetes.io/arch', 'node.kubernetes.io/windows-build',
]);
const within = (namespace: string, domain: string): boolean => namespace === domain || namespace.endsWith(`.${domain}`);

type Labels = { readonly [key: string]: string } | undefined;

/** Labels that a kubelet must not change: they could draw other nodes' pods to it. */
function forbiddenLabels(labels: Labels, old: Labels): readonly string[] {
  const changed = Object.keys({ ...labels, ...old }).filter((key) => labels?.[key] !== old?.[key]);
  return changed.filter((key) => {
    const slash = key.indexOf('/');
    const namespace = slash < 0 ? '' : key.slice(0, slash);
    if (within(namespace, 'node-restriction.kubernetes.io')) return true;
    if (!within(namespace, 'kubernetes.io') && !within(namespace, 'k8s.io')) return false;
    return !KUBELET_LABELS.has(key) && !within(namespace, 'kubelet.kubernetes.io') && !within(namespace, 'node.kubernetes.io');
  }).sort();
}

function claimRefusal(node: string, { operation, object, oldObject }: AdmissionAttributes): Refusal {
  if (operation !== 'UPDATE') return `unexpected operation ${quote(operation)}`;
  const rest = (o: KubernetesObject | undefined): unknown => {
    const { metadata, status, ...fields } = o as unknown as PersistentVolumeClaim;
    const { resourceVersion: _, managedFields: __, ...kept } = metadata;
    const { capacity: _c, conditions: _d, allocatedResources: _r, allocatedResourceStatuses: _s, ...others } = status ?? {};
    return { ...fields, metadata: kept, status: others };
  };
  return semanticEqual(rest(object), rest(oldObject)) ? undefined : `node ${quote(node)} is not allowed to update fields other than status.capacity and status.conditions`;
}

/** A kubelet asks for tokens of the accounts of its pods only, bound to such a pod. */
function tokenRefusal(node: string, { object, namespace }: AdmissionAttributes, environment: AdmissionEnvironment): Refusal {
  const reference = (object as unknown as AuthenticationTokenRequest).spec?.boundObjectRef;
  if (!reference || reference.apiVersion !== 'v1' || reference.kind !== 'Pod' || !reference.name) return 'node requested token not bound to a pod';
  if (!reference.uid) return 'node requested token with a pod binding without a uid';
  const pod = environment.get('', 'pods', namespace, reference.name) as unknown as Pod | undefined;
  if (!pod) return notFound({ group: '', resource: 'pods' }, reference.name);
  if (reference.uid !== pod.metadata.uid) return `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return pod.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node';
}
