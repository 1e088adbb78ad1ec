import * as vscode from 'vscode';
import { FIRST_VIEW, type View } from '../diagram/model';
import { pageHtml, type FromPage, type ToPage } from '../webview/protocol';
import type { RunSummary } from '../worker/protocol';
import { failureText, type EngineService } from './engineService';
import { revealInManifest } from './reveal';
import { isLiveRun, type RunSource } from './runSource';
import { detailLevel } from './settings';

export const VIEW_TYPE = 'controlplane.diagram';

/** The window's one diagram. While it is hidden its page does not exist, and nothing is computed for it. */
export class DiagramPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private run = '';
  private view: View = FIRST_VIEW;
  /** The page can receive. */
  private ready = false;
  private listeners: vscode.Disposable | undefined;
  private cancelRun: (() => void) | undefined;
  private readonly shownEmitter = new vscode.EventEmitter<string>();
  /** A model was sent to the page: its run. */
  readonly onDidShow = this.shownEmitter.event;
  private readonly selectedEmitter = new vscode.EventEmitter<{ readonly run: string; readonly message: number; readonly answered: boolean }>();
  /** A person stepped to an item that a message stands behind. */
  readonly onDidSelect = this.selectedEmitter.event;
  private readonly travelEmitter = new vscode.EventEmitter<{ readonly on: boolean; readonly run: string; readonly message: number }>();
  /** A person wants the trees to show the cluster as it was at each step, or as it is. */
  readonly onDidTravel = this.travelEmitter.event;

  constructor(private readonly extension: vscode.Uri, private readonly engine: EngineService, private readonly live: RunSource, private readonly log: vscode.LogOutputChannel) {}

  get currentRun(): string { return this.run; }
  get isOpen(): boolean { return this.panel !== undefined; }

  dispose(): void {
    this.panel?.dispose();
    this.shownEmitter.dispose();
    this.selectedEmitter.dispose();
    this.travelEmitter.dispose();
  }

  /** Shows a run, in a new panel beside the editor or in the one that is there. The editor keeps the focus. */
  async show(run: string, title: string | undefined): Promise<void> {
    if (run !== this.run) { this.run = run; this.view = { ...FIRST_VIEW, level: detailLevel() }; }
    const panel = this.open();
    if (title !== undefined) panel.title = title;
    if (!panel.visible) panel.reveal(undefined, true);
    if (this.ready) await this.send();
  }

  showRun(summary: RunSummary): Promise<void> { return this.show(summary.run, titleOf(summary)); }

  /** A run has come further: drawn again where it is the one that is shown. */
  async refresh(run: string): Promise<void> {
    if (run === this.run && this.ready) await this.send();
  }

  /** Opens the panel whatever there is to show. */
  async reveal(): Promise<void> {
    const panel = this.open();
    panel.reveal(undefined, false);
    if (this.ready) await this.send();
  }

  /** A run is under way. Seen only where a diagram is open already. */
  progress(text: string, cancel: () => void): void {
    this.cancelRun = cancel;
    this.post({ type: 'progress', text });
  }

  /** The run under way is over without a diagram. */
  async settle(): Promise<void> {
    this.cancelRun = undefined;
    if (this.ready) await this.send();
  }

  /** The world is gone: its pictures stay, but nothing more can be asked about them. */
  lost(): void {
    if (this.run !== '' && !isLiveRun(this.run)) this.post({ type: 'gone' });
  }

  /** The diagram shown as Mermaid's text; null where there is none. */
  async mermaid(): Promise<string | null> { return this.run === '' ? null : this.sourceOf(this.run).ask('mermaid', { run: this.run, view: this.view }); }

  /** Asks the page for its picture, which then is saved. */
  savePicture(): boolean {
    if (!this.panel || !this.ready || this.run === '') return false;
    this.post({ type: 'save' });
    return true;
  }

  /** Takes over a panel of the window before its reload. */
  restore(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.adopt(panel);
  }

  private open(): vscode.WebviewPanel {
    if (this.panel) return this.panel;
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, 'Control Plane', { viewColumn: column, preserveFocus: true }, { enableFindWidget: true });
    this.adopt(panel);
    return panel;
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const built = vscode.Uri.joinPath(this.extension, 'dist', 'webview');
    this.panel = panel;
    this.ready = false;
    panel.iconPath = { light: vscode.Uri.joinPath(this.extension, 'media', 'diagram-light.svg'), dark: vscode.Uri.joinPath(this.extension, 'media', 'diagram-dark.svg') };
    panel.webview.options = { enableScripts: true, localResourceRoots: [built] };
    this.listeners = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: FromPage) => { void this.received(message); }),
      panel.onDidChangeViewState(() => { if (!panel.visible) this.ready = false; }),
      panel.onDidDispose(() => this.closed(panel)),
    );
    const uri = (name: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(built, name)).toString();
    panel.webview.html = pageHtml({ nonce: nonce(), script: uri('main.js'), style: uri('main.css'), cspSource: panel.webview.cspSource });
  }

  private closed(panel: vscode.WebviewPanel): void {
    if (panel !== this.panel) return;
    this.listeners?.dispose();
    this.panel = undefined;
    this.ready = false;
  }

  private async received(message: FromPage): Promise<void> {
    try {
      switch (message.type) {
        case 'ready': await this.pageReady(message.restored); return;
        case 'view': if (message.run === this.run) { this.view = message.view; await this.send(); } return;
        case 'detail': {
          const detail = await this.sourceOf(message.run).ask('detail', { run: message.run, item: message.item, view: this.view });
          this.post({ type: 'detail', run: message.run, item: message.item, detail: detail ?? undefined });
          return;
        }
        case 'reveal': await revealInManifest(this.engine, message.link); return;
        case 'apply': await vscode.commands.executeCommand('controlplane.applySuggestion', { pod: message.pod }, message.title); return;
        case 'copyMermaid': await copyMermaid(message.text); return;
        case 'saveSvg': await saveSvg(message.svg, message.suggestedName); return;
        case 'cancel': this.cancelRun?.(); return;
        case 'create': await vscode.commands.executeCommand('controlplane.create'); return;
        case 'fault': this.log.error(`diagram: ${message.message}`); return;
        case 'travel': this.travelEmitter.fire(message); return;
        case 'selected': if (message.run === this.run && message.message !== 0) this.selectedEmitter.fire({ run: message.run, message: message.message, answered: /^[abt]\d/.test(message.item) }); return;
      }
    } catch (thrown) {
      const text = failureText(thrown);
      if (text !== undefined) this.post({ type: 'failed', message: text });
    }
  }

  private async pageReady(restored: { readonly run: string; readonly view: View } | undefined): Promise<void> {
    this.ready = true;
    // The page's own state knows more than a host that has just been started.
    if (restored && (this.run === '' || this.run === restored.run)) { this.run = restored.run; this.view = restored.view; }
    if (this.run === '') { this.post({ type: 'empty' }); return; }
    await this.send(restored?.run === this.run);
  }

  /** Sends what is to be drawn; a page that restored itself needs it only where the world has changed. */
  private async send(restored = false): Promise<void> {
    if (this.run === '') { this.post({ type: 'empty' }); return; }
    const { run, view } = this;
    const model = await this.sourceOf(run).ask('diagram', { run, view });
    if (run !== this.run || view !== this.view) return;
    if (model) { this.post({ type: 'show', run, model }); this.shownEmitter.fire(run); } else if (restored) this.post({ type: 'gone' });
    else this.post({ type: 'failed', message: 'This run is no longer kept: the cluster was reset, or many runs have followed.' });
  }

  private sourceOf(run: string): RunSource { return isLiveRun(run) ? this.live : this.engine; }

  private post(message: ToPage): void {
    if (this.panel && this.ready) void this.panel.webview.postMessage(message);
  }
}

/** "hello-deployment.yaml" for "kubectl create -f hello-deployment.yaml". */
function titleOf({ title }: RunSummary): string {
  const short = title.replace(/^kubectl create -f /, '').replace(/^kubectl /, '');
  return `${short.slice(0, 40)} · Control Plane`;
}

export async function copyMermaid(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage('$(check) The diagram was copied as Mermaid text', 4000);
}

async function saveSvg(svg: string, suggestedName: string): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const target = await vscode.window.showSaveDialog({ filters: { 'SVG picture': ['svg'] }, title: 'Save Diagram as SVG', ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, suggestedName) } : {}) });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(svg));
  vscode.window.setStatusBarMessage(`$(check) ${vscode.workspace.asRelativePath(target)} was saved`, 4000);
}

function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}
