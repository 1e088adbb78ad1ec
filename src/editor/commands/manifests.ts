import * as vscode from 'vscode';
import type { FileText } from '../../worker/protocol';
import { chosenUris, readFiles } from '../files';
import { complain, perform, type CommandContext } from './context';

type Action = 'create' | 'delete';
const VERBS = { create: 'Creating', delete: 'Deleting' } as const;

/** Create and Delete on what is selected in the explorer, or on the manifest in the editor. */
export function onManifests(context: CommandContext, action: Action): (uri?: unknown, uris?: unknown) => Promise<void> {
  return async (uri, uris) => {
    const chosen = chosenUris(uri, uris);
    if (chosen.length === 0) { await chooseAndRun(context, action); return; }
    await run(context, action, chosen);
  };
}

/** Create… asks for files. */
export function chooseAndRun(context: CommandContext, action: Action): Promise<void> {
  return guarded(context, async () => {
    const title = action === 'create' ? 'Create from Manifests' : 'Delete what Manifests Name';
    const chosen = await vscode.window.showOpenDialog({ title, openLabel: action === 'create' ? 'Create' : 'Delete', canSelectMany: true, canSelectFiles: true, filters: { 'Kubernetes manifests': ['yaml', 'yml', 'json'] } });
    if (chosen && chosen.length > 0) await run(context, action, chosen);
  });
}

/** The line above a document: only that document. */
export function createDocument(context: CommandContext): (uri: unknown, index: unknown) => Promise<void> {
  return async (uri, index) => {
    if (!(uri instanceof vscode.Uri) || typeof index !== 'number') return;
    await run(context, 'create', [uri], index);
  };
}

/** After an edit: what was created from the old text goes, then the document is created as it stands now. */
export function recreate(context: CommandContext): (uri: unknown, index: unknown) => Promise<void> {
  return async (uri, index) => {
    if (!(uri instanceof vscode.Uri) || typeof index !== 'number') return;
    await run(context, 'delete', [uri], index);
    await run(context, 'create', [uri], index);
  };
}

function run(context: CommandContext, action: Action, uris: readonly vscode.Uri[], only?: number): Promise<void> {
  return guarded(context, async () => {
    const read = await readFiles(uris);
    const files: readonly FileText[] = only === undefined ? read : read.map((f) => ({ ...f, only }));
    if (files.length === 0) { void vscode.window.showInformationMessage('There is no YAML or JSON file in this folder.'); return; }
    const [first] = uris;
    const what = uris.length === 1 && first ? vscode.workspace.asRelativePath(first) : `${files.length} files`;
    await perform(context, `${VERBS[action]} ${what}`, action, { files }, files.map((f) => f.file));
  });
}

async function guarded(context: CommandContext, task: () => Promise<void>): Promise<void> {
  try { await task(); } catch (thrown) { complain(context, thrown); }
}
