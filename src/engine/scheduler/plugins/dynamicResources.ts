import type { DeviceClass, Pod, ResourceResourceClaim } from '../../api/generated/types';
import { compileNodeSelector, type NodeSelectorMatcher } from '../../api/nodeSelectors';
import { Action } from '../events';
import {
  errorStatus, SKIP, StateKey, unresolvable, unschedulable, type CycleState, type EventRegistration, type Handle, type Plugin, type PostFilterResult, type QueueingHint, type Status,
} from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { ownUpdate } from './schedulingGates';

interface State {
  readonly claims: readonly ResourceResourceClaim[];
  /** Where allocated claims can be used; undefined: anywhere. */
  readonly usable: readonly (NodeSelectorMatcher | undefined)[];
  readonly unallocated: number;
}

const STATE = new StateKey<State>('DynamicResources');

/**
 * Dynamic resource allocation as far as it shows: pods wait for their claims, allocated claims hold pods to nodes. Devices are not
 * allocated, so that a claim without allocation is refused as one for which there is no device.
 */
export class DynamicResources implements Plugin {
  readonly name = 'DynamicResources';
  readonly #elsewhere = unresolvable(this.name, 'resourceclaim not available on the node');
  readonly #noDevice = unresolvable(this.name, 'cannot allocate all claims');
  constructor(readonly handle: Handle) {}

  preEnqueue(pod: PodInfo): Status | undefined {
    const claims = this.#claimsOf(pod.pod);
    return typeof claims === 'string' ? unresolvable(this.name, claims) : undefined;
  }

  /** The pod's claims, or why it must wait for one. */
  #claimsOf(pod: Pod): readonly ResourceResourceClaim[] | string {
    const result: ResourceResourceClaim[] = [];
    const namespace = pod.metadata.namespace ?? '';
    for (const reference of pod.spec?.resourceClaims ?? []) {
      const made = pod.status?.resourceClaimStatuses?.find((status) => status.name === reference.name);
      if (!reference.resourceClaimName && !made) return `pod "${namespace}/${pod.metadata.name}": ResourceClaim not created yet`;
      const name = reference.resourceClaimName ?? made?.resourceClaimName;
      // A template may turn out to need no claim.
      if (!name) continue;
      const claim = this.handle.listers.resourceClaim(namespace, name);
      if (!claim) return `could not find ResourceClaim "${namespace}/${name}": object not found`;
      if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim "${name}" is being deleted`;
      result.push(claim);
    }
    return result;
  }

  preFilter(state: CycleState, pod: PodInfo): Status | undefined {
    const claims = pod.pod.spec?.resourceClaims?.length ? this.#claimsOf(pod.pod) : [];
    if (typeof claims === 'string') return unresolvable(this.name, claims);
    const unallocated = claims.filter((claim) => !claim.status?.allocation);
    state.write(STATE, { claims, usable: claims.map(usableOn), unallocated: unallocated.length });
    if (claims.length === 0) return SKIP;
    for (const claim of unallocated) {
      const problem = this.#invalidRequest(claim);
      if (problem) return problem;
    }
    return undefined;
  }

  #invalidRequest(claim: ResourceResourceClaim): Status | undefined {
    for (const request of claim.spec.devices?.requests ?? []) {
      const wanted = request.exactly
        ? [{ className: request.exactly.deviceClassName, name: request.name }]
        : (request.firstAvailable ?? []).map((sub) => ({ className: sub.deviceClassName, name: `${request.name}/${sub.name}` }));
      for (const { className, name } of wanted) {
        if (!className) return errorStatus(this.name, `request ${name}: unsupported request type`);
        const found: DeviceClass | undefined = this.handle.listers.deviceClass(className);
        if (!found) return unresolvable(this.name, `request ${name}: device class ${className} does not exist`);
      }
    }
    return undefined;
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Status | undefined {
    const data = state.read(STATE);
    if (!data || !node.node) return undefined;
    for (const usable of data.usable) if (usable && !usable.matches(node.node)) return this.#elsewhere;
    return data.unallocated > 0 ? this.#noDevice : undefined;
  }

  postFilter(state: CycleState): PostFilterResult {
    const data = state.read(STATE);
    // A PreFilter plugin before this one has refused the pod: there is no state to read.
    if (!data) return { status: errorStatus(this.name, 'not found') };
    return { status: unschedulable(this.name, data.claims.length === 0 ? 'no new claims to deallocate' : 'still not schedulable') };
  }

  score(): void { /* No allocation is made that could be scored. */ }
  preScore(state: CycleState): Status | undefined { return state.read(STATE)?.claims.length ? undefined : SKIP; }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeLabel | Action.UpdateNodeAllocatable } },
      { event: { resource: 'ResourceClaim', action: Action.Add | Action.Update }, hint: (pod, _old, claim) => this.#afterClaimChange(pod, claim as ResourceResourceClaim) },
      { event: { resource: 'Pod', action: Action.UpdatePodGeneratedResourceClaim }, hint: ownUpdate },
      { event: { resource: 'DeviceClass', action: Action.Add | Action.Update } },
      { event: { resource: 'ResourceSlice', action: Action.Add | Action.Update } },
    ];
  }

  #afterClaimChange(pod: Pod, claim: ResourceResourceClaim): QueueingHint {
    if (claim.metadata.namespace !== pod.metadata.namespace) return 'Skip';
    const claims = this.#claimsOf(pod);
    return typeof claims !== 'string' && claims.some((own) => own.metadata.name === claim.metadata.name) ? 'Queue' : 'Skip';
  }
}

function usableOn(claim: ResourceResourceClaim): NodeSelectorMatcher | undefined {
  const selector = claim.status?.allocation?.nodeSelector;
  return selector && compileNodeSelector(selector);
}
