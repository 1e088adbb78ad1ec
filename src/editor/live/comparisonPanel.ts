import * as vscode from 'vscode';
import { comparisonHtml } from './comparisonHtml';
import type { LiveMode } from './service';

/** The window's one page of predicted and actual side by side. */
export class ComparisonPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private last = '';

  constructor(private readonly live: LiveMode) {}

  dispose(): void { this.panel?.dispose(); }

  /** Shows the comparison of a real creation; of the last one without a name. False where there is none. */
  async show(run: string = this.last): Promise<boolean> {
    const comparison = run === '' ? null : await this.live.request('comparison', { run });
    if (!comparison) return false;
    this.last = run;
    if (!this.panel) {
      this.panel = vscode.window.createWebviewPanel('controlplane.comparison', 'Predicted and Actual', { viewColumn: vscode.ViewColumn.One, preserveFocus: false }, { enableScripts: false, enableFindWidget: true, enableCommandUris: ['controlplane.showRun'], localResourceRoots: [] });
      this.panel.onDidDispose(() => { this.panel = undefined; });
    }
    this.panel.webview.html = comparisonHtml(comparison, crypto.randomUUID().replaceAll('-', ''));
    this.panel.reveal();
    return true;
  }

  /** Which run "Compare" is about from now on. */
  remember(run: string): void { this.last = run; }
}
