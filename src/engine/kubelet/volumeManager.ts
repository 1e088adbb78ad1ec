import { claimedVolumes, claimsOf, isCsiVolumeName, needsAttaching, uniqueVolumeName } from '../api/attachable';
import type { Node, Pod } from '../api/generated/types';
import { isStatus } from '../api/status';
import type { Client } from '../client/client';
import { CSI_DRIVERS, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../client/resources';
import type { Context, Process } from '../simulation/process';
import type { Simulation } from '../simulation/simulation';

/**
 * The part of kubelet's volume manager that can be seen: which attachable volumes the node's pods use, as the node's status says before
 * they are mounted and until they are unmounted, and which of them have yet to be attached.
 */
export class VolumeManager {
  /** Unique names of the attachable volumes of each pod, by UID: from when it asks for them until they are unmounted. */
  private readonly used = new Map<string, readonly string[]>();
  private readonly waiting = new Map<string, () => void>();
  /** Whether this kubelet knows of every volume that it has mounted: one that was started anew finds out first. */
  private complete = false;

  constructor(private readonly client: Client, private readonly node: () => Node | undefined, private readonly changed: () => void) {}

  /**
   * Why the pod's containers cannot start yet; undefined when its volumes are there. `wake` is called when what it waits for has come; what
   * failed is to be tried again. Pods without claims ask for nothing.
   */
  *await(pod: Pod, wake: () => void): Process<Held | undefined> {
    if (claimsOf(pod).length === 0) return undefined;
    const { uid } = pod.metadata;
    if (!this.used.has(uid)) {
      const { names, errors } = yield* this.resolve(pod);
      if (errors.length > 0) return { why: unprocessed(errors), retry: true };
      if (names.length === 0) return undefined;
      this.used.set(uid, names);
      if (this.isNews()) this.changed();
    }
    const waits = this.missing(uid);
    if (waits === undefined) { this.waiting.delete(uid); return undefined; }
    this.waiting.set(uid, wake);
    return { why: waits, retry: false };
  }

  /** The pod's volumes are unmounted. */
  release(uid: string): void {
    this.waiting.delete(uid);
    if (this.used.delete(uid) && this.isNews()) this.changed();
  }

  /** The node as the API server has it is another: perhaps something has been attached. */
  nodeChanged(): void {
    // What was let go of while it was being said to be in use has to be taken back.
    if (this.isNews()) this.changed();
    for (const [uid, wake] of [...this.waiting]) {
      if (this.missing(uid)) continue;
      this.waiting.delete(uid);
      wake();
    }
  }

  /** What the node's status is to say; undefined while there is nothing to add to what it says. */
  inUse(): readonly string[] | undefined {
    const said = this.node()?.status?.volumesInUse ?? [];
    const own = new Set([...this.used.values()].flat());
    if (own.size === 0 && said.length === 0) return undefined;
    return [...said.filter((name) => own.has(name) || !this.complete || !isCsiVolumeName(name)), ...[...own].filter((name) => !said.includes(name))];
  }

  /** After a start: what the node's status says is in use is compared with what the pods that are there use. */
  *recover(pods: readonly Pod[], context: Context | undefined, simulation: Simulation): Process {
    if (this.node()?.status?.volumesInUse?.some(isCsiVolumeName)) {
      for (const pod of pods) {
        if (claimsOf(pod).length === 0 || this.used.has(pod.metadata.uid)) continue;
        const { names } = yield* this.resolve(pod);
        if (names.length > 0) this.used.set(pod.metadata.uid, names);
      }
    }
    this.complete = true;
    if (!this.isNews()) return;
    if (context) simulation.runIn(context, () => this.changed()); else this.changed();
  }

  private isNews(): boolean {
    const wanted = this.inUse();
    return wanted !== undefined && wanted.join() !== (this.node()?.status?.volumesInUse ?? []).join();
  }

  private missing(uid: string): string | undefined {
    const names = this.used.get(uid) ?? [];
    const { volumesInUse = [], volumesAttached = [] } = this.node()?.status ?? {};
    const unsaid = names.filter((name) => !volumesInUse.includes(name));
    if (unsaid.length > 0) return `the node's status has yet to say that it uses ${unsaid.join(', ')}`;
    const away = names.filter((name) => !volumesAttached.some((attached) => attached.name === name));
    return away.length > 0 ? `waits for ${away.join(', ')} to be attached` : undefined;
  }

  /** The names of the pod's attachable volumes, and which claims have no volume yet. What may not be read counts as nothing to wait for. */
  private *resolve(pod: Pod): Process<{ readonly names: readonly string[]; readonly errors: readonly ClaimError[] }> {
    const names: string[] = [], errors: ClaimError[] = [];
    for (const { volume: name, claim: claimName } of claimedVolumes(pod)) {
      const claim = yield* this.client.get(PERSISTENT_VOLUME_CLAIMS, pod.metadata.namespace ?? '', claimName);
      if (isStatus(claim)) {
        if (claim.code === 404) errors.push({ name, message: `error processing PVC ${pod.metadata.namespace}/${claimName}: failed to fetch PVC from API server: ${claim.message ?? ''}` });
        continue;
      }
      if (!claim.spec?.volumeName || claim.status?.phase !== 'Bound') {
        errors.push({ name, message: `error processing PVC ${pod.metadata.namespace}/${claimName}: PVC is not bound` });
        continue;
      }
      const volume = yield* this.client.get(PERSISTENT_VOLUMES, '', claim.spec.volumeName);
      const driver = isStatus(volume) ? undefined : volume.spec?.csi?.driver;
      if (isStatus(volume) || driver === undefined) continue;
      const object = yield* this.client.get(CSI_DRIVERS, '', driver);
      const unique = uniqueVolumeName(volume);
      if (unique && needsAttaching(isStatus(object) ? undefined : object)) names.push(unique);
    }
    return { names, errors };
  }
}

/** Why a pod's containers cannot start. */
export interface Held {
  readonly why: string;
  /** Nobody will say when it is over: it is to be tried again. */
  readonly retry: boolean;
}

interface ClaimError { readonly name: string; readonly message: string }

/** As the kubelet's FailedMount event puts it. */
function unprocessed(errors: readonly ClaimError[]): string {
  const names = errors.map(({ name }) => name).join(' ');
  return `Unable to attach or mount volumes: unmounted volumes=[${names}], unattached volumes=[], failed to process volumes=[${names}]: ${errors.map(({ message }) => message).join('; ')}`;
}
