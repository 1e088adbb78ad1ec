import * as vscode from 'vscode';
import { eventually, ok, same, test } from './harness';
import { api, deployment, run, startOver, tree, untitled } from './support';

test('a long run shows progress and stops on request; the world stays usable', async () => {
  await startOver();
  const engine = await api();
  const source = new vscode.CancellationTokenSource();
  const heard: string[] = [];
  const text = deployment('flood', 15_000);
  const summary = await engine.request('create', { files: [{ file: 'untitled:flood', text }] }, { token: source.token, progress: ({ text: said }) => { heard.push(said); if (heard.length === 3) source.cancel(); } });
  same(summary.stopped, 'canceled');
  ok(heard.length >= 3 && /pods?, .* s of virtual time/.test(heard[0] ?? ''), heard.join(' | '));
  ok((await tree('nodes')).length >= 3, 'the trees no longer answer');
  await startOver();
  same(await tree('workloads'), []);
}, { timeout: 60_000 });

test('questions are answered while an action goes on', async () => {
  await startOver();
  const engine = await api();
  const source = new vscode.CancellationTokenSource();
  let over = false;
  const flood = engine.request('create', { files: [{ file: 'untitled:flood', text: deployment('flood', 15_000) }] }, { token: source.token }).finally(() => { over = true; });
  const { total } = await engine.request('children', { view: 'nodes', parent: '', limit: 10 });
  ok(total >= 3 && !over, over ? 'the answer came after the action' : `${total} nodes`);
  source.cancel();
  await flood;
  await startOver();
}, { timeout: 60_000 });

test('a silent run that is no longer wanted ends', async () => {
  await startOver();
  const engine = await api();
  const source = new vscode.CancellationTokenSource();
  const text = deployment('flood', 2000);
  const hover = engine.request('hover', { file: 'untitled:flood', text, position: { line: 1, column: 8 } }, { token: source.token });
  setTimeout(() => source.cancel(), 50);
  const ended = await hover.then(() => 'answered', (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)));
  same(ended, 'canceled');
});

test('a failing worker is restarted', async () => {
  await startOver();
  const document = await untitled(deployment('web', 1));
  await run('create', document.uri);
  const engine = await api();
  await engine.request('crash', null).catch(() => undefined);
  await eventually(async () => ((await tree('workloads').catch(() => ['failed'])).length === 0 ? true : undefined), 'the world is still there');
  await run('create', document.uri);
  same((await tree('workloads')).length, 3);
});

test('a large tree comes in pages', async () => {
  await startOver();
  const engine = await api();
  await engine.request('create', { files: [{ file: 'untitled:large', text: deployment('large', 330) }] });
  const { entries: top } = await engine.request('children', { view: 'nodes', parent: '', limit: 100 });
  const node = top.find((e) => e.label === 'node-1');
  const page = await engine.request('children', { view: 'nodes', parent: node?.id ?? '', limit: 20 });
  ok(page.entries.length === 20 && page.total > 50, `${page.entries.length} of ${page.total}`);
  await startOver();
}, { timeout: 60_000 });
