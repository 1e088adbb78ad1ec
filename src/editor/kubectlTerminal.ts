import * as vscode from 'vscode';
import type { RunSummary } from '../worker/protocol';
import type { DiagramPanel } from './diagramPanel';
import { failureText, type EngineService } from './engineService';

const NAME = 'kubectl';
const INSTALL = 'https://kubernetes.io/docs/tasks/tools/';
/** Menus and the palette offer the terminal where this is set. */
const CONTEXT_KEY = 'controlplane.kubectl';
const HELLO = 'kubectl in this terminal talks to the simulated cluster of this window: KUBECONFIG is set. Closing the terminal ends its access.';

/**
 * A terminal in which kubectl reaches the window's world. What it does there appears in the diagram and in the trees. Only where a process may
 * listen on the loopback address: not in a browser, and not for a workspace that is not trusted or whose files are elsewhere.
 */
export class KubectlTerminal implements vscode.Disposable {
  private terminal: vscode.Terminal | undefined;
  private opening: Promise<void> | undefined;
  /** The run that was last shown. */
  private shown = '';
  private readonly disposables: readonly vscode.Disposable[];

  constructor(private readonly engine: EngineService, private readonly panel: DiagramPanel, private readonly log: vscode.LogOutputChannel, private readonly possible: boolean) {
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, possible);
    this.disposables = [
      vscode.window.onDidCloseTerminal((closed) => { if (closed === this.terminal) { this.terminal = undefined; this.end(); } }),
      engine.onDidFollow((summary) => { this.follow(summary).catch((thrown: unknown) => this.note(thrown)); }),
      // The world that it showed is gone, and the server with it.
      engine.onDidLoseWorld(() => { const { terminal } = this; this.terminal = undefined; terminal?.dispose(); }),
    ];
  }

  /** Opens the terminal, or shows the one that is open. */
  async open(): Promise<void> {
    if (!this.possible) throw new Error('A kubectl terminal needs VS Code on the desktop or on a server: in a browser nothing can listen for kubectl.');
    if (!vscode.workspace.isTrusted) throw new Error('A kubectl terminal is opened in trusted workspaces only.');
    if (this.terminal) { this.terminal.show(); return; }
    await (this.opening ??= this.start().finally(() => { this.opening = undefined; }));
  }

  /** Takes back what kubectl was given. */
  async close(): Promise<void> {
    const { terminal } = this;
    this.terminal = undefined;
    if (!terminal) return;
    terminal.dispose();
    await this.engine.request('stopKubectl', null).catch((thrown: unknown) => this.note(thrown));
  }

  dispose(): void {
    this.terminal?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async start(): Promise<void> {
    const { kubeconfig, hasKubectl } = await this.engine.request('startKubectl', null);
    this.terminal = vscode.window.createTerminal({ name: NAME, iconPath: new vscode.ThemeIcon('terminal'), env: { KUBECONFIG: kubeconfig }, message: HELLO, isTransient: true });
    this.terminal.show();
    if (hasKubectl) return;
    const choice = await vscode.window.showWarningMessage('kubectl was not found on the PATH. The terminal is ready for it: install kubectl, or call it by its full path.', 'How to Install');
    if (choice) await vscode.env.openExternal(vscode.Uri.parse(INSTALL));
  }

  /** A new command gets its diagram; one that goes on is drawn again where it is in sight. */
  private async follow(summary: RunSummary): Promise<void> {
    if (summary.run === this.shown) { await this.panel.refresh(summary.run); return; }
    this.shown = summary.run;
    await this.panel.showRun(summary);
  }

  private end(): void {
    this.engine.request('stopKubectl', null).catch((thrown: unknown) => this.note(thrown));
  }

  private note(thrown: unknown): void {
    const text = failureText(thrown);
    if (text !== undefined) this.log.warn(`kubectl terminal: ${text}`);
  }
}
