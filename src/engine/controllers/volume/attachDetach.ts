import { claimsOf, needsAttaching, uniqueVolumeName } from '../../api/attachable';
import type { CSIDriver, Node, PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttachment } from '../../api/generated/types';
import { isStatus } from '../../api/status';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { CSI_DRIVERS, NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, VOLUME_ATTACHMENTS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { failed, isAlreadyExists, isFailure, isNotFound } from '../outcome';
import { attachmentName, byVolume, hasStarted, isHealthy, isOutOfService, isOver, mayAttachToMany, ofNode, ofVolume, usedBy } from './attachments';
import { ExternalAttachers, type Attacher } from './attacher';
import { BY_CLAIM, indexByClaim } from './binder';
import { isBoundTo } from './matching';
import { AttachedReport } from './attachedReport';

/** ReconcilerMaxWaitForUnmountDuration: after this long a volume is taken from a node that is not well, mounted or not. */
const MAX_WAIT_FOR_UNMOUNT = 360_000;

/** A volume at a node: attached, on its way there, or on its way away. */
interface Attachment { readonly name: string; readonly node: string; readonly state: 'attaching' | 'attached' | 'detaching'; readonly error?: string }

/** The attach/detach controller: has the disks of CSI drivers attached to the nodes whose pods use them, and detached when none does any more. */
export function attachDetachController(context: ControllerContext, attacher: Attacher): Controller {
  const controller = new AttachDetach(context), attachers = new ExternalAttachers(context, attacher);
  return { name: context.name, start: () => { controller.start(); attachers.start(); } };
}

class AttachDetach {
  private readonly queue: WorkQueue;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  private readonly claims: Informer<PersistentVolumeClaim>;
  private readonly volumes: Informer<PersistentVolume>;
  private readonly drivers: Informer<CSIDriver>;
  private readonly attachments: Informer<VolumeAttachment>;
  private readonly report: AttachedReport;
  private started = false;
  /** Attachments of this controller, with their volumes: nobody else's are touched. */
  private readonly own = new Map<string, string>();
  /** What it has asked for and not yet seen happen, by the attachment's name. */
  private readonly attaching = new Map<string, { readonly volume: string; readonly node: string }>();
  private readonly detaching = new Set<string>();
  /** Nodes that had a volume when the controller started though no VolumeAttachment says so. */
  private readonly found = new Map<string, Set<string>>();
  /** Virtual ms since when nobody on the node wants the volume. */
  private readonly unwanted = new Map<string, number>();
  /** What pods have been told of a volume that does not come to their node, by "volume node". */
  private readonly told = new Map<string, string>();

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.queue = new WorkQueue(context.simulation);
    this.pods = informers.for(PODS);
    this.nodes = informers.for(NODES);
    this.claims = informers.for(PERSISTENT_VOLUME_CLAIMS);
    this.volumes = informers.for(PERSISTENT_VOLUMES);
    this.drivers = informers.for(CSI_DRIVERS);
    this.attachments = informers.for(VOLUME_ATTACHMENTS);
    this.report = new AttachedReport(context.client, this.nodes);
    indexByClaim(this.pods);
    byVolume(this.attachments);
    this.pods.addHandler({
      onAdd: (pod) => this.podChanged(undefined, pod), onUpdate: (before, pod) => this.podChanged(before, pod), onDelete: (pod) => this.podGone(pod),
    });
    this.claims.addHandler({ onAdd: (c) => this.claimBound(undefined, c), onUpdate: (before, c) => this.claimBound(before, c) });
    this.volumes.addHandler({ onAdd: (v) => this.volumeBound(undefined, v), onUpdate: (before, v) => this.volumeBound(before, v) });
    this.attachments.addHandler({ onAdd: (a) => this.attachmentChanged(a), onUpdate: (_, a) => this.attachmentChanged(a), onDelete: (a) => this.attachmentGone(a) });
    this.nodes.addHandler({ onAdd: (n) => this.nodeCame(n), onUpdate: (before, n) => this.nodeChanged(before, n), onDelete: (n) => this.nodeGone(n) });
  }

  /** What is attached is learnt from the attachments, the nodes' statuses and the pods that run; then everything else is looked at once. */
  start(): void {
    this.started = true;
    for (const { metadata, spec, status } of [...this.attachments.list()].filter((a) => this.isOwn(a))) {
      // Those under way are taken up where they are.
      if (!status?.attached && metadata.deletionTimestamp === undefined) this.attaching.set(metadata.name, { volume: spec.source.persistentVolumeName ?? '', node: spec.nodeName });
    }
    const known = new Map([...this.volumes.list()].flatMap((v) => (this.isAttachable(v) ? [[uniqueVolumeName(v), v] as const] : [])));
    if (known.size > 0) {
      for (const node of this.nodes.list()) for (const { name } of node.status?.volumesAttached ?? []) this.find(known.get(name), node.metadata.name);
      for (const pod of this.pods.list()) if (pod.spec.nodeName && hasStarted(pod) && !isOver(pod)) for (const volume of this.volumesOf(pod)) this.find(volume, pod.spec.nodeName);
      for (const volume of known.values()) {
        const wanted = this.wanted(volume);
        if ([...wanted.values()].flat().some((pod) => !hasStarted(pod)) || this.attachmentsOf(volume.metadata.name, volume).some((a) => !wanted.has(a.node))) this.queue.add(volume.metadata.name);
      }
    }
    startWorkers(this.context, this.queue, 'persistentvolumes', 1, (name) => this.sync(name));
  }

  private find(volume: PersistentVolume | undefined, node: string): void {
    if (volume === undefined || this.attachments.get(attachmentName(volume, node))) return;
    const nodes = this.found.get(volume.metadata.name);
    if (nodes) nodes.add(node); else this.found.set(volume.metadata.name, new Set([node]));
  }

  private isAttachable(volume: PersistentVolume | undefined): volume is PersistentVolume {
    const driver = volume?.spec?.csi?.driver;
    return driver !== undefined && needsAttaching(this.drivers.get(driver));
  }

  private volumesOf(pod: Pod): readonly PersistentVolume[] {
    return claimsOf(pod).flatMap((name) => {
      const claim = this.claims.get(`${pod.metadata.namespace}/${name}`);
      const volume = this.volumes.get(claim?.spec?.volumeName ?? '');
      return claim && this.isAttachable(volume) && isBoundTo(volume, claim) ? [volume] : [];
    });
  }

  private podChanged(before: Pod | undefined, pod: Pod): void {
    if (!this.started || !pod.spec.nodeName || (before?.spec.nodeName && isOver(before) === isOver(pod))) return;
    for (const volume of this.volumesOf(pod)) this.queue.add(volume.metadata.name);
  }

  private podGone(pod: Pod): void {
    if (!this.started || !pod.spec.nodeName) return;
    const claims = claimsOf(pod);
    if (claims.length === 0) return;
    for (const volume of this.volumesOf(pod)) this.queue.add(volume.metadata.name);
    // Claims can be gone before their pod is seen to go.
    if (claims.some((name) => this.claims.get(`${pod.metadata.namespace}/${name}`) === undefined)) for (const a of ofNode(this.attachments, pod.spec.nodeName)) this.attachmentChanged(a);
  }

  private claimBound(before: PersistentVolumeClaim | undefined, claim: PersistentVolumeClaim): void {
    if (claim.spec?.volumeName && !before?.spec?.volumeName) this.bound(this.volumes.get(claim.spec.volumeName));
  }

  private volumeBound(before: PersistentVolume | undefined, volume: PersistentVolume): void {
    if (volume.spec?.claimRef?.uid && !before?.spec?.claimRef?.uid) this.bound(volume);
  }

  /** Usually nobody uses it yet; a pod that names its node itself can be there first. */
  private bound(volume: PersistentVolume | undefined): void {
    if (this.started && this.isAttachable(volume) && this.wanted(volume).size > 0) this.queue.add(volume.metadata.name);
  }

  private isOwn(attachment: VolumeAttachment): boolean {
    const { metadata: { name }, spec: { source, nodeName } } = attachment;
    if (this.own.has(name)) return true;
    const volume = this.volumes.get(source.persistentVolumeName ?? '');
    if (volume?.spec?.csi === undefined || name !== attachmentName(volume, nodeName)) return false;
    this.own.set(name, volume.metadata.name);
    return true;
  }

  private attachmentChanged(attachment: VolumeAttachment): void {
    if (this.started && this.isOwn(attachment)) this.queue.add(attachment.spec.source.persistentVolumeName ?? '');
  }

  private attachmentGone(attachment: VolumeAttachment): void {
    const { name } = attachment.metadata;
    this.attachmentChanged(attachment);
    this.own.delete(name);
    this.attaching.delete(name);
    this.detaching.delete(name);
  }

  private nodeCame(node: Node): void {
    if (this.started) for (const attachment of ofNode(this.attachments, node.metadata.name)) this.attachmentChanged(attachment);
  }

  private nodeChanged(before: Node, node: Node): void {
    const inUse = (n: Node): string => (n.status?.volumesInUse ?? []).join();
    if (inUse(before) !== inUse(node) || isHealthy(before) !== isHealthy(node) || isOutOfService(before) !== isOutOfService(node)) this.reconsider(node.metadata.name);
  }

  private nodeGone(node: Node): void {
    this.report.forget(node.metadata.name);
    this.reconsider(node.metadata.name);
  }

  /** What waits for the node to let go of it is looked at again. */
  private reconsider(node: string): void {
    for (const key of this.unwanted.keys()) if (key.endsWith(` ${node}`)) this.queue.add(key.slice(0, key.indexOf(' ')));
  }

  /** The pods that use the volume, by node. */
  private wanted(volume: PersistentVolume | undefined): ReadonlyMap<string, readonly Pod[]> {
    const wanted = new Map<string, Pod[]>();
    const ref = volume?.spec?.claimRef;
    if (!ref?.uid || !this.isAttachable(volume)) return wanted;
    const key = `${ref.namespace}/${ref.name}`;
    const claim = this.claims.get(key);
    if (claim && (claim.metadata.uid !== ref.uid || claim.spec?.volumeName !== volume.metadata.name)) return wanted;
    for (const pod of this.pods.byIndex(BY_CLAIM, key)) {
      if (!pod.spec.nodeName || isOver(pod)) continue;
      const there = wanted.get(pod.spec.nodeName);
      if (there) there.push(pod); else wanted.set(pod.spec.nodeName, [pod]);
    }
    return wanted;
  }

  private attachmentsOf(name: string, volume: PersistentVolume | undefined): readonly Attachment[] {
    const found: Attachment[] = [];
    for (const attachment of ofVolume(this.attachments, name)) {
      if (!this.isOwn(attachment)) continue;
      const { metadata, spec, status } = attachment;
      const state = metadata.deletionTimestamp !== undefined || this.detaching.has(metadata.name) ? 'detaching' : status?.attached ? 'attached' : 'attaching';
      found.push({ name: metadata.name, node: spec.nodeName, state, ...(status?.attachError?.message ? { error: status.attachError.message } : {}) });
    }
    for (const [attachment, asked] of this.attaching) if (asked.volume === name && !this.attachments.get(attachment)) found.push({ name: attachment, node: asked.node, state: 'attaching' });
    if (volume) for (const node of this.found.get(name) ?? []) found.push({ name: attachmentName(volume, node), node, state: 'attached' });
    return found;
  }

  /** As in the real one detaching comes first, so that a volume can move. */
  private *sync(name: string): Process<SyncResult> {
    const volume = this.volumes.get(name);
    const said: string[] = [];
    const wanted = this.wanted(volume);
    for (const key of [...this.told.keys()]) if (key.startsWith(`${name} `) && !wanted.has(key.slice(name.length + 1))) this.told.delete(key);
    for (const attachment of this.attachmentsOf(name, volume)) {
      if (wanted.has(attachment.node)) { this.settled(name, attachment.node); continue; }
      const result = yield* this.detach(name, volume, attachment);
      if (result.error !== undefined) return result;
      if (result.outcome) said.push(result.outcome);
    }
    for (const [node, pods] of wanted) {
      if (volume === undefined) break;
      const result = yield* this.attach(volume, node, pods);
      if (result.error !== undefined) return result;
      if (result.outcome) said.push(result.outcome);
    }
    return { outcome: said.join('; ') };
  }

  /** The wait for an unmount is over. */
  private settled(volume: string, node: string): void {
    if (!this.unwanted.delete(`${volume} ${node}`)) return;
    if (![...this.unwanted.keys()].some((key) => key.startsWith(`${volume} `))) this.queue.cancelDelayed(volume);
  }

  private *attach(volume: PersistentVolume, node: string, pods: readonly Pod[]): Process<SyncResult> {
    const { name } = volume.metadata;
    const attachments = this.attachmentsOf(name, volume);
    const here = attachments.find((a) => a.node === node);
    if (here?.state === 'attached') return yield* this.attached(volume, here, pods);
    if (here) {
      if (here.error !== undefined && this.tells(name, node, here.error)) this.event(pods, 'Warning', 'FailedAttachVolume', () => `AttachVolume.Attach failed for volume "${name}" : ${here.error ?? ''}`);
      return { outcome: here.error === undefined ? '' : `volume ${name} is not attached to ${node}: ${here.error}` };
    }
    if (!mayAttachToMany(volume) && attachments.length > 0) {
      if (attachments.some((a) => a.state !== 'attached')) return { outcome: `volume ${name} is to go to ${node} when it has left ${attachments.map((a) => a.node).join(', ')}` };
      const others = [...this.wanted(volume)].flatMap(([other, users]) => (other === node ? [] : users));
      if (this.tells(name, node, 'multi-attach')) this.event(pods, 'Warning', 'FailedAttachVolume', (pod) => `Multi-Attach error for volume "${name}" ${usedBy(pod, others)}`);
      return { outcome: `volume ${name} is attached to ${attachments.map((a) => a.node).join(', ')}: it cannot be attached to ${node} too` };
    }
    if (this.nodes.get(node) === undefined) return { outcome: `node ${node} is not there` };
    const attachment = attachmentName(volume, node);
    this.attaching.set(attachment, { volume: name, node });
    const created = yield* this.context.client.create(VOLUME_ATTACHMENTS, '', {
      apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: attachment },
      spec: { attacher: volume.spec?.csi?.driver ?? '', nodeName: node, source: { persistentVolumeName: name } }, status: { attached: false },
    });
    if (isStatus(created) && !isAlreadyExists(created)) { this.attaching.delete(attachment); return failed(created); }
    return { outcome: `volume ${name} is to be attached to ${node}` };
  }

  /** The first to see it there says so to the pods that wait, then to the kubelet by the node's status. */
  private *attached(volume: PersistentVolume, { name, node }: Attachment, pods: readonly Pod[]): Process<SyncResult> {
    const fresh = this.attaching.delete(name);
    this.told.delete(`${volume.metadata.name} ${node}`);
    if (fresh) this.event(pods, 'Normal', 'SuccessfulAttachVolume', () => `AttachVolume.Attach succeeded for volume "${volume.metadata.name}" `);
    const failure = yield* this.report.set(node, uniqueVolumeName(volume) ?? '', true);
    return failure ? failed(failure) : { outcome: fresh ? `volume ${volume.metadata.name} is attached to ${node}` : '' };
  }

  private *detach(name: string, volume: PersistentVolume | undefined, attachment: Attachment): Process<SyncResult> {
    const { node } = attachment;
    if (attachment.state === 'detaching') return { outcome: '' };
    // What is under way is not interrupted.
    if (attachment.state === 'attaching' && attachment.error === undefined && this.attaching.has(attachment.name)) return { outcome: '' };
    const key = `${name} ${node}`;
    const since = this.unwanted.get(key) ?? this.context.simulation.now;
    this.unwanted.set(key, since);
    const unique = uniqueVolumeName(volume);
    const held = this.holds(this.nodes.get(node), unique, since);
    if (held === 'mounted') {
      const left = since + MAX_WAIT_FOR_UNMOUNT - this.context.simulation.now;
      // A node that is well lets go of it in its own time.
      if (left > 0 && !this.isWell(node)) this.queue.addAfter(name, left, `volume ${name} to be unmounted by node ${node}`);
      return { outcome: `volume ${name} is still mounted on ${node}` };
    }
    if (unique !== undefined) {
      const failure = yield* this.report.set(node, unique, false);
      if (failure) return failed(failure);
      // The cache may be behind: a volume that is in use must not be torn away.
      const live = held === 'forced' ? undefined : yield* this.context.client.get(NODES, '', node);
      if (live !== undefined && !isStatus(live) && live.status?.volumesInUse?.includes(unique)) return { outcome: `volume ${name} is still mounted on ${node}` };
    }
    this.detaching.add(attachment.name);
    const deleted = yield* this.context.client.delete(VOLUME_ATTACHMENTS, '', attachment.name);
    if (isFailure(deleted) && !isNotFound(deleted)) { this.detaching.delete(attachment.name); return failed(deleted); }
    this.settled(name, node);
    this.found.get(name)?.delete(node);
    if (isNotFound(deleted)) { this.detaching.delete(attachment.name); this.attaching.delete(attachment.name); }
    return { outcome: held === 'forced' ? `volume ${name} is taken from ${node}, which does not answer` : `nobody on ${node} uses volume ${name}: it is to be detached` };
  }

  /** Whether the node still has the volume mounted, as its kubelet last said; a node that is lost does not count. */
  private holds(node: Node | undefined, unique: string | undefined, since: number): 'free' | 'mounted' | 'forced' {
    if (node === undefined || unique === undefined || !node.status?.volumesInUse?.includes(unique)) return 'free';
    if (isOutOfService(node)) return 'forced';
    return !isHealthy(node) && this.context.simulation.now - since >= MAX_WAIT_FOR_UNMOUNT ? 'forced' : 'mounted';
  }

  private isWell(node: string): boolean {
    const known = this.nodes.get(node);
    return known !== undefined && isHealthy(known);
  }

  private tells(volume: string, node: string, what: string): boolean {
    const key = `${volume} ${node}`;
    if (this.told.get(key) === what) return false;
    this.told.set(key, what);
    return true;
  }

  private event(pods: readonly Pod[], type: 'Normal' | 'Warning', reason: string, message: (pod: Pod) => string): void {
    for (const pod of pods) this.context.events.event(pod, type, reason, message(pod));
  }
}
