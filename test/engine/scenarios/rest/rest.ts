import type { Stage } from '../operations';
import { attachments } from './attachments';
import { namespaces, owners, removals } from './ownership';
import { capacity, deletions, progress } from './pods';
import { budgets, endpoints, quotas, volumes } from './services';
import { RestView, type Rule } from './view';
import { WORKLOAD_RULES } from './workloads';

const RULES: readonly Rule[] = [owners, removals, namespaces, capacity, deletions, progress, ...WORKLOAD_RULES, endpoints, budgets, volumes, attachments];
const MAX_SAID = 20;

/** What must hold at the latest after the periods in which controllers look at everything. */
const AFTER_A_WHILE: readonly Rule[] = [quotas];

/** What must hold when nothing but named timers is left, and does not. `later`: some minutes have gone by since anybody did anything. */
export function brokenAtRest(stage: Pick<Stage, 'cluster'>, later = false): readonly string[] {
  const view = new RestView(stage.cluster);
  return [...RULES, ...(later ? AFTER_A_WHILE : [])].flatMap((rule) => [...rule(view)]).slice(0, MAX_SAID);
}
