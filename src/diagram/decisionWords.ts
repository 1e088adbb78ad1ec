import type { Pod } from '../engine/api/generated/types';
import { eventWords, wakingText } from '../engine/explain/queueSentence';
import type { SchedulingDecision } from '../engine/scheduler/decision';
import type { Retry, WorkMessage } from '../engine/trace/message';
import type { CauseIndex } from './causes';
import type { DecisionWords } from './detailModel';
import type { RunRecord } from './record';

/** A scheduling decision in sentences; undefined for other work. */
export function decisionWords(record: RunRecord, index: CauseIndex, message: WorkMessage): DecisionWords | undefined {
  if (message.decision?.kind !== 'scheduling') return undefined;
  const pod = record.podOf(message.subject) ?? seen(index, message);
  const explained = pod && record.explain(message.decision.data as SchedulingDecision, pod);
  const retry = message.retry ? `${retrySentence(message.retry)}.` : '';
  if (explained?.whyHere) return { title: `Why ${explained.whyHere.node}`, sentence: `${explained.whyHere.sentence}.`, groups: [], preemption: '', message: '', retry };
  const { whyNot } = explained ?? {};
  if (!whyNot) return undefined;
  return {
    title: 'Why no node', sentence: `${whyNot.sentence}.`, groups: whyNot.groups.length > 1 ? whyNot.groups.map((g) => `${g.sentence}.`) : [], preemption: whyNot.preemption ? `${whyNot.preemption}.` : '', message: whyNot.message, retry,
  };
}

/** The pod as the run last showed it: it may be gone since. */
function seen(index: CauseIndex, { subject }: WorkMessage): Pod | undefined {
  for (let i = index.messages.length - 1; i >= 0; i--) {
    const m = index.messages[i];
    if (m?.kind === 'watch' && m.resource === 'pods' && m.group === '' && `${m.namespace}/${m.name}` === subject) return m.object as unknown as Pod;
  }
  return undefined;
}

/** "Attempt 2: the pod was woken by NodeAdd (node-4): it may fit when a node is added" */
export function retrySentence({ attempt, event, object }: Retry): string {
  if (event === '') return `Attempt ${attempt}: its back-off was over`;
  const words = eventWords(event);
  return `Attempt ${attempt}: the pod was woken by ${wakingText({ event, ...(object ? { object } : {}) })}${words === event ? '' : `: it may fit when ${words}`}`;
}

/** For the label of the step: what woke the pod, in short lines. */
export const retryLabel = ({ event, object, attempt }: Retry): readonly string[] => (event === '' ? [`↻ attempt ${attempt}`] : ['↻ woken by', event, ...(object ? [object.name] : [])]);
