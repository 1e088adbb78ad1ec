import * as vscode from 'vscode';
import type { EngineService } from './engineService';
import { toRange } from './files';

/** Shows a place of a manifest in its editor, beside the diagram rather than over it. */
export async function revealInManifest(engine: EngineService, link: { readonly file: string; readonly document: number; readonly path: string }): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(link.file, true));
  const found = await engine.request('locate', { file: link.file, text: document.getText(), document: link.document, path: link.path });
  const range = found ? toRange(found) : new vscode.Range(0, 0, 0, 0);
  const open = vscode.window.visibleTextEditors.find((e) => e.document === document);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.One, selection: range });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
