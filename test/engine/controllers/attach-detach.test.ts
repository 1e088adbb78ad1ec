import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { CoreEvent, Node, PersistentVolume, Pod, VolumeAttachment } from '../../../src/engine/api/generated/types';
import { buildDiagram } from '../../../src/diagram/build';
import { toMermaid } from '../../../src/diagram/mermaid';
import { FIRST_VIEW } from '../../../src/diagram/model';
import { recordOf } from '../../../src/diagram/record';
import { PODS, VOLUME_ATTACHMENTS } from '../../../src/engine/client/resources';
import { sha256Hex } from '../../../src/engine/controllers/volume/sha256';
import { Session } from '../../../src/engine/session';
import { DEFAULT_LIMITS, drive } from '../../../src/engine/simulation/simulation';
import type { RequestMessage } from '../../../src/engine/trace/message';
import { operating } from '../../../src/worker/actions';

const DRIVER = 'csi.example.com';
const STARTED = 'AttachVolume.Attach succeeded for volume "PV" ';
const EXCLUSIVE = 'Multi-Attach error for volume "PV" Volume is already exclusively attached to one node and can\'t be attached to another';
const CLASS = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard' }, provisioner: DRIVER, volumeBindingMode: 'Immediate' };
const claim = (accessMode = 'ReadWriteOnce'): object => ({
  apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { storageClassName: 'standard', accessModes: [accessMode], resources: { requests: { storage: '1Gi' } } },
});
const pod = (name: string, node: string): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name },
  spec: { nodeName: node, terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'nginx:1.27' }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
});

class World {
  readonly session = new Session({ seed: 5 });

  create(...objects: readonly object[]): this {
    const result = this.session.create(objects.map((value, index) => ({ file: '', index, value: value as { readonly [field: string]: unknown } })));
    assert.deepEqual(result.documents.filter((d) => d.code !== 201), []);
    return this;
  }

  list<T>(group: string, resource: string): readonly T[] { return (this.session.cluster.api.peek(group, resource)?.list() ?? []) as unknown as readonly T[]; }
  get volume(): PersistentVolume { return this.list<PersistentVolume>('', 'persistentvolumes')[0] as PersistentVolume; }
  get attachments(): readonly VolumeAttachment[] { return this.list<VolumeAttachment>('storage.k8s.io', 'volumeattachments'); }
  get attachedTo(): readonly string[] { return this.attachments.filter((a) => a.status?.attached).map((a) => a.spec.nodeName); }
  node(name: string): Node { return this.session.cluster.api.peek('', 'nodes')?.get(name) as unknown as Node; }
  pod(name: string): Pod | undefined { return this.session.cluster.api.peek('', 'pods')?.get(`default/${name}`) as unknown as Pod | undefined; }
  runs(name: string): boolean { return this.pod(name)?.status?.phase === 'Running'; }
  delete(name: string, gracePeriodSeconds?: number): void { this.session.act('delete', this.session.kubectl.delete(PODS, 'default', name, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds })); }
  operate(operation: Parameters<typeof operating>[1]): void { drive(operating(this.session, operation, { limits: DEFAULT_LIMITS })); }

  /** What the controller has told a pod, with PV for the volume's name. */
  told(name: string): readonly string[] {
    const events = this.list<CoreEvent>('', 'events').filter((e) => e.involvedObject.name === name && e.source?.component === 'attachdetach-controller');
    return events.map((e) => `${e.type} ${e.reason}: ${(e.message ?? '').replaceAll(this.volume.metadata.name, 'PV')}`);
  }

  requests(): readonly RequestMessage[] { return this.session.cluster.trace.messages({ background: true }).filter((m): m is RequestMessage => m.kind === 'request'); }
}

const unique = (world: World): string => `kubernetes.io/csi/${DRIVER}^${world.volume.spec?.csi?.volumeHandle}`;
const running = (accessMode?: string): World => new World().create(CLASS, claim(accessMode)).create(pod('a', 'node-1'));

test('SHA-256 is that of everybody else', () => {
  assert.equal(sha256Hex(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(sha256Hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  for (const text of ['x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'Käse 🧀'.repeat(40)]) assert.equal(sha256Hex(text), createHash('sha256').update(text).digest('hex'), text);
});

test('a volume is attached before the pod starts, and everybody says so', () => {
  const world = running();
  assert.ok(world.runs('a'));
  const [attachment] = world.attachments;
  const handle = world.volume.spec?.csi?.volumeHandle ?? '';
  assert.equal(attachment?.metadata.name, `csi-${createHash('sha256').update(`${handle}${DRIVER}node-1`).digest('hex')}`);
  assert.deepEqual(attachment.spec, { attacher: DRIVER, nodeName: 'node-1', source: { persistentVolumeName: world.volume.metadata.name } });
  assert.equal(attachment.status?.attached, true);
  assert.deepEqual(attachment.metadata.finalizers, ['external-attacher/csi-example-com']);
  assert.deepEqual(world.volume.metadata.finalizers, ['kubernetes.io/pv-protection', 'external-attacher/csi-example-com']);
  assert.deepEqual(world.node('node-1').status?.volumesAttached, [{ name: unique(world), devicePath: '' }]);
  assert.deepEqual(world.node('node-1').status?.volumesInUse, [unique(world)]);
  assert.deepEqual(world.told('a'), [`Normal SuccessfulAttachVolume: ${STARTED}`]);
  const order = world.requests().filter((m) => m.resource !== 'events');
  const at = (of: (m: RequestMessage) => boolean): number => order.find(of)?.at ?? NaN;
  const said = at((m) => m.actor === 'attachdetach-controller' && m.resource === 'nodes' && m.verb === 'patch');
  const runs = at((m) => m.actor === 'kubelet/node-1' && m.resource === 'pods' && JSON.stringify(m.body ?? null).includes('"phase":"Running"'));
  assert.ok(said < runs, `the node's status said so at ${said}, the pod ran at ${runs}`);
  assert.deepEqual(order.filter((m) => m.code >= 400 && m.actor === 'attachdetach-controller'), []);
});

test('when its pod is gone the volume is detached, after the kubelet has unmounted it', () => {
  const world = running();
  world.delete('a');
  assert.equal(world.pod('a'), undefined);
  assert.deepEqual(world.attachments, []);
  assert.equal(world.node('node-1').status?.volumesAttached, undefined);
  assert.equal(world.node('node-1').status?.volumesInUse, undefined);
  const requests = world.requests();
  const unmounted = requests.filter((m) => m.actor === 'kubelet/node-1' && m.resource === 'nodes' && JSON.stringify(m.body ?? null).includes('"volumesInUse":null'));
  const detached = requests.filter((m) => m.actor === 'attachdetach-controller' && m.verb === 'delete' && m.resource === 'volumeattachments');
  assert.deepEqual([unmounted.length, detached.length], [1, 1]);
  assert.ok((unmounted[0]?.at ?? NaN) < (detached[0]?.at ?? NaN));
});

test('a deleted claim takes its volume along only when it is attached nowhere', () => {
  const world = running();
  world.session.delete([claim(), pod('a', 'node-1')].map((value, index) => ({ file: '', index, value: value as { readonly [field: string]: unknown } })));
  assert.deepEqual([world.attachments.length, world.list('', 'persistentvolumes').length, world.list('', 'persistentvolumeclaims').length], [0, 0, 0]);
  const requests = world.requests();
  const detached = requests.find((m) => m.verb === 'delete' && m.resource === 'volumeattachments'), freed = requests.find((m) => m.actor === DRIVER && m.verb === 'patch' && m.resource === 'persistentvolumes' && m.name !== '' && !JSON.stringify(m.body ?? null).includes('external-attacher'));
  assert.ok(detached && freed && detached.at < freed.at);
});

test('ReadWriteOnce on two nodes: the second pod is told who has the volume, and gets it when that one goes', () => {
  const world = running().create(pod('b', 'node-2'));
  assert.ok(!world.runs('b'));
  assert.equal(world.pod('b')?.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating');
  assert.deepEqual(world.told('b'), ['Warning FailedAttachVolume: Multi-Attach error for volume "PV" Volume is already used by pod(s) a']);
  assert.deepEqual(world.attachedTo, ['node-1']);
  world.delete('a');
  assert.ok(world.runs('b'));
  assert.deepEqual(world.attachedTo, ['node-2']);
  assert.deepEqual(world.told('b').at(-1), `Normal SuccessfulAttachVolume: ${STARTED}`);
});

test('a second pod on the same node shares the volume without a word; ReadWriteMany goes to many nodes', () => {
  const shared = running().create(pod('b', 'node-1'));
  assert.ok(shared.runs('b'));
  assert.deepEqual([shared.told('b'), shared.attachedTo], [[], ['node-1']]);
  shared.delete('a');
  assert.deepEqual([shared.attachedTo, shared.node('node-1').status?.volumesInUse], [['node-1'], [unique(shared)]]);
  const many = running('ReadWriteMany').create(pod('b', 'node-2'));
  assert.ok(many.runs('b'));
  assert.deepEqual([...many.attachedTo].sort(), ['node-1', 'node-2']);
});

test('a node that is switched off keeps the volume for six minutes after its pod is gone', () => {
  const world = running();
  world.operate({ type: 'killNode', node: 'node-1' });
  world.session.advance(400_000);
  // Its pod is being deleted, but nobody is there to say that it has ended.
  assert.ok(world.pod('a')?.metadata.deletionTimestamp);
  assert.deepEqual(world.attachedTo, ['node-1']);
  const before = world.session.cluster.simulation.now;
  world.delete('a', 0);
  assert.equal(world.pod('a'), undefined);
  world.create(pod('b', 'node-2'));
  world.session.advance(370_000);
  const gone = world.requests().find((m) => m.actor === 'attachdetach-controller' && m.verb === 'delete' && m.resource === 'volumeattachments');
  assert.ok(gone && Math.abs(gone.at - before - 360_000) < 2000, `detached ${(gone?.at ?? NaN) - before} ms after the deletion`);
  assert.ok(world.told('b').includes(`Warning FailedAttachVolume: ${EXCLUSIVE}`));
  assert.deepEqual(world.attachedTo, ['node-2']);
  assert.ok(world.runs('b'));
});

test('the out-of-service taint ends the wait: the pod is collected and the volume taken from the node', () => {
  const world = running();
  world.operate({ type: 'killNode', node: 'node-1' });
  world.session.advance(60_000);
  world.create(pod('b', 'node-2'));
  assert.ok(!world.runs('b'));
  const before = world.session.cluster.simulation.now;
  world.operate({ type: 'taint', node: 'node-1', taint: { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }, remove: false });
  world.session.advance(30_000);
  assert.equal(world.pod('a'), undefined);
  assert.deepEqual(world.attachedTo, ['node-2']);
  assert.ok(world.runs('b'));
  const gone = world.requests().find((m) => m.verb === 'delete' && m.resource === 'volumeattachments');
  assert.ok(gone && gone.at - before < 30_000);
});

test('a node that comes back lets go of what it no longer uses', () => {
  const world = running();
  world.operate({ type: 'killNode', node: 'node-1' });
  world.session.advance(60_000);
  world.delete('a', 0);
  world.operate({ type: 'startNode', node: 'node-1' });
  world.session.advance(30_000);
  assert.equal(world.node('node-1').status?.volumesInUse, undefined);
  assert.deepEqual(world.attachments, []);
});

test('a pod that names its node before its claim is bound waits for the claim, and says so', () => {
  const world = new World().create(claim(), pod('a', 'node-1'));
  assert.ok(!world.runs('a'));
  const said = new Set(world.session.cluster.trace.messages().flatMap((m) => (m.kind === 'work' && m.actor === 'kubelet/node-1' && m.outcome?.includes('mount') ? [m.outcome] : [])));
  assert.deepEqual([...said], ['Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC default/data: PVC is not bound']);
  world.create(CLASS);
  world.session.advance(130_000);
  assert.ok(world.runs('a'));
  assert.deepEqual(world.attachedTo, ['node-1']);
});

test('drivers whose volumes need no attaching: nothing is asked for, nothing is waited for', () => {
  const driver = { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: DRIVER }, spec: { attachRequired: false } };
  const world = new World().create(CLASS, driver, claim()).create(pod('a', 'node-1'));
  assert.ok(world.runs('a'));
  assert.deepEqual(world.attachments, []);
  assert.deepEqual([world.node('node-1').status?.volumesAttached, world.node('node-1').status?.volumesInUse], [undefined, undefined]);
  assert.deepEqual(world.volume.metadata.finalizers, ['kubernetes.io/pv-protection']);
});

test('what the attacher says went wrong reaches the pods; attachments that somebody else makes are left alone', () => {
  const world = running();
  world.delete('a');
  const foreign = { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: 'mine' }, spec: { attacher: 'other', nodeName: 'node-3', source: { persistentVolumeName: 'nothing' } } };
  world.create(foreign);
  assert.deepEqual(world.attachments.map((a) => [a.metadata.name, a.status?.attached]), [['mine', false]]);
  const name = `csi-${sha256Hex(`${world.volume.spec?.csi?.volumeHandle ?? ''}${DRIVER}node-2`)}`;
  world.session.act('create', world.session.kubectl.create(PODS, 'default', pod('b', 'node-2') as never), { limits: { ...DEFAULT_LIMITS, milliseconds: 300 } });
  world.session.act('fail', world.session.kubectl.patch(VOLUME_ATTACHMENTS, '', name, 'application/merge-patch+json', { status: { attached: false, attachError: { message: 'no room' } } }, 'status'));
  assert.ok(world.told('b').includes('Warning FailedAttachVolume: AttachVolume.Attach failed for volume "PV" : no room'), world.told('b').join('\n'));
});

test('clusters without such volumes hear nothing of it', () => {
  const world = new World().create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'plain' }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } });
  assert.ok(world.runs('plain'));
  assert.deepEqual(world.requests().filter((m) => m.actor === 'attachdetach-controller' || (m.actor.startsWith('kubelet/') && /persistentvolume|csi/.test(m.resource))), []);
});

test('the diagram tells it, with the controller among those of the controller manager', () => {
  const world = new World().create(CLASS, claim());
  const action = world.session.create([{ file: '', index: 0, value: pod('a', 'node-1') as { readonly [field: string]: unknown } }]);
  const text = toMermaid(buildDiagram(recordOf(world.session, action), FIRST_VIEW)).text.replaceAll('<br/>', ' ');
  for (const words of [/box transparent Controller Manager\n(?: {4}participant .*\n)*? {4}participant \w+ as attachdetach controller\n/, /create VolumeAttachment csi-/, /patch VolumeAttachment status attached/, /patch Node status volume attached/, /patch Node status volume in use/, /SuccessfulAttachVolume/]) assert.match(text, words);
});
