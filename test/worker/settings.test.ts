// Settings that make another world: a file for the scheduler, and nodes that are down stay down in silent runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/worker/call';
import { Engine } from '../../src/worker/engine';
import { DEFAULT_SETTINGS, type FileText } from '../../src/worker/protocol';

const CALL: Call = { canceled: () => false, progress: () => undefined };
const configuration = (text: string): FileText => ({ file: 'file:///scheduler.yaml', text: `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n${text}` });
const POD: FileText = { file: 'file:///pod.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: huge}\nspec: {containers: [{name: main, image: nginx, resources: {requests: {cpu: 64}}}]}\n' };
const DEPLOYMENT: FileText = { file: 'file:///web.yaml', text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 6\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: main, image: nginx}]}\n' };

test('the scheduler is configured by a file, in the world and in silent runs', async () => {
  const engine = new Engine(() => undefined);
  engine.configure({ ...DEFAULT_SETTINGS, schedulerConfiguration: configuration('profiles:\n- plugins: {multiPoint: {disabled: [{name: NodeResourcesFit}]}}\n') });
  assert.deepEqual((await engine.outline({ ...POD, check: true, foretell: true }, CALL)).problems, []);
  await engine.create({ files: [POD] }, CALL);
  assert.ok(!engine.children({ view: 'nodes', parent: '', limit: 10 }).entries.some((e) => e.id === 'unscheduled'));
});

test('a configuration that is wrong is refused with the field and the reason', async () => {
  const engine = new Engine(() => undefined);
  engine.configure({ ...DEFAULT_SETTINGS, schedulerConfiguration: configuration('profiles:\n- pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Random}}}]\n') });
  await assert.rejects(() => engine.create({ files: [POD] }, CALL), /scheduler\.yaml is no valid KubeSchedulerConfiguration: profiles\[0\]\.pluginConfig\[0\]\.args\.scoringStrategy\.type: Unsupported value: "Random"/);
});

test('after Kill Node, a silent run places no pod on the dead node', async () => {
  const engine = new Engine(() => undefined);
  await engine.operate({ type: 'killNode', node: 'node-2' }, CALL);
  const hover = await engine.hover({ ...DEPLOYMENT, position: { line: 1, column: 8 } }, CALL);
  assert.match(hover?.markdown ?? '', /6 pods running on node-1 and node-3/);
  assert.doesNotMatch(hover?.markdown ?? '', /\| node-2 \|/);
});
