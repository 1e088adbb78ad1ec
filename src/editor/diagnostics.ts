import * as vscode from 'vscode';
import type { Problem } from '../worker/protocol';
import { SELECTOR, toRange } from './files';
import type { Outlines } from './outlines';
import { diagnosticsEnabled } from './settings';

const SEVERITY = { error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning, information: vscode.DiagnosticSeverity.Information } as const;
const SOURCE = 'Control Plane';

/** Puts what is wrong with the open manifests into Problems, and offers the repairs that are known. */
export function registerDiagnostics(outlines: Outlines): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('controlplane');
  const show = (uri: vscode.Uri): void => {
    const problems = diagnosticsEnabled() ? outlines.of(uri).problems : [];
    if (problems.length === 0) collection.delete(uri);
    else collection.set(uri, problems.map(toDiagnostic));
  };
  const provider: vscode.CodeActionProvider = { provideCodeActions: (document, _range, context) => context.diagnostics.flatMap((d) => fixOf(document, d, outlines)) };
  return vscode.Disposable.from(
    collection, outlines.onDidChange(show), vscode.languages.registerCodeActionsProvider(SELECTOR, provider, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    vscode.workspace.onDidChangeConfiguration((e) => { if (e.affectsConfiguration('controlplane.diagnostics')) for (const { uri } of vscode.workspace.textDocuments) show(uri); }),
  );
}

function toDiagnostic(problem: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(problem.range), problem.message, SEVERITY[problem.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = problem.code;
  return diagnostic;
}

function fixOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic, outlines: Outlines): readonly vscode.CodeAction[] {
  if (diagnostic.source !== SOURCE) return [];
  const problem = outlines.of(document.uri).problems.find((p) => p.fix && p.message === diagnostic.message && toRange(p.range).isEqual(diagnostic.range));
  if (!problem?.fix) return [];
  const action = new vscode.CodeAction(problem.fix.title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, diagnostic.range, problem.fix.text);
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return [action];
}
