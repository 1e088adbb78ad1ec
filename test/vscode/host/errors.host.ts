import * as vscode from 'vscode';
import { eventually, ok, same, test } from './harness';
import { api, deployment, hoverText, lenses, lensSaying, open, pod, problemSaying, problems, run, startOver, tree, untitled, workspaceFile } from './support';

const lineOf = (document: vscode.TextDocument, text: string): number => document.positionAt(document.getText().indexOf(text)).line;

test('the API server\'s causes stand on their lines, and hide nothing else in the file', async () => {
  await startOver();
  const document = await untitled(`${deployment('bad').replace('replicas: 1', 'replicas: -1')}---\n${pod('good')}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: Bad_Name\nspec:\n  containers: []\n`);
  const replicas = await problemSaying(document.uri, /spec\.replicas.*greater than or equal to 0/);
  same(replicas.range.start.line, lineOf(document, 'replicas: -1'));
  same((await problemSaying(document.uri, /metadata\.name/)).range.start.line, lineOf(document, 'Bad_Name'));
  await run('create', document.uri);
  same((await tree('workloads')).map((l) => l.split('  ')[0]), ['good']);
  await lensSaying(document, /refused/);
  await lensSaying(document, /1 pod running/);
});

test('unknown fields and wrong types are found', async () => {
  await startOver();
  const document = await untitled(deployment('typo').replace('  replicas: 1', '  replica: 1'));
  same((await problemSaying(document.uri, /unknown field "spec\.replica"/)).range.start.line, lineOf(document, 'replica: 1'));
  const wrong = await untitled(deployment('wrong').replace('replicas: 1', 'replicas: many'));
  same((await problemSaying(wrong.uri, /replicas/)).range.start.line, lineOf(wrong, 'replicas: many'));
});

test('unknown kinds are named, and a slip of the keyboard is repaired', async () => {
  await startOver();
  const document = await untitled(`${deployment('x').replace('kind: Deployment', 'kind: Deploymnt')}---\napiVersion: example.com/v1\nkind: Gadget\nmetadata:\n  name: g\n---\n${deployment('y').replace('apps/v1', 'v1')}`);
  const slip = await problemSaying(document.uri, /did you mean Deployment/);
  same(slip.range.start.line, 1);
  await problemSaying(document.uri, /no matches for kind "Gadget".*CustomResourceDefinition/);
  const version = await problemSaying(document.uri, /Deployment is in apps\/v1/);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, version.range);
  ok(actions.some((a) => a.title === 'Change to apps/v1'), actions.map((a) => a.title).join(', '));
});

test('broken YAML in one document leaves the others alone', async () => {
  await startOver();
  const document = await untitled(`${pod('fine')}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: [broken\n---\n${pod('fine-too')}`);
  await eventually(() => problems(document.uri)[0], 'no problem is shown');
  await run('create', document.uri);
  ok((await tree('workloads')).some((l) => l.startsWith('fine  ')), (await tree('workloads')).join('\n'));
});

test('a Helm template gets a clear word', async () => {
  await startOver();
  const document = await untitled('apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  containers:\n  - name: a\n    image: {{ .Values.image }}\n');
  await problemSaying(document.uri, /Helm template/);
});

test('empty files and other YAML are left alone, until somebody asks to create them', async () => {
  await startOver();
  for (const text of ['', '# nothing\n', 'services:\n  web:\n    image: nginx\n', '- a\n- b\n']) {
    const document = await untitled(text);
    same([problems(document.uri).length, (await lenses(document)).length], [0, 0], `before Create of ${JSON.stringify(text)}`);
    await run('create', document.uri);
    same([(await lenses(document)).length, (await tree('workloads')).length], [0, 0], `after Create of ${JSON.stringify(text)}`);
    if (text.startsWith('services')) await problemSaying(document.uri, /Object 'Kind' is missing/);
  }
});

test('an alias bomb is refused', async () => {
  await startOver();
  const levels = Array.from({ length: 9 }, (_, i) => `  ${'abcdefghij'[i + 1] ?? ''}: &${'abcdefghij'[i + 1] ?? ''} [${Array(9).fill(`*${'abcdefghij'[i] ?? ''}`).join(', ')}]`);
  const document = await untitled(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bomb\ndata:\n  a: &a [x, x]\n${levels.join('\n')}\n`);
  await problemSaying(document.uri, /alias/i);
});

test('a billion replicas stop at the limit with a word about it', async () => {
  await startOver();
  await vscode.workspace.getConfiguration('controlplane').update('limits.pods', 300, vscode.ConfigurationTarget.Global);
  try {
    const document = await untitled(deployment('many', 1_000_000_000));
    await run('create', document.uri);
    const engine = await api();
    const model = await engine.request('diagram', { run: engine.currentRun, view: { level: 'story', expanded: [], page: 0 } });
    ok(model?.answer.more.some((m) => m.includes('more than 300 pods')), JSON.stringify(model?.answer));
    const hover = await hoverText(document, 'Deployment');
    ok(hover.includes('many'), hover);
  } finally {
    await vscode.workspace.getConfiguration('controlplane').update('limits.pods', undefined, vscode.ConfigurationTarget.Global);
  }
}, { timeout: 60_000 });

test('pods that no node takes are a warning on their workload, and the hover says what would help', async () => {
  await startOver();
  const document = await open('unschedulable.yaml');
  await run('create');
  const problem = await problemSaying(document.uri, /2 of 2 pods have no node: node-1, node-2 and node-3 have only 4 CPU in all; the pod asks for 6\.\n\(0\/3 nodes are available: 3 Insufficient cpu\.\)/);
  // The request that keeps the pods from most nodes is underlined.
  same([problem.severity, document.getText(problem.range)], [vscode.DiagnosticSeverity.Warning, '"6"']);
  const hover = await hoverText(document, 'number-cruncher');
  ok(/What would help/.test(hover) && /the pod asks for 6/.test(hover) && /\*\*Kubernetes says\*\*: 0\/3 nodes are available/.test(hover) && /\*\*Queue\*\*/.test(hover), hover);
  const resources = await hoverText(document, 'resources');
  ok(/none of 3 nodes/.test(resources) && /too little cpu/.test(resources), resources);
});

test('a refusing setting says what v1.36 says', async () => {
  await startOver();
  await vscode.workspace.getConfiguration('controlplane').update('removedApiVersions', 'refuse', vscode.ConfigurationTarget.Global);
  try {
    const document = await open('hello-deployment.yaml');
    await run('create');
    await lensSaying(document, /no matches for kind "Deployment" in version "apps\/v1beta2"/);
    same((await problemSaying(document.uri, /Kubernetes v1\.36 refuses it/)).severity, vscode.DiagnosticSeverity.Error);
  } finally {
    await vscode.workspace.getConfiguration('controlplane').update('removedApiVersions', undefined, vscode.ConfigurationTarget.Global);
  }
});

test('hover on placement fields names nodes and reasons, with a cluster file', async () => {
  await startOver();
  await run('chooseClusterFile', workspaceFile('cluster.yaml'));
  try {
    same((await tree('nodes')).map((l) => l.split('  ')[0]), ['gpu-1', 'small-1', 'small-2', 'ssd-1', 'ssd-2']);
    const document = await open('placement.yaml');
    const selector = await hoverText(document, 'nodeSelector:');
    ok(/admits 2 of 5 nodes.*ssd-1 and ssd-2/.test(selector) && /no label disk/.test(selector) && /disk is hdd, not ssd/.test(selector), selector);
    const tolerations = await hoverText(document, 'tolerations:');
    ok(/4 of 5 nodes/.test(tolerations) && /dedicated=database:NoSchedule is tolerated/.test(tolerations) && /gpu=present:NoSchedule is not tolerated/.test(tolerations), tolerations);
    await run('create', document.uri);
    const affinity = await hoverText(document, 'podAntiAffinity:');
    ok(/3 of 5 nodes/.test(affinity), affinity);
  } finally {
    await vscode.workspace.getConfiguration('controlplane').update('clusterFile', undefined, vscode.ConfigurationTarget.Workspace);
    await startOver();
  }
}, { timeout: 30_000 });
