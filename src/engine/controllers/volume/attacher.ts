import type { PersistentVolume, VolumeAttachment } from '../../api/generated/types';
import { isStatus } from '../../api/status';
import type { Client } from '../../client/client';
import { startWorkers, type ControllerContext, type SyncResult } from '../../client/controller';
import { PERSISTENT_VOLUMES, VOLUME_ATTACHMENTS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { sleep, type Process } from '../../simulation/process';
import { failed, isNotFound } from '../outcome';
import { driverClient } from './driverClient';
import { byVolume, ofVolume } from './attachments';

/** Stands for the external attachers of a cluster. */
export interface Attacher {
  /** How long a disk takes to be attached to a node, and to be detached, in virtual milliseconds. */
  readonly delay: number;
}

/** Attaches every volume of a CSI driver that is asked for. */
export const SIMULATED_ATTACHER: Attacher = { delay: 500 };

/** --worker-threads */
const WORKERS = 10;
const MERGE = 'application/merge-patch+json';

/** "external-attacher/ebs-csi-aws-com" */
export const finalizerOf = (driver: string): string => `external-attacher/${driver.replace(/[^a-zA-Z0-9-]/g, '-').replace(/-$/, '-X')}`;

/**
 * The external-attacher beside each CSI driver: attaches what a VolumeAttachment asks for, detaches when it is deleted, and keeps
 * volumes from going while they are attached. One for each driver that has something to do, as its own actor.
 */
export class ExternalAttachers {
  private readonly queues = new Map<string, WorkQueue>();

  constructor(private readonly context: ControllerContext, private readonly attacher: Attacher) {}

  /** Called when the informers have synced. */
  start(): void {
    const { informers } = this.context;
    const volumes = informers.for(PERSISTENT_VOLUMES), attachments = informers.for(VOLUME_ATTACHMENTS);
    byVolume(attachments);
    const attachment = (object: VolumeAttachment): void => {
      const { deletionTimestamp, finalizers } = object.metadata;
      if (deletionTimestamp === undefined ? object.status?.attached : !finalizers?.includes(finalizerOf(object.spec.attacher))) return;
      // Of attachments of volumes that no driver has, and of what others than Kubernetes ask for, nobody takes care.
      if (volumes.get(object.spec.source.persistentVolumeName ?? '')?.spec?.csi?.driver === object.spec.attacher) this.queue(object.spec.attacher).add(object.metadata.name);
    };
    const volume = (object: PersistentVolume): void => {
      const driver = object.spec?.csi?.driver;
      if (driver && object.metadata.deletionTimestamp !== undefined && object.metadata.finalizers?.includes(finalizerOf(driver))) this.queue(driver).add(`pv/${object.metadata.name}`);
    };
    attachments.addHandler({
      onAdd: attachment, onUpdate: (_, a) => attachment(a),
      onDelete: (a) => { const of = volumes.get(a.spec.source.persistentVolumeName ?? ''); if (of) volume(of); },
    });
    volumes.addHandler({ onAdd: volume, onUpdate: (_, v) => volume(v) });
  }

  private queue(driver: string): WorkQueue {
    const known = this.queues.get(driver);
    if (known) return known;
    const queue = new WorkQueue(this.context.simulation);
    const client = driverClient(this.context.client, driver);
    this.queues.set(driver, queue);
    startWorkers({ ...this.context, client, name: driver }, queue, 'volumeattachments', WORKERS, (key) => (key.startsWith('pv/') ? this.syncVolume(client, key.slice(3), driver) : this.syncAttachment(client, key)));
    return queue;
  }

  private *syncAttachment(client: Client, name: string): Process<SyncResult> {
    const attachment = this.context.informers.for(VOLUME_ATTACHMENTS).get(name);
    if (attachment === undefined) return { outcome: '' };
    const done = yield* attachment.metadata.deletionTimestamp === undefined ? this.attach(client, attachment) : this.detach(client, attachment);
    return isNotFound(done.status) ? { outcome: '' } : done.status ? failed(done.status) : { outcome: done.said };
  }

  private *attach(client: Client, attachment: VolumeAttachment): Process<Step> {
    const { name, finalizers = [] } = attachment.metadata, { attacher, nodeName, source } = attachment.spec;
    const volume = this.context.informers.for(PERSISTENT_VOLUMES).get(source.persistentVolumeName ?? '');
    if (attachment.status?.attached || volume === undefined) return { said: '' };
    const finalizer = finalizerOf(attacher);
    if (!volume.metadata.finalizers?.includes(finalizer)) {
      const kept = yield* client.patch(PERSISTENT_VOLUMES, '', volume.metadata.name, MERGE, { metadata: { finalizers: [...(volume.metadata.finalizers ?? []), finalizer] } });
      if (isStatus(kept)) return { status: kept, said: '' };
    }
    if (!finalizers.includes(finalizer)) {
      const kept = yield* client.patch(VOLUME_ATTACHMENTS, '', name, MERGE, { metadata: { finalizers: [...finalizers, finalizer] } });
      if (isStatus(kept)) return { status: kept, said: '' };
    }
    yield* sleep(this.attacher.delay);
    const attached = yield* client.patch(VOLUME_ATTACHMENTS, '', name, MERGE, { status: { attached: true } }, 'status');
    return isStatus(attached) ? { status: attached, said: '' } : { said: `attached volume ${volume.metadata.name} to ${nodeName}` };
  }

  private *detach(client: Client, attachment: VolumeAttachment): Process<Step> {
    const { name, finalizers = [] } = attachment.metadata, { attacher, nodeName, source } = attachment.spec;
    const finalizer = finalizerOf(attacher);
    if (!finalizers.includes(finalizer)) return { said: '' };
    yield* sleep(this.attacher.delay);
    if (attachment.status?.attached) {
      const told = yield* client.patch(VOLUME_ATTACHMENTS, '', name, MERGE, { status: { attached: false } }, 'status');
      if (isStatus(told)) return { status: told, said: '' };
    }
    const rest = finalizers.filter((f) => f !== finalizer);
    const gone = yield* client.patch(VOLUME_ATTACHMENTS, '', name, MERGE, { metadata: { finalizers: rest.length > 0 ? rest : null } });
    return isStatus(gone) ? { status: gone, said: '' } : { said: `detached volume ${source.persistentVolumeName ?? ''} from ${nodeName}` };
  }

  /** A volume that is deleted may go when it is attached nowhere. */
  private *syncVolume(client: Client, name: string, driver: string): Process<SyncResult> {
    const { informers } = this.context;
    const volume = informers.for(PERSISTENT_VOLUMES).get(name);
    const finalizer = finalizerOf(driver);
    if (volume?.metadata.deletionTimestamp === undefined || !volume.metadata.finalizers?.includes(finalizer)) return { outcome: '' };
    const held = ofVolume(informers.for(VOLUME_ATTACHMENTS), name);
    if (held.length > 0) return { outcome: `still attached to ${held.map((a) => a.spec.nodeName).join(', ')}` };
    const rest = volume.metadata.finalizers.filter((f) => f !== finalizer);
    const freed = yield* client.patch(PERSISTENT_VOLUMES, '', name, MERGE, { metadata: { finalizers: rest.length > 0 ? rest : null } });
    return isStatus(freed) && !isNotFound(freed) ? failed(freed) : { outcome: 'attached nowhere: it may go' };
  }
}

interface Step { readonly status?: Parameters<typeof failed>[0]; readonly said: string }
