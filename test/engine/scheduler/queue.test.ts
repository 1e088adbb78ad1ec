import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Action, ASSIGNED_POD_DELETE, eventLabel, matchesEvent, NODE_ADD, nodeUpdateEvents, podUpdateEvents } from '../../../src/engine/scheduler/events';
import { SchedulingQueue, type QueueProfile } from '../../../src/engine/scheduler/queue';
import { makeCore, makeNode, makePod } from './fixtures';

const SECOND = 1000;

function makeQueue(): SchedulingQueue {
  const core = makeCore([]);
  const profiles: readonly QueueProfile[] = [...core.frameworks.values()];
  return new SchedulingQueue({ profileFor: (pod) => core.frameworkFor(pod), profiles });
}

test('active pods come by priority, then by age', () => {
  const queue = makeQueue();
  queue.add(makePod('late', { spec: { priority: 5 } }), 2);
  queue.add(makePod('early', { spec: { priority: 5 } }), 1);
  queue.add(makePod('important', { spec: { priority: 9 } }), 3);
  queue.add(makePod('same-time', { spec: { priority: 5 } }), 2);
  assert.deepEqual([1, 2, 3, 4].map(() => queue.pop()?.info.name), ['important', 'early', 'late', 'same-time']);
  assert.equal(queue.pop(), undefined);
});

test('a refused pod waits for an event that its refusing plugin registered', () => {
  const queue = makeQueue();
  const pod = makePod('a', { cpu: '2' });
  queue.add(pod, 0);
  const taken = queue.pop();
  assert.ok(taken);
  assert.equal(queue.addUnschedulable(taken, pod, ['NodeResourcesFit'], 10), 'unschedulable');
  assert.deepEqual(queue.inspect(pod)?.wakingEvents.map((w) => w.event), ['PodDelete|UpdatePodScaleDown', 'NodeAdd|UpdateNodeAllocatable', 'DeviceClassAdd|Update']);
  assert.equal(queue.inspect(pod)?.until, 10 + 300 * SECOND);
  // A node that is too small does not help.
  assert.deepEqual(queue.moveAll(NODE_ADD, undefined, makeNode('small', { cpu: '1' }), 20), []);
  const moves = queue.moveAll(NODE_ADD, undefined, makeNode('large'), 20);
  assert.deepEqual(moves.map((m) => [m.pod.name, m.pool, m.event]), [['a', 'backoff', 'NodeAdd']]);
  assert.equal(queue.inspect(pod)?.pool, 'backoff');
});

test('the backoff doubles from 1 s to 10 s and ends at whole seconds', () => {
  const queue = makeQueue();
  const pod = makePod('a');
  queue.add(pod, 0);
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 6; i++) {
    const taken = queue.pop();
    assert.ok(taken);
    // Another pod keeps the scheduler from taking the one that backs off.
    queue.addUnschedulable(taken, pod, ['NodeName'], now);
    queue.moveAll(NODE_ADD, undefined, makeNode('n'), now);
    const flush = queue.nextFlush() ?? assert.fail('nothing backs off');
    assert.deepEqual(queue.flushBackoff(flush - 1), []);
    assert.equal(queue.flushBackoff(flush).length, 1);
    waits.push((flush - now) / SECOND - 1);
    now = flush;
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 10, 10]);
});

test('an idle scheduler takes pods out of their backoff', () => {
  const queue = makeQueue();
  const pod = makePod('a');
  queue.add(pod, 0);
  const taken = queue.pop();
  assert.ok(taken);
  queue.addUnschedulable(taken, pod, ['NodeName'], 0);
  queue.moveAll(NODE_ADD, undefined, makeNode('n'), 100);
  assert.equal(queue.lengths.backoff, 1);
  assert.equal(queue.pop()?.attempts, 2);
});

test('an event during the attempt is looked at when the pod comes back', () => {
  const queue = makeQueue();
  const pod = makePod('a', { cpu: '1' });
  queue.add(pod, 0);
  const taken = queue.pop();
  assert.ok(taken);
  queue.moveAll(ASSIGNED_POD_DELETE, makePod('gone', { cpu: '1', spec: { nodeName: 'n' } }), undefined, 5);
  assert.equal(queue.addUnschedulable(taken, pod, ['NodeResourcesFit'], 10), 'backoff');
});

test('a broken attempt is retried after a backoff without any event', () => {
  const queue = makeQueue();
  const pod = makePod('a');
  queue.add(pod, 0);
  const taken = queue.pop();
  assert.ok(taken);
  assert.equal(queue.addUnschedulable(taken, pod, [], 0), 'backoff');
  assert.equal(queue.pop(), undefined, 'an idle scheduler leaves broken attempts alone');
  assert.equal(queue.flushBackoff(2 * SECOND).length, 1);
});

test('a gated pod stays out until its gates are gone', () => {
  const queue = makeQueue();
  const gated = makePod('a', { spec: { schedulingGates: [{ name: 'example.com/a' }] } });
  queue.add(gated, 0);
  assert.equal(queue.inspect(gated)?.gatedBy, 'SchedulingGates');
  assert.equal(queue.inspect(gated)?.until, undefined);
  assert.deepEqual(queue.flushUnschedulable(400 * SECOND), []);
  assert.equal(queue.pop(), undefined);
  queue.update(gated, makePod('a', { spec: { schedulingGates: [] } }), 50);
  assert.equal(queue.pop()?.info.name, 'a');
});

test('after five minutes an unschedulable pod is tried again', () => {
  const queue = makeQueue();
  const pod = makePod('a');
  queue.add(pod, 0);
  const taken = queue.pop();
  assert.ok(taken);
  queue.addUnschedulable(taken, pod, ['NodeAffinity'], 0);
  assert.deepEqual(queue.flushUnschedulable(300 * SECOND), []);
  assert.deepEqual(queue.flushUnschedulable(301 * SECOND).map((m) => [m.pool, m.event]), [['active', 'UnschedulableTimeout']]);
});

test('deleted pods are gone from every pool', () => {
  const queue = makeQueue();
  const pods = ['a', 'b'].map((name) => makePod(name));
  for (const pod of pods) queue.add(pod, 0);
  const taken = queue.pop();
  assert.ok(taken);
  queue.addUnschedulable(taken, taken.info.pod, ['NodeName'], 0);
  for (const pod of pods) queue.delete(pod);
  assert.deepEqual(queue.pods(), []);
});

test('a nomination outlives updates that do not show it yet, and ends with the binding', () => {
  const { nominator } = makeQueue();
  const core = makeCore([]);
  core.cache.addNode(makeNode('n'));
  const queue = makeQueue();
  const pod = makePod('a');
  queue.add(pod, 0);
  const info = queue.pop()?.info;
  assert.ok(info);
  nominator.set(info, 'n');
  assert.deepEqual(nominator.podsForNode('n').map((p) => p.name), ['a']);
  assert.deepEqual(nominator.lowerPriority('n', 1).map((p) => p.name), ['a']);
  assert.deepEqual(nominator.lowerPriority('n', 0), []);
  nominator.delete('a');
  assert.equal(nominator.size, 0);
});

test('updates are told apart as finely as hints need', () => {
  const labels = (pod: ReturnType<typeof podUpdateEvents>): readonly string[] => pod.map(eventLabel);
  assert.deepEqual(labels(podUpdateEvents(makePod('a', { labels: { x: '1' } }), makePod('a'))), ['UnschedulablePodUpdatePodLabel']);
  assert.deepEqual(labels(podUpdateEvents(makePod('a', { cpu: '1', spec: { nodeName: 'n' } }), makePod('a', { cpu: '1', spec: { nodeName: 'n' } }))), ['AssignedPodUpdate']);
  assert.deepEqual(labels(podUpdateEvents(makePod('a', { cpu: '1' }), makePod('a', { cpu: '2' }))), ['UnschedulablePodUpdatePodScaleDown']);
  assert.deepEqual(nodeUpdateEvents(makeNode('n'), makeNode('n', { spec: { unschedulable: true } })).map(eventLabel), ['NodeUpdateNodeTaint']);
  assert.deepEqual(nodeUpdateEvents(makeNode('n'), makeNode('n')), []);
  assert.ok(!matchesEvent({ resource: 'Pod', action: Action.UpdatePodLabel }, { resource: 'AssignedPod', action: Action.Update }), 'an unspecific update is not a label update');
  assert.ok(matchesEvent({ resource: 'Pod', action: Action.Add | Action.Delete }, ASSIGNED_POD_DELETE));
});

test('the queue remembers what woke a pod: the event and its object, also one that came while the pod was tried', () => {
  const queue = makeQueue();
  const pod = makePod('a', { cpu: '2' });
  const refuse = (now: number): void => {
    const taken = queue.pop();
    assert.ok(taken);
    queue.addUnschedulable(taken, pod, ['NodeResourcesFit'], now);
  };
  queue.add(pod, 0);
  refuse(10);
  assert.equal(queue.inspect(pod)?.wokenBy, undefined);
  queue.moveAll(NODE_ADD, undefined, makeNode('large'), 20);
  assert.deepEqual(queue.inspect(pod)?.wokenBy, { event: 'NodeAdd', object: { kind: 'Node', namespace: '', name: 'large' } });
  queue.flushBackoff(3 * SECOND);
  assert.equal(queue.inspect(pod)?.movedBy, 'BackoffComplete');
  assert.equal(queue.inspect(pod)?.wokenBy?.event, 'NodeAdd', 'the end of the backoff does not hide what woke it');
  const taken = queue.pop();
  assert.ok(taken);
  const there = makePod('there', { cpu: '1', spec: { nodeName: 'large' } });
  queue.moveAll(ASSIGNED_POD_DELETE, there, undefined, 4 * SECOND);
  queue.addUnschedulable(taken, pod, ['NodeResourcesFit'], 4 * SECOND);
  assert.deepEqual(queue.inspect(pod)?.wokenBy, { event: 'AssignedPodDelete', object: { kind: 'Pod', namespace: 'default', name: 'there' } });
  queue.flushBackoff(10 * SECOND);
  refuse(11 * SECOND);
  assert.equal(queue.inspect(pod)?.wokenBy, undefined, 'a refusal ends it');
  queue.flushUnschedulable(400 * SECOND);
  assert.deepEqual(queue.inspect(pod)?.wokenBy, { event: 'UnschedulableTimeout' });
});
