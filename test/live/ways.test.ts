// Ways to a cluster: a proxy, a certificate of one's own authority, client certificates' absence, exec plugins, impersonation, prefixes of paths.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { live } from './harness';
import { startProxy } from './proxy';
import { startServer, until, variant, type LiveServer } from './server';

type Fields = { [field: string]: unknown };

void describe('ways to a cluster', () => {
  let server: LiveServer;
  before(async () => { server = await startServer(); });
  after(() => server?.stop());
  const connects = async (around: Parameters<typeof live>[0]): Promise<ReturnType<typeof live>> => {
    const h = live(around);
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await until('it is live', () => h.state().phase === 'live');
    assert.equal(h.state().counts.nodes, 3);
    return h;
  };

  void test('TLS with the kubeconfig\'s own authority, through an HTTP proxy that only sees CONNECT', async () => {
    const asked: string[] = [];
    const proxy = createServer((_request, response) => { response.writeHead(500).end(); });
    proxy.on('connect', (request, socket, head) => {
      asked.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const onward = connectTcp(Number(port), host, () => { socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'); onward.write(head); onward.pipe(socket); socket.pipe(onward); });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
    try {
      const h = await connects(variant(server, 'connect.json', (c) => { (c.clusters[0] as { cluster: Fields }).cluster['proxy-url'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`; }));
      h.service.disconnect();
      assert.ok(asked.length > 0 && asked.every((a) => a === new URL(server.url).host), asked.join());
    } finally { proxy.closeAllConnections(); proxy.close(); }
  });

  void test('the same authority does not vouch for another name', async () => {
    const h = live(variant(server, 'name.json', (c) => { (c.clusters[0] as { cluster: Fields }).cluster['tls-server-name'] = 'another.example'; }));
    await assert.rejects(h.service.connect({ context: 'controlplane', namespaces: [] }, h.call), /cannot be trusted/);
  });

  void test('an exec plugin is asked once and not for every request, with what kubectl tells it', async () => {
    const log = join(server.folder, 'asked.log');
    const script = join(server.folder, 'exec.cjs');
    writeFileSync(log, '');
    writeFileSync(script, `require('node:fs').appendFileSync(${JSON.stringify(log)}, process.env.KUBERNETES_EXEC_INFO + '\\n'); process.stdout.write(JSON.stringify({apiVersion:'client.authentication.k8s.io/v1',kind:'ExecCredential',status:{token:${JSON.stringify(server.token)}}}))`);
    const h = await connects(variant(server, 'exec.json', (c) => { (c.users[0] as { user: Fields }).user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script], interactiveMode: 'Never' } }; }));
    h.service.disconnect();
    const { readFileSync } = await import('node:fs');
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    assert.equal(lines.length, 1);
    assert.deepEqual(JSON.parse(lines[0] ?? ''), { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', spec: { interactive: false } });
  });

  void test('impersonation is passed on, and what the impersonated may not is told in words', async () => {
    const h = live(variant(server, 'as.json', (c) => { (c.users[0] as { user: Fields }).user['as'] = 'jane'; }));
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await until('it has failed', () => h.state().phase === 'failed');
    assert.match(h.state().text, /Not allowed to list pods/);
    h.service.disconnect();
  });

  void test('a server behind a prefix, as gateways have it', async () => {
    const proxy = await startProxy(server.url);
    const gateway = createServer((request, response) => {
      if (!request.url?.startsWith('/k8s/clusters/c-1/')) { response.writeHead(404).end(); return; }
      void fetch(`${proxy.url}${request.url.slice('/k8s/clusters/c-1'.length)}`, { headers: { Authorization: request.headers.authorization ?? '', Accept: request.headers.accept ?? '' } }).then(async (answer) => {
        response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' }).flushHeaders();
        for await (const chunk of (answer.body ?? []) as unknown as AsyncIterable<Uint8Array>) response.write(chunk);
        response.end();
      }).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => { gateway.listen(0, '127.0.0.1', resolve); });
    try {
      const h = await connects(variant(server, 'prefix.json', (c) => { (c.clusters[0] as { cluster: Fields }).cluster = { server: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/k8s/clusters/c-1` }; }));
      h.service.disconnect();
    } finally { gateway.closeAllConnections(); gateway.close(); await proxy.close(); }
  });
});
