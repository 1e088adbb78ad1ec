import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildDiagram } from '../../src/diagram/build';
import { detailOf } from '../../src/diagram/detail';
import type { Detail } from '../../src/diagram/detailModel';
import type { ItemKind } from '../../src/diagram/model';
import { root, runOf } from './harness';
import { TraceWriter, object, podsTrace } from './trace';

void describe('of the founding manifest', () => {
  const record = runOf(readFileSync(join(root, 'examples/hello-deployment.yaml'), 'utf8'), 'hello.yaml');
  const model = buildDiagram(record, { level: 'story', expanded: [], page: 0 });
  const detail = (kind: ItemKind, words: string): Detail => {
    const item = model.items.find((i) => i.kind === kind && i.label.join(' ').includes(words));
    assert.ok(item, `${kind} ${words} is not drawn`);
    const found = detailOf(record, item.id, 'story');
    assert.ok(found);
    return found;
  };

  void test('the creation: request, stages, what was filled in', () => {
    const d = detail('request', 'create Deployment');
    assert.equal(d.facts.find((f) => f.name === 'Request')?.value, 'POST /apis/apps/v1/namespaces/default/deployments');
    assert.match(d.facts.find((f) => f.name === 'Sent by')?.value ?? '', /kubectl, as kubernetes-admin/);
    assert.deepEqual([...new Set(d.stages.map((s) => s.name))].slice(0, 4), ['authentication', 'authorization', 'decoding', 'defaulting']);
    assert.equal(d.diff?.title, 'What the API server filled in');
    assert.ok(d.diff?.lines.some((l) => l.kind === 'added' && l.text.includes('progressDeadlineSeconds: 600')), JSON.stringify(d.diff));
    assert.ok(!d.diff?.lines.some((l) => l.kind === 'removed'), 'nothing that was sent is gone');
    assert.deepEqual(d.manifest.map((m) => [m.file, m.document, m.path, m.label]), [['hello.yaml', 0, '', 'Deployment helloworld-deployment']]);
    assert.deepEqual(d.causes, []);
    assert.ok(d.effects.some((e) => e.label.includes('create ReplicaSet')));
  });

  void test('the decision: the table of nodes', () => {
    const d = detail('decision', 'nodes fit');
    assert.equal(d.scheduling?.rows.length, 3);
    assert.deepEqual(d.scheduling?.rows.map((r) => r.chosen), [true, false, false]);
    assert.ok(d.scheduling?.rows.every((r) => r.total === r.scores.reduce((a, b) => a + b, 0)), 'scores add up to the total');
    assert.deepEqual(d.causes.map((c) => c.label.split(':')[0]), ['kubectl', 'deployment-controller', 'replicaset-controller']);
    assert.ok(d.causes.every((c) => c.item !== ''), 'all causes are drawn in the story');
  });

  void test('a status update: what changed', () => {
    const d = detail('request', 'Running, ready');
    assert.equal(d.diff?.title, 'What changed');
    assert.ok(d.diff?.lines.some((l) => l.kind === 'added' && l.text.includes('phase: Running')));
    assert.ok(d.diff?.lines.some((l) => l.kind === 'removed' && l.text.includes('phase: Pending')));
  });

  void test('the end: what kubectl get prints', () => { assert.match(detail('request', 'get Deployment').texts[0]?.text ?? '', /^NAME +READY[^\n]*\nhelloworld-deployment +1\/1/); });
  void test('an image pull links to the image', () => { assert.deepEqual(detail('work', 'pulling').manifest.map((m) => m.path), ['', 'spec.template.spec.containers[0].image']); });
  void test('etcd: key and revision', () => { assert.match(detail('storage', 'Deployment').title, /^\/registry\/deployments\/default\/helloworld-deployment$/); });
  void test('a watch event: the object', () => { assert.match(detail('watch', 'ReplicaSet').texts[0]?.text ?? '', /kind: ReplicaSet/); });

  void test('every item of every level has one, and it is plain data', () => {
    for (const level of ['story', 'working', 'everything'] as const) {
      for (const item of buildDiagram(record, { level, expanded: [], page: 0 }).items) {
        if (item.message === 0) continue;
        const found = detailOf(record, item.id, level);
        assert.ok(found, `${level} ${item.id}`);
        assert.deepEqual(structuredClone(found), found);
      }
    }
  });
});

void test('a refused placement names plugin and reason, and links to the fields', () => {
  const record = runOf('apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec:\n  containers:\n  - {name: c, image: nginx, resources: {requests: {cpu: "100"}}}\n');
  const item = buildDiagram(record, { level: 'story', expanded: [], page: 0 }).items.find((i) => i.kind === 'decision');
  const d = detailOf(record, item?.id ?? '', 'story');
  assert.deepEqual(d?.scheduling?.rows.map((r) => [r.feasible, r.plugin, r.reasons.join()]), Array.from({ length: 3 }, () => [false, 'NodeResourcesFit', 'Insufficient cpu']));
  assert.deepEqual(d?.manifest.map((m) => m.path), ['', 'spec.containers[0].resources']);
});

void test('a refused document links to the fields that were refused', () => {
  const record = runOf('apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec:\n  containers:\n  - {name: c}\n');
  const d = detailOf(record, buildDiagram(record, { level: 'story', expanded: [], page: 0 }).items[0]?.id ?? '', 'story');
  assert.equal(d?.tone, 'refused');
  assert.deepEqual(d?.manifest.map((m) => m.path), ['', 'spec.containers[0].image']);
  assert.equal(d?.stages.at(-1)?.verdict, 'refused');
});

void test('effects are bounded and counted', () => {
  const record = podsTrace(40).record();
  const d = detailOf(record, 'r1', 'story');
  assert.equal(d?.effects.length, 12);
  assert.equal(d?.moreEffects, 28);
});

void test('long texts are cut, and say so', () => {
  const trace = new TraceWriter();
  trace.request('kubectl', 'create', 'pods', 'p', { body: object('pods', 'p', { lines: Array.from({ length: 1000 }, (_, i) => i) }) });
  const sent = detailOf(trace.record(), 'r1', 'story')?.texts[0];
  assert.equal(sent?.text.split('\n').length, 400);
  assert.equal((sent?.omitted ?? 0) > 600, true);
});

for (const item of ['', 'x', 'fr1', 'z1', 'r999', 'r', 'constructor']) void test(`no detail of ${JSON.stringify(item)}`, () => { assert.equal(detailOf(podsTrace(1).record(), item, 'story'), undefined); });
