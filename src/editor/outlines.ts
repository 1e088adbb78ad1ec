import * as vscode from 'vscode';
import { Canceled } from '../worker/pace';
import type { FileText, Outline } from '../worker/protocol';
import type { EngineService } from './engineService';
import { openDocument, readFile, textOf } from './files';
import { diagnosticsEnabled } from './settings';

const NOTHING: Outline = { documents: [], problems: [] };
/** Milliseconds without a key stroke before a text is looked at. */
const QUIET = 350;
/** Files that were acted on without being open, and still show what came of it. */
const MAX_ACTED = 200;

/** What the engine knows of the open manifests and of those that were acted on, always of their present text. Lenses and problems come from it. */
export class Outlines implements vscode.Disposable {
  private readonly known = new Map<string, Outline>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly running = new Map<string, vscode.CancellationTokenSource>();
  private readonly acted = new Set<string>();
  private readonly changedEmitter = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changedEmitter.event;
  private readonly disposables: vscode.Disposable[] = [this.changedEmitter];

  constructor(private readonly engine: EngineService, private readonly log: vscode.LogOutputChannel) {
    this.disposables.push(
      vscode.workspace.onDidOpenTextDocument((d) => this.plan(d.uri, 0)), vscode.workspace.onDidChangeTextDocument((e) => { if (e.contentChanges.length > 0) this.plan(e.document.uri, QUIET); }),
      vscode.workspace.onDidCloseTextDocument((d) => { if (!this.acted.has(d.uri.toString())) this.forget(d.uri); }), engine.onDidChange(() => this.refreshVisible()), vscode.window.onDidChangeVisibleTextEditors(() => this.refreshVisible()),
      engine.onDidRun(({ files }) => this.remember(files)), engine.onDidLoseWorld(() => { for (const file of this.acted) this.plan(vscode.Uri.parse(file, true), 0); }),
      vscode.workspace.onDidChangeConfiguration((e) => { if (e.affectsConfiguration('controlplane')) this.refreshOpen(); }),
    );
    this.refreshOpen();
  }

  of(uri: vscode.Uri): Outline { return this.known.get(uri.toString()) ?? NOTHING; }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const source of this.running.values()) source.cancel();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private refreshOpen(): void { for (const document of vscode.workspace.textDocuments) this.plan(document.uri, 0); }

  /** What nobody sees is looked at again when it comes into sight. */
  private refreshVisible(): void { for (const { document } of vscode.window.visibleTextEditors) this.plan(document.uri, 0); }

  private remember(files: readonly string[]): void {
    for (const file of files.slice(0, MAX_ACTED)) {
      this.acted.delete(file);
      this.acted.add(file);
      this.plan(vscode.Uri.parse(file, true), 0);
    }
    for (const file of this.acted) if (this.acted.size > MAX_ACTED) { this.acted.delete(file); this.forget(vscode.Uri.parse(file, true)); }
  }

  private plan(uri: vscode.Uri, wait: number): void {
    const key = uri.toString();
    const document = openDocument(uri);
    if (document && !couldBeManifest(document) && !this.acted.has(key)) { this.set(uri, NOTHING); return; }
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => { this.timers.delete(key); void this.ask(uri); }, wait));
  }

  private async ask(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    this.running.get(key)?.cancel();
    const source = new vscode.CancellationTokenSource();
    this.running.set(key, source);
    try {
      const file = await this.read(uri);
      const outline = file ? await this.engine.request('outline', { ...file, check: diagnosticsEnabled(), foretell: diagnosticsEnabled() && isVisible(uri) }, { token: source.token }) : NOTHING;
      const now = openDocument(uri);
      if (!source.token.isCancellationRequested && (!now || !file || now.getText() === file.text)) this.set(uri, outline);
    } catch (thrown) {
      if (!(thrown instanceof Canceled)) this.log.warn(`${key}: ${String(thrown)}`);
    } finally {
      if (this.running.get(key) === source) this.running.delete(key);
      source.dispose();
    }
  }

  private async read(uri: vscode.Uri): Promise<FileText | undefined> {
    const document = openDocument(uri);
    if (document) return textOf(document);
    if (!this.acted.has(uri.toString())) return undefined;
    try { return await readFile(uri); } catch { return undefined; }
  }

  private set(uri: vscode.Uri, outline: Outline): void {
    const key = uri.toString();
    const before = this.known.get(key);
    if (outline === NOTHING) { if (!this.known.delete(key)) return; } else this.known.set(key, outline);
    if (JSON.stringify(before) !== JSON.stringify(outline)) this.changedEmitter.fire(uri);
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.running.get(key)?.cancel();
    this.set(uri, NOTHING);
  }
}

const isVisible = (uri: vscode.Uri): boolean => vscode.window.visibleTextEditors.some((e) => e.document.uri.toString() === uri.toString());

/** A quick look at the text, so that the engine is not started for any YAML file. */
export function couldBeManifest(document: vscode.TextDocument): boolean {
  const file = textOf(document);
  return file !== undefined && file.text.includes('apiVersion') && file.text.includes('kind');
}
