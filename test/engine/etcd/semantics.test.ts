import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEtcdError, type EtcdError, type EtcdEvent } from '../../../src/engine/etcd/types';
import { ReplicatedEtcd } from '../../../src/engine/etcd/cluster/replicated';
import { RECORDED_LATENCIES } from '../../../src/engine/simulation/latency';
import type { Process } from '../../../src/engine/simulation/process';
import { Simulation } from '../../../src/engine/simulation/simulation';
import { TraceRecorder } from '../../../src/engine/trace/recorder';

/** Three members after their start. */
class World {
  readonly simulation = new Simulation({ seed: 5, epoch: 0 });
  readonly etcd: ReplicatedEtcd;

  constructor(quota = 0, members = 3) {
    this.etcd = new ReplicatedEtcd({ simulation: this.simulation, trace: new TraceRecorder(this.simulation), latencies: RECORDED_LATENCIES, members, quota });
    this.etcd.start();
    this.pass(3000);
  }

  pass(milliseconds: number): void { this.simulation.runUntil(this.simulation.now + milliseconds); }

  do<T>(process: Process<T>): T {
    const task = this.simulation.spawn('test', process);
    for (let i = 0; i < 1_000_000 && !task.done; i++) this.simulation.step();
    assert.ok(task.done);
    return task.result as T;
  }

  put(key: string, text: string, lease = 0): number {
    const response = this.do(this.etcd.txn({ compares: [], success: [{ type: 'put', key, value: { text }, lease }], failure: [] }));
    assert.ok(!isEtcdError(response), JSON.stringify(response));
    return response.revision;
  }

  has(key: string): boolean { return (this.do(this.etcd.range({ key })) as { count: number }).count === 1; }

  /** Kills the leader, and waits for the next one. */
  changeLeader(): void {
    const old = this.etcd.leader;
    this.etcd.kill(old);
    this.pass(5000);
    assert.ok(this.etcd.leader !== '' && this.etcd.leader !== old);
    this.etcd.restart(old);
    this.pass(1000);
  }
}

test('a lease lives as long as it is kept alive, also by the next leader, and takes its keys along', () => {
  const world = new World();
  const granted = world.do(world.etcd.leaseGrant(10)) as { id: number };
  world.put('leased', 'a', granted.id);
  world.put('free', 'b');
  world.pass(8000);
  assert.deepEqual(world.do(world.etcd.leaseKeepAlive(granted.id)), { seconds: 10 });
  world.pass(8000);
  assert.ok(world.has('leased'));
  // A new leader gives each lease its whole time again: it may not end early.
  world.changeLeader();
  world.pass(2000);
  assert.ok(world.has('leased'));
  assert.deepEqual(world.do(world.etcd.leaseKeepAlive(granted.id)), { seconds: 10 });
  world.pass(11_000);
  assert.ok(!world.has('leased'));
  assert.ok(world.has('free'));
  assert.equal((world.do(world.etcd.leaseKeepAlive(granted.id)) as EtcdError).error, 'lease not found');
  // All members agree: it was one of them that revoked it, for all.
  world.pass(500);
  assert.equal(new Set(world.etcd.status().map((m) => m.revision)).size, 1);
});

test('a key lives by the lease of its last put; a revoked lease takes its keys at once', () => {
  const world = new World();
  const one = world.do(world.etcd.leaseGrant(100)) as { id: number };
  const two = world.do(world.etcd.leaseGrant(100)) as { id: number };
  world.put('a', '1', one.id);
  world.put('a', '2', two.id);
  world.put('b', '1', one.id);
  assert.deepEqual(world.do(world.etcd.leaseRevoke(one.id)), { id: one.id });
  assert.ok(world.has('a'));
  assert.ok(!world.has('b'));
  const refused = world.do(world.etcd.txn({ compares: [], success: [{ type: 'put', key: 'c', value: {}, lease: one.id }], failure: [] }));
  assert.equal((refused as EtcdError).error, 'lease not found');
});

test('a watch sees every event once and in order while leaders come and go', () => {
  const world = new World();
  const seen: number[] = [];
  world.etcd.watch('k', 2, (event: EtcdEvent) => { seen.push(event.keyValue.modRevision); }, (error) => assert.fail(error.message));
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) world.put(`k${i % 3}`, `${round}.${i}`);
    world.changeLeader();
  }
  assert.deepEqual(seen, Array.from({ length: 100 }, (_, i) => i + 2));
});

test('what was compacted is gone for watches and for reads of the past, on every member', () => {
  const world = new World();
  for (let i = 0; i < 10; i++) world.put('k', String(i));
  assert.deepEqual(world.do(world.etcd.compact(8)), { revision: 8 });
  assert.equal((world.do(world.etcd.range({ key: 'k', revision: 5 })) as EtcdError).error, 'compacted');
  assert.equal((world.do(world.etcd.range({ key: 'k', revision: 9 })) as { count: number }).count, 1);
  assert.equal((world.do(world.etcd.compact(8)) as EtcdError).error, 'compacted');
  assert.equal((world.do(world.etcd.compact(99)) as EtcdError).error, 'future revision');
  world.changeLeader();
  assert.equal((world.do(world.etcd.range({ key: 'k', revision: 5 })) as EtcdError).error, 'compacted');
});

test('a member that was away for long gets a snapshot, and then has what the others have', () => {
  const world = new World();
  const away = world.etcd.status().find((m) => m.role === 'follower')?.id ?? '';
  world.etcd.kill(away);
  // More entries than are kept for those who lag a little.
  for (let i = 0; i < 700; i++) {
    const tasks = Array.from({ length: 16 }, (_, j) => world.simulation.spawn('writer', world.etcd.txn({ compares: [], success: [{ type: 'put', key: `k${j}`, value: { i } }], failure: [] })));
    for (let n = 0; n < 100_000 && tasks.some((t) => !t.done); n++) world.simulation.step();
  }
  world.etcd.restart(away);
  world.pass(5000);
  assert.equal(new Set(world.etcd.status().map((m) => m.revision)).size, 1);
  assert.equal(world.etcd.revision, 1 + 700 * 16);
});

test('when the quota of space is reached writes are refused, until there is space and the alarm is lifted', () => {
  const world = new World(2000);
  const put = (i: number): object => world.do(world.etcd.txn({ compares: [], success: [{ type: 'put', key: 'k', value: { text: 'x'.repeat(100), i } }], failure: [] }));
  let i = 0;
  while (i < 100 && !isEtcdError(put(i))) i++;
  assert.ok(i > 10 && i < 30, `${i} writes`);
  assert.deepEqual(put(i), { error: 'no space', message: 'etcdserver: mvcc: database space exceeded' });
  // What is there can be read and deleted; space alone does not lift the alarm.
  assert.ok(world.has('k'));
  world.do(world.etcd.compact(world.etcd.revision));
  assert.ok(isEtcdError(put(i)));
  world.do(world.etcd.disarm());
  assert.ok(!isEtcdError(put(i)));
  world.changeLeader();
  assert.ok(!isEtcdError(put(i)));
});

test('members come and go one at a time, and writes go on', () => {
  const world = new World();
  assert.ok(world.etcd.addMember('etcd-4'));
  world.pass(500);
  world.put('a', '1');
  assert.ok(world.etcd.removeMember('etcd-1'));
  world.pass(5000);
  assert.equal(world.etcd.status().find((m) => m.id === 'etcd-1')?.up, false);
  world.put('a', '2');
  assert.deepEqual(world.etcd.members.find((m) => m.id === world.etcd.leader)?.raft.members, ['etcd-2', 'etcd-3', 'etcd-4']);
  world.etcd.kill('etcd-2');
  world.pass(5000);
  world.put('a', '3');
});
