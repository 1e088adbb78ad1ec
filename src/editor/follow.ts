import type * as vscode from 'vscode';
import type { TreeView } from '../worker/protocol';
import type { DiagramPanel } from './diagramPanel';
import { failureText, type EngineService } from './engineService';
import { selectInManifest } from './reveal';
import { isLiveRun } from './runSource';
import type { ClusterTree } from './tree';

/** While a person steps through the diagram, the trees and the manifest show what each step is about, as far as they are in sight. */
export function followSteps(panel: DiagramPanel, engine: EngineService, trees: { readonly [V in TreeView]: ClusterTree }, log: vscode.LogOutputChannel): vscode.Disposable {
  let steps = 0;
  return panel.onDidSelect((selected) => {
    const step = ++steps;
    // The trees of the simulated cluster know nothing of a live one.
    if (isLiveRun(selected.run)) return;
    void (async () => {
      const place = await engine.request('place', selected);
      // Whoever holds an arrow key down is further by now.
      if (!place || step !== steps) return;
      await Promise.all([trees.nodes.follow(place.trails.nodes), trees.workloads.follow(place.trails.workloads), place.link ? selectInManifest(engine, place.link) : undefined]);
    })().catch((thrown: unknown) => {
      const text = failureText(thrown);
      if (text !== undefined) log.warn(`following the diagram: ${text}`);
    });
  });
}
