// Time travel as the editor asks for it: the trees as they were at each step of a run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Call } from '../../src/worker/call';
import { Engine } from '../../src/worker/engine';
import { DEFAULT_SETTINGS } from '../../src/worker/protocol';

const CALL: Call = { canceled: () => false, progress: () => undefined };
const HELLO = { file: 'file:///hello-deployment.yaml', text: readFileSync('examples/hello-deployment.yaml', 'utf8') };

const tops = (engine: Engine): readonly string[] => engine.children({ view: 'workloads', parent: '', limit: 10 }).entries.map((e) => e.label);
const podsOnNodes = (engine: Engine): number => engine.children({ view: 'nodes', parent: '', limit: 10 }).entries.filter((e) => e.expandable).length;

for (const etcdMembers of [1, 3] as const) {
  test(`the trees go back to any step of a run, and to the present, with ${etcdMembers} etcd members`, async () => {
    const engine = new Engine(() => undefined);
    engine.configure({ ...DEFAULT_SETTINGS, etcdMembers });
    const { run } = await engine.create({ files: [HELLO] }, CALL);
    const view = { level: 'working', expanded: [], page: 0 } as const;
    const { items } = engine.diagram({ run, view }) ?? { items: [] };
    assert.deepEqual(tops(engine), ['helloworld-deployment']);
    assert.equal(podsOnNodes(engine), 1);

    // At the person's request nothing is there; nodes are.
    const first = items.find((i) => i.kind === 'request');
    assert.ok(engine.travel({ run, message: first?.message ?? 0 }));
    assert.deepEqual(tops(engine), []);
    assert.equal(engine.children({ view: 'nodes', parent: '', limit: 10 }).total, 3);
    assert.equal(podsOnNodes(engine), 0);

    // When the binding is asked for the pod is there, without a node; at the end it has one.
    const bind = items.find((i) => i.kind === 'request' && /bind/.test(i.label.join(' ')));
    engine.travel({ run, message: bind?.message ?? 0 });
    assert.deepEqual(tops(engine), ['helloworld-deployment']);
    assert.equal(engine.children({ view: 'nodes', parent: 'unscheduled', limit: 10 }).total, 1);
    const revisions = items.filter((i) => i.message > 0 && i.kind !== 'stages' && i.kind !== 'storage').map((i) => engine.travel({ run, message: i.message, answered: /^[abt]/.test(i.id) })?.revision ?? 0);
    // Time goes one way.
    assert.deepEqual(revisions, [...revisions].sort((a, b) => a - b));

    assert.equal(engine.travel(null), null);
    assert.equal(podsOnNodes(engine), 1);
    assert.equal(engine.travel({ run, message: 1_000_000 }), null);
    // Whoever acts is in the present again.
    engine.travel({ run, message: first?.message ?? 0 });
    await engine.delete({ files: [HELLO] }, CALL);
    assert.deepEqual(tops(engine), []);
    assert.equal(engine.children({ view: 'nodes', parent: '', limit: 10 }).total, 3);
  });
}

test('an object tells its history, revision by revision', async () => {
  const engine = new Engine(() => undefined);
  await engine.create({ files: [HELLO] }, CALL);
  const ref = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespace: 'default', name: 'helloworld-deployment' };
  const text = engine.history(ref) ?? '';
  const headings = text.split('\n').filter((l) => l.startsWith('# revision'));
  assert.ok(headings.length >= 3, text);
  assert.match(headings.at(-1) ?? '', /created$/);
  assert.match(headings[0] ?? '', /changed$/);
  assert.match(text, /^\+ .*availableReplicas: 1$/m);
  await engine.delete({ files: [HELLO] }, CALL);
  assert.match(engine.history(ref)?.split('\n')[2] ?? '', /deleted$/);
  assert.equal(engine.history({ ...ref, name: 'nobody' }), null);
});
