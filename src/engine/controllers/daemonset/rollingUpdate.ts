import type { DaemonSet, Pod } from '../../api/generated/types';
import { scaledValue } from '../intOrPercent';
import { isPodAvailable, isPodReady } from '../podUtil';

export interface RollingInput {
  readonly ds: DaemonSet;
  /** Node → its daemon pods. */
  readonly byNode: ReadonlyMap<string, readonly Pod[]>;
  readonly desired: number;
  readonly isUpdated: (pod: Pod) => boolean;
  readonly shouldRun: (node: string) => boolean;
  readonly now: number;
}

export interface RollingPlan {
  readonly remove: readonly Pod[];
  /** Nodes that get a new pod beside the old one (maxSurge). */
  readonly create: readonly string[];
}

/** The new and the old pod of a node; undefined when there is more than one of either, which the next sync puts right. */
function pair(pods: readonly Pod[], isUpdated: (pod: Pod) => boolean): { readonly fresh: Pod | undefined; readonly old: Pod | undefined } | undefined {
  let fresh: Pod | undefined, old: Pod | undefined;
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    if (isUpdated(pod)) { if (fresh) return undefined; fresh = pod; } else { if (old) return undefined; old = pod; }
  }
  return { fresh, old };
}

/** One step of a daemon set's rolling update: which old pods may go now. */
export function rollingUpdate(input: RollingInput): RollingPlan {
  const rolling = input.ds.spec.updateStrategy?.rollingUpdate;
  const surge = scaledValue(rolling?.maxSurge ?? 0, input.desired, true) ?? 0;
  const unavailable = scaledValue(rolling?.maxUnavailable ?? 1, input.desired, true) ?? 0;
  if (surge > 0) return surgeUpdate(input, surge);
  const maxUnavailable = surge === 0 && unavailable === 0 ? 1 : unavailable;
  const min = input.ds.spec.minReadySeconds ?? 0;
  const replace: Pod[] = [], candidates: Pod[] = [];
  let missing = 0;
  for (const pods of input.byNode.values()) {
    const found = pair(pods, input.isUpdated);
    if (found === undefined || (found.fresh === undefined) === (found.old === undefined)) { missing++; continue; }
    if (found.fresh) { if (!isPodAvailable(found.fresh, min, input.now)) missing++; continue; }
    const old = found.old as Pod;
    if (!isPodAvailable(old, min, input.now)) replace.push(old); else if (missing < maxUnavailable) candidates.push(old);
  }
  return { remove: [...replace, ...candidates.slice(0, Math.max(0, maxUnavailable - missing))], create: [] };
}

function surgeUpdate(input: RollingInput, maxSurge: number): RollingPlan {
  const min = input.ds.spec.minReadySeconds ?? 0;
  const remove: Pod[] = [], create: string[] = [], candidates: string[] = [];
  let surging = 0;
  for (const [node, pods] of input.byNode) {
    const found = pair(pods, input.isUpdated);
    if (found === undefined) { surging++; continue; }
    const { fresh, old } = found;
    if (old === undefined) continue;
    if (fresh === undefined) {
      if (!input.shouldRun(node)) continue;
      if (!isPodReady(old)) create.push(node); else candidates.push(node);
    } else if (isPodAvailable(fresh, min, input.now)) remove.push(old); else surging++;
  }
  return { remove, create: [...create, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}
