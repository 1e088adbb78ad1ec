// Secrets are planted everywhere that live mode looks, and looked for everywhere that it speaks.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FIRST_VIEW, LEVELS } from '../../src/diagram/model';
import { Redactor, withoutSecrets, forSimulation } from '../../src/live/redact';
import { comparisonHtml } from '../../src/editor/live/comparisonHtml';
import { send } from '../server/serving';
import { live } from './harness';
import { startServer, until, variant, type LiveServer } from './server';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

void describe('redaction', () => {
  void test('takes Secret data, environment values and kubectl\'s copy of the manifest out of objects', () => {
    const cleaned = JSON.stringify(withoutSecrets({
      kind: 'List', items: [
        { kind: 'Secret', metadata: { name: 's', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'PLANTED', kept: 'yes' } }, data: { password: 'PLANTED' }, stringData: { other: 'PLANTED' } },
        { kind: 'Deployment', spec: { template: { spec: { containers: [{ env: [{ name: 'A', value: 'PLANTED' }, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } }] }], initContainers: [{ env: [{ name: 'C', value: 'PLANTED' }] }] } } } },
        { metadata: { name: 'untyped' }, type: 'Opaque', data: { x: 'PLANTED' } }, { kind: 'TokenRequest', status: { token: 'PLANTED' } },
      ],
    }));
    assert.ok(!cleaned.includes('PLANTED'), cleaned);
    for (const kept of ['"password"', '"other"', '"kept":"yes"', '"name":"A"', 'secretKeyRef']) assert.ok(cleaned.includes(kept), kept);
  });

  void test('takes tokens out of sentences, known ones in every usual encoding', () => {
    const redactor = new Redactor();
    redactor.learn(['hunter2-hunter2', undefined, 'x']);
    for (const text of ['token hunter2-hunter2!', `b ${base64('hunter2-hunter2')}`, 'Authorization: Bearer abcdef123456', 'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl', '-----BEGIN RSA PRIVATE KEY-----\nPLANTEDKEY\n-----END RSA PRIVATE KEY-----', '"token": "abc-PLANTED"', 'password=PLANTED', 'client-key-data: PLANTED']) {
      assert.doesNotMatch(redactor.text(text), /hunter2|abcdef123456|eyJ|PLANTED|aHVudGVy/, text);
    }
    assert.equal(redactor.text('pods "web" not found (404)'), 'pods "web" not found (404)');
  });

  void test('a Secret for the simulation has no values, but still does not decode where it did not', () => {
    assert.deepEqual(forSimulation({ kind: 'Secret', data: { good: base64('secret'), bad: '###' }, stringData: { plain: 'secret' } }), { kind: 'Secret', data: { good: '', bad: '*' }, stringData: { plain: '' } });
  });
});

void describe('planted secrets', () => {
  const PLANTED = 'planted-secret-8c1f';
  const marks = (server: LiveServer): readonly string[] => [PLANTED, base64(PLANTED), base64(PLANTED).slice(0, 16), server.token, base64(server.token)];
  let server: LiveServer;
  before(async () => { server = await startServer({ args: ['--audit-log-path', join(process.cwd(), 'out/test/live/audit.log')] }); });
  after(() => server?.stop());
  const request = (method: string, path: string, body: object): Promise<{ readonly code: number }> => send({ url: server.url, token: server.token } as never, { method, path, body });
  const env = [{ name: 'PASSWORD', value: PLANTED }, { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'there', key: 'key' } } }];
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { password: PLANTED } }) };
  const manifest = `apiVersion: v1
kind: Secret
metadata: {name: mine, annotations: ${JSON.stringify(annotations)}}
stringData: {password: ${PLANTED}}
---
apiVersion: v1
kind: Pod
metadata: {name: mine, annotations: ${JSON.stringify(annotations)}}
spec: {containers: [{name: c, image: "nginx:1.27", env: ${JSON.stringify(env)}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: Not-A-Name}
stringData: {password: ${PLANTED}}
`;

  void test('are found nowhere: states, logs, progress, tree, YAML, snapshot, diagrams, details, Mermaid, comparison, errors', async () => {
    assert.equal((await request('POST', '/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'there', annotations }, data: { key: base64(PLANTED) } })).code, 201);
    assert.equal((await request('POST', '/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'there', annotations }, spec: { containers: [{ name: 'c', image: 'nginx:1.27', env }] } })).code, 201);
    const around = variant(server, 'plugin.json', (c) => { const script = join(server.folder, 'plugin.cjs'); writeFileSync(script, `process.stdout.write(JSON.stringify({apiVersion:'client.authentication.k8s.io/v1',kind:'ExecCredential',status:{token:process.env.MINE}}))`); (c.users[0] as { user: { [f: string]: unknown } }).user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script], env: [{ name: 'MINE', value: server.token }] } }; });
    const h = live(around, {}, { auditLog: join(process.cwd(), 'out/test/live/audit.log') });
    const spoken: string[] = [];
    const hear = (value: unknown): void => { spoken.push(typeof value === 'string' ? value : JSON.stringify(value)); };
    hear(h.service.contexts());
    hear(await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call));
    await until('it is live', () => h.state().phase === 'live');
    hear(h.tree());
    for (const [kind, resource] of [['Secret', 'secrets'], ['Pod', 'pods']] as const) {
      const text = await h.service.yaml({ group: '', version: 'v1', resource, kind, namespace: 'default', name: 'there' }, h.call);
      assert.match(text ?? '', /<hidden>/);
      hear(text);
    }
    const snapshot = await h.service.snapshot(null, h.call);
    hear(snapshot);
    const files = [{ file: 'file:///w/mine.yaml', text: manifest }];
    const runs: string[] = [];
    for (const dryRun of [false, true]) { const run = await h.service.whatIf({ files, dryRun }, h.call); hear(run); runs.push(run.run); }
    const plan = await h.service.plan({ files }, h.call);
    hear(plan);
    const made = await h.service.create({ plan: plan.plan, predict: true }, h.call);
    hear(made);
    runs.push(made.run);
    const comparison = h.service.comparison({ run: made.run }) as Parameters<typeof comparisonHtml>[0];
    assert.ok(comparison, 'there is no comparison');
    hear(comparison);
    hear(comparisonHtml(comparison, 'nonce'));
    runs.push(comparison.predictedRun);
    let details = 0;
    for (const run of runs) {
      for (const level of LEVELS) {
        const view = { ...FIRST_VIEW, level };
        const model = h.service.diagram({ run, view }) as { readonly items: readonly { readonly id: string }[] } | null;
        assert.ok(model, `${run} has no diagram`);
        hear(model);
        hear(h.service.mermaid({ run, view }));
        for (const item of model.items) { const detail = h.service.detail({ run, item: item.id, view }); if (detail) { details++; hear(detail); } }
      }
    }
    assert.ok(details > 100, `${details} details were looked at`);
    await assert.rejects(h.service.connect({ context: 'none', namespaces: [] }, h.call), (e: Error) => { hear(h.service.words(e.message)); return true; });
    hear(h.said);
    const all = spoken.join('\n');
    assert.ok(all.length > 100_000);
    for (const mark of marks(server)) assert.ok(!all.includes(mark), `${mark.slice(0, 12)}… was found: …${all.slice(Math.max(0, all.indexOf(mark) - 200), all.indexOf(mark) + 60)}`);
    h.service.disconnect();
  });

  void test('a plugin that fails and prints a token is quoted without it', async () => {
    const around = variant(server, 'bad.json', (c) => { const script = join(server.folder, 'bad.cjs'); writeFileSync(script, `process.stderr.write('cannot refresh: refresh_token=${PLANTED} Bearer ' + process.env.MINE + '\\n'); process.exit(3)`); (c.users[0] as { user: { [f: string]: unknown } }).user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script], env: [{ name: 'MINE', value: server.token }] } }; });
    const h = live(around);
    await assert.rejects(h.service.connect({ context: 'controlplane', namespaces: [] }, h.call), (e: Error) => {
      const words = h.service.words(e.message);
      assert.match(words, /The credentials of "admin" cannot be had: cannot refresh/);
      for (const mark of marks(server)) assert.ok(!words.includes(mark) && !h.said.join('').includes(mark), words);
      return true;
    });
  });
});
