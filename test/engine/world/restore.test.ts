import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Pod } from '../../../src/engine/api/generated/types';
import { parseSnapshot, snapshotText } from '../../../src/engine/etcd/snapshot';
import { scale } from '../../../src/engine/kubectl/operations';
import { parseManifest } from '../../../src/engine/manifest/parse';
import { parseScenario } from '../../../src/engine/scenario';
import { Session } from '../../../src/engine/session';
import { DEPLOYMENTS } from '../../../src/engine/client/resources';

const HELLO = parseManifest(readFileSync(join(process.cwd(), 'examples/hello-deployment.yaml'), 'utf8'), 'hello-deployment.yaml').documents;
const pods = (session: Session): readonly Pod[] => (session.cluster.api.peek('', 'pods')?.list() ?? []) as unknown as readonly Pod[];
const running = (session: Session): number => pods(session).filter((p) => p.status.phase === 'Running').length;
const NAME = 'helloworld-deployment';

for (const etcdMembers of [1, 3, 5]) {
  test(`after the loss of all ${etcdMembers} members a snapshot brings the cluster back to exactly its revision, and the controllers resume`, () => {
    const session = new Session({ etcdMembers });
    session.create(HELLO);
    const before = running(session);
    const text = snapshotText(session.snapshot());
    const snapshot = parseSnapshot(text);
    assert.ok(typeof snapshot !== 'string', String(snapshot));
    const saved = JSON.stringify(session.cluster.etcd.store.range({ key: '/registry/', rangeEnd: '/registry0' }));

    // What happens after the snapshot is to be forgotten.
    session.act('scale', scale(session.kubectl, DEPLOYMENTS as never, 'default', NAME, before + 3));
    assert.equal(running(session), before + 3);
    session.break({ type: 'loseAll' });
    assert.equal(session.create(HELLO).documents[0]?.code, 500);

    // At the moment of the restore the store is what it was, to the letter and the revision.
    const { etcd } = session.cluster;
    const restore = etcd.restore.bind(etcd);
    let at = 0;
    etcd.restore = (store, why) => {
      restore(store, why);
      at = etcd.store.revision;
      assert.equal(JSON.stringify(etcd.store.range({ key: '/registry/', rangeEnd: '/registry0' })), saved);
    };
    const action = session.restore(snapshot);
    assert.equal(action.refusal, undefined);
    assert.equal(at, snapshot.revision);

    // The pods made after the snapshot are no more, and what there is works.
    session.advance(60_000);
    assert.equal(pods(session).length, before);
    assert.equal(running(session), before);
    session.act('scale', scale(session.kubectl, DEPLOYMENTS as never, 'default', NAME, before + 1));
    assert.equal(running(session), before + 1);
  });
}

test('a new world starts from a snapshot of another one, also with another number of members', () => {
  const session = new Session();
  session.create(HELLO);
  const snapshot = session.snapshot();
  const other = new Session({ etcdMembers: 3, snapshot });
  assert.ok(other.cluster.etcd.revision >= snapshot.revision);
  other.advance(60_000);
  assert.equal(running(other), running(session));
  other.act('scale', scale(other.kubectl, DEPLOYMENTS as never, 'default', NAME, 5));
  assert.equal(running(other), 5);
});

test('a damaged snapshot is refused with what is wrong with it', () => {
  const text = snapshotText(new Session().snapshot());
  const cases: readonly (readonly [string, RegExp])[] = [
    [text.slice(0, text.length / 2), /no JSON/], ['[]', /format/], ['3', /object/], [text.replace('etcd-snapshot', 'other'), /format/], [text.replace('"version": 1', '"version": 2'), /reads version 1/],
    [text.replace('"node-1"', '"node-9"'), /hash/], [text.replace(/"revision": \d+/, '"revision": 1'), /revision/], [text.replace('"key":', '"kex":'), /keys/],
  ];
  for (const [damaged, said] of cases) assert.match(String(parseSnapshot(damaged)), said);
  assert.notEqual(typeof parseSnapshot(text), 'string');
});

test('a scenario file says what breaks and when, or what is wrong with it', () => {
  const read = (text: string): ReturnType<typeof parseScenario> => parseScenario(parse(text));
  const head = 'apiVersion: controlplane.dev/v1alpha1\nkind: Scenario\nfaults:\n';
  assert.deepEqual(read(readFileSync(join(process.cwd(), 'examples/scenarios/kill-the-leader.yaml'), 'utf8')), [{ after: 22, fault: { type: 'killMember', member: 'leader' } }, { after: 10_000, fault: { type: 'heal' } }]);
  assert.deepEqual(read(`${head}- {at: 1.5s, partition: [[etcd-1], [etcd-2, kube-apiserver]]}\n- {at: 2m, kill: kube-scheduler}\n- {at: 0ms, slowDisk: {member: etcd-1, times: 9}}`), [
    { after: 1500, fault: { type: 'partition', groups: [['etcd-1'], ['etcd-2', 'kube-apiserver']] } }, { after: 120_000, fault: { type: 'kill', component: 'kube-scheduler' } }, { after: 0, fault: { type: 'slowDisk', member: 'etcd-1', times: 9 } },
  ]);
  for (const [text, said] of [['kind: Pod', /kind has to be Scenario/], [`${head}- {kill: leader}`, /faults\[0\]: at has to be a time/], [`${head}- {at: 1s}`, /exactly one thing/], [`${head}- {at: 1s, kill: me}`, /no member/], [`${head}- {at: 1s, dance: true}`, /nothing called "dance"/], [`${head}- {at: 1s, slowLink: {between: [etcd-1]}}`, /two names/]] as const) assert.match(String(read(text)), said);
});
