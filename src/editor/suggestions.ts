import * as vscode from 'vscode';
import type { HelpSuggestion, HelpTarget } from '../worker/protocol';
import { perform, type CommandContext } from './commands/context';
import type { EditPreviews } from './editPreview';
import { openDocument, SELECTOR, textOf } from './files';
import type { EngineService } from './engineService';
import type { Outlines } from './outlines';
import { failureText } from './engineService';

/** What would place the pods of a manifest, as quick fixes: a change of the text is previewed before it is made, a change of the cluster is made at once. */
export function registerSuggestions(engine: EngineService, outlines: Outlines, log: vscode.LogOutputChannel): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, range, context, token) {
      const file = textOf(document);
      const { problems } = outlines.of(document.uri);
      const waiting = problems.filter((p) => p.document !== undefined);
      if (!file || waiting.length === 0) return [];
      const actions: vscode.CodeAction[] = [];
      for (const problem of waiting) {
        const diagnostics = context.diagnostics.filter((d) => d.code === problem.code && d.message === problem.message);
        const here = diagnostics.length > 0 || overlaps(range, problem.range);
        if (problem.code === 'Recreate') { if (here) actions.push(recreation(document.uri, problem.document ?? 0, diagnostics)); continue; }
        // The lines of the edits are known when they have been looked for: anywhere in the document that is worth it.
        const whole = outlines.of(document.uri).documents.find((d) => d.index === problem.document);
        if (!here && !(whole && overlaps(range, whole.range))) continue;
        try {
          const help = await engine.request('help', { target: { file: file.file, document: problem.document ?? 0 }, text: file.text }, { token });
          const offered = (help?.suggestions ?? []).filter((s) => s.applicable && (here || s.edits.some((e) => e.line >= range.start.line && e.line <= range.end.line)));
          actions.push(...offered.map((s, i) => quickFix(document, problem.document ?? 0, s, diagnostics, i === 0)));
        } catch (thrown) {
          const text = failureText(thrown);
          if (text !== undefined) log.warn(`quick fixes: ${text}`);
        }
      }
      return actions;
    },
  };
  return vscode.languages.registerCodeActionsProvider(SELECTOR, provider, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] });
}

const overlaps = (range: vscode.Range, other: { readonly start: { readonly line: number }; readonly end: { readonly line: number } }): boolean => range.start.line <= other.end.line && range.end.line >= other.start.line;

function quickFix(document: vscode.TextDocument, index: number, suggestion: HelpSuggestion, diagnostics: vscode.Diagnostic[], preferred: boolean): vscode.CodeAction {
  const action = new vscode.CodeAction(titleOf(suggestion), vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics;
  action.isPreferred = preferred;
  action.command = { title: suggestion.title, command: 'controlplane.applySuggestion', arguments: [{ file: document.uri.toString(), document: index }, suggestion.title], tooltip: suggestion.detail };
  return action;
}

/** "Lower the CPU request of container main from 6 to 4 (then it runs on node-1)…": what opens a preview first ends in dots. */
const titleOf = ({ title, edits, outcome }: HelpSuggestion): string => (edits.length > 0 ? `${title} (${outcome})…` : `In the cluster: ${title.charAt(0).toLowerCase()}${title.slice(1)} (${outcome})`);

function recreation(uri: vscode.Uri, document: number, diagnostics: vscode.Diagnostic[]): vscode.CodeAction {
  const action = new vscode.CodeAction('Delete and create it again', vscode.CodeActionKind.QuickFix);
  action.command = { title: action.title, command: 'controlplane.recreate', arguments: [uri, document] };
  action.diagnostics = diagnostics;
  action.isPreferred = true;
  return action;
}

/** Follows the suggestion of that title, as help is found now: its edits are previewed and made if wanted, then the cluster is changed. */
export function applySuggestion(context: CommandContext, previews: EditPreviews): (target?: unknown, title?: unknown, choice?: unknown) => Promise<void> {
  return async (given, title, choice) => {
    const target = targetOf(given);
    if (!target || typeof title !== 'string') return;
    const document = 'file' in target ? await opened(target.file) : undefined;
    const help = await context.engine.request('help', { target, ...(document ? { text: document.getText() } : {}) });
    const suggestion = help?.suggestions.find((s) => s.title === title);
    if (!help || !suggestion) { void vscode.window.showInformationMessage('This no longer applies: the cluster or the manifest has changed since.'); return; }
    if (suggestion.edits.length > 0) {
      const edited = document ?? (help.file === '' ? undefined : await opened(help.file));
      if (edited?.getText() !== help.text) { void vscode.window.showInformationMessage('The manifest has changed since it was created: use the quick fix at its underlined field.'); return; }
      if (!await previews.offer(edited, suggestion, choice === 'Apply' ? choice : undefined)) return;
    }
    if (suggestion.actions.length > 0) await perform(context, suggestion.title, 'operate', { type: 'help', title: suggestion.title, actions: suggestion.actions });
  };
}

const opened = async (file: string): Promise<vscode.TextDocument> => { const uri = vscode.Uri.parse(file, true); return openDocument(uri) ?? vscode.workspace.openTextDocument(uri); };

/** Links carry plain values that anybody could have written. */
function targetOf(given: unknown): HelpTarget | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { file, document, pod } = given as { readonly [field: string]: unknown };
  if (typeof file === 'string' && typeof document === 'number') return { file, document };
  if (typeof pod !== 'object' || pod === null) return undefined;
  const { group, version, resource, kind, namespace, name } = pod as { readonly [field: string]: unknown };
  const parts = [group, version, resource, kind, namespace, name];
  return parts.every((p) => typeof p === 'string') ? { pod: { group, version, resource, kind, namespace, name } as Extract<HelpTarget, { pod: unknown }>['pod'] } : undefined;
}
