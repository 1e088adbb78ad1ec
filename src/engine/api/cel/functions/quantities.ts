import type { Environment } from '@marcbachmann/cel-js';
import { addQuantity, compareQuantity, parseQuantity, quantityError, quantityOf, subtractQuantity, type Quantity } from '../../quantity';
import { CelFailure } from '../words';

/** resource.Quantity as CEL knows it. */
export class QuantityValue {
  constructor(readonly quantity: Quantity) {}
}

const of = (text: string): QuantityValue => {
  const quantity = parseQuantity(text);
  if (!quantity) throw new CelFailure(quantityError(text) ?? 'unable to parse quantity');
  return new QuantityValue(quantity);
};
const whole = ({ quantity: { unscaled, scale } }: QuantityValue): bigint | undefined => {
  if (scale >= 0) return unscaled * 10n ** BigInt(scale);
  const divisor = 10n ** BigInt(-scale);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
};
const MAX = (1n << 63n) - 1n;
const fits = (n: bigint | undefined): n is bigint => n !== undefined && n <= MAX && n >= -MAX - 1n;
const plus = (a: QuantityValue, b: QuantityValue): QuantityValue => new QuantityValue(addQuantity(a.quantity, b.quantity));
const minus = (a: QuantityValue, b: QuantityValue): QuantityValue => new QuantityValue(subtractQuantity(a.quantity, b.quantity));
const integer = (n: bigint): QuantityValue => new QuantityValue(quantityOf(n));
const compare = (a: QuantityValue, b: QuantityValue): number => compareQuantity(a.quantity, b.quantity);

/** Kubernetes' quantities: quantity("1Gi").isGreaterThan(quantity("500Mi")). */
export function quantities(environment: Environment): void {
  environment
    .registerType('kubernetes.Quantity', QuantityValue)
    .registerFunction('quantity(string): kubernetes.Quantity', of)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('kubernetes.Quantity.sign(): int', (q: QuantityValue) => (q.quantity.unscaled > 0n ? 1n : q.quantity.unscaled < 0n ? -1n : 0n))
    .registerFunction('kubernetes.Quantity.isInteger(): bool', (q: QuantityValue) => fits(whole(q)))
    .registerFunction('kubernetes.Quantity.asInteger(): int', (q: QuantityValue) => {
      const n = whole(q);
      if (!fits(n)) throw new CelFailure('cannot convert value to integer');
      return n;
    })
    .registerFunction('kubernetes.Quantity.asApproximateFloat(): double', (q: QuantityValue) => Number(q.quantity.unscaled) * 10 ** q.quantity.scale)
    .registerFunction('kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity', plus)
    .registerFunction('kubernetes.Quantity.add(int): kubernetes.Quantity', (a: QuantityValue, n: bigint) => plus(a, integer(n)))
    .registerFunction('kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity', minus)
    .registerFunction('kubernetes.Quantity.sub(int): kubernetes.Quantity', (a: QuantityValue, n: bigint) => minus(a, integer(n)))
    .registerFunction('kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool', (a: QuantityValue, b: QuantityValue) => compare(a, b) > 0)
    .registerFunction('kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool', (a: QuantityValue, b: QuantityValue) => compare(a, b) < 0)
    .registerFunction('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', (a: QuantityValue, b: QuantityValue) => BigInt(Math.sign(compare(a, b))))
    .registerOperator('kubernetes.Quantity == kubernetes.Quantity', (a: QuantityValue, b: QuantityValue) => compare(a, b) === 0);
}
