import * as vscode from 'vscode';
import { eventually, ok, same, test } from './harness';
import { api, deployment, hoverText, lenses, lensSaying, open, pod, problemSaying, problems, run, startOver, tree, untitled, workspaceFile } from './support';

test('before the first Create: a line above the document, a silent answer on hover, and the old version in Problems', async () => {
  await startOver();
  const document = await open('hello-deployment.yaml');
  same(await lensSaying(document, /Create/), '$(play) Create');
  const text = await hoverText(document, 'Deployment');
  ok(/Not created yet/.test(text) && /1 pod running on node-\d/.test(text), `the hover says: ${text}`);
  const problem = await problemSaying(document.uri, /removed in Kubernetes v1\.16: use apps\/v1/);
  same([problem.severity, problem.range.start.line], [vscode.DiagnosticSeverity.Warning, 0]);
  same(await tree('workloads'), [], 'the silent run left something');
});

test('Create in the editor: diagram, line above the document, hover, trees', async () => {
  await startOver();
  const document = await open('hello-deployment.yaml');
  const foretold = /on (node-\d)/.exec(await hoverText(document, 'Deployment'))?.[1];
  await run('create');
  const lens = await lensSaying(document, /1 pod running on/);
  ok(lens.includes(foretold ?? '?'), `foretold ${foretold ?? 'nothing'}, came to ${lens}`);
  ok((await api()).currentRun !== '', 'no diagram is shown');
  const hover = await hoverText(document, 'helloworld-deployment');
  ok(!/Not created yet/.test(hover) && /1 pod running/.test(hover) && /nodes fit/.test(hover), `the hover says: ${hover}`);
  const workloads = await tree('workloads');
  ok(/^helloworld-deployment {2}1 pod running on node-\d · Deployment$/.test(workloads[0] ?? '') && workloads.length === 3, workloads.join('\n'));
  const nodes = await tree('nodes');
  same(nodes.filter((l) => /^node-\d {2}/.test(l)).length, 3);
  same(nodes.filter((l) => /Running/.test(l)).length, 1);
});

test('the diagram of a run can be asked for at every level, with details and as Mermaid', async () => {
  const engine = await api();
  const { currentRun } = engine;
  for (const level of ['story', 'working', 'everything'] as const) {
    const model = await engine.request('diagram', { run: currentRun, view: { level, expanded: [], page: 0 } });
    ok(model && model.items.length > 5, `${level} is empty`);
  }
  const view = { level: 'working', expanded: [], page: 0 } as const;
  const model = await engine.request('diagram', { run: currentRun, view });
  const decision = model?.items.find((i) => i.kind === 'decision');
  ok(decision, 'no decision is drawn');
  const detail = await engine.request('detail', { run: currentRun, item: decision.id, view });
  same(detail?.scheduling?.rows.length, 3);
  ok((await engine.request('mermaid', { run: currentRun, view }))?.startsWith('sequenceDiagram'), 'no Mermaid text');
});

test('Copy Diagram as Mermaid fills the clipboard', async () => {
  await run('copyMermaid');
  ok((await vscode.env.clipboard.readText()).startsWith('sequenceDiagram'), 'the clipboard holds something else');
}, { timeout: 30_000 });

test('the quick fix writes the version that is served', async () => {
  await startOver();
  const document = await untitled(deployment('old').replace('apps/v1', 'extensions/v1beta1'));
  const problem = await problemSaying(document.uri, /extensions\/v1beta1 Deployment was removed/);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, problem.range);
  const fix = actions.find((a) => a.title === 'Change to apps/v1');
  ok(fix?.edit, `actions: ${actions.map((a) => a.title).join(', ')}`);
  await vscode.workspace.applyEdit(fix.edit);
  ok(document.getText().startsWith('apiVersion: apps/v1\n'), document.getText().slice(0, 40));
  await eventually(() => (problems(document.uri).length === 0 ? true : undefined), 'the problem stays');
});

test('Create takes unsaved text', async () => {
  await startOver();
  const document = await open('hello-deployment.yaml');
  const edit = new vscode.WorkspaceEdit();
  const at = document.getText().indexOf('replicas: 1');
  edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + 11)), 'replicas: 2');
  await vscode.workspace.applyEdit(edit);
  ok(document.isDirty, 'the text was saved');
  await run('create', document.uri);
  await lensSaying(document, /2 pods running/);
  await vscode.commands.executeCommand('workbench.action.files.revert');
});

test('Create on several files and on a folder', async () => {
  await startOver();
  const uris = [workspaceFile('hello-deployment.yaml'), workspaceFile('spread.yaml')];
  await run('create', uris[0], uris);
  same((await tree('workloads')).filter((l) => l.endsWith('Deployment')).length, 2);
  await startOver();
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  await run('create', folder?.uri);
  const workloads = await tree('workloads');
  for (const name of ['batch-1', 'catalogue', 'database', 'frontend', 'number-cruncher']) ok(workloads.some((l) => l.startsWith(`${name}  `)), `${name} is missing:\n${workloads.join('\n')}`);
}, { timeout: 40_000 });

test('a second Create acts on what the first one left, Delete takes it away, Reset starts over', async () => {
  await startOver();
  const first = await untitled(pod('first'));
  await run('create', first.uri);
  const second = await untitled(pod('second'));
  await run('create', second.uri);
  same((await tree('workloads')).map((l) => l.split('  ')[0]), ['first', 'second']);
  await run('create', first.uri);
  const again = await problemSaying(first.uri, /already exists/);
  same(again.severity, vscode.DiagnosticSeverity.Warning);
  await run('delete', first.uri);
  same((await tree('workloads')).map((l) => l.split('  ')[0]), ['second']);
  await lensSaying(first, /deleted/);
  await run('reset');
  same(await tree('workloads'), []);
  await eventually(async () => ((await lenses(second)).length === 1 ? true : undefined), 'the outcome stays above the document');
});

test('what a file has created is not in its own way', async () => {
  await startOver();
  const document = await untitled(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\n${deployment('web', 1).replace('metadata:\n', 'metadata:\n  namespace: shop\n')}`);
  await run('create', document.uri);
  await lensSaying(document, /1 pod running/);
  // Until the new text's dry run would have said so.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  same(vscode.languages.getDiagnostics(document.uri).map((d) => d.message), []);
});

test('the line above a document creates only that one', async () => {
  await startOver();
  const document = await untitled(`${pod('one')}---\n${pod('two')}`);
  await lensSaying(document, /Create all 2/);
  await run('createDocument', document.uri, 1);
  same((await tree('workloads')).map((l) => l.split('  ')[0]), ['two']);
  await lensSaying(document, /1 pod running/);
});

test('an object opens as YAML without managed fields and follows its object', async () => {
  await startOver();
  const manifest = await untitled(deployment('web', 2));
  await run('create', manifest.uri);
  const [entry] = (await (await api()).request('children', { view: 'workloads', parent: '', limit: 10 })).entries;
  await run('openYaml', entry);
  const shown = vscode.window.activeTextEditor?.document;
  ok(shown?.uri.scheme === 'controlplane' && shown.languageId === 'yaml', `shown: ${shown?.uri.toString() ?? 'nothing'}`);
  ok(/kind: Deployment/.test(shown.getText()) && /readyReplicas: 2/.test(shown.getText()) && !/managedFields/.test(shown.getText()), shown.getText());
  await run('scale', entry, 3);
  await eventually(() => (/readyReplicas: 3/.test(shown.getText()) ? true : undefined), 'the document does not follow its object');
});
