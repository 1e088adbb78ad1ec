import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { contextConfig, isExempt, listContexts } from '../../src/live/kubeconfig';

void describe('contexts', () => {
  let folder = '';
  const file = (name: string, text: string): string => { const path = join(folder, name); writeFileSync(path, text); return path; };
  const config = (contexts: string, clusters: string, users: string, current = ''): string => `apiVersion: v1\nkind: Config\n${current ? `current-context: ${current}\n` : ''}contexts: [${contexts}]\nclusters: [${clusters}]\nusers: [${users}]\n`;
  before(() => { folder = mkdtempSync(join(tmpdir(), 'controlplane-kubeconfig-')); });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  void test('of several files are merged as kubectl does: the first that names something wins, missing files are none', () => {
    const a = file('a', config('{name: dev, context: {cluster: c1, user: u2, namespace: web}}', '{name: c1, cluster: {server: "https://one:6443"}}', '{name: u1, user: {token: t1}}'));
    const b = file('b', config('{name: dev, context: {cluster: c2, user: u1}}, {name: prod, context: {cluster: c1, user: u1}}', '{name: c1, cluster: {server: "https://other:6443"}}, {name: c2, cluster: {server: "https://two:6443"}}', '{name: u2, user: {token: t2}}', 'prod'));
    const around = { env: { KUBECONFIG: [join(folder, 'missing'), a, '', b].join(delimiter) }, home: folder };
    const { contexts, problems } = listContexts(around);
    assert.deepEqual(problems, []);
    assert.deepEqual(contexts.map((c) => [c.name, c.server, c.user, c.namespace, c.source === a, c.current]), [['dev', 'https://one:6443', 'u2', 'web', true, false], ['prod', 'https://one:6443', 'u1', '', false, true]]);
    assert.equal(contextConfig('dev', around).getCurrentUser()?.token, 't2', 'a user from another file than the context');
  });

  void test('come from the home folder without KUBECONFIG, and are never written', () => {
    const kube = join(folder, '.kube');
    mkdirSync(kube, { recursive: true });
    const text = config('{name: home, context: {cluster: c, user: ""}}', '{name: c, cluster: {server: "https://home:6443"}}', '', 'home');
    writeFileSync(join(kube, 'config'), text, { mode: 0o400 });
    const around = { env: {}, home: folder };
    assert.deepEqual(listContexts(around).contexts.map((c) => c.name), ['home']);
    contextConfig('home', around);
    assert.equal(readFileSync(join(kube, 'config'), 'utf8'), text);
    assert.deepEqual(readdirSync(kube), ['config']);
  });

  void test('a broken file is a problem in one line that quotes nothing of it, and hides no other', () => {
    const broken = file('broken', 'users:\n- name: x\n  user: {token: PLANTED\n contexts: [');
    const good = file('good', config('{name: good, context: {cluster: c, user: u}}', '{name: c, cluster: {server: "https://user:PLANTED@good:6443"}}', '{name: u, user: {token: t}}'));
    const { contexts, problems } = listContexts({ env: { KUBECONFIG: [broken, good].join(delimiter) }, home: folder });
    assert.equal(problems.length, 1);
    assert.ok(problems[0]?.startsWith(`${broken} cannot be read`) && !problems[0].includes('PLANTED') && !problems[0].includes('\n'), problems[0]);
    assert.deepEqual(contexts.map((c) => [c.name, c.server]), [['good', 'https://good:6443']]);
  });

  void test('what a context names and is not there is said', () => {
    const f = file('holes', config('{name: a, context: {cluster: none, user: u}}, {name: b, context: {cluster: c, user: none}}', '{name: c, cluster: {server: "https://c:1"}}', '{name: u, user: {token: t}}'));
    const around = { env: { KUBECONFIG: f }, home: folder };
    assert.throws(() => contextConfig('a', around), /names the cluster "none", which the kubeconfig does not describe/);
    assert.throws(() => contextConfig('b', around), /names the user "none"/);
    assert.throws(() => contextConfig('z', around), /There is no context "z" in .*there are: a, b/);
  });

  void test('a proxy comes from the kubeconfig, else from the environment, unless exempt', () => {
    const f = file('proxy', config('{name: a, context: {cluster: a}}, {name: b, context: {cluster: b}}, {name: c, context: {cluster: c}}', '{name: a, cluster: {server: "https://a.example:1", proxy-url: "socks5://p:1080"}}, {name: b, cluster: {server: "https://b.example:1"}}, {name: c, cluster: {server: "https://c.inside:1"}}', ''));
    const around = { env: { KUBECONFIG: f, HTTPS_PROXY: 'proxy:3128', NO_PROXY: '.inside' }, home: folder };
    const proxy = (name: string): string | undefined => contextConfig(name, around).getCurrentCluster()?.proxyUrl;
    assert.deepEqual([proxy('a'), proxy('b'), proxy('c')], ['socks5://p:1080', 'http://proxy:3128', undefined]);
  });

  for (const [url, list, exempt] of [['https://x.y:1', 'y', true], ['https://xy:1', 'y', false], ['https://y:1', '.y', false], ['https://10.1.2.3:1', '10.0.0.0/8', true], ['https://11.1.2.3:1', '10.0.0.0/8', false], ['https://y:1', 'y:2', false], ['https://y:2', 'y:2', true], ['https://127.0.0.1', '', true], ['https://[::1]:6443', '', true], ['https://z', '*', true]] as const) {
    void test(`${url} is ${exempt ? '' : 'not '}exempt from a proxy by "${list}"`, () => { assert.equal(isExempt(new URL(url), list), exempt); });
  }
});
