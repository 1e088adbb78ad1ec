/** What conditions of all kinds have in common. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export const getCondition = <C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined => conditions?.find((c) => c.type === type);

export const removeCondition = <C extends Condition>(conditions: readonly C[] | undefined, type: string): readonly C[] => (conditions ?? []).filter((c) => c.type !== type);

/**
 * As the workload controllers set a condition: nothing changes while status and reason stay the same; the transition time stays while
 * the status does; the changed one goes to the end of the list.
 */
export function setCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] {
  const current = getCondition(conditions, condition.type);
  if (current && current.status === condition.status && current.reason === condition.reason) return conditions as readonly C[];
  const kept = current && current.status === condition.status ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  return [...removeCondition(conditions, condition.type), kept];
}

/** meta.SetStatusCondition: the condition is replaced in its place; its transition time changes with its status. */
export function setStatusCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] {
  const list = conditions ?? [];
  const at = list.findIndex((c) => c.type === condition.type);
  if (at < 0) return [...list, condition];
  const current = list[at] as C;
  const kept = current.status === condition.status ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  return list.map((c, i) => (i === at ? kept : c));
}
