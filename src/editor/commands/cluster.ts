import * as vscode from 'vscode';
import { copyMermaid } from '../diagramPanel';
import { clusterFile, SECTION } from '../settings';
import { complain, type CommandContext } from './context';

export function reset(context: CommandContext): () => Promise<void> {
  return async () => {
    try {
      await context.engine.reset();
      vscode.window.setStatusBarMessage('$(check) The cluster starts over', 4000);
    } catch (thrown) {
      complain(context, thrown);
    }
  };
}

/** Chooses the file that describes the cluster, or the default, and starts over with it. */
export function chooseClusterFile(context: CommandContext): (uri?: unknown) => Promise<void> {
  return async (uri) => {
    try {
      const chosen = uri instanceof vscode.Uri ? uri : await ask();
      if (chosen === undefined) return;
      const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
      await vscode.workspace.getConfiguration(SECTION).update('clusterFile', chosen === 'default' ? undefined : settingFor(chosen), target);
      await context.engine.reset();
    } catch (thrown) {
      complain(context, thrown);
    }
  };
}

async function ask(): Promise<vscode.Uri | 'default' | undefined> {
  const now = clusterFile();
  const file = { label: '$(file) Choose a file…', detail: 'Kubernetes objects in YAML or JSON, also what "kubectl get nodes,pods -A -o yaml" prints' };
  const standard = { label: '$(server) Three default nodes', detail: '4 CPU and 16 GiB each, in three zones' };
  const picked = await vscode.window.showQuickPick([file, standard], { title: 'Cluster', placeHolder: now ? `Now: ${vscode.workspace.asRelativePath(now)}` : 'Now: three default nodes' });
  if (picked === standard) return 'default';
  if (picked !== file) return undefined;
  const [chosen] = (await vscode.window.showOpenDialog({ title: 'Choose Cluster File', openLabel: 'Use as Cluster', filters: { 'Kubernetes objects': ['yaml', 'yml', 'json'] } })) ?? [];
  return chosen;
}

/** A path inside the workspace is kept relative, so that it holds for everybody. */
function settingFor(uri: vscode.Uri): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const root = folder && `${folder.uri.path}/`;
  if (folder && root && uri.scheme === folder.uri.scheme && uri.authority === folder.uri.authority && uri.path.startsWith(root)) return uri.path.slice(root.length);
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

export function copyDiagram(context: CommandContext): () => Promise<void> {
  return async () => {
    try {
      const text = await context.panel.mermaid();
      if (text === null) void vscode.window.showInformationMessage('There is no diagram yet: create a manifest first.'); else await copyMermaid(text);
    } catch (thrown) {
      complain(context, thrown);
    }
  };
}

export function saveDiagram({ panel }: CommandContext): () => Promise<void> {
  return async () => {
    if (panel.savePicture()) return;
    if (panel.currentRun === '') { void vscode.window.showInformationMessage('There is no diagram yet: create a manifest first.'); return; }
    await panel.reveal();
    void vscode.window.showInformationMessage('The diagram was hidden and is being drawn: save it again when it is there.');
  };
}
