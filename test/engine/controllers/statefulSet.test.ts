import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoreEvent, Pod, StatefulSet } from '../../../src/engine/api/generated/types';
import { STATEFUL_SETS } from '../../../src/engine/client/resources';
import { Session } from '../../../src/engine/session';
import type { RequestMessage } from '../../../src/engine/trace/message';

function world(spec: object = {}, annotations: object = {}): Session {
  const session = new Session({});
  const value = {
    apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' },
    spec: { replicas: 4, serviceName: 's', selector: { matchLabels: { app: 's' } }, template: { metadata: { labels: { app: 's' }, annotations }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'nginx:1.27' }] } }, ...spec },
  };
  session.create([{ file: 's', index: 0, value }]);
  return session;
}
const set = (session: Session): StatefulSet => session.cluster.api.peek('apps', 'statefulsets')?.get('default/s') as unknown as StatefulSet;
const pods = (session: Session): readonly Pod[] => (session.cluster.api.peek('', 'pods')?.list() ?? []) as unknown as readonly Pod[];
const update = (session: Session): void => {
  session.act('update', session.kubectl.patch(STATEFUL_SETS, 'default', 's', 'application/strategic-merge-patch+json', { spec: { template: { spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } } } }));
};
const deletions = (session: Session): readonly string[] =>
  session.cluster.trace.messages().filter((m): m is RequestMessage => m.kind === 'request' && m.verb === 'delete' && m.actor === 'statefulset-controller').map((m) => m.name);

test('a rolling update goes down the ordinals one at a time, whatever maxUnavailable says: its gate is off in v1.36', () => {
  const session = world({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 3, partition: 1 } } });
  assert.equal(set(session).spec.updateStrategy?.rollingUpdate?.maxUnavailable, undefined);
  update(session);
  assert.deepEqual(deletions(session), ['s-3', 's-2', 's-1']);
  assert.equal(set(session).status?.updatedReplicas, 3);
  assert.equal(set(session).status?.readyReplicas, 4);
});

test('Parallel creates in batches that grow', () => {
  const session = world({ podManagementPolicy: 'Parallel' });
  const made = session.cluster.trace.messages().filter((m): m is RequestMessage => m.kind === 'request' && m.verb === 'create' && m.actor === 'statefulset-controller' && m.resource === 'pods');
  assert.deepEqual(made.map((m) => m.name), ['s-0', 's-1', 's-2', 's-3']);
  assert.ok((made[1]?.at ?? 0) >= (made[0]?.answeredAt ?? Infinity), 's-1 was asked for before s-0 was there');
  assert.ok((made[2]?.at ?? Infinity) < (made[1]?.answeredAt ?? 0), 's-2 waited for s-1');
});

test('what was done is said also where something fails', () => {
  const session = world({ replicas: 3, podManagementPolicy: 'Parallel' });
  session.create([{ file: 'q', index: 0, value: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '4' } } } }]);
  session.act('scale', session.kubectl.patch(STATEFUL_SETS, 'default', 's', 'application/merge-patch+json', { spec: { replicas: 6 } }, 'scale'));
  assert.equal(pods(session).length, 4);
  assert.deepEqual([set(session).status?.replicas, set(session).status?.readyReplicas, set(session).status?.observedGeneration], [4, 4, 2]);
  const events = (session.cluster.api.peek('', 'events')?.list() ?? []) as unknown as readonly CoreEvent[];
  assert.ok(events.some((e) => e.reason === 'FailedCreate' && /create Pod s-4 in StatefulSet s failed error: pods "s-4" is forbidden: exceeded quota/i.test(e.message ?? '')), events.map((e) => e.message).join('\n'));
});
