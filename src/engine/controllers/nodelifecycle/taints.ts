import type { Node, Taint } from '../../api/generated/types';
import { isStatus, type Status } from '../../api/status';
import type { ControllerContext } from '../../client/controller';
import { NODES } from '../../client/resources';
import type { Process } from '../../simulation/process';
import { isConflict, isNotFound } from '../outcome';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** Condition → status → the taint that keeps pods from being scheduled. */
const BY_CONDITION: { readonly [type: string]: { readonly [status: string]: string } } = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const MANAGED: ReadonlySet<string> = new Set([...Object.values(BY_CONDITION).flatMap((taints) => Object.values(taints)), UNSCHEDULABLE]);
/** controller.UpdateTaintBackoff */
const ATTEMPTS = 5;

export interface TaintChange {
  readonly add: readonly Taint[];
  readonly remove: readonly Taint[];
}

const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

/** The NoSchedule taints that follow from conditions and from spec.unschedulable, against those that are there. */
export function noScheduleChange(node: Node): TaintChange {
  const wanted: Taint[] = [];
  for (const condition of node.status?.conditions ?? []) {
    const key = BY_CONDITION[condition.type]?.[condition.status];
    if (key !== undefined) wanted.push({ key, effect: 'NoSchedule' });
  }
  if (node.spec?.unschedulable) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const present = (node.spec?.taints ?? []).filter((taint) => taint.effect === 'NoSchedule' && MANAGED.has(taint.key));
  return { add: wanted.filter((w) => !present.some((p) => same(p, w))), remove: present.filter((p) => !wanted.some((w) => same(p, w))) };
}

/** The NoExecute taints of a node that is not ready or cannot be reached. */
export function noExecuteChange(node: Node, ready: string): TaintChange {
  const present = (node.spec?.taints ?? []).filter((t) => t.effect === 'NoExecute' && (t.key === NOT_READY || t.key === UNREACHABLE));
  const key = ready === 'False' ? NOT_READY : ready === 'Unknown' ? UNREACHABLE : undefined;
  return { add: key !== undefined && !present.some((t) => t.key === key) ? [{ key, effect: 'NoExecute' }] : [], remove: present.filter((t) => t.key !== key) };
}

/** controllerutil.SwapNodeControllerTaint: one patch that adds, one that removes, each on a fresh copy, tried again on conflict. */
export function* swapTaints(context: ControllerContext, name: string, change: TaintChange): Process<Status | undefined> {
  const timeAdded = context.simulation.timestamp();
  const added = change.add.map((taint) => ({ ...taint, timeAdded }));
  if (added.length > 0) {
    const failure = yield* patchTaints(context, name, (taints) => [...added, ...taints.filter((t) => !added.some((a) => same(a, t)))]);
    if (failure) return failure;
  }
  if (change.remove.length === 0) return undefined;
  return yield* patchTaints(context, name, (taints) => taints.filter((t) => !change.remove.some((r) => same(r, t))));
}

function* patchTaints(context: ControllerContext, name: string, edit: (taints: readonly Taint[]) => readonly Taint[]): Process<Status | undefined> {
  for (let attempt = 1; ; attempt++) {
    const node = yield* context.client.get(NODES, '', name);
    if (isStatus(node)) return isNotFound(node) ? undefined : node;
    const before = node.spec?.taints ?? [];
    const after = edit(before);
    if (after.length === before.length && after.every((t) => before.some((b) => same(b, t)))) return undefined;
    const body = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: after.length > 0 ? after : null } };
    const patched = yield* context.client.patch(NODES, '', name, 'application/strategic-merge-patch+json', body);
    if (!isStatus(patched)) return undefined;
    if (!isConflict(patched) || attempt >= ATTEMPTS) return patched;
  }
}
