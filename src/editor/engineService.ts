import * as vscode from 'vscode';
import { EngineClient, WorkerFailed, type StartWorker } from '../worker/client';
import { Canceled } from '../worker/pace';
import type { FileText, Method, Params, Progress, Result, RunSummary, WorldSettings } from '../worker/protocol';
import type { RunSource } from './runSource';
import { clusterFile, schedulerConfigurationFile, SECTION, worldSettings } from './settings';

/** An action of a person, as everything that shows something hears of it. */
export interface RunEvent {
  readonly summary: RunSummary;
  /** URIs of the files it was about. */
  readonly files: readonly string[];
}

export interface RequestOptions {
  readonly token?: vscode.CancellationToken;
  readonly progress?: (progress: Progress) => void;
}

/** The window's engine: starts its worker when it is first needed, and again after a failure. */
export class EngineService implements vscode.Disposable, RunSource {
  private readonly changedEmitter = new vscode.EventEmitter<void>();
  private readonly ranEmitter = new vscode.EventEmitter<RunEvent>();
  private readonly lostEmitter = new vscode.EventEmitter<void>();
  private readonly followedEmitter = new vscode.EventEmitter<RunSummary>();
  /** The world is not what it was: at most some times a second. */
  readonly onDidChange = this.changedEmitter.event;
  readonly onDidRun = this.ranEmitter.event;
  /** A command in a terminal led to something, or to more than before. */
  readonly onDidFollow = this.followedEmitter.event;
  /** The world is gone: reset, or its worker failed. */
  readonly onDidLoseWorld = this.lostEmitter.event;
  private readonly client: EngineClient;
  private readonly disposables: vscode.Disposable[] = [this.changedEmitter, this.ranEmitter, this.lostEmitter, this.followedEmitter];
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private lastChange = 0;
  private hasRuns = false;

  constructor(start: StartWorker, private readonly log: vscode.LogOutputChannel) {
    this.client = new EngineClient(this.configured(start), { changed: () => this.changed(), failed: (reason) => this.failed(reason), ran: (summary) => this.ranElsewhere(summary), started: () => log.debug('the engine has started') });
    this.disposables.push(vscode.workspace.onDidChangeConfiguration((event) => { if (event.affectsConfiguration(SECTION)) void this.reconfigure(event); }));
  }

  /** Rejects with Canceled when the token is, and with the engine's own words when it fails. */
  request<M extends Method>(method: M, params: Params<M>, { token, progress }: RequestOptions = {}): Promise<Result<M>> {
    if (token?.isCancellationRequested) return Promise.reject(new Canceled());
    let listener: vscode.Disposable | undefined;
    const answer = this.client.request(method, params, { progress, onCancel: (cancel) => { listener = token?.onCancellationRequested(cancel); } });
    return answer.finally(() => listener?.dispose());
  }

  ask<M extends 'diagram' | 'detail' | 'mermaid'>(method: M, params: Params<M>): Promise<Result<M>> { return this.request(method, params); }

  /** Runs an action, and tells everybody what came of it. */
  async act<M extends 'create' | 'delete' | 'operate'>(method: M, params: Params<M>, files: readonly string[], options: RequestOptions): Promise<RunSummary> {
    const summary = await this.request(method, params, options) as RunSummary;
    this.hasRuns = true;
    this.ranEmitter.fire({ summary, files });
    return summary;
  }

  /** Starts over with a new world. */
  async reset(): Promise<void> {
    await this.sendSettings();
    await this.request('reset', null);
    this.hasRuns = false;
    this.lostEmitter.fire();
    this.changedEmitter.fire();
  }

  dispose(): void {
    clearTimeout(this.quiet);
    this.client.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** A worker learns how its worlds are to be made before anything is asked of it. */
  private configured(start: StartWorker): StartWorker {
    return async (events) => {
      const settings = await this.readSettings();
      const worker = await start(events);
      worker.post({ id: 0, method: 'configure', params: settings });
      return worker;
    };
  }

  private async readSettings(): Promise<WorldSettings> {
    const cluster = await this.readSetting(clusterFile(), 'cluster file', 'three default nodes are used instead');
    const schedulerConfiguration = await this.readSetting(schedulerConfigurationFile(), 'scheduler configuration', 'the default one is used instead');
    return { ...worldSettings(), ...(cluster ? { cluster } : {}), ...(schedulerConfiguration ? { schedulerConfiguration } : {}) };
  }

  /** A file that a setting names; a person hears of one that cannot be read. */
  private async readSetting(uri: vscode.Uri | undefined, what: string, instead: string): Promise<FileText | undefined> {
    if (!uri) return undefined;
    try {
      return { file: uri.toString(), text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
    } catch (thrown) {
      this.log.warn(`${what} ${uri.toString()}: ${String(thrown)}`);
      void vscode.window.showWarningMessage(`The ${what} ${vscode.workspace.asRelativePath(uri)} cannot be read; ${instead}.`);
      return undefined;
    }
  }

  private async sendSettings(): Promise<void> {
    if (this.client.isRunning) await this.request('configure', await this.readSettings());
  }

  /** What makes a world another one needs a reset; without any run there is nothing to lose by it. */
  private async reconfigure(event: vscode.ConfigurationChangeEvent): Promise<void> {
    if (!this.client.isRunning) return;
    try {
      const another = event.affectsConfiguration(`${SECTION}.clusterFile`) || event.affectsConfiguration(`${SECTION}.schedulerConfiguration`) || event.affectsConfiguration(`${SECTION}.seed`) || event.affectsConfiguration(`${SECTION}.etcd.members`);
      if (!another || this.hasRuns) await this.sendSettings();
      if (!another) { this.changedEmitter.fire(); return; }
      if (!this.hasRuns) { await this.reset(); return; }
      const choice = await vscode.window.showInformationMessage('The new cluster settings take effect when the cluster is reset.', 'Reset Cluster');
      if (choice) await this.reset();
    } catch (thrown) {
      if (!(thrown instanceof Canceled)) this.log.error(String(thrown));
    }
  }

  /** Many changes come in a row; five times a second is enough to look at. */
  private changed(): void {
    if (this.quiet !== undefined) return;
    const wait = Math.max(0, 200 - (Date.now() - this.lastChange));
    this.quiet = setTimeout(() => {
      this.quiet = undefined;
      this.lastChange = Date.now();
      this.changedEmitter.fire();
    }, wait);
  }

  private ranElsewhere(summary: RunSummary): void {
    this.hasRuns = true;
    this.followedEmitter.fire(summary);
  }

  private failed(reason: string): void {
    this.log.error(`the engine failed: ${reason}`);
    this.hasRuns = false;
    this.lostEmitter.fire();
    this.changedEmitter.fire();
    void vscode.window.showErrorMessage(`The control plane failed (${reason}) and was restarted: its cluster is empty again.`, 'Show Log').then((choice) => { if (choice) this.log.show(); });
  }
}

/** What to tell a person of a failed request; undefined where it was their own wish. */
export function failureText(thrown: unknown): string | undefined {
  // The service has said so itself.
  if (thrown instanceof Canceled || thrown instanceof WorkerFailed) return undefined;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
