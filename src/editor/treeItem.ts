import * as vscode from 'vscode';
import type { TreeColor, TreeEntry } from '../worker/protocol';

const COLORS: { readonly [C in TreeColor]: string | undefined } = { good: 'testing.iconPassed', waiting: 'list.warningForeground', bad: 'list.errorForeground', muted: 'disabledForeground', none: undefined };

/** A line of a tree as VS Code shows it; a click on one that stands for an object runs `open`. */
export function treeItem(entry: TreeEntry, open: string): vscode.TreeItem {
  const state = entry.expandable ? (entry.expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed) : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(entry.label, state);
  const color = COLORS[entry.color];
  // VS Code keeps the state of a line by its id: one that gets its first children is to open.
  item.id = entry.expandable ? `${entry.id}+` : entry.id;
  item.description = entry.description;
  if (entry.tooltip !== undefined) item.tooltip = new vscode.MarkdownString(entry.tooltip);
  item.iconPath = new vscode.ThemeIcon(entry.icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = entry.context;
  item.accessibilityInformation = { label: entry.spoken };
  if (entry.object) item.command = { title: 'Open YAML', command: open, arguments: [entry] };
  return item;
}
