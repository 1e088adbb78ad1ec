import type { Code, NodeToStatus, Status } from './framework';
import { Status as StatusClass } from './framework';
import type { NodeInfo } from './nodeInfo';

const ABSENT = new StatusClass('UnschedulableAndUnresolvable', '', []);

/** framework.NodeToStatus: why each node failed, and one status for all nodes that were not looked at singly. */
export class NodeStatuses implements NodeToStatus {
  readonly #statuses = new Map<string, Status>();
  absent: Status = ABSENT;
  constructor(readonly nodes: readonly NodeInfo[]) {}

  set(nodeName: string, status: Status): void { this.#statuses.set(nodeName, status); }
  get(nodeName: string): Status { return this.#statuses.get(nodeName) ?? this.absent; }
  get size(): number { return this.#statuses.size; }
  explicit(): IterableIterator<[string, Status]> { return this.#statuses.entries(); }

  nodesWith(code: Code): readonly NodeInfo[] {
    if (this.absent.code !== code && this.#statuses.size === 0) return [];
    return this.nodes.filter((node) => this.get(node.name).code === code);
  }
}

export interface Diagnosis {
  readonly statuses: NodeStatuses;
  /** Set where a PreFilter plugin refused the pod as a whole. */
  readonly preFilterMessage: string;
  readonly postFilterMessage: string;
}

/** FitError.Error(): "0/5 nodes are available: <reasons with their counts>. <what PostFilter says>". */
export function fitErrorMessage(totalNodes: number, { statuses, preFilterMessage, postFilterMessage }: Diagnosis): string {
  let message = `0/${totalNodes} nodes are available:`;
  const filterMessage = preFilterMessage || reasonsHistogram(totalNodes, statuses);
  if (filterMessage) message += ` ${filterMessage}.`;
  if (postFilterMessage) message += ` ${postFilterMessage}`;
  return message;
}

function reasonsHistogram(totalNodes: number, statuses: NodeStatuses): string {
  const counts = new Map<string, number>();
  const count = (status: Status, by: number): void => { for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + by); };
  for (const [, status] of statuses.explicit()) count(status, 1);
  if (statuses.size < totalNodes) count(statuses.absent, totalNodes - statuses.size);
  // Sorted as text, so that "10 …" comes before "2 …", as in Kubernetes.
  return [...counts].map(([reason, n]) => `${n} ${reason}`).sort().join(', ');
}
