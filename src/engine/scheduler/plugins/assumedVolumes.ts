import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types';
import type { Listers } from '../listers';
import { BOUND_BY_CONTROLLER, claimKey, SELECTED_NODE } from './volumes';

/** An object as it will be once our write has arrived; dropped as soon as the listed object is another one. */
interface Assumed<T> { readonly base: T | undefined; readonly object: T }

/** The assume caches of the volume binder: volumes and claims as reserved for pods that are about to be bound. */
export class AssumedVolumes {
  readonly #volumes = new Map<string, Assumed<PersistentVolume>>();
  readonly #claims = new Map<string, Assumed<PersistentVolumeClaim>>();
  constructor(readonly listers: Listers) {}

  volume(name: string): PersistentVolume | undefined { return current(this.#volumes, name, this.listers.persistentVolume(name)); }
  volumes(): readonly PersistentVolume[] { return this.listers.persistentVolumes().map((volume) => current(this.#volumes, volume.metadata.name, volume) ?? volume); }
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined { return current(this.#claims, `${namespace}/${name}`, this.listers.persistentVolumeClaim(namespace, name)); }

  bind(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { namespace, name, uid } = claim.metadata;
    const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
    const object = { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid } } };
    this.#volumes.set(volume.metadata.name, { base: this.listers.persistentVolume(volume.metadata.name), object });
  }
  selectNode(claim: PersistentVolumeClaim, nodeName: string): void {
    const object = { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName } } };
    this.#claims.set(claimKey(claim), { base: this.listers.persistentVolumeClaim(claim.metadata.namespace ?? '', claim.metadata.name), object });
  }
  forgetVolume(volume: PersistentVolume): void { this.#volumes.delete(volume.metadata.name); }
  forgetClaim(claim: PersistentVolumeClaim): void { this.#claims.delete(claimKey(claim)); }
}

function current<T>(assumed: Map<string, Assumed<T>>, key: string, listed: T | undefined): T | undefined {
  const entry = assumed.get(key);
  if (!entry) return listed;
  if (entry.base === listed) return entry.object;
  assumed.delete(key);
  return listed;
}
