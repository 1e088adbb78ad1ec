import { SPREAD_STATE } from '../../scheduler/plugins/podTopologySpread';
import { count } from '../amounts';
import { topologyWord } from './affinity';
import { having, phrase, type Phrase, type Refused } from './phrase';

/** Which topology spread constraint refused the node, with its counts. */
export function spreadPhrase({ state, pod, node, reason }: Refused): Phrase {
  const data = state().read(SPREAD_STATE);
  const failed = data?.constraints.findIndex((constraint, i) => {
    const value = node.labels?.[constraint.topologyKey];
    if (value === undefined) return true;
    const counts = data.counts[i];
    const self = constraint.selector.matches(pod.labels) ? 1 : 0;
    return counts !== undefined && counts.get(value) + self - counts.minimum(constraint.minDomains) > constraint.maxSkew;
  }) ?? -1;
  const constraint = data?.constraints[failed];
  const counts = data?.counts[failed];
  if (!constraint || !counts) return phrase(`is out: ${reason}`, `are out: ${reason}`, 'spread');
  const { topologyKey, maxSkew, minDomains } = constraint;
  const value = node.labels?.[topologyKey];
  if (value === undefined) return having(`no label ${topologyKey}, by which the pod is to be spread`, `spread label ${topologyKey}`);
  const word = topologyWord(topologyKey);
  const there = `${count(counts.get(value), 'pod')} with ${constraint.selector.toString() || 'any labels'}`;
  const few = counts.base.size < minDomains
    ? `there are ${counts.base.size} of at least ${minDomains} ${word}s (minDomains), so that the smallest count is 0`
    : `the ${word} with the fewest has ${counts.minimum(minDomains)}${fewest(counts.base, word)}`;
  const rest = `${there} ${topologyKey === 'kubernetes.io/hostname' ? 'already' : `already in its ${word} ${value}`}; ${few}; one more would exceed maxSkew ${maxSkew}`;
  return having(rest, `spread ${topologyKey}`, `have too many such pods on the same ${word}: one more would exceed maxSkew ${maxSkew} (${few})`);
}

function fewest(counts: ReadonlyMap<string, number>, word: string): string {
  let least: string | undefined;
  for (const [value, n] of counts) if (least === undefined || n < (counts.get(least) ?? 0)) least = value;
  return least === undefined ? '' : ` (${word === 'node' ? '' : `${word} `}${least})`;
}
