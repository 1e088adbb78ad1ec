import * as vscode from 'vscode';

/** Called by VS Code on first use; everything disposable is owned by the context. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('controlplane.create', () => vscode.window.showInformationMessage('Control plane: nothing to create yet.')),
  );
}

/** Nothing is left running: the context disposes of what was registered. */
export function deactivate(): void {}
