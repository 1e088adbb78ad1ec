import * as vscode from 'vscode';
import type { TreeEntry } from '../../worker/protocol';
import { failureText } from '../engineService';
import type { TreeNode } from '../tree';
import { treeItem } from '../treeItem';
import type { LiveMode } from './service';

/** Lines that are shown below one line at first, and how many more each time. */
const PAGE = 200;

/** The live cluster as a tree: the same lines as of the simulated one, below one that says which cluster it is and how true they are. */
export class LiveTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly limits = new Map<string, number>();
  private readonly view: vscode.TreeView<TreeNode>;
  private readonly listeners: vscode.Disposable;
  private stale = false;

  constructor(private readonly live: LiveMode, private readonly log: vscode.LogOutputChannel) {
    this.view = vscode.window.createTreeView('controlplane.live', { treeDataProvider: this, showCollapseAll: true });
    this.listeners = vscode.Disposable.from(
      live.onDidChange(() => { if (this.view.visible) this.changed.fire(undefined); else this.stale = true; }),
      live.onDidChangeState((state) => {
        void vscode.commands.executeCommand('setContext', 'controlplane.live.phase', state.phase);
        void vscode.commands.executeCommand('setContext', 'controlplane.live.connected', state.phase !== 'off');
      }),
      this.view.onDidChangeVisibility(({ visible }) => { if (visible && this.stale) { this.stale = false; this.changed.fire(undefined); } }),
    );
  }

  dispose(): void {
    this.listeners.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if ((node && 'more' in node) || !this.live.isConnected) return [];
    const parent = (node as TreeEntry | undefined)?.id ?? '';
    try {
      const { entries, total } = await this.live.request('children', { parent, limit: this.limits.get(parent) ?? PAGE });
      return total > entries.length ? [...entries, { more: parent, hidden: total - entries.length }] : [...entries];
    } catch (thrown) {
      const text = failureText(thrown);
      if (text !== undefined) this.log.warn(`live tree: ${text}`);
      return [];
    }
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (!('more' in node)) return treeItem(node, 'controlplane.live.openYaml');
    const item = new vscode.TreeItem(`Show ${Math.min(node.hidden, PAGE)} more of ${node.hidden}`);
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { title: 'Show more', command: 'controlplane.live.showMore', arguments: [node.more] };
    return item;
  }

  showMore(parent: string): void {
    this.limits.set(parent, (this.limits.get(parent) ?? PAGE) + PAGE);
    this.changed.fire(undefined);
  }
}
