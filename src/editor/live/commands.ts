import * as vscode from 'vscode';
import type { LiveRun } from '../../live/protocol';
import type { FileText } from '../../worker/protocol';
import { isEntry } from '../commands/pick';
import { complain, type CommandContext } from '../commands/context';
import { chosenUris, readFiles } from '../files';
import { withProgress } from '../progress';
import type { ComparisonPanel } from './comparisonPanel';
import { confirmCreation } from './confirm';
import { chooseNamespaces, connect } from './connect';
import { openLiveObject } from './objects';
import { predictsBeforeCreate, type LiveMode } from './service';
import { saveSnapshot } from './snapshot';
import type { LiveTree } from './tree';

type Handler = (...parameters: unknown[]) => Promise<void> | void;

export interface LiveContext extends CommandContext {
  readonly live: LiveMode;
  readonly tree: LiveTree;
  readonly comparison: ComparisonPanel;
}

/** Every command of live mode, by its name without the prefix. */
export function registerLiveCommands(context: LiveContext): vscode.Disposable {
  const { live, tree, comparison } = context;
  const handlers: { readonly [name: string]: Handler } = {
    connect: () => connect(live), disconnect: async () => { await live.request('disconnect', null); }, retry: async () => { await live.request('retry', null); }, namespaces: () => chooseNamespaces(live), menu: () => menu(context),
    whatIf: (uri, uris) => whatIf(context, uri, uris), create: (uri, uris) => createForReal(context, uri, uris), saveSnapshot: () => saveSnapshot(live),
    compare: async () => { if (!(await comparison.show())) void vscode.window.showInformationMessage('Nothing was created for real yet in this window, or it was not foretold.'); },
    openYaml: async (entry) => { if (isEntry(entry) && entry.object) await openLiveObject(entry.object); }, showMore: (parent) => tree.showMore(String(parent)),
  };
  return vscode.Disposable.from(...Object.entries(handlers).map(([name, handler]) => vscode.commands.registerCommand(`controlplane.live.${name}`, async (...parameters: unknown[]) => {
    try { await handler(...parameters); } catch (thrown) { complain(context, thrown); }
  })));
}

/** What the status bar's entry offers. */
async function menu({ live }: LiveContext): Promise<void> {
  const { phase, context } = live.state;
  const items: (vscode.QuickPickItem & { readonly command: string })[] = [
    { label: '$(beaker) What If…', description: 'create the open manifest in a simulated copy of this cluster', command: 'whatIf' }, { label: '$(cloud-upload) Create for Real…', description: 'after a question that names everything', command: 'create' },
    { label: '$(filter) Choose Namespaces…', description: live.state.namespaces.join(', ') || 'all', command: 'namespaces' }, { label: '$(save) Save as Cluster File…', description: 'without Secret data and environment values', command: 'saveSnapshot' },
    ...(phase === 'stale' || phase === 'failed' ? [{ label: '$(refresh) Try Again Now', description: live.state.text.slice(0, 80), command: 'retry' }] : []),
    { label: '$(plug) Connect to Another Context…', description: '', command: 'connect' }, { label: '$(debug-disconnect) Disconnect', description: context, command: 'disconnect' },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: `Live Cluster ${context}`, placeHolder: live.state.text });
  if (picked) await vscode.commands.executeCommand(`controlplane.live.${picked.command}`);
}

/** The manifests that a command is about; undefined where there are none, which a person has been told. */
async function manifests(uri: unknown, uris: unknown): Promise<readonly FileText[] | undefined> {
  const chosen = chosenUris(uri, uris);
  const files = chosen.length === 0 ? [] : await readFiles(chosen);
  if (files.length > 0) return files;
  void vscode.window.showInformationMessage('Open a manifest first, or right-click one in the explorer.');
  return undefined;
}

async function ensureConnected(live: LiveMode): Promise<boolean> {
  if (!live.isConnected || live.state.phase === 'failed') await connect(live);
  return live.isConnected;
}

/** Create in a simulated copy of the live cluster. */
async function whatIf(context: LiveContext, uri: unknown, uris: unknown): Promise<void> {
  const files = await manifests(uri, uris);
  if (!files || !(await ensureConnected(context.live))) return;
  const how = await vscode.window.showQuickPick([
    { label: '$(beaker) In the simulation alone', detail: 'The cluster is read, and nothing is sent to it.', dryRun: false },
    { label: '$(checklist) Ask the real API server first', detail: 'With dryRun=All: its defaults, webhooks and quotas answer, nothing is kept.', dryRun: true },
  ], { title: `What If on ${context.live.state.context}`, placeHolder: 'What would this cluster do with it?' });
  if (!how) return;
  const { live, panel } = context;
  const run = await withProgress(`What if on ${live.state.context}`, ({ token, report }) => live.request('whatIf', { files, dryRun: how.dryRun }, { token, progress: report }), (text, cancel) => panel.progress(text, cancel));
  await show(context, run);
}

/** Create in the real cluster: after an explicit confirmation of exactly what will be sent. */
async function createForReal(context: LiveContext, uri: unknown, uris: unknown): Promise<void> {
  const files = await manifests(uri, uris);
  if (!files || !(await ensureConnected(context.live))) return;
  const { live, panel, comparison } = context;
  const plan = await live.request('plan', { files });
  if (plan.objects.length === 0) { void vscode.window.showErrorMessage(plan.refused.length > 0 ? `Nothing can be created. ${plan.refused[0] ?? ''}` : 'There is no Kubernetes object in it.'); return; }
  if (!(await confirmCreation(plan))) return;
  const run = await withProgress(`Creating on ${plan.context}`, ({ token, report }) => live.request('create', { plan: plan.plan, predict: predictsBeforeCreate() }, { token, progress: report }), (text, cancel) => panel.progress(text, cancel));
  await show(context, run);
  if (run.differences < 0) return;
  comparison.remember(run.run);
  const said = run.differences === 0 ? 'It came as it was foretold.' : `${run.differences} ${run.differences === 1 ? 'difference' : 'differences'} between what was foretold and what came.`;
  void vscode.window.showInformationMessage(said, 'Compare').then((choice) => (choice ? comparison.show(run.run) : undefined)).then(undefined, (thrown: unknown) => complain(context, thrown));
}

async function show({ panel }: LiveContext, run: LiveRun): Promise<void> {
  if (run.documents === 0) { void vscode.window.showInformationMessage(run.unreadable[0]?.message ?? 'There is no Kubernetes object in it.'); await panel.settle(); return; }
  await panel.showRun(run);
}
