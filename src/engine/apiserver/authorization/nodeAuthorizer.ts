import type { PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttachment } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { claimNames, configMapNames, secretNames } from '../podReferences';
import type { UserInfo } from '../request';
import { NODE_RULES } from './nodeRules';
import { covers, type AuthorizationRequest, type AuthorizationVerdict } from './rbac';

const PREFIX = 'system:node:';

/** The node that a user is the kubelet of: undefined for users that are no nodes. */
export function nodeOf(user: UserInfo): string | undefined {
  return user.username.startsWith(PREFIX) && user.groups.includes('system:nodes') ? user.username.slice(PREFIX.length) : undefined;
}

/** Where the authorizer looks up what a node's pods refer to: the API server's own caches. */
export interface NodeSource {
  get(group: string, resource: string, namespace: string, name: string): KubernetesObject | undefined;
  inNamespace(group: string, resource: string, namespace: string): Iterable<KubernetesObject>;
}

const ALLOWED: AuthorizationVerdict = { allowed: true, reason: '' };
const no = (reason = ''): AuthorizationVerdict => ({ allowed: false, reason });

/** The Node authorizer: a kubelet may read what the pods of its node refer to, and write its own node, lease and pods' status. */
export class NodeAuthorizer {
  constructor(private readonly source: NodeSource) {}

  authorize(user: UserInfo, request: AuthorizationRequest): AuthorizationVerdict {
    const node = nodeOf(user);
    if (node === undefined) return no();
    if (request.path === undefined) {
      switch (`${request.group}/${request.resource}`) {
        case '/pods': return this.pod(node, request);
        case '/nodes': return ownNode(node, request);
        case 'coordination.k8s.io/leases': return ownLease(node, request);
        case '/secrets': return this.readable(node, request, (pod) => secretNames(pod.spec));
        case '/configmaps': return this.readable(node, request, (pod) => configMapNames(pod.spec));
        case '/persistentvolumeclaims': return this.claim(node, request);
        case '/persistentvolumes': return this.gettable(node, request, () => this.volumeUsed(node, request.name));
        case 'storage.k8s.io/volumeattachments': return this.gettable(node, request, () => (this.source.get('storage.k8s.io', 'volumeattachments', '', request.name) as unknown as VolumeAttachment | undefined)?.spec.nodeName === node);
        case 'resource.k8s.io/resourceclaims': return this.gettable(node, request, () => this.refers(node, request, resourceClaimsOf));
        case '/serviceaccounts': return this.account(node, request);
        case 'storage.k8s.io/csinodes': return ownCsiNode(node, request);
        case 'resource.k8s.io/resourceslices': return this.slice(node, request);
      }
    }
    return NODE_RULES.some((rule) => covers(rule, request)) ? ALLOWED : no();
  }

  private pod(node: string, request: AuthorizationRequest): AuthorizationVerdict {
    const { verb, subresource } = request;
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : no();
    if (subresource === 'eviction') return verb === 'create' ? ALLOWED : no();
    if (subresource !== '') return no();
    if (verb === 'create' || verb === 'delete') return ALLOWED;
    const own = (): boolean => (this.source.get('', 'pods', request.namespace, request.name) as unknown as Pod | undefined)?.spec.nodeName === node;
    if (verb === 'get') return this.gettable(node, request, own);
    if (verb !== 'list' && verb !== 'watch') return no();
    if (selects(request, 'spec.nodeName', node)) return ALLOWED;
    return request.name !== '' ? related(node, own()) : no('can only list/watch pods with spec.nodeName field selector');
  }

  private claim(node: string, request: AuthorizationRequest): AuthorizationVerdict {
    const used = (): boolean => this.refers(node, request, (pod) => claimNames(pod.metadata.name, pod.spec));
    if (request.subresource !== 'status') return this.gettable(node, request, used);
    return request.verb === 'update' || request.verb === 'patch' ? this.named(node, request, used) : no('can only get/update/patch this type');
  }

  private account(node: string, request: AuthorizationRequest): AuthorizationVerdict {
    const used = (): boolean => this.refers(node, request, (pod) => new Set([pod.spec.serviceAccountName ?? '']));
    if (request.verb === 'get') return this.gettable(node, request, used);
    if (request.verb !== 'create' || request.name === '') return no('can only create tokens for individual service accounts');
    return request.subresource === 'token' ? related(node, used()) : no('can only create token subresource of serviceaccount');
  }

  private slice(node: string, request: AuthorizationRequest): AuthorizationVerdict {
    if (request.subresource !== '') return no('cannot authorize ResourceSlice subresources');
    switch (request.verb) {
      case 'create': return ALLOWED;
      case 'get': case 'update': case 'patch': case 'delete':
        return this.named(node, request, () => (this.source.get('resource.k8s.io', 'resourceslices', '', request.name)?.spec as { readonly nodeName?: string } | undefined)?.nodeName === node);
      case 'list': case 'watch': case 'deletecollection':
        return selects(request, 'spec.nodeName', node) ? ALLOWED : no('can only list/watch/deletecollection resourceslices with nodeName field selector');
      default: return no('only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection');
    }
  }

  /** authorizeReadNamespacedObject: single objects, by get, list and watch. */
  private readable(node: string, request: AuthorizationRequest, references: (pod: Pod) => ReadonlySet<string>): AuthorizationVerdict {
    if (request.verb !== 'get' && request.verb !== 'list' && request.verb !== 'watch') return no('can only read resources of this type');
    if (request.subresource !== '') return no('cannot read subresource');
    if (request.namespace === '') return no('can only read namespaced object of this type');
    return this.named(node, request, () => this.refers(node, request, references));
  }

  private gettable(node: string, request: AuthorizationRequest, isRelated: () => boolean): AuthorizationVerdict {
    if (request.verb !== 'get') return no('can only get individual resources of this type');
    if (request.subresource !== '') return no('cannot get subresource');
    return this.named(node, request, isRelated);
  }

  private named(node: string, request: AuthorizationRequest, isRelated: () => boolean): AuthorizationVerdict {
    return request.name === '' ? no('No Object name found') : related(node, isRelated());
  }

  /** Whether a pod of the node, in the object's namespace, refers to it. */
  private refers(node: string, { namespace, name }: AuthorizationRequest, references: (pod: Pod) => ReadonlySet<string>): boolean {
    for (const object of this.source.inNamespace('', 'pods', namespace)) {
      const pod = object as unknown as Pod;
      if (pod.spec.nodeName === node && references(pod).has(name)) return true;
    }
    return false;
  }

  private volumeUsed(node: string, name: string): boolean {
    const claim = (this.source.get('', 'persistentvolumes', '', name) as unknown as PersistentVolume | undefined)?.spec.claimRef;
    if (!claim?.namespace || !claim.name) return false;
    const bound = this.source.get('', 'persistentvolumeclaims', claim.namespace, claim.name) as unknown as PersistentVolumeClaim | undefined;
    return bound?.spec.volumeName === name && this.refers(node, { verb: 'get', group: '', resource: '', subresource: '', namespace: claim.namespace, name: claim.name }, (pod) => claimNames(pod.metadata.name, pod.spec));
  }
}

const related = (node: string, isRelated: boolean): AuthorizationVerdict => (isRelated ? ALLOWED : no(`no relationship found between node '${node}' and this object`));

const resourceClaimsOf = (pod: Pod): ReadonlySet<string> =>
  new Set([...(pod.spec.resourceClaims ?? []).map((c) => c.resourceClaimName ?? ''), ...(pod.status?.resourceClaimStatuses ?? []).map((s) => s.resourceClaimName ?? '')]);

/** Whether a list or watch is limited to one value of a field. */
function selects({ fieldSelector = '' }: AuthorizationRequest, field: string, value: string): boolean {
  return fieldSelector.split(',').some((term) => term === `${field}=${value}` || term === `${field}==${value}`);
}

function ownNode(node: string, { verb, subresource, name }: AuthorizationRequest): AuthorizationVerdict {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : no();
  if (subresource !== '') return no();
  if (verb === 'create' || verb === 'update' || verb === 'patch') return ALLOWED;
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return no();
  if (name === node) return ALLOWED;
  return no(name === '' ? `node '${node}' cannot read all nodes, only its own Node object` : `node '${node}' cannot read '${name}', only its own Node object`);
}

const OWN_OBJECT_VERBS = new Set(['get', 'create', 'update', 'patch', 'delete']);

function ownLease(node: string, { verb, namespace, name }: AuthorizationRequest): AuthorizationVerdict {
  if (!OWN_OBJECT_VERBS.has(verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace');
  return verb === 'create' || name === node ? ALLOWED : no('can only access node lease with the same name as the requesting node');
}

function ownCsiNode(node: string, { verb, subresource, name }: AuthorizationRequest): AuthorizationVerdict {
  if (!OWN_OBJECT_VERBS.has(verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return no('cannot authorize CSINode subresources');
  return verb === 'create' || name === node ? ALLOWED : no('can only access CSINode with the same name as the requesting node');
}
