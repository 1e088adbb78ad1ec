import type { Pod } from '../api/generated/types';
import { describeDecision, type DecisionDescription } from '../scheduler/decision';
import type { Session } from '../session';

/** What the scheduler decided of a pod, as printed. */
export type SchedulingReport = DecisionDescription;

const IGNORED: SchedulingReport = { outcome: 'ignored', node: null, message: '', evaluatedNodes: 0, feasibleNodes: 0, nominatedNode: null, victims: [], nodes: [] };

/** The newest decision about a pod; 'ignored' where no attempt was made. */
export function schedulingOf(session: Session, pod: Pod): SchedulingReport {
  const decision = session.cluster.scheduler?.decisionFor(pod.metadata.uid);
  return decision ? describeDecision(decision) : IGNORED;
}
