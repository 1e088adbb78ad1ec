import { Optional, type Environment } from '@marcbachmann/cel-js';
import { CelFailure } from '../words';
import { celEquals, compareValues } from '../values';
import { Duration } from './types';

function isSorted(list: readonly unknown[]): boolean {
  for (let i = 1; i < list.length; i++) if (compareValues(list[i - 1], list[i]) > 0) return false;
  return true;
}

function extreme(list: readonly unknown[], wanted: -1 | 1, name: string): unknown {
  if (list.length === 0) throw new CelFailure(`${name} called on empty list`);
  return list.reduce((best, value) => (compareValues(value, best) * wanted > 0 ? value : best));
}

function sum(list: readonly unknown[]): unknown {
  const [first, ...rest] = list;
  if (first === undefined) return 0n;
  return rest.reduce((total, value) => {
    if (typeof total === 'bigint' && typeof value === 'bigint') return total + value;
    if (typeof total === 'number' && typeof value === 'number') return total + value;
    if (total instanceof Duration && value instanceof Duration) return total.addDuration(value);
    throw new CelFailure('no such overload');
  }, first);
}

const includes = (list: readonly unknown[], value: unknown): boolean => list.some((element) => celEquals(element, value));
const contains = (list: readonly unknown[], part: readonly unknown[]): boolean => part.every((value) => includes(list, value));

/** Holds the functions of cel-go's sets: "sets.contains(a, b)". */
class SetsNamespace {}

/** Kubernetes' functions on lists, and cel-go's sets. */
export function lists(environment: Environment): void {
  environment
    .registerFunction('list<T>.isSorted(): bool', isSorted)
    .registerFunction('list<T>.sum(): T', sum)
    .registerFunction('list<T>.min(): T', (list: readonly unknown[]) => extreme(list, -1, 'min'))
    .registerFunction('list<T>.max(): T', (list: readonly unknown[]) => extreme(list, 1, 'max'))
    .registerFunction('list<T>.indexOf(T): int', (list: readonly unknown[], value: unknown) => BigInt(list.findIndex((element) => celEquals(element, value))))
    .registerFunction('list<T>.lastIndexOf(T): int', (list: readonly unknown[], value: unknown) => BigInt(list.findLastIndex((element) => celEquals(element, value))))
    .registerType('SetsNamespace', SetsNamespace)
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction('SetsNamespace.contains(list<T>, list<T>): bool', (_: SetsNamespace, a: readonly unknown[], b: readonly unknown[]) => contains(a, b))
    .registerFunction('SetsNamespace.equivalent(list<T>, list<T>): bool', (_: SetsNamespace, a: readonly unknown[], b: readonly unknown[]) => contains(a, b) && contains(b, a))
    .registerFunction('SetsNamespace.intersects(list<T>, list<T>): bool', (_: SetsNamespace, a: readonly unknown[], b: readonly unknown[]) => b.some((value) => includes(a, value)));
}

export const none = (): Optional => Optional.none();
export const some = <T>(value: T): Optional<T> => Optional.of(value);
