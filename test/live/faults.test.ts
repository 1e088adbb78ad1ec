// What happens between here and the server: every fault has a state in words, a way back where there is one, and costs or doubles no pod.
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { live, type Harness } from './harness';
import { startProxy, type Fault, type FaultProxy, type Seen } from './proxy';
import { startServer, until, variant, type LiveServer } from './server';
import { send } from '../server/serving';
import { makeCertificate } from '../../src/server/certificate';
import type { Surroundings } from '../../src/live/kubeconfig';

const isWatch = (s: Seen, resource = 'pods'): boolean => s.query.get('watch') === 'true' && s.path.endsWith(`/${resource}`);
const isList = (s: Seen, resource = 'pods'): boolean => s.query.get('watch') !== 'true' && s.path.endsWith(`/${resource}`) && s.method === 'GET';
const READER = 'reader-token-4711';

void describe('faults between client and server', () => {
  let server: LiveServer;
  let proxy: FaultProxy;
  let around: Surroundings;
  let h: Harness;
  let created = 0;
  before(async () => {
    server = await startServer({ tokens: `${READER},reader,reader-uid,"readers"\n` });
    proxy = await startProxy(server.url);
    around = variant(server, 'proxy.json', (c) => { (c.clusters[0] as { cluster: { [f: string]: unknown } }).cluster = { server: proxy.url }; });
  });
  afterEach(async () => { h?.service.disconnect(); await proxy.up().catch(() => undefined); proxy.fault = () => undefined; proxy.seen.length = 0; });
  after(async () => { await proxy?.close(); await server?.stop(); });

  const start = async (limits: Parameters<typeof live>[1] = {}): Promise<void> => { h = live(around, limits); await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call); };
  const isLive = (): Promise<void> => until('it is live', () => h.state().phase === 'live');
  const request = (method: string, path: string, body?: object): Promise<{ readonly code: number; readonly json: unknown }> => send({ url: server.url, token: server.token } as never, { method, path, body });
  /** Creates a pod behind the proxy's back. */
  const addPod = async (): Promise<string> => {
    const name = `pod-${++created}`;
    assert.equal((await request('POST', '/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } })).code, 201);
    return name;
  };
  const podsShown = (): string[] => h.tree().filter((l) => /^\s+pod-\d+ \|/.test(l)).map((l) => l.trim().split(' ')[0] ?? '').sort();
  const podsThere = async (): Promise<string[]> => ((await request('GET', '/api/v1/pods')).json as { items: { metadata: { name: string } }[] }).items.map((p) => p.metadata.name).sort();
  /** The tree shows each pod on its node, once; besides it is among the workloads, once. */
  const sameAsServer = async (): Promise<void> => {
    await until('the tree has what the server has', async () => { const there = await podsThere(); return JSON.stringify(podsShown()) === JSON.stringify([...there, ...there].sort()); });
  };

  void test('connection refused at first: an error in words, and nothing is left running', async () => {
    await proxy.down();
    await assert.rejects(start(), /Nothing answers at 127\.0\.0\.1:\d+ \(connection refused\)/);
    assert.equal(h.state().phase, 'failed');
    await proxy.up();
    await start();
    await isLive();
  });

  void test('refused later: it says since when, and heals by itself', async () => {
    await addPod();
    await start();
    await isLive();
    await proxy.down();
    await until('it says that nobody answers', () => h.state().text.includes('connection refused'));
    assert.equal(h.state().phase, 'stale');
    assert.match(h.state().text, /connection refused\)\. Trying again; what is shown is of \d\d:\d\d:\d\d/);
    const missed = await addPod();
    assert.ok(!podsShown().includes(missed));
    await proxy.up();
    await isLive();
    await sameAsServer();
  });

  void test('reset in the middle of watches, many times: no pod is lost or there twice', async () => {
    await start();
    await isLive();
    for (let i = 0; i < 8; i++) {
      await addPod();
      proxy.breakAll();
      await addPod();
      if (i % 3 === 0) await request('DELETE', `/api/v1/namespaces/default/pods/pod-${created - 1}?gracePeriodSeconds=0`);
    }
    await isLive();
    await sameAsServer();
    const lists = proxy.seen.filter((s) => isList(s)).length;
    assert.ok(lists <= 2, `a watch is resumed, not begun anew with a list: ${lists} lists`);
  });

  void test('a watch event cut in two is taken up again', async () => {
    await start();
    await isLive();
    let cuts = 0;
    proxy.fault = (s) => (isWatch(s) && cuts++ < 3 ? { type: 'cut', bytes: 700 } : undefined);
    proxy.breakAll();
    for (let i = 0; i < 3; i++) await addPod();
    await until('three watches were cut', () => cuts >= 3);
    await sameAsServer();
  });

  for (const [what, fault] of [
    ['as an HTTP status', { type: 'status', code: 410, body: { kind: 'Status', code: 410, reason: 'Expired', status: 'Failure', message: 'too old resource version: 1 (2)' } }],
    ['as an event', { type: 'lines', lines: [{ type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'too old resource version: 1 (2)', reason: 'Expired', code: 410 } }] }],
  ] as readonly (readonly [string, Fault])[]) {
    void test(`410 on a watch, ${what}: listed anew at once`, async () => {
      await start();
      await isLive();
      let gone = 0;
      proxy.fault = (s) => (isWatch(s) && gone++ === 0 ? fault : undefined);
      proxy.seen.length = 0;
      proxy.breakAll();
      await addPod();
      await until('the pods are listed anew', () => proxy.seen.some((s) => isList(s)));
      await sameAsServer();
      await isLive();
    });
  }

  void test('410 in the middle of a paged list: the list is begun again, nothing twice', async () => {
    for (let i = 0; i < 6; i++) await addPod();
    let gone = 0;
    proxy.fault = (s) => (isList(s) && s.query.has('continue') && gone++ === 0 ? { type: 'status', code: 410, body: { kind: 'Status', code: 410, reason: 'Expired', message: 'The provided continue parameter is too old' } } : undefined);
    await start({ page: 3 });
    await isLive();
    assert.equal(gone > 1, true, 'no page was asked for after the 410');
    await sameAsServer();
  });

  void test('429 with Retry-After: it waits as long as it is asked to, and says so', async () => {
    let refused = 0;
    const asked: number[] = [];
    proxy.fault = (s) => { if (isList(s)) asked.push(Date.now()); return isList(s) && refused++ === 0 ? { type: 'status', code: 429, headers: { 'Retry-After': '1' } } : undefined; };
    await start();
    await until('it waits', () => h.state().phase === 'stale');
    assert.match(h.state().text, /asks to wait \(429\)/);
    await isLive();
    assert.ok((asked[1] ?? 0) - (asked[0] ?? 0) >= 990, `asked again after ${(asked[1] ?? 0) - (asked[0] ?? 0)} ms`);
    await sameAsServer();
  });

  void test('500 for a while: it says so, tries less and less often, and recovers', async () => {
    let failing = true;
    proxy.fault = (s) => (failing && s.path !== '/version' ? { type: 'status', code: 500 } : undefined);
    await start();
    await until('it says that the server fails', () => /The API server fails \(500\): injected 500/.test(h.state().text));
    failing = false;
    h.service.retry();
    await isLive();
    await sameAsServer();
  });

  void test('an expired token: a state that says so; with a new one in the file it recovers', async () => {
    const file = join(server.folder, 'token');
    writeFileSync(file, `${server.token}\n`);
    const withFile = variant(server, 'file.json', (c) => { (c.clusters[0] as { cluster: { [f: string]: unknown } }).cluster = { server: proxy.url }; (c.users[0] as { user: { [f: string]: unknown } }).user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile: file } } }; });
    h = live(withFile);
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await isLive();
    writeFileSync(file, 'expired-token-000000');
    proxy.fault = (s) => (s.authorization.endsWith(server.token) ? { type: 'status', code: 401 } : undefined);
    proxy.breakAll();
    await until('it has failed', () => h.state().phase === 'failed');
    assert.match(h.state().text, /does not accept the credentials \(401\): the token may have expired\. Sign in again/);
    writeFileSync(file, server.token);
    proxy.fault = () => undefined;
    h.service.retry();
    await until('it is live again', () => { h.service.retry(); return h.state().phase === 'live'; });
    await sameAsServer();
    assert.ok(!h.said.join('\n').includes(server.token) && !h.said.join('\n').includes('expired-token-000000'));
  });

  void test('a certificate that nobody vouches for: refused before anything is sent', async () => {
    const { certificate, key } = makeCertificate(Date.now()) as { readonly certificate: string; readonly key: string };
    let asked = 0;
    const impostor = createServer({ cert: certificate, key }, (_request, response) => { asked++; response.end('{}'); });
    await new Promise<void>((resolve) => { impostor.listen(0, '127.0.0.1', resolve); });
    try {
      const bad = variant(server, 'impostor.json', (c) => { (c.clusters[0] as { cluster: { [f: string]: unknown } }).cluster['server'] = `https://127.0.0.1:${(impostor.address() as AddressInfo).port}`; });
      h = live(bad);
      await assert.rejects(h.service.connect({ context: 'controlplane', namespaces: [] }, h.call), /certificate of 127\.0\.0\.1:\d+ cannot be trusted/);
      assert.equal(asked, 0, 'the token was sent to an impostor');
    } finally { impostor.close(); }
  });

  for (const [what, fault] of [['headers and then nothing', { type: 'hang' }], ['a byte now and then, for ever', { type: 'drip' }]] as readonly (readonly [string, Fault])[]) {
    void test(`an answer that never ends (${what}): given up, and asked again`, async () => {
      let hung = 0;
      proxy.fault = (s) => (isList(s) && hung++ === 0 ? fault : undefined);
      await start({ idle: 400, total: 900 });
      await until('it waits', () => h.state().phase === 'stale');
      assert.match(h.state().text, /has been silent|not answered completely/);
      await isLive();
      await sameAsServer();
    });
  }

  void test('a watch that falls silent is given up and begun again', async () => {
    let silent = 0;
    proxy.fault = (s) => (isWatch(s) && silent++ === 0 ? { type: 'hang' } : undefined);
    await start({ watchSeconds: 1 });
    await isLive();
    await addPod();
    await sameAsServer();
    assert.ok(silent > 1);
  });

  void test('a connection attempt can be canceled', async () => {
    proxy.fault = () => ({ type: 'hang' });
    h = live(around);
    const stopper = new AbortController();
    const attempt = h.service.connect({ context: 'controlplane', namespaces: [] }, { ...h.call, signal: stopper.signal });
    setTimeout(() => stopper.abort(), 50);
    await assert.rejects(attempt, /canceled/);
    assert.equal(h.state().phase, 'off');
  });

  void test('who may read nothing is told which verb and resource a role would need', async () => {
    const denied = variant(server, 'denied.json', (c) => { (c.clusters[0] as { cluster: { [f: string]: unknown } }).cluster = { server: proxy.url }; (c.users[0] as { user: { [f: string]: unknown } }).user = { token: READER }; });
    h = live(denied);
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await until('it has failed', () => h.state().phase === 'failed');
    assert.match(h.state().text, /Not allowed to list pods: a ClusterRole with verb "list" on "pods" would have to be bound to you/);
    assert.ok(h.state().notices.some((n) => n.includes('Not allowed to list deployments.apps')));
    await assert.rejects(h.service.whatIf({ files: [{ file: 'file:///x.yaml', text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n' }], dryRun: false }, h.call), /Not allowed to list nodes/);
  });

  void test('who may read one namespace sees all of that', async () => {
    const rules = [{ apiGroups: ['', 'apps', 'batch'], resources: ['*'], verbs: ['get', 'list', 'watch'] }];
    for (const [path, body] of [
      ['/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles', { kind: 'Role', rules }],
      ['/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', { kind: 'RoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'reader' }] }],
    ] as const) assert.equal((await request('POST', path, { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'reader' }, ...body })).code, 201);
    const one = variant(server, 'one.json', (c) => { (c.users[0] as { user: { [f: string]: unknown } }).user = { token: READER }; });
    h = live(one);
    await h.service.connect({ context: 'controlplane', namespaces: ['default'] }, h.call);
    await isLive();
    assert.deepEqual(h.state().notices.filter((n) => !n.includes('list nodes')), []);
    assert.ok(h.state().notices.some((n) => n.includes('Not allowed to list nodes')), 'the denial of nodes is not told');
    assert.ok(h.state().counts.pods > 0);
  });

  void test('a cap says what it leaves out', async () => {
    await start({ pods: 5, page: 2 });
    await isLive();
    assert.equal(h.state().counts.pods, 5);
    assert.match(h.state().notices.join('\n'), /Pods: only 5 are shown, \d+ more exist/);
  });

  void test('the kubeconfig is never written', () => {
    assert.ok(existsSync(server.kubeconfig));
    const text = readFileSync(server.kubeconfig, 'utf8');
    assert.ok(text.includes('"current-context": "controlplane"'));
  });
});
