import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAGE_SIZE, buildDiagram } from '../../src/diagram/build';
import type { DiagramModel, Item, Level } from '../../src/diagram/model';
import type { RunRecord } from '../../src/diagram/record';
import { TraceWriter, podsTrace, scheduled } from './trace';

const show = (record: RunRecord, level: Level = 'story', expanded: readonly string[] = [], page = 0): DiagramModel => buildDiagram(record, { level, expanded, page });
const lines = (model: DiagramModel): readonly string[] => model.items.map((i) => `${i.kind} ${i.from}>${i.to} ${i.label.join(' / ')}`);
const folds = (model: DiagramModel): readonly Item[] => model.items.filter((i) => i.kind === 'fold');

void describe('the story of one pod', () => {
  const model = show(podsTrace(1).record());

  void test('goes from the person to the kubelet', () => {
    assert.deepEqual(lines(model), [
      'request kubectl>kube-apiserver create ReplicaSet web', 'storage kube-apiserver>etcd store ReplicaSet, revision 1', 'answer kube-apiserver>kubectl 201 Created', 'watch kube-apiserver>replicaset-controller ADDED ReplicaSet', 'request replicaset-controller>kube-apiserver create Pod …a0',
      'storage kube-apiserver>etcd store Pod, revision 5', 'watch kube-apiserver>kube-scheduler ADDED Pod', 'decision kube-scheduler>kube-scheduler ◆ 3 of 3 nodes fit / chose node-1',
      'request kube-scheduler>kube-apiserver bind Pod / to node-1', 'storage kube-apiserver>etcd store Pod, revision 9', 'watch kube-apiserver>kubelet/node-1 ADDED Pod',
      'work kubelet/node-1>kubelet/node-1 pulling the image / nginx', 'request kubelet/node-1>kube-apiserver patch Pod status / Running, ready', 'storage kube-apiserver>etcd store Pod, revision 13',
    ]);
  });

  void test('has lanes in the order of the story', () => {
    assert.deepEqual(model.lanes.map((l) => `${l.id} ${l.role}`), ['kubectl client', 'kube-apiserver server', 'etcd storage', 'replicaset-controller controller', 'kube-scheduler scheduler', 'kubelet/node-1 kubelet']);
    assert.deepEqual(model.lanes.map((l) => l.label.join(' ')), ['kubectl', 'API server', 'etcd', 'replicaset controller', 'scheduler', 'kubelet node-1']);
  });

  void test('names the cause of each item, back to the person', () => {
    const byId = new Map(model.items.map((i) => [i.id, i]));
    let item = model.items.at(-1);
    let steps = 0;
    while (item && item.cause !== '') { item = byId.get(item.cause); steps++; }
    assert.equal(item?.from, 'kubectl');
    assert.ok(steps > 8, `${steps} steps`);
  });

  void test('is plain data', () => { assert.deepEqual(JSON.parse(JSON.stringify(model)), structuredClone(model)); });
});

void describe('folding', () => {
  void test('draws the first of equal branches and folds the others', () => {
    const model = show(podsTrace(5).record());
    assert.deepEqual(folds(model).map((f) => f.label[0]), ['▸ 4 more Pods like this']);
    assert.equal(model.items.filter((i) => i.label[0]?.startsWith('bind')).length, 1);
    assert.deepEqual(model.lanes.filter((l) => l.role === 'kubelet').map((l) => l.id), ['kubelet/node-1'], 'lanes of folded kubelets are not drawn');
  });

  void test('opens in place, and closes again', () => {
    const record = podsTrace(3).record();
    const id = folds(show(record))[0]?.id ?? '';
    const open = show(record, 'story', [id]);
    assert.equal(open.items.filter((i) => i.label[0]?.startsWith('bind')).length, 3);
    assert.deepEqual(folds(open).map((f) => [f.id, f.fold?.open, f.label[0]]), [[id, true, '▾ 2 more Pods, opened']]);
    assert.ok(open.items.some((i) => i.within === id), 'items say which fold they came out of');
    assert.deepEqual(open.items.filter((i) => !i.within && i.kind !== 'fold').map((i) => i.id), show(record).items.filter((i) => i.kind !== 'fold').map((i) => i.id), 'what was drawn stays');
  });

  void test('hides no other outcome', () => {
    const model = show(podsTrace(6, new Set([4])).record());
    assert.deepEqual(model.items.filter((i) => i.kind === 'decision').map((i) => i.tone), ['chosen', 'waiting']);
    assert.deepEqual(folds(model).map((f) => f.label[0]), ['▸ 4 more Pods like this']);
  });

  void test('shows what no equal branch has, with the fold as its cause', () => {
    const trace = podsTrace(2);
    const last = trace.messages.at(-1);
    const work = trace.work(trace.watch(last?.id ?? 0, 'kube-controller-manager', 'pods', 'web-b1', 'MODIFIED'), 'replicaset-controller', 'sync', 'default/web');
    trace.write('replicaset-controller', 'delete', 'pods', 'other', { cause: work });
    const model = show(trace.record());
    const watch = model.items.find((i) => i.label[0]?.startsWith('MODIFIED'));
    assert.equal(watch?.cause, folds(model)[0]?.id);
    assert.ok(model.items.some((i) => i.label[0] === 'delete Pod other'));
  });

  void test('leaves single messages alone: a fold takes a line too', () => {
    const trace = new TraceWriter();
    const sync = trace.work(trace.write('kubectl', 'create', 'deployments', 'web'), 'deployment-controller', 'sync', 'default/web');
    for (const name of ['a', 'b']) trace.request('deployment-controller', 'delete', 'replicasets', name, { cause: sync });
    assert.deepEqual(folds(show(trace.record())), []);
  });

  void test('is not done where everything is asked for', () => { assert.deepEqual(folds(show(podsTrace(5).record(), 'everything')), []); });

  void test('takes thousands of equal branches', () => {
    const model = show(podsTrace(3000).record());
    assert.deepEqual(folds(model).map((f) => f.label[0]), ['▸ 2999 more Pods like this']);
    assert.ok(model.items.length < 30);
  });
});

void describe('levels', () => {
  const trace = podsTrace(1);
  const sync = trace.work(1, 'replicaset-controller', 'sync', 'default/web');
  trace.request('replicaset-controller', 'update', 'replicasets', 'web', { cause: sync, subresource: 'status', code: 409 });
  trace.write('replicaset-controller', 'create', 'events', 'web.1', { cause: sync, body: { reason: 'SuccessfulCreate' } });
  trace.request('replicaset-controller', 'get', 'replicasets', 'web', { cause: sync });
  trace.request('kubelet/node-1', 'update', 'leases', 'node-1', { background: true });
  const record = trace.record();

  for (const [level, has, hasNot] of [
    ['story', [], ['update ReplicaSet status', 'Event', 'get ReplicaSet', 'leases']],
    ['working', ['update ReplicaSet status', '✗ 409 Conflict', '1 event written: SuccessfulCreate'], ['get ReplicaSet', 'leases', 'create Event']],
    ['everything', ['update ReplicaSet status', '✗ 409 Conflict', 'create Event', 'get ReplicaSet', 'leases'], []],
  ] as const) {
    void test(level, () => {
      const text = lines(show(record, level)).join('\n');
      for (const part of has) assert.ok(text.includes(part), `${part} is missing in\n${text}`);
      for (const part of hasNot) assert.ok(!text.includes(part), `${part} is in\n${text}`);
    });
  }

  void test('events open in place', () => {
    const fold = folds(show(record, 'working')).find((f) => f.label[0]?.includes('event'));
    assert.match(lines(show(record, 'working', [fold?.id ?? ''])).join('\n'), /create Event/);
  });

  void test('a refusal by a stage is shown with the stage and its reason', () => {
    const refused = new TraceWriter();
    refused.request('kubectl', 'create', 'pods', '', { code: 422, body: { metadata: { name: 'bad' } }, stages: [{ name: 'authentication', verdict: 'passed' }, { name: 'validation', verdict: 'refused', detail: 'spec.containers: Required value' }] });
    assert.deepEqual(lines(show(refused.record())), ['request kubectl>kube-apiserver create Pod bad', 'stages kube-apiserver>kube-apiserver ✓ authentication / ✗ validation / spec.containers: Required / value', 'answer kube-apiserver>kubectl ✗ 422 Invalid']);
  });
});

void describe('gaps', () => {
  void test('of time are drawn and named after the work that fills them', () => {
    const trace = new TraceWriter();
    const stored = trace.write('kubectl', 'create', 'pods', 'p');
    const sync = trace.work(stored, 'kubelet/node-1', 'sync', 'default/p', { endedAt: 420 });
    trace.wait(400).request('kubelet/node-1', 'delete', 'pods', 'p', { cause: sync });
    assert.deepEqual(show(trace.record()).items.filter((i) => i.kind === 'gap').map((i) => i.label[0]), ['402 ms: kubelet/node-1 is preparing the pod']);
  });

  void test('that nothing fills are drawn too', () => {
    const trace = new TraceWriter();
    const stored = trace.write('kubectl', 'create', 'pods', 'p');
    trace.wait(300_000).request('node-lifecycle-controller', 'delete', 'pods', 'p', { cause: stored });
    assert.deepEqual(show(trace.record()).items.filter((i) => i.kind === 'gap').map((i) => i.label[0]), ['5m pass']);
  });

  void test('that a drawn piece of work covers are not drawn again', () => {
    const trace = new TraceWriter();
    const pull = trace.work(trace.write('kubectl', 'create', 'pods', 'p'), 'kubelet/node-1', 'pull', 'default/p', { endedAt: 1202, outcome: 'pulled nginx (70 MB) in 1.2 s' });
    trace.wait(1199).request('kubelet/node-1', 'delete', 'pods', 'p', { cause: pull });
    const { items } = show(trace.record());
    assert.deepEqual(items.filter((i) => i.kind === 'gap'), []);
    assert.deepEqual(items.find((i) => i.kind === 'work')?.label, ['1.2 s pulling the image', 'nginx']);
  });
});

void describe('pages', () => {
  const record = podsTrace(60).record();

  void test('hold a bounded number of items and say how many there are', () => {
    const first = show(record, 'everything');
    assert.equal(first.items.length, PAGE_SIZE);
    assert.equal(first.page.from, 1);
    assert.equal(first.page.to, PAGE_SIZE);
    const all = Array.from({ length: first.page.count }, (_, i) => show(record, 'everything', [], i)).flatMap((m) => m.items);
    assert.equal(all.length, first.page.total);
    assert.equal(new Set(all.map((i) => i.id)).size, all.length, 'ids are unique over all pages');
  });

  void test('beyond the last are the last', () => { assert.equal(show(record, 'everything', [], 999).page.index, show(record, 'everything').page.count - 1); });

  void test('of an empty run are one', () => { assert.deepEqual(show(new TraceWriter().record()).page, { index: 0, count: 1, from: 0, to: 0, total: 0 }); });
});

void test('a run whose first messages were dropped says so', () => { assert.match(show(podsTrace(1).record({ missing: 12 })).notice, /first 12 messages/); });

void test('one watch event leads to every controller that it made work', () => {
  const trace = new TraceWriter();
  const heard = trace.watch(trace.write('kubectl', 'create', 'pods', 'p'), 'kube-controller-manager', 'pods', 'p');
  for (const actor of ['endpointslice-controller', 'replicaset-controller']) trace.write(actor, 'create', 'pods', actor, { cause: trace.work(heard, actor, 'sync', 'default/p') });
  assert.deepEqual(show(trace.record()).items.filter((i) => i.kind === 'watch').map((i) => i.to), ['endpointslice-controller', 'replicaset-controller']);
});

void test('a decision without scores is still a decision', () => {
  const trace = new TraceWriter();
  trace.work(trace.write('kubectl', 'create', 'pods', 'p'), 'kube-scheduler', 'schedule', 'default/p', { decision: scheduled('node-1') });
  assert.equal(show(trace.record()).items.at(-1)?.tone, 'chosen');
});
