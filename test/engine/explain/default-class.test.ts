// A StatefulSet's claims in a cluster without storage classes, as kubeadm makes it: the suggestion is followed in the same world.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../src/engine/api/generated/types';
import { suggestFor } from '../../../src/engine/explain/explain';
import { parseManifest } from '../../../src/engine/manifest/parse';
import { Session } from '../../../src/engine/session';

const DATABASE = (storageClassName = ''): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: main, image: postgres, volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], ${storageClassName}resources: {requests: {storage: 1Gi}}}
`;

const list = <T>(session: Session, group: string, resource: string): readonly T[] => (session.cluster.api.peek(group, resource)?.list() ?? []) as unknown as readonly T[];
const phases = (session: Session): readonly string[] => list<Pod>(session, '', 'pods').map((p) => `${p.metadata.name} ${p.status.phase ?? ''}`);

function follow(session: Session): ReturnType<Session['create']> {
  const [suggestion] = suggestFor(session, 'default', 'db-0');
  assert.equal(suggestion?.title, 'Create a default StorageClass, standard');
  return session.create(suggestion.actions.flatMap((a, index) => (a.type === 'create' ? [{ file: '', index, value: a.object as unknown as { readonly [field: string]: unknown } }] : [])));
}

test('a claim that names no class gets the default one when there is one, and its pods run', () => {
  const session = new Session();
  session.create(parseManifest(DATABASE(), 'db.yaml').documents);
  assert.deepEqual(phases(session), ['db-0 Pending']);
  const run = follow(session);
  assert.ok(run.run.settled);
  assert.deepEqual(phases(session), ['db-0 Running', 'db-1 Running']);
  assert.deepEqual(list<PersistentVolumeClaim>(session, '', 'persistentvolumeclaims').map((c) => [c.spec.storageClassName, c.status?.phase]), [['standard', 'Bound'], ['standard', 'Bound']]);
});

test('the volume binder takes its time: claims are looked at every 15 seconds', () => {
  const session = new Session();
  session.create(parseManifest(DATABASE(), 'db.yaml').documents);
  const before = session.cluster.simulation.now;
  follow(session);
  const [update] = session.cluster.trace.messages().filter((m) => m.kind === 'request' && m.verb === 'update' && m.resource === 'persistentvolumeclaims' && m.subresource === '' && m.at > before);
  assert.ok(update && update.at % 15_000 < 1000, `at ${update?.at}`);
});

for (const [provisioner, source] of [['csi.example.com', { csi: { driver: 'csi.example.com' } }], ['kubernetes.io/aws-ebs', { csi: { driver: 'ebs.csi.aws.com' } }], ['rancher.io/local-path', { hostPath: { type: 'DirectoryOrCreate' }, nodeAffinity: {} }], ['k8s.io/minikube-hostpath', { hostPath: { type: 'DirectoryOrCreate' } }]] as const) {
  test(`volumes of ${provisioner}`, () => {
    const session = new Session();
    const standard = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner, volumeBindingMode: 'WaitForFirstConsumer' };
    session.create([{ file: '', index: 0, value: standard }, ...parseManifest(DATABASE(), 'db.yaml').documents]);
    assert.deepEqual(phases(session), ['db-0 Running', 'db-1 Running']);
    for (const { spec } of list<PersistentVolume>(session, '', 'persistentvolumes')) {
      const { csi, hostPath, nodeAffinity } = spec;
      assert.deepEqual({ ...(csi ? { csi: { driver: csi.driver } } : {}), ...(hostPath ? { hostPath: { type: hostPath.type } } : {}), ...(nodeAffinity ? { nodeAffinity: {} } : {}) }, source);
    }
  });
}

test('a claim that wants no class is left alone, and so is the suggestion', () => {
  const session = new Session();
  session.create(parseManifest(DATABASE('storageClassName: "", '), 'db.yaml').documents);
  assert.deepEqual(suggestFor(session, 'default', 'db-0').map((s) => s.title).filter((t) => t.includes('StorageClass')), []);
  const standard = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'example.com/p' };
  session.create([{ file: '', index: 0, value: standard }]);
  assert.equal(list<StorageClass>(session, 'storage.k8s.io', 'storageclasses').length, 1);
  assert.deepEqual(phases(session), ['db-0 Pending']);
});
