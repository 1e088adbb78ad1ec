/** intstr.GetScaledValueFromIntOrPercent: a number, or a percentage of the total, rounded up or down. Undefined when it is neither. */
export function scaledValue(value: string | number | undefined, total: number, roundUp: boolean): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(value);
  if (match === null) return undefined;
  const exact = (Number(match[1]) * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
