import { compareQuantity, parseQuantity, quantityOf, quantityValue, type Quantity } from '../../quantity';
import { invalid, notSupported, type Errors, type Path } from '../field';
import { NOT_NEGATIVE, NOT_POSITIVE } from '../meta';

/** Small checks of single values that many kinds share. */
const ZERO = quantityOf(0);

/** Decoding has refused unparsable quantities before; such a text counts as zero here. */
export const quantity = (text: string | undefined): Quantity => (text === undefined ? ZERO : parseQuantity(text) ?? ZERO);
export const ONE_QUANTITY = quantityOf(1);

/** `supported` in the order the message lists it. */
export function validateEnum(value: string, supported: readonly string[], path: Path, errs: Errors): void {
  if (!supported.includes(value)) errs.push(notSupported(path, value, supported));
}

export function validateNonnegativeQuantity(text: string, path: Path, errs: Errors): void {
  if (compareQuantity(quantity(text), ZERO) < 0) errs.push(invalid(path, quantity(text).text, NOT_NEGATIVE));
}

export function validatePositiveQuantity(text: string, path: Path, errs: Errors): boolean {
  if (compareQuantity(quantity(text), ZERO) > 0) return true;
  errs.push(invalid(path, quantity(text).text, NOT_POSITIVE));
  return false;
}

/** Prints the integer value, as the original does. */
export function validateBasicResource(text: string, path: Path, errs: Errors): void {
  const value = quantityValue(text);
  if (value < 0) errs.push(invalid(path, value, 'must be a valid resource quantity'));
}
