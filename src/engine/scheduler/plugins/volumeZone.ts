import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/generated/types';
import { Action, sameValue } from '../events';
import { SKIP, StateKey, unresolvable, type CycleState, type EventRegistration, type Handle, type Plugin, type QueueingHint, type Status } from '../framework';
import type { NodeInfo } from '../nodeInfo';
import type { PodInfo } from '../podInfo';
import { claimClass, notFoundMessage } from './volumes';

interface VolumeTopology { readonly key: string; readonly values: readonly string[] }

const STATE = new StateKey<readonly VolumeTopology[]>('PreFilterVolumeZone');

/** Labels that tie a volume to a zone or region, each with its name of today. */
const TOPOLOGY_LABELS: readonly (readonly [string, string])[] = [
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'], ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['topology.kubernetes.io/zone', 'topology.kubernetes.io/zone'], ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
];
const GA_LABEL = new Map(TOPOLOGY_LABELS);

/** Holds pods to the zones of their bound volumes. */
export class VolumeZone implements Plugin {
  readonly name = 'VolumeZone';
  readonly #refused = unresolvable(this.name, 'node(s) had no available volume zone');
  constructor(readonly handle: Handle) {}

  preFilter(state: CycleState, pod: PodInfo): Status | undefined {
    const topologies: VolumeTopology[] = [];
    for (const volume of pod.pod.spec?.volumes ?? []) {
      if (!volume.persistentVolumeClaim) continue;
      const found = this.#topologiesOf(pod.namespace, volume.persistentVolumeClaim.claimName);
      if (typeof found === 'string') return unresolvable(this.name, found);
      topologies.push(...found);
    }
    if (topologies.length === 0) return SKIP;
    state.write(STATE, topologies);
    return undefined;
  }

  /** The topologies of the claim's volume, or why the pod cannot be placed. */
  #topologiesOf(namespace: string, claimName: string): readonly VolumeTopology[] | string {
    const { listers } = this.handle;
    if (claimName === '') return 'PersistentVolumeClaim had no name';
    const claim = listers.persistentVolumeClaim(namespace, claimName);
    if (!claim) return notFoundMessage('persistentvolumeclaim', claimName);
    const volumeName = claim.spec?.volumeName;
    if (!volumeName) return this.#unbound(claimClass(claim));
    const volume = listers.persistentVolume(volumeName);
    return volume ? topologies(volume) : notFoundMessage('persistentvolume', volumeName);
  }

  #unbound(className: string): readonly VolumeTopology[] | string {
    if (className === '') return 'PersistentVolumeClaim had no pv name and storageClass name';
    const storageClass = this.handle.listers.storageClass(className);
    if (!storageClass) return notFoundMessage('storageclass.storage.k8s.io', className);
    if (storageClass.volumeBindingMode === undefined) return `VolumeBindingMode not set for StorageClass "${className}"`;
    return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? [] : 'PersistentVolume had no name';
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Status | undefined {
    if (!TOPOLOGY_LABELS.some(([label]) => node.labels?.[label] !== undefined)) return undefined;
    for (const { key, values } of state.read(STATE) ?? []) {
      const value = node.labels?.[key] ?? node.labels?.[GA_LABEL.get(key) ?? key];
      if (value === undefined || !values.includes(value)) return this.#refused;
    }
    return undefined;
  }

  events(): readonly EventRegistration[] {
    return [
      { event: { resource: 'StorageClass', action: Action.Add }, hint: (_pod, _old, added) => ((added as StorageClass).volumeBindingMode === 'WaitForFirstConsumer' ? 'Queue' : 'Skip') },
      { event: { resource: 'Node', action: Action.Add | Action.UpdateNodeLabel } },
      { event: { resource: 'PersistentVolumeClaim', action: Action.Add | Action.Update }, hint: afterClaimChange },
      { event: { resource: 'PersistentVolume', action: Action.Add | Action.Update }, hint: afterVolumeChange },
    ];
  }
}

/** A label may name several zones, joined by "__". */
function topologies(volume: PersistentVolume): readonly VolumeTopology[] {
  return TOPOLOGY_LABELS.flatMap(([key]) => {
    const values = volume.metadata.labels?.[key]?.split('__').map((value) => value.trim());
    return values && values.every((value) => value !== '') ? [{ key, values }] : [];
  });
}

function afterClaimChange(pod: Pod, _old: unknown, changed: unknown): QueueingHint {
  const claim = changed as PersistentVolumeClaim;
  const wanted = claim.metadata.namespace === pod.metadata.namespace && (pod.spec?.volumes ?? []).some((v) => v.persistentVolumeClaim?.claimName === claim.metadata.name);
  return wanted ? 'Queue' : 'Skip';
}

function afterVolumeChange(_pod: Pod, oldVolume: unknown, newVolume: unknown): QueueingHint {
  return oldVolume === undefined || !sameValue(topologies(oldVolume as PersistentVolume), topologies(newVolume as PersistentVolume)) ? 'Queue' : 'Skip';
}
