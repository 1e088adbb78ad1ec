import assert from 'node:assert/strict';
import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from '@kubernetes/client-node';
import { serveWorld } from './serving';

/** A wire between a client and the server that can be cut. */
async function wire(port: number): Promise<{ readonly port: number; cut(): void; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('close', () => { open.delete(socket); client.destroy(); upstream.destroy(); });
      socket.on('error', () => undefined);
    }
    // The server answers to its own name and port alone: the wire writes them into the Host header.
    client.on('data', (chunk: Buffer) => { upstream.write(Buffer.from(chunk.toString('latin1').replace(`127.0.0.1:${(server.address() as AddressInfo).port}`, `127.0.0.1:${port}`), 'latin1')); });
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: (server.address() as AddressInfo).port, cut: () => { for (const socket of open) socket.destroy(); }, close: () => { for (const socket of open) socket.destroy(); server.close(); } };
}

const NAMESPACE = 'kube-public';

test('an informer of the usual client loses nothing through dropped connections and a compaction', async () => {
  const world = await serveWorld();
  const port = Number(new URL(world.url).port);
  const line = await wire(port);
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${line.port}`, skipTLSVerify: true }], users: [{ name: 'u', token: world.token }], contexts: [{ name: 'x', cluster: 'c', user: 'u' }], currentContext: 'x',
  });
  const api = config.makeApiClient(CoreV1Api);
  const seen = new Map<string, string>();
  const informer = makeInformer<V1ConfigMap>(config, `/api/v1/namespaces/${NAMESPACE}/configmaps`, () => api.listNamespacedConfigMap({ namespace: NAMESPACE }));
  const note = (object: V1ConfigMap): void => { seen.set(object.metadata?.name ?? '', object.data?.n ?? ''); };
  informer.on('add', note);
  informer.on('update', note);
  informer.on('delete', (object) => { seen.delete(object.metadata?.name ?? ''); });
  let errors = 0;
  informer.on('error', () => { if (errors++ < 50) setTimeout(() => { void informer.start(); }, 20); });
  try {
    await informer.start();
    await write(world, 'a', 1);
    await until(() => seen.get('a') === '1');
    line.cut();
    await write(world, 'a', 2);
    await write(world, 'b', 1);
    await until(() => seen.get('a') === '2' && seen.get('b') === '1');

    // While nobody listens, objects change and go, and then history is forgotten: the client has to list again.
    line.cut();
    await world.ask({ method: 'DELETE', path: `/api/v1/namespaces/${NAMESPACE}/configmaps/b` });
    await write(world, 'c', 1);
    const { etcd, simulation, api: server } = world.session.cluster;
    simulation.spawn('test', server.compact(etcd.revision));
    await write(world, 'd', 1);
    await until(() => seen.get('c') === '1' && seen.get('d') === '1' && !seen.has('b'));
    await write(world, 'a', 3);
    await until(() => seen.get('a') === '3');
  } finally {
    await informer.stop();
    line.close();
    await world.close();
  }
});

async function write(world: Awaited<ReturnType<typeof serveWorld>>, name: string, n: number): Promise<void> {
  const reply = await world.ask({
    method: 'PATCH', path: `/api/v1/namespaces/${NAMESPACE}/configmaps/${name}?fieldManager=test`, headers: { 'Content-Type': 'application/apply-patch+yaml' },
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { n: String(n) } },
  });
  assert.ok(reply.code === 200 || reply.code === 201, reply.text);
}

/** Bounded, so that a lost event fails the test. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => { setTimeout(resolve, 10); });
  assert.ok(condition(), 'an event was lost');
}
