import * as vscode from 'vscode';
import { eventually, ok, same, test } from './harness';
import { api, entries, open, pod, problemSaying, run, startOver, untitled } from './support';

async function quickFixes(document: vscode.TextDocument, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, range, vscode.CodeActionKind.QuickFix.value);
  return found.filter((a) => /runs on|Delete and create/.test(a.title));
}

/** Follows a quick fix; the preview of its edit is answered with Apply. */
const followed = (action: vscode.CodeAction | undefined): Thenable<unknown> => vscode.commands.executeCommand(action?.command?.command ?? '', ...(action?.command?.arguments ?? []), 'Apply');
const edits = (action: vscode.CodeAction): boolean => action.title.endsWith('…');

const waiting = async (): Promise<readonly string[]> => ((await entries('nodes')).some((e) => e.id === 'unscheduled') ? (await entries('nodes', 'unscheduled')).map((e) => e.label) : []);

test('quick fixes at the underlined field: every edit that is offered lets the pods run when they are created again', async () => {
  await startOver();
  const document = await open('unschedulable.yaml');
  await run('create');
  const { range } = await problemSaying(document.uri, /have no node/);
  const offered = (await quickFixes(document, range)).filter(edits);
  ok(offered.length > 0, 'no edit is offered');
  for (const action of offered) {
    const before = document.getText();
    await followed(action);
    ok(document.getText() !== before, `${action.title}: the text is as before`);
    const changed = await problemSaying(document.uri, /as the text stands now, they would get one/);
    same(changed.severity, vscode.DiagnosticSeverity.Information);
    const [again] = await quickFixes(document, changed.range);
    same(again?.title, 'Delete and create it again');
    await followed(again);
    same(await waiting(), [], action.title);
    const back = new vscode.WorkspaceEdit();
    back.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), before);
    await vscode.workspace.applyEdit(back);
    await run('delete', document.uri);
    await run('create', document.uri);
    await problemSaying(document.uri, /have no node/);
  }
}, { timeout: 60_000 });

test('quick fixes for the cluster run there: one for one the pod gets a node', async () => {
  await startOver();
  for (const node of ['node-1', 'node-2', 'node-3']) await run('taint', node, 'dedicated=db:NoSchedule');
  const document = await untitled(pod('web', '  tolerations: []\n'));
  await run('create', document.uri);
  const { range } = await problemSaying(document.uri, /does not tolerate/);
  const titles = (await quickFixes(document, range)).filter((a) => !edits(a)).map((a) => a.title);
  ok(titles.some((t) => /remove the taint/.test(t)) && titles.some((t) => /add a node/.test(t)), titles.join('\n'));
  for (const title of titles) {
    const fixes = await eventually(async () => { const all = await quickFixes(document, (await problemSaying(document.uri, /does not tolerate/)).range); return all.some((a) => a.title === title) ? all : undefined; }, `${title} is not offered again`);
    const action = fixes.find((a) => a.title === title);
    await followed(action);
    same(await waiting(), [], title);
    await run('reset');
    for (const node of ['node-1', 'node-2', 'node-3']) await run('taint', node, 'dedicated=db:NoSchedule');
    await run('create', document.uri);
  }
}, { timeout: 60_000 });

test('before the first Create, Problems foretell what would keep a pod from every node, and quick fixes are there', async () => {
  await startOver();
  const document = await untitled(pod('picky', '  nodeSelector:\n    disk: ssd\n'));
  const { range } = await problemSaying(document.uri, /have no label disk/);
  same(document.getText(range), 'ssd');
  const fixes = await quickFixes(document, range);
  ok(fixes.some((a) => a.title.startsWith('Remove disk=ssd from the nodeSelector')), fixes.map((a) => a.title).join('\n'));
});

test('a pod that waits: the tree says where in the queue, its tooltip why and what would help', async () => {
  await startOver();
  const document = await open('unschedulable.yaml');
  await run('create', document.uri);
  const [entry] = await entries('nodes', 'unscheduled');
  ok(/^3 Insufficient cpu · waits to be woken$/.test(entry?.description ?? ''), entry?.description ?? 'no line');
  ok(entry?.object, 'no object');
  const tooltip = await (await api()).request('tooltip', entry.object);
  ok(tooltip !== null && /asks for 6/.test(tooltip) && /What would help/.test(tooltip) && /NodeResourcesFit: /.test(tooltip), tooltip ?? 'no tooltip');
});
