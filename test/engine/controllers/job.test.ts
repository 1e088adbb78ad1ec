import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, Pod } from '../../../src/engine/api/generated/types';
import { JobBackoff, remainingBackoff } from '../../../src/engine/controllers/job/backoff';
import { firstPending, formatIndexes, parseIndexes } from '../../../src/engine/controllers/job/indexes';
import { matchSuccessPolicy } from '../../../src/engine/controllers/job/policies';
import { FINALIZER, isComplete, jobState, wantedActive } from '../../../src/engine/controllers/job/state';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const job = (spec: object, status: object = {}): Job => ({
  apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', uid: 'j', namespace: 'default' }, spec: { backoffLimit: 6, template: { spec: { restartPolicy: 'Never', containers: [] } }, ...spec }, status,
} as unknown as Job);
const pod = (uid: string, phase: string, more: { readonly exit?: number; readonly index?: number; readonly deleted?: boolean; readonly disrupted?: boolean } = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: {
    name: uid, uid, namespace: 'default', finalizers: [FINALIZER], creationTimestamp: '2026-01-01T00:00:00Z', ...(more.index === undefined ? {} : { annotations: { 'batch.kubernetes.io/job-completion-index': String(more.index) } }),
    ...(more.deleted ? { deletionTimestamp: '2026-01-01T00:05:00Z' } : {}),
  },
  spec: { containers: [] },
  status: {
    phase, ...(more.exit === undefined ? {} : { containerStatuses: [{ name: 'main', restartCount: 0, state: { terminated: { exitCode: more.exit, finishedAt: '2026-01-01T00:09:55Z' } } }] }),
    ...(more.disrupted ? { conditions: [{ type: 'DisruptionTarget', status: 'True' }] } : {}),
  },
} as unknown as Pod);
const NONE: ReadonlySet<string> = new Set();

test('indexes', () => {
  assert.equal(formatIndexes([0, 2, 3, 4, 6, 7]), '0,2-4,6,7');
  assert.deepEqual([...parseIndexes('0,2-4,9', 6)], [0, 2, 3, 4]);
  assert.deepEqual(firstPending(2, 5, (i) => i === 0 || i === 2), [1, 3]);
});

test('how many pods should be active', () => {
  const cases: readonly [string, object, readonly Pod[], number][] = [
    ['no more than are left to complete', { parallelism: 3, completions: 3 }, [pod('a', 'Succeeded'), pod('b', 'Succeeded')], 1],
    ['parallelism', { parallelism: 2, completions: 9 }, [], 2],
    ['a work queue fills up', { parallelism: 2 }, [], 2],
    ['a work queue with a success only finishes', { parallelism: 3 }, [pod('a', 'Succeeded'), pod('b', 'Running')], 1],
    ['suspended', { parallelism: 2, completions: 2, suspend: true }, [], 0],
  ];
  for (const [name, spec, pods, wanted] of cases) {
    const j = job(spec);
    assert.equal(wantedActive(j, jobState(j, pods, NONE, NOW)), wanted, name);
  }
});

test('counting', () => {
  const j = job({ completions: 3 }, { succeeded: 1, uncountedTerminatedPods: { succeeded: ['a'] } });
  const state = jobState(j, [pod('a', 'Succeeded'), pod('b', 'Succeeded'), pod('c', 'Failed'), pod('d', 'Running', { deleted: true })], NONE, NOW);
  assert.deepEqual([state.succeeded, state.failed, state.active.length, state.terminating], [3, 2, 0, 1]);
  assert.equal(isComplete(j, state, 0), true);
});

test('ends of a job', () => {
  const policy = (action: string): object => ({ podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values: [42] } }] } });
  const finish = (spec: object, pods: readonly Pod[], status: object = {}): string | undefined => { const j = job(spec, status); return jobState(j, pods, NONE, NOW).finish?.reason; };
  assert.equal(finish({ backoffLimit: 1 }, [pod('a', 'Failed'), pod('b', 'Failed')]), 'BackoffLimitExceeded');
  assert.equal(finish({ backoffLimit: 2 }, [pod('a', 'Failed'), pod('b', 'Failed')]), undefined);
  assert.equal(finish({ activeDeadlineSeconds: 60 }, [], { startTime: '2026-01-01T00:00:00Z' }), 'DeadlineExceeded');
  assert.equal(finish(policy('FailJob'), [pod('a', 'Failed', { exit: 42 })]), 'PodFailurePolicy');
  assert.equal(finish({ backoffLimit: 0, ...policy('Ignore') }, [pod('a', 'Failed', { exit: 42 })]), undefined);
  assert.equal(finish({ backoffLimit: 0, ...policy('Count') }, [pod('a', 'Failed', { exit: 42 })]), 'BackoffLimitExceeded');
  assert.equal(finish({ completionMode: 'Indexed', completions: 2, backoffLimit: 99, backoffLimitPerIndex: 0 }, [pod('a', 'Failed', { index: 0 }), pod('b', 'Succeeded', { index: 1 })]), 'FailedIndexes');
  const j = job(policy('FailJob'));
  assert.equal(jobState(j, [pod('a', 'Failed', { exit: 42 })], NONE, NOW).finish?.message, 'Container main for pod default/a failed with exit code 42 matching FailJob rule at index 0');
});

test('success policy', () => {
  const j = job({ completions: 4, successPolicy: { rules: [{ succeededIndexes: '0,2-3', succeededCount: 2 }] } });
  assert.equal(matchSuccessPolicy(j, new Set([0, 1])), undefined);
  assert.equal(matchSuccessPolicy(j, new Set([0, 3])), 'Matched rules at index 0');
});

test('back-off doubles with failures in a row', () => {
  const backoff = new JobBackoff();
  let record = backoff.compute('k', [], [pod('a', 'Failed', { exit: 1 })]);
  assert.equal(remainingBackoff(record, NOW), 5000);
  backoff.commit('k', record);
  record = backoff.compute('k', [], [pod('b', 'Failed', { exit: 1 })]);
  assert.equal(remainingBackoff(record, NOW), 15_000);
  assert.equal(remainingBackoff(backoff.compute('k', [pod('c', 'Succeeded', { exit: 0 })], []), NOW), 0);
});
