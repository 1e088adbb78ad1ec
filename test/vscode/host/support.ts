import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension';
import type { TreeEntry, TreeView } from '../../../src/worker/protocol';
import { eventually, ok } from './harness';

export const ID = 'controlplane.kubernetes-control-plane-visualizer';

export async function api(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>(ID);
  ok(extension, `${ID} is not installed`);
  return extension.activate();
}

export function workspaceFile(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Opens an example in an editor. */
export async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(workspaceFile(name));
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
  return document;
}

let unnamed = 0;

/** An editor with a text that no file holds, under a name that was never used: VS Code remembers the texts of closed ones. */
export async function untitled(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(`untitled:unsaved-${++unnamed}.yaml`));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), content);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
  return document;
}

export const run = (command: string, ...parameters: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(`controlplane.${command}`, ...parameters);

/** A fresh cluster and no editors. */
export async function startOver(): Promise<void> {
  await api();
  for (let n = 0; n < 30 && vscode.window.activeTextEditor; n++) await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await run('reset');
}

export async function hoverText(document: vscode.TextDocument, word: string, offset = 1): Promise<string> {
  const at = document.getText().indexOf(word);
  ok(at >= 0, `${word} is not in the text`);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, document.positionAt(at + offset));
  return hovers.flatMap((h) => h.contents).map((c) => (typeof c === 'string' ? c : c.value)).join('\n');
}

export async function lenses(document: vscode.TextDocument): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 50);
  return found.map((l) => l.command?.title ?? '');
}

/** The lines above the documents, once one of them says this. */
export function lensSaying(document: vscode.TextDocument, words: RegExp): Promise<string> {
  return eventually(async () => (await lenses(document)).find((l) => words.test(l)), `no line above a document says ${String(words)}`);
}

export const problems = (uri: vscode.Uri): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter((d) => d.source === 'Control Plane');

export function problemSaying(uri: vscode.Uri, words: RegExp): Promise<vscode.Diagnostic> {
  return eventually(() => problems(uri).find((d) => words.test(d.message)), `no problem says ${String(words)}; there are: ${problems(uri).map((p) => p.message).join(' | ')}`);
}

export async function entries(view: TreeView, parent = ''): Promise<readonly TreeEntry[]> {
  return (await (await api()).request('children', { view, parent, limit: 1000 })).entries;
}

/** All lines of a tree, indented: "node-1  1 pod · …". */
export async function tree(view: TreeView, parent = '', indent = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await entries(view, parent)) {
    lines.push(`${indent}${entry.label}  ${entry.description}`);
    if (entry.expandable) lines.push(...(await tree(view, entry.id, `${indent}  `)));
  }
  return lines;
}

export const deployment = (name: string, replicas = 1, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
${more}      containers:
      - name: main
        image: nginx:1.29
`;

export const pod = (name: string, spec = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
${spec}  containers:
  - name: main
    image: nginx:1.29
`;
