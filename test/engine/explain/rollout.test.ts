import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../../src/engine/api/generated/types';
import { DEPLOYMENTS, REPLICA_SETS } from '../../../src/engine/client/resources';
import { rolloutsOf } from '../../../src/engine/report/report';
import { DEFAULT_LIMITS } from '../../../src/engine/simulation/simulation';
import { Session } from '../../../src/engine/session';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { objectHover } from '../../../src/worker/hover/objectHover';
import { LiveView } from '../../../src/worker/runningWorld';
import { objectEntry } from '../../../src/worker/tree/entries';
import { storyOf } from '../../../src/engine/report/text';
import { reportOf } from '../../../src/engine/report/report';

const deployment = (replicas: number, more: object = {}): { readonly [field: string]: unknown } => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } }, ...more },
});

/** A deployment that runs, and then gets an image that cannot be pulled. */
function failing(replicas: number, more: object = {}): Session {
  const session = new Session({});
  session.create([{ file: 'web.yaml', index: 0, value: deployment(replicas, more) }]);
  const template = { metadata: { annotations: { 'controlplane.dev/image': 'missing' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.28-typo' }] } };
  const limits = { ...DEFAULT_LIMITS, milliseconds: 60_000 };
  session.act('update', session.kubectl.patch(DEPLOYMENTS, 'default', 'web', 'application/strategic-merge-patch+json', { spec: { template } }), { limits });
  return session;
}
const list = <T>(session: Session, group: string, resource: string): readonly T[] => (session.cluster.api.peek(group, resource)?.list() ?? []) as unknown as readonly T[];
const sizes = (session: Session): readonly string[] =>
  list<ReplicaSet>(session, REPLICA_SETS.group, REPLICA_SETS.resource).map((s) => `${s.spec?.template?.spec?.containers[0]?.image}: ${s.spec?.replicas}, ${s.status?.availableReplicas ?? 0} available`).sort();
const progressing = (session: Session): string | undefined => list<Deployment>(session, 'apps', 'deployments')[0]?.status?.conditions?.find((c) => c.type === 'Progressing')?.reason;
const words = (session: Session): readonly string[] => rolloutsOf(session)[0]?.explanation ?? [];

test('a rolling update of 10 replicas to an image that cannot be pulled stops at 8 old and 5 new pods, and says why', () => {
  const session = failing(10);
  assert.deepEqual(sizes(session), ['nginx:1.27: 8, 8 available', 'nginx:1.28-typo: 5, 0 available']);
  assert.equal(progressing(session), 'ReplicaSetUpdated');
  assert.match(words(session)[0] ?? '', /^The rollout waits: none of 5 new pods is available \((ImagePullBackOff|ErrImagePull)\)$/);
  assert.deepEqual(words(session).slice(1), [
    'No more old pods may go: 8 are available, and 8 must be (10 replicas less maxUnavailable 25%, that is 2)',
    'No more new pods may come: there are 13, and 13 is the most (10 replicas and maxSurge 25%, that is 3)',
    '8 old pods go on serving. Correct the template, or go back: kubectl rollout undo deployment/web',
  ]);
  session.advance(500_000);
  assert.equal(progressing(session), 'ReplicaSetUpdated');
  session.advance(110_000);
  assert.equal(progressing(session), 'ProgressDeadlineExceeded');
  assert.deepEqual(sizes(session), ['nginx:1.27: 8, 8 available', 'nginx:1.28-typo: 5, 0 available']);
  assert.match(words(session)[0] ?? '', /^The rollout has failed: nothing got further for 600 seconds \(ProgressDeadlineExceeded\): none of 5 new pods is available/);
});

test('the bounds are those of the strategy', () => {
  const session = failing(4, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
  assert.deepEqual(sizes(session), ['nginx:1.27: 4, 4 available', 'nginx:1.28-typo: 1, 0 available']);
  assert.deepEqual(words(session).slice(1, 3), [
    'No more old pods may go: 4 are available, and 4 must be (4 replicas less maxUnavailable 0)', 'No more new pods may come: there are 5, and 5 is the most (4 replicas and maxSurge 1)',
  ]);
});

test('what goes well, or was never anything else, is not explained', () => {
  const session = new Session({});
  session.create([{ file: 'web.yaml', index: 0, value: deployment(3) }]);
  assert.deepEqual(rolloutsOf(session), []);
  session.act('update', session.kubectl.patch(DEPLOYMENTS, 'default', 'web', 'application/strategic-merge-patch+json', { spec: { template: { spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } } } }));
  assert.deepEqual(rolloutsOf(session), []);
  assert.deepEqual(sizes(session), ['nginx:1.27: 0, 0 available', 'nginx:1.28: 3, 3 available']);
});

test('the words stand where a person looks: hover, tree, command line', () => {
  const session = failing(10);
  const object = list<KubernetesObject>(session, 'apps', 'deployments')[0] as KubernetesObject;
  const live = new LiveView(session);
  for (const text of [objectHover(object, live, undefined, () => ''), objectEntry(object, live, '', true).tooltip ?? '', storyOf(reportOf(session, session.advance(1000)))]) {
    assert.match(text, /none of 5 new pods is available/);
    assert.match(text, /No more old pods may go: 8 are available, and 8 must be/);
    assert.match(text, /kubectl rollout undo deployment\/web/);
  }
});
