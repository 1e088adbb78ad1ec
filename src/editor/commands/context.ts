import * as vscode from 'vscode';
import type { DiagramPanel } from '../diagramPanel';
import { failureText, type EngineService } from '../engineService';
import { UnreadableFile } from '../files';
import { withProgress } from '../progress';
import type { Params, RunSummary } from '../../worker/protocol';

/** What the commands work with. */
export interface CommandContext {
  readonly engine: EngineService;
  readonly panel: DiagramPanel;
  readonly log: vscode.LogOutputChannel;
}

/** Runs an action with its progress, and shows its diagram. Undefined where it failed, which a person has been told. */
export async function perform<M extends 'create' | 'delete' | 'operate'>(context: CommandContext, title: string, method: M, params: Params<M>, files: readonly string[] = []): Promise<RunSummary | undefined> {
  const { engine, panel } = context;
  try {
    const summary = await withProgress(title, ({ token, report }) => engine.act(method, params, files, { token, progress: ({ text }) => report(text) }), (text, cancel) => panel.progress(text, cancel));
    if (summary.documents === 0 && files.length > 0) { nothingThere(summary, files); await panel.settle(); } else await panel.showRun(summary);
    return summary;
  } catch (thrown) {
    complain(context, thrown);
    if (panel.isOpen && panel.currentRun !== '') await panel.settle().catch(() => undefined);
    return undefined;
  }
}

/** Tells a person of a failure, once and in words. */
export function complain({ log }: CommandContext, thrown: unknown): void {
  const text = failureText(thrown);
  if (text === undefined) return;
  if (!(thrown instanceof UnreadableFile)) log.error(thrown instanceof Error ? thrown.stack ?? text : text);
  void vscode.window.showErrorMessage(text);
}

function nothingThere({ unreadable }: RunSummary, files: readonly string[]): void {
  const [first] = unreadable;
  if (first) { void vscode.window.showErrorMessage(first.message); return; }
  const [file] = files;
  const name = file === undefined ? 'The folder' : files.length === 1 ? vscode.workspace.asRelativePath(vscode.Uri.parse(file, true)) : 'None of these files';
  void vscode.window.showInformationMessage(files.length === 1 ? `${name} holds no Kubernetes object: one has apiVersion and kind.` : `${name} holds a Kubernetes object: one has apiVersion and kind.`);
}
