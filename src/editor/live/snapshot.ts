import * as vscode from 'vscode';
import { withProgress } from '../progress';
import type { LiveMode } from './service';

/** What can be opened as a cluster file again. */
const MAX_BYTES = 32_000_000;

/** Saves the live cluster as a cluster file that the simulated cluster can begin with, without secrets. */
export async function saveSnapshot(live: LiveMode): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = `${live.state.context.replace(/[^\w.-]+/g, '-').slice(0, 60) || 'cluster'}.cluster.json`;
  const target = await vscode.window.showSaveDialog({ title: 'Save the Live Cluster as a Cluster File', filters: { 'Cluster file': ['json'] }, ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}) });
  if (!target) return;
  const { text, objects, notices } = await withProgress(`Reading ${live.state.context}`, ({ token, report }) => live.request('snapshot', null, { token, progress: report }));
  const bytes = new TextEncoder().encode(text);
  await vscode.workspace.fs.writeFile(target, bytes);
  const large = bytes.length > MAX_BYTES ? ` It has ${Math.round(bytes.length / 1e6)} MB: more than a cluster file may have to be opened here again; choose fewer namespaces.` : '';
  const choice = await vscode.window.showInformationMessage(`${objects} objects were saved without Secret data and environment values.${notices.length > 0 ? ` ${notices[0] ?? ''}.` : ''}${large}`, 'Use as Cluster File');
  if (choice) await vscode.commands.executeCommand('controlplane.chooseClusterFile', target);
}
