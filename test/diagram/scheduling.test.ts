// What the diagram tells of the scheduler: preemption step by step, what woke a pod, and the explanations in the detail.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildDiagram } from '../../src/diagram/build';
import { detailOf } from '../../src/diagram/detail';
import { recordOf, type RunRecord } from '../../src/diagram/record';
import { cordon } from '../../src/engine/kubectl/operations';
import { parseManifest } from '../../src/engine/manifest/parse';
import { Session } from '../../src/engine/session';
import { root, runOf } from './harness';

const WORKING = { level: 'working', expanded: [], page: 0 } as const;

test('preemption in the working view: nomination, the victims deletion, its end, binding, in this order and each caused by the one before', () => {
  const record = runOf(readFileSync(join(root, 'examples/preemption.yaml'), 'utf8'), 'preemption.yaml');
  const { items } = buildDiagram(record, WORKING);
  const find = (name: string, from: string, words: RegExp, after = -1): number => {
    const at = items.findIndex((i, n) => n > after && i.from === from && words.test(i.text));
    assert.ok(at > after, `${name} is not drawn after item ${after}: ${items.map((i) => i.text).join('\n')}`);
    return at;
  };
  const refused = find('the decision', 'kube-scheduler', /decides about default\/urgent-job: 0\/3 nodes are available: 3 Insufficient cpu/);
  const nominated = find('the nomination', 'kube-scheduler', /patch Pod\/status default\/urgent-job/, refused);
  const told = find('the word to the victim', 'kube-scheduler', /patch Pod\/status default\/batch-\d/, refused);
  const deleted = find('the deletion of the victim', 'kube-scheduler', /delete Pod default\/batch-\d/, told);
  const gone = find('the end of the victim', items.find((i) => i.from.startsWith('kubelet/') && /delete Pod default\/batch-\d/.test(i.text))?.from ?? '', /delete Pod default\/batch-\d/, deleted);
  const retried = find('the next attempt', 'kube-scheduler', /decides about default\/urgent-job: 1 of 1 nodes fit/, gone);
  const bound = find('the binding', 'kube-scheduler', /create Pod\/binding default\/urgent-job/, retried);
  assert.ok(nominated < gone);
  const nomination = detailOf(record, items[nominated]?.id ?? '', 'working');
  assert.ok(nomination?.diff?.lines.some((l) => l.kind === 'added' && /nominatedNodeName: node-\d/.test(l.text)), JSON.stringify(nomination?.diff));
  // The end of the victim is what wakes the pod.
  assert.match(items[retried]?.label.join(' ') ?? '', /^↻ woken by AssignedPodDelete batch-\d ◆ /);
  assert.match(items[retried]?.text ?? '', /woken by AssignedPodDelete \(default\/batch-\d\)/);
  const up = (at: number): readonly number[] => { const chain: number[] = []; for (let i = at; i >= 0; i = items.findIndex((x) => x.id === items[i]?.cause)) chain.push(i); return chain; };
  // A pod that has ended makes room before its object is gone: either may be the event.
  assert.ok(up(bound).includes(retried) && up(bound).includes(deleted), JSON.stringify(up(bound).map((i) => items[i]?.text)));
  const detail = detailOf(record, items[retried]?.id ?? '', 'working')?.explanation;
  assert.match(detail?.title ?? '', /^Why node-\d$/);
  assert.match(detail?.sentence ?? '', /had been nominated for the pod/);
  assert.match(detail?.retry ?? '', /^Attempt 2: the pod was woken by AssignedPodDelete/);
});

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: main, image: nginx}]}\n';

function uncordoned(): { readonly first: RunRecord; readonly second: RunRecord } {
  const session = new Session({ seed: 1 });
  for (const node of ['node-1', 'node-2', 'node-3']) session.act(`kubectl cordon ${node}`, cordon(session.kubectl, node, true));
  const first = recordOf(session, session.create(parseManifest(POD, 'web.yaml').documents));
  return { first, second: recordOf(session, session.act('kubectl uncordon node-2', cordon(session.kubectl, 'node-2', false))) };
}

test('a step says what woke the pod: the event and the object that it is about', () => {
  const { first, second } = uncordoned();
  const refusal = buildDiagram(first, WORKING).items.find((i) => i.kind === 'decision');
  const why = detailOf(first, refusal?.id ?? '', 'working')?.explanation;
  assert.equal(why?.title, 'Why no node');
  assert.match(why?.sentence ?? '', /^None of the 3 nodes can take the pod/);
  assert.match(why?.message ?? '', /^0\/3 nodes are available: 3 node\(s\) were unschedulable/);
  assert.equal(why?.retry, '');
  const { items } = buildDiagram(second, WORKING);
  const decision = items.find((i) => i.kind === 'decision');
  assert.match(decision?.label.join(' ') ?? '', /^↻ woken by NodeUpdateNodeTaint node-2 ◆ /);
  const cause = items.find((i) => i.id === decision?.cause);
  assert.match(cause?.text ?? '', /node-2/);
});
