import * as vscode from 'vscode';
import type { ManifestLink } from '../diagram/detailModel';
import type { EngineService } from './engineService';
import { toRange } from './files';

/** Shows a place of a manifest in its editor, beside the diagram rather than over it. */
export async function revealInManifest(engine: EngineService, link: ManifestLink): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(link.file, true));
  const range = await rangeOf(engine, link, document) ?? new vscode.Range(0, 0, 0, 0);
  const open = vscode.window.visibleTextEditors.find((e) => e.document === document);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.One, selection: range });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Selects a place of a manifest if an editor shows it already; opens nothing and takes no focus. */
export async function selectInManifest(engine: EngineService, link: ManifestLink): Promise<void> {
  const editor = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === link.file);
  const range = editor && await rangeOf(engine, link, editor.document);
  if (!editor || !range) return;
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function rangeOf(engine: EngineService, link: ManifestLink, document: vscode.TextDocument): Promise<vscode.Range | undefined> {
  const found = await engine.request('locate', { file: link.file, text: document.getText(), document: link.document, path: link.path });
  return found ? toRange(found) : undefined;
}
