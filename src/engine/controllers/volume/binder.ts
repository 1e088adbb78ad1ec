import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/generated/types';
import { claimsOf } from '../../api/attachable';
import { DEFAULT_STORAGE_CLASS, defaultOf, isDefaultClass, lacksClass } from '../../api/defaultClass';
import { objectKey } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { sleep, type Context, type Process } from '../../simulation/process';
import { failed, isAlreadyExists, isFailure, isNotFound, messageOf } from '../outcome';
import { driverClient } from './driverClient';
import { classOfClaim, findVolume, isBoundTo } from './matching';
import { PROVISIONED_BY, type Provisioner } from './provisioner';

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
/** --pvclaimbinder-sync-period */
const SYNC_PERIOD = 15_000;
export const BY_CLAIM = 'claim';

/** Pods by the claims that they use, those of their ephemeral volumes among them. */
export function indexByClaim(pods: Informer<Pod>): void {
  pods.addIndex(BY_CLAIM, (pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`));
}

/** The persistent volume binder: brings claims and volumes together, has volumes provisioned and released ones removed. */
export function persistentVolumeBinder(context: ControllerContext, provisioner: Provisioner): Controller {
  const binder = new Binder(context, provisioner);
  return { name: context.name, start: () => binder.start() };
}

class Binder {
  private readonly claimQueue: WorkQueue;
  private readonly volumeQueue: WorkQueue;
  private readonly claims: Informer<PersistentVolumeClaim>;
  private readonly volumes: Informer<PersistentVolume>;
  private readonly classes: Informer<StorageClass>;
  private readonly pods: Informer<Pod>;
  private readonly provisioning = new Set<string>();
  /** Virtual ms at which everything is looked at again. */
  private nextResync = SYNC_PERIOD;
  /** Claims that somebody waits for until then, by key, and what made them wait. */
  private readonly awaited = new Map<string, Context>();

  constructor(private readonly context: ControllerContext, private readonly provisioner: Provisioner) {
    this.claimQueue = new WorkQueue(context.simulation);
    this.volumeQueue = new WorkQueue(context.simulation);
    this.claims = context.informers.for(PERSISTENT_VOLUME_CLAIMS);
    this.volumes = context.informers.for(PERSISTENT_VOLUMES);
    this.classes = context.informers.for(STORAGE_CLASSES);
    this.pods = context.informers.for(PODS);
    indexByClaim(this.pods);
    const claim = (c: PersistentVolumeClaim): void => this.claimQueue.add(objectKey(c));
    const volume = (v: PersistentVolume): void => this.volumeQueue.add(v.metadata.name);
    this.claims.addHandler({ onAdd: claim, onUpdate: (_, c) => claim(c), onDelete: (c) => { if (c.spec?.volumeName) this.volumeQueue.add(c.spec.volumeName); } });
    this.classes.addHandler({ onAdd: (c) => this.classCame(c), onUpdate: (_, c) => this.classCame(c) });
    this.volumes.addHandler({ onAdd: volume, onUpdate: (_, v) => volume(v), onDelete: (v) => { const ref = v.spec?.claimRef; if (ref) this.claimQueue.add(`${ref.namespace}/${ref.name}`); } });
  }

  /** Classes are not watched for claims: the next resync finds them. Somebody who has just made the class waits for that. */
  private classCame(storageClass: StorageClass): void {
    const { simulation } = this.context;
    if (!this.classes.synced || simulation.context.background) return;
    for (const claim of this.claims.list()) {
      const name = classOfClaim(claim);
      const waits = !claim.spec?.volumeName && (name === storageClass.metadata.name || (lacksClass(claim) && isDefaultClass(storageClass, DEFAULT_STORAGE_CLASS)));
      if (!waits) continue;
      this.awaited.set(objectKey(claim), simulation.context);
      simulation.after(this.nextResync - simulation.now, () => undefined, `the volume binder's next look at claim ${objectKey(claim)}`);
    }
  }

  start(): void {
    startWorkers(this.context, this.volumeQueue, 'persistentvolumes', 1, (name) => this.syncVolume(name));
    startWorkers(this.context, this.claimQueue, 'persistentvolumeclaims', 1, (key) => this.syncClaim(key));
    this.context.simulation.spawn(`${this.context.name} resync`, this.resync(), { cause: 0, background: true });
  }

  private *resync(): Process {
    for (;;) {
      this.nextResync = this.context.simulation.now + SYNC_PERIOD;
      yield* sleep(SYNC_PERIOD);
      for (const [key, context] of this.awaited) this.context.simulation.runIn(context, () => this.claimQueue.add(key));
      this.awaited.clear();
      for (const volume of this.volumes.list()) this.volumeQueue.add(volume.metadata.name);
      for (const claim of this.claims.list()) this.claimQueue.add(objectKey(claim));
    }
  }

  private *syncVolume(name: string): Process<SyncResult> {
    const volume = this.volumes.get(name);
    if (volume === undefined) return { outcome: '' };
    const ref = volume.spec?.claimRef;
    if (ref === undefined) return yield* this.setVolumePhase(volume, 'Available');
    // Kept for a claim that has yet to come.
    if (!ref.uid) return yield* this.setVolumePhase(volume, 'Available');
    const claim = this.claims.get(`${ref.namespace}/${ref.name}`);
    if (claim?.metadata.uid === ref.uid) {
      if (claim.spec?.volumeName === name) return yield* this.setVolumePhase(volume, 'Bound');
      if (!claim.spec?.volumeName) { this.claimQueue.add(objectKey(claim)); return { outcome: '' }; }
    }
    const released = yield* this.setVolumePhase(volume, 'Released');
    if (released.error !== undefined) return released;
    return volume.spec?.persistentVolumeReclaimPolicy === 'Delete' ? yield* this.deleteVolume(volume) : released;
  }

  /** The work of the external provisioner: the disk goes, then the object. */
  private *deleteVolume(volume: PersistentVolume): Process<SyncResult> {
    if (volume.metadata.deletionTimestamp !== undefined) return { outcome: '' };
    const deleted = yield* driverClient(this.context.client, volume.metadata.annotations?.[PROVISIONED_BY] ?? volume.spec?.csi?.driver ?? 'provisioner').delete(PERSISTENT_VOLUMES, '', volume.metadata.name);
    return isFailure(deleted) && !isNotFound(deleted) ? failed(deleted) : { outcome: `its claim is gone: volume ${volume.metadata.name} deleted` };
  }

  private *setVolumePhase(volume: PersistentVolume, phase: string): Process<SyncResult> {
    if (volume.status?.phase === phase) return { outcome: '' };
    const updated = yield* this.context.client.updateStatus(PERSISTENT_VOLUMES, { ...volume, status: { ...volume.status, phase } });
    return isStatus(updated) ? failed(updated) : { outcome: `volume ${volume.metadata.name} is ${phase}` };
  }

  private *syncClaim(key: string): Process<SyncResult> {
    const claim = this.claims.get(key);
    if (claim === undefined) return { outcome: `claim ${key} is gone` };
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return yield* this.syncBound(claim);
    const name = claim.spec?.volumeName;
    if (name) {
      const volume = this.volumes.get(name);
      if (volume === undefined || (volume.spec?.claimRef && !isBoundTo(volume, claim))) return yield* this.setPending(claim, `volume ${name} is ${volume ? 'taken' : 'not there'}`);
      return yield* this.bind(volume, claim);
    }
    const storageClass = this.classes.get(classOfClaim(claim));
    const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && claim.metadata.annotations?.[SELECTED_NODE] === undefined;
    const volume = findVolume(this.volumes.list(), claim, delayed);
    if (volume) return yield* this.bind(volume, claim);
    const retroactive = lacksClass(claim) ? defaultOf(this.classes.list(), DEFAULT_STORAGE_CLASS) : undefined;
    if (retroactive) return yield* this.setClass(claim, retroactive);
    return yield* this.unbound(claim, storageClass, delayed);
  }

  /** A claim that named no class when there was no default gets the one that has come since (KEP-3333). Its update brings it here again. */
  private *setClass(claim: PersistentVolumeClaim, { metadata }: StorageClass): Process<SyncResult> {
    const updated = yield* this.context.client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, spec: { ...claim.spec, storageClassName: metadata.name } } as PersistentVolumeClaim);
    return isStatus(updated) ? failed(updated) : { outcome: `claim ${objectKey(claim)} gets the default storage class ${metadata.name}` };
  }

  private *unbound(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined, delayed: boolean): Process<SyncResult> {
    const { events } = this.context;
    if (delayed) {
      const waiting = [...this.pods.byIndex(BY_CLAIM, objectKey(claim))].filter((pod) => !pod.spec.nodeName).map((pod) => pod.metadata.name).sort();
      if (waiting.length === 0) events.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
      else events.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for pod${waiting.length > 1 ? 's' : ''} ${waiting.join(',')} to be scheduled`);
      return yield* this.setPending(claim, 'waits for a pod that uses it');
    }
    const name = classOfClaim(claim);
    if (name === '') {
      events.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
      return yield* this.setPending(claim, 'no volume fits and no storage class is set');
    }
    if (storageClass === undefined) {
      events.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
      return yield* this.setPending(claim, `no storage class ${name}`);
    }
    return yield* this.provision(claim, storageClass);
  }

  private *provision(claim: PersistentVolumeClaim, storageClass: StorageClass): Process<SyncResult> {
    const { client, events, simulation } = this.context;
    const { provisioner: driver } = storageClass;
    const selectedNode = claim.metadata.annotations?.[SELECTED_NODE];
    const made = this.provisioner.provision({ claim, storageClass, selectedNode });
    if (made === undefined && driver === 'kubernetes.io/no-provisioner') return yield* this.setPending(claim, 'no volume of its class fits');
    if (claim.metadata.annotations?.[STORAGE_PROVISIONER] !== driver) {
      const annotations = { ...claim.metadata.annotations, [BETA_STORAGE_PROVISIONER]: driver, [STORAGE_PROVISIONER]: driver };
      const updated = yield* client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } });
      if (isStatus(updated)) return failed(updated);
    }
    events.event(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${driver}' or manually by the system administrator. `
      + 'If volume creation is delayed, please verify that the provisioner is running and correctly registered.');
    if (made !== undefined && !this.provisioning.has(claim.metadata.uid)) {
      this.provisioning.add(claim.metadata.uid);
      simulation.spawn(`${driver} provision`, this.create(claim, driver, made));
    }
    return yield* this.setPending(claim, `waits for ${driver} to provision a volume`);
  }

  /** What the external provisioner does. */
  private *create(claim: PersistentVolumeClaim, driver: string, volume: NonNullable<ReturnType<Provisioner['provision']>>): Process {
    yield* sleep(this.provisioner.delay);
    const created = yield* driverClient(this.context.client, driver).create(PERSISTENT_VOLUMES, '', volume);
    this.provisioning.delete(claim.metadata.uid);
    if (isStatus(created) && !isAlreadyExists(created)) this.context.events.event(claim, 'Warning', 'ProvisioningFailed', messageOf(created));
    else this.context.events.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`);
  }

  private *setPending(claim: PersistentVolumeClaim, why: string): Process<SyncResult> {
    if ((claim.status?.phase ?? 'Pending') === 'Pending') return { outcome: why };
    const updated = yield* this.context.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status: { ...claim.status, phase: 'Pending' } });
    return isStatus(updated) ? failed(updated) : { outcome: why };
  }

  /** Four writes, each of which can be the last if this process dies: the next sync goes on from there. */
  private *bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Process<SyncResult> {
    const bound = yield* this.bindVolume(volume, claim);
    if (isStatus(bound)) return failed(bound);
    const phased = yield* this.setVolumePhase(bound, 'Bound');
    if (phased.error !== undefined) return phased;
    const claimed = yield* this.bindClaim(claim, bound);
    if (isStatus(claimed)) return failed(claimed);
    const status = yield* this.claimBound(claimed, bound);
    return status ? failed(status) : { outcome: `claim ${objectKey(claim)} is bound to ${volume.metadata.name}` };
  }

  private *bindVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Process<PersistentVolume | Status> {
    if (volume.spec?.claimRef?.uid === claim.metadata.uid) return volume;
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const annotations = volume.spec?.claimRef ? volume.metadata.annotations : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
    return yield* this.context.client.update(PERSISTENT_VOLUMES, { ...volume, metadata: { ...volume.metadata, ...(annotations ? { annotations } : {}) }, spec: { ...volume.spec, claimRef } } as PersistentVolume);
  }

  private *bindClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): Process<PersistentVolumeClaim | Status> {
    const annotations = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes', ...(claim.spec?.volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }) };
    return yield* this.context.client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName: volume.metadata.name } } as PersistentVolumeClaim);
  }

  private *claimBound(claim: PersistentVolumeClaim, volume: PersistentVolume): Process<Status | undefined> {
    if (claim.status?.phase === 'Bound') return undefined;
    const updated = yield* this.context.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status: { ...claim.status, phase: 'Bound', accessModes: volume.spec?.accessModes ?? [], capacity: volume.spec?.capacity ?? {} } });
    return isStatus(updated) ? updated : undefined;
  }

  private *syncBound(claim: PersistentVolumeClaim): Process<SyncResult> {
    const name = claim.spec?.volumeName ?? '';
    const volume = this.volumes.get(name);
    if (volume && isBoundTo(volume, claim)) {
      const failure = yield* this.claimBound(claim, volume);
      return failure ? failed(failure) : { outcome: '' };
    }
    if (claim.status?.phase === 'Lost') return { outcome: '' };
    // A volume that is seen later than its claim is not lost: the watch is only behind.
    const live = yield* this.context.client.get(PERSISTENT_VOLUMES, '', name);
    if (!isStatus(live) && isBoundTo(live, claim)) return { outcome: '' };
    this.context.events.event(claim, 'Warning', 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
    const updated = yield* this.context.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status: { ...claim.status, phase: 'Lost' } });
    return isStatus(updated) ? failed(updated) : { outcome: `volume ${name} is gone` };
  }
}
