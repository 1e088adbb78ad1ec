import * as vscode from 'vscode';
import type { TreeEntry, TreeView } from '../worker/protocol';
import { failureText, type EngineService } from './engineService';
import { markdownOf } from './hover';
import { treeItem } from './treeItem';

/** Lines that are shown below one line at first, and how many more each time. */
const PAGE = 200;

/** A line of a tree, or the one that asks for more. */
export type TreeNode = TreeEntry | MoreNode;
export interface MoreNode { readonly more: string; readonly hidden: number }

/** One tree view. Its lines come from the worker, which knows the cluster; children are asked for when they are opened. */
export class ClusterTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly limits = new Map<string, number>();
  private readonly view: vscode.TreeView<TreeNode>;
  private readonly listener: vscode.Disposable;
  private stale = false;
  /** Line above each line of the trail followed last, by id: all that VS Code asks about. */
  private above = new Map<string, TreeNode>();

  constructor(private readonly which: TreeView, private readonly engine: EngineService, private readonly log: vscode.LogOutputChannel) {
    this.view = vscode.window.createTreeView(`controlplane.${which}`, { treeDataProvider: this, showCollapseAll: true });
    // A view nobody sees is not kept up to date.
    this.listener = vscode.Disposable.from(
      engine.onDidChange(() => { if (this.view.visible) this.changed.fire(undefined); else this.stale = true; }),
      this.view.onDidChangeVisibility(({ visible }) => { if (visible && this.stale) { this.stale = false; this.changed.fire(undefined); } }),
    );
  }

  dispose(): void {
    this.listener.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  /** Shows the cluster of another moment: `words` say which one, '' for the present. */
  showMoment(words: string): void {
    this.view.description = words;
    if (this.view.visible) this.changed.fire(undefined); else this.stale = true;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node && 'more' in node) return [];
    const parent = node?.id ?? '';
    try {
      const limit = this.limits.get(parent) ?? PAGE;
      const { entries, total } = await this.engine.request('children', { view: this.which, parent, limit });
      this.view.message = undefined;
      // What the empty view says must not be seen while the engine starts.
      if (parent === '') void vscode.commands.executeCommand('setContext', `controlplane.no.${this.which}`, total === 0);
      return total > entries.length ? [...entries, { more: parent, hidden: total - entries.length }] : [...entries];
    } catch (thrown) {
      const text = failureText(thrown);
      if (text !== undefined) { this.view.message = text; this.log.warn(`${this.which}: ${text}`); }
      return [];
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if ('more' in node) return this.moreItem(node);
    return treeItem(node, 'controlplane.openYaml');
  }

  /** What takes a search is said when the mouse rests on a line. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    if ('more' in node || node.tooltip !== undefined || !node.object) return item;
    try {
      const text = await this.engine.request('tooltip', node.object, { token });
      item.tooltip = text === null ? undefined : markdownOf(text);
    } catch (thrown) {
      const text = failureText(thrown);
      if (text !== undefined) this.log.warn(`tooltip: ${text}`);
    }
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined { return 'more' in node ? undefined : this.above.get(node.id); }

  /** Selects the last line of a trail, where the view is open and shows that many lines. The focus stays where it is. */
  async follow(trail: readonly TreeEntry[]): Promise<void> {
    const last = trail.at(-1);
    if (!last || !this.view.visible) return;
    this.above = new Map(trail.slice(1).map((entry, i) => [entry.id, trail[i] as TreeEntry]));
    try {
      await this.view.reveal(last, { select: true, focus: false });
    } catch (thrown) {
      this.log.debug(`${this.which}: ${last.label} is not among the lines shown: ${String(thrown)}`);
    }
  }

  private moreItem({ more, hidden }: MoreNode): vscode.TreeItem {
    const item = new vscode.TreeItem(`Show ${Math.min(hidden, PAGE)} more of ${hidden}`);
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { title: 'Show more', command: `controlplane.showMore.${this.which}`, arguments: [more] };
    return item;
  }

  /** Shows more below a line. */
  showMore(parent: string): void {
    this.limits.set(parent, (this.limits.get(parent) ?? PAGE) + PAGE);
    this.changed.fire(undefined);
  }
}
