import { parseQuantity, quantityMilliValue, quantityValue } from '../../quantity';

/** "hugepages-2Mi" takes whole pages only. */
export function isHugePageValueDivisible(name: string, value: string | undefined): boolean {
  const size = parseQuantity(name.slice('hugepages-'.length));
  if (!size || size.value <= 0 || quantityMilliValue(size) % 1000 !== 0) return false;
  return quantityValue(value) % size.value === 0;
}
