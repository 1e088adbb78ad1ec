// Nothing that changes a cluster is sent without a person's confirmation of exactly that.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { Confirmation, confirmPlan } from '../../src/live/confirmation';
import { Credentials } from '../../src/live/credentials';
import { LiveError } from '../../src/live/errors';
import { refusalOf, type Outgoing } from '../../src/live/guard';
import { Redactor } from '../../src/live/redact';
import { Transport, type Ask } from '../../src/live/transport';
import { live } from './harness';
import { startProxy, type FaultProxy, type Seen } from './proxy';
import { startServer, until, variant, type LiveServer } from './server';

const SERVER = 'https://cluster.example';
const out = (method: string, path: string, more: Partial<Outgoing> = {}): Outgoing => ({ method, url: new URL(path, SERVER), body: method === 'GET' ? undefined : { metadata: { name: 'x' } }, confirmation: undefined, server: SERVER, ...more });
const PODS = '/api/v1/namespaces/default/pods';

void describe('the guard', () => {
  const refused: readonly (readonly [string, string])[] = [
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'post', ''].map((m) => [m, PODS] as const), ['DELETE', `${PODS}?dryRun=All`], ['PUT', `${PODS}/x?dryRun=All`], ['PATCH', `${PODS}/x?dryRun=All`],
    ['POST', `${PODS}?dryRun=`], ['POST', `${PODS}?dryRun=None`], ['POST', `${PODS}?dryRun=All&dryRun=All`], ['POST', `${PODS}?dryrun=All`], ['POST', `${PODS}?x=dryRun=All`], ['POST', `${PODS}/x/eviction?dryRun=All`], ['POST', `${PODS}/x/binding`],
    ['POST', '/api/v1/namespaces/default/serviceaccounts/default/token?dryRun=All'], ['POST', '/'], ['POST', '/api'], ['GET', `${PODS}/x/exec?command=rm`], ['GET', `${PODS}/x/attach`], ['GET', `${PODS}/x/portforward`], ['GET', `${PODS}/x/proxy/reset`],
    ['GET', '/api/v1/nodes/n/proxy/run/default/x/y'], ['GET', '/api/v1/namespaces/default/services/s:80/proxy/'],
  ];
  for (const [method, path] of refused) void test(`refuses ${method} ${path}`, () => { assert.notEqual(refusalOf(out(method, path)), undefined); });
  for (const path of [PODS, '/version', '/apis/apps/v1', `${PODS}/x`, `${PODS}?watch=true`, '/api/v1/namespaces/default/pods/proxy-1']) void test(`lets GET ${path} pass`, () => { assert.equal(refusalOf(out('GET', path)), undefined); });
  void test('lets a creation with dryRun=All pass', () => { assert.equal(refusalOf(out('POST', `${PODS}?dryRun=All&fieldManager=kubectl-create`)), undefined); });

  void test('a confirmation covers what was confirmed, once, there and for a while', () => {
    const agreed = [{ path: PODS, name: 'x' }];
    const ask = (c: unknown, more: Partial<Outgoing> = {}): string | undefined => refusalOf(out('POST', PODS, { confirmation: c as Confirmation, ...more }));
    const c = confirmPlan(SERVER, agreed);
    assert.notEqual(ask(c, { body: { metadata: { name: 'y' } } }), undefined, 'another name');
    assert.notEqual(ask(c, { url: new URL('/api/v1/namespaces/kube-system/pods', SERVER) }), undefined, 'another namespace');
    assert.notEqual(ask(c, { server: 'https://production.example' }), undefined, 'another cluster');
    assert.notEqual(ask(c, { method: 'DELETE' }), undefined, 'another verb');
    assert.equal(ask(c), undefined);
    assert.notEqual(ask(c), undefined, 'a second time');
    assert.notEqual(ask(confirmPlan(SERVER, agreed, Date.now() - 3_600_000)), undefined, 'an hour later');
    assert.notEqual(ask({ use: () => true, server: SERVER }), undefined, 'something that only looks like one');
    assert.notEqual(ask(true), undefined);
    assert.throws(() => new Confirmation(Symbol('confirmation'), SERVER, agreed, Date.now()));
  });
});

void describe('the way out', () => {
  const arrived: string[] = [];
  const server = createServer((request, response) => { arrived.push(`${request.method ?? ''} ${request.url ?? ''}`); response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'); });
  let transport: Transport;
  before(async () => {
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const config = new KubeConfig();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    config.loadFromOptions({ clusters: [{ name: 'c', server: url, skipTLSVerify: true }], users: [], contexts: [{ name: 'x', cluster: 'c', user: '' }], currentContext: 'x' });
    const redactor = new Redactor();
    transport = new Transport(url, new Credentials(config, redactor), redactor, { idle: 2000, total: 2000 }, () => undefined);
  });
  after(() => { transport.close(); server.close(); });

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    void test(`sends no ${method} without a confirmation, neither for an answer nor for a stream`, async () => {
      const ask = { method, path: PODS, body: { metadata: { name: 'x' } } } as unknown as Ask;
      for (const attempt of [transport.json(ask), transport.lines(ask, () => undefined, { idle: 1000, total: 1000 })]) await assert.rejects(attempt, (e) => e instanceof LiveError && e.kind === 'guard');
      assert.deepEqual(arrived, []);
    });
  }
  void test('is the only one: no other file of live mode opens a connection', () => {
    const found: string[] = [];
    const walk = (folder: string): void => {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) { walk(path); continue; }
        const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        const ways = /node:(?:https?|net|tls|http2|dgram)'|\bfetch\(|makeApiClient|XMLHttpRequest|WebSocket|\bnew (?:Watch|Exec|Attach|PortForward|Cp|Log|KubernetesObjectApi)\(|confirmPlan\(/.exec(text)?.[0];
        if (ways) found.push(`${path.replace(/\\/g, '/').replace(/^.*src\/live\//, '')}: ${ways}`);
      }
    };
    walk('src/live');
    // credentials.ts makes agents and never a request; realCreate.ts confirms what a person confirmed; confirmation.ts defines it.
    assert.deepEqual(found.sort(), ['confirmation.ts: confirmPlan(', "credentials.ts: node:http'", 'realCreate.ts: confirmPlan(', "transport.ts: node:http'"]);
    assert.doesNotMatch(readFileSync('src/live/credentials.ts', 'utf8'), /request as|\.request\(|import \{[^}]*\brequest\b/);
  });
});

void describe('live mode as a whole', () => {
  let server: LiveServer;
  let proxy: FaultProxy;
  before(async () => { server = await startServer(); proxy = await startProxy(server.url); });
  after(async () => { await proxy?.close(); await server?.stop(); });
  const changing = (s: Seen): boolean => s.method !== 'GET' && s.query.get('dryRun') !== 'All';
  const hello = [{ file: 'file:///w/hello.yaml', text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n' }];

  void test('whatever is asked of it, only a confirmed plan changes something, and only what it names', async () => {
    const h = live(variant(server, 'guard.json', (c) => { (c.clusters[0] as { cluster: { [f: string]: unknown } }).cluster = { server: proxy.url }; }));
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await until('it is live', () => h.state().phase === 'live');
    h.tree();
    await h.service.namespaces(null, h.call);
    await h.service.yaml({ group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespace: '', name: 'node-1' }, h.call);
    await h.service.snapshot(null, h.call);
    await h.service.whatIf({ files: hello, dryRun: false }, h.call);
    assert.ok(!proxy.seen.some((s) => s.method !== 'GET'), 'a what-if without dry run sent something');
    await h.service.whatIf({ files: hello, dryRun: true }, h.call);
    assert.equal(proxy.seen.filter((s) => s.method === 'POST' && s.query.get('dryRun') === 'All').length, 2);
    const plan = await h.service.plan({ files: hello }, h.call);
    await assert.rejects(h.service.create({ plan: 'another', predict: false }, h.call), /not confirmed/);
    assert.deepEqual(proxy.seen.filter(changing), [], 'something was changed without a confirmation');
    await h.service.create({ plan: plan.plan, predict: false }, h.call);
    assert.deepEqual(proxy.seen.filter(changing).map((s) => `${s.method} ${s.path} ${(JSON.parse(s.body) as { metadata: { name: string } }).metadata.name}`), ['POST /api/v1/namespaces/default/configmaps one', 'POST /api/v1/namespaces/default/configmaps two']);
    await assert.rejects(h.service.create({ plan: plan.plan, predict: false }, h.call), /not confirmed/, 'a plan was used twice');
    assert.equal(proxy.seen.filter(changing).length, 2);
    h.service.disconnect();
  });
});
