import * as vscode from 'vscode';
import type { KubectlTerminal } from '../kubectlTerminal';
import type { ClusterTree } from '../tree';
import { chooseClusterFile, copyDiagram, reset, saveDiagram } from './cluster';
import { complain, type CommandContext } from './context';
import { chooseAndRun, createDocument, onManifests, recreate } from './manifests';
import type { EditPreviews } from '../editPreview';
import { applySuggestion } from '../suggestions';
import { breakOrRepair, restoreSnapshot, saveSnapshot } from '../etcd/commands';
import { addNode, letTimePass, onNode, taintNode } from './nodes';
import { deleteObject, openManifest, openYaml, scale, showHistory } from './objects';

type Handler = (...parameters: unknown[]) => Promise<void> | void;

/** What commands act on besides the engine and the panel. */
export interface CommandParts { readonly trees: { readonly nodes: ClusterTree; readonly workloads: ClusterTree }; readonly previews: EditPreviews; readonly terminal: KubectlTerminal }

/** Every command of the extension, by its name without the prefix. */
function handlers(context: CommandContext, { trees, previews, terminal }: CommandParts): { readonly [name: string]: Handler } {
  const { panel } = context;
  return {
    create: onManifests(context, 'create'), createFrom: () => chooseAndRun(context, 'create'), createDocument: createDocument(context), delete: onManifests(context, 'delete'),
    showDiagram: () => panel.reveal(), showRun: (run) => (typeof run === 'string' ? panel.show(run, undefined) : panel.reveal()), reset: reset(context), chooseClusterFile: chooseClusterFile(context),
    scale: scale(context), deleteObject: deleteObject(context), openYaml: openYaml(context), showHistory: showHistory(context), openManifest: openManifest(context),
    cordon: onNode(context, 'cordon'), uncordon: onNode(context, 'uncordon'), drain: onNode(context, 'drain'), killNode: onNode(context, 'killNode'), startNode: onNode(context, 'startNode'),
    taint: taintNode(context), addNode: addNode(context), letTimePass: letTimePass(context), openKubectlTerminal: () => terminal.open(), copyMermaid: copyDiagram(context), saveSvg: saveDiagram(context),
    recreate: recreate(context), applySuggestion: applySuggestion(context, previews),
    breakOrRepair: breakOrRepair(context), saveSnapshot: saveSnapshot(context), restoreSnapshot: restoreSnapshot(context),
    'showMore.nodes': (parent) => trees.nodes.showMore(String(parent)), 'showMore.workloads': (parent) => trees.workloads.showMore(String(parent)),
  };
}

export function registerCommands(context: CommandContext, parts: CommandParts): vscode.Disposable {
  const registered = Object.entries(handlers(context, parts)).map(([name, handler]) => vscode.commands.registerCommand(`controlplane.${name}`, async (...parameters: unknown[]) => {
    try { await handler(...parameters); } catch (thrown) { complain(context, thrown); }
  }));
  return vscode.Disposable.from(...registered);
}
