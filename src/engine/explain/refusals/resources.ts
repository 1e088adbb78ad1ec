import type { Shortage } from '../../scheduler/framework';
import { amountTexts, listText, resourceWord } from '../amounts';
import { phrase, type Phrase, type Refused } from './phrase';

/** By the list of shortages: nodes that lack the same share it. */
const made = new WeakMap<readonly Shortage[], Phrase>();

/** "has 1.2 of 4 CPU free; the pod asks for 2" */
export function resourcesPhrase({ shortages, reason }: Refused): Phrase {
  if (shortages.length === 0) return phrase(`is out: ${reason}`, `are out: ${reason}`, `resources ${reason}`);
  let known = made.get(shortages);
  if (!known) made.set(shortages, (known = new ResourcesPhrase(shortages)));
  return known;
}

/** Thousands of nodes may lack different amounts, and only a few are put into words. */
class ResourcesPhrase implements Phrase {
  readonly shape: string;
  #one: string | undefined;
  constructor(private readonly shortages: readonly Shortage[]) { this.shape = `resources ${shortages.map((s) => s.resource).sort().join(' ')}`; }
  get one(): string { return (this.#one ??= said(this.shortages, 'has', 'runs')); }
  get many(): string { return said(this.shortages, 'have', 'run'); }
  get summary(): string {
    const scarce = listText(this.shortages.map((s) => (s.resource === 'pods' ? 'room for pods' : resourceWord(s.resource))), 'or');
    const asked = this.shortages.filter((s) => s.resource !== 'pods');
    return `have too little ${scarce}${asked.length > 0 ? `; the pod asks for ${listText(asked.map(askedText))}` : ''}`;
  }
}

const askedText = (s: Shortage): string => `${amountTexts(s.resource, [s.requested])[0] ?? ''} ${resourceWord(s.resource)}`;

function said(shortages: readonly Shortage[], have: string, run: string): string {
  const pods = shortages.find((s) => s.resource === 'pods');
  const amounts = shortages.filter((s) => s.resource !== 'pods').map((s) => ({ ...s, word: resourceWord(s.resource), texts: amountTexts(s.resource, [Math.max(0, s.capacity - s.used), s.capacity, s.requested]) }));
  const parts: string[] = [];
  if (pods) parts.push(pods.capacity === 0 ? `${have} no room for pods at all` : `already ${run} ${pods.used} of at most ${pods.capacity} pods`);
  const none = amounts.filter((a) => a.capacity === 0);
  const small = amounts.filter((a) => a.capacity > 0 && a.requested > a.capacity);
  const full = amounts.filter((a) => a.capacity > 0 && a.requested <= a.capacity);
  if (none.length > 0) parts.push(`${have} no ${listText(none.map((a) => a.word), 'or')}`);
  if (small.length > 0) parts.push(`${have} only ${listText(small.map((a) => `${a.texts[1] ?? ''} ${a.word}`))} in all`);
  if (full.length > 0) parts.push(`${have} ${listText(full.map((a) => `${a.texts[0] ?? ''} of ${a.texts[1] ?? ''} ${a.word}`))} free`);
  const asks = [...none, ...small, ...full].map((a) => (amounts.length > 1 ? `${a.texts[2] ?? ''} ${a.word}` : (a.texts[2] ?? '')));
  return `${listText(parts)}${asks.length > 0 ? `; the pod asks for ${listText(asks)}` : ''}`;
}
