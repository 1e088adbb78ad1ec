// The command line as its users have it: what it prints, and how it exits.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run';
import type { Report } from '../../src/engine/report/report';

const folder = mkdtempSync(join(tmpdir(), 'controlplane-cli-'));
after(() => { rmSync(folder, { recursive: true, force: true }); });

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function call(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly complaints: string }> {
  let out = '';
  let complaints = '';
  const code = await run(args, (text) => { out += text; }, (line) => { complaints += `${line}\n`; });
  return { code, out, complaints };
}

const HELLO = 'examples/hello-deployment.yaml';
const POD = (name: string, namespace: string, extra = ''): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${extra}containers: [{name: c, image: nginx}]}\n`;

void describe('simulate', () => {
  void test('tells the story and exits with 0 when every pod is placed', async () => {
    const { code, out } = await call('simulate', HELLO);
    assert.equal(code, 0);
    assert.match(out, /^Warning: .*apps\/v1beta2/m);
    assert.match(out, /deployment\.apps\/helloworld-deployment created/);
    assert.match(out, /kube-scheduler +create pods\/binding default\/helloworld-deployment-/);
    assert.match(out, /1 of 1 pods running after /);
  });

  void test('prints the same JSON for the same seed', async () => {
    const [first, second] = [await call('simulate', HELLO, '-o', 'json', '--seed', '7'), await call('simulate', HELLO, '-o', 'json', '--seed', '7')];
    assert.equal(first.out, second.out);
    assert.equal((JSON.parse(first.out) as Report).seed, 7);
  });

  void test('exits with 1 when something is refused, and creates the rest', async () => {
    const { code, out } = await call('simulate', file('refused.yaml', `${POD('a', 'nowhere')}---\n${POD('b', 'default')}`));
    assert.equal(code, 1);
    assert.match(out, /\(document 1\): Pod "a" refused \(404 NotFound\): namespaces "nowhere" not found/);
    assert.match(out, /default\/b: Running on node-\d/);
  });

  void test('exits with 1 when a pod has no node, and says what would help', async () => {
    const { code, out } = await call('simulate', file('homeless.yaml', POD('a', 'default', 'nodeSelector: {disk: ssd}, ')));
    assert.equal(code, 1);
    assert.match(out, /default\/a: Pending on no node: 0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity\/selector\./);
    assert.match(out, /What would help \(each of these was tried\):\n +- Remove disk=ssd from the nodeSelector/);
  });

  void test('draws', async () => {
    assert.match((await call('simulate', HELLO, '-o', 'mermaid')).out, /^sequenceDiagram/m);
    assert.match((await call('simulate', HELLO, '-o', 'markdown')).out, /```mermaid\nsequenceDiagram/);
  });

  void test('stops at the limit of pods, and says so', async () => {
    const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: many}\nspec:\n  replicas: 1000000000\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}\n';
    const { code, complaints } = await call('simulate', file('many.yaml', deployment), '--max-pods', '50');
    assert.equal(code, 1);
    assert.match(complaints, /stopped: the cluster holds more than 50 pods/);
  });
});

void describe('schedule', () => {
  void test('places pods, in namespaces that need not exist', async () => {
    const { code, out } = await call('schedule', file('pod.yaml', POD('a', 'shop')));
    assert.equal(code, 0);
    assert.match(out, /shop\/a: placed on node-\d: /);
    assert.match(out, /1 of 1 pods placed/);
  });

  void test('creates the namespaces that are in the files, with their labels', async () => {
    const { code, out } = await call('schedule', file('both.yaml', `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n---\n${POD('a', 'shop')}`));
    assert.equal(code, 0, out);
    assert.match(out, /^namespace\/shop created$/m);
    assert.match(out, /shop\/a: placed on node-\d: /);
  });

  void test('says why a workload alone has no pods', async () => {
    const { code, out } = await call('schedule', HELLO);
    assert.equal(code, 0);
    assert.match(out, /No pod to place: `schedule` runs no controllers/);
  });

  void test('names the refused object in its line', async () => {
    const { code, out } = await call('schedule', file('twice.yaml', `${POD('a', 'default')}---\n${POD('a', 'default')}`));
    assert.equal(code, 1);
    assert.match(out, /kubectl +create pods default\/a → 409/);
  });

  void test('exits with 1 for a pod without a node', async () => {
    const { code, out } = await call('schedule', file('not.yaml', POD('a', 'default', 'nodeSelector: {disk: ssd}, ')), '-o', 'json');
    assert.equal(code, 1);
    const [pod] = (JSON.parse(out) as Report).pods;
    assert.equal(pod?.scheduling.outcome, 'unschedulable');
    assert.equal(pod?.scheduling.nodes?.length, 3);
  });
});

void describe('wrong usage', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no command', [], /a command is needed/],
    ['an unknown command', ['paint'], /unknown command "paint"/],
    ['no file', ['simulate'], /simulate needs at least one file/],
    ['a file that is not there', ['simulate', join(folder, 'absent.yaml')], /cannot read .*absent\.yaml/],
    ['an unknown option', ['simulate', HELLO, '--fast'], /--fast/],
    ['an unknown format', ['simulate', HELLO, '-o', 'xml'], /xml/],
    ['a seed that is not a number', ['schedule', HELLO, '--seed', 'x'], /--seed/],
  ];
  for (const [title, args, words] of cases) {
    void test(`${title}: exit 2`, async () => {
      const { code, out, complaints } = await call(...args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(complaints, words);
    });
  }

  void test('a cluster file that is broken: exit 2 with its line', async () => {
    const { code, complaints } = await call('simulate', HELLO, '--cluster', file('broken.yaml', 'kind: Node\nmetadata: [\n'));
    assert.equal(code, 2);
    assert.match(complaints, /broken\.yaml:\d+: /);
  });

  void test('a file with nothing that can be read: exit 2; with a readable document beside it: exit 1', async () => {
    assert.equal((await call('simulate', file('bad.yaml', 'a: [\n'))).code, 2);
    const { code, complaints, out } = await call('simulate', file('half.yaml', `a: [\n---\n${POD('a', 'default')}`));
    assert.equal(code, 1);
    assert.match(complaints, /half\.yaml:\d+:\d+: /);
    assert.match(out, /default\/a: Running/);
  });
});

void test('help and version', async () => {
  assert.match((await call('--help')).out, /usage:\n {2}controlplane simulate/);
  assert.match((await call('--version')).out, /^v1\.36\.\d+\n$/);
});
