import * as vscode from 'vscode';
import type { HelpSuggestion } from '../worker/protocol';
import { applied } from '../engine/manifest/textEdit';

export const PREVIEW_SCHEME = 'controlplane-preview';
/** Texts kept for previews that are open. */
const MAX_TEXTS = 20;


/** Shows a change of a manifest before it is made: the manifest on the left, what it would be on the right. */
export class EditPreviews implements vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration: vscode.Disposable;
  private next = 1;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(PREVIEW_SCHEME, { provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? '' });
  }

  dispose(): void { this.registration.dispose(); }

  /** True when the person wants the change and it was made. `choice` stands for the person's answer, where it is known beforehand. */
  async offer(document: vscode.TextDocument, { title, outcome, edits }: HelpSuggestion, choice?: 'Apply' | 'Discard'): Promise<boolean> {
    const before = document.getText();
    const uri = this.textUri(document, applied(before, edits));
    const column = vscode.window.visibleTextEditors.find((e) => e.document === document)?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.commands.executeCommand('vscode.diff', document.uri, uri, `${title} (preview)`, { preview: true, viewColumn: column });
    const wanted = choice ?? await vscode.window.showInformationMessage(`${title}: ${outcome}.`, 'Apply', 'Discard');
    await this.close(uri);
    if (wanted !== 'Apply') return false;
    if (document.getText() !== before) { void vscode.window.showInformationMessage('The manifest has been edited meanwhile: nothing was changed.'); return false; }
    const edit = new vscode.WorkspaceEdit();
    for (const { offset, length, text } of edits) edit.replace(document.uri, new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)), text);
    const made = await vscode.workspace.applyEdit(edit);
    const [first] = edits;
    const at = document.positionAt(first?.offset ?? 0);
    await vscode.window.showTextDocument(document, { viewColumn: column, selection: new vscode.Range(at, at) });
    return made;
  }

  private textUri(document: vscode.TextDocument, text: string): vscode.Uri {
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    const uri = vscode.Uri.from({ scheme: PREVIEW_SCHEME, path: `/${this.next++}/${name}` });
    this.texts.set(uri.toString(), text);
    const oldest = this.texts.keys().next().value;
    if (this.texts.size > MAX_TEXTS && oldest !== undefined) this.texts.delete(oldest);
    return uri;
  }

  private async close(uri: vscode.Uri): Promise<void> {
    const isIt = ({ input }: vscode.Tab): boolean => input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri.toString();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isIt);
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
    this.texts.delete(uri.toString());
  }
}
