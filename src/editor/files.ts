import * as vscode from 'vscode';
import type { FileText } from '../worker/protocol';

const MANIFEST = /\.(ya?ml|json)$/i;
/** Files read at once at the most. */
const MAX_FILES = 1000;
/** Bytes of a file that is read at the most; the engine has its own, lower bound on the text. */
const MAX_BYTES = 32_000_000;
const LANGUAGES = new Set(['yaml', 'json', 'jsonc', 'helm', 'kubernetes']);

/** Documents that hover, lenses and problems are for. */
export const SELECTOR: vscode.DocumentSelector = [{ language: 'yaml' }, { language: 'json' }, { language: 'jsonc' }];

export const isManifestLanguage = (document: vscode.TextDocument): boolean => LANGUAGES.has(document.languageId);

/** The text as it stands in the editor. Undefined for what is not to be read: other schemes of VS Code, and texts beyond all measure. */
export function textOf(document: vscode.TextDocument): FileText | undefined {
  if (!isManifestLanguage(document) || document.uri.scheme.startsWith('controlplane') || document.uri.scheme === 'output') return undefined;
  return { file: document.uri.toString(), text: document.getText() };
}

/** What a command was called on: what is selected in the explorer, else the editor. */
export function chosenUris(uri: unknown, uris: unknown): readonly vscode.Uri[] {
  if (Array.isArray(uris) && uris.length > 0 && uris.every((u) => u instanceof vscode.Uri)) return uris as vscode.Uri[];
  if (uri instanceof vscode.Uri) return [uri];
  const active = vscode.window.activeTextEditor?.document.uri ?? activeTab();
  return active ? [active] : [];
}

/** While a webview has the focus there is no active editor, but a manifest may be open beside it. */
function activeTab(): vscode.Uri | undefined {
  return vscode.window.visibleTextEditors.find((e) => textOf(e.document))?.document.uri;
}

export class UnreadableFile extends Error {}

/** Reads files, and the manifests directly inside folders as kubectl does; unsaved text comes first. */
export async function readFiles(uris: readonly vscode.Uri[]): Promise<readonly FileText[]> {
  const all: vscode.Uri[] = [];
  for (const uri of uris) all.push(...(await expanded(uri)));
  const unique = [...new Map(all.map((u) => [u.toString(), u])).values()];
  if (unique.length > MAX_FILES) throw new UnreadableFile(`These are ${unique.length} files; at most ${MAX_FILES} are created at once.`);
  return Promise.all(unique.map(readFile));
}

async function expanded(uri: vscode.Uri): Promise<readonly vscode.Uri[]> {
  if (openDocument(uri)) return [uri];
  let type: vscode.FileType;
  try {
    type = (await vscode.workspace.fs.stat(uri)).type;
  } catch {
    throw new UnreadableFile(`${vscode.workspace.asRelativePath(uri)} cannot be read.`);
  }
  if ((type & vscode.FileType.Directory) === 0) return [uri];
  const entries = await vscode.workspace.fs.readDirectory(uri);
  return entries.filter(([name, kind]) => (kind & vscode.FileType.File) !== 0 && MANIFEST.test(name)).map(([name]) => name).sort().map((name) => vscode.Uri.joinPath(uri, name));
}

export const openDocument = (uri: vscode.Uri): vscode.TextDocument | undefined => vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString() && !d.isClosed);

export async function readFile(uri: vscode.Uri): Promise<FileText> {
  const open = openDocument(uri);
  if (open) return { file: uri.toString(), text: open.getText() };
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) throw new UnreadableFile(`${vscode.workspace.asRelativePath(uri)} has ${Math.round(size / 1e6)} MB: that is more than is read.`);
    return { file: uri.toString(), text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) throw thrown;
    throw new UnreadableFile(`${vscode.workspace.asRelativePath(uri)} cannot be read.`);
  }
}

export function toRange({ start, end }: { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly line: number; readonly column: number } }): vscode.Range {
  return new vscode.Range(start.line, start.column, end.line, end.column);
}
