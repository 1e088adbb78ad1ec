import type { CSIDriver, CSINode, CSIStorageCapacity, Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/generated/types';
import { quantityValue } from '../../api/quantity';
import { compileLabelSelector } from '../../api/selectors';
import { Action, sameValue } from '../events';
import { errorStatus, SKIP, StateKey, unresolvable, type ApiWrite, type CycleState, type EventRegistration, type Handle, type Plugin, type QueueingHint, Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { AssumedVolumes } from './assumedVolumes';
import { bindsLate, claimClass, claimKey, claimNameOf, ephemeralMismatch, findMatchingVolume, isFullyBound, requestedStorage, SELECTED_NODE, usesClaim, volumeClass, volumeFitsNode } from './volumes';

/** What placing the pod on one node means for its claims. */
interface PodVolumes {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

interface State {
  readonly bound: readonly PersistentVolumeClaim[];
  readonly unbound: readonly PersistentVolumeClaim[];
  /** Unclaimed volumes by class. */
  readonly candidates: ReadonlyMap<string, readonly PersistentVolume[]>;
  readonly byNode: Map<string, PodVolumes>;
}

const STATE = new StateKey<State>('VolumeBinding');
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage';
const VOLUME_GONE = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

/** Checks that a pod's claims are bound to volumes the node can reach, or can be bound or provisioned there. */
export class VolumeBinding implements Plugin {
  readonly name = 'VolumeBinding';
  readonly #assumed: AssumedVolumes;
  readonly #refusals = new Map<string, Status>();
  constructor(readonly handle: Handle) { this.#assumed = new AssumedVolumes(handle.listers); }

  preFilter(state: CycleState, pod: PodInfo): Status | undefined {
    if (!pod.hasVolumes) return SKIP;
    const claims = this.#claimsOf(pod.pod);
    if (typeof claims === 'string') return unresolvable(this.name, claims);
    if (claims.length === 0) return SKIP;
    const bound = claims.filter(isFullyBound);
    const unbound = claims.filter((claim) => !isFullyBound(claim));
    for (const claim of unbound) {
      const className = claimClass(claim);
      const found = className === '' ? undefined : this.handle.listers.storageClass(className);
      if (found && found.volumeBindingMode === undefined) return errorStatus(this.name, `VolumeBindingMode not set for StorageClass "${className}"`);
    }
    if (unbound.some((claim) => claim.spec?.volumeName || !bindsLate(claim, this.handle.listers))) return unresolvable(this.name, 'pod has unbound immediate PersistentVolumeClaims');
    const classes = new Set(unbound.map(claimClass));
    const candidates = new Map([...classes].map((name) => [name, this.#assumed.volumes().filter((volume) => volumeClass(volume) === name)]));
    state.write(STATE, { bound, unbound, candidates, byNode: new Map() });
    return undefined;
  }

  /** The claims of the pod's volumes, or why it must wait. */
  #claimsOf(pod: Pod): readonly PersistentVolumeClaim[] | string {
    const claims: PersistentVolumeClaim[] = [];
    for (const volume of pod.spec?.volumes ?? []) {
      const name = claimNameOf(pod, volume);
      if (name === undefined) continue;
      const claim = this.#assumed.claim(pod.metadata.namespace ?? '', name);
      if (!claim) return volume.ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"` : `persistentvolumeclaim "${name}" not found`;
      if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
      if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
      const mismatch = volume.ephemeral && ephemeralMismatch(pod, claim);
      if (mismatch) return mismatch;
      claims.push(claim);
    }
    return claims;
  }

  filter(state: CycleState, _pod: PodInfo, info: NodeInfo): Status | undefined {
    const data = state.read(STATE);
    const { node } = info;
    if (!data || !node) return undefined;
    const reasons: string[] = [];
    const volumes = data.bound.map((claim) => this.#assumed.volume(claim.spec?.volumeName ?? ''));
    // The first claim that fails decides which of the two it is.
    const failed = volumes.findIndex((volume) => !volume || !volumeFitsNode(volume, node));
    if (failed >= 0 && volumes[failed]) reasons.push(NODE_CONFLICT);
    const found = this.#findVolumes(data, node);
    if (typeof found === 'string') reasons.push(found);
    else if (found instanceof Status) return found;
    if (failed >= 0 && !volumes[failed]) reasons.push(VOLUME_GONE);
    if (reasons.length) return this.#refusal(reasons);
    if (typeof found === 'object') data.byNode.set(info.name, found);
    return undefined;
  }

  #refusal(reasons: readonly string[]): Status {
    const key = reasons.join();
    let status = this.#refusals.get(key);
    if (!status) this.#refusals.set(key, (status = unresolvable(this.name, ...reasons)));
    return status;
  }

  #findVolumes(data: State, node: Node): PodVolumes | string | Status {
    const toProvision: PersistentVolumeClaim[] = [];
    const toMatch: PersistentVolumeClaim[] = [];
    for (const claim of data.unbound) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined && selected !== node.metadata.name) return BIND_CONFLICT;
      (selected === undefined ? toMatch : toProvision).push(claim);
    }
    const bindings: { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[] = [];
    const chosen = new Set<string>();
    for (const claim of [...toMatch].sort((a, b) => (requestedStorage(a) ?? 0) - (requestedStorage(b) ?? 0))) {
      const volume = findMatchingVolume(claim, data.candidates.get(claimClass(claim)) ?? [], node, chosen);
      if (!volume) { toProvision.push(claim); continue; }
      chosen.add(volume.metadata.name);
      bindings.push({ claim, volume });
    }
    for (const claim of toProvision) {
      const problem = this.#cannotProvision(claim, node);
      if (problem !== undefined) return problem;
    }
    return { bindings, provisions: toProvision };
  }

  #cannotProvision(claim: PersistentVolumeClaim, node: Node): string | Status | undefined {
    const className = claimClass(claim);
    const storageClass = this.handle.listers.storageClass(className);
    if (className === '') return errorStatus(this.name, `no class for claim "${claimKey(claim)}"`);
    if (!storageClass) return errorStatus(this.name, `failed to find storage class "${className}"`);
    if (storageClass.provisioner === '' || storageClass.provisioner === 'kubernetes.io/no-provisioner') return BIND_CONFLICT;
    if (!matchesTopology(storageClass, node)) return BIND_CONFLICT;
    return this.#hasCapacity(claim, storageClass, node) ? undefined : NOT_ENOUGH_SPACE;
  }

  /** Storage capacity tracking (KEP 1472), for drivers that opt in. */
  #hasCapacity(claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node): boolean {
    const size = requestedStorage(claim);
    const driver = this.handle.listers.csiDriver(storageClass.provisioner);
    if (size === undefined || driver?.spec.storageCapacity !== true) return true;
    return this.handle.listers.csiStorageCapacities().some((capacity) => {
      const limit = limitOf(capacity);
      return capacity.storageClassName === storageClass.metadata.name && limit !== undefined && limit >= size && compileLabelSelector(capacity.nodeTopology).matches(node.metadata.labels);
    });
  }

  preScore(): Status { return SKIP; }
  /** Scores only with the gate StorageCapacityScoring, which is off. */
  score(): void { /* All zeros. */ }

  reserve(state: CycleState, _pod: PodInfo, nodeName: string): undefined {
    const volumes = state.read(STATE)?.byNode.get(nodeName);
    for (const { claim, volume } of volumes?.bindings ?? []) this.#assumed.bind(volume, claim);
    for (const claim of volumes?.provisions ?? []) this.#assumed.selectNode(claim, nodeName);
  }

  unreserve(state: CycleState, _pod: PodInfo, nodeName: string): void {
    const volumes = state.read(STATE)?.byNode.get(nodeName);
    for (const { volume } of volumes?.bindings ?? []) this.#assumed.forgetVolume(volume);
    for (const claim of volumes?.provisions ?? []) this.#assumed.forgetClaim(claim);
  }

  preBind(state: CycleState, _pod: PodInfo, nodeName: string): readonly ApiWrite[] {
    const volumes = state.read(STATE)?.byNode.get(nodeName);
    if (!volumes) return [];
    return [
      ...volumes.bindings.map(({ claim, volume }): ApiWrite => ({
        kind: 'bindVolume', volumeName: volume.metadata.name, claimNamespace: claim.metadata.namespace ?? '', claimName: claim.metadata.name, claimUid: claim.metadata.uid,
      })),
      ...volumes.provisions.map((claim): ApiWrite => ({ kind: 'selectNode', claimNamespace: claim.metadata.namespace ?? '', claimName: claim.metadata.name, nodeName })),
    ];
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'StorageClass', action: Action.Add | Action.Update }, hint: afterClassChange },
      { event: { resource: 'PersistentVolumeClaim', action: Action.Add | Action.Update }, hint: (pod, _old, claim) => (usesClaim(pod, claim as PersistentVolumeClaim) ? 'Queue' : 'Skip') },
      { event: { resource: 'PersistentVolume', action: Action.Add | Action.Update } },
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeLabel } },
      { event: { resource: 'CSINode', action: Action.Add | Action.Update }, hint: afterCSINodeChange },
      { event: { resource: 'CSIDriver', action: Action.Update }, hint: afterDriverChange },
      { event: { resource: 'CSIStorageCapacity', action: Action.Add | Action.Update }, hint: afterCapacityChange },
    ];
  }
}

function matchesTopology(storageClass: StorageClass, node: Node): boolean {
  const terms = storageClass.allowedTopologies ?? [];
  return terms.length === 0 || terms.some((term) => (term.matchLabelExpressions?.length ?? 0) > 0
    && term.matchLabelExpressions?.every(({ key, values }) => values.includes(node.metadata.labels?.[key] ?? '')) === true);
}

function limitOf(capacity: CSIStorageCapacity): number | undefined {
  const text = capacity.maximumVolumeSize ?? capacity.capacity;
  return text === undefined ? undefined : quantityValue(text);
}

function afterClassChange(_pod: Pod, oldClass: unknown, newClass: unknown): QueueingHint {
  const before = oldClass as StorageClass | undefined;
  return before === undefined || !sameValue(before.allowedTopologies, (newClass as StorageClass).allowedTopologies) ? 'Queue' : 'Skip';
}

function afterCSINodeChange(_pod: Pod, oldNode: unknown, newNode: unknown): QueueingHint {
  const migrated = (node: unknown): string | undefined => (node as CSINode).metadata.annotations?.['storage.alpha.kubernetes.io/migrated-plugins'];
  return oldNode === undefined || migrated(oldNode) !== migrated(newNode) ? 'Queue' : 'Skip';
}

function afterDriverChange(pod: Pod, oldDriver: unknown, newDriver: unknown): QueueingHint {
  const now = newDriver as CSIDriver;
  const relaxed = (oldDriver as CSIDriver).spec.storageCapacity === true && now.spec.storageCapacity !== true;
  return relaxed && (pod.spec?.volumes ?? []).some((v) => v.csi?.driver === now.metadata.name) ? 'Queue' : 'Skip';
}

function afterCapacityChange(_pod: Pod, oldCapacity: unknown, newCapacity: unknown): QueueingHint {
  if (oldCapacity === undefined) return 'Queue';
  const before = limitOf(oldCapacity as CSIStorageCapacity);
  const now = limitOf(newCapacity as CSIStorageCapacity);
  return now !== undefined && (before === undefined || now > before) ? 'Queue' : 'Skip';
}
