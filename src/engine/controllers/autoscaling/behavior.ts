import type { V2HorizontalPodAutoscalerSpec } from '../../api/generated/types';

type Behavior = NonNullable<V2HorizontalPodAutoscalerSpec['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

const DEFAULT_UP: Rules = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }] };
const DEFAULT_DOWN: Rules = { stabilizationWindowSeconds: 300, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

export interface Change {
  readonly at: number;
  readonly replicas: number;
}

/** What an autoscaler remembers: recommendations of the last minutes, and how it scaled. */
export interface History {
  readonly recommendations: Change[];
  readonly ups: Change[];
  readonly downs: Change[];
}

export interface Verdict {
  readonly replicas: number;
  readonly stabilized: boolean;
  /** The reason of the condition ScalingLimited, and its message; undefined when nothing limits. */
  readonly limited: { readonly reason: string; readonly message: string } | undefined;
}

/** normalizeDesiredReplicasWithBehaviors: what is wanted, held back by the windows, the policies and the bounds. */
export function normalize(spec: V2HorizontalPodAutoscalerSpec, current: number, wanted: number, history: History, now: number): Verdict {
  const up = { ...DEFAULT_UP, ...spec.behavior?.scaleUp }, down = { ...DEFAULT_DOWN, ...spec.behavior?.scaleDown };
  const stable = stabilize(current, wanted, up, down, history, now);
  const min = spec.minReplicas ?? 1, max = spec.maxReplicas;
  const bounded = (replicas: number, limit: Verdict['limited']): Verdict => ({ replicas, stabilized: stable !== wanted, limited: limit });
  if (stable > current) {
    const limit = Math.max(current, scaleUpLimit(current, up, history, now));
    const most = Math.min(max, limit);
    if (stable > most) return bounded(most, limit > max ? TOO_MANY : { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' });
    return bounded(Math.max(stable, min), stable < min ? TOO_FEW : undefined);
  }
  if (stable < current) {
    const limit = Math.min(current, scaleDownLimit(current, down, history, now));
    const least = Math.max(min, limit);
    if (stable < least) return bounded(least, limit < min ? TOO_FEW : { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' });
    return bounded(Math.min(stable, max), stable > max ? TOO_MANY : undefined);
  }
  if (stable < min) return bounded(min, TOO_FEW);
  return bounded(Math.min(stable, max), stable > max ? TOO_MANY : undefined);
}

const TOO_MANY = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const TOO_FEW = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };

/** Within a window the least that was recommended limits growth, the most that was recommended limits shrinking. */
function stabilize(current: number, wanted: number, up: Rules, down: Rules, history: History, now: number): number {
  let lowest = wanted, highest = wanted;
  for (const { at, replicas } of history.recommendations) {
    if (at > now - (up.stabilizationWindowSeconds ?? 0) * 1000) lowest = Math.min(lowest, replicas);
    if (at > now - (down.stabilizationWindowSeconds ?? 300) * 1000) highest = Math.max(highest, replicas);
  }
  const longest = Math.max(up.stabilizationWindowSeconds ?? 0, down.stabilizationWindowSeconds ?? 300) * 1000;
  history.recommendations.splice(0, history.recommendations.length, ...history.recommendations.filter(({ at }) => at > now - longest), { at: now, replicas: wanted });
  return Math.min(Math.max(current, lowest), highest);
}

const changedWithin = (changes: readonly Change[], seconds: number, now: number): number => changes.filter(({ at }) => at > now - seconds * 1000).reduce((n, { replicas }) => n + replicas, 0);

function scaleUpLimit(current: number, rules: Rules, history: History, now: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = (rules.policies ?? []).map((policy) => {
    const start = current - changedWithin(history.ups, policy.periodSeconds, now) + changedWithin(history.downs, policy.periodSeconds, now);
    return policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return rules.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function scaleDownLimit(current: number, rules: Rules, history: History, now: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = (rules.policies ?? []).map((policy) => {
    const start = current - changedWithin(history.ups, policy.periodSeconds, now) + changedWithin(history.downs, policy.periodSeconds, now);
    return policy.type === 'Pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return rules.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

/** Remembers a change of size, for as long as a policy could ask for it. */
export function record(history: History, from: number, to: number, now: number): void {
  const keep = (changes: Change[]): void => { changes.splice(0, changes.length, ...changes.filter(({ at }) => at > now - 3_600_000)); };
  keep(history.ups);
  keep(history.downs);
  if (to > from) history.ups.push({ at: now, replicas: to - from });
  else if (to < from) history.downs.push({ at: now, replicas: from - to });
}
