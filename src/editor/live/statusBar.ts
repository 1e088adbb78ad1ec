import * as vscode from 'vscode';
import type { ConnectionState, Phase } from '../../live/protocol';
import type { LiveMode } from './service';

const ICONS: { readonly [P in Phase]: string } = { off: '', connecting: '$(sync~spin)', loading: '$(sync~spin)', live: '$(vm-connect)', stale: '$(sync-ignored)', failed: '$(error)' };
const WORDS: { readonly [P in Phase]: string } = { off: '', connecting: 'connecting', loading: 'loading', live: '', stale: 'disconnected', failed: 'not connected' };

/** Which live cluster this window looks at, and whether it still does. Hidden while there is none. */
export function registerStatusBar(live: LiveMode): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('controlplane.live', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Live Cluster';
  item.command = 'controlplane.live.menu';
  const show = (state: ConnectionState): void => {
    if (state.phase === 'off') { item.hide(); return; }
    const word = WORDS[state.phase];
    item.text = `${ICONS[state.phase]} ${state.context}${word ? `: ${word}` : ''}`;
    item.tooltip = tooltip(state);
    item.accessibilityInformation = { label: `Live cluster ${state.context}, ${state.text}` };
    item.backgroundColor = state.phase === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : state.phase === 'stale' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  return vscode.Disposable.from(item, live.onDidChangeState(show));
}

function tooltip(state: ConnectionState): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  for (const line of [state.text, `Cluster ${state.cluster} at ${state.server}`, ...state.notices, 'Read only: nothing is changed without your explicit confirmation.']) text.appendText(line).appendMarkdown('\n\n');
  return text;
}
