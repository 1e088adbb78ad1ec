const BINARY: readonly (readonly [string, number])[] = [['Ei', 2 ** 60], ['Pi', 2 ** 50], ['Ti', 2 ** 40], ['Gi', 2 ** 30], ['Mi', 2 ** 20], ['Ki', 2 ** 10]];
const BYTES = new Set(['memory', 'ephemeral-storage']);
const isBytes = (resource: string): boolean => BYTES.has(resource) || resource.startsWith('hugepages-');

/** An amount as in Resource (CPU in thousandths, else whole units) as a person writes it: "1.2", "3.5Gi", "2". Rounded down to `digits`. */
export function amountText(resource: string, amount: number, digits = 2): string {
  if (resource === 'cpu') return String(amount / 1000);
  if (!isBytes(resource)) return String(amount);
  const unit = BINARY.find(([, size]) => Math.abs(amount) >= size);
  if (!unit) return String(amount);
  const scale = 10 ** digits;
  return `${Math.floor((amount / unit[1]) * scale) / scale}${unit[0]}`;
}

/** Amounts side by side, written so exactly that different ones look different. */
export function amountTexts(resource: string, amounts: readonly number[]): readonly string[] {
  for (const digits of [2, 4]) {
    const texts = amounts.map((amount) => amountText(resource, amount, digits));
    if (new Set(texts).size === new Set(amounts).size) return texts;
  }
  return amounts.map(String);
}

/** "CPU", "memory", "example.com/gpu". */
export const resourceWord = (resource: string): string => (resource === 'cpu' ? 'CPU' : resource);

/** "a", "a and b", "a, b and c". */
export function listText(items: readonly string[], word = 'and'): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1) ?? ''}`;
}

/** "1 node", "3 nodes". */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
