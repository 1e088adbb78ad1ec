import * as vscode from 'vscode';
import type { OutlineDocument } from '../worker/protocol';
import { SELECTOR } from './files';
import type { Outlines } from './outlines';
import { codeLensEnabled } from './settings';

const MARKS = { good: '$(pass)', chosen: '$(pass)', waiting: '$(watch)', refused: '$(error)', plain: '$(circle-outline)' } as const;

/** Above each document: Create, and what became of it. */
export function registerCodeLenses(outlines: Outlines): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => {
      if (!codeLensEnabled()) return [];
      const { documents } = outlines.of(document.uri);
      return documents.flatMap((d, i) => lensesOf(document.uri, d, documents.length, i === 0));
    },
  };
  return vscode.Disposable.from(
    changed, outlines.onDidChange(() => changed.fire()), vscode.languages.registerCodeLensProvider(SELECTOR, provider),
    vscode.workspace.onDidChangeConfiguration((e) => { if (e.affectsConfiguration('controlplane.codeLens')) changed.fire(); }),
  );
}

function lensesOf(uri: vscode.Uri, { index, range, kind, name, outcome, stale }: OutlineDocument, total: number, first: boolean): readonly vscode.CodeLens[] {
  const line = new vscode.Range(range.start.line, 0, range.start.line, 0);
  const lenses: vscode.CodeLens[] = [];
  const add = (command: vscode.Command): void => { lenses.push(new vscode.CodeLens(line, command)); };
  if (first && total > 1) add({ title: `$(run-all) Create all ${total}`, command: 'controlplane.create', arguments: [uri], tooltip: 'Create every object of this file in the simulated cluster' });
  add({ title: '$(play) Create', command: 'controlplane.createDocument', arguments: [uri, index], tooltip: `Create ${kind} ${name} in the simulated cluster` });
  if (stale) add({ title: '$(debug-restart) Delete and create again', command: 'controlplane.recreate', arguments: [uri, index], tooltip: `Delete ${kind} ${name} and create it from the text as it stands now` });
  if (outcome) add({ title: `${MARKS[outcome.tone]} ${outcome.text}`, command: outcome.run ? 'controlplane.showRun' : '', arguments: [outcome.run], tooltip: 'Show the diagram' });
  return lenses;
}
