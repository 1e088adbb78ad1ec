import * as vscode from 'vscode';
import type { Outlines } from './outlines';

/** Keeps the key that menus ask for: whether the active editor holds a Kubernetes manifest. */
export function registerManifestContext(outlines: Outlines): vscode.Disposable {
  let last: boolean | undefined;
  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const is = document !== undefined && outlines.of(document.uri).documents.length > 0;
    if (is !== last) void vscode.commands.executeCommand('setContext', 'controlplane.manifestInEditor', is);
    last = is;
  };
  update();
  return vscode.Disposable.from(vscode.window.onDidChangeActiveTextEditor(update), outlines.onDidChange(update));
}
