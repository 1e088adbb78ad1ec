import * as vscode from 'vscode';
import { duration } from '../diagram/duration';
import type { TreeView } from '../worker/protocol';
import type { DiagramPanel } from './diagramPanel';
import { failureText, type EngineService } from './engineService';
import { selectInManifest } from './reveal';
import { isLiveRun } from './runSource';
import type { ClusterTree } from './tree';

interface Step { readonly run: string; readonly message: number; readonly answered?: boolean }

/**
 * While a person steps through the diagram, the trees and the manifest show what each step is about, as far as they are in sight. While
 * travelling in time, the trees show the whole cluster as it was at that step.
 */
export function followSteps(panel: DiagramPanel, engine: EngineService, trees: { readonly [V in TreeView]: ClusterTree }, log: vscode.LogOutputChannel): vscode.Disposable {
  let steps = 0;
  let travelling = false;
  const travel = async (to: Step | null): Promise<void> => {
    const moment = await engine.request('travel', to);
    const words = moment ? `as of revision ${moment.revision}, ${duration(moment.at)}` : '';
    for (const tree of Object.values(trees)) tree.showMoment(words);
  };
  const attempt = (what: string, work: () => Promise<void>): void => {
    work().catch((thrown: unknown) => {
      const text = failureText(thrown);
      if (text !== undefined) log.warn(`${what}: ${text}`);
    });
  };
  return vscode.Disposable.from(
    panel.onDidSelect((selected) => {
      const step = ++steps;
      // The trees of the simulated cluster know nothing of a live one.
      if (isLiveRun(selected.run)) return;
      attempt('following the diagram', async () => {
        if (travelling) await travel(selected);
        const place = await engine.request('place', selected);
        // Whoever holds an arrow key down is further by now.
        if (!place || step !== steps) return;
        await Promise.all([trees.nodes.follow(place.trails.nodes), trees.workloads.follow(place.trails.workloads), place.link ? selectInManifest(engine, place.link) : undefined]);
      });
    }),
    panel.onDidTravel(({ on, run, message }) => {
      travelling = on;
      if (isLiveRun(run)) return;
      attempt('time travel', () => travel(on && message !== 0 ? { run, message } : null));
    }),
    // An action takes place now, whatever was looked at before.
    engine.onDidRun(() => { for (const tree of Object.values(trees)) tree.showMoment(''); }),
  );
}
