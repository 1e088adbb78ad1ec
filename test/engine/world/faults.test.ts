import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildDiagram } from '../../../src/diagram/build';
import { recordOf } from '../../../src/diagram/record';
import { toMermaid } from '../../../src/diagram/mermaid';
import type { Pod } from '../../../src/engine/api/generated/types';
import type { ClusterOptions } from '../../../src/engine/cluster';
import { parseManifest } from '../../../src/engine/manifest/parse';
import { Session, type ActionOptions, type ActionResult } from '../../../src/engine/session';
import type { MemberMessage } from '../../../src/engine/trace/message';

const HELLO = parseManifest(readFileSync(join(process.cwd(), 'examples/hello-deployment.yaml'), 'utf8'), 'hello-deployment.yaml').documents;

const world = (options: ClusterOptions = {}): Session => new Session({ etcdMembers: 3, ...options });
const hello = (session: Session, options?: ActionOptions): ActionResult => session.create(HELLO, options);
const running = (session: Session): number => (session.cluster.api.peek('', 'pods')?.list() ?? []).filter((p) => (p as unknown as Pod).status.phase === 'Running').length;
const members = (session: Session, action: ActionResult): readonly MemberMessage[] =>
  session.cluster.trace.messages({ from: action.firstMessage, background: true }).filter((m): m is MemberMessage => m.kind === 'member' && m.id <= action.lastMessage);

test('three and five members do the hello Deployment as one does', () => {
  const alone = new Session();
  const expected = hello(alone).documents.map((d) => [d.code, d.message]);
  for (const etcdMembers of [3, 5]) {
    const session = world({ etcdMembers });
    assert.deepEqual(hello(session).documents.map((d) => [d.code, d.message]), expected);
    assert.equal(running(session), running(alone));
    // All members have the same in the end.
    session.advance(1000);
    assert.equal(new Set(session.cluster.etcd.status().map((m) => m.revision)).size, 1);
  }
});

test('the leader dies in the middle of the hello Deployment: it completes, and the diagram shows the election and the retry', () => {
  const session = world();
  const action = hello(session, { faults: [{ after: 22, fault: { type: 'killMember', member: 'leader' } }] });
  assert.equal(action.documents[0]?.code, 201);
  assert.ok(action.run.settled);
  assert.ok(running(session) > 0);
  const said = members(session, action).filter((m) => m.notable).map((m) => m.type);
  for (const type of ['fault', 'retry', 'vote', 'elected', 'reconnect']) assert.ok(said.includes(type as MemberMessage['type']), `${type} of ${said.join(' ')}`);
  const record = recordOf(session, action);
  const texts = buildDiagram(record, { level: 'working', expanded: [], page: 0 }).items.map((i) => i.text).join('\n');
  assert.match(texts, /etcd-1 is killed, which was the leader/);
  assert.match(texts, /is elected leader of term \d/);
  assert.match(texts, /the same request goes to etcd-/);
  assert.match(texts, /watches go on at etcd-[23]/);
  // Where everything is shown etcd's lane opens into its members.
  const everything = buildDiagram(record, { level: 'everything', expanded: [], page: 0 });
  assert.deepEqual(everything.lanes.filter((l) => l.role === 'storage').map((l) => l.id).filter((id) => id !== 'etcd'), ['etcd-1', 'etcd-2', 'etcd-3']);
  assert.ok(toMermaid(everything).fits);
});

test('with two of three members dead Create fails in etcd\'s words after its time', () => {
  const session = world();
  session.break({ type: 'loseQuorum' });
  assert.equal(session.cluster.etcd.leader, '');
  const action = hello(session);
  const [outcome] = action.documents;
  assert.equal(outcome?.code, 500);
  assert.equal(outcome?.reason, '');
  assert.equal(outcome?.message, 'etcdserver: request timed out');
  const took = action.endedAt - action.startedAt;
  assert.ok(took >= 7000 && took < 8000, `${took} ms`);
  // What comes back is what was there, and then it works.
  session.break({ type: 'heal' });
  assert.equal(hello(session).documents[0]?.code, 201);
  assert.ok(running(session) > 0);
});

test('with all members dead the connection is refused at once', () => {
  for (const etcdMembers of [1, 3]) {
    const session = world({ etcdMembers });
    for (const { id } of session.cluster.etcd.status()) session.break({ type: 'killMember', member: id }, 100);
    const [outcome] = hello(session).documents;
    assert.equal(outcome?.code, 500);
    assert.match(outcome?.message ?? '', /^rpc error: code = Unavailable desc = connection error: .*connection refused"$/);
    session.break({ type: 'heal' });
    assert.equal(hello(session).documents[0]?.code, 201);
  }
});

test('a leader that is cut off from the others does not acknowledge: the majority does', () => {
  const session = world();
  session.break({ type: 'partition', groups: [['etcd-1'], ['etcd-2', 'etcd-3', 'kube-apiserver']] });
  assert.equal(hello(session).documents[0]?.code, 201);
  const before = session.cluster.etcd.status();
  assert.ok(before.find((m) => m.id === 'etcd-1')!.revision < before.find((m) => m.id === 'etcd-2')!.revision);
  session.break({ type: 'heal' });
  assert.equal(new Set(session.cluster.etcd.status().map((m) => m.revision)).size, 1);
});

test('slow and lossy links and a slow disk cost time, not writes', () => {
  const session = world();
  session.break({ type: 'slowLink', between: ['etcd-1', 'etcd-2'], milliseconds: 40 });
  session.break({ type: 'lossyLink', between: ['etcd-1', 'etcd-3'], percent: 30 });
  session.break({ type: 'slowDisk', member: 'etcd-1', times: 20 });
  assert.equal(hello(session).documents[0]?.code, 201);
  assert.ok(running(session) > 0);
});

test('a dead scheduler leaves pods Pending; started again it waits for the Lease and catches up', () => {
  const session = world({ leaderElection: true });
  session.break({ type: 'kill', component: 'kube-scheduler' });
  hello(session);
  assert.equal(running(session), 0);
  const action = session.break({ type: 'start', component: 'kube-scheduler' }, 30_000);
  assert.ok(running(session) > 0);
  const held = members(session, action).find((m) => /holds its Lease/.test(m.text));
  assert.ok(held && held.at - action.startedAt > 2000, 'the Lease of the one before has to run out');
});

test('a dead controller manager leaves a Deployment without pods; started again it catches up', () => {
  const session = world();
  session.break({ type: 'kill', component: 'kube-controller-manager' });
  const created = hello(session);
  assert.equal(created.documents[0]?.code, 201);
  assert.equal(session.cluster.api.peek('', 'pods')?.size, 0);
  session.break({ type: 'start', component: 'kube-controller-manager' });
  assert.ok(running(session) > 0);
});

test('a dead API server refuses connections; started again everybody lists and goes on', () => {
  const session = world({ leaderElection: true });
  session.break({ type: 'kill', component: 'kube-apiserver' });
  assert.match(hello(session).documents[0]?.message ?? '', /^The connection to the server 127\.0\.0\.1:6443 was refused/);
  session.break({ type: 'start', component: 'kube-apiserver' }, 60_000);
  assert.equal(hello(session).documents[0]?.code, 201);
  assert.ok(running(session) > 0);
});

test('a run with faults replays exactly', () => {
  const run = (): string => {
    const session = world({ seed: 9 });
    const action = hello(session, { faults: [{ after: 15, fault: { type: 'killMember', member: 'leader' } }, { after: 4000, fault: { type: 'heal' } }] });
    return JSON.stringify(session.cluster.trace.messages({ from: action.firstMessage, background: true }).map((m) => [m.kind, m.at, m.cause]));
  };
  assert.equal(run(), run());
});

test('etcd refuses writes when its quota of space is reached', () => {
  const session = world({ etcdQuotaBytes: 1000 });
  const [outcome] = hello(session).documents;
  assert.equal(outcome?.code, 500);
  assert.equal(outcome?.message, 'etcdserver: mvcc: database space exceeded');
});

test('what was compacted is answered 410 to whoever asks for it, with several members too', () => {
  const session = world();
  const old = String(session.cluster.etcd.revision);
  hello(session);
  session.act('compact', session.cluster.api.compact(session.cluster.etcd.revision) as never);
  let answer: object = {};
  session.act('list', (function* () {
    answer = yield* session.kubectl.list({ group: '', version: 'v1', resource: 'pods', kind: 'Pod' }, 'default', { resourceVersion: old, resourceVersionMatch: 'Exact' });
    return null;
  })());
  assert.equal((answer as { code?: number }).code, 410);
  assert.equal((answer as { reason?: string }).reason, 'Expired');
});
