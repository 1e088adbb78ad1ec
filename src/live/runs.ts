import { buildDiagram } from '../diagram/build';
import { detailOf } from '../diagram/detail';
import type { Detail } from '../diagram/detailModel';
import { toMermaid } from '../diagram/mermaid';
import type { DiagramModel, View } from '../diagram/model';
import type { RunRecord } from '../diagram/record';
import type { Comparison, LiveRun } from './protocol';

export interface KeptRun {
  readonly record: RunRecord;
  readonly summary: LiveRun;
  readonly comparison?: Comparison;
  /** Objects that the run keeps alive: a simulated cluster is as large as the real one. */
  readonly weight: number;
}

const MAX_RUNS = 20;
/** Objects that all kept runs together may hold on to. */
const MAX_WEIGHT = 120_000;

/** Runs whose diagrams can still be asked for; the oldest go first. */
export class Runs {
  private readonly runs = new Map<string, KeptRun>();

  keep(kept: KeptRun): void {
    this.runs.set(kept.summary.run, kept);
    const weight = (): number => [...this.runs.values()].reduce((sum, r) => sum + r.weight, 0);
    while (this.runs.size > MAX_RUNS || (this.runs.size > 2 && weight() > MAX_WEIGHT)) this.runs.delete(this.runs.keys().next().value as string);
  }

  get(run: string): KeptRun | undefined { return this.runs.get(run); }

  diagram(run: string, view: View): DiagramModel | null {
    const kept = this.runs.get(run);
    return kept ? { ...buildDiagram(kept.record, view), answer: kept.summary.answer } : null;
  }

  detail(run: string, item: string, view: View): Detail | null {
    const kept = this.runs.get(run);
    return (kept && detailOf(kept.record, item, view.level)) ?? null;
  }

  mermaid(run: string, view: View): string | null {
    const model = this.diagram(run, view);
    return model && toMermaid(model).text;
  }
}
