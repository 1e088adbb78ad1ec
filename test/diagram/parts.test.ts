import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerLine } from '../../src/diagram/answer';
import { diffLines } from '../../src/diagram/diff';
import { duration } from '../../src/diagram/duration';
import { orderLanes } from '../../src/diagram/lanes';
import { wrap } from '../../src/diagram/labels';
import { Names } from '../../src/diagram/names';
import type { RunRecord } from '../../src/diagram/record';
import type { Pod } from '../../src/engine/api/generated/types';
import type { DocumentOutcome } from '../../src/engine/kubectl/create';
import { TraceWriter, object } from './trace';

void describe('durations', () => {
  for (const [ms, text] of [[0, '0 ms'], [3.4, '3 ms'], [999, '999 ms'], [999.6, '1.0 s'], [1234, '1.2 s'], [9949, '9.9 s'], [9960, '10 s'], [59_000, '59 s'], [60_000, '1m'], [590_000, '9m 50s'], [3_600_000, '1h'], [3_900_000, '1h 5m']] as const) {
    void test(`${ms} ms`, () => { assert.equal(duration(ms), text); });
  }
});

void describe('names', () => {
  const names = new Names(['hello', 'hello-7c5b898c98', 'hello-7c5b898c98-fvm6c', 'web-1', 'web-2', 'a-name-that-goes-on-and-on-and-on-1', 'hellowelt']);
  for (const [name, short] of [['hello', 'hello'], ['hello-7c5b898c98', '…7c5b898c98'], ['hello-7c5b898c98-fvm6c', '…fvm6c'], ['web-1', 'web-1'], ['hellowelt', 'hellowelt']] as const) {
    void test(name, () => { assert.equal(names.short(name), short); });
  }
  void test('are cut in the middle', () => { assert.match(names.short('a-name-that-goes-on-and-on-and-on-1'), /^a-name-tha….*on-1$/); });
});

void describe('wrapping', () => {
  for (const [text, width, count, lines] of [
    ['one two three', 7, 3, ['one two', 'three']], ['one two three four', 7, 2, ['one two', 'three…']], ['', 10, 2, ['']], ['unbreakablelongword', 8, 2, ['unbreak…']], ['  a\n b ', 10, 1, ['a b']],
  ] as const) void test(text || 'nothing', () => { assert.deepEqual(wrap(text, width, count), lines); });
});

void test('lanes stand in the order of the story, kubelets by number', () => {
  const order = orderLanes(['kubelet/node-10', 'kubelet/node-2', 'kube-scheduler', 'replicaset-controller', 'deployment-controller', 'etcd', 'kube-apiserver', 'kubectl', 'etcd']);
  assert.deepEqual(order.map((l) => l.id), ['kubectl', 'kube-apiserver', 'etcd', 'replicaset-controller', 'deployment-controller', 'kube-scheduler', 'kubelet/node-2', 'kubelet/node-10']);
});

void describe('diffs', () => {
  const shown = (before: string, after: string): readonly string[] => diffLines('', before, after).lines.map((l) => `${{ same: ' ', added: '+', removed: '-', skip: '~' }[l.kind]}${l.text}`);
  for (const [name, before, after, expected] of [
    ['nothing', 'a\nb', 'a\nb', ['~2 unchanged lines']], ['an addition', 'a\nc\n', 'a\nb\nc\n', [' a', '+b', ' c']], ['a removal', 'a\nb\nc', 'a\nc', [' a', '-b', ' c']], ['a change', 'a: 1', 'a: 2', ['-a: 1', '+a: 2']],
    ['from nothing', '', 'a\nb', ['+a', '+b']], ['far apart', '1\n2\n3\n4\n5\n6\n7\n8\n9\nx', '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\ny', ['+0', ' 1', ' 2', ' 3', '~3 unchanged lines', ' 7', ' 8', ' 9', '-x', '+y']],
    ['moved lines', 'a\nb\nc', 'c\na\nb', ['+c', ' a', ' b', '-c']],
  ] as const) void test(name, () => { assert.deepEqual(shown(before, after), expected); });

  void test('of huge texts are bounded', () => {
    const before = Array.from({ length: 3000 }, (_, i) => `a${i}`).join('\n'), after = Array.from({ length: 3000 }, (_, i) => `b${i}`).join('\n');
    const { lines, omitted } = diffLines('', before, after);
    assert.ok(lines.length <= 400 && omitted === 6000 - lines.length);
  });
});

void describe('the answer', () => {
  const pod = (name: string, more: { readonly spec?: object; readonly status?: object } = {}): Pod => object('pods', name, { spec: {}, ...more }) as unknown as Pod;
  const running = (name: string, node: string): Pod => pod(name, { spec: { nodeName: node }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } });
  const homeless = pod('big', { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available: 3 Insufficient cpu. preemption: no.' }] } });
  const created = (name: string, more: Partial<DocumentOutcome> = {}): DocumentOutcome =>
    ({ file: 'f', index: 0, apiVersion: 'v1', kind: 'Pod', namespace: 'default', name, code: 201, reason: '', message: `pod/${name} created`, warnings: [], request: 1, object: object('pods', name) as never, ...more });
  const refused = created('bad', { code: 422, reason: 'Invalid', message: 'Pod "bad" is invalid: no', object: undefined });
  const of = (more: Partial<RunRecord>): string => {
    const { tone, text, more: rest } = answerLine({ ...new TraceWriter().record(), endedAt: 1600, ...more });
    return [`${tone}: ${text}`, ...rest].join(' | ');
  };
  for (const [name, more, expected] of [
    ['one pod', { documents: [created('web')], pods: [running('web', 'node-2')] }, 'good: web: 1 of 1 pod running on node-2 after 1.6 s'],
    ['several nodes', { documents: [created('web')], pods: [running('a', 'node-10'), running('b', 'node-2'), running('c', 'node-1')] }, 'good: web: 3 of 3 pods running on node-1, node-2 and node-10 after 1.6 s'],
    ['no node', { documents: [created('big')], pods: [homeless] }, 'waiting: big: 0 of 1 pod running; big has no node: 0/3 nodes are available: 3 Insufficient cpu | 0/3 nodes are available: 3 Insufficient cpu. preemption: no.'],
    ['no node, for several reasons', { documents: [created('big'), created('far')], pods: [homeless, pod('huge', homeless), pod('far', { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: 'no such label' }] } })] }, 'waiting: 2 objects created: 0 of 3 pods running; 3 have no node | big and 1 more: 0/3 nodes are available: 3 Insufficient cpu. preemption: no. | far: no such label'],
    ['trouble', { documents: [created('p')], pods: [pod('p', { spec: { nodeName: 'node-1' }, status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }] } })] }, 'refused: p: 0 of 1 pod running; p: ErrImagePull: not found'],
    ['a refusal', { documents: [refused] }, 'refused: Pod bad was refused: Pod "bad" is invalid: no'],
    ['a refusal among others', { documents: [created('web'), refused], pods: [running('web', 'node-1')] }, 'refused: web: 1 of 1 pod running on node-1 after 1.6 s; 1 of 2 documents refused | Pod bad was refused: Pod "bad" is invalid: no'],
    ['no pods', { documents: [created('cm', { kind: 'ConfigMap', message: 'configmap/cm created' })] }, 'good: configmap/cm created after 1.6 s'],
    ['waiting', { documents: [created('web')], pods: [running('web', 'node-1')], waiting: [{ reason: 'progress deadline', remaining: 590_000 }] }, 'good: web: 1 of 1 pod running on node-1 after 1.6 s | Still waiting: progress deadline in 9m 50s'],
    ['a warning', { documents: [created('web', { warnings: ['old version'] })], pods: [running('web', 'node-1')] }, 'good: web: 1 of 1 pod running on node-1 after 1.6 s | Warning: old version'],
    ['another action', { title: 'kubectl cordon node-1' }, 'good: kubectl cordon node-1: done after 1.6 s'],
    ['stopped', { documents: [created('web')], stoppedBy: 'events', pods: [running('web', 'node-1')] }, 'good: web: 1 of 1 pod running on node-1 after 1.6 s | The run was stopped before it came to rest.'],
  ] as const) void test(name, () => { assert.equal(of(more as Partial<RunRecord>), expected); });
});
