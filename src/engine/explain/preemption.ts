import type { Pod } from '../api/generated/types';
import type { SchedulingDecision } from '../scheduler/decision';
import { count, listText } from './amounts';

const MAX_VICTIMS_NAMED = 5;

/** What became of the attempt to evict less important pods; undefined where there was none. */
export function preemptionSentence(decision: SchedulingDecision, pod: Pod): string | undefined {
  const { nominatedNode, victims, message } = decision;
  if (nominatedNode && victims.length > 0) {
    const named = victims.length > MAX_VICTIMS_NAMED ? count(victims.length, 'pod') : listText(victims);
    return `To make room on ${nominatedNode}, the scheduler evicts ${named} (lower priority); the pod is nominated to ${nominatedNode} and placed when they are gone`;
  }
  const at = message.indexOf('preemption: ');
  if (at < 0) return undefined;
  const said = message.slice(at + 'preemption: '.length);
  if (said.includes('preemptionPolicy=Never')) return 'No pods are evicted for it, as its preemptionPolicy is Never';
  if (said.includes('terminating pod on the nominated node')) return `The pods evicted for it on ${pod.status?.nominatedNodeName ?? 'its nominated node'} are still ending`;
  return outcomes(said, pod.spec.priority ?? 0);
}

/** "0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod." */
function outcomes(said: string, priority: number): string | undefined {
  const list = /^\d+\/\d+ nodes are available: (.*?)\.?$/.exec(said)?.[1];
  if (list === undefined) return undefined;
  const parts: string[] = [];
  for (const match of list.matchAll(/(\d+) (.*?)(?=, \d+ |$)/g)) {
    const nodes = count(Number(match[1]), 'node');
    const why = match[2] ?? '';
    if (why.startsWith('Preemption is not helpful')) parts.push(`on ${nodes} it would not remove what is in the way`);
    else if (why.startsWith('No preemption victims')) parts.push(`on ${nodes} no pod has a lower priority than its ${priority}`);
    else parts.push(`on ${nodes} it would not be enough (${why})`);
  }
  return parts.length > 0 ? `Evicting less important pods does not help: ${listText(parts)}` : undefined;
}
