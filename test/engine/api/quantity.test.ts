import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addQuantity, canonicalQuantity, compareQuantity, milliQuantityOf, parseQuantity, quantityError, quantityMilliValue, quantityOf, quantityValue, subtractQuantity, type Quantity } from '../../../src/engine/api/quantity';

const CANONICAL: readonly (readonly [string | number, string, number, number])[] = [
  ['0', '0', 0, 0], ['0Mi', '0', 0, 0], ['1', '1', 1, 1000], ['1000', '1k', 1000, 1e6], ['1000m', '1', 1, 1000], ['100m', '100m', 1, 100], ['0.1', '100m', 1, 100],
  ['1.5', '1500m', 2, 1500], ['1500m', '1500m', 2, 1500], ['0.5Gi', '512Mi', 536870912, 536870912000], ['1.5Gi', '1536Mi', 1610612736, 1610612736000], ['1024Mi', '1Gi', 1073741824, 1073741824000],
  ['1025Mi', '1025Mi', 1074790400, 1074790400000], ['0.1Mi', '104857600m', 104858, 104857600], ['1Ki', '1Ki', 1024, 1024000], ['0.5Ki', '512', 512, 512000], ['1e3', '1e3', 1000, 1e6], ['1e2', '100', 100, 1e5],
  ['1E', '1E', 1e18, 1e21], ['100M', '100M', 1e8, 1e11], ['1u', '1u', 1, 1], ['1.0001m', '1000100n', 1, 2], ['0.0000000001', '1n', 1, 1], ['1e-10', '1e-9', 1, 1], ['-1.5', '-1500m', -2, -1500],
  ['12.', '12.', 12, 12000], [0.5, '500m', 1, 500], [2, '2', 2, 2000], ['128974848', '128974848', 128974848, 128974848000], ['129e6', '129e6', 129e6, 129e9], ['+5', '+5', 5, 5000],
  ['4000', '4k', 4000, 4e6], ['20000000', '20M', 2e7, 2e10], ['9Ei', '9223372036854775807', 2 ** 63, Number(((1n << 63n) - 1n) * 1000n)],
];

for (const [input, text, value, milli] of CANONICAL) {
  test(`quantity ${input} prints ${text}`, () => {
    assert.equal(canonicalQuantity(input), text);
    assert.equal(quantityValue(input), value);
    assert.equal(quantityMilliValue(input), milli);
  });
}

test('errors are in the words of Kubernetes', () => {
  const format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  for (const text of ['', 'abc', '1 Gi', '1Gib', '1..2', '1g']) assert.equal(quantityError(text), format, text);
  for (const text of ['1K', '1ee3', '1mi', '1e', '1e99999999']) assert.equal(quantityError(text), "unable to parse quantity's suffix", text);
  assert.equal(quantityError('1Gi'), undefined);
});

const q = (text: string): Quantity => parseQuantity(text) ?? assert.fail(text);

test('sums keep the notation of the first, or of the second where the first is zero', () => {
  assert.equal(addQuantity(q('1Gi'), q('512Mi')).text, '1536Mi');
  assert.equal(addQuantity(q('0'), q('512Mi')).text, '512Mi');
  assert.equal(addQuantity(q('100m'), q('0.9')).text, '1');
  assert.equal(subtractQuantity(q('1'), q('1500m')).text, '-500m');
  assert.equal(subtractQuantity(q('2Gi'), q('2Gi')).text, '0');
});

test('comparison is exact across notations', () => {
  assert.equal(compareQuantity(q('1Gi'), q('1073741824')), 0);
  assert.equal(compareQuantity(q('1G'), q('1Gi')), -1);
  assert.equal(compareQuantity(q('1'), q('999m')), 1);
});

test('quantities from numbers', () => {
  assert.equal(quantityOf(1 << 30, 'BinarySI').text, '1Gi');
  assert.equal(milliQuantityOf(1500).text, '1500m');
});
