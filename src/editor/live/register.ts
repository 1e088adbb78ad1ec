import * as vscode from 'vscode';
import type { CommandContext } from '../commands/context';
import { registerLiveCommands } from './commands';
import { ComparisonPanel } from './comparisonPanel';
import { registerLiveDocuments } from './objects';
import type { LiveMode } from './service';
import { registerStatusBar } from './statusBar';
import { LiveTree } from './tree';

/** Everything of live mode that a person sees. None of it starts or contacts anything by itself. */
export function registerLive(live: LiveMode, context: CommandContext): vscode.Disposable {
  const tree = new LiveTree(live, context.log);
  const comparison = new ComparisonPanel(live);
  return vscode.Disposable.from(tree, comparison, registerStatusBar(live), registerLiveDocuments(live), registerLiveCommands({ ...context, live, tree, comparison }));
}
