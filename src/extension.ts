import * as vscode from 'vscode';
import { registerCodeLenses } from './editor/codeLens';
import { registerCommands } from './editor/commands/register';
import { registerDiagnostics } from './editor/diagnostics';
import { DiagramPanel, VIEW_TYPE } from './editor/diagramPanel';
import { EditPreviews } from './editor/editPreview';
import { EngineService, type RequestOptions } from './editor/engineService';
import { followSteps } from './editor/follow';
import { registerHover } from './editor/hover';
import { registerLive } from './editor/live/register';
import { LiveMode } from './editor/live/service';
import { registerManifestContext } from './editor/manifestContext';
import { registerObjectDocuments } from './editor/objects';
import { KubectlTerminal } from './editor/kubectlTerminal';
import { Outlines } from './editor/outlines';
import { registerSuggestions } from './editor/suggestions';
import { ClusterTree } from './editor/tree';
import type { ConnectionState, LiveMethod, LiveParams, LiveResult } from './live/protocol';
import type { Method, Params, Result } from './worker/protocol';
import { isNode, workerStarter } from './worker/start';

/** What tests ask of the running extension. */
export interface ExtensionApi {
  request<M extends Method>(method: M, params: Params<M>, options?: RequestOptions): Promise<Result<M>>;
  /** The run whose diagram was last drawn. */
  readonly currentRun: string;
  liveRequest<M extends LiveMethod>(method: M, params: LiveParams<M>): Promise<LiveResult<M>>;
  liveState(): ConnectionState;
}

/** Called by VS Code on first use. Everything disposable is owned by the context; the engine's worker starts with the first question. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const log = vscode.window.createOutputChannel('Control Plane', { log: true });
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js');
  const engine = new EngineService(workerStarter({ path: script.scheme === 'file' ? script.fsPath : undefined, read: async () => vscode.workspace.fs.readFile(script) }), log);
  const outlines = new Outlines(engine, log);
  const live = new LiveMode(context.extensionUri, log);
  const panel = new DiagramPanel(context.extensionUri, engine, live, log);
  const trees = { nodes: new ClusterTree('nodes', engine, log), workloads: new ClusterTree('workloads', engine, log) };
  const previews = new EditPreviews();
  const terminal = openTerminal = new KubectlTerminal(engine, panel, log, isNode() && script.scheme === 'file');
  context.subscriptions.push(
    log, engine, outlines, live, panel, trees.nodes, trees.workloads, previews, terminal,
    registerLive(live, { engine, panel, log }), registerCommands({ engine, panel, log }, { trees, previews, terminal }),
    registerDiagnostics(outlines), registerSuggestions(engine, outlines, log), registerCodeLenses(outlines), registerHover(engine, log), registerObjectDocuments(engine), registerManifestContext(outlines),
    followSteps(panel, engine, trees, log),
    engine.onDidLoseWorld(() => panel.lost()),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, { deserializeWebviewPanel: (restored) => { panel.restore(restored); return Promise.resolve(); } }),
  );
  return { request: (method, params, options) => engine.request(method, params, options), get currentRun() { return panel.currentRun; }, liveRequest: (method, params) => live.request(method, params), liveState: () => live.state };
}

let openTerminal: KubectlTerminal | undefined;

/** Nothing is left running: the context disposes of the engine and with it of its worker. What kubectl was given is taken back first. */
export async function deactivate(): Promise<void> { await openTerminal?.close(); }
