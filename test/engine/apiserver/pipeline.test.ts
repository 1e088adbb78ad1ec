import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus } from '../../../src/engine/api/status';
import type { ConfigMap } from '../../../src/engine/api/generated/types';
import { CONFIG_MAPS } from '../../../src/engine/client/resources';
import { Informer } from '../../../src/engine/client/informer';
import { ServerWorld } from './world';

const configMap = (name: string, data: { [key: string]: string } = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }) as const;

test('an object is created, read, changed with its resourceVersion, and deleted', () => {
  const world = new ServerWorld();
  const { client } = world;
  const created = world.do(client.create(CONFIG_MAPS, 'default', configMap('a', { x: '1' }))) as ConfigMap;
  assert.equal(created.metadata.name, 'a');
  assert.equal(created.metadata.namespace, 'default');
  assert.match(created.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  const changed = world.do(client.update(CONFIG_MAPS, { ...created, data: { x: '2' } })) as ConfigMap;
  assert.notEqual(changed.metadata.resourceVersion, created.metadata.resourceVersion);
  const stale = world.do(client.update(CONFIG_MAPS, { ...created, data: { x: '3' } }));
  assert.ok(isStatus(stale));
  assert.equal(stale.message, 'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again');
  const same = world.do(client.update(CONFIG_MAPS, changed)) as ConfigMap;
  assert.equal(same.metadata.resourceVersion, changed.metadata.resourceVersion, 'an update that changes nothing writes nothing');
  const gone = world.do(client.delete(CONFIG_MAPS, 'default', 'a'));
  assert.ok(isStatus(gone) && gone.status === 'Success');
  const missing = world.do(client.get(CONFIG_MAPS, 'default', 'a'));
  assert.ok(isStatus(missing) && missing.message === 'configmaps "a" not found');
});

test('an object that was printed by the cluster cannot be created as it is', () => {
  const world = new ServerWorld();
  const versioned = (name: string, resourceVersion: string) => ({ ...configMap(name), metadata: { name, resourceVersion } });
  const answer = world.do(world.client.create(CONFIG_MAPS, 'default', versioned('a', '12') as never));
  assert.ok(isStatus(answer));
  assert.deepEqual([answer.code, answer.reason, answer.message], [500, undefined, 'resourceVersion should not be set on objects to be created']);
  for (const [i, ignored] of ['', '0', 'x'].entries()) assert.ok(!isStatus(world.do(world.client.create(CONFIG_MAPS, 'default', versioned(`b${i}`, ignored) as never))), ignored);
  assert.ok(!isStatus(world.do(world.client.create(CONFIG_MAPS, 'default', versioned('c', '12') as never, { dryRun: true }))), 'a dry run does not ask etcd');
});

test('a namespace that is not there is named in the refusal', () => {
  const world = new ServerWorld();
  const answer = world.do(world.client.create(CONFIG_MAPS, 'nowhere', configMap('a')));
  assert.ok(isStatus(answer));
  assert.equal(answer.message, 'namespaces "nowhere" not found');
  assert.equal(answer.code, 404);
});

test('an informer hears of every change once, and each event names the message that committed it', () => {
  const world = new ServerWorld();
  const heard: string[] = [];
  const informer = new Informer(world.simulation, world.client, CONFIG_MAPS, { namespace: 'default' });
  informer.addHandler({ onAdd: (o) => heard.push(`+${o.metadata.name}`), onUpdate: (_, o) => heard.push(`~${o.metadata.name}`), onDelete: (o) => heard.push(`-${o.metadata.name}`) });
  world.simulation.spawn('informer', informer.run());
  world.simulation.runUntil(100);
  const created = world.do(world.client.create(CONFIG_MAPS, 'default', configMap('a'))) as ConfigMap;
  world.do(world.client.patch(CONFIG_MAPS, 'default', 'a', 'application/merge-patch+json', { data: { k: 'v' } }));
  world.do(world.client.delete(CONFIG_MAPS, 'default', 'a'));
  world.simulation.runUntil(1000);
  assert.deepEqual(heard, ['+kube-root-ca.crt', '+a', '~a', '-a']);
  const messages = world.trace.messages();
  const watch = messages.find((m) => m.kind === 'watch' && m.name === 'a' && m.type === 'ADDED');
  assert.ok(watch?.kind === 'watch');
  const storage = world.trace.get(watch.cause);
  assert.ok(storage?.kind === 'storage' && storage.revision === Number(created.metadata.resourceVersion));
  const request = world.trace.get(storage.cause);
  assert.ok(request?.kind === 'request' && request.verb === 'create' && request.actor === 'kubectl');
});
