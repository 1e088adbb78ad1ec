// The whole way against this project's own API server in another process: connect, look, what if, create for real, compare.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FIRST_VIEW, LEVELS, type DiagramModel } from '../../src/diagram/model';
import type { Comparison } from '../../src/live/protocol';
import { readCluster } from '../../src/worker/cluster';
import { Session } from '../../src/engine/session';
import { send } from '../server/serving';
import { live, type Harness } from './harness';
import { startProxy } from './proxy';
import { startServer, until, variant, type LiveServer } from './server';

const example = (name: string): { file: string; text: string } => ({ file: `file:///w/${name}`, text: readFileSync(join('examples', name), 'utf8') });
const AUDIT = join(process.cwd(), 'out/test/live/audit-cluster.log');

void describe('a live cluster', () => {
  let server: LiveServer;
  let h: Harness;
  before(async () => {
    server = await startServer({ cluster: readCluster(example('cluster.yaml')) as readonly object[], args: ['--audit-log-path', AUDIT] });
    h = live(server.around);
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await until('it is live', () => h.state().phase === 'live');
  });
  after(async () => { h?.service.disconnect(); await server?.stop(); });
  const request = (method: string, path: string, body?: object): Promise<{ readonly code: number; readonly json: unknown }> => send({ url: server.url, token: server.token } as never, { method, path, body });
  const create = async (name: string, settings: { readonly auditLog?: string } = {}): Promise<{ readonly comparison: Comparison; readonly model: DiagramModel; readonly text: string }> => {
    h.service.configure({ limits: { pods: 1000, objects: 1000, page: 100, idle: 2000, total: 5000, watchSeconds: 60, backoff: [30, 200], follow: [30_000, 6000] }, seed: 1, auditLog: settings.auditLog ?? '', refuseRemovedVersions: false, virtualMinutes: 10 });
    const plan = await h.service.plan({ files: [example(name)] }, h.call);
    const run = await h.service.create({ plan: plan.plan, predict: true }, h.call);
    return { comparison: h.service.comparison({ run: run.run }) as Comparison, model: h.service.diagram({ run: run.run, view: { ...FIRST_VIEW, level: 'everything' } }) as DiagramModel, text: run.answer.text };
  };
  const different = (c: Comparison): readonly string[] => c.sections.flatMap((s) => s.rows.filter((r) => r.verdict === 'different').map((r) => `${r.what}: ${r.predicted} ≠ ${r.actual} (${r.note})`));

  void test('the tree shows every node with what is used of it', () => {
    const lines = h.tree();
    assert.match(lines[0] ?? '', /^controlplane \| Kubernetes v1\.36\.2 · all namespaces$/);
    const nodes = readCluster(example('cluster.yaml')).filter((o) => o.kind === 'Node').map((o) => o.metadata.name).sort();
    assert.deepEqual(lines.filter((l) => / of .* GiB$/.test(l)).map((l) => l.split(' ')[0]).sort(), nodes);
  });

  void test('what if: the same as the simulation from the same snapshot says, and nothing is created', async () => {
    const run = await h.service.whatIf({ files: [example('hello-deployment.yaml')], dryRun: true }, h.call);
    assert.match(run.answer.text, /^What if on controlplane: helloworld-deployment: 1 of 1 pod running on \S+ after/);
    assert.equal(run.answer.more[0], 'Real dry run: the API server would accept it');
    assert.ok(run.assumptions.some((a) => a.includes('default profile')));
    assert.equal((await request('GET', '/apis/apps/v1/namespaces/default/deployments/helloworld-deployment')).code, 404);
  });

  void test('what if: why a pod would stay Pending, and what would help', async () => {
    const run = await h.service.whatIf({ files: [example('unschedulable.yaml')], dryRun: false }, h.call);
    assert.equal(run.answer.tone, 'waiting');
    assert.match(run.answer.text, /no node: 0\/5 nodes are available/);
    assert.ok(run.answer.more.some((m) => m.startsWith('Would help (tried): ')), run.answer.more.join('\n'));
  });

  void test('what if: an unknown scheduler is named as what it is', async () => {
    const run = await h.service.whatIf({ files: [{ file: 'file:///w/own.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: own}\nspec: {schedulerName: my-scheduler, containers: [{name: c, image: nginx}]}\n' }], dryRun: false }, h.call);
    assert.ok(run.assumptions.some((a) => a.startsWith('"my-scheduler": a scheduler whose rules are not known here')), run.assumptions.join('\n'));
  });

  void test('what if: the real API server refuses in a dry run, and that is the answer', async () => {
    const run = await h.service.whatIf({ files: [{ file: 'file:///w/bad.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {serviceAccountName: nobody, containers: [{name: c, image: nginx}]}\n' }], dryRun: true }, h.call);
    assert.equal(run.answer.tone, 'refused');
    assert.match(run.answer.text, /serviceaccount "nobody" not found/);
  });

  for (const name of ['hello-deployment.yaml', 'spread.yaml', 'unschedulable.yaml', 'shop.yaml']) {
    void test(`${name}: created for real, it comes as it was foretold`, async () => {
      const { comparison, model } = await create(name);
      assert.deepEqual(different(comparison), [], comparison.summary);
      assert.equal(comparison.summary, 'It came as it was foretold');
      assert.ok(model.items.length > 10);
      // Every arrow says how it is known; only what was sent from here can be observed without an audit log.
      const unmarked = model.items.filter((i) => i.kind !== 'gap' && i.kind !== 'fold' && !i.evidence);
      assert.deepEqual(unmarked, []);
      for (const item of model.items) if (item.kind === 'request') assert.equal(item.evidence?.kind, item.from === 'kubectl' ? 'observed' : 'inferred', item.text);
      for (const item of model.items) if (item.kind === 'watch') assert.equal(item.evidence?.kind, 'hidden', item.text);
    });
  }

  void test('nothing in the diagram comes before what led to it, at any level', async () => {
    const plan = await h.service.plan({ files: [{ file: 'file:///w/two.yaml', text: 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: two}\nspec: {completions: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}\n' }] }, h.call);
    const run = await h.service.create({ plan: plan.plan, predict: false }, h.call);
    for (const level of LEVELS) {
      const { items } = h.service.diagram({ run: run.run, view: { ...FIRST_VIEW, level } }) as DiagramModel;
      const at = new Map(items.map((i) => [i.id, i.at]));
      for (const item of items) assert.ok((at.get(item.cause) ?? 0) <= item.at, `${item.text} before ${item.cause}`);
    }
  });

  void test('with an audit log, who asked for what is observed', async () => {
    await request('DELETE', '/apis/apps/v1/namespaces/default/deployments/helloworld-deployment');
    await until('it is gone', async () => (await request('GET', '/api/v1/namespaces/default/pods?labelSelector=app%3Dhelloworld-pod')).code === 200 && ((await request('GET', '/api/v1/namespaces/default/pods?labelSelector=app%3Dhelloworld-pod')).json as { items: unknown[] }).items.length === 0, 60_000);
    const { model, comparison } = await create('hello-deployment.yaml', { auditLog: AUDIT });
    assert.deepEqual(different(comparison), []);
    const requests = model.items.filter((i) => i.kind === 'request');
    const observed = requests.filter((i) => i.evidence?.kind === 'observed');
    assert.ok(observed.length === requests.length, requests.filter((i) => i.evidence?.kind !== 'observed').map((i) => i.text).join('\n'));
    assert.ok(observed.some((i) => i.text.includes('the audit log: system:kube-scheduler')));
  });

  void test('a snapshot is a cluster file: opened offline it gives the same nodes and pods', async () => {
    const { text, objects } = await h.service.snapshot(null, h.call);
    const read = readCluster({ file: 'file:///w/snapshot.json', text });
    assert.equal(read.length, objects);
    const session = new Session({ objects: read, epoch: Date.now(), components: { controllers: false, scheduler: false, kubelets: false } });
    for (const resource of ['nodes', 'pods']) {
      const there = ((await request('GET', `/api/v1/${resource}`)).json as { items: { metadata: { name: string } }[] }).items.map((i) => i.metadata.name).sort();
      assert.deepEqual((session.cluster.api.peek('', resource)?.list() ?? []).map((o) => o.metadata.name).sort(), there);
    }
  });

  void test('only requests that a v1.36 API server serves are sent, and lists come in pages', async () => {
    const proxy = await startProxy(server.url);
    try {
      const codes: string[] = [];
      const through = live(variant(server, 'through.json', (c) => { (c.clusters[0] as { cluster: { [f: string]: unknown } }).cluster = { server: proxy.url }; }), { page: 2 });
      await through.service.connect({ context: 'controlplane', namespaces: [] }, through.call);
      await until('it is live', () => through.state().phase === 'live');
      await through.service.whatIf({ files: [example('spread.yaml')], dryRun: true }, through.call);
      for (const line of through.said) { const code = /^(?:GET|POST) \S+ (\d{3}) /.exec(line)?.[1]; if (code) codes.push(`${code} ${line}`); }
      assert.ok(codes.length > 20);
      // spread.yaml is there already: the dry run is told so, which is an answer and no fault.
      assert.deepEqual(codes.filter((c) => !/^(?:200|201|409) /.test(c)), []);
      assert.ok(proxy.seen.some((s) => s.path === '/api/v1/nodes' && s.query.has('continue')));
      for (const s of proxy.seen.filter((x) => x.method === 'GET' && x.path.endsWith('s') && x.query.get('watch') !== 'true')) assert.equal(s.query.get('limit'), '2', `${s.path} was asked for as a whole`);
      assert.ok(proxy.seen.filter((s) => /(?:deployments|replicasets|jobs)$/.test(s.path) && s.query.get('watch') === 'true').every((s) => s.accept.includes('PartialObjectMetadata')));
      through.service.disconnect();
    } finally { await proxy.close(); }
  });

  void test('the command line takes a context in place of a cluster file', async () => {
    const run = (...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => spawnSync(process.execPath, ['dist/cli.js', ...args], { encoding: 'utf8', env: { ...process.env, KUBECONFIG: server.kubeconfig } });
    const pod = join(server.folder, 'pod.yaml');
    writeFileSync(pod, 'apiVersion: v1\nkind: Pod\nmetadata: {name: asked}\nspec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: nginx}]}\n');
    const simulated = run('simulate', pod, '--context', 'controlplane', '-o', 'json');
    assert.equal(simulated.status, 0, simulated.stderr);
    const report = JSON.parse(simulated.stdout) as { pods: { name: string; node: string; phase: string }[] };
    assert.ok(report.pods.some((p) => p.name === 'asked' && p.node.startsWith('ssd-') && p.phase === 'Running'), simulated.stdout.slice(0, 500));
    const scheduled = run('schedule', pod, '--context', 'controlplane', '-o', 'json');
    assert.equal(scheduled.status, 0, scheduled.stderr);
    assert.match((JSON.parse(scheduled.stdout) as { pods: { node: string }[] }).pods[0]?.node ?? '', /^ssd-/);
    const none = run('simulate', pod, '--context', 'nowhere');
    assert.equal(none.status, 2);
    assert.match(none.stderr, /There is no context "nowhere"/);
    assert.equal(run('simulate', pod, '--context', 'controlplane', '--cluster', 'examples/cluster.yaml').status, 2);
    assert.equal((await request('GET', '/api/v1/namespaces/default/pods/asked')).code, 404);
  });
});

const FULL = `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: urgent}
value: 1000000
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: batch}
spec: {replicas: 3, selector: {matchLabels: {app: batch}}, template: {metadata: {labels: {app: batch}}, spec: {terminationGracePeriodSeconds: 5, containers: [{name: c, image: "busybox:1.37", resources: {requests: {cpu: "3"}}}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: urgent-job}
spec: {priorityClassName: urgent, containers: [{name: c, image: "busybox:1.37", resources: {requests: {cpu: "3"}}}]}
`;

void describe('a what-if on a full cluster', () => {
  let server: LiveServer;
  let h: Harness;
  before(async () => { server = await startServer(); });
  after(async () => { h?.service.disconnect(); await server?.stop(); });

  void test('says whom it would evict, and where', async () => {
    h = live(server.around);
    await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call);
    await until('it is live', () => h.state().phase === 'live');
    const file = { file: 'file:///w/full.yaml', text: FULL };
    const plan = await h.service.plan({ files: [{ ...file, only: 0 }, { ...file, only: 1 }] }, h.call);
    await h.service.create({ plan: plan.plan, predict: false }, h.call);
    assert.equal(h.tree().filter((l) => l.includes('CPU 3 of 4')).length, 3, h.tree().join('\n'));
    const run = await h.service.whatIf({ files: [{ ...file, only: 2 }], dryRun: true }, h.call);
    assert.match(run.answer.text, /urgent-job: 1 of 2 pods running; batch-\S+ has no node/);
    assert.ok(run.answer.more.some((m) => /^urgent-job would evict default\/batch-\S+/.test(m)), run.answer.more.join('\n'));
    assert.equal(h.tree().filter((l) => l.includes('CPU 3 of 4')).length, 3, 'the real cluster was touched');
  });
});
