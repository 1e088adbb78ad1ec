import * as vscode from 'vscode';
import { DEFAULT_LIVE_LIMITS, OFF, type ConnectionState, type LiveMethod, type LiveParams, type LiveResult, type LiveSettings } from '../../live/protocol';
import { Canceled } from '../../worker/pace';
import { isNode, workerStarter } from '../../worker/start';
import { SECTION, worldSettings } from '../settings';
import type { RunSource } from '../runSource';
import { LiveClient } from './client';

export const DESKTOP_ONLY = 'Live clusters need the desktop or a remote window: in a browser alone there is no kubeconfig and no way to an API server. The simulated cluster works here.';

export interface LiveRequestOptions {
  readonly token?: vscode.CancellationToken;
  readonly progress?: (text: string) => void;
}

/** The window's live mode: off until it is asked for, and never in a workspace that is not trusted. */
export class LiveMode implements vscode.Disposable, RunSource {
  private readonly stateEmitter = new vscode.EventEmitter<ConnectionState>();
  private readonly changedEmitter = new vscode.EventEmitter<void>();
  readonly onDidChangeState = this.stateEmitter.event;
  /** What is known of the cluster changed: some times a second at the most. */
  readonly onDidChange = this.changedEmitter.event;
  private readonly client: LiveClient;
  private readonly disposables: vscode.Disposable[] = [this.stateEmitter, this.changedEmitter];
  private current = OFF;
  readonly available: boolean;

  constructor(extension: vscode.Uri, private readonly log: vscode.LogOutputChannel) {
    const script = vscode.Uri.joinPath(extension, 'dist', 'live.js');
    this.available = isNode() && script.scheme === 'file';
    this.client = new LiveClient(workerStarter({ path: script.fsPath, read: async () => vscode.workspace.fs.readFile(script) }), {
      state: (state) => this.became(state), changed: () => this.changedEmitter.fire(), log: (level, text) => log[level](`live: ${text}`), failed: (reason) => this.failed(reason),
    });
    void vscode.commands.executeCommand('setContext', 'controlplane.live.available', this.available ? 'yes' : 'no');
    this.disposables.push(vscode.workspace.onDidChangeConfiguration((e) => { if (e.affectsConfiguration(SECTION) && this.client.isRunning) void this.client.request('configure', settings()).catch(() => undefined); }));
  }

  get state(): ConnectionState { return this.current; }
  get isConnected(): boolean { return this.current.phase !== 'off' && this.client.isRunning; }

  /** Rejects with Canceled when the token is, and with words for a person when it fails. */
  async request<M extends LiveMethod>(method: M, params: LiveParams<M>, { token, progress }: LiveRequestOptions = {}): Promise<LiveResult<M>> {
    if (!this.available) throw new Error(DESKTOP_ONLY);
    if (!vscode.workspace.isTrusted) throw new Error('Live clusters are off in this workspace, because you have not trusted it: a kubeconfig may run programs.');
    if (token?.isCancellationRequested) throw new Canceled();
    if (!this.client.isRunning) await this.client.request('configure', settings());
    let listener: vscode.Disposable | undefined;
    try {
      return await this.client.request(method, params, { progress, onCancel: (cancel) => { listener = token?.onCancellationRequested(cancel); } });
    } finally {
      listener?.dispose();
    }
  }

  /** About runs that are there: nothing is started for a question about one that cannot be. */
  async ask<M extends 'diagram' | 'detail' | 'mermaid'>(method: M, params: LiveParams<M>): Promise<LiveResult<M>> {
    return this.client.isRunning ? this.request(method, params) : null;
  }

  dispose(): void {
    this.client.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private became(state: ConnectionState): void {
    if (state.phase !== this.current.phase) this.log.info(`live: ${state.phase}${state.context ? ` (${state.context})` : ''}: ${state.text}`);
    this.current = state;
    this.stateEmitter.fire(state);
    this.changedEmitter.fire();
  }

  private failed(reason: string): void {
    this.log.error(`live mode ended: ${reason}`);
    this.became({ ...this.current, phase: 'failed', text: `Live mode ended (${reason}). Connect again.`, notices: [] });
  }
}

function settings(): LiveSettings {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const pods = configuration.get<unknown>('live.limits.pods');
  const audit = configuration.get<unknown>('live.auditLog');
  const { seed, refuseRemovedVersions, limits } = worldSettings();
  return {
    limits: { ...DEFAULT_LIVE_LIMITS, ...(typeof pods === 'number' && Number.isFinite(pods) ? { pods: Math.min(200_000, Math.max(100, Math.round(pods))) } : {}) },
    seed, refuseRemovedVersions, virtualMinutes: limits.virtualMinutes, auditLog: typeof audit === 'string' ? audit.trim() : '',
  };
}

export const predictsBeforeCreate = (): boolean => vscode.workspace.getConfiguration(SECTION).get('live.predict', true);
