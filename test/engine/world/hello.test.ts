import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseManifest } from '../../../src/engine/manifest/parse';
import { reportOf, type Report, type RequestReport } from '../../../src/engine/report/report';
import { Session } from '../../../src/engine/session';

interface RecordedRequest { readonly actor: string; readonly verb: string; readonly resource: string; readonly subresource: string; readonly code: number; readonly ms: number }
interface RecordedFlow { readonly id: string; readonly runs: readonly { readonly requests: readonly RecordedRequest[] }[] }

const read = (path: string): string => readFileSync(join(process.cwd(), path), 'utf8');

function runHello(seed: number): Report {
  const session = new Session({ seed });
  const { documents, errors } = parseManifest(read('examples/hello-deployment.yaml'), 'hello-deployment.yaml');
  assert.deepEqual(errors, []);
  return reportOf(session, session.create(documents));
}

const actorClass = (actor: string): string => actor.replace(/^kubelet\/.*/, 'kubelet');
const keyOf = (r: { readonly actor: string; readonly verb: string; readonly resource: string; readonly subresource: string; readonly code: number }): string =>
  `${actorClass(r.actor)} ${r.verb} ${r.resource}${r.subresource ? `/${r.subresource}` : ''}${r.code >= 400 ? ` ${r.code}` : ''}`;

/** First occurrence of each kind of request, in order. */
function firsts(requests: readonly { readonly actor: string; readonly verb: string; readonly resource: string; readonly subresource: string; readonly code: number }[]): readonly string[] {
  return [...new Set(requests.map(keyOf))];
}

test('the founding article\'s manifest makes the requests that every recording of a real control plane shares, in an order they allow', () => {
  const flow = read('test/golden/flows.jsonl').trim().split('\n').map((line) => JSON.parse(line) as RecordedFlow).find((f) => f.id === 'deployment-hello');
  assert.ok(flow);
  const report = runHello(1);
  assert.equal(report.documents[0]?.code, 201);
  const mine = firsts(report.requests.filter((r) => r.verb !== 'get'));
  const recorded = flow.runs.map((run) => firsts(run.requests));
  // A conflict depends on timing: it is allowed, not required.
  const shared = (recorded[0] ?? []).filter((key) => !key.endsWith('409') && recorded.every((run) => run.includes(key)));
  for (const key of shared) assert.ok(mine.includes(key), `missing: ${key}`);
  for (const a of shared) for (const b of shared) {
    const always = flow.runs.every((run) => (run.requests.find((r) => keyOf(r) === b)?.ms ?? 0) - (run.requests.find((r) => keyOf(r) === a)?.ms ?? 0) > 5);
    if (always) assert.ok(mine.indexOf(a) < mine.indexOf(b), `${b} came before ${a}`);
  }
});

test('every request but the person\'s own names the request that caused it', () => {
  const report = runHello(1);
  const byId = new Map(report.requests.map((r) => [r.id, r]));
  const chain = (r: RequestReport | undefined): string => (r ? `${keyOf(r)}${r.cause === null ? '' : ` < ${chain(byId.get(r.cause))}`}` : '');
  for (const request of report.requests) assert.equal(request.cause === null, request.actor === 'kubectl', chain(request));
  const binding = report.requests.find((r) => r.subresource === 'binding');
  assert.equal(chain(binding), 'kube-scheduler create pods/binding < replicaset-controller create pods < deployment-controller create replicasets < kubectl create deployments');
});

test('two runs with the same seed print identical JSON', () => {
  assert.equal(JSON.stringify(runHello(7)), JSON.stringify(runHello(7)));
});

test('another seed differs only where Kubernetes is free to differ', () => {
  const [a, b] = [runHello(1), runHello(2)];
  assert.notEqual(JSON.stringify(a), JSON.stringify(b));
  const essence = (report: Report): object => ({
    documents: report.documents, settled: report.settled,
    pods: report.pods.map((p) => ({ phase: p.phase, outcome: p.scheduling.outcome, feasible: p.scheduling.feasibleNodes })),
    requests: [...new Set(report.requests.filter((r) => r.code < 400).map(keyOf))].sort(),
    events: report.events.map((e) => `${e.kind} ${e.type} ${e.reason} ${e.source}`).sort(),
  });
  assert.deepEqual(essence(a), essence(b));
});

test('the article\'s removed API version is accepted with a warning that names the release which dropped it', () => {
  const report = runHello(1);
  assert.match(report.documents[0]?.warnings[0] ?? '', /apps\/v1beta2 Deployment .*1\.16/);
});

test('a second Create acts on what the first one left', () => {
  const session = new Session({});
  const { documents } = parseManifest(read('examples/hello-deployment.yaml'), 'hello-deployment.yaml');
  assert.equal(session.create(documents).documents[0]?.code, 201);
  const again = session.create(documents).documents[0];
  assert.equal(again?.code, 409);
  assert.equal(again?.message, 'deployments.apps "helloworld-deployment" already exists');
});

test('a run that waits for a deadline says so and ends before it', () => {
  const session = new Session({});
  const { documents } = parseManifest(`apiVersion: apps/v1
kind: Deployment
metadata: {name: big}
spec:
  selector: {matchLabels: {app: big}}
  template:
    metadata: {labels: {app: big}}
    spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: "64"}}}]}
`, 'big.yaml');
  const report = reportOf(session, session.create(documents));
  assert.equal(report.settled, true);
  assert.ok(report.virtualMilliseconds < 60_000);
  assert.ok(report.waiting.some((w) => /progress deadline/.test(w.reason) && w.milliseconds > 500_000), JSON.stringify(report.waiting));
  assert.equal(report.pods[0]?.scheduling.message, '0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.');
});
