import { addQuantity, compareQuantity, parseQuantity, quantityOf, subtractQuantity, type Quantity } from '../quantity';

/** Amounts of resources by name: v1.ResourceList. */
export type Amounts = ReadonlyMap<string, Quantity>;
export type ResourceList = { readonly [name: string]: string } | undefined;

export const ONE = quantityOf(1);
export const NOTHING = quantityOf(0);

/** Reads a list as objects carry it; what is no quantity is left out (validation refuses it elsewhere). */
export function amountsOf(list: ResourceList): Map<string, Quantity> {
  const amounts = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    if (quantity) amounts.set(name, quantity);
  }
  return amounts;
}

/** As objects carry it, sorted by name. */
export function listOf(amounts: Amounts): { readonly [name: string]: string } {
  return Object.fromEntries([...amounts].sort(byName).map(([name, quantity]) => [name, quantity.text]));
}

export function addTo(sum: Map<string, Quantity>, more: Amounts): void {
  for (const [name, quantity] of more) {
    const before = sum.get(name);
    sum.set(name, before ? addQuantity(before, quantity) : quantity);
  }
}

export function raiseTo(most: Map<string, Quantity>, other: Amounts): void {
  for (const [name, quantity] of other) {
    const before = most.get(name);
    if (!before || compareQuantity(quantity, before) > 0) most.set(name, quantity);
  }
}

export function plus(a: Amounts, b: Amounts): Map<string, Quantity> {
  const sum = new Map(a);
  addTo(sum, b);
  return sum;
}

/** SubtractWithNonNegativeResult: a − b, never below zero; what only b has is zero. */
export function minusNotBelowZero(a: Amounts, b: Amounts): Map<string, Quantity> {
  const difference = new Map<string, Quantity>();
  for (const [name, quantity] of a) {
    const other = b.get(name);
    const left = other ? subtractQuantity(quantity, other) : quantity;
    difference.set(name, left.unscaled < 0n ? NOTHING : left);
  }
  for (const name of b.keys()) if (!difference.has(name)) difference.set(name, NOTHING);
  return difference;
}

/** Only the named resources. */
export function only(amounts: Amounts, names: Iterable<string>): Map<string, Quantity> {
  const some = new Map<string, Quantity>();
  for (const name of names) {
    const quantity = amounts.get(name);
    if (quantity) some.set(name, quantity);
  }
  return some;
}

export function withoutZeros(amounts: Amounts): Map<string, Quantity> {
  return new Map([...amounts].filter(([, quantity]) => quantity.unscaled !== 0n));
}

export function sameAmounts(a: Amounts, b: Amounts): boolean {
  if (a.size !== b.size) return false;
  for (const [name, quantity] of a) {
    const other = b.get(name);
    if (!other || compareQuantity(quantity, other) !== 0) return false;
  }
  return true;
}

/** The resources of which `used` is more than `hard` allows. */
export function exceeded(used: Amounts, hard: Amounts): readonly string[] {
  return [...hard].filter(([name, limit]) => { const amount = used.get(name); return amount !== undefined && compareQuantity(amount, limit) > 0; }).map(([name]) => name);
}

/** "cpu=1,pods=2": sorted by name, as messages have it. */
export const printAmounts = (amounts: Amounts): string => [...amounts].sort(byName).map(([name, quantity]) => `${name}=${quantity.text}`).join(',');

const byName = ([a]: readonly [string, Quantity], [b]: readonly [string, Quantity]): number => (a < b ? -1 : a > b ? 1 : 0);
