import * as vscode from 'vscode';
import { failureText, type EngineService } from './engineService';
import { SELECTOR, textOf, toRange } from './files';
import { couldBeManifest } from './outlines';
import { hoverEnabled } from './settings';

/** A silent run is not begun for a mouse that only passes by. */
const PAUSE = 120;

/** What happened to the object under the mouse, or which nodes a field admits. */
export function registerHover(engine: EngineService, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.languages.registerHoverProvider(SELECTOR, {
    async provideHover(document, position, token) {
      const file = textOf(document);
      if (!hoverEnabled() || !file || !couldBeManifest(document)) return undefined;
      await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
      if (token.isCancellationRequested) return undefined;
      try {
        const hover = await engine.request('hover', { ...file, position: { line: position.line, column: position.character } }, { token });
        return hover ? new vscode.Hover(markdownOf(hover.markdown), toRange(hover.range)) : undefined;
      } catch (thrown) {
        const text = failureText(thrown);
        if (text !== undefined) log.warn(`hover: ${text}`);
        return undefined;
      }
    },
  });
}

/** Markdown of the worker's, in which everything from a manifest is escaped: its links may follow a suggestion and run nothing else. */
export function markdownOf(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text, true);
  markdown.isTrusted = { enabledCommands: ['controlplane.applySuggestion'] };
  return markdown;
}
