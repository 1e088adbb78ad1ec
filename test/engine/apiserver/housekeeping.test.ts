import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compacting, expiringEvents } from '../../../src/engine/apiserver/housekeeping';
import { isStatus, type Status } from '../../../src/engine/api/status';
import { KUBECTL } from '../../../src/engine/cluster';
import { Session } from '../../../src/engine/session';
import { BACKGROUND, type Process } from '../../../src/engine/simulation/process';

function world(): Session {
  const session = new Session();
  const { api, etcd, simulation } = session.cluster;
  simulation.spawn('kube-apiserver', compacting(api, etcd), BACKGROUND);
  simulation.spawn('kube-apiserver', expiringEvents(api, simulation), BACKGROUND);
  return session;
}

function run<T>(session: Session, process: Process<T>): T {
  const { simulation } = session.cluster;
  const task = simulation.spawn('test', process);
  for (let n = 0; !task.done && n < 1_000_000; n++) simulation.step();
  return task.result as T;
}

test('what is older than two rounds of compaction is gone: watches and lists from there are refused with 410', () => {
  const session = world();
  const { api, etcd, simulation } = session.cluster;
  const resourceVersion = String(etcd.revision);
  const pods = { group: '', version: 'v1', resource: 'pods' };
  const watch = (): Process<unknown> => api.watch(KUBECTL, { ...pods, verb: 'watch', options: { resourceVersion } }, { onEvent: () => undefined, onEnd: () => undefined });
  simulation.runUntil(simulation.now + 4 * 60_000);
  assert.ok(!isStatus(run(session, watch()) as object), 'four minutes later it is still known');
  simulation.runUntil(simulation.now + 7 * 60_000);
  const refused = run(session, watch()) as Status;
  assert.deepEqual([refused.code, refused.reason], [410, 'Expired']);
  const list = run(session, api.list(KUBECTL, { ...pods, verb: 'list', options: { resourceVersion, resourceVersionMatch: 'Exact' } })) as Status;
  assert.deepEqual([list.code, list.reason, list.message], [410, 'Expired', 'The resourceVersion for the provided list is too old.']);
});

test('events are gone an hour after they were last written', () => {
  const session = world();
  const { api, simulation } = session.cluster;
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'x' }] } };
  run(session, api.request(KUBECTL, { verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', body: pod }));
  const mine = (): number => (api.peek('', 'events')?.list() ?? []).filter((e) => (e as unknown as { involvedObject: { name: string } }).involvedObject.name === 'a').length;
  simulation.runUntil(simulation.now + 50 * 60_000);
  assert.ok(mine() > 0);
  simulation.runUntil(simulation.now + 15 * 60_000);
  assert.equal(mine(), 0);
});

test('a world that goes on for a day of virtual time keeps a bounded history', () => {
  const session = world();
  const { etcd, simulation } = session.cluster;
  simulation.runUntil(simulation.now + 3600_000);
  const hour = etcd.store.eventsFrom(etcd.store.compactRevision + 1);
  simulation.runUntil(simulation.now + 24 * 3600_000);
  const day = etcd.store.eventsFrom(etcd.store.compactRevision + 1);
  assert.ok(Array.isArray(hour) && Array.isArray(day) && day.length <= 2 * hour.length, 'as much as after an hour');
});
